"""Action units as colors on the face."""

from __future__ import annotations

import numpy as np

from studio.core.unit_tracks import UnitTracks
from studio.face.action_units import UNITS
from studio.face.template import load_template
from studio.render.coloring.heat import limit_of
from studio.render.coloring.units import UnitMap, unit_regions

FACE = load_template()


def tracks(*rows: tuple[float, float]) -> UnitTracks:
    values = np.array(rows, dtype=np.float32)
    return UnitTracks(("AU12", "AU43"), values, values.max(axis=0))


def colored(shown: UnitMap, frame: int) -> np.ndarray:
    away = shown.displacement(frame, FACE.vertices)
    assert away is not None
    return np.asarray(np.linalg.norm(away, axis=1))


def test_a_unit_colors_its_region_by_its_intensity() -> None:
    shown = UnitMap(tracks((4.0, 0.0), (2.0, 0.0), (0.4, 0.3)))
    smile, mouth = colored(shown, 0), FACE.landmarks[48]
    np.testing.assert_allclose(smile, 2.0 * colored(shown, 1), rtol=1e-5)
    assert smile[mouth] > 3.9 and smile[FACE.landmarks[19]] == 0.0  # the brow shows no smile
    assert not colored(shown, 2).any()  # below the threshold of a trace
    np.testing.assert_array_equal(colored(shown, 99), colored(shown, 2))


def test_the_stronger_of_two_units_counts_and_a_live_face_shows_its_last() -> None:
    both = colored(UnitMap(tracks((4.0, 3.0))), 0)
    alone = [colored(UnitMap(tracks(row)), 0) for row in ((4.0, 0.0), (0.0, 3.0))]
    np.testing.assert_allclose(both, np.maximum(*alone), rtol=1e-5)
    live = UnitMap(tracks((4.0, 3.0), (0.0, 3.0)), live=True)
    np.testing.assert_allclose(colored(live, 0), alone[1], rtol=1e-5)


def test_colors_span_all_intensities_and_belong_to_the_studios_face_alone() -> None:
    shown = UnitMap(tracks((1.0, 0.0)))
    assert limit_of(FACE.vertices[None], shown) == 5.0
    assert shown.displacement(0, FACE.vertices[1:]) is None
    regions = unit_regions()
    assert regions.shape == (len(UNITS), len(FACE.vertices))
    assert (regions.max(axis=1) == 1.0).all() and (regions.min(axis=1) == 0.0).all()
