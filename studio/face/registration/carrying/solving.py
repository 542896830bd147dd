"""Clips of a face with its own ARKit shapes, solved in these."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from studio.core.progress import Progress
from studio.core.sequence import Doubles, Floats
from studio.face.bounded import bounded
from studio.face.registration.correspondence import Correspondence
from studio.face.registration.shapes import FaceShapes
from studio.face.rig import ARKIT

from .head import HeadMotion
from .portions import portions
from .rigging import actions_on

MOST = 1.5  # weight of a shape; trackers give a little more than one
_RIDGE = 0.01  # mm^2 for a unit of a shape: less than noise, and a shape of nothing gets no weight
_SHARE = 0.2  # of the motion, that shapes leave of a clip that is theirs
_NOISE = 0.1  # mm that they leave of it in any case
_ROUNDS = 4  # in which a face without a still part is told from how its head moves
_POINTS = 240  # of such a face that show how its head moves


@dataclass(frozen=True, eq=False)
class Solved:
    """A clip as weights of its face's own shapes, and how its head moves.

    Attributes
    ----------
    weights : (T, 52) float32, in the order of `ARKIT`, 0..1.5, nearest in least squares
    head : lays each frame on the face at rest
    shapes : these, and the face at rest that weights are counted from
    left_mm : (T,) what the shapes leave of the vertices that they move, root mean square
    moved_mm : (T,) how far these vertices are from rest, root mean square
    """

    weights: Floats
    head: HeadMotion
    shapes: FaceShapes
    left_mm: Doubles
    moved_mm: Doubles

    @property
    def left(self) -> float:
        """What the shapes leave over the whole clip, mm root mean square."""
        return float(np.sqrt((self.left_mm**2).mean())) if len(self.left_mm) else 0.0

    @property
    def moved(self) -> float:
        """How far the vertices go over the whole clip, mm root mean square."""
        return float(np.sqrt((self.moved_mm**2).mean())) if len(self.moved_mm) else 0.0

    @property
    def explains(self) -> bool:
        """Whether the clip is a motion of these shapes, but for noise and what is added to them."""
        return self.left <= max(_SHARE * self.moved, _NOISE)

    @property
    def shown(self) -> Floats:
        """(T, N, 3) mm, what the expression adds to the face's own vertices as the head is held."""
        rest = np.broadcast_to(self.shapes.neutral, (len(self.weights), *self.shapes.neutral.shape))
        return self.head.on(self.shapes.played(self.weights)) - self.head.on(rest)


def solved(shapes: FaceShapes, vertices: Floats, progress: Progress | None = None) -> Solved:
    """Solve a clip of a face in the face's shapes, whatever way the head goes.

    Parameters
    ----------
    shapes : the face at rest, where the clip's head is about, and its shapes
    vertices : (T, N, 3) mm
    progress : hears how far it is, and stops it

    Raises
    ------
    InputError
        For frames of another number of vertices.
    """
    count, message = len(shapes.neutral), "Solving the face's shapes"
    parts = portions(vertices, count, "motion to solve", message, progress)
    return _joined([_solved(shapes, vertices[part]) for part in parts])


def _joined(parts: list[Solved]) -> Solved:
    heads = [part.head for part in parts]
    head = HeadMotion(
        np.concatenate([one.rotation for one in heads]),
        np.concatenate([one.shift for one in heads]),
        any(one.moves for one in heads),
    )
    return Solved(
        np.concatenate([part.weights for part in parts]),
        head,
        parts[0].shapes,
        np.concatenate([part.left_mm for part in parts]),
        np.concatenate([part.moved_mm for part in parts]),
    )


def _solved(shapes: FaceShapes, frames: Floats) -> Solved:
    head = HeadMotion.of(frames[:, shapes.still], shapes.neutral[shapes.still])
    found = _weighed(shapes, frames, head)
    for _ in range(0 if shapes.has_rest else _ROUNDS):
        head = _without(shapes, frames, found)
        found = _weighed(shapes, frames, head)
    return found


