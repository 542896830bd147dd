"""Where motion can spoil a face: edges torn, lips that cross, lids sunk into an eyeball."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.geometry import sphere
from studio.core.sequence import Doubles, Floats, Ints
from studio.core.surfaces import vertex_normals
from studio.face.known import studio_face
from studio.face.registration.carrying import carried_back
from studio.face.registration.carrying.edges import Edges
from studio.face.registration.carrying.laid import laid_on
from studio.face.registration.carrying.lids import Reach
from studio.face.registration.carrying.parts import EYES
from studio.face.registration.carrying.sides import LOWER, UPPER, lip_sides
from studio.face.registration.correspondence import Correspondence
from studio.face.registration.surface import Surface
from studio.face.rig import ARKIT_INDEX, load_rig, proportions

Index = NDArray[np.intp]
Mask = NDArray[np.bool_]

_TIMES, _LONGER = 2.0, 1.0  # of an edge's length, and mm beyond it, from which it is torn
_UNROLLED = 1.15  # of an edge's length in a blink, which is no tear
_INNER = slice(60, 68)  # of iBUG's landmarks, the inner rims of the lips
_LIPS, _BESIDE = 9.0, 18.0  # mm from them: vertices that are looked at, and the surface they meet
_DEEPEST = 5.0  # mm below a lip, beyond which a vertex is elsewhere
_LIDS = 6.0  # mm from an eyeball
_HIDDEN = 1.0  # mm in it at rest, from which skin is no lid but a pocket that nobody sees
_SUNK = 0.25  # mm below a surface, and below where a vertex is at rest


@dataclass(frozen=True, eq=False)
class _Eye:
    """An eyeball (P,) and the vertices (L,) of the skin before it, (L,) mm clear of it at rest."""

    ball: Index
    lids: Index
    clear: Doubles


@dataclass(frozen=True, eq=False)
class Watched:
    """What of a face is looked at.

    Attributes
    ----------
    rest : (N, 3) mm, in the pose and size of the template
    edges : of the face
    shut : (E,) mm, how long each edge is at most when the lids of the studio's rig shut
    upper : (P,) vertices of the upper lip
    lower : (F, 3) triangles of the lower one
    depth : (P,) mm that each of the upper is below the lower one at rest
    eyes : the eyeballs that are parts of their own, and the skin before them
    """

    rest: Doubles
    edges: Edges
    shut: Doubles
    upper: Index
    lower: Ints
    depth: Doubles
    eyes: tuple[_Eye, ...]

    @classmethod
    def foreign(cls, found: Correspondence) -> Watched:
        """Look at a registered face, at the vertices that `source_of` names."""
        laid = laid_on(found)
        balls = [eye.vertices for eye in laid.parts.eyes]
        shut = found.laid(carried_back(found, _blink(found.fitted)))[:, laid.source]
        return cls._of(laid.vertices, laid.faces, laid.skin, balls, found.fitted, shut)

    @classmethod
    def studio(cls, face: Floats) -> Watched:
        """Look at a face (V, 3) in mm of the studio's own triangulation."""
        template = studio_face().template
        balls = [np.flatnonzero(template.regions[name]) for name in EYES]
        points = face.astype(np.float64)
        skin = template.regions["skin"]
        return cls._of(points, template.faces, skin, balls, face, _blink(face))

    @classmethod
    def _of(
        cls,
        rest: Doubles,
        faces: Ints,
        skin: Mask,
        balls: Iterable[Index],
        fitted: Floats,
        shut: Floats,
    ) -> Watched:
        from scipy.spatial import cKDTree

        edges, marks = Edges.of(rest, faces), fitted[studio_face().template.landmarks]
        tree = cKDTree(rest[skin])
        own = np.flatnonzero(skin)
        rims = [own[np.asarray(tree.query(marks[rim])[1])] for rim in (UPPER, LOWER)]
        side = lip_sides(edges, *rims) * skin
        away = np.asarray(cKDTree(_between(marks[_INNER])).query(rest)[0])
        upper = np.flatnonzero((side > 0) & (away < _LIPS))
        lower = faces[((side < 0) & (away < _BESIDE))[faces].all(axis=1)]
        normals = vertex_normals(rest.astype(np.float32), faces)
        eyes = tuple(_eye(rest, ball, normals, skin) for ball in balls)
        blink = np.max([_lengths(edges, frame) for frame in shut.astype(np.float64)], axis=0)
        return cls(rest, edges, blink, upper, lower, _below(rest, upper, lower), eyes)

    def flaws(self, frames: Doubles | Floats) -> dict[str, Any]:
        """Count what is wrong in frames (T, N, 3) in mm, the worst of each kind.

        Returns
        -------
        dict
            "torn_edges" of any frame; "lid_edges", those as long that are so in a blink too, where
            the folds of lids unroll; "lip_vertices" and "lip_mm", how many vertices of the upper
            lip are below the lower one in the worst frame, and how deep; "lid_vertices" and
            "lid_mm" of the lids in an eyeball; "moved_mm", the largest displacement.
        """
        torn, folds = np.zeros((2, len(self.edges.low)), dtype=bool)
        lips, lids = _Worst(), _Worst()
        moved = 0.0
        for frame in np.asarray(frames, dtype=np.float64):
            torn_now, unrolled = self._long(frame)
            torn |= torn_now
            folds |= unrolled
            lips.see(_below(frame, self.upper, self.lower), self.depth)
            for eye in self.eyes:
                lids.see(-_clear(frame, eye.ball, eye.lids), -eye.clear)
            moved = max(moved, float(np.linalg.norm(frame - self.rest, axis=1).max()))
        return {
            "torn_edges": int(torn.sum()),
            "lid_edges": int((folds & ~torn).sum()),
            **{"lip_vertices": lips.count, "lip_mm": lips.deepest},
            **{"lid_vertices": lids.count, "lid_mm": lids.deepest},
            "moved_mm": moved,
        }

    def torn(self, frames: Doubles | Floats) -> Mask:
        """Find the edges (E,) that any of frames (T, N, 3) in mm tears."""
        each = [self._long(frame)[0] for frame in np.asarray(frames, dtype=np.float64)]
        return np.asarray(np.any(each, axis=0))

    def _long(self, frame: Doubles) -> tuple[Mask, Mask]:
        """Find the edges (E,) of a frame (N, 3) that are torn, and those that a blink unrolls."""
        length = _lengths(self.edges, frame)
        long = length > np.maximum(_TIMES * self.edges.length, self.edges.length + _LONGER)
        unrolled = length <= _UNROLLED * self.shut
        return long & ~unrolled, long & unrolled


