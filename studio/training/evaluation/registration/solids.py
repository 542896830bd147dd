"""Solids of simple form, of which meshes are put together that are no face."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from studio.core.sequence import Doubles, Ints

Mesh = tuple[Doubles, Ints]

RINGS, _SIDES = 60, 80  # of a lathe


def lathe(radius: Doubles, height: Doubles, sides: int = _SIDES) -> Mesh:
    """Turn radii and heights (R,) in mm about y; wound outward where heights grow."""
    turn = np.linspace(0.0, 2 * np.pi, sides, endpoint=False)
    ring = np.stack([np.sin(turn), np.zeros(sides), np.cos(turn)], axis=1)
    points = radius[:, None, None] * ring + height[:, None, None] * np.array([0.0, 1.0, 0.0])
    first = np.arange(len(radius) * sides).reshape(len(radius), sides)
    low, high = first[:-1], first[1:]
    after_low, after_high = np.roll(low, -1, axis=1), np.roll(high, -1, axis=1)
    faces = [
        np.stack([low, after_low, after_high], axis=-1),
        np.stack([low, after_high, high], axis=-1),
    ]
    return points.reshape(-1, 3), np.concatenate(faces).reshape(-1, 3).astype(np.int32)


def ellipsoid(radii: Sequence[float], middle: Sequence[float] = (0.0, 0.0, 0.0)) -> Mesh:
    """Make one of three radii in mm about a point."""
    turn = np.linspace(0.0, np.pi, RINGS)
    points, faces = lathe(np.sin(turn), -np.cos(turn))
    return points * np.asarray(radii) + np.asarray(middle), faces


def capsule(start: Sequence[float], end: Sequence[float], radius: float) -> Mesh:
    """Make a round rod from a point to another; all in mm."""
    turn = np.linspace(0.0, np.pi, 24)
    length = float(np.linalg.norm(np.subtract(end, start)))
    height = -radius * np.cos(turn) + np.where(turn > np.pi / 2, length, 0.0)
    points, faces = lathe(radius * np.sin(turn), height, sides=24)
    along = np.subtract(end, start) / length
    side = np.cross(along, (0.0, 0.0, 1.0) if abs(along[2]) < 0.9 else (1.0, 0.0, 0.0))
    axes = np.stack([side, along, np.cross(side, along)])
    axes[[0, 2]] /= np.linalg.norm(axes[[0, 2]], axis=1, keepdims=True)
    return points @ axes + np.asarray(start), faces


def torus(large: float, small: float) -> Mesh:
    """Make one about y of two radii in mm."""
    turn = np.linspace(0.0, 2 * np.pi, RINGS)
    return lathe(large + small * np.cos(turn), small * np.sin(turn))


def sheet(heights: Doubles, step: float) -> Mesh:
    """Make a sheet across z: heights (R, C) mm above it, rows from the top, a point each step."""
    rows, columns = heights.shape
    y, x = np.meshgrid(-np.arange(rows), np.arange(columns), indexing="ij")
    middle = np.array([(columns - 1) / 2, -(rows - 1) / 2])
    flat = (np.stack([x, y], axis=-1) - middle) * step
    points = np.concatenate([flat, heights[..., None]], axis=-1).reshape(-1, 3)
    first = np.arange(rows * columns).reshape(rows, columns)
    high, low = first[:-1], first[1:]
    faces = [
        np.stack([high[:, :-1], low[:, :-1], low[:, 1:]], axis=-1),
        np.stack([high[:, :-1], low[:, 1:], high[:, 1:]], axis=-1),
    ]
    return points, np.concatenate(faces).reshape(-1, 3).astype(np.int32)


def box(low: Sequence[float], high: Sequence[float]) -> Mesh:
    """Make one between two corners in mm, wound outward."""
    from scipy.spatial import ConvexHull

    corners = np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(3, 8).T
    hull = ConvexHull(corners)
    faces = hull.simplices
    a, b, c = corners[faces].transpose(1, 0, 2)
    inward = np.einsum("fd,fd->f", np.cross(b - a, c - a), hull.equations[:, :3]) < 0
    faces = np.where(inward[:, None], faces[:, ::-1], faces)
    return corners.astype(np.float64), faces.astype(np.int32)


def joined(meshes: Sequence[Mesh]) -> Mesh:
    """Put meshes into one."""
    starts = np.cumsum([0, *(len(points) for points, _ in meshes)])
    faces = [each + start for (_, each), start in zip(meshes, starts, strict=False)]
    return np.concatenate([points for points, _ in meshes]), np.concatenate(faces).astype(np.int32)
