"""What is remembered of how curves are drawn; all of it is for the eye alone."""

from __future__ import annotations

from typing import Literal, get_args

from studio.ui.kit.store import Store, Stored, choice, flag, number

Shape = Literal["lines", "stacked"]
SHAPES: tuple[Shape, ...] = get_args(Shape)
MOST_THRESHOLD, MOST_SECONDS = 0.95, 3.0


class CurveSettings(Store):
    """How the curves of probabilities were shown last."""

    curve_shape: Stored[Shape] = choice("curves/shape", SHAPES, "lines")
    threshold = number("curves/threshold", 0.5, 0.0, MOST_THRESHOLD)
    smoothing_seconds = number("curves/smoothing", 0.0, 0.0, MOST_SECONDS)
    smoothing_centered = flag("curves/centred", default=True)
