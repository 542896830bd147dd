"""How far one clip is from another of any triangulation, at the same moment."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from studio.core import InputError, MeshSequence
from studio.core.alignment import apply_rigid, head_alignment
from studio.core.sequence import Doubles, Floats
from studio.face.registration.surface import Surface

from .difference import IN_WORLD, LAID, Difference, moment_beside
from .heads import Head

_KEPT = 64 << 20  # bytes of frames that are measured and remembered


class SurfaceDifference:
    """The distance of the vertices of a clip from the surface of another at the same moment.

    It is that of the nearest point of the surface, so it has no sign and says nothing of motion
    along the surface.

    Parameters
    ----------
    one, other
        The clips.
    heads
        The same points on both, by which both heads are laid on the first frame of the clip; None
        compares them where they lie in the world.

    Raises
    ------
    InputError
        Where the other clip has no triangles.
    """

    costly: ClassVar[bool] = True
    title: ClassVar[str] = "distance, mm"

    def __init__(
        self, one: MeshSequence, other: MeshSequence, heads: tuple[Head, Head] | None = None
    ) -> None:
        corners = other.vertices[0][other.faces] if len(other.faces) else np.zeros((0, 3, 3))
        sides = corners[:, 1:] - corners[:, :1]
        solid = np.linalg.norm(np.cross(sides[:, 0], sides[:, 1]), axis=1) > 0
        if not solid.any():
            raise InputError.of(other.name, "a surface of triangles", "points alone")
        self.one, self.other, self._heads = one, other, heads
        self._source = np.flatnonzero(solid)
        self._faces = other.faces[self._source]
        self._used = np.unique(self._faces)
        self._apart = other.origin - one.origin
        self._known: OrderedDict[int, Floats] = OrderedDict()
        self._most = max(_KEPT // max(one.vertices[0].nbytes, 1), 1)

    @property
    def how(self) -> str:
        """What is measured, in words."""
        where = IN_WORLD if self._heads is None else LAID
        return f"to the nearest point of the surface, {where}"

    def prepare(self, frames: Sequence[int]) -> None:
        """Do nothing ahead: each frame needs a surface of its own."""

    def displacement(self, frame: int, points: Floats) -> Floats | None:
        """Measure (V, 3) mm from the other surface to a frame's points (V, 3); None past its end.

        Between two frames of the other clip, from where its points are on a straight way.
        """
        moment = moment_beside(frame, self.one.timing, self.other.timing)
        if moment is None:
            return None
        shown = self.one.vertices[frame]
        own = points is shown or np.array_equal(points, shown)
        if own and frame in self._known:
            self._known.move_to_end(frame)
            return self._known[frame]
        found = self._measured(np.asarray(points, dtype=np.float32), moment)
        if own:
            self._known[frame] = found
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return found

    def _measured(self, points: Floats, moment: float) -> Floats:
        from scipy.spatial import cKDTree  # when it is needed, because it takes long to import

        low, share = int(moment), np.float32(moment % 1)
        beside = self.other.vertices[low]
        if share:
            beside = beside + share * (self.other.vertices[low + 1] - beside)
        laid, against = self._laid(points, beside)
        away = laid - Surface(against, self._faces, self._source).closest(laid)[0]
        # Where triangles are long and thin, the nearest may not be among those looked at.
        ends = against[self._used]
        corner = laid - ends[cKDTree(ends).query(laid)[1]]
        nearer = np.einsum("vd,vd->v", corner, corner) < np.einsum("vd,vd->v", away, away)
        away[nearer] = corner[nearer]
        return np.asarray(away, dtype=np.float32)

    def _laid(self, points: Floats, beside: Floats) -> tuple[Doubles, Doubles]:
        """Lay both frames (V, 3) where they are compared, in mm."""
        if self._heads is None:
            return points.astype(np.float64), beside + self._apart
        own, other = self._heads
        goal = own.of(self.one.vertices[0])
        laid = []
        for head, vertices in ((own, points), (other, beside)):
            turn, shift = head_alignment(head.of(vertices)[None], goal)
            laid.append(apply_rigid(vertices[None], turn, shift)[0].astype(np.float64))
        return laid[0], laid[1]


Apart = Difference | SurfaceDifference


def can_measure(one: MeshSequence, other: MeshSequence) -> bool:
    """Whether the distance of two clips can be told: alike, or the other has a surface."""
    return one.topology == other.topology or len(other.faces) > 0


def apart(one: MeshSequence, other: MeshSequence, heads: tuple[Head, Head] | None = None) -> Apart:
    """Choose how two clips are compared: vertex by vertex where both have the same triangles.

    Parameters
    ----------
    one, other
        The clips.
    heads
        As in `SurfaceDifference`.

    Raises
    ------
    InputError
        Where the other clip is of another triangulation and has no triangles.
    """
    if one.topology != other.topology:
        return SurfaceDifference(one, other, heads)
    return Difference(one, other, None if heads is None else heads[0].region)
