"""Speech: mouth shapes of sounds that run into each other, a syllable about four times a second.

The shapes stand for the fourteen groups of sounds that look alike on lips (visemes of MPEG-4,
ISO/IEC 14496-2, table C-1), set on the ARKit actions by what lips, teeth and jaw do in each.
"""

from __future__ import annotations

import numpy as np

from studio.face.rig import ARKIT, ARKIT_INDEX
from studio.face.wandering import wandering

from .course import FPS, Array, Rng, bumps

# Viseme -> actions; a stem stands for both sides.
VISEMES: dict[str, dict[str, float]] = {
    "p": {"jawOpen": 0.06, "mouthClose": 0.06, "mouthPress": 0.4, "mouthRollLower": 0.2},
    "f": {"jawOpen": 0.08, "mouthRollLower": 0.45, "mouthUpperUp": 0.2, "mouthShrugUpper": 0.1},
    "th": {"jawOpen": 0.14, "tongueOut": 0.18, "mouthLowerDown": 0.2, "mouthUpperUp": 0.1},
    "t": {"jawOpen": 0.12, "mouthLowerDown": 0.25, "mouthUpperUp": 0.12, "mouthStretch": 0.08},
    "k": {"jawOpen": 0.16, "mouthLowerDown": 0.2, "mouthUpperUp": 0.15},
    "ch": {"jawOpen": 0.1, "mouthFunnel": 0.5, "mouthPucker": 0.15, "mouthUpperUp": 0.15},
    "s": {"jawOpen": 0.05, "mouthLowerDown": 0.3, "mouthUpperUp": 0.18, "mouthStretch": 0.2},
    "n": {"jawOpen": 0.12, "mouthLowerDown": 0.18, "mouthDimple": 0.1},
    "r": {"jawOpen": 0.14, "mouthFunnel": 0.3, "mouthPucker": 0.25},
    "a": {"jawOpen": 0.5, "mouthLowerDown": 0.2, "mouthUpperUp": 0.1},
    "e": {"jawOpen": 0.25, "mouthStretch": 0.2, "mouthSmile": 0.12, "mouthLowerDown": 0.25},
    "i": {"jawOpen": 0.12, "mouthSmile": 0.2, "mouthStretch": 0.25, "mouthLowerDown": 0.2},
    "o": {"jawOpen": 0.35, "mouthFunnel": 0.45, "mouthPucker": 0.2},
    "u": {"jawOpen": 0.1, "mouthPucker": 0.65, "mouthFunnel": 0.2},
}
VOWELS = ("a", "e", "i", "o", "u")
SOUNDS_A_SECOND = (6.0, 13.0)
_PAUSE = 0.12  # share of sounds that are none
_BROW = 0.25  # of a brow that goes with the voice, at most


def _row(actions: dict[str, float]) -> Array:
    row = np.zeros(len(ARKIT))
    for stem, weight in actions.items():
        for name in (stem, f"{stem}Left", f"{stem}Right"):
            if name in ARKIT_INDEX:
                row[ARKIT_INDEX[name]] = weight
    return row


_ROWS = {name: _row(actions) for name, actions in VISEMES.items()}
_CONSONANTS = tuple(name for name in VISEMES if name not in VOWELS)


def draw_speech(rng: Rng, frames: int) -> Array:
    """Draw the mouth of a speaker, and brows that stress words: (T, 52) weights.

    Consonants and vowels take turns for a stretch of the take, loud or soft, clear or slurred.
    """
    begin, end = np.sort(rng.uniform(0.0, frames, 2))
    if rng.random() < 0.5:
        begin, end = 0.0, float(frames)
    count = max(int((end - begin) / FPS * rng.uniform(*SOUNDS_A_SECOND)), 1)
    steps = rng.uniform(0.6, 1.4, count)
    centers = begin + (end - begin) * (np.cumsum(steps) - steps / 2) / steps.sum()
    loud, clear = rng.uniform(0.4, 1.2), rng.uniform(0.6, 1.1)
    heights = np.stack([_ROWS[_sound(rng, place)] for place in range(count)])
    heights *= (loud * rng.uniform(0.6, 1.2, count) * (rng.random(count) > _PAUSE))[:, None]
    widths = steps / steps.mean() * (end - begin) / count * 0.55 / clear
    out = np.asarray(bumps(frames, centers, np.maximum(widths, 1.0), heights), dtype=np.float64)
    stress = np.clip(wandering(rng, frames, 6.0, 1)[:, 0], 0.0, 1.5) * rng.uniform(0.0, _BROW)
    within = (np.arange(frames) > begin) & (np.arange(frames) < end)
    for name in ("browInnerUp", "browOuterUpLeft", "browOuterUpRight"):
        out[:, ARKIT_INDEX[name]] += np.where(within, stress, 0.0)
    return out


def _sound(rng: Rng, place: int) -> str:
    return str(rng.choice(VOWELS if place % 2 else _CONSONANTS))


MOUTH = np.array([name.startswith(("mouth", "jaw")) for name in ARKIT])
