"""Faces of the template on another triangulation, bumpy and noisy, whose right answer is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.sequence import Doubles, Floats, Ints
from studio.core.surfaces import vertex_normals
from studio.face.identity import random_face
from studio.face.registration.head import load_head
from studio.face.rig import ARKIT, load_rig

BUMPS = 40
WIDTHS = 8.0, 25.0  # mm of the bumps
SHOWN = 6  # actions of an expression


@dataclass(frozen=True, eq=False)
class Known:
    """A foreign face, and where each template vertex is on it.

    Attributes
    ----------
    vertices : (N, 3) mm
    faces : (F, 3)
    truth : (V, 3) mm
    """

    vertices: Doubles
    faces: Ints
    truth: Doubles


def known_face(
    seed: int, *, expressive: bool = False, bumps: float = 2.5, noise: float = 0.15
) -> Known:
    """Draw a person of the rig whom the rig does not quite explain, as a scanner would see them.

    Parameters
    ----------
    seed : the same, the same face
    expressive : whether some actions are shown
    bumps : mm that smooth bumps, which no direction of the rig has, deviate by
    noise : mm of each vertex's own deviation
    """
    rng = np.random.default_rng(seed)
    weights = np.zeros((1, len(ARKIT)), dtype=np.float32)
    if expressive:
        shown = rng.choice(len(ARKIT) - 1, SHOWN, replace=False)  # the tongue stays in
        weights[0, shown] = rng.uniform(0.2, 0.8, SHOWN)
    rig, head = load_rig(), load_head()
    face = rig.pose(weights, np.array(random_face(seed)))[0]
    middles = face[rng.choice(np.flatnonzero(head.outside), BUMPS)]
    widths, heights = rng.uniform(*WIDTHS, BUMPS), rng.normal(size=BUMPS) * bumps / 2
    squared = ((face[:, None] - middles) ** 2).sum(axis=2)
    height = np.clip(np.exp(-squared / (2 * widths**2)) @ heights, -1.5 * bumps, 1.5 * bumps)
    normals = vertex_normals(face, head.template.faces)
    truth = face + height[:, None] * normals
    vertices, faces = dual(truth, head.template.faces)
    return Known(vertices + noise * rng.normal(size=vertices.shape), faces, truth)


def dual(vertices: Doubles | Floats, faces: Ints) -> tuple[Doubles, Ints]:
    """Make the mesh whose vertices are the middles of triangles, and those of their rings.

    Parameters
    ----------
    vertices : (V, 3)
    faces : (F, 3)

    Returns
    -------
    vertices : (F + V, 3); no vertex and no edge of the old mesh is in it
    faces : two an inner edge of the old mesh
    """
    middles = vertices[faces].mean(axis=1).astype(np.float64)
    start, end = faces.ravel().astype(np.int64), np.roll(faces, -1, axis=1).ravel()
    owner = np.repeat(np.arange(len(faces)), 3)
    size = len(vertices)
    summed, count = np.zeros((size, 3)), np.bincount(start, minlength=size)
    np.add.at(summed, start, middles[owner])
    rings = summed / np.maximum(count, 1)[:, None]
    keys = start * size + end
    order = np.argsort(keys)
    back = end * np.int64(size) + start
    at = np.minimum(np.searchsorted(keys[order], back), len(keys) - 1)
    inner = keys[order][at] == back
    corners = np.stack([start + len(faces), owner[order][at], owner], axis=1)[inner]
    return np.concatenate([middles, rings]), corners.astype(np.int32)
