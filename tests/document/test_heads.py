"""Heads that were fitted are found again, and are the same whoever asks for them first."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core.alignment import head_alignment, trimmed_alignment
from studio.document.edits import heads
from studio.document.edits.heads import fitted_heads
from tests.core.test_alignment import moved_points


def test_heads_are_those_of_the_fit_alone_together_and_again() -> None:
    source, goal, _, _ = moved_points(3, frames=6)
    source[:, :9] += np.random.default_rng(0).normal(scale=4, size=(6, 9, 3))
    wanted = head_alignment(source, goal)
    alone = [fitted_heads(source[[row]], goal) for row in (4, 1)]
    together = fitted_heads(source, goal)
    for part, whole, again in zip(wanted, together, fitted_heads(source, goal), strict=True):
        assert part.tobytes() == whole.tobytes() == again.tobytes()
    assert all((one[0][0] == wanted[0][row]).all() for one, row in zip(alone, (4, 1), strict=True))
    other = fitted_heads(source, goal + 1.0)
    assert np.abs(other[1] - together[1]).max() > 0.5, "another face at rest is another fit"


def test_a_frame_is_fitted_alike_whichever_others_are_beside() -> None:
    source, goal, _, _ = moved_points(5, frames=7)
    source[:, :18] += np.random.default_rng(1).normal(scale=6, size=(7, 18, 3))
    whole = trimmed_alignment(source, goal, 0.3)
    for row in range(7):
        alone = trimmed_alignment(source[[row]], goal, 0.3)
        assert all((one[0] == many[row]).all() for one, many in zip(alone, whole, strict=True))


def test_no_more_heads_are_remembered_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "_MOST", 5)
    source, goal, _, _ = moved_points(9, frames=4)
    for step in range(5):
        fitted_heads(source + step, goal)
        assert len(heads._found) <= 5 + 4
