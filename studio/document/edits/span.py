"""Frames in a row that an edit is about, where it moves no frame in time."""

from __future__ import annotations

from collections.abc import Iterable

from studio.core import InputError, Timing
from studio.core.parameters import Parameter
from studio.core.request import Range

MOST_FRAMES = 1_000_000  # that an edit may make of a clip
FRAME = Range(0, MOST_FRAMES, whole=True)
COUNT = Range(0, MOST_FRAMES - 1, whole=True)  # of frames, and a frame of another clip
SPAN: tuple[Parameter, ...] = (
    Parameter("start", "&From", "The first frame", allowed=FRAME, default=0),
    Parameter("stop", "&To", "The frame behind the last; the end unless given", allowed=FRAME),
)


def resolved(start: int, stop: int | None, before: Timing) -> tuple[int, int]:
    """Give the first frame and the one behind the last, the end resolved."""
    return start, before.frames if stop is None else stop


def check_frames(what: str, frames: Iterable[int], before: Timing, name: str) -> None:
    """Refuse frames that the clip does not have.

    Parameters
    ----------
    what, name
        What they are, and what the user calls the clip.

    Raises
    ------
    InputError
        With a sentence that begins with the name.
    """
    for frame in frames:
        if not 0 <= frame < before.frames:
            wanted = f"{what} within its {before.frames} frames"
            raise InputError.of(name, wanted, f"frame {frame}")


def check_span(title: str, start: int, stop: int | None, before: Timing, name: str) -> None:
    """Refuse a range that the clip does not have.

    Parameters
    ----------
    title, name
        What is done to them, and what the user calls the clip.

    Raises
    ------
    InputError
        With a sentence that begins with the name.
    """
    first, end = resolved(start, stop, before)
    if not 0 <= first < end <= before.frames:
        wanted = f"a range to {title.lower()} within its {before.frames} frames"
        raise InputError.of(name, wanted, f"{first} to {end}")
