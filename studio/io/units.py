"""Millimeters from whatever a file is in, and a place near the origin."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError
from studio.core.errors import either, printable
from studio.core.read_as import MILLIMETERS, Teller
from studio.core.sequence import Doubles as Doubles
from studio.core.sequence import Floats, all_finite

# A frame of a file in pieces, and what makes them from (V, 3) coordinates in mm in the world.
Pieces = list[bytes | bytearray]
Encoder = Callable[[Floats | Doubles], Pieces]

# Of a coordinate in a text, in the units that are written: five of a millimeter in each.
DECIMALS = {"mm": 5, "cm": 6, "m": 8}

# Float32 steps are below 2.5e-4 mm up to here and grow with the distance.
_FAR = 2048.0
_FARTHEST = 1e12  # mm, a million kilometers: squares of more leave float32
_SIZES = ((3.0, "m"), (60.0, "cm"), (30_000.0, "mm"))


def guess_unit(vertices: NDArray[np.floating]) -> str:
    """Guess the unit by the largest side of the bounding box of (V, 3) coordinates.

    A head is 150 to 400 mm tall and a body up to 2 m: below 3 it must be meters, below 60
    centimeters, and from 30,000 on micrometers. All else is millimeters, so that a body in
    centimeters is taken for a face.
    """
    with np.errstate(invalid="ignore"):
        size = float(np.ptp(vertices, axis=0).max()) if len(vertices) else 0.0
    largest = "um" if np.isfinite(size) else "mm"
    return next((unit for most, unit in _SIZES if size < most), largest)


def shown(text: str) -> str:
    """Bring a word out of a file into a sentence: short, on one line, printable."""
    line = printable(text)
    return line if len(line) <= 40 else line[:39] + "…"


def checked_unit(unit: str, known: Collection[str] = tuple(MILLIMETERS)) -> float:
    """Millimeters in a unit; raises `InputError` for one that is not among the known ones."""
    if unit not in known:
        raise InputError.of("unit", either(known), shown(unit))
    return MILLIMETERS[unit]


@dataclass(frozen=True)
class Placement:
    """How file coordinates become millimeters in float32.

    Attributes
    ----------
    scale
        Millimeters in one unit of the file.
    shift
        (3,) whole millimeters taken off, so that a mesh far from the origin keeps its detail: the
        origin of the clip.
    unit, unit_by
        The unit of the file, and who says it.
    reach
        How far from the origin the first frame lies, in mm.
    """

    scale: float
    shift: Doubles
    unit: str
    unit_by: Teller
    reach: float = 0.0

    @classmethod
    def of(cls, first: Doubles, unit: str | None, unit_by: Teller = "file") -> Placement:
        """For a sequence with the first frame (V, 3); the unit is guessed where nobody says it."""
        if unit is None:
            unit, unit_by = guess_unit(first), "guess"
        scale = checked_unit(unit)
        reach = float(np.abs(first).max(initial=0.0)) * scale
        if reach <= _FAR or not np.isfinite(reach):
            return cls(scale, np.zeros(3), unit, unit_by, reach)
        middle = np.rint((first.min(axis=0) + first.max(axis=0)) * (scale / 2))
        return cls(scale, middle, unit, unit_by, reach)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Say that the mesh was shifted, where it was."""
        if not self.shift.any():
            return ()
        place = ", ".join(f"{each:,.0f}" for each in self.shift)
        return (f"It lies far from the origin, around ({place}) mm, which is kept with it.",)

    def keeps(self, frames: NDArray[np.generic]) -> bool:
        """Whether frames (..., V, 3) can stay where and as they are."""
        plain = frames.dtype == np.float32 and frames.flags.aligned
        return plain and self.scale == 1.0 and not self.shift.any()

    def apply(self, frames: NDArray[np.generic], path: Path) -> Floats:
        """(..., V, 3) in float32 mm; raises `InputError` for no finite coordinate, or one too far.

        What is float32 and in millimeters already is given back as it is.
        """
        narrow = frames.dtype == np.float32 and float(np.float32(self.scale)) == self.scale
        with np.errstate(over="ignore", invalid="ignore"):
            if narrow and not self.shift.any():
                # Rounded once, as the product in double precision is.
                same: Floats = np.asarray(frames, dtype=np.float32)
                moved = same if self.scale == 1.0 else same * np.float32(self.scale)
            else:
                wide = frames.astype(np.float64, copy=False)
                moved = (wide * self.scale - self.shift).astype(np.float32)
        if not all_finite(moved):
            place = np.argwhere(~np.isfinite(moved))[0]
            value = frames[tuple(place)]
            raise InputError.of(path, "finite coordinates", f"{value} at vertex {place[-2]}")
        if self.reach > _FARTHEST and np.isfinite(self.reach):
            wanted = f"coordinates up to {_FARTHEST:g} mm from the origin"
            raise InputError.of(path, wanted, f"{self.reach:.3g} mm, read in {self.unit}")
        return moved
