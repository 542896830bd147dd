"""Action-unit intensities over time, drawn before anything moves: the exact labels of a clip.

Units come in groups that are published to come together (prototypes of emotions, and pairs of
units that coders often see at once), or alone so that none is known by its company only. Each has
an ordinal level at its apex, 1 (A, a trace) to 5 (E, the maximum), an onset and an offset.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.sequence import Floats
from studio.core.unit_tracks import MOST
from studio.face.action_units import UNITS
from studio.face.facs import PROTOTYPES
from studio.training.datasets.acting.course import FPS, Array, Course, Rng, draw_course, eased

RATES = (15.0, 24.0, 25.0, 30.0, 50.0, 60.0)  # frames a second that cameras have
_RATE_SHARES = (0.08, 0.12, 0.15, 0.35, 0.1, 0.2)
SECONDS = (1.5, 4.5)
LEVELS, _LEVEL_SHARES = (1, 2, 3, 4, 5), (0.16, 0.24, 0.26, 0.2, 0.14)
_SELDOM = (10, 14, 18, 22, 23, 24, 28, 34)  # units that groups leave out are drawn alone instead
# Levels of 26 and 27, one movement of the jaw: a mouth that is stretched less far is 26.
_OF_JAW = {26: ((1, 2, 3, 4), (0.2, 0.3, 0.3, 0.2)), 27: ((4, 5), (0.5, 0.5))}
# Units that coders often see together, by what FACS, BP4D and DISFA say of co-occurrence.
TOGETHER: tuple[tuple[int, ...], ...] = (
    *((1, 2), (1, 4), (1, 2, 5), (4, 7), (6, 12), (6, 7), (6, 7, 12), (7, 10), (10, 12)),
    *((12, 25), (6, 12, 25, 26), (12, 14), (14, 23), (14, 24), (15, 17), (17, 24), (17, 23)),
    *((23, 24), (9, 10), (4, 9), (10, 25), (16, 25), (20, 25), (20, 26), (25, 26), (25, 27)),
    *((18, 22), (22, 25), (4, 43), (7, 43), (17, 18), (1, 2, 25, 26), (16, 20, 25)),
)
# Units that cannot show at once, or pull the same skin to opposite sides: what comes second gives
# way.
_APART: tuple[tuple[int, tuple[int, ...]], ...] = (
    (27, (26, 24, 28, 23, 17, 34)),
    (26, (24, 28, 23, 17, 34)),
    (28, (25, 22, 18, 10, 16, 24, 23, 34)),
    (24, (25, 16, 22, 34)),
    (25, (17, 34)),
    (16, (17,)),
    (12, (18, 22)),
    (20, (18, 22)),
    (14, (18, 22)),
    (34, (18, 22)),
    (22, (28,)),
    (43, (5,)),
)
_PARTING = (16, 26, 27)  # units that part the lips, so that 25 shows as strongly as these
_SECOND = 0.4  # share of clips in which a second group shows, at another time or at once
_BLINK_S = (0.12, 0.35)


@dataclass(frozen=True, eq=False)
class UnitCourse:
    """What a face shows over a clip.

    Attributes
    ----------
    intensity
        (T, N) float32, 0..5, columns as in `UNITS`.
    fps
        Frames a second.
    """

    intensity: Floats
    fps: float


def draw_intensities(rng: Rng, pace: float = 1.0) -> UnitCourse:
    """Draw what a face shows over a clip; `pace` scales how long it takes to come and go."""
    fps = float(rng.choice(RATES, p=_RATE_SHARES))
    seconds = float(rng.uniform(*SECONDS))
    frames = max(round(seconds * fps), 16)
    out = np.zeros((frames, len(UNITS)))
    for _ in range(1 + int(rng.random() < _SECOND)):
        course = draw_course(rng, max(int(seconds * FPS), 20), pace)
        _add(out, rng, _levels(rng, _group(rng)), course, fps)
    parting = [UNITS.index(unit) for unit in _PARTING]
    lips = UNITS.index(25)
    out[:, lips] = np.maximum(out[:, lips], out[:, parting].max(axis=1))
    _blink(out, rng, fps)
    return UnitCourse(np.clip(out, 0.0, MOST).astype(np.float32), fps)


def _group(rng: Rng) -> tuple[int, ...]:
    """Draw units that show at once."""
    kind = rng.random()
    if kind < 0.3:
        preset = PROTOTYPES[str(rng.choice(list(PROTOTYPES)))]
        prototype = preset[str(rng.choice(list(preset)))]
        added = [unit for unit, share in prototype.optional.items() if rng.random() < share]
        return (*prototype.required, *added)
    if kind < 0.65:
        return TOGETHER[int(rng.integers(len(TOGETHER)))]
    likely = np.where(np.isin(UNITS, _SELDOM), 2.5, 1.0)
    count = int(rng.integers(1, 3))
    return tuple(rng.choice(UNITS, count, replace=False, p=likely / likely.sum()).tolist())


def _levels(rng: Rng, group: tuple[int, ...]) -> dict[int, float]:
    """Draw the level of each unit at its apex; units that exclude each other are thinned."""
    wanted = set(group)
    if wanted & set(_PARTING):
        wanted.add(25)
    for unit, others in _APART:
        if unit in wanted:
            wanted -= set(others)
    levels = {}
    for unit in sorted(wanted):
        known, shares = _OF_JAW.get(unit, (LEVELS, _LEVEL_SHARES))
        levels[unit] = float(rng.choice(known, p=shares))
    if parting := [levels[unit] for unit in _PARTING if unit in levels]:
        levels[25] = max(parting)
    return levels


def _add(out: Array, rng: Rng, levels: dict[int, float], course: Course, fps: float) -> None:
    """Show units along a course, each a little earlier or later; the stronger of two counts."""
    for unit, level in levels.items():
        own = course.shifted(rng.normal(0.0, 2.0), float(np.exp(rng.normal(0.0, 0.15))))
        curve = level * at_rate(own, fps).curve(len(out))
        column = UNITS.index(unit)
        for other, excluded in _APART:  # of another group: it gives way while this one shows
            if unit in excluded:
                curve = curve * (1.0 - np.clip(out[:, UNITS.index(other)], 0.0, 1.0))
            if unit == other:
                places = [UNITS.index(one) for one in excluded]
                out[:, places] *= 1.0 - np.clip(curve, 0.0, 1.0)[:, None]
        out[:, column] = np.maximum(out[:, column], curve)


def at_rate(course: Course, fps: float) -> Course:
    """Give a course drawn at the acting's frame rate at another one."""
    factor = fps / FPS
    pulses = tuple(
        (start * factor, full * factor, fade * factor, gone * factor)
        for start, full, fade, gone in course.pulses
    )
    return Course(pulses, course.heights, course.floor)


def _blink(out: Array, rng: Rng, fps: float) -> None:
    """Shut the eyes for a moment, now and then; lids that are raised give way."""
    t = np.arange(len(out)) / fps
    closed, raised = UNITS.index(43), UNITS.index(5)
    for middle in rng.uniform(0.0, t[-1], rng.poisson(rng.uniform(0.0, 0.5) * t[-1])).tolist():
        half = float(rng.uniform(*_BLINK_S)) / 2
        shut = rng.uniform(4.0, MOST) * eased(1.6 * (1.0 - np.abs(t - middle) / (2 * half)))
        out[:, closed] = np.maximum(out[:, closed], shut)
        out[:, raised] *= 1.0 - np.clip(shut, 0.0, MOST) / MOST
