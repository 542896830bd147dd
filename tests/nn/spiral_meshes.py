"""Small surfaces with what matters in a head: an open neck, several parts, flat regions."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.spatial import ConvexHull

from studio.nn.sampling import Entries


def csr(entries: Entries) -> sparse.csr_array:
    """The same matrix, to calculate with."""
    return sparse.csr_array((entries.values, (entries.rows, entries.columns)), shape=entries.shape)


def sphere(count: int, radius: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """A closed ball of `count` evenly spread vertices, faces outward."""
    k = np.arange(count)
    height = 1 - (2 * k + 1) / count
    across, turn = np.sqrt(1 - height**2), np.pi * (3 - 5**0.5) * k
    points = np.stack([across * np.cos(turn), height, across * np.sin(turn)], axis=1)
    faces = ConvexHull(points).simplices.astype(np.int32)
    a, b, c = points[faces].transpose(1, 0, 2)
    inward = (np.cross(b - a, c - a) * a).sum(axis=1) < 0
    faces[inward] = faces[inward][:, ::-1]
    return points * radius, faces


def open_head(count: int) -> tuple[np.ndarray, np.ndarray]:
    """About `count` vertices on a bumpy egg in mm, cut open below."""
    points, faces = sphere(round(count * 1.08))
    faces = faces[(points[faces][:, :, 1] > -0.85).all(axis=1)]
    used, faces = np.unique(faces, return_inverse=True)
    points = points[used] * (75.0, 110.0, 95.0)
    bumps = 1 + 0.05 * np.sin(points[:, :1] / 12) * np.cos(points[:, 1:2] / 17)
    return points * bumps, faces.reshape(-1, 3).astype(np.int32)


def head_with_eyes(count: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """An open head and two small closed parts of 40 and 20 vertices."""
    parts = [open_head(count), sphere(40, 12.0), sphere(20, 8.0)]
    parts[1] = parts[1][0] + (30.0, 40.0, 0.0), parts[1][1]
    parts[2] = parts[2][0] - (30.0, -40.0, 0.0), parts[2][1]
    starts = np.cumsum([0] + [len(points) for points, _ in parts])
    faces = [faces + start for (_, faces), start in zip(parts, starts, strict=False)]
    return np.concatenate([points for points, _ in parts]), np.concatenate(faces).astype(np.int32)


def grid(side: int) -> tuple[np.ndarray, np.ndarray]:
    """A flat square of side x side vertices, facing +z."""
    y, x = np.divmod(np.arange(side * side), side)
    corner = (np.arange(side - 1)[:, None] * side + np.arange(side - 1)).ravel()
    lower = np.stack([corner, corner + 1, corner + side], axis=1)
    upper = np.stack([corner + 1, corner + side + 1, corner + side], axis=1)
    points = np.stack([x, y, np.zeros_like(x)], axis=1).astype(float)
    return points, np.concatenate([lower, upper]).astype(np.int32)


def relabeled(
    points: np.ndarray, faces: np.ndarray, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same surface under other numbers: points, faces, and the new number of each vertex."""
    order = np.random.default_rng(seed).permutation(len(points))
    place = np.argsort(order)
    return points[order], place[faces].astype(np.int32), place


def shuffled(faces: np.ndarray, seed: int) -> np.ndarray:
    """The same oriented faces in another order, each from another corner."""
    rng = np.random.default_rng(seed)
    turn = (rng.integers(3, size=len(faces))[:, None] + np.arange(3)) % 3
    return np.take_along_axis(faces, turn, axis=1)[rng.permutation(len(faces))]
