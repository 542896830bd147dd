"""Where a face looks, when it blinks and how the head is held: channels of their own.

They go with the expression: a sad head hangs, one that is disgusted turns away, wide eyes of
surprise do not blink at the apex.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Floats
from studio.face.rig import ARKIT, ARKIT_INDEX
from studio.face.wandering import smoothed, wandering

Rng = np.random.Generator
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Habit:
    """What goes with an emotion shown in full; people follow it more or less.

    Attributes
    ----------
    head
        Degrees yaw (either way), pitch (down is positive) and roll (either way).
    gaze
        Sideways (either way) and up, as weights of the eyeLook actions.
    blinks
        How many times the usual rate at the apex.
    darting
        How many times the usual rate the gaze jumps.
    """

    head: tuple[float, float, float]
    gaze: tuple[float, float]
    blinks: float
    darting: float


HABITS: dict[str, Habit] = {
    "anger": Habit((2.0, 6.0, 2.0), (0.0, 0.1), 0.3, 0.4),
    "disgust": Habit((10.0, -4.0, 4.0), (0.15, -0.15), 1.2, 1.0),
    "fear": Habit((6.0, -6.0, 2.0), (0.3, 0.05), 0.3, 2.5),
    "happiness": Habit((3.0, -4.0, 5.0), (0.05, 0.0), 1.0, 0.7),
    "sadness": Habit((4.0, 9.0, 4.0), (0.15, -0.4), 1.5, 0.5),
    "surprise": Habit((2.0, -6.0, 1.0), (0.0, 0.05), 0.15, 0.3),
    "neutral": Habit((0.0, 0.0, 0.0), (0.0, 0.0), 1.0, 1.0),
}
_FOLLOWED = (0.0, 1.3)  # how far a take follows the habit
JUMPS = 0.8  # of the gaze, a second
_SHUT = (0.8, 1.0)  # of a blink


@dataclass(frozen=True, eq=False)
class Bearing:
    """The channels of a take.

    Attributes
    ----------
    head
        (T, 3) degrees yaw, pitch, roll.
    gaze
        (T, 2) to the subject's left and up, as weights of the eyeLook actions.
    blink
        (T,) how far the lids are shut, 0..1.
    """

    head: Floats
    gaze: Floats
    blink: Floats


def draw_bearing(
    rng: Rng,
    label: str,
    activation: Array,
    blink_rate: float,
    *,
    speech: bool = False,
    fps: float = 30.0,
) -> Bearing:
    """Draw the channels of a take.

    Parameters
    ----------
    label
        One of `facs.LABELS`.
    activation
        (T,) how strongly its emotion shows, 0 to 1.5.
    blink_rate
        Blinks a second at rest.
    speech
        Whether the face talks, which moves the head.
    fps
        Frames a second.
    """
    habit, frames = HABITS[label], len(activation)
    follows = float(rng.uniform(*_FOLLOWED))
    late = smoothed(activation, 5.0)  # a head is heavier than a brow
    side = rng.choice([-1.0, 1.0])
    way = np.array([side, 1.0, rng.choice([-1.0, 1.0])]) * habit.head
    head = follows * late[:, None] * way
    head += rng.uniform(0.5, 3.0) * (1.5 if speech else 1.0) * wandering(rng, frames, 10.0, 3)
    gaze = saccades(rng, frames, JUMPS * habit.darting / fps)
    gaze += follows * activation[:, None] * np.array([side, 1.0]) * habit.gaze
    rates = blink_rate * (1.0 + (habit.blinks - 1.0) * np.clip(activation, 0.0, 1.0))
    return Bearing(
        head.astype(np.float32),
        np.clip(gaze, -1.0, 1.0).astype(np.float32),
        _blinks(rng, rates / fps),
    )


def eye_weights(gaze: Floats, blink: Floats) -> Floats:
    """Give the weights (T, 52) of gaze (T, 2) and blinks (T,)."""
    out = np.zeros((len(gaze), len(ARKIT)), dtype=np.float32)
    left, right = np.maximum(gaze[:, 0], 0), np.maximum(-gaze[:, 0], 0)
    up, down = np.maximum(gaze[:, 1], 0), np.maximum(-gaze[:, 1], 0)
    for name, curve in {
        "eyeLookOutLeft": left,
        "eyeLookInRight": left,
        "eyeLookInLeft": right,
        "eyeLookOutRight": right,
        "eyeLookUpLeft": up,
        "eyeLookUpRight": up,
        "eyeLookDownLeft": down,
        "eyeLookDownRight": down,
        "eyeBlinkLeft": blink,
        "eyeBlinkRight": blink,
    }.items():
        out[:, ARKIT_INDEX[name]] = curve
    return out


def saccades(rng: Rng, frames: int, rate: float) -> Array:
    """Draw a gaze (T, 2) that rests on a point, then jumps, so often a frame."""
    jumps = np.sort(rng.uniform(0, frames, rng.poisson(rate * frames)))
    aims = rng.normal(0.0, [0.22, 0.12], (len(jumps) + 1, 2))
    aims[0] *= 0.3
    path = aims[np.searchsorted(jumps, np.arange(frames))]
    return smoothed(path, 0.8)


def _blinks(rng: Rng, rates: Array) -> Floats:
    """Draw blinks at rates (T,) a frame: (T,), 0..1."""
    t = np.arange(len(rates), dtype=np.float64)
    out = np.zeros(len(rates))
    for center in np.flatnonzero(rng.random(len(rates)) < rates) + rng.random():
        out = np.maximum(out, draw_blink(rng, t, center, _SHUT))
    return out.astype(np.float32)


def draw_blink(rng: Rng, t: Array, center: float, shut: tuple[float, float]) -> Array:
    """Draw a blink over frames t (T,), shut most at `center` and so far: (T,), 0..1."""
    closing, opening = rng.uniform(1.5, 2.5), rng.uniform(2.5, 4.0)
    width = np.where(t < center, closing, opening)
    return np.asarray(rng.uniform(*shut) * np.exp(-(np.abs((t - center) / width) ** 3)))