class _Worst:
    """The most vertices that were too deep at once, and the deepest of all in mm."""

    def __init__(self) -> None:
        self.count, self.deepest = 0, 0.0

    def see(self, depth: Doubles, rest: Doubles) -> None:
        """Look at vertices (P,) that are so many mm deep, and are so at rest."""
        sunk = depth > np.maximum(rest, 0.0) + _SUNK
        self.count = max(self.count, int(sunk.sum()))
        if sunk.any():
            self.deepest = max(self.deepest, float(depth[sunk].max()))


def source_of(found: Correspondence) -> Index:
    """Find the vertices (W,) of a registered face that `Watched.foreign` looks at."""
    return laid_on(found).source


def _blink(fitted: Floats) -> Floats:
    """Shut both eyes of the template on a face (V, 3): half, and all the way (2, V, 3) mm."""
    rig = load_rig()
    shut = sum(rig.actions[ARKIT_INDEX[name]] for name in ("eyeBlinkLeft", "eyeBlinkRight"))
    action = shut * proportions(fitted, rig.rest)
    return np.stack([fitted + action / 2, fitted + action])


def _lengths(edges: Edges, points: Doubles) -> Doubles:
    return np.asarray(np.linalg.norm(points[edges.low] - points[edges.high], axis=1))


def _between(rims: Floats) -> Doubles:
    """Add the middles of the sides to a ring of points (K, 3)."""
    middles = (rims + np.roll(rims, -1, axis=0)) / 2
    return np.concatenate([rims, middles]).astype(np.float64)


def _below(points: Doubles, upper: Index, lower: Ints) -> Doubles:
    """Measure how many mm vertices (P,) of the upper lip are below triangles of the lower one."""
    if not (len(upper) and len(lower)):
        return np.zeros(len(upper))
    near = Surface(points, lower, np.arange(len(lower))).nearest(points[upper])
    deep = np.einsum("pd,pd->p", near.point - points[upper], near.normal)
    return np.asarray(np.where(near.rim | (near.distance > _DEEPEST), 0.0, deep))


def _eye(rest: Doubles, ball: Index, normals: Floats, skin: Mask) -> _Eye:
    middle, radius = sphere(rest[ball])
    away = rest - middle
    outward = np.einsum("nd,nd->n", away, normals) > 0
    lids = np.flatnonzero(skin & outward & (np.linalg.norm(away, axis=1) < radius + _LIDS))
    clear = _clear(rest, ball, lids)
    seen = clear > -_HIDDEN
    return _Eye(ball, lids[seen], clear[seen])


def _clear(points: Doubles, ball: Index, lids: Index) -> Doubles:
    """Measure how many mm vertices (L,) are before an eyeball, in the direction from its center."""
    middle, _ = sphere(points[ball])
    skin = points[lids] - middle
    return np.asarray(np.linalg.norm(skin, axis=1) - Reach.of(points[ball] - middle)(skin))
