"""Takes of the corpus: what a face does, as ARKit weights over time.

A take runs from rest through onset, apex and (mostly) offset, with what real takes carry besides
the emotion: speech, blinks, gaze, stray action units, a second affect, tremor, head motion.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Floats
from studio.face.bearing import JUMPS, draw_blink, eye_weights, saccades
from studio.face.facs import LABELS, PROTOTYPES, weights_of
from studio.face.rig import ARKIT, ARKIT_INDEX
from studio.face.wandering import wandering

from .subjects import Manner

FPS = 30.0
EMOTIONS = LABELS[:-1]
_SHUT = (0.75, 1.0)  # of a blink
STRAY_UNITS = (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 16, 17, 18, 20, 22, 23, 24, 25, 28, 34)
VISEMES = (
    *("mouthFunnel", "mouthPucker", "mouthClose", "mouthShrugUpper", "mouthRollLower"),
    *("mouthPress", "mouthStretch", "mouthLowerDown", "mouthUpperUp", "mouthSmile"),
)

Rng = np.random.Generator
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Take:
    """One take of one person.

    Attributes
    ----------
    weights
        (T, 52) float32 in `ARKIT` order.
    head
        (T, 3) degrees yaw, pitch, roll.
    activation
        (T,) float32, 0..1, how much of the label's emotion shows.
    label
        One of `LABELS`.
    intensity
        0..1, the activation the take aims at; 0 for neutral.
    speech, blend
        Whether the face also talks, or shows a second emotion.
    """

    weights: Floats
    head: Floats
    activation: Floats
    label: str
    intensity: float
    speech: bool
    blend: bool


def draw_take(rng: Rng, manner: Manner, label: str) -> Take:
    """Draw a take of `label` in a person's manner."""
    frames = int(np.exp(rng.uniform(np.log(24), np.log(150))))
    intensity = float(rng.uniform(0.3, 1.0)) if label != "neutral" else 0.0
    weights = np.zeros((frames, len(ARKIT)), dtype=np.float32)
    activation = np.zeros(frames, dtype=np.float32)
    blend = label != "neutral" and bool(rng.random() < 0.15)
    speech = bool(rng.random() < 0.3)
    if label != "neutral":
        timing = _draw_timing(rng, frames, manner.pace)
        weights += _emotion(rng, manner, label, intensity, frames, timing)
        activation += intensity * _envelope(rng, frames, timing, shake=0.0)
        if blend:
            other = str(rng.choice([name for name in EMOTIONS if name != label]))
            second = intensity * float(rng.uniform(0.15, 0.35))
            weights += _emotion(rng, manner, other, second, frames, timing)
    weights += _strays(rng, frames, manner, most=2 if label == "neutral" else 1)
    weights = weights * (1.0 - 0.35 * _mouth_mask()) + _talk(rng, frames) if speech else weights
    weights = np.maximum(weights, _blinks(rng, frames, manner.blink_rate)) + _gaze(rng, frames)
    weights = weights * manner.gain + manner.rest + _tremor(rng, frames)
    return Take(
        np.clip(weights, -0.05, 1.2).astype(np.float32),
        _head_motion(rng, frames, speech=speech),
        activation,
        label,
        intensity,
        speech,
        blend,
    )


@dataclass(frozen=True)
class _Timing:
    """Frames at which an expression starts, is full, begins to fade, is gone."""

    start: float
    full: float
    fade: float
    gone: float


def _draw_timing(rng: Rng, frames: int, pace: float) -> _Timing:
    start = rng.uniform(0.02, 0.2) * frames
    full = start + min(rng.uniform(0.2, 0.9) * FPS * pace, 0.45 * frames)
    if rng.random() < 0.3:  # the take ends while the expression is held
        return _Timing(start, full, frames * 2.0, frames * 3.0)
    fade = max(full + 2.0, rng.uniform(0.55, 0.85) * frames)
    return _Timing(start, full, fade, fade + rng.uniform(0.3, 1.2) * FPS * pace)


def _ease(x: Array) -> Array:
    """Minimum-jerk step from 0 to 1."""
    x = np.clip(x, 0.0, 1.0)
    return x**3 * (10.0 - 15.0 * x + 6.0 * x**2)


def _envelope(rng: Rng, frames: int, timing: _Timing, *, shake: float) -> Floats:
    t = np.arange(frames, dtype=np.float64)
    rise = _ease((t - timing.start) / max(timing.full - timing.start, 1.0))
    fall = 1.0 - _ease((t - timing.fade) / max(timing.gone - timing.fade, 1.0))
    held = 1.0 + shake * wandering(rng, frames, 8.0, 1)[:, 0]
    return np.asarray(rise * fall * held, dtype=np.float32)


