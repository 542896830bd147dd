"""Points clicked on a face, in place of landmarks found by pictures."""

from __future__ import annotations

import numpy as np
import pytest

from studio.core.errors import InputError
from studio.face.registration.clicked import LEAST, POINTS, clicked
from studio.face.template import load_template


def test_clicks_lie_on_the_template_where_its_landmarks_are() -> None:
    template = load_template()
    ids = template.landmarks[list(POINTS.values())]
    points = dict(zip(POINTS, template.vertices[ids], strict=True))
    found = clicked(points)
    np.testing.assert_allclose(found.on(template.vertices), found.points, atol=1e-4)


def test_left_is_the_subjects_left() -> None:
    template = load_template()
    for name, number in POINTS.items():
        side = template.vertices[template.landmarks[number], 0]
        assert np.sign(np.round(side)) == ("left" in name) - float("right" in name)


def test_seven_points_are_asked_for_by_name() -> None:
    few = {name: (0.0, 0.0, float(place)) for place, name in enumerate(list(POINTS)[: LEAST - 1])}
    with pytest.raises(InputError, match="7 or more, mouth, left corner too, found 6"):
        clicked(few)


@pytest.mark.parametrize("place", [(0.0, 1.0), (0.0, 1.0, np.nan)])
def test_a_click_is_three_numbers(place: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match="three finite numbers"):
        clicked({"nose tip": place})


def test_an_unknown_point_is_named() -> None:
    with pytest.raises(InputError, match="left ear"):
        clicked({"left ear": (0.0, 0.0, 0.0)})
