"""What registration has to know of the template: what is seen of it, and what holds it together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Doubles, Floats, Ints
from studio.core.surfaces import vertex_normals
from studio.face.template import Template, load_template

if TYPE_CHECKING:
    from scipy import sparse

Mask = NDArray[np.bool_]
Index = NDArray[np.int64]

# mm of the grid that hides what lies behind, and how far behind the first thing still counts.
_CELL, _SLACK = 2.0, 2.0
_FACING = 0.25  # cosine above which a vertex can be seen from a direction
_LOOKS = 14  # directions, spread over the sphere
_BROWS, _NOSE = 8.0, -52.0  # mm, the heights of the lower rim of the brows and under the nose
_FOREHEAD, _UNDER_CHIN, _BEFORE_EARS = 60.0, -118.0, -30.0  # mm, the ends of the face's front


@dataclass(frozen=True, eq=False)
class Head:
    """The template for registration.

    Attributes
    ----------
    template : its surface, regions and landmarks
    outside : (V,) the skin that a scanner sees: no mouth bag, no sockets, no eyeballs, no tongue
    front : (V,) what of it is the face, from ear to ear and from the forehead to the chin
    areas : name -> (V,) mask, six that divide the front
    edges : (E, 2) pairs of vertices
    laplacian : (V, V) of the edges, each with weight 1
    hinges : (H, 2) pairs of vertices, and (H, 2) the two triangles that meet there
    """

    template: Template
    outside: Mask
    front: Mask
    areas: dict[str, Mask]
    edges: Ints
    laplacian: sparse.csr_array
    hinges: tuple[Ints, Index]


@lru_cache(maxsize=1)
def load_head() -> Head:
    """Look at the shipped template, once."""
    template = load_template()
    points = template.vertices
    outside = _seen(points, template.faces) & template.regions["skin"]
    front = (
        outside
        & (points[:, 1] < _FOREHEAD)
        & (points[:, 1] > _UNDER_CHIN)
        & (points[:, 2] > _BEFORE_EARS)
    )
    edges, hinges = _edges(template.faces)
    smooth = _laplacian(edges, len(points))
    return Head(template, outside, front, _areas(points, front), edges, smooth, hinges)


def _areas(points: Floats, front: Mask) -> dict[str, Mask]:
    sides = {"left": points[:, 0] > 0, "right": points[:, 0] <= 0}
    height = points[:, 1]
    heights = {
        "brow": height > _BROWS,
        "cheek": (height <= _BROWS) & (height > _NOSE),
        "jaw": height <= _NOSE,
    }
    return {
        f"{side} {name}": front & here & there
        for side, here in sides.items()
        for name, there in heights.items()
    }


def _edges(faces: Ints) -> tuple[Ints, tuple[Ints, Index]]:
    pairs = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    edges, which, count = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(which.ravel(), kind="stable")
    first = (np.cumsum(count) - count)[count == 2]
    triangles = np.stack([order[first], order[first + 1]], axis=1) // 3
    return edges, (edges[count == 2], triangles)


def _laplacian(edges: Ints, count: int) -> sparse.csr_array:
    from scipy import sparse

    ones = np.ones(2 * len(edges))
    rows, columns = np.concatenate([edges, edges[:, ::-1]]).T
    near = sparse.csr_array((ones, (rows, columns)), shape=(count, count))
    return sparse.csr_array(sparse.diags_array(near.sum(axis=1)) - near)


def _seen(vertices: Floats, faces: Ints) -> Mask:
    """Find the vertices (V,) that some direction shows, by depth on a grid."""
    samples = _samples(vertices[faces])
    normals = vertex_normals(vertices, faces)
    seen = np.zeros(len(vertices), dtype=bool)
    for look in _directions():
        side = np.cross((0.0, 1.0, 0.01), look)
        axes = np.stack([side, np.cross(look, side), look]).astype(np.float32)
        depth = samples @ axes.T
        start = depth[:, :2].min(axis=0)
        cells = ((depth[:, :2] - start) / _CELL).astype(np.int64)
        width = int(cells[:, 0].max()) + 1
        first = np.full(width * (int(cells[:, 1].max()) + 1), -np.inf, dtype=np.float32)
        np.maximum.at(first, cells[:, 1] * width + cells[:, 0], depth[:, 2])
        own = vertices @ axes.T
        column, row = ((own[:, :2] - start) / _CELL).astype(np.int64).T
        seen |= (own[:, 2] > first[row * width + column] - _SLACK) & (normals @ look > _FACING)
    return seen


def _directions() -> Doubles:
    """Spread unit vectors (`_LOOKS`, 3) over the sphere, on a spiral."""
    step = np.arange(_LOOKS) + 0.5
    height = 1 - 2 * step / _LOOKS
    turn = np.pi * (1 + np.sqrt(5)) * step
    wide = np.sqrt(1 - height**2)
    return np.stack([wide * np.cos(turn), wide * np.sin(turn), height], axis=1)


def _samples(corners: Floats) -> Floats:
    """Take points (N, 3) of triangles (F, 3, 3), so close that they leave no cell empty."""
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=1), axis=2).max(axis=1)
    steps = np.ceil(sides / (0.8 * _CELL)).astype(int)
    found = []
    for count in np.unique(steps):
        second, third = np.divmod(np.arange((count + 1) ** 2), count + 1)
        second, third = (each[second + third <= count] / count for each in (second, third))
        shares = np.stack([1 - second - third, second, third], axis=1).astype(np.float32)
        found.append((shares @ corners[steps == count]).reshape(-1, 3))
    return np.concatenate(found)