def _draw_units(rng: Rng, manner: Manner, label: str) -> dict[int, float]:
    """AU -> relative intensity, from a published prototype with a person's variation."""
    own = rng.random() < 0.6
    preset = manner.preset if own else str(rng.choice(list(PROTOTYPES)))
    prototype = PROTOTYPES[preset][label]
    units = {unit: float(rng.uniform(0.6, 1.0)) for unit in prototype.required}
    if len(units) > 2 and rng.random() < 0.15:
        del units[int(rng.choice(list(units)))]
    for unit, share in prototype.optional.items():
        if rng.random() < share:
            units[unit] = float(rng.uniform(0.4, 1.0))
    return units


def _emotion(
    rng: Rng, manner: Manner, label: str, intensity: float, frames: int, timing: _Timing
) -> Floats:
    out = np.zeros((frames, len(ARKIT)), dtype=np.float32)
    for unit, relative in _draw_units(rng, manner, label).items():
        lag, stretch = rng.normal(0.0, 2.0), np.exp(rng.normal(0.0, 0.1))
        own = _Timing(
            timing.start + lag,
            timing.full * stretch + lag,
            timing.fade + lag,
            timing.gone * stretch + lag,
        )
        curve = _envelope(rng, frames, own, shake=0.06)
        lopsided = 1.0 + rng.normal(0.0, 0.08) * _side()
        out += curve[:, None] * (weights_of({unit: relative * intensity}) * lopsided)
    return out


def _side() -> Floats:
    """+1 for actions of the left side, -1 for the right, 0 for the rest."""
    return np.array([name.endswith("Left") * 1.0 - name.endswith("Right") for name in ARKIT], "f4")


def _mouth_mask() -> Floats:
    return np.array([name.startswith(("mouth", "jaw")) for name in ARKIT], dtype=np.float32)


def _strays(rng: Rng, frames: int, manner: Manner, *, most: int) -> Floats:
    """Add action units that belong to no emotion of the take, weak and for a while."""
    out = np.zeros((frames, len(ARKIT)), dtype=np.float32)
    for _ in range(int(rng.integers(0, most + 1))):
        timing = _draw_timing(rng, frames, manner.pace)
        unit, strength = int(rng.choice(STRAY_UNITS)), float(rng.uniform(0.05, 0.3))
        out += _envelope(rng, frames, timing, shake=0.1)[:, None] * weights_of({unit: strength})
    return out


def _bumps(frames: int, centers: Array, widths: Array, heights: Array) -> Floats:
    t = np.arange(frames, dtype=np.float64)[:, None]
    shape = np.exp(-0.5 * ((t - centers) / widths) ** 2)
    return np.asarray(shape @ heights, dtype=np.float32)


def _talk(rng: Rng, frames: int) -> Floats:
    """Speech: a jaw that opens 3 to 5.5 times a second, and lip shapes between."""
    begin, end = np.sort(rng.uniform(0.0, frames, 2))
    count = max(int((end - begin) / FPS * rng.uniform(3.0, 5.5)), 1)
    centers = np.sort(rng.uniform(begin, end, count))
    widths = rng.uniform(1.8, 3.2, count)
    heights = np.zeros((count, len(ARKIT)))
    loud = rng.uniform(0.3, 1.0)
    heights[:, ARKIT_INDEX["jawOpen"]] = loud * rng.uniform(0.05, 0.35, count)
    for row in heights:
        stem, strength = str(rng.choice(VISEMES)), loud * rng.uniform(0.1, 0.5)
        for name in (stem, stem + "Left", stem + "Right"):
            if name in ARKIT_INDEX:
                row[ARKIT_INDEX[name]] += strength
    return _bumps(frames, centers, widths, heights)


def _blinks(rng: Rng, frames: int, rate: float) -> Floats:
    out = np.zeros((frames, len(ARKIT)), dtype=np.float32)
    t = np.arange(frames, dtype=np.float64)
    for center in rng.uniform(0, frames, rng.poisson(rate * frames / FPS)):
        curve = draw_blink(rng, t, center, _SHUT)
        for side in ("Left", "Right"):
            out[:, ARKIT_INDEX["eyeBlink" + side]] += curve.astype(np.float32)
    return np.minimum(out, 1.0)


def _gaze(rng: Rng, frames: int) -> Floats:
    gaze = saccades(rng, frames, JUMPS / FPS).astype(np.float32)
    return eye_weights(gaze, np.zeros(frames, dtype=np.float32))


def _tremor(rng: Rng, frames: int) -> Floats:
    """Add what a tracker adds: a slow drift and a faint fast jitter on every weight."""
    slow = 0.012 * wandering(rng, frames, 6.0, len(ARKIT))
    fast = 0.004 * wandering(rng, frames, 1.0, len(ARKIT))
    return np.asarray(slow + fast, dtype=np.float32)


def _head_motion(rng: Rng, frames: int, *, speech: bool) -> Floats:
    reach = rng.uniform(0.5, 3.0) * (1.5 if speech else 1.0)
    return np.asarray(reach * wandering(rng, frames, 10.0, 3), dtype=np.float32)
