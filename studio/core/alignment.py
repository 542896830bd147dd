"""How a head is turned and shifted, told from the points of a face that keep their shape."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .sequence import Floats

Rotations = NDArray[np.float64]

_ROUNDS = 3  # of the fit of a head: in each the points that moved by themselves are left out
_TRIMMED = 12  # rounds of a fit that goes on with the points that fit best
_MOST_POINTS = 120  # of a head that are looked at; more change nothing that can be seen
_STILL = 1e-3  # mm that half of the points may leave the way of the others: less than noise
_FLAT = 1e-6  # of their length; points this thin across lie on a line and show no turn


def rigid_alignment(
    source: Floats, target: Floats, *, rounds: int = 1, cut: float = 2.5
) -> tuple[Rotations, Rotations]:
    """Find the rigid motion that lays each source frame on the target (Kabsch).

    Parameters
    ----------
    source : (T, N, 3) points, in mm
    target : (N, 3) where they should be, in mm
    rounds : how often the fit is made. From the second on, points farther from their target than
        `cut` times the median are left out, so that a part that moves does not pull the rest along.
    cut : see `rounds`

    Returns
    -------
    rotation : (T, 3, 3)
    shift : (T, 3) mm; ``source @ rotation.T + shift`` is nearest to the target in least squares
    """
    points = np.asarray(source, dtype=np.float64)
    goal = np.asarray(target, dtype=np.float64)
    weights = np.ones(points.shape[:2])
    for _ in range(max(rounds, 1)):
        rotation, shift = _kabsch(points, goal, weights)
        laid = points @ rotation.transpose(0, 2, 1) + shift[:, None]
        residual = np.linalg.norm(laid - goal, axis=2)
        limit = cut * np.median(residual, axis=1, keepdims=True) + 1e-9
        weights = (residual <= limit).astype(np.float64)
    return rotation, shift


class Fit:
    """The rigid motion that lays points on others, for one frame at a time, as playback asks.

    Parameters
    ----------
    target : (N, 3) where the points should be, in mm
    """

    def __init__(self, target: Floats) -> None:
        self._middle = np.asarray(target, dtype=np.float64).mean(axis=0)
        self._goal = np.asarray(target - self._middle, dtype=np.float64).T.copy()

    def __call__(self, source: Floats) -> tuple[Floats, Floats]:
        """Find the turn (3, 3) and shift (3,) mm, as `rigid_alignment`, of points (N, 3) in mm."""
        u, _, vt = np.linalg.svd(self._goal @ source)
        u[:, 2] *= np.sign(np.linalg.det(u) * np.linalg.det(vt))
        turn = u @ vt
        shift = self._middle - turn @ source.mean(axis=0)
        return turn.astype(np.float32), shift.astype(np.float32)


def trimmed_alignment(source: Floats, target: Floats, share: float) -> tuple[Rotations, Rotations]:
    """Find the rigid motion by the points that keep their shape, wherever these are.

    Goes on with ever fewer of all points, and once more with those that moved least, each time with
    those that fit best, and takes what fits better: those beyond the share do not count.

    Parameters
    ----------
    source : (T, N, 3) points, in mm
    target : (N, 3) where they should be, in mm
    share : of the points, 0..1, that are rigid at least

    Returns
    -------
    rotation, shift : (T, 3, 3) and (T, 3) mm, as from `rigid_alignment`
    """
    points, goal = np.asarray(source, np.float64), np.asarray(target, np.float64)
    count = points.shape[1]
    fewer = np.linspace(1.0, share, _TRIMMED // 2).tolist() + [share] * (_TRIMMED // 2)
    found = []
    for steps in (fewer, [share] * _TRIMMED):
        residual = np.linalg.norm(points - goal, axis=2)
        for part in steps:
            last = min(max(int(part * count), 3), count) - 1
            weights = residual <= np.partition(residual, last, axis=1)[:, [last]]
            rotation, shift = _kabsch(points, goal, weights.astype(np.float64))
            laid = points @ rotation.transpose(0, 2, 1) + shift[:, None]
            residual = np.linalg.norm(laid - goal, axis=2)
        left = np.sort(residual, axis=1)[:, : last + 1].mean(axis=1)
        found.append((left, rotation, shift))
    (first, *gradual), (second, *still) = found
    better = second < first
    return (
        np.where(better[:, None, None], still[0], gradual[0]),
        np.where(better[:, None], still[1], gradual[1]),
    )


def _kabsch(points: Rotations, goal: Rotations, weights: Rotations) -> tuple[Rotations, Rotations]:
    share = weights / weights.sum(axis=1, keepdims=True)
    center = (share[:, None] @ points)[:, 0]
    goal_center = share @ goal
    weighed = share[..., None] * (points - center[:, None])
    # Any middle of the goal does, for the weighed points add up to zero.
    moment = weighed.transpose(0, 2, 1) @ (goal - goal.mean(axis=0))
    u, _, vt = np.linalg.svd(moment)
    sign = np.ones((len(points), 3))
    sign[:, 2] = np.sign(np.linalg.det(u) * np.linalg.det(vt))
    rotation = np.einsum("tji,tj,tkj->tik", vt, sign, u)
    shift = goal_center - np.einsum("tij,tj->ti", rotation, center)
    return rotation, shift


def head_alignment(points: Floats, rest: Floats) -> tuple[Rotations, Rotations]:
    """Find the rigid motion that lays the head of each frame on the head at rest.

    Parameters
    ----------
    points : (T, N, 3) points of the region that no expression moves, in mm
    rest : (N, 3) the same points at rest, in mm

    Returns
    -------
    rotation : (T, 3, 3)
    shift : (T, 3) mm, as in `rigid_alignment`; `apply_rigid` and `undo_rigid` take both
    """
    return rigid_alignment(points, rest, rounds=_ROUNDS)


def head_turns(points: Floats, start: Floats) -> Floats:
    """Find how the head is turned since a frame.

    Parameters
    ----------
    points : (N, P, 3) points of the head in N frames, in mm; those that move otherwise than most
        are left out
    start : (P, 3) the same points in the frame that is compared with, in mm

    Returns
    -------
    (N, 3, 3) rotations that take a direction in the starting frame to the same direction of the
    head. Where the head does not turn, or all points lie on a line, the identity bit for bit.
    """
    turns = np.broadcast_to(np.eye(3), (len(points), 3, 3)).copy()
    turned = np.zeros(len(points), dtype=bool) if _on_a_line(start) else ~_still(points - start)
    if turned.any():
        back, _ = head_alignment(points[turned], start)
        turns[turned] = back.transpose(0, 2, 1)
    return turns.astype(np.float32)


def head_points(region: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Choose the vertices that show how a head is turned, spread over the whole region.

    Parameters
    ----------
    region : (V,) mask of what no expression moves; of the whole mesh where that is not known

    Returns
    -------
    (P,) vertex ids, all of a small region and at most 240 of a large one
    """
    known = np.flatnonzero(region)
    return known[:: max(len(known) // _MOST_POINTS, 1)]


def _on_a_line(points: Floats) -> bool:
    sizes = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
    return len(sizes) < 2 or bool(sizes[1] <= _FLAT * sizes[0])


def _still(away: Floats) -> NDArray[np.bool_]:
    """Find the frames (N,) in which half of the points or more went the same way.

    Parameters
    ----------
    away
        (N, P, 3) mm that the points have gone.
    """
    common = np.median(away, axis=1, keepdims=True)
    return np.asarray(np.median(np.linalg.norm(away - common, axis=2), axis=1) <= _STILL)


def apply_rigid(vertices: Floats, rotation: Rotations, shift: Rotations) -> Floats:
    """Move each frame rigidly.

    Parameters
    ----------
    vertices : (T, V, 3) frames, in mm
    rotation, shift : (T, 3, 3) and (T, 3) mm, as `rigid_alignment` returns them

    Returns
    -------
    (T, V, 3) ``vertices @ rotation.T + shift``, in mm
    """
    turned = vertices @ rotation.transpose(0, 2, 1).astype(np.float32)
    return np.asarray(turned + shift[:, None].astype(np.float32), dtype=np.float32)


def undo_rigid(vertices: Floats, rotation: Rotations, shift: Rotations) -> Floats:
    """Take frames (T, V, 3) back to where they were before `apply_rigid` moved them."""
    back = vertices - shift[:, None].astype(np.float32)
    return np.asarray(back @ rotation.astype(np.float32), dtype=np.float32)


def displaced(vertices: Floats, displacement: Floats, rotation: Rotations) -> Floats:
    """Add displacements that are seen in the pose at rest to faces that keep their own pose.

    Parameters
    ----------
    vertices : (V, 3) a face or (T, V, 3) frames, in mm
    displacement : (T, V, 3) mm, in the axes of the head at rest
    rotation : (3, 3) or (T, 3, 3) rotations that turn the face into the pose at rest

    Returns
    -------
    (T, V, 3) moved faces, in mm. A displacement of zero gives the face bit for bit.
    """
    moved = vertices + displacement @ rotation.astype(np.float32)
    return np.asarray(moved, dtype=np.float32)
