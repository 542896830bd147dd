"""Which action units the studio reads, what they are called, and which ones data sets code.

Names as in FACS. BP4D codes 12 units, DISFA 8 of 12 in the usual protocol, OpenFace 2 gives 17
intensities and 28 beside them as occurrence, py-feat 20, of which AU 11 has no shape on the rig.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from studio.core.sequence import Floats

from .facs import ACTION_UNITS, PROTOTYPES
from .rig import ARKIT, ARKIT_INDEX

UNIT_NAMES: dict[int, str] = {
    1: "Inner brow raiser",
    2: "Outer brow raiser",
    4: "Brow lowerer",
    5: "Upper lid raiser",
    6: "Cheek raiser",
    7: "Lid tightener",
    9: "Nose wrinkler",
    10: "Upper lip raiser",
    12: "Lip corner puller",
    14: "Dimpler",
    15: "Lip corner depressor",
    16: "Lower lip depressor",
    17: "Chin raiser",
    18: "Lip pucker",
    20: "Lip stretcher",
    22: "Lip funneler",
    23: "Lip tightener",
    24: "Lip pressor",
    25: "Lips part",
    26: "Jaw drop",
    27: "Mouth stretch",
    28: "Lip suck",
    34: "Cheek puff",
    43: "Eyes closed",
}
UNITS: tuple[int, ...] = tuple(UNIT_NAMES)

# Units that data sets and tools tell; 45, the blink, is the closing of the eyes.
PRESETS: dict[str, tuple[int, ...]] = {
    "all": UNITS,
    "BP4D": (1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23, 24),
    "DISFA": (1, 2, 4, 6, 9, 12, 25, 26),
    "OpenFace": (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 20, 23, 25, 26, 43, 28),
    "py-feat": (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 20, 23, 24, 25, 26, 28, 43),
}
# Units that move the same shapes of the rig, so that one is easily taken for the other.
SHARED: tuple[tuple[int, ...], ...] = ((23, 24), (25, 26, 27), (16, 25), (10, 25))


def unit_label(unit: int) -> str:
    """Write the number of a unit as tools do: AU01."""
    return f"AU{unit:02d}"


def shape_matrix() -> Floats:
    """Tell what an intensity of 1 (E) of each of `UNITS` sets on the rig: (N, 52)."""
    out = np.zeros((len(UNITS), len(ARKIT)), dtype=np.float32)
    for row, unit in enumerate(UNITS):
        for name, weight in ACTION_UNITS[unit].items():
            out[row, ARKIT_INDEX[name]] = weight
    return out


def explained(emotion: str, shown: Mapping[int, float]) -> dict[str, tuple[float, tuple[int, ...]]]:
    """Hold units against what the published prototypes say of an emotion.

    Parameters
    ----------
    emotion
        One of `facs.LABELS`; for neutral there is no prototype.
    shown
        Intensity 0..5 of the units that occur.

    Returns
    -------
    dict
        By preset: the share of the required units that are shown, and the units of the prototype
        that are, the optional ones after the required.
    """
    out = {}
    for preset, emotions in PROTOTYPES.items():
        prototype = emotions.get(emotion)
        if prototype is None:
            continue
        required = tuple(unit for unit in prototype.required if unit in shown)
        optional = tuple(unit for unit in prototype.optional if unit in shown)
        out[preset] = (len(required) / len(prototype.required), required + optional)
    return out
