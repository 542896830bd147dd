"""A stack of edits in a JSON file that people write by hand.

A list, the bottom of the stack first: ``[{"kind": "intensity", "keys": [{"frame": 0, "value": 1.3},
{"frame": 40, "value": 0.6}], "between": "smooth", "neutral": 0, "on": true}]``. The parameters are
the fields of the kind; those that are left out take their defaults, and arrays are lists of lists.
Another clip, a mask and a preset of channels are told by their path, from where the file lies:
``{"kind": "layer", "clip": "smile.csv", "mask": "mouth.mask.json"}``.
"""

from __future__ import annotations

import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from studio.core import InputError, MeshSequence
from studio.core.system.disk import read_json
from studio.document.encoding import KIND, Array, Decoder, Misfit, encode
from studio.io.masks import SUFFIX as MASK_SUFFIX
from studio.io.masks import read_mask

from .edit import KINDS, Edit
from .joining.other_clip import OtherClip
from .parts.gains import read_gains

Read = Callable[[Path], MeshSequence]


def read_stack(path: Path, read: Read | None = None) -> tuple[Edit, ...]:
    """Read the edits of a file, the bottom of the stack first.

    Parameters
    ----------
    path
        The file.
    read
        Reads another clip that the file names; without it such a file is refused.

    Raises
    ------
    InputError
        With one sentence that names the file, where it holds something else.
    """
    found = read_json(path, "a list of edits")
    if not isinstance(found, list):
        raise InputError.of(path, "a list of edits", f"a {type(found).__name__}")
    files = _Files(path, read)
    decoder = Decoder(files.arrays.__getitem__)
    edits = tuple(_edit(files, decoder, item, number) for number, item in enumerate(found, 1))
    if decoder.unknown:
        raise InputError.of(path, "the parameters of its kinds alone", min(decoder.unknown))
    return edits


@dataclass(frozen=True)
class _Files:
    """What a file of edits names by a path.

    Attributes
    ----------
    path
        The file of edits.
    read
        Reads a clip.
    arrays
        Those of what was read, by name.
    """

    path: Path
    read: Read | None
    arrays: dict[str, Array] = field(default_factory=dict)

    def filled(self, kind: type[Edit], stored: dict[str, object]) -> dict[str, object]:
        """Put what is in files in the place of their paths, and refuse a clip that is missing."""
        hints = typing.get_type_hints(kind)
        place = stored.get("clip")
        named = isinstance(place, str) and bool(place)
        if OtherClip in typing.get_args(hints.get("clip")) and not named:
            found = str(place)[:40] if place else "none"
            raise InputError.of(kind.kind, "the path of another clip", found)
        return {name: self._value(name, value) for name, value in stored.items()}

    def _value(self, name: str, value: object) -> object:
        if not isinstance(value, str):
            return value
        place = self.path.parent / value
        if name == "clip":
            if self.read is None:
                raise InputError.of("clip", "edits of one clip alone", value)
            return encode(OtherClip.of(self.read(place)), self._put)
        if name == "mask" and value.endswith(MASK_SUFFIX):
            return encode(read_mask(place), self._put)
        return encode(read_gains(place), self._put) if name == "channels" else value

    def _put(self, array: Array) -> str:
        name = str(len(self.arrays))
        self.arrays[name] = array
        return name


def _edit(files: _Files, decoder: Decoder, item: object, number: int) -> Edit:
    path, kind = files.path, item.get("kind") if isinstance(item, dict) else item
    if not isinstance(item, dict) or not isinstance(kind, str) or kind not in KINDS:
        wanted = f"the kind of edit {number} to be one that edit --list names"
        raise InputError.of(path, wanted, str(kind)[:40])
    stored = {name: value for name, value in item.items() if name != "kind"}
    try:
        told = files.filled(KINDS[kind], stored)
        edit: Edit = decoder.decode(Edit, {**told, KIND: kind}, f"edit {number}")
    except Misfit as error:
        raise InputError(f"{path.name}: expected {error}, found something else") from None
    except InputError as error:
        raise InputError(f"{path.name}: {error}") from error
    return edit
