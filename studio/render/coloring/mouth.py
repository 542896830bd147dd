"""What lies behind the lips, and how its color goes from that of the lips into the dark.

Found while the program starts, so that scipy, whose graphs take two thirds of a second to import,
stays out of it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable

import numpy as np

from studio.core.sequence import Floats, Ints

from .eyes import Image

DEPTH = 32.0  # mm behind the rim of the lips at the dark end of the texture
# Colors by mm behind that rim: the lip's own, moist skin, and less and less light.
_SHADES: tuple[tuple[float, tuple[float, float, float]], ...] = (
    (0.0, (0.80, 0.52, 0.485)),
    (2.0, (0.72, 0.40, 0.38)),
    (6.0, (0.50, 0.22, 0.21)),
    (14.0, (0.30, 0.11, 0.105)),
    (DEPTH, (0.14, 0.045, 0.045)),
)
Graph = list[
    list[tuple[int, float]]
]  # of each vertex the others on its edges, and how far they are


def inside_texture(size: int = 64) -> Image:
    """Paint the way into the mouth, (2, size, 3), from the left to the right."""
    at, colors = np.array([mm for mm, _ in _SHADES]), np.array([color for _, color in _SHADES])
    where = np.linspace(0, DEPTH, size)
    line = np.stack([np.interp(where, at, colors[:, c]) for c in range(3)], axis=1)
    return np.asarray(np.broadcast_to(np.round(255 * line), (2, size, 3)), dtype=np.uint8).copy()


def inside_coordinates(depth: Floats) -> Floats:
    """Give texture coordinates (V, 2) for mm behind the rim (V,)."""
    across = np.clip(depth / DEPTH, 0, 1)
    return np.stack([across, np.full_like(across, 0.5)], axis=1).astype(np.float32)


def mouth_depth(rest: Floats, faces: Ints, landmarks: Ints) -> Floats:
    """Measure how far behind the rim of the lips vertices lie: (V,) mm, -1 for those that do not.

    The rim, at 0 mm, runs along edges from one inner-lip landmark (60 to 67) to the next; what it
    parts from the rest of the skin and lies behind it is the inside.
    """
    graph, ring = _graph(rest, faces), set[int]()
    stations = landmarks[60:68].tolist()
    for start, end in zip(stations, [*stations[1:], *stations[:1]], strict=True):
        ring.update(_path(graph, start, end))
    beside = sorted({other for vertex in ring for other, _ in graph[vertex]} - ring)
    parts = _parts(graph, beside, ring)
    depth = np.full(len(rest), -1.0, dtype=np.float32)
    if len(parts) > 1:
        inside = min(parts, key=len) | ring
        for vertex, far in _ways(graph, ring, inside)[0].items():
            depth[vertex] = far
    return depth


def _graph(rest: Floats, faces: Ints) -> Graph:
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    length = np.linalg.norm(rest[edges[:, 0]] - rest[edges[:, 1]], axis=1)
    graph: Graph = [[] for _ in rest]
    for (a, b), far in zip(edges.tolist(), length.tolist(), strict=True):
        graph[a].append((b, far))
        graph[b].append((a, far))
    return graph


def _path(graph: Graph, start: int, end: int) -> list[int]:
    """Find the vertices on the shortest way; the end alone where there is none."""
    before = _ways(graph, {start}, end=end)[1]
    path = [end]
    while path[-1] in before:
        path.append(before[path[-1]])
    return path


def _ways(
    graph: Graph, starts: set[int], within: set[int] | None = None, end: int | None = None
) -> tuple[dict[int, float], dict[int, int]]:
    """Find how far vertices are from the nearest start, and by which one before (Dijkstra 1959)."""
    away, before = dict.fromkeys(starts, 0.0), dict[int, int]()
    ahead = [(0.0, start) for start in starts]
    while ahead:
        far, vertex = heapq.heappop(ahead)
        if vertex == end:
            break
        for other, step in graph[vertex] if far == away[vertex] else ():
            open_ = within is None or other in within
            if open_ and far + step < away.get(other, np.inf):
                away[other], before[other] = far + step, vertex
                heapq.heappush(ahead, (far + step, other))
    return away, before


def _parts(graph: Graph, begins: Iterable[int], border: set[int]) -> list[set[int]]:
    """List what can be reached from some vertices without crossing a border, each part once."""
    parts: list[set[int]] = []
    for begin in begins:
        if any(begin in part for part in parts):
            continue
        part, ahead = {begin}, [begin]
        while ahead:
            found = {other for other, _ in graph[ahead.pop()]} - part - border
            part |= found
            ahead.extend(found)
        parts.append(part)
    return parts
