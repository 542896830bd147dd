"""The moments of frames as files say them, and the frame rate that they make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.core import InputError
from studio.core.timing import SLOWEST
from studio.io.units import Doubles

_UNEVEN = 0.02  # of the usual step
_DECIMALS = 6
_SLOW, _FAST = 10.0, 250.0  # frames a second that samples are taken for; others are resampled
_MOST = 100_000  # frames


@dataclass(frozen=True)
class Beat:
    """The moments at which a scene is read.

    Attributes
    ----------
    times
        (T,) as the file counts them, one at least.
    fps
        Frames a second; None where there is but one.
    remarks
        What is to be told of them.
    """

    times: list[float]
    fps: float | None = None
    remarks: tuple[str, ...] = ()


def beat_of(path: Path, times: Iterable[float], pace: float, usual: float) -> Beat:
    """Find even moments for samples: theirs, filled up, where those are frames.

    Parameters
    ----------
    times
        Of all samples, in any order.
    pace
        How many of them are a second.
    usual
        Frames a second where the samples are no frames, but keys far apart.

    Raises
    ------
    InputError
        For times that are not finite, and for far too many.
    """
    at = np.unique(np.fromiter(times, np.float64))
    if not np.isfinite(at).all() or not (np.isfinite(pace) and pace > 0):
        raise InputError.of(path, "finite times of frames", "others")
    if len(at) < 2:
        return Beat(at.tolist() or [0.0])
    span, step = float(at[-1] - at[0]), float(np.diff(at).min())
    places = (at - at[0]) / step
    even = bool((np.abs(places - np.rint(places)) < _UNEVEN).all())
    count, remarks = round(places[-1]), tuple[str, ...]()
    if even and _SLOW <= count * pace / span <= _FAST:
        fps = pace if count == span else fewest_decimals(at[[0, -1]] / pace, pace / span, count)
    else:
        fps = usual if SLOWEST <= usual <= _FAST else 30.0
        step = pace / fps
        count = int(min(span / step + 1e-6, _MOST))
        remarks = (f"It has no samples at each frame; {fps:g} frames a second are made of them.",)
    if count >= _MOST:
        raise InputError.of(path, f"at most {_MOST:,} frames", "more")
    if not remarks:
        step = span / count
    return Beat((at[0] + step * np.arange(count + 1)).tolist(), fps, remarks)


def every_frame(path: Path, begin: float, end: float, fps: float) -> Beat:
    """Find the moments in seconds of all frames from one moment to another.

    Raises
    ------
    InputError
        For times that are not finite, and for far too many.
    """
    if not np.isfinite([begin, end]).all():
        raise InputError.of(path, "finite times of frames", "others")
    if (end - begin) * fps >= _MOST:
        raise InputError.of(path, f"at most {_MOST:,} frames", "more")
    count = max(int((end - begin) * fps + 1e-3), 0)
    times = (begin + np.arange(count + 1) / fps).tolist()
    return Beat(times, fps if count else None)


def rate_of(times: Doubles) -> tuple[float | None, str]:
    """Find the frames a second of moments (T,) in seconds, each rounded to float32.

    Returns
    -------
    fps : None where the moments cannot be seconds
    remark : what is wrong with them, empty for nothing
    """
    steps = np.diff(times)
    if not len(steps):
        return None, ""
    if not (np.isfinite(steps).all() and (steps > 0).all()):
        return None, "Its times do not rise."
    measured = len(steps) / float(times[-1] - times[0])
    if measured <= SLOWEST:
        return None, f"Its times are {1 / measured:g} apart, which are no seconds."
    uneven = float(np.abs(steps * measured - 1).max()) > _UNEVEN
    exact = fewest_decimals(times, measured)
    said = f"Its times are uneven; frames are read as {exact:.4g} even ones a second."
    return exact, said if uneven else ""


def fewest_decimals(times: Doubles, measured: float, each: int = 1) -> float:
    """Give the rate of fewest decimals that moments (T,) are of, to float32; else as measured.

    Parameters
    ----------
    times
        In seconds.
    measured
        How many of them are a second.
    each
        Frames from one to the next.
    """
    count = each * np.arange(len(times))
    step = float(np.spacing(np.float32(np.abs(times).max())))
    for decimals in range(_DECIMALS + 1):
        rate = round(each * measured, decimals)
        if rate > 0 and float(np.abs(times - times[0] - count / rate).max()) <= 1.5 * step:
            return rate
    return each * measured
