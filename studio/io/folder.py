"""A run of numbered frames in a folder."""

from __future__ import annotations

import os
import re
import stat
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from studio.core import InputError
from studio.core.disk import look

from .format import FORMATS, either

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Run:
    """The frames of one sequence, in order.

    Attributes
    ----------
    stamps
        For each frame, its size in bytes and its time of change in nanoseconds.
    """

    folder: Path
    names: tuple[str, ...]
    stamps: tuple[tuple[int, int], ...]

    @property
    def suffix(self) -> str:
        """The suffix of all frames."""
        return os.path.splitext(self.names[0])[1].lower()

    @property
    def paths(self) -> list[Path]:
        """The frames' files in order."""
        return [self.folder / name for name in self.names]

    @property
    def size(self) -> int:
        """Bytes of all frames."""
        return sum(size for size, _ in self.stamps)


def natural(name: str) -> list[tuple[int, int, str]]:
    """Make a key that sorts ``frame_9`` before ``frame_10``."""
    parts = _DIGITS.split(name.lower())
    return [(0, int(p), "") if k % 2 else (1, 0, p) for k, p in enumerate(parts)]


def mesh_names(folder: Path) -> dict[str, tuple[int, int]]:
    """List the mesh files of a folder, hidden ones left out, each with size and time of change."""
    found, suffixes = {}, FORMATS.frame_suffixes
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.lower().endswith(suffixes) and not entry.name.startswith("."):
                there = look(entry.path, "a frame")
                if stat.S_ISREG(there.st_mode):
                    found[entry.name] = (there.st_size, there.st_mtime_ns)
    return found


def find_run(folder: Path) -> Run:
    """Find the run of frames in a folder; the format of the first frame is that of the run.

    Raises
    ------
    InputError
        For a folder without frames, with a frame missing or with several runs.
    """
    stamps = mesh_names(folder)
    if not stamps:
        known = either(kind.short for kind in FORMATS.readers if not kind.single)
        raise InputError.of(folder, f"a folder of {known} frames", "none in it")
    names = sorted(stamps, key=natural)
    suffix = os.path.splitext(names[0])[1].lower()
    ours = [name for name in names if name.lower().endswith(suffix)]
    place = _number_place(ours)
    numbers = _one_run(folder, ours, place)
    _no_others(folder, ours, [name for name in names if not name.lower().endswith(suffix)])
    _no_gap(folder, ours, numbers, place)
    return Run(folder, tuple(ours), tuple(stamps[name] for name in ours))


def _split(name: str, place: int = -2) -> tuple[str, str, str]:
    """Split a file name into what stands before the number at a place, the number, and the rest."""
    parts = _DIGITS.split(os.path.splitext(name)[0])
    if len(parts) == 1:
        return parts[0], "", ""
    place %= len(parts)
    return "".join(parts[:place]), parts[place], "".join(parts[place + 1 :])


def _number_place(names: list[str]) -> int:
    """Find where the frame number stands among text and digits.

    It is the last number that changes: others, as in ``0001_take2``, may follow it.
    """
    rows = [_DIGITS.split(os.path.splitext(name)[0]) for name in names]
    if len({tuple(row[::2]) for row in rows}) > 1:
        return -2
    changing = [k for k in range(1, len(rows[0]), 2) if len({row[k] for row in rows}) > 1]
    return changing[-1] if changing else -2


def _one_run(folder: Path, names: list[str], place: int) -> list[int]:
    """Read the frame numbers, where all names are alike but for them."""
    parts = [_split(name, place) for name in names]
    kinds = Counter((before, after) for before, _, after in parts)
    if len(kinds) > 1:
        (usual, _), (other, _) = kinds.most_common()[0], kinds.most_common()[-1]
        odd = next(n for n, p in zip(names, parts, strict=True) if (p[0], p[2]) == other)
        found = f"{odd} beside {usual[0]}#{usual[1]}"
        raise InputError.of(folder, "one run of numbered frames", found)
    return [int(number) if number else 0 for _, number, _ in parts]


def _no_others(folder: Path, ours: list[str], others: list[str]) -> None:
    """Refuse a second format beside the first unless it has the same frames: some would be lost."""
    stems = {os.path.splitext(name)[0] for name in ours}
    lost = [name for name in others if os.path.splitext(name)[0] not in stems]
    if lost:
        raise InputError.of(folder, "frames of one format", f"{ours[0]} and {lost[0]}")


def _no_gap(folder: Path, names: list[str], numbers: list[int], place: int) -> None:
    following_ones = zip(names[1:], numbers[1:], strict=True)
    for name, number, (following_name, following) in zip(
        names, numbers, following_ones, strict=False
    ):
        if following == number:
            raise InputError.of(folder, "one file a frame", f"frame {number} twice")
        if following != number + 1:
            before, digits, after = _split(name, place)
            suffix = os.path.splitext(name)[1]
            missing = f"{before}{number + 1:0{len(digits)}d}{after}{suffix}"
            raise InputError(f"{folder.name}: {missing} is missing before {following_name}")
