"""Takes of the corpus: what a face does, as ARKit weights and channels over time.

A take runs from rest through its expression, with what real takes carry besides: speech, blinks,
gaze, stray action units, a second affect, tremor, head motion.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from studio.core.sequence import Floats
from studio.face.bearing import Bearing, draw_bearing, eye_weights
from studio.face.facs import LABELS
from studio.face.rig import ARKIT
from studio.face.wandering import wandering
from studio.training.datasets.subjects import Manner

from .course import Array, Rng, draw_course
from .recipes import LEAST, RECIPES, draw_recipe
from .speech import MOUTH, draw_speech
from .units import INTENSITY, draw_units, moving, shown, strays

EMOTIONS = LABELS[:-1]
FRAMES = (24, 240)
SPEAKING = {"neutral": 0.6}  # share of takes with speech, by label
_SPEAKING = 0.3
EXTREME = (0.4, 1.25)  # of what a recipe says, what takes of extreme expressions aim at
_BLENDED = 0.15
_LEAST, _MOST = -0.05, 1.6  # weights
_HUSHED = 0.35  # of what the mouth shows beside, while it speaks


@dataclass(frozen=True, eq=False)
class Take:
    """One take of one person.

    Attributes
    ----------
    weights
        (T, 52) float32 in `ARKIT` order, without gaze and blinks.
    bearing
        Head, gaze and blinks.
    activation
        (T,) float32, how strongly the label's emotion shows; 1 is a full expression.
    label
        One of `LABELS`, or of `RECIPES`.
    intensity
        0..1.5, the activation the take aims at; 0 for neutral.
    speech, blend
        Whether the face also talks, or shows a second emotion.
    """

    weights: Floats
    bearing: Bearing
    activation: Floats
    label: str
    intensity: float
    speech: bool
    blend: bool

    @cached_property
    def whole(self) -> Floats:
        """Give the weights (T, 52) with gaze and blinks, as a tracker reads them."""
        return together(self.weights, self.bearing.gaze, self.bearing.blink)


def together(weights: Floats, gaze: Floats, blink: Floats) -> Floats:
    """Add gaze (T, 2) and blinks (T,) to weights (T, 52); lids that are shut shut no further."""
    eyes = eye_weights(gaze, blink)
    looking = np.where(_BLINK, 0.0, eyes)
    return np.asarray(np.maximum(weights, np.where(_BLINK, eyes, weights)) + looking)


def draw_take(rng: Rng, manner: Manner, label: str) -> Take:
    """Draw a take of a label in a person's manner."""
    frames = int(np.exp(rng.uniform(*np.log(FRAMES))))
    return (_posed if label in RECIPES else _acted)(rng, manner, label, frames)


def _acted(rng: Rng, manner: Manner, label: str, frames: int) -> Take:
    """Draw an emotion, or none, with what faces do beside."""
    emotional = label != "neutral"
    intensity = float(rng.uniform(*INTENSITY)) if emotional else 0.0
    blend = emotional and bool(rng.random() < _BLENDED)
    speech = bool(rng.random() < SPEAKING.get(label, _SPEAKING))
    weights, activation = np.zeros((frames, len(ARKIT))), np.zeros(frames)
    if emotional:
        course = draw_course(rng, frames, manner.pace)
        activation = intensity * course.curve(frames)
        weights += shown(rng, draw_units(rng, manner, label), intensity, course, frames)
        if blend:
            other = str(rng.choice([name for name in EMOTIONS if name != label]))
            second = intensity * float(rng.uniform(0.15, 0.35))
            weights += shown(rng, draw_units(rng, manner, other), second, course, frames)
    beside = int(rng.integers(0, 2 if emotional else 3))
    weights += _beside(rng, manner, beside, frames)
    if speech:
        weights = weights * (1.0 - _HUSHED * MOUTH) + draw_speech(rng, frames)
    weights = _in_manner(rng, manner, weights)
    bearing = draw_bearing(rng, label, activation, manner.blink_rate, speech=speech)
    return Take(
        np.clip(weights, _LEAST, _MOST).astype(np.float32),
        bearing,
        activation.astype(np.float32),
        label,
        intensity,
        speech,
        blend,
    )


def _posed(rng: Rng, manner: Manner, label: str, frames: int) -> Take:
    """Draw an extreme expression, held by somebody who neither talks nor feels anything by it."""
    intensity = float(rng.uniform(*EXTREME))
    course = draw_course(rng, frames, manner.pace)
    activation = intensity * course.curve(frames)
    rows = [(1.0, row) for row in draw_recipe(rng, label)]
    weights = moving(rng, rows, intensity, course, frames)
    weights += _beside(rng, manner, int(rng.integers(0, 2)), frames)
    weights = _in_manner(rng, manner, weights)
    bearing = draw_bearing(rng, "neutral", activation, manner.blink_rate)
    return Take(
        np.clip(weights, LEAST, _MOST).astype(np.float32),
        bearing,
        activation.astype(np.float32),
        label,
        intensity,
        speech=False,
        blend=False,
    )


def _beside(rng: Rng, manner: Manner, count: int, frames: int) -> Array:
    """Draw so many stray units: (T, 52) weights."""
    courses = [draw_course(rng, frames, manner.pace) for _ in range(count)]
    return strays(rng, courses, frames)


def _in_manner(rng: Rng, manner: Manner, weights: Array) -> Array:
    """Show weights (T, 52) as a person does, and as a tracker has them."""
    return weights * manner.gain + manner.rest + _tremor(rng, len(weights))


def _tremor(rng: Rng, frames: int) -> Array:
    """Add what a tracker adds: a slow drift and a faint fast jitter on every weight."""
    slow = 0.012 * wandering(rng, frames, 6.0, len(ARKIT))
    return slow + 0.004 * wandering(rng, frames, 1.0, len(ARKIT))


_BLINK = np.array([name.startswith("eyeBlink") for name in ARKIT])
