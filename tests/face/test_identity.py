"""Made faces: names of the rig, shares of ancestry, people by chance."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core import InputError
from studio.face.identity import (
    DIRECTIONS,
    NAMES,
    ancestry,
    face_numbers,
    named_numbers,
    number_of,
    random_face,
    trimmed,
    with_ancestry,
    with_number,
)
from studio.face.rig import load_rig

RESTING_MM = 40.0  # no part of a face goes farther from the average one than this


def test_the_names_are_those_of_the_rig() -> None:
    assert load_rig().identity_names == NAMES


def test_numbers_and_names_say_the_same_face() -> None:
    face = with_number(with_number((), "age", 0.5), "shape_40", -1.25)
    assert named_numbers(face) == {"age": 0.5, "shape_40": -1.25}
    assert face_numbers(named_numbers(face)) == face
    assert number_of(face, "shape_40") == -1.25
    assert with_number(with_number(face, "shape_40", 0.0), "age", 0.0) == ()
    assert trimmed([0.00049, -0.0004]) == ()
    with pytest.raises(InputError, match="wings"):
        face_numbers({"wings": 1.0})


def test_ancestry_is_a_mix_of_three_shares() -> None:
    assert ancestry(()) == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    face = with_ancestry((), 1, 1.0)
    assert ancestry(face) == pytest.approx((0.0, 1.0, 0.0), abs=1e-3)
    assert number_of(face, "asian") == 2.0
    back = with_ancestry(face, 1, 0.4)
    assert ancestry(back) == pytest.approx((0.3, 0.4, 0.3), abs=1e-3)
    for share in np.linspace(0, 1, 11):
        shares = ancestry(with_ancestry(random_face(3), 2, float(share)))
        assert sum(shares) == pytest.approx(1.0)
        assert shares[2] == pytest.approx(share, abs=2e-3)


@pytest.mark.parametrize("seed", range(20))
def test_a_random_person_is_within_reach_and_the_same_again(seed: int) -> None:
    face = random_face(seed)
    assert face == random_face(seed) != random_face(seed + 1)
    for direction in DIRECTIONS:
        assert direction.low <= number_of(face, direction.name) <= direction.high
    away = np.linalg.norm(load_rig().neutral(np.array(face)) - load_rig().rest, axis=1)
    assert 1.0 < away.max() < RESTING_MM
