"""Noise that wanders: what no face is without."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def wandering(
    rng: np.random.Generator, frames: int, sigma: float, channels: int
) -> NDArray[np.float64]:
    """Draw noise of unit deviation that wanders over `sigma` frames: (T, C), C channels."""
    from scipy.ndimage import gaussian_filter1d

    white = rng.normal(size=(frames + int(8 * sigma), channels))
    # A Gaussian of width sigma leaves white noise this much deviation.
    gain = np.sqrt(2.0 * np.sqrt(np.pi) * sigma)
    return np.asarray(gaussian_filter1d(white, sigma, axis=0)[int(4 * sigma) :][:frames] * gain)


def smoothed(rows: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """Smooth rows (T, ...) over time by a Gaussian of `sigma` frames."""
    from scipy.ndimage import gaussian_filter1d

    return np.asarray(gaussian_filter1d(rows, sigma, axis=0, mode="nearest"))
