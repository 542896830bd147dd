"""A clip as a face at rest, targets that are added to it, and weights over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from studio.core.progress import Progress
from studio.core.sequence import Doubles, Floats

from .nodes import quaternions, rotations

METER = 1000.0  # mm
_AT_ONCE = 16  # frames
_ROUNDED = 5e-5  # mm that rounding to meters in float32 may add
_POINTS = 240  # of a surface that show how it moves as a whole
_CALMER = 0.5  # of the motion, that is left where it was the head's


@dataclass(frozen=True, eq=False)
class Head:
    """How a node moves: a point x of the mesh is at ``x @ R.T + shift``.

    Attributes
    ----------
    turns : (T, 4) float32 quaternions, x, y, z, w
    shift : (T, 3) float32 mm
    """

    turns: Floats
    shift: Floats

    @classmethod
    def of(cls, rotation: Doubles, shift: Doubles) -> Head:
        """Make it of rotations (T, 3, 3) and shifts (T, 3) mm that lay each frame on the mesh."""
        back = rotation.transpose(0, 2, 1)
        turns = quaternions(back).astype(np.float32)
        # Of the rounded turns, so that little is left of the rounding.
        moved = -np.einsum("tij,tj->ti", rotations(turns.astype(np.float64)), shift)
        return cls(turns, moved.astype(np.float32))

    def off(self, frames: Floats) -> Floats:
        """Take the motion off frames (T, V, 3)."""
        out = np.empty_like(frames)
        turn, shift = rotations(self.turns.astype(np.float64)), self.shift.astype(np.float64)
        for k in range(0, len(frames), _AT_ONCE):
            some = slice(k, k + _AT_ONCE)
            out[some] = (frames[some] - shift[some, None]) @ turn[some]
        return out


@dataclass(frozen=True, eq=False)
class Morphs:
    """A clip as targets.

    Attributes
    ----------
    way : of the choices of `MORPHS`, which they are
    base : (V, 3) float32 mm, without any target
    names : K of them
    deltas : (K, V, 3) mm, what a weight of 1 adds
    weights : (T, K) float32
    head : what the node does, None where it stays
    error : mm, the farthest that any vertex is from where it was
    """

    way: str
    base: Floats
    names: tuple[str, ...]
    deltas: Floats | Doubles
    weights: Floats
    head: Head | None = None
    error: float = 0.0

    def measured(self, frames: Floats) -> Morphs:
        """Say how far it is from frames (T, V, 3) without the motion of the head."""
        flat = self.deltas.reshape(len(self.deltas), self.base.size)
        worst = 0.0
        for k in range(0, len(frames), _AT_ONCE):
            some = slice(k, k + _AT_ONCE)
            left = frames[some] - self.base
            left -= (self.weights[some] @ flat).reshape(left.shape)
            worst = max(worst, _farthest(left))
        return replace(self, error=worst)


def _farthest(away: NDArray[np.floating]) -> float:
    return float(np.sqrt(np.einsum("tvi,tvi->tv", away, away).max(initial=0.0)))


def each_frame(vertices: Floats) -> Morphs:
    """Make a target of each frame (T, V, 3) but the first, on that as the file rounds it."""
    count, first = len(vertices), vertices[0].astype(np.float64)
    rounded = (first / METER).astype(np.float32).astype(np.float64) * METER
    names = tuple(f"frame_{number:04d}" for number in range(2, count + 1))
    weights = np.eye(count, count - 1, -1, dtype=np.float32)
    return Morphs("frames", vertices[0], names, vertices[1:] - rounded, weights)


def poses(vertices: Floats, names: Sequence[str], rest: int) -> Morphs:
    """Make a target of each pose (T, V, 3) but the one at rest, which nothing moves."""
    others = [at for at in range(len(vertices)) if at != rest]
    deltas = vertices[others] - vertices[rest]
    called = tuple(names[at] for at in others)
    return Morphs("poses", vertices[rest], called, deltas, np.zeros((0, len(others)), np.float32))


def components(vertices: Floats, bound: float, progress: Progress) -> Morphs:
    """Find the fewest targets that keep every vertex within a bound.

    Weights go from 0 to 1, since some programs clamp them.

    Parameters
    ----------
    vertices : (T, V, 3) mm
    bound : mm
    """
    head = _head(vertices)
    frames = vertices if head is None else head.off(vertices)
    parts = _Components.of(frames)
    most = len(frames)
    limit = max(bound - _ROUNDED, bound / 2)
    low, high = 0, 1
    while high < most and parts.left(high) > limit:
        progress.check()
        low, high = high, min(2 * high, most)
    while high - low > 1:
        progress.check()
        middle = (low + high) // 2
        low, high = (low, middle) if parts.left(middle) <= limit else (middle, high)
    found = parts.morphs(high).measured(frames)
    while found.error > limit and high < most:
        high += 1
        found = parts.morphs(high).measured(frames)
    return replace(found, head=head)


def _head(vertices: Floats) -> Head | None:
    """Find how the surface moves as a whole; None where that tells little of its motion."""
    # Loaded here only: most that imports this reads.
    from studio.face.registration.carrying.head import HeadMotion

    some = vertices[:, :: max(vertices.shape[1] // _POINTS, 1)]
    moved = HeadMotion.of(some, some[0])
    if not moved.moves:
        return None
    before, after = (float(((x - x[0]) ** 2).sum()) for x in (some, moved.off(some)))
    return Head.of(moved.rotation, moved.shift) if after < _CALMER * before else None


@dataclass(frozen=True, eq=False)
class _Components:
    """The principal components of frames (T, V, 3).

    Attributes
    ----------
    mean : (3 V,) mm
    away : (T, 3 V) mm, the frames less the mean
    ways : (T, T) how much of each component is in each frame, the largest first, as columns
    """

    mean: Doubles
    away: Doubles
    ways: Doubles

    @classmethod
    def of(cls, frames: Floats) -> _Components:
        flat = frames.reshape(len(frames), -1).astype(np.float64)
        mean = flat.mean(axis=0)
        flat -= mean
        return cls(mean, flat, np.linalg.eigh(flat @ flat.T)[1][:, ::-1])

    def left(self, count: int) -> float:
        """Say how far the farthest vertex is from where so many components put it, in mm."""
        used, worst = self.ways[:, :count], 0.0
        basis = used.T @ self.away
        for k in range(0, len(self.away), _AT_ONCE):
            some = slice(k, k + _AT_ONCE)
            left = self.away[some] - used[some] @ basis
            worst = max(worst, _farthest(left.reshape(len(left), -1, 3)))
        return worst

    def morphs(self, count: int) -> Morphs:
        """Make targets of so many components, of which the first frame has little."""
        ways = self.ways[:, :count]
        low, high = ways.min(axis=0), ways.max(axis=0)
        turned = high - ways[0] < ways[0] - low
        ways = np.where(turned, -ways, ways)
        low, span = np.where(turned, -high, low), high - low
        used = span > 0
        ways, low, span = ways[:, used], low[used], span[used]
        basis = ways.T @ self.away
        base = (self.mean + low @ basis).reshape(-1, 3).astype(np.float32)
        deltas = (basis * span[:, None]).reshape(-1, *base.shape).astype(np.float32)
        weights = ((ways - low) / span).astype(np.float32)
        names = tuple(f"component_{number:02d}" for number in range(1, len(deltas) + 1))
        return Morphs("pca", base, names, deltas, weights)
