"""Surfaces for the tests of drawing: a ball, and the template in motion."""

from __future__ import annotations

import numpy as np

from studio.core import MeshSequence
from studio.face.template import load_template


def ball(n_frames: int = 4, rings: int = 9, sides: int = 12, radius: float = 60.0) -> MeshSequence:
    """A closed ball that grows by a twentieth a frame."""
    polar = np.linspace(0, np.pi, rings + 2)[1:-1, None]
    around = np.linspace(0, 2 * np.pi, sides, endpoint=False)[None]
    x, z = np.sin(polar) * np.sin(around), np.sin(polar) * np.cos(around)
    ring = np.stack([x, np.cos(polar) + 0 * around, z], axis=-1)
    unit = np.concatenate([ring.reshape(-1, 3), [[0, 1, 0], [0, -1, 0]]])
    growth = 1 + np.arange(n_frames)[:, None, None] / 20
    vertices = (radius * growth * unit).astype(np.float32)
    return MeshSequence(vertices, _faces(rings, sides), name="ball")


def _faces(rings: int, sides: int) -> np.ndarray:
    row, column = np.divmod(np.arange((rings - 1) * sides), sides)
    here, right = row * sides + column, row * sides + (column + 1) % sides
    below, diagonal = here + sides, right + sides
    side = np.arange(sides)
    after, last, top = (side + 1) % sides, (rings - 1) * sides, rings * sides
    caps = [
        np.stack([np.full(sides, top), side, after], axis=1),
        np.stack([np.full(sides, top + 1), last + after, last + side], axis=1),
    ]
    quads = [np.stack([here, below, diagonal], 1), np.stack([here, diagonal, right], 1)]
    return np.concatenate([*quads, *caps]).astype(np.int32)


def nodding(n_frames: int = 4) -> MeshSequence:
    """The template moving up by 2 mm a frame; its jaw by 3 mm down against that."""
    template = load_template()
    move = np.zeros((n_frames, template.n_vertices, 3), dtype=np.float32)
    move[..., 1] = 2 * np.arange(n_frames)[:, None]
    move[:, template.regions["jaw"], 1] -= 3 * np.arange(n_frames, dtype=np.float32)[:, None]
    return MeshSequence(template.vertices + move, template.faces, name="nodding")
