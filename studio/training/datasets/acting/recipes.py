"""Twelve extreme expressions, named as in the CoMA data set, as recipes for the rig.

The people of CoMA (Ranjan et al., ECCV 2018, section 4) were asked for these twelve; paper 000
shows one face of each (figure 3). Recordings of them are not free, so each is a recipe here, found
by eye on the studio's face.
"""

from __future__ import annotations

import numpy as np

from studio.core.sequence import Floats
from studio.face.rig import ARKIT, ARKIT_INDEX

from .course import Rng

# Class -> actions and how strong each is; a stem stands for both sides.
RECIPES: dict[str, dict[str, float]] = {
    "bareteeth": {
        **{"mouthUpperUp": 0.9, "mouthLowerDown": 0.9, "mouthStretch": 0.6},
        **{"mouthSmile": 0.3, "noseSneer": 0.4, "jawOpen": 0.08},
    },
    "cheeks_in": {
        **{"cheekPuff": -0.8, "mouthPucker": 0.6, "mouthDimple": 0.25},
        **{"jawOpen": 0.12, "mouthClose": 0.12},
    },
    "eyebrow": {"browInnerUp": 1.0, "browOuterUp": 1.0, "eyeWide": 0.5},
    "high_smile": {
        **{"mouthSmile": 1.0, "cheekSquint": 0.7, "eyeSquint": 0.3},
        **{"mouthUpperUp": 0.35, "mouthDimple": 0.2},
    },
    "lips_back": {
        **{"mouthRollUpper": 0.9, "mouthRollLower": 0.9},
        **{"mouthPress": 0.5, "mouthStretch": 0.3},
    },
    "lips_up": {
        **{"mouthShrugUpper": 0.9, "mouthShrugLower": 0.8, "mouthPucker": 0.35},
        **{"noseSneer": 0.3, "mouthUpperUp": 0.2},
    },
    "mouth_down": {
        **{"mouthFrown": 1.0, "mouthStretch": 0.3},
        **{"mouthLowerDown": 0.35, "mouthShrugLower": 0.4},
    },
    "mouth_extreme": {
        **{"jawOpen": 1.0, "mouthStretch": 0.7, "mouthLowerDown": 0.6},
        **{"mouthUpperUp": 0.5, "eyeSquint": 0.4, "noseSneer": 0.4},
    },
    "mouth_middle": {"mouthPucker": 0.95, "mouthFunnel": 0.3},
    "mouth_open": {"jawOpen": 0.55},  # at 1 it could not be told from mouth_extreme
    "mouth_side": {
        **{"mouthLeft": 1.0, "jawLeft": 0.35, "mouthSmileLeft": 0.35},
        **{"mouthDimpleLeft": 0.4, "mouthPucker": 0.25},
    },
    "mouth_up": {
        **{"mouthShrugLower": 1.0, "mouthShrugUpper": 0.8},
        **{"mouthFrown": 0.35, "mouthPress": 0.4},
    },
}
STRONG = (0.75, 1.15)  # of what the recipe says, drawn for each action
SIDES = (0.85, 1.15)  # of that, drawn for each side
LEAST = np.where([name == "cheekPuff" for name in ARKIT], -1.6, -0.05)  # cheeks go in as well


def recipe_weights(label: str) -> Floats:
    """Give what the recipe of an expression says: (52,) weights in `ARKIT` order."""
    out = np.zeros(len(ARKIT), dtype=np.float32)
    for stem, weight in RECIPES[label].items():
        for name in _sides(stem):
            out[ARKIT_INDEX[name]] = weight
    return out


def draw_recipe(rng: Rng, label: str) -> list[Floats]:
    """Draw the actions of an expression: (52,) weights of each, those of both sides together.

    What goes to one side goes to the other as often.
    """
    mirrored = bool(rng.random() < 0.5)
    rows = []
    for stem, weight in RECIPES[label].items():
        strength, row = weight * rng.uniform(*STRONG), np.zeros(len(ARKIT), dtype=np.float32)
        for name in _sides(stem):
            place = ARKIT_INDEX[_other_side(name) if mirrored else name]
            row[place] = strength * (1.0 if name in _MIDDLE else rng.uniform(*SIDES))
        rows.append(row)
    return rows


def _sides(stem: str) -> tuple[str, ...]:
    """Name the actions that a stem stands for."""
    names = (stem, f"{stem}Left", f"{stem}Right")
    return tuple(name for name in names if name in ARKIT_INDEX)


def _other_side(name: str) -> str:
    """Name the action of the other side, the action itself for one of both."""
    for here, there in (("Left", "Right"), ("Right", "Left")):
        if name.endswith(here):
            return name.removesuffix(here) + there
    return name


_MIDDLE = frozenset(name for name in ARKIT if _other_side(name) == name)
