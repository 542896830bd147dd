"""What a scanner and a registration add to a face: drift of the correspondence, and noise.

A registered vertex does not lie where the template's does: it has slid along the surface, smoothly,
by about two millimeters on the cheeks and less at eyes and lips, and stays there for the whole
take. The surface itself is off by what the fit leaves, and trembles with the scanner.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import sparse
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from studio.core.sequence import Doubles, Floats
from studio.core.surfaces import vertex_normals
from studio.face.registration.head import load_head
from studio.face.registration.surface import Surface
from studio.face.wandering import wandering

from .acting.course import Rng

DRIFTS = 48  # ways in which a registration may slide; takes share them
DRIFT_MM = (0.5, 2.5)  # on the cheeks, root mean square of a way
_AT_MARKS = 0.35  # of it at landmarks, where a registration holds
_HOLD = 15.0  # mm from a landmark over which it slides more and more
_RIMS = [
    *range(36, 48),
    *range(60, 68),
]  # landmarks where lids and lips end, over which none slides
_RIM = 6.0
_LEAST = 0.01
_WIDTH, _CENTERS = 28.0, 60  # mm, and number, of the bells that a smooth field is made of
_BUMPS = 64  # smooth fields that noise is made of
_BUMP_WIDTH = 9.0
STILL_MM, TREMBLING_MM, GRAIN_MM = (0.05, 0.35), (0.0, 0.12), (0.0, 0.05)


@dataclass(frozen=True)
class Scan:
    """How a take was captured.

    Attributes
    ----------
    drift
        Number of the way its registration slides, -1 for none.
    still, trembling, grain
        Deviations in mm: of what is off for the whole take, of what wanders, of single vertices.
    seed
        What the noise is drawn from.
    """

    drift: int = -1
    still: float = 0.0
    trembling: float = 0.0
    grain: float = 0.0
    seed: int = 0


def draw_scan(rng: Rng) -> Scan:
    """Draw how a take of a registered face was captured."""
    still, trembling, grain = (
        float(rng.uniform(*span)) for span in (STILL_MM, TREMBLING_MM, GRAIN_MM)
    )
    drift = int(rng.integers(DRIFTS))
    return Scan(drift, still, trembling, grain, int(rng.integers(2**31)))


def scanned(scan: Scan, frames: Floats) -> Floats:
    """See frames (T, V, 3) in mm as the scan has them; the same frame twice is not the same."""
    out = frames
    if scan.drift >= 0:
        slid = drift(scan.drift) @ frames.transpose(1, 0, 2).reshape(frames.shape[1], -1)
        out = slid.reshape(frames.shape[1], len(frames), 3).transpose(1, 0, 2)
    rng = np.random.default_rng([scan.seed, 11])
    still = scan.still * rng.standard_normal(_BUMPS)
    moving = scan.trembling * wandering(rng, len(frames), 2.0, _BUMPS)
    noise = ((still + moving) @ _bumps().reshape(_BUMPS, -1)).reshape(frames.shape)
    grain = rng.standard_normal(frames.shape, dtype=np.float32) * np.float32(scan.grain)
    outside = load_head().outside[:, None]
    return np.asarray(out + outside * (noise + grain), dtype=np.float32)


@lru_cache(maxsize=DRIFTS)
def drift(number: int) -> sparse.csr_array:
    """Give the map (V, V) that slides all vertices along the surface in one of the ways."""
    head, rng = load_head(), np.random.default_rng([number, 12])
    rest = head.template.vertices.astype(np.float64)
    ways = _smooth(rng, rest, _WIDTH, _CENTERS)
    normals = vertex_normals(head.template.vertices, head.template.faces)
    ways -= np.einsum("vc,vc->v", ways, normals)[:, None] * normals
    marks = rest[head.template.landmarks]
    ways *= (1.0 - (1.0 - _AT_MARKS) * _near(rest, marks, _HOLD))[:, None]
    ways *= (1.0 - _near(rest, marks[_RIMS], _RIM))[:, None]
    ways[~head.outside] = 0.0
    size = np.sqrt((ways[head.front] ** 2).sum(axis=1).mean())
    return _sliding(rest + ways * rng.uniform(*DRIFT_MM) / size)


def _near(points: Doubles, marks: Doubles, reach: float) -> Doubles:
    """(V,) 1 at some marks (M, 3), 0 far away from them."""
    return np.exp(-((np.asarray(cKDTree(marks).query(points)[0]) / reach) ** 2))


def _sliding(wanted: Doubles) -> sparse.csr_array:
    """(V, V) The points of the template's outside nearest to where its vertices want to go."""
    head = load_head()
    rest, faces = head.template.vertices, head.template.faces
    skin = faces[head.outside[faces].all(axis=1)]
    surface = Surface(rest.astype(np.float64), skin, np.arange(len(skin)))
    moves = np.flatnonzero(np.linalg.norm(wanted - rest, axis=1) > _LEAST)
    near = surface.nearest(wanted[moves])
    columns = np.repeat(np.arange(len(rest))[:, None], 3, axis=1)
    share = np.tile([1.0, 0.0, 0.0], (len(rest), 1))
    columns[moves], share[moves] = (
        skin[near.triangle],
        surface.barycentric(near.point, near.triangle),
    )
    ends = np.repeat(np.arange(len(rest)), 3), columns.ravel()
    shape = len(rest), len(rest)
    return sparse.csr_array((share.ravel().astype(np.float32), ends), shape=shape)


@lru_cache(maxsize=1)
def _bumps() -> Floats:
    """(B, V, 3) Smooth fields along the normals, of unit deviation together."""
    head, rng = load_head(), np.random.default_rng(13)
    rest = head.template.vertices.astype(np.float64)
    normals = vertex_normals(head.template.vertices, head.template.faces)
    fields = [_smooth(rng, rest, _BUMP_WIDTH, 4 * _CENTERS)[:, 0] for _ in range(_BUMPS)]
    heights = np.stack(fields) / np.sqrt(_BUMPS)
    return np.asarray(heights[..., None] * normals, dtype=np.float32)


def _smooth(rng: Rng, points: Doubles, width: float, count: int) -> Doubles:
    """Draw a smooth field on points (V, 3), of about unit deviation: (V, 3)."""
    centers = points[rng.choice(len(points), count, replace=False)]
    bells = np.exp(cdist(points, centers, "sqeuclidean") / (-2 * width**2))
    field = bells @ rng.standard_normal((count, 3))
    return np.asarray(field / field.std(axis=0))
