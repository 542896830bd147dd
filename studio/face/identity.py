"""A face in people's words.

Which directions of the rig have names, how far each may go, and a person drawn by chance.

Numbers are in the rig's units. A direction may go as far as two deviations of the people the
models were trained on, so that a made face is one they can move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import InputError

DIGITS = 3  # after the point; what a face is rounded to, so that a recipe says it exactly
# Of the deviations, in a person drawn by chance: the named directions lean on each other, so
# that whole ones add up to caricatures.
CALM, CALM_SHAPES = 0.6, 0.45
REACH = 2.0  # deviations a slider goes to either side


@dataclass(frozen=True)
class Direction:
    """One named direction of the rig.

    Attributes
    ----------
    low, high : how far it may go, in the rig's units
    deviation : that of the training people, in the rig's units
    """

    name: str
    group: str
    low: float
    high: float
    deviation: float


def _even(name: str, group: str, deviation: float) -> Direction:
    return Direction(name, group, -REACH * deviation, REACH * deviation, deviation)


# A deviation is 0.25 of a local change's full range over the direction's own step.
DIRECTIONS: tuple[Direction, ...] = (
    Direction("gender", "Person", -1.0, 1.0, 0.67),
    Direction("age", "Person", -0.17, 1.1, 0.37),
    Direction("weight", "Person", -0.9, 0.9, 0.45),
    Direction("african", "Ancestry", -2.0, 2.0, 0.8),
    Direction("asian", "Ancestry", -2.0, 2.0, 0.8),
    _even("head width", "Head", 0.5),
    _even("head height", "Head", 0.5),
    _even("head fat", "Person", 0.25),
    _even("jaw width", "Jaw and chin", 0.31),
    _even("chin height", "Jaw and chin", 0.42),
    _even("chin prominence", "Jaw and chin", 0.31),
    _even("cheekbones", "Cheeks", 0.25),
    _even("cheek volume", "Cheeks", 0.31),
    _even("brow height", "Brows and eyes", 0.31),
    _even("brow depth", "Brows and eyes", 0.5),
    _even("eye size", "Brows and eyes", 0.25),
    _even("eye distance", "Brows and eyes", 0.42),
    _even("nose length", "Nose", 0.25),
    _even("nose width", "Nose", 0.25),
    _even("nose depth", "Nose", 0.31),
    _even("nose hump", "Nose", 0.25),
    _even("mouth width", "Mouth", 0.28),
    _even("lip volume", "Mouth", 0.25),
    _even("mouth height", "Mouth", 0.42),
)
SHAPES = 40  # unnamed directions, one deviation long each
NAMES: tuple[str, ...] = (
    *(direction.name for direction in DIRECTIONS),
    *(f"shape_{number:02d}" for number in range(1, SHAPES + 1)),
)
ANCESTRIES = ("African", "Asian", "European")
_AFRICAN, _ASIAN = NAMES.index("african"), NAMES.index("asian")


def face_numbers(named: Mapping[str, object]) -> tuple[float, ...]:
    """Order the numbers of a face as `NAMES` are, from those that are not zero.

    Raises
    ------
    InputError
        For a name that is none of them, or a value that is no number.
    """
    numbers = [0.0] * len(NAMES)
    for name, value in named.items():
        if name not in NAMES:
            raise InputError.of("face", "directions the studio's rig has", name)
        if not isinstance(value, int | float):
            raise InputError.of(name, "a number", str(value))
        numbers[NAMES.index(name)] = float(value)
    return trimmed(numbers)


def named_numbers(face: Sequence[float]) -> dict[str, float]:
    """Name the numbers of a face that are not zero."""
    return {name: number for name, number in zip(NAMES, face, strict=False) if number}


def trimmed(face: Sequence[float]) -> tuple[float, ...]:
    """Round to `DIGITS` and leave out the zeros at the end: the average face is ()."""
    numbers = [round(float(number), DIGITS) + 0.0 for number in face]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def number_of(face: Sequence[float], name: str) -> float:
    """Tell how far a face goes in a direction."""
    place = NAMES.index(name)
    return face[place] if place < len(face) else 0.0


def with_number(face: Sequence[float], name: str, number: float) -> tuple[float, ...]:
    """Change one number of a face."""
    numbers = list(face) + [0.0] * (len(NAMES) - len(face))
    numbers[NAMES.index(name)] = number
    return trimmed(numbers)


def ancestry(face: Sequence[float]) -> tuple[float, float, float]:
    """Read shares of `ANCESTRIES`, which sum to 1; a third each on the average face.

    A unit of a direction is worth a third of a share, taken half and half from the other two.
    """
    african, asian = number_of(face, "african"), number_of(face, "asian")
    shares = np.array([2 + 2 * african - asian, 2 + 2 * asian - african, 2 - african - asian]) / 6
    shares = np.clip(shares, 0.0, 1.0)
    first, second, third = (shares / shares.sum()).tolist()
    return first, second, third


def with_ancestry(face: Sequence[float], place: int, share: float) -> tuple[float, ...]:
    """Set one share of a face's ancestry; the other two keep their proportion."""
    shares = np.array(ancestry(face))
    rest = np.delete(shares, place)
    left = 1.0 - min(max(share, 0.0), 1.0)
    rest = rest * (left / rest.sum()) if rest.sum() > 1e-6 else np.full(2, left / 2)
    return _mixed(face, np.insert(rest, place, 1.0 - left))


def _mixed(face: Sequence[float], shares: NDArray[np.float64]) -> tuple[float, ...]:
    african, asian, european = shares.tolist()
    return with_number(
        with_number(face, "african", 2 * (african - european)), "asian", 2 * (asian - european)
    )


def random_face(seed: int) -> tuple[float, ...]:
    """Draw a person like those the models were trained on; the same seed, the same person."""
    rng = np.random.default_rng(seed)
    spread = np.array([direction.deviation for direction in DIRECTIONS] + [1.0] * SHAPES)
    low = np.array([direction.low for direction in DIRECTIONS] + [-REACH] * SHAPES)
    high = np.array([direction.high for direction in DIRECTIONS] + [REACH] * SHAPES)
    spread[: len(DIRECTIONS)] *= CALM
    spread[len(DIRECTIONS) :] *= CALM_SHAPES
    face = np.clip(rng.normal(0.0, spread), low, high)
    face[NAMES.index("gender")] = 2 * rng.beta(0.8, 0.8) - 1
    face[NAMES.index("age")] = rng.uniform(-0.17, 0.7)
    return _mixed(face.tolist(), rng.dirichlet([0.8, 0.8, 0.8]))
