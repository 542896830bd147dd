"""How distances become a score."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core import Familiarity

NAMES = ("motion", "face")


def known(*rows: tuple[float, float]) -> Familiarity:
    return Familiarity(NAMES, np.array(rows, dtype=np.float32))


def test_the_limit_scores_one_half_and_more_scores_more() -> None:
    far = known((0, 0), (1, 0.2), (0.2, 2), (0, 1e30))
    assert far.per_frame == pytest.approx([0, 0.5, 0.8, 1], abs=1e-6)


@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_a_stretch_is_as_unfamiliar_as_most_of_it(n_frames: int, seed: int) -> None:
    ratios = np.random.default_rng(seed).gamma(2.0, size=(n_frames, 2)).astype(np.float32)
    clip = Familiarity(NAMES, ratios)
    assert 0 <= clip.over() <= clip.per_frame.max() + 1e-6
    assert clip.over(0, 1) == pytest.approx(clip.per_frame[0], abs=1e-6)
    assert clip.cause(0, 1) == NAMES[int(ratios[0].argmax())]


def test_a_few_odd_frames_do_not_condemn_a_clip() -> None:
    ratios = np.full((100, 2), 0.3, dtype=np.float32)
    ratios[:5] = 9.0
    assert Familiarity(NAMES, ratios).over() < 0.2
    assert Familiarity(NAMES, ratios).over(0, 20) > 0.9


def test_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError):
        Familiarity(NAMES, np.zeros((4, 3), dtype=np.float32))
    with pytest.raises(ValueError):
        Familiarity(NAMES, np.zeros((0, 2), dtype=np.float32))
