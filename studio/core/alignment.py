"""How a head is turned and shifted, told from the points of a face that keep their shape."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .sequence import Floats

Rotations = NDArray[np.float64]

_ROUNDS = 3  # of the fit of a head: in each the points that moved by themselves are left out
_TRIMMED = 12  # rounds of a fit that goes on with the points that fit best
_MOST_POINTS = 120  # of a head that are looked at; more change nothing that can be seen
_STILL = 1e-3  # mm that half of the points may leave the way of the others: less than noise
_FLAT = 1e-6  # of their length; points this thin across lie on a line and show no turn
_TOGETHER = 64  # vertices that are shifted together; NumPy is slow along axes of three


def _products() -> Rotations:
    """Tell what products of two parts of a unit quaternion, real part first, add to its rotation.

    Returns
    -------
    (16, 9) for each two parts the rotation, row by row
    """
    axes, out = np.eye(3), np.empty((4, 4, 3, 3))
    out[0, 0] = axes
    out[0, 1:] = out[1:, 0] = np.cross(axes[:, None], axes).transpose(0, 2, 1)
    both = np.einsum("ja,kb->jkab", axes, axes)
    out[1:, 1:] = both + both.transpose(0, 1, 3, 2) - np.einsum("jk,ab->jkab", axes, axes)
    return out.reshape(16, 9)


_PRODUCTS = _products()


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
    shift : (T, 3) mm; ``source @ rotation.T + shift`` is nearest to the target in least squares.
        Each frame is fitted by itself, so it comes out the same whichever others are beside it.
    """
    points, goal, middle = _by_axis(source, target)
    counted = np.ones((len(points), points.shape[2]), dtype=bool)
    rotation, shift = _kabsch(points, goal, counted)
    for _ in range(rounds - 1):
        residual = _residual(points, goal, rotation, shift)
        limit = np.maximum(cut * _median(residual), _STILL)
        before, counted = counted, residual <= limit
        if np.array_equal(before, counted):
            break
        rotation, shift = _kabsch(points, goal, counted)
    return rotation, shift + middle


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
    points, goal, middle = _by_axis(source, target)
    fewer = np.linspace(1.0, share, _TRIMMED // 2).tolist() + [share] * (_TRIMMED // 2)
    residual = np.linalg.norm(source - target, axis=2).astype(np.float64)
    rotation, shift, left = _trimmed(points, goal, residual, fewer)
    rows = np.flatnonzero(left > _STILL)
    if len(rows):
        again = _trimmed(points[rows], goal, residual[rows], [share] * _TRIMMED)
        better = again[2] < left[rows]
        rotation[rows[better]], shift[rows[better]] = again[0][better], again[1][better]
    return rotation, shift + middle


def _trimmed(
    points: Rotations, goal: Rotations, residual: Rotations, shares: Sequence[float]
) -> tuple[Rotations, Rotations, Rotations]:
    """Lay points (T, 3, N), which are (T, N) mm off, by these shares in turn of what fits best.

    Returns
    -------
    rotation, shift, left : (T, 3, 3), (T, 3) mm and (T,) mm that the last share is off on average
    """
    counted = np.zeros(residual.shape, dtype=bool)
    for share in shares:
        last = min(max(int(share * points.shape[2]), 3), points.shape[2]) - 1
        limit = np.maximum(np.partition(residual, last, axis=1)[:, [last]], _STILL)
        before, counted = counted, residual <= limit
        if not np.array_equal(before, counted):  # else they would be laid as they are
            found = _kabsch(points, goal, counted)
            residual = _residual(points, goal, *found)
        elif limit.max() <= _STILL:  # and so by any smaller share
            break
    return *found, np.sort(residual, axis=1)[:, : last + 1].mean(axis=1)


def _by_axis(source: Floats, target: Floats) -> tuple[Rotations, Rotations, Rotations]:
    """Put axes before points, as NumPy is slow along axes of three, and the goal in the middle.

    Returns
    -------
    points, goal, middle : (T, 3, N), (3, N) and (3,) mm, by which the goal lies off the target
    """
    middle = np.asarray(target, dtype=np.float64).mean(axis=0)
    points = np.ascontiguousarray(source.swapaxes(1, 2), dtype=np.float64)
    return points, np.ascontiguousarray((target - middle).T), middle


def _residual(
    points: Rotations, goal: Rotations, rotation: Rotations, shift: Rotations
) -> Rotations:
    """Measure how far (T, N) mm points (T, 3, N) are from the goal (3, N) once they are laid."""
    away = rotation @ points
    away += shift[..., None]
    away -= goal
    away *= away
    return np.asarray(np.sqrt(away.sum(axis=1)))


def _median(residual: Rotations) -> Rotations:
    """Find the median (T, 1) of rows (T, N), in a third of the time of NumPy's own."""
    high = residual.shape[1] // 2
    low = high - 1 + residual.shape[1] % 2
    ordered = np.sort(residual, axis=1)
    return np.asarray((ordered[:, [low]] + ordered[:, [high]]) / 2)


def _kabsch(
    points: Rotations, goal: Rotations, counted: NDArray[np.bool_]
) -> tuple[Rotations, Rotations]:
    """Lay points (T, 3, N) on the goal (3, N) by those that count (T, N).

    The turn is the unit quaternion of Horn (Journal of the Optical Society of America A 4, 1987),
    which is never a reflection.
    """
    share = counted / counted.sum(axis=1, keepdims=True)
    center = points @ share[..., None]
    goal_center = goal @ share[..., None]
    weighed = (points - center) * share[:, None]
    # Wherever the goal lies, for the weighed points add up to zero.
    moment = goal @ weighed.transpose(0, 2, 1)
    _, found = np.linalg.eigh((moment.reshape(-1, 1, 9) @ _PRODUCTS.T).reshape(-1, 4, 4))
    largest = found[..., -1]
    products = largest[:, :, None] * largest[:, None]
    rotation = (products.reshape(-1, 1, 16) @ _PRODUCTS).reshape(-1, 3, 3)
    shift = goal_center - rotation @ center
    return rotation, shift[..., 0]


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
    return _shifted(turned, shift)


def undo_rigid(vertices: Floats, rotation: Rotations, shift: Rotations) -> Floats:
    """Take frames (T, V, 3) back to where they were before `apply_rigid` moved them."""
    back = vertices @ rotation.astype(np.float32)
    return _shifted(back, -(shift[:, None] @ rotation)[:, 0])


def _shifted(frames: Floats, shift: Rotations) -> Floats:
    """Shift frames (T, V, 3), an array of their own, by (T, 3) mm in place."""
    count, size = frames.shape[0], 3 * frames.shape[1]
    flat, many = frames.reshape(count, size), 3 * _TOGETHER
    way = np.tile(shift.astype(np.float32), (1, _TOGETHER))
    runs = size // many
    flat[:, : runs * many].reshape(count, runs, many)[...] += way[:, None]
    flat[:, runs * many :] += way[:, : size - runs * many]
    return frames


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
