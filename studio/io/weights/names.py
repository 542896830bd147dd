"""The 52 weights of ARKit, by whatever spelling a program gives them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

# The order of the columns in a Live Link Face file, spelled as ARKit spells them.
NAMES: tuple[str, ...] = (
    "eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft",
    "eyeSquintLeft", "eyeWideLeft", "eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight",
    "eyeLookOutRight", "eyeLookUpRight", "eyeSquintRight", "eyeWideRight", "jawForward",
    "jawRight", "jawLeft", "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthRight",
    "mouthLeft", "mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft", "mouthFrownRight",
    "mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft", "mouthStretchRight",
    "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthPressLeft",
    "mouthPressRight", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft",
    "mouthUpperUpRight", "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft",
    "browOuterUpRight", "cheekPuff", "cheekSquintLeft", "cheekSquintRight", "noseSneerLeft",
    "noseSneerRight", "tongueOut",
)  # fmt: skip
HEAD = ("headYaw", "headPitch", "headRoll")

_PLACES = {name.lower(): place for place, name in enumerate(NAMES + HEAD)}
_LONGEST = max(map(len, _PLACES))
_SIDE = re.compile(r"(?:[ _.-]|(?<=[a-z]))([LR])$|[ _.-]([lr])$")
_ENOUGH = 2  # names in the first bytes that make a file one of weights


def key(name: str) -> str:
    """Spell a name in small letters and digits alone, its side in full: ``eyeBlink_L``."""

    def in_full(found: re.Match[str]) -> str:
        return "left" if found[0][-1] in "Ll" else "right"

    return re.sub(r"[^a-z0-9]", "", _SIDE.sub(in_full, name.strip()).lower())


def places(names: Sequence[str]) -> dict[int, int]:
    """Find which names are weights, or angles of the head.

    Parameters
    ----------
    names
        As a file spells them, maybe all with the same word in front.

    Returns
    -------
    dict
        The place in `NAMES` + `HEAD` and, for each, the place among the names; the first where a
        file has one twice.
    """
    split = [_split(key(name)) for name in names]
    fronts = Counter(front for front, place in split if place is not None and front)
    front = fronts.most_common(1)[0][0] if fronts else ""
    found: dict[int, int] = {}
    for at, (before, place) in enumerate(split):
        if place is not None and before in ("", front):
            found.setdefault(place, at)
    return found


def _split(spelled: str) -> tuple[str, int | None]:
    """Part what stands before the longest name that a spelling ends with."""
    for start in range(max(len(spelled) - _LONGEST, 0), len(spelled)):
        place = _PLACES.get(spelled[start:])
        if place is not None:
            return spelled[:start], place
    return spelled, None


def names_weights(start: bytes) -> bool:
    """Whether the first bytes of a file name some of the weights."""
    words = re.findall(r"[A-Za-z][A-Za-z_. ]+", start.decode("utf-8", "replace"))
    return len(places(words)) >= _ENOUGH
