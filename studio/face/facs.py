"""Action units, what they do on the ARKit rig, and the published prototypes of emotions.

Action unit numbers, names and the closest ARKit shapes follow the table in py-feat's reference;
the prototypes are those of the Wikipedia "FACS" table (EMFACS), of AiCure's open_dbm, of the FACS
manual's table 11-1 as quoted by Methods of Psychological Research 4(3), and of Du, Tao and
Martinez, PNAS 2014, table 1. They disagree, so each is a preset and none is a ground truth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.sequence import Floats

from .rig import ARKIT, ARKIT_INDEX

LABELS: tuple[str, ...] = (
    *("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral"),
)
NEUTRAL = LABELS.index("neutral")


def _both(stem: str, weight: float = 1.0) -> dict[str, float]:
    return {f"{stem}Left": weight, f"{stem}Right": weight}


# AU -> what an intensity of 1 (E, the maximum) sets on the rig.
ACTION_UNITS: dict[int, dict[str, float]] = {
    1: {"browInnerUp": 1.0},
    2: _both("browOuterUp"),
    4: _both("browDown"),
    5: _both("eyeWide"),
    6: _both("cheekSquint"),
    7: _both("eyeSquint"),
    9: _both("noseSneer"),
    10: _both("mouthUpperUp"),
    12: _both("mouthSmile"),
    14: _both("mouthDimple"),
    15: _both("mouthFrown"),
    16: _both("mouthLowerDown"),
    17: {"mouthShrugLower": 1.0, "mouthShrugUpper": 0.4},
    18: {"mouthPucker": 1.0},
    19: {"tongueOut": 1.0},
    20: _both("mouthStretch"),
    22: {"mouthFunnel": 1.0},
    23: {**_both("mouthPress", 0.7), "mouthRollLower": 0.25, "mouthRollUpper": 0.2},
    24: _both("mouthPress"),
    25: {"jawOpen": 0.1, **_both("mouthLowerDown", 0.35), **_both("mouthUpperUp", 0.15)},
    26: {"jawOpen": 0.4},
    27: {"jawOpen": 0.9},
    28: {"mouthRollLower": 1.0, "mouthRollUpper": 1.0},
    29: {"jawForward": 1.0},
    34: {"cheekPuff": 1.0},
    43: _both("eyeBlink"),
    # Toward the subject's left the left eye looks out and the right eye looks in.
    61: {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0},
    62: {"eyeLookInLeft": 1.0, "eyeLookOutRight": 1.0},
    63: _both("eyeLookUp"),
    64: _both("eyeLookDown"),
}


@dataclass(frozen=True)
class Prototype:
    """Action units of an emotion: those always there, and those some people add.

    Attributes
    ----------
    required : AU numbers
    optional : AU number -> share of people who show it, 0..1
    """

    required: tuple[int, ...]
    optional: dict[int, float]


def _plain(**emotions: tuple[int, ...]) -> dict[str, Prototype]:
    return {name: Prototype(units, {}) for name, units in emotions.items()}


PROTOTYPES: dict[str, dict[str, Prototype]] = {
    "emfacs": _plain(
        happiness=(6, 12),
        sadness=(1, 4, 15),
        surprise=(1, 2, 5, 26),
        fear=(1, 2, 4, 5, 20, 26),
        anger=(4, 5, 7, 23),
        disgust=(9, 15, 16),
    ),
    "open_dbm": _plain(
        happiness=(6, 12),
        sadness=(1, 4, 15),
        surprise=(1, 2, 5, 26),
        fear=(1, 2, 4, 5, 7, 20, 26),
        anger=(4, 5, 7, 23),
        disgust=(9, 15, 16),
    ),
    "facs": _plain(
        happiness=(6, 12, 25),
        sadness=(1, 4, 15),
        surprise=(1, 2, 5, 26),
        fear=(1, 2, 4, 5, 20, 25),
        anger=(4, 5, 7, 24),
        disgust=(4, 10, 17),
    ),
    "du2014": {
        "happiness": Prototype((12, 25), {6: 0.51}),
        "sadness": Prototype((4, 15), {1: 0.60, 6: 0.50, 17: 0.67}),
        "surprise": Prototype((1, 2, 25, 26), {5: 0.66}),
        "fear": Prototype((1, 4, 20, 25), {2: 0.57, 5: 0.63, 26: 0.33}),
        "anger": Prototype((4, 7, 24), {10: 0.26, 17: 0.52, 23: 0.29}),
        "disgust": Prototype((9, 10, 17), {4: 0.31, 24: 0.26}),
    },
}


def weights_of(units: dict[int, float]) -> Floats:
    """Set the rig's actions from action units.

    Parameters
    ----------
    units : AU number -> intensity, 0..1

    Returns
    -------
    (52,) weights in `ARKIT` order, clipped to 0..1
    """
    out = np.zeros(len(ARKIT), dtype=np.float32)
    for unit, intensity in units.items():
        for name, weight in ACTION_UNITS[unit].items():
            out[ARKIT_INDEX[name]] += weight * intensity
    return np.clip(out, 0.0, 1.0)
