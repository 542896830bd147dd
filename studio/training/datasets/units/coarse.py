"""What a tracker makes of a face: a coarse face, whose weights and points are not quite right.

Figures of the noise are those measured on trackers of pictures: points that jitter by 0.2 to 0.7 %
of the distance of the outer eye corners, weights that tremble, offsets and gains of a person's
channels, actions that are taken for others, a head that turns and moves channels with it, poor
pictures that leave a bias, and whole seconds that are lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.spatial.distance import cdist

from studio.core.sequence import Floats
from studio.face.rig import ARKIT, ARKIT_INDEX, load_rig
from studio.face.template import load_template
from studio.face.wandering import wandering
from studio.training.datasets.acting.course import Array, Rng

JITTER = (0.002, 0.007)  # of the distance of the outer eye corners
TREMBLING, WORST = (0.006, 0.015), (0.035, 0.07)  # of a weight
_WORST_SHARE = 0.06  # of channels
_OFFSET, _GAIN = 0.025, 0.15
_FAINT = ("cheekPuff", "cheekSquint", "noseSneer", "mouthDimple", "mouthPress", "mouthFrown")
_FAINT_GAIN = (0.45, 1.0)  # of actions that pictures hardly show
# Action -> what a tracker takes it for as well, and how much of it at most.
_TAKEN: tuple[tuple[str, str, float], ...] = (
    ("mouthFunnel", "mouthPucker", 0.72),
    ("mouthClose", "mouthShrugLower", 0.9),
    ("eyeBlinkLeft", "eyeSquintLeft", 0.4),
    ("eyeBlinkRight", "eyeSquintRight", 0.4),
    ("mouthSmileLeft", "cheekSquintLeft", 0.25),
    ("mouthSmileRight", "cheekSquintRight", 0.25),
    ("noseSneerLeft", "mouthUpperUpLeft", 0.25),
    ("noseSneerRight", "mouthUpperUpRight", 0.25),
)
_LEAK, _LEAK_AT, _LEAKING = 0.45, 35.0, 6  # of a weight, at so many degrees, channels
_POOR, _BIAS = 0.15, 0.16  # share of clips from poor pictures, and the bias they leave
_LOST = 0.12  # share of clips of which a stretch is lost
_BELLS, _BELL_MM = 48, 14.0  # neighbors jitter together
_TURNED = 0.15  # degrees that a head is still turned when its pose is removed
_HELD_SHARE = 0.6  # of jitter that stays for a while; the rest is new in each frame


@dataclass(frozen=True, eq=False)
class Coarse:
    """How a tracker sees one clip.

    Attributes
    ----------
    weights
        (T, 52) what it takes the face to do.
    jitter
        (T, K, 3) mm, what its points are off by beside.
    """

    weights: Floats
    jitter: Floats


def seen_coarsely(
    rng: Rng, weights: Floats, points: Floats, fps: float, amount: float = 1.0
) -> Coarse:
    """See a clip as a tracker does.

    Parameters
    ----------
    weights : (T, 52)
        What the face does.
    points : (K, 3)
        Where on the average face the points lie, in mm.
    fps
        Frames a second.
    amount
        Of all noise; 1 as trackers have it.
    """
    frames, actions = weights.shape
    taken = weights.astype(np.float64).copy()
    for lead, follower, most in _TAKEN:
        share = amount * most * float(rng.beta(0.7, 1.5))
        taken[:, ARKIT_INDEX[follower]] += share * weights[:, ARKIT_INDEX[lead]]
    taken *= _gains(rng, amount)
    taken += amount * rng.normal(0.0, _OFFSET, actions)
    taken += amount * (_pose_leak(rng, frames, fps) + _trembling(rng, frames, actions, fps))
    if rng.random() < _POOR * amount:
        taken += rng.uniform(-0.3, 1.0, actions) * (rng.random(actions) < 0.2) * _BIAS
    if rng.random() < _LOST * amount:
        _lose(taken, rng, fps)
    jitter = amount * _jitter(rng, frames, points, fps)
    return Coarse(taken.astype(np.float32), jitter.astype(np.float32))


def _gains(rng: Rng, amount: float) -> Array:
    """Draw what a tracker makes of each action, alike on both sides: (52,)."""
    out = np.exp(amount * rng.normal(0.0, _GAIN, len(ARKIT)))
    for stem in _FAINT:
        gain = 1.0 - amount * (1.0 - rng.uniform(*_FAINT_GAIN))
        for place, name in enumerate(ARKIT):
            if name.startswith(stem):
                out[place] *= gain
    return out


def _trembling(rng: Rng, frames: int, actions: int, fps: float) -> Array:
    deviation = rng.uniform(*TREMBLING, actions)
    worst = rng.random(actions) < _WORST_SHARE
    deviation[worst] = rng.uniform(*WORST, int(worst.sum()))
    slow = wandering(rng, frames, 0.1 * fps, actions)
    return deviation * (0.8 * rng.standard_normal((frames, actions)) + 0.6 * slow)


def _pose_leak(rng: Rng, frames: int, fps: float) -> Array:
    """Move some channels with a head that turns, (T, 52): most heads hardly do."""
    degrees = rng.exponential(8.0) * wandering(rng, frames, 0.6 * fps, 1)[:, 0]
    turned = np.clip(np.abs(degrees) / _LEAK_AT, 0.0, 1.2) ** 1.5
    leak = np.zeros(len(ARKIT))
    leak[rng.choice(len(ARKIT), _LEAKING, replace=False)] = rng.uniform(-_LEAK, _LEAK, _LEAKING)
    return turned[:, None] * leak


def _lose(weights: Array, rng: Rng, fps: float) -> None:
    """Lose a stretch: what was seen before it is held, as trackers do."""
    length = min(int(rng.uniform(0.2, 1.0) * fps), len(weights) // 3)
    start = int(rng.integers(1, len(weights) - length))
    weights[start : start + length] = weights[start - 1]


def _jitter(rng: Rng, frames: int, points: Floats, fps: float) -> Array:
    """(T, K, 3) mm by which points are off, together with their neighbors."""
    eyes = load_template().landmarks[[36, 45]]
    span = float(np.linalg.norm(np.diff(load_template().vertices[eyes], axis=0)))
    fields = bells(points.tobytes(), len(points))
    fresh = rng.standard_normal((frames, _BELLS * 3))
    held = wandering(rng, frames, 0.08 * fps, _BELLS * 3)
    moves = (1.0 - _HELD_SHARE) ** 0.5 * fresh + _HELD_SHARE**0.5 * held
    size = rng.uniform(*JITTER) * span
    moved = np.tensordot(moves.reshape(frames, _BELLS, 3), fields, axes=(1, 1))  # (T, 3, K)
    return size * moved.transpose(0, 2, 1) + turned(rng, frames, points, fps)


def turned(rng: Rng, frames: int, points: Floats, fps: float) -> Array:
    """(T, K, 3) mm by which points are off where the pose of the head is not quite removed."""
    degrees = rng.normal(0.0, _TURNED, 3) + _TURNED * wandering(rng, frames, 0.3 * fps, 3)
    about = points - load_rig().pivot
    return np.cross(np.radians(degrees)[:, None], about[None])


@lru_cache(maxsize=4)
def bells(points: bytes, count: int) -> Floats:
    """(K, B) How much each of B smooth fields moves each point, of unit deviation together."""
    at = np.frombuffer(points, dtype=np.float32).reshape(count, 3)
    centers = at[np.random.default_rng(17).choice(count, _BELLS, replace=count < _BELLS)]
    near = np.exp(cdist(at, centers, "sqeuclidean") / (-2 * _BELL_MM**2)) + 1e-6
    return np.asarray(near / np.linalg.norm(near, axis=1, keepdims=True), dtype=np.float32)
