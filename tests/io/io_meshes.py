"""Tiny meshes, and strategies that draw them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from studio.core import MeshSequence

FACES = np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 3, 2], [2, 4, 3]], np.int32)
BASE = np.array([[0, 0, 0], [100, 0, 0], [0, 100, 0], [0, 0, 100], [70, 70, 70]], np.float32)


def tetrahedra(frames: int = 5) -> MeshSequence:
    """Five vertices, five triangles, 100 mm across, every coordinate of every frame its own."""
    rng = np.random.default_rng(7)
    moved = BASE + rng.uniform(-9, 9, (frames, *BASE.shape))
    return MeshSequence(moved.astype(np.float32), FACES, 25.0, "tiny")


@st.composite
def sequences(draw: st.DrawFn, reach: float = 2000.0) -> MeshSequence:
    """Up to 4 frames of 3 to 8 vertices within `reach` mm, every vertex in a face."""
    n_vertices = draw(st.integers(3, 8))
    shape = (draw(st.integers(1, 4)), n_vertices, 3)
    numbers = st.floats(-reach, reach, width=32)
    vertices = draw(hnp.arrays(np.float32, shape, elements=numbers))
    order = draw(st.permutations(range(n_vertices)))
    ring = np.stack([order, np.roll(order, 1), np.roll(order, 2)], axis=1)
    return MeshSequence(vertices, ring.astype(np.int32), draw(st.sampled_from([24.0, 30.0, 59.94])))
