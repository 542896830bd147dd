"""What the numbers of a file are read as: their unit, their frame rate, and who says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, get_args

from .errors import InputError

Teller = Literal["", "given", "file", "beside", "guess"]
Gaps = Literal["fill", "hold", "close"]
GAPS: tuple[Gaps, ...] = get_args(Gaps)

MILLIMETERS = {
    "um": 1e-3, "mm": 1.0, "cm": 10.0, "dm": 100.0, "m": 1000.0, "in": 25.4, "ft": 304.8,
}  # fmt: skip
_TELLERS = {
    "given": "given",
    "file": "said by the file",
    "beside": "said by the file beside it",
    "guess": "guessed",
}
WINDOW = "Unit and rate in the window"  # where a user says otherwise


@dataclass(frozen=True)
class Given:
    """What somebody says of a file, whatever the file says; None leaves it to the file.

    Attributes
    ----------
    unit
        One of `MILLIMETERS`.
    fps
        Frames a second.
    gaps
        What becomes of frames that are missing in a folder, as `read_sequence` takes it.
    pace
        Frames a second at which they play, whatever rate they were read at.
    face, rest
        Of a video, which of several faces, 1 the largest, and the first and the last frame that
        show it at rest.
    """

    unit: str | None = None
    fps: float | None = None
    gaps: Gaps | None = None
    pace: float | None = None
    face: int | None = None
    rest: tuple[int, int] | None = None


@dataclass(frozen=True)
class Numbered:
    """The files of a folder in which frames are missing.

    Attributes
    ----------
    names
        Of the N files, in their order.
    places
        (N,) the frame that each file is, rising from 0 on; those in between are missing.

    Raises
    ------
    InputError
        Where these do not fit together.
    """

    names: tuple[str, ...]
    places: tuple[int, ...]

    def __post_init__(self) -> None:
        rising = all(before < after for before, after in pairwise(self.places))
        if len(self.names) != len(self.places) or self.places[:1] != (0,) or not rising:
            raise InputError.of("gaps", "a rising frame for each file", str(self.places))
        if self.n_frames == len(self.places):
            raise InputError.of("gaps", "frames that are missing", "none")

    @property
    def n_frames(self) -> int:
        """Frames with those that are missing."""
        return self.places[-1] + 1


@dataclass(frozen=True)
class ReadAs:
    """What the numbers of a file were read as.

    Attributes
    ----------
    unit
        Of the coordinates in the file, one of `MILLIMETERS`; empty where there are none.
    unit_by, rate_by
        Who says the unit, and the frame rate: whoever opened the file, the file itself, one beside
        it, or a guess; empty for what was never read.
    gaps
        What was asked for where frames are missing.
    numbered
        The files of a folder, where frames are missing.
    before
        How the file is read of which the same frames play at another pace since: weights read at
        that pace would be other frames.
    """

    unit: str = ""
    unit_by: Teller = ""
    rate_by: Teller = ""
    gaps: Gaps | None = None
    numbered: Numbered | None = None
    before: Given | None = None

    @property
    def unit_told(self) -> str:
        """The unit and who says it; empty where there is none."""
        return f"{self.unit}, {told_by(self.unit_by)}" if self.unit else ""

    def rate_told(self, fps: float) -> str:
        """Say the rate in frames a second and, of what was read, who says it."""
        rate = f"{fps:.4g} frames a second"
        return f"{rate}, {told_by(self.rate_by)}" if self.rate_by else rate

    def given(self, fps: float) -> Given:
        """Tell what has to be said of the file to read it as this again, at a frame rate."""
        if self.before is not None:
            return replace(self.before, pace=fps)
        unit = self.unit if self.unit_by == "given" else None
        return Given(unit, fps if self.rate_by == "given" else None, self.gaps)

    def guesses(self, size: float, fps: float | None) -> tuple[str, ...]:
        """Say what was guessed, and what says otherwise.

        Parameters
        ----------
        size
            The largest side of the surface, in mm.
        fps
            Frames a second; None where they do not matter.
        """
        unit = f"unit ({self.unit}, which makes it {size:,.3g} mm large)"
        unit = unit if size < 1000 else f"unit ({self.unit}, which makes it {size:,.0f} mm large)"
        rate = "" if fps is None else f"rate ({fps:g} frames a second)"
        guessed = [
            (what, option)
            for what, option, by in (
                (unit, "--input-unit", self.unit_by),
                (rate, "--fps", self.rate_by),
            )
            if what and by == "guess"
        ]
        if not guessed:
            return ()
        what = " and ".join(one for one, _ in guessed)
        options = " and ".join(option for _, option in guessed)
        many = "are" if len(guessed) > 1 else "is"
        return (f"Its {what} {many} guessed; {options} or {WINDOW} say otherwise.",)


def told_by(teller: Teller) -> str:
    """Say in words who says something."""
    return _TELLERS.get(teller, "by nobody")
