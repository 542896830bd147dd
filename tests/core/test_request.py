"""What can be asked of a generator: ranges stated once, whatever a number is of."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from studio.core import FaceChoice, GenerationRequest, InputError
from studio.core.request import INTENSITY, PARAMETERS, RANGES, SEED, RequestChanges


def test_the_ends_of_every_range_can_be_asked_for() -> None:
    for name, allowed in RANGES.items():
        for end in (allowed.low, allowed.high):
            assert getattr(GenerationRequest(**{name: end}), name) == end  # type: ignore[arg-type]


@pytest.mark.parametrize("name", RANGES)
def test_what_is_outside_a_range_is_one_sentence(name: str) -> None:
    allowed = RANGES[name]
    wrong: list[object] = [allowed.low - 1, allowed.high + 1, float("nan"), "many", True]
    wrong += [1e308, float("inf"), -float("inf"), 10**400]
    wrong += [allowed.low + 0.5] if allowed.whole else []
    wrong += [] if name in PARAMETERS else [None]
    for number in wrong:
        with pytest.raises(InputError) as caught:
            GenerationRequest(**{name: number})
        assert str(caught.value).startswith(f"{name}: expected {allowed}, found {number}"[:80])
        assert len(str(caught.value)) <= 300


def test_a_range_is_said_in_words() -> None:
    assert str(SEED) == "a whole number from 0 to 2147483647"
    assert str(INTENSITY) == "a number from 0 to 1.5"
    assert np.int64(7) in SEED and np.float32(0.5) in INTENSITY


def test_what_is_given_by_name_are_the_fields_of_a_request() -> None:
    names = {entry.name for entry in fields(GenerationRequest)}
    assert set(RequestChanges.__annotations__) == names
    assert PARAMETERS == ("guidance", "steps", "sampler", "surface")


@pytest.mark.parametrize("numbers", [(9,), (0.0, float("nan")), (0.0, -4.5)])
def test_a_made_face_stays_one_that_can_be_moved(numbers: tuple[Any, ...]) -> None:
    with pytest.raises(InputError, match="face: expected a number from -4 to 4"):
        FaceChoice("numbers", numbers)
