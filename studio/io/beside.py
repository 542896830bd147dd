"""What frames and bare arrays do not say of themselves, in a small JSON file beside them.

``frames.obj.json`` in a folder of OBJ frames, ``take.npy.json`` beside ``take.npy``::

    {"fps": 59.94, "unit": "mm", "files": ["4c1f-09ab33f0", ...]}

Each may be left out, and any program may write it; where the rate was guessed, `"guessed": true`
says so. `files` has the length and a checksum of every file that it speaks of: where others have
taken their places, it is left aside.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core import InputError, MeshSequence
from studio.core.system.disk import read_whole
from studio.core.timing import checked_rate

from .said import unit_named
from .units import shown

_LARGEST = 16 << 20
_LOOKED_AT = 64 << 10  # bytes of a file that its checksum is of


@dataclass(frozen=True)
class Beside:
    """What is said beside files; None where nothing is.

    Attributes
    ----------
    unit
        One of `studio.core.read_as.MILLIMETERS`.
    guessed
        Whether the rate is no more than a guess.
    remarks
        What is wrong with the file that should say it.
    """

    fps: float | None = None
    unit: str | None = None
    guessed: bool = False
    remarks: tuple[str, ...] = ()


def place_beside(place: Path, suffix: str = "") -> Path:
    """Say where the file beside lies.

    Parameters
    ----------
    place
        The file, or the folder of the frames.
    suffix
        Of the frames in a folder; empty for a file.
    """
    return place / f"frames{suffix}.json" if suffix else place.with_name(f"{place.name}.json")


def write_beside(
    path: Path,
    clip: MeshSequence,
    unit: str,
    files: Sequence[Path],
    more: Mapping[str, object] | None = None,
) -> None:
    """Write what is known of the files of a clip, which are there already, and `more`."""
    doubt = {"guessed": True} if clip.read_as.rate_by == "guess" else {}
    prints = [_print(file) for file in files]
    said = {"fps": clip.fps, **doubt, "unit": unit, **(more or {}), "files": prints}
    path.write_text(json.dumps(said) + "\n", encoding="ascii")


def read_beside(path: Path, files: Sequence[Path]) -> Beside:
    """Read what is said of files, of which the first and the last are compared.

    What cannot be read, or speaks of other files, says nothing but that.
    """
    if not os.path.lexists(path):
        return Beside()
    try:
        said = json.loads(read_whole(path, "what is said of frames", _LARGEST))
        if not isinstance(said, dict):
            raise ValueError
        known = said.get("files")
        ends = {_print(file) for file in {files[0], files[-1]}} if known is not None else set[str]()
        if not ends <= set(map(str, known or ())):
            return Beside(remarks=(f"{path.name} speaks of other files and is left aside.",))
        rate, unit = _rate(path, said.get("fps")), _unit(said.get("unit"))
        return Beside(rate, unit, guessed=said.get("guessed") is True)
    except InputError as error:
        return Beside(remarks=(f"{error}; it is left aside.",))
    except (ValueError, TypeError, RecursionError):
        return Beside(remarks=(f"{path.name} cannot be read and is left aside.",))


def _rate(path: Path, fps: object) -> float | None:
    return None if fps is None else checked_rate(path, float(str(fps)))


def _unit(unit: object) -> str | None:
    named = None if unit is None else unit_named(shown(str(unit)))
    if unit is not None and named is None:
        raise ValueError(unit)
    return named


def _print(file: Path) -> str:
    with file.open("rb") as opened:
        size, head = os.fstat(opened.fileno()).st_size, opened.read(_LOOKED_AT)
    return f"{size:x}-{zlib.crc32(head):08x}"
