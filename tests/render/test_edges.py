"""Smoothed edges come near to what many samples a pixel give, and the rest stays as it was."""

from __future__ import annotations

import numpy as np
import pytest

from studio.render.edges import smooth_edges

SIDE, FINE = 60, 16


def half_plane(slope: float) -> np.ndarray:
    """(SIDE, SIDE) shares of the pixels that lie under a slanted line."""
    at = (np.arange(SIDE * FINE) + 0.5) / FINE
    under = at[:, None] > SIDE / 3 + slope * at
    return under.reshape(SIDE, FINE, SIDE, FINE).mean(axis=(1, 3))


def colored(share: np.ndarray) -> np.ndarray:
    dark, light = np.array([60, 40, 30]), np.array([230, 200, 190])
    return np.rint(light + share[..., None] * (dark - light)).astype(np.uint8)


@pytest.mark.parametrize("slope", [0.05, 0.1, 0.2, 0.7, 0.9])
@pytest.mark.parametrize("turned", [False, True])
def test_a_slanted_edge_is_nearer_to_its_coverage(slope: float, turned: bool) -> None:
    share = half_plane(slope).T if turned else half_plane(slope)
    truth, stepped = colored(share).astype(float), colored(share > 0.5)
    smooth = smooth_edges(stepped)
    inner = (slice(3, -3), slice(3, -3))
    worst = np.abs(stepped - truth)[inner].max()
    assert np.abs(smooth - truth)[inner].max() < 0.62 * worst
    untouched = (smooth == stepped).all(axis=2)
    assert untouched.mean() > 0.9


@pytest.mark.parametrize("size", [(1, 1), (2, 9), (40, 30)])
def test_what_is_flat_stays_as_it_is(size: tuple[int, int]) -> None:
    ramp = np.add.outer(np.arange(size[0]), 2 * np.arange(size[1])).astype(np.uint8)
    picture = np.repeat(ramp[..., None], 3, axis=2)
    np.testing.assert_array_equal(smooth_edges(picture), picture)
