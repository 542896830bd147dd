"""Figures of generated motion: closeness to real motion, variety, smoothness, stillness."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import pdist

from studio.core.alignment import apply_rigid, rigid_alignment
from studio.core.sequence import Floats

Array = NDArray[np.float64]
Ids = NDArray[np.int64]


def frechet_distance(first: Array, second: Array) -> float:
    """Compute the FID of features (N, F) and (M, F): the distance of the Gaussians fitted to both.

    Grows as the sets get smaller, so only figures of like sizes compare.
    """
    gap = first.mean(axis=0) - second.mean(axis=0)
    one, two = np.cov(first, rowvar=False), np.cov(second, rowvar=False)
    values, vectors = np.linalg.eigh(one)
    root = (vectors * np.sqrt(np.clip(values, 0.0, None))) @ vectors.T
    # The eigenvalues of one @ two, from a symmetric product.
    shared = np.sqrt(np.clip(np.linalg.eigvalsh(root @ two @ root), 0.0, None)).sum()
    return float(max(gap @ gap + np.trace(one) + np.trace(two) - 2.0 * shared, 0.0))


def kernel_distance(
    first: Array, second: Array, *, size: int = 100, subsets: int = 100, seed: int = 0
) -> tuple[float, float]:
    """Compute the KID of features (N, F) and (M, F): mean and standard error over random subsets.

    Squared maximum mean discrepancy, unbiased, with the kernel (x.y / F + 1)^3 (Binkowski et al.
    2018, section 4): comparable between sets of any size. Sets that hold the same number of clips
    of each label are closer than chance would make them, so like ones come out below 0; subsets of
    small sets overlap, so the error tells little of other sets.
    """
    rng = np.random.default_rng(seed)
    size = min(size, len(first), len(second))
    values = [
        _squared_discrepancy(
            first[rng.permutation(len(first))[:size]], second[rng.permutation(len(second))[:size]]
        )
        for _ in range(subsets)
    ]
    return float(np.mean(values)), float(np.std(values) / np.sqrt(subsets))


def _squared_discrepancy(first: Array, second: Array) -> float:
    def kernel(a: Array, b: Array) -> Array:
        return np.asarray((a @ b.T / a.shape[1] + 1.0) ** 3)

    def mean_of_pairs(square: Array) -> float:
        n = len(square)
        return float((square.sum() - np.trace(square)) / (n * (n - 1)))

    within = mean_of_pairs(kernel(first, first)) + mean_of_pairs(kernel(second, second))
    return within - 2.0 * float(kernel(first, second).mean())


def diversity(features: Array, label: Ids) -> float:
    """Average the distance between clips of one label over the labels that have two.

    The features are (N, F), the labels (N,).
    """
    each = [
        float(pdist(features[label == k]).mean())
        for k in np.unique(label)
        if (label == k).sum() > 1
    ]
    return float(np.mean(each))


def jerk(vertices: Floats, fps: float) -> float:
    """Average the norm of the third difference in time of (T, V, 3), mm / s^3; T at least 4."""
    third = np.diff(vertices, n=3, axis=0)
    return float(np.linalg.norm(third, axis=-1).mean() * fps**3)


def rigid_drift(vertices: Floats, rigid: NDArray[np.bool_]) -> float:
    """Measure how far, in mm on average, what should not move does.

    The head is laid on the first frame before: vertices (T, V, 3), mask (V,).
    """
    still = vertices[:, rigid]
    laid = apply_rigid(still, *rigid_alignment(still, still[0]))
    return float(np.linalg.norm(laid - still[0], axis=-1).mean())


def fast_share(curves: Floats, fps: float, above: float = 5.0) -> float:
    """Find the share of the power of the speed of curves (T, D) above a frequency in Hz."""
    speed = np.diff(curves.astype(np.float64), axis=0)
    speed -= speed.mean(axis=0)
    window = np.hanning(len(speed))[:, None]
    power = (np.abs(np.fft.rfft(speed * window, axis=0)) ** 2).sum(axis=1)
    fast = np.fft.rfftfreq(len(speed), 1.0 / fps) > above
    return float(power[fast].sum() / max(power.sum(), 1e-12))


def motion_distance(first: Floats, second: Floats) -> float:
    """Average the distance in mm between two motions (T, V, 3) of the same length."""
    return float(np.linalg.norm(first - second, axis=-1).mean())
