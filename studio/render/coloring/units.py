"""Action units as colors on the face: the region of each that shows, the darker, the stronger."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar

import numpy as np

from studio.core.sequence import Floats
from studio.core.unit_tracks import MOST, UnitTracks
from studio.face.action_units import UNITS, shape_matrix
from studio.face.rig import load_rig

from .heat import keep_limit

# Of its farthest vertex: where the region of a unit begins, and where it is in full.
_EDGE, _FULL = 0.15, 0.5


class UnitMap:
    """What units set on the studio's face, a `Measure` of intensity in the place of millimeters.

    Parameters
    ----------
    tracks
        Units over the frames that are shown; those below their threshold color nothing.
    live : bool
        Whether the last frame alone is meant, whatever frame is asked for.
    """

    costly: ClassVar[bool] = False
    title: ClassVar[str] = "units, 0 to 5"

    def __init__(self, tracks: UnitTracks, *, live: bool = False) -> None:
        known = [place for place, unit in enumerate(tracks.units) if unit in UNITS]
        rows = [UNITS.index(tracks.units[place]) for place in known]
        strong = np.where(tracks.occurs, tracks.values, 0.0)[:, known]
        self._strong: Floats = strong[-1:] if live else strong
        self._regions = unit_regions()[rows]
        keep_limit(self, MOST)

    def prepare(self, frames: Sequence[int]) -> None:
        """Do nothing: every frame is known."""

    def displacement(self, frame: int, points: Floats) -> Floats | None:
        """Give (V, 3) whose lengths are intensities; None on any other face, and without units."""
        if len(points) != self._regions.shape[1] or not self._strong.size:
            return None
        row = self._strong[min(frame, len(self._strong) - 1)]
        out = np.zeros((len(points), 3), dtype=np.float32)
        there = np.flatnonzero(row)
        if len(there):
            out[:, 0] = (row[there, None] * self._regions[there]).max(axis=0)
        return out


@lru_cache(maxsize=1)
def unit_regions() -> Floats:
    """Tell where each of `UNITS` shows on the studio's face: (N, V), 0 to 1, soft at the border."""
    actions = load_rig().actions
    moved = (shape_matrix() @ actions.reshape(len(actions), -1)).reshape(len(UNITS), -1, 3)
    far = np.linalg.norm(moved, axis=2)
    share = far / far.max(axis=1, keepdims=True)
    return np.asarray(np.clip((share - _EDGE) / (_FULL - _EDGE), 0.0, 1.0), dtype=np.float32)
