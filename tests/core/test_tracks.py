"""What a reader says of a clip: the curves of every kind of reader behave alike."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core import Familiarity, Probabilities, Tracks
from studio.core.smoothing import smoothed

VALUES = np.array([[0.0, 5.0], [2.5, 1.0], [5.0, 0.0]])


def test_values_are_put_between_the_lowest_and_the_highest_that_is_drawn() -> None:
    units = Tracks(("brow", "lip"), VALUES, VALUES.max(axis=0), high=5.0)
    np.testing.assert_allclose(units.shares, VALUES / 5)
    assert units.values.dtype == np.float32 and not units.values.flags.writeable
    assert units.text(2.5) == "2.50"


@pytest.mark.parametrize("bad", [{"values": np.zeros((3, 3))}, {"summary": np.zeros(1)}])
def test_a_column_a_name_or_nothing(bad: dict[str, np.ndarray]) -> None:
    given = {"values": VALUES, "summary": VALUES[0]} | bad
    with pytest.raises(ValueError, match="for 2 names"):
        Tracks(("brow", "lip"), **given)


def test_probabilities_and_familiarity_are_tracks() -> None:
    said: list[Tracks] = [
        Probabilities(("a", "b"), np.eye(2), np.array([0.25, 0.75])),
        Familiarity(("motion", "face"), np.array([[0.5, 1.0], [0.5, 2.0]], dtype=np.float32)),
    ]
    assert said[0].text(0.25) == "25 %"
    np.testing.assert_allclose(said[1].shares, [[0.25, 0.5], [0.25, 1.0]])
    for tracks in said:
        calm = smoothed(tracks, 30.0, 0.1, centered=True)
        assert type(calm) is type(tracks)
        np.testing.assert_allclose(calm.values, np.tile(tracks.values.mean(axis=0), (2, 1)))


def test_curves_are_read_on_a_straight_way_between_two_frames() -> None:
    known = Probabilities(("a", "b"), np.float32([[0, 1], [1, 0], [0.5, 0.5]]), np.float32([1, 0]))
    read = known.at(np.array([0.0, 0.25, 1.0, 1.5]))
    assert isinstance(read, Probabilities) and read.label == "a"
    np.testing.assert_allclose(read.values[:, 0], [0, 0.25, 1, 0.75])
    np.testing.assert_allclose(read.values.sum(axis=1), 1)
