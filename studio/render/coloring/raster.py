"""Triangles into pixels with numpy alone: small pictures on any thread, on any machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from studio.core.sequence import Floats, Ints

SAMPLES = 2**20  # pixels tried at a time


@dataclass(frozen=True, eq=False)
class Coverage:
    """What the nearest surface is at the P pixels that one covers.

    Attributes
    ----------
    pixel
        (P,) row * width + column, the top row first.
    face
        (P,) index of the face.
    weights
        (P, 3) share of each of its corners.
    """

    pixel: Ints
    face: Ints
    weights: Floats


def rasterize(corners: Floats, width: int, height: int) -> Coverage:
    """Find the nearest triangle at each pixel.

    Parameters
    ----------
    corners : (F, 3, 3), x to the right and y downwards in pixels, z towards the eye; a triangle
        is seen when its corners run counter-clockwise on the screen, others are left out
    """
    seen = np.flatnonzero(_doubled_area(corners) > 1e-9).astype(np.int32)
    depth = np.full(width * height, -np.inf, dtype=np.float32)
    owner = np.full(width * height, -1, dtype=np.int32)
    weights = np.zeros((width * height, 3), dtype=np.float32)
    for chosen, low, size in _portions(corners[seen], width, height):
        face, x, y = _pixels(low, size)
        triangle = corners[seen[chosen[face]]]
        share = _shares(triangle, x + np.float32(0.5), y + np.float32(0.5))
        z = (share * triangle[..., 2]).sum(axis=1)
        place = y * width + x
        hit = np.flatnonzero((share >= 0).all(axis=1) & (z > depth[place]))
        hit = hit[np.argsort(z[hit], kind="stable")]  # of two writes to a pixel the last stays
        depth[place[hit]], owner[place[hit]] = z[hit], seen[chosen[face[hit]]]
        weights[place[hit]] = share[hit]
    covered = np.flatnonzero(owner >= 0).astype(np.int32)
    return Coverage(covered, owner[covered], weights[covered])


def _doubled_area(corners: Floats) -> Floats:
    """(F,) positive where the corners run counter-clockwise, y pointing down."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    return np.asarray(
        (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1]) - (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1])
    )


def _portions(corners: Floats, width: int, height: int) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Choose which triangles to try together.

    Beside them come the low corner (N, 2) and size (N, 2) of the boxes of pixels whose middles
    they may cover.
    """
    edge = np.array([width, height], dtype=np.float32)
    low = np.clip(np.ceil(corners[..., :2].min(axis=1) - 0.5), 0, edge).astype(np.int32)
    high = np.clip(np.floor(corners[..., :2].max(axis=1) + 0.5), 0, edge).astype(np.int32)
    size = np.maximum(high - low, 0)
    count = size.prod(axis=1, dtype=np.int64)
    chosen = np.flatnonzero(count).astype(np.int32)
    portion = np.cumsum(count[chosen]) // SAMPLES
    for number in np.unique(portion):
        part = chosen[portion == number]
        yield part, low[part], size[part]


def _pixels(low: Ints, size: Ints) -> tuple[Ints, Ints, Ints]:
    """Every pixel of the boxes: whose it is, its column and its row."""
    count = size.prod(axis=1)
    face = np.repeat(np.arange(len(count), dtype=np.int32), count)
    first = np.repeat(np.cumsum(count) - count, count)
    within = np.arange(len(face), dtype=np.int32) - first.astype(np.int32)
    row, column = np.divmod(within, size[face, 0])
    return face, low[face, 0] + column, low[face, 1] + row


def _shares(triangle: Floats, x: Floats, y: Floats) -> Floats:
    """(N, 3) barycentric shares of points in triangles (N, 3, 3); one is negative outside."""
    ax, ay, bx, by, cx, cy = triangle[..., :2].reshape(-1, 6).T
    whole = (cx - ax) * (by - ay) - (bx - ax) * (cy - ay)
    second = ((cx - ax) * (y - ay) - (x - ax) * (cy - ay)) / whole
    third = ((x - ax) * (by - ay) - (bx - ax) * (y - ay)) / whole
    return np.stack([1 - second - third, second, third], axis=1)
