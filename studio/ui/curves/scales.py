"""Where weights and frames lie in the pixels of the curves."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from studio.core.sequence import Doubles
from studio.document.edits.edit import Frames
from studio.document.edits.time.frame_map import FrameMap
from studio.ui.timeline.axis import FrameAxis, nice_step

_LOW, _HIGH = -0.05, 1.05  # weights that are seen unless curves go beyond
_NEAREST, _FARTHEST = 0.05, 4.0  # weights from bottom to top
_ROOM = 0.05  # of what is seen, beyond the outermost curve
_LABEL = 22.0  # pixels between two lines


@dataclass(frozen=True)
class Heights:
    """Weights from the bottom of the plot to its top."""

    low: float = _LOW
    high: float = _HIGH

    @classmethod
    def fit(cls, values: Doubles) -> Heights:
        """Show these weights (N,) and what lies between 0 and 1."""
        low = min(float(values.min(initial=0.0)) - _ROOM, _LOW)
        return cls(low, max(float(values.max(initial=1.0)) + _ROOM, _HIGH))

    @classmethod
    def near(cls, values: Doubles) -> Heights:
        """Show these weights (N,) alone."""
        if not len(values):
            return cls()
        low, high = float(values.min()), float(values.max())
        room = max(_ROOM * (high - low), (_NEAREST - (high - low)) / 2)
        return cls(low - room, high + room)

    def by(self, factor: float, at: float) -> Heights:
        """Show so many times as much, the weight `at` staying where it is."""
        tall = min(max((self.high - self.low) * factor, _NEAREST), _FARTHEST)
        low = at - (at - self.low) * tall / (self.high - self.low)
        return Heights(low, low + tall)

    def moved(self, by: float) -> Heights:
        """Show what lies so much higher."""
        return replace(self, low=self.low + by, high=self.high + by)


@dataclass(frozen=True)
class Grid:
    """The plot of the curves.

    Attributes
    ----------
    box
        In pixels.
    axis
        Of the timeline.
    heights
        Of the weights.
    plays
        Where frames of the edit play.
    """

    box: QRectF
    axis: FrameAxis
    heights: Heights
    plays: FrameMap

    @property
    def pixels_per_weight(self) -> float:
        """Pixels that a weight of one is high."""
        return self.box.height() / (self.heights.high - self.heights.low)

    def y(self, value: float) -> float:
        """Compute the pixel row of a weight."""
        return self.box.bottom() - (value - self.heights.low) * self.pixels_per_weight

    def value(self, y: float) -> float:
        """Compute the weight of a pixel row."""
        return self.heights.low + (self.box.bottom() - y) / self.pixels_per_weight

    def at(self, frame: int, value: float) -> QPointF | None:
        """Place a weight in a frame of the edit; None where that does not play."""
        above = self.plays.above(frame)
        return None if above is None else QPointF(self.axis.x(above), self.y(value))

    def places(self, frames: Frames, values: Doubles) -> Doubles:
        """Place keys (K,): (K, 2) pixels, NaN for what does not play."""
        found = [self.plays.above(frame) for frame in frames.tolist()]
        above = np.array([np.nan if one is None else one for one in found])
        x = self.axis.left + (above - self.axis.first) * self.axis.pixels_per_frame
        y = self.box.bottom() - (values - self.heights.low) * self.pixels_per_weight
        return np.stack([x, y], axis=1)

    def frame(self, x: float) -> int:
        """Find the frame of the edit that plays nearest to a pixel column."""
        return int(self.plays.below(np.array([self.axis.frame(x)]))[0])

    def sampled(self) -> tuple[Doubles, Doubles]:
        """Choose moments to draw curves by: (N,) pixel columns, and (N,) frames of the edit.

        One a frame, or one a pixel where frames are closer.
        """
        start, stop = self.axis.visible
        count = min(stop - start, max(int(self.box.width()), 2))
        above = np.linspace(start, stop - 1, max(count, 2))
        x = self.axis.left + (above - self.axis.first) * self.axis.pixels_per_frame
        return x, self.plays.moments(above)

    def lines(self) -> list[float]:
        """List the weights that have a line."""
        step = nice_step(_LABEL / self.pixels_per_weight)
        first = int(np.ceil(self.heights.low / step))
        return [n * step for n in range(first, int(self.heights.high / step) + 1)]
