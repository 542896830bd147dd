"""What scanners and registrations add: slides along the skin, and noise that is the same again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.core.sequence import Floats
from studio.face.registration.head import load_head
from studio.face.rig import load_rig
from studio.training.datasets.scanning import _RIMS, DRIFT_MM, Scan, draw_scan, drift, scanned


@pytest.fixture(scope="module")
def slid() -> Floats:
    rest = load_rig().rest
    return np.asarray(drift(0) @ rest - rest)


def test_a_registration_slides_along_the_skin_and_nowhere_over_rims(slid: Floats) -> None:
    head = load_head()
    far = np.linalg.norm(slid, axis=1)
    assert not far[~head.outside].any()
    size = np.sqrt((far[head.front] ** 2).mean())
    assert 0.6 * DRIFT_MM[0] < size < 1.1 * DRIFT_MM[1]
    rims = head.template.landmarks[_RIMS]
    assert far[rims].max() < 0.05 * far.max()


def test_neighbors_slide_alike(slid: Floats) -> None:
    head = load_head()
    edges = head.edges[head.outside[head.edges].all(axis=1)]
    apart = np.linalg.norm(slid[edges[:, 0]] - slid[edges[:, 1]], axis=1)
    length = np.linalg.norm(np.diff(head.template.vertices[edges], axis=1)[:, 0], axis=1)
    assert np.percentile(apart / length, 99) < 0.6
    assert apart.mean() < 0.4 * np.linalg.norm(slid, axis=1)[head.front].mean()


def test_the_same_seed_is_the_same_noise_and_none_is_none() -> None:
    frames = np.repeat(load_rig().rest[None], 3, axis=0)
    np.testing.assert_array_equal(scanned(Scan(), frames), frames)
    scan = Scan(still=0.2, trembling=0.1, grain=0.05, seed=7)
    seen = scanned(scan, frames)
    np.testing.assert_array_equal(scanned(scan, frames), seen)
    assert np.abs(scanned(replace(scan, seed=8), frames) - seen).max() > 0.1
    inside = ~load_head().outside
    np.testing.assert_array_equal(seen[:, inside], frames[:, inside])


def test_what_is_still_stays_and_the_rest_trembles() -> None:
    frames, front = np.repeat(load_rig().rest[None], 12, axis=0), load_head().front
    still = scanned(Scan(still=0.3, seed=3), frames)
    np.testing.assert_array_equal(still, np.repeat(still[:1], 12, axis=0))
    assert 0.1 < np.sqrt(((still - frames)[0, front] ** 2).sum(axis=1).mean()) < 0.9
    grain = (scanned(Scan(grain=0.05, seed=3), frames) - frames)[:, front]
    assert grain.std() == pytest.approx(0.05, rel=0.05)


def test_takes_are_scanned_as_drawn() -> None:
    scans = [draw_scan(np.random.default_rng(seed)) for seed in range(40)]
    assert len({scan.drift for scan in scans}) > 15 and min(scan.drift for scan in scans) >= 0
    assert all(0.05 <= scan.still <= 0.35 and scan.trembling <= 0.12 for scan in scans)
    assert draw_scan(np.random.default_rng(3)) == scans[3]
