"""What was dropped or chosen: sessions, model sets, clips, sounds."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core import InputError
from studio.core.system.disk import regular
from studio.document import SUFFIX
from studio.io import sniff
from studio.io.formats.weights import TAKES
from studio.io.sound.wav import is_sound

_LOOKED_AT = 500  # entries of a folder
_LONGEST_HEADER = 1 << 20


@dataclass(frozen=True)
class Dropped:
    """Paths by what is done with them.

    What nobody knows is among the clips, whose reader says what it wanted.
    """

    sessions: tuple[Path, ...] = ()
    models: tuple[Path, ...] = ()
    clips: tuple[Path, ...] = ()
    sounds: tuple[Path, ...] = ()


def sort(paths: Sequence[Path]) -> Dropped:
    """Tell what each path is, from names and the heads of small files."""
    sessions, models, sounds, clips = [], [], list[Path](), list[Path]()
    for path in paths:
        models_in = model_folder(path)
        if path.suffix.lower() == SUFFIX and not os.path.isdir(path):
            sessions.append(path)
        elif models_in is not None:
            models.append(models_in)
        elif is_sound(path):
            sounds.append(path)
        else:
            clips += clips_in(path)
    return Dropped(tuple(sessions), tuple(dict.fromkeys(models)), tuple(clips), tuple(sounds))


def model_folder(path: Path) -> Path | None:
    """Give the folder of the studio's models that a path names, or whose file it is."""
    if path.suffix == ".safetensors":
        return path.parent if is_model(path) else None
    files = (entry for entry in _entries(path) if entry.suffix == ".safetensors")
    return path if any(is_model(file) for file in files) else None


def is_model(path: Path) -> bool:
    """Whether a safetensors file says that it is one of the studio's, without torch."""
    try:
        regular(path)
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(min(length, _LONGEST_HEADER)))
        return bool(header["__metadata__"]["format"] == "expression-studio")
    except (OSError, InputError, ValueError, KeyError, TypeError, RecursionError):
        return False


def is_take(path: Path) -> bool:
    """Whether a file holds weights of face tracking."""
    return sniff(path) in TAKES


def clips_in(path: Path) -> list[Path]:
    """Give the path itself, or the clips in a folder that holds some and is none."""
    if not os.path.isdir(path) or sniff(path) is not None:
        return [path]
    inside = [entry for entry in _entries(path) if sniff(entry) is not None]
    return sorted(inside) or [path]


def _entries(folder: Path) -> Iterator[Path]:
    """Give the first entries of a folder; none where it is no folder or may not be read."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in itertools.islice(entries, _LOOKED_AT)]
    except OSError:
        return iter(())
    return (folder / name for name in names if not name.startswith("."))
