"""The linear path of S2D-Dec by least squares: spreads that tell proportions, directions, modes."""

from __future__ import annotations

from typing import NamedTuple, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.nn.sparse_to_dense import LinearFit
from studio.training.datasets.dense_faces import DenseFaces, Ids

Array = NDArray[np.float64]
SHARE_FRAMES = 1000
MODE_FRAMES = 3000
CHUNK = 500
ROUNDS, STEPS = 30, 10
WEAKEST = 1e-9  # of the strongest direction's variance; below is rounding, not motion


class Size(NamedTuple):
    """How proportions are read off neutral landmarks.

    Attributes
    ----------
    share, spread
        (3, M) and (3,), as `LinearFit` has them.
    each
        (S, 3) the proportions of everybody, ones where they do not help.
    """

    share: Array
    spread: Array
    each: Array

    @property
    def helps(self) -> bool:
        return bool((self.each != 1.0).any())


def fit_linear(faces: DenseFaces, rank: int, size: Size, *, seed: int = 0) -> LinearFit:
    """Fit all that `SparseToDense.init_linear` takes, from frames of training people alone.

    There are `rank` directions at most; 0 gives the standardization only.
    """
    rows = _some(np.random.default_rng([seed, 4]), faces, MODE_FRAMES)
    marks = faces.sparse(rows).astype(np.float64) / size.each[faces.person[rows]][:, None]
    flat = marks.reshape(len(rows), -1)
    into, variance = directions(flat, rank)
    modes = _modes(faces, rows, size.each, flat @ into.T, variance)
    neutral = faces.neutrals[np.unique(faces.person)][:, faces.landmarks].astype(np.float64)
    center = neutral.mean(0)
    deviation = float(np.sqrt(np.mean((neutral - center) ** 2)))
    reach = float(np.sqrt(np.mean(flat**2)))
    return LinearFit(size.share, size.spread, into, variance, modes, center, deviation, reach)


def fit_size(faces: DenseFaces, rank: int, *, seed: int = 0) -> Size:
    """Find proportions that make everybody's motion most alike, from training people alone.

    Left at one if less of the motion lies outside `rank` common directions without them, as for
    people whose actions do not depend on their shape.
    """
    rows = _some(np.random.default_rng([seed, 5]), faces, SHARE_FRAMES)
    share = fit_share(faces, rows, rank)
    everybody = torch.from_numpy(faces.neutrals[:, faces.landmarks].astype(np.float64))
    own = spreads(torch.from_numpy(share), everybody).numpy()
    spread = own[np.unique(faces.person)].mean(0)
    marks = faces.sparse(rows).astype(np.float64)
    each = own / spread
    if _left_over(marks, each[faces.person[rows]], rank) < _left_over(marks, 1.0, rank):
        return Size(share, spread, each)
    return Size(share, spread, np.ones_like(each))


def no_size(faces: DenseFaces) -> Size:
    """Give everybody proportions of one."""
    count = len(faces.landmarks)
    return Size(np.full((3, count), 1.0 / count), np.ones(3), np.ones((len(faces.neutrals), 3)))


def _left_over(marks: Array, size: Array | float, rank: int) -> float:
    """Mean square, mm^2, of displacements (N, M, 3) outside their `rank` common directions."""
    size = np.reshape(size, (-1, 1, 3)) if isinstance(size, np.ndarray) else size
    moved = (marks / size).reshape(len(marks), -1)
    into, _ = directions(moved, rank)
    off = (moved - moved @ into.T @ into).reshape(marks.shape) * size
    return float(np.mean(off**2))


def spreads(share: Tensor, neutral: Tensor) -> Tensor:
    """Measure weighted deviations (S, 3) of landmarks (S, M, 3) along x, y, z; share (3, M)."""
    weight = share.T
    centered = neutral - (weight * neutral).sum(1, keepdim=True)
    return (weight * centered**2).sum(1).sqrt()


def fit_share(faces: DenseFaces, rows: Ids, rank: int) -> Array:
    """Find which landmarks' spread best makes everybody's motion alike: (3, M).

    The share is what leaves the least of the displacements, divided by proportions, outside `rank`
    common directions: found in turns, the directions from the share and the share from the
    directions.
    """
    marks = torch.from_numpy(faces.sparse(rows).astype(np.float64))
    people, owner = np.unique(faces.person[rows], return_inverse=True)
    neutral = torch.from_numpy(faces.neutrals[people][:, faces.landmarks].astype(np.float64))
    index = torch.from_numpy(owner)
    free = torch.zeros(3, neutral.shape[1], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([free], lr=0.1)
    top = min(rank, marks[0].numel())
    for _ in range(ROUNDS if top else 0):
        with torch.no_grad():
            into = _top((marks / _sizes(free, neutral)[index][:, None]).flatten(1), top)
        for _ in range(STEPS):
            size = _sizes(free, neutral)[index][:, None]
            moved = (marks / size).flatten(1)
            off = (moved - moved @ into.T @ into).view_as(marks) * size
            loss = off.square().mean().clamp_min(1e-300).log()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return np.asarray(free.detach().softmax(-1).numpy())


def _sizes(free: Tensor, neutral: Tensor) -> Tensor:
    own = spreads(free.softmax(-1), neutral)
    return own / own.mean(0)


def directions(marks: Array, rank: int) -> tuple[Array, Array]:
    """Find orthonormal directions (K, 3M) of displacements (N, 3M), strongest first.

    Beside them the variance (K,) mm^2 along each; K <= rank, without those that hold rounding
    only.
    """
    values, vectors = np.linalg.eigh(marks.T @ marks / len(marks))
    values, vectors = values[::-1][:rank], vectors[:, ::-1][:, :rank]
    real = values > WEAKEST * max(values[:1].sum(), 1e-30)
    return vectors.T[real], values[real]


def _top(marks: Tensor, rank: int) -> Tensor:
    _, vectors = torch.linalg.eigh(marks.T @ marks)
    return cast(Tensor, vectors[:, -rank:].T)


def _modes(faces: DenseFaces, rows: Ids, size: Array, along: Array, variance: Array) -> Array:
    """(K, 3V) least squares from coordinates (N, K) to displacements over proportions."""
    product = np.zeros((along.shape[1], faces.rest.size))
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        dense = faces.dense(part) / size[faces.person[part]][:, None]
        product += along[start : start + CHUNK].T @ dense.reshape(len(part), -1)
    return np.asarray(product / len(rows) / variance[:, None])


def _some(rng: np.random.Generator, faces: DenseFaces, count: int) -> Ids:
    return np.sort(rng.choice(len(faces), min(count, len(faces)), replace=False))
