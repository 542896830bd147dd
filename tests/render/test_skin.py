"""The painter's own filter and graphs do what scipy's do."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy import ndimage, sparse
from scipy.sparse import csgraph

from studio.render.coloring.mouth import _graph, _parts, _path
from studio.render.coloring.skin import _blurred
from tests.nn.spiral_meshes import head_with_eyes

REST, FACES = head_with_eyes()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("edge", "mode"), [("symmetric", "reflect"), ("edge", "nearest")])
@pytest.mark.parametrize("sigma", [0.8, 2.7, (3.2, 0.9)])
def test_a_picture_is_blurred_bit_for_bit_as_scipy_does(
    sigma: float | tuple[float, float], edge: str, mode: str, dtype: type
) -> None:
    field = np.random.default_rng(2).standard_normal((31, 24)).astype(dtype)
    expected = ndimage.gaussian_filter(field, sigma, mode=mode)
    found = _blurred(field, sigma, edge)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, expected)


def test_ways_are_the_shortest_and_parts_the_connected_ones() -> None:
    graph = _graph(REST, FACES)
    rows, others, lengths = zip(
        *((v, other, far) for v, row in enumerate(graph) for other, far in dict(row).items()),
        strict=True,
    )
    matrix: Any = sparse.csr_array((lengths, (rows, others)), shape=(len(REST),) * 2)
    away = csgraph.dijkstra(matrix, indices=[0])[0]
    count, part = csgraph.connected_components(matrix, directed=False)
    found = _parts(graph, range(len(REST)), set())
    assert sorted(map(sorted, found)) == sorted(
        np.flatnonzero(part == k).tolist() for k in range(count)
    )
    assert count > 1
    for end in range(0, len(REST), 97):
        path = _path(graph, 0, end)
        assert path[0] == end
        length = sum(dict(graph[a])[b] for a, b in pairwise(path))
        if np.isfinite(away[end]):
            assert path[-1] == 0
            assert length == pytest.approx(away[end])
        else:
            assert path == [end]


def test_a_border_is_not_crossed() -> None:
    graph = [[(1, 1.0)], [(0, 1.0), (2, 1.0)], [(1, 1.0), (3, 1.0)], [(2, 1.0)]]
    assert _parts(graph, [0, 2, 3], {1}) == [{0}, {2, 3}]
