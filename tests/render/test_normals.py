"""The fast normals are the plain ones, and the cache keeps within its budget."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from studio.core.surfaces import vertex_normals
from studio.render.normals import NormalCache, NormalFilter

from .faces import ball, nodding


@given(st.integers(0, 2**32 - 1))
def test_filter_gives_area_weighted_normals(seed: int) -> None:
    shape = ball()
    noise = np.random.default_rng(seed).normal(scale=4, size=shape.vertices[0].shape)
    bumpy = (shape.vertices[0] + noise).astype(np.float32)
    made = NormalFilter(shape.faces, len(bumpy))(bumpy)
    np.testing.assert_allclose(made, vertex_normals(bumpy, shape.faces), atol=2e-5)


def test_second_frame_does_not_inherit_the_normals_of_the_first() -> None:
    clip = nodding()
    normals = NormalFilter(clip.faces, clip.n_vertices)
    first = normals(clip.vertices[0])
    turned = np.ascontiguousarray(clip.vertices[0][:, [1, 2, 0]])
    np.testing.assert_allclose(normals(turned), first[:, [1, 2, 0]], atol=1e-5)


def test_vertex_in_no_face_gets_zero() -> None:
    shape = ball()
    lonely = np.concatenate([shape.vertices[0], [[1, 2, 3]]]).astype(np.float32)
    assert not NormalFilter(shape.faces, len(lonely))(lonely)[-1].any()


def test_cache_remembers_and_drops_the_least_recently_used() -> None:
    clip = ball(n_frames=5)
    cache = NormalCache(
        clip.vertices, NormalFilter(clip.faces, clip.n_vertices), budget=2 * 6 * clip.n_vertices
    )
    computed: list[np.ndarray] = []
    real = cache.filter
    cache.filter = lambda frame: (computed.append(frame), real(frame))[1]  # type: ignore[assignment]
    for frame in (0, 1, 0, 2, 0):
        first = cache[frame]
    assert len(cache) == 2
    assert len(computed) == 3
    np.testing.assert_array_equal(cache[0], first)
    np.testing.assert_allclose(cache[1], vertex_normals(clip.vertices[1], clip.faces), atol=4e-5)