def _without(shapes: FaceShapes, frames: Floats, found: Solved) -> HeadMotion:
    """Find how the head moves by what the shapes leave of points all over the face."""
    some = slice(None, None, max(len(shapes.neutral) // _POINTS, 1))
    rest, count = shapes.neutral[some], len(ARKIT)
    flat = found.weights @ shapes.deltas[:, some].reshape(count, -1)
    shown = found.head.on(rest + flat.reshape(len(frames), *rest.shape))
    still = found.head.on(np.broadcast_to(rest, shown.shape))
    return HeadMotion.of(frames[:, some] - (shown - still), rest)


def _weighed(shapes: FaceShapes, frames: Floats, head: HeadMotion) -> Solved:
    """Find the weights of frames whose head moves so."""
    system, at = _System.of(shapes), shapes.moving
    moved = (head.off(frames.take(at, axis=1)) - shapes.neutral[at]).reshape(len(frames), -1)
    if system.rigid.size:
        moved -= (moved @ system.rigid) @ system.rigid.T
    wanted = (moved @ system.basis.T).astype(np.float64)
    ridged = system.gram + _RIDGE * np.eye(len(ARKIT))
    weights = bounded(ridged, wanted, 0.0, MOST)
    whole, count = (moved * moved).sum(axis=1, dtype=np.float64), max(len(at), 1)
    left = whole - ((2 * wanted - weights @ system.gram) * weights).sum(axis=1)
    return Solved(
        weights.astype(np.float32),
        head,
        shapes,
        np.sqrt(np.maximum(left, 0.0) / count),
        np.sqrt(whole / count),
    )


@dataclass(frozen=True, eq=False)
class _System:
    """The shapes of a face as directions of its moving vertices, side by side.

    Attributes
    ----------
    basis : (52, 3M) mm
    gram : (52, 52) their products with each other
    rigid : (3M, R) directions in which weights do not count, those of the head as a whole where
        no part of it stays still
    """

    basis: Floats
    gram: Doubles
    rigid: Floats

    @classmethod
    @lru_cache(maxsize=4)
    def of(cls, shapes: FaceShapes) -> _System:
        """Prepare a face."""
        basis = shapes.deltas[:, shapes.moving].reshape(len(ARKIT), -1).astype(np.float64)
        rigid = np.zeros((basis.shape[1], 0))
        if not shapes.has_rest:
            rigid = _rigid(shapes.neutral[shapes.moving].astype(np.float64))
        basis -= (basis @ rigid) @ rigid.T
        return cls(basis.astype(np.float32), basis @ basis.T, rigid.astype(np.float32))


def _rigid(points: Doubles) -> Doubles:
    """Find how points (M, 3) go as a whole: (3M, 6) directions of length 1, right-angled."""
    axes, about = np.eye(3), points - points.mean(axis=0)
    ways = [np.broadcast_to(axis, points.shape) for axis in axes]
    ways += [np.cross(axis, about) for axis in axes]
    return np.asarray(np.linalg.qr(np.stack([way.ravel() for way in ways], axis=1))[0])


def on_rig(found: Correspondence, solution: Solved, *, still: bool = False) -> Floats:
    """Move the studio's face fitted to a face by the weights of that face's shapes, by name.

    Parameters
    ----------
    found : how the face lies on the studio's
    solution : the weights, and how the head moves
    still : whether the head alone moves

    Returns
    -------
    (T, V, 3) float32 mm, in the template's pose; the fitted face where nothing moved
    """
    actions = actions_on(found.fitted).reshape(len(ARKIT), -1)
    weights = np.zeros_like(solution.weights) if still else solution.weights
    out = (weights @ actions).reshape(-1, *found.fitted.shape)
    out += found.fitted
    return solution.head.seen(found.scale, found.rotation, found.shift).on(out)
