"""Which action units an expression is made of in one take, and how strong each is.

The published prototypes say which units belong to an emotion; they were coded from posed pictures
and leave out what acted emotions add: teeth that are bared in anger, lids that hang in sadness, a
nose that wrinkles in disgust. Those are drawn beside them, the more, the stronger it is acted.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from studio.core.sequence import Floats
from studio.face.facs import PROTOTYPES, weights_of
from studio.face.rig import ARKIT
from studio.face.wandering import wandering
from studio.training.datasets.subjects import Manner

from .course import Array, Course, Rng

INTENSITY = (0.15, 1.5)  # from barely there to theatrical; 1 is a full expression
STRAY_UNITS = (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 16, 17, 18, 20, 22, 23, 24, 25, 28, 34)
OWN_PRESET = 0.6  # share of takes in which a person keeps to the own prototypes
_LEFT_OUT = 0.12  # share of takes in which a unit of the prototype does not show
_UNEVEN = 0.08  # deviation of one side's strength from that of both
_TELLING = {4, 12, 9, 10, 1, 15}  # those that are never left out
_PRESSED, _PRESSED_SHARE = {23, 24}, 0.35  # lips that press leave a chin that share of its rise

# Emotion -> variants of unit -> how strong beside the prototype's, each with its share of takes.
ACTED: dict[str, tuple[tuple[float, dict[int, float]], ...]] = {
    "anger": (
        (0.35, {4: 1.2, 10: 0.8, 25: 0.9, 9: 0.4}),  # teeth bared, mouth square
        (0.15, {4: 1.2, 10: 0.5, 22: 0.5, 25: 0.8, 26: 0.7}),  # shouting
        (0.25, {4: 1.2, 24: 0.8}),  # lips pressed
        (0.25, {4: 1.1}),
    ),
    "disgust": (
        (0.35, {6: 0.3, 7: 0.6}),
        (0.25, {10: 0.9, 25: 0.6, 26: 0.4}),  # retching
        (0.15, {19: 0.5, 25: 0.5, 26: 0.5}),  # tongue out
        (0.25, {}),
    ),
    "fear": (
        (0.35, {25: 0.7, 20: 0.4}),  # lips drawn back over shut teeth
        (0.3, {26: 0.7, 25: 0.4}),
        (0.35, {}),
    ),
    "happiness": (
        (0.45, {25: 0.6, 6: 0.5}),  # teeth show
        (0.2, {25: 0.6, 26: 0.7, 6: 0.8}),  # laughing
        (0.35, {}),
    ),
    "sadness": (
        (0.35, {7: 0.3, 17: 0.7, 43: 0.25}),  # the lids hang
        (0.25, {20: 0.3, 25: 0.4, 17: 0.4}),  # crying
        (0.4, {}),
    ),
    "surprise": (
        (0.35, {27: 0.45}),
        (0.3, {25: 0.3}),
        (0.35, {}),
    ),
}


def draw_units(rng: Rng, manner: Manner, label: str) -> dict[int, float]:
    """Draw the units of an emotion and how strong each is where it is shown in full.

    A published prototype, with what acting adds and a person's variation.
    """
    own = rng.random() < OWN_PRESET
    preset = manner.preset if own else str(rng.choice(list(PROTOTYPES)))
    prototype = PROTOTYPES[preset][label]
    units = {unit: float(rng.uniform(0.8, 1.15)) for unit in prototype.required}
    less = sorted(units.keys() - _TELLING)
    if less and len(units) > 2 and rng.random() < _LEFT_OUT:
        del units[int(rng.choice(less))]
    for unit, share in prototype.optional.items():
        if rng.random() < share:
            units[unit] = float(rng.uniform(0.5, 1.1))
    variants = ACTED[label]
    chosen = int(rng.choice(len(variants), p=[share for share, _ in variants]))
    for unit, strength in variants[chosen][1].items():
        units[unit] = max(units.get(unit, 0.0), strength * float(rng.uniform(0.6, 1.2)))
    if units.keys() & _PRESSED and 17 in units:
        units[17] *= _PRESSED_SHARE
    return units


def shown(
    rng: Rng, units: dict[int, float], intensity: float, course: Course, frames: int
) -> Array:
    """Show units (unit -> strength) at an intensity along a course: (T, 52) weights.

    Each comes a little earlier or later than the others and is not quite the same on both sides.
    """
    rows = [(strength, _full(unit)) for unit, strength in units.items()]
    return moving(rng, rows, intensity, course, frames, uneven=_UNEVEN)


def moving(
    rng: Rng,
    rows: Sequence[tuple[float, Floats]],
    intensity: float,
    course: Course,
    frames: int,
    uneven: float = 0.0,
) -> Array:
    """Show weights (52,), each with its strength, at an intensity along a course: (T, 52).

    Parameters
    ----------
    uneven
        By how much the two sides differ, a deviation.
    """
    out = np.zeros((frames, len(ARKIT)))
    for strength, row in rows:
        own = course.shifted(rng.normal(0.0, 2.0), np.exp(rng.normal(0.0, 0.1)))
        alive = 1.0 + 0.06 * wandering(rng, frames, 8.0, 1)[:, 0]
        lopsided = 1.0 + rng.normal(0.0, uneven) * SIDE
        out += (own.curve(frames) * alive * strength * intensity)[:, None] * (row * lopsided)
    return out


def strays(rng: Rng, courses: list[Course], frames: int) -> Array:
    """Show units that belong to no emotion, weak, one along each course: (T, 52) weights."""
    out = np.zeros((frames, len(ARKIT)))
    for course in courses:
        unit, strength = int(rng.choice(STRAY_UNITS)), float(rng.uniform(0.05, 0.3))
        out += (strength * course.curve(frames))[:, None] * _full(unit)
    return out


def _full(unit: int) -> Floats:
    return weights_of({unit: 1.0})


# +1 for actions of the left side, -1 for the right, 0 for the rest.
SIDE = np.array([name.endswith("Left") * 1.0 - name.endswith("Right") for name in ARKIT])
