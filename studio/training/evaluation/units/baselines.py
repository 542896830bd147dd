"""Simpler ways to read action units: the rig solved frame by frame, and what calms its answer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.signal import savgol_filter

from studio.core.sequence import Doubles, Floats
from studio.core.unit_tracks import MOST
from studio.face.action_units import shape_matrix
from studio.face.bounded import bounded
from studio.face.rig import ARKIT, load_rig

Way = Callable[[Doubles, float], Doubles]

_HELD = 1e-3  # of the mean square, that keeps directions apart which move the same skin
_CUTOFF_HZ, _SPEED = 1.0, 0.5  # of the One-Euro filter, as its authors begin
_SPEED_HZ = 1.0
_WINDOW_S, _ORDER = 0.25, 2  # of the Savitzky-Golay filter


class RigSolve:
    """Bounded least squares for the units of each frame on its own.

    Parameters
    ----------
    vertices : (K,)
        The points.
    """

    def __init__(self, vertices: np.ndarray) -> None:
        actions = load_rig().actions[:, vertices].reshape(len(ARKIT), -1).astype(np.float64)
        self._basis = shape_matrix() @ actions  # (N, 3 K)
        gram = self._basis @ self._basis.T
        self._gram = gram + _HELD * np.trace(gram) / len(gram) * np.eye(len(gram))

    def __call__(self, moved: Floats) -> Doubles:
        """Solve displacements (T, K, 3) in mm: intensities (T, N)."""
        wanted = moved.reshape(len(moved), -1).astype(np.float64) @ self._basis.T
        return MOST * bounded(self._gram, wanted, 0.0, 1.0)


def as_it_is(values: Doubles, _fps: float) -> Doubles:
    """Leave values (T, N) as they are."""
    return values


def one_euro(values: Doubles, fps: float) -> Doubles:
    """Calm values (T, N) by the One-Euro filter (Casiez, Roussel and Vogel 2012), causally."""
    out = values.copy()
    speed = np.zeros(values.shape[1])
    share = _share(np.full(values.shape[1], _SPEED_HZ), fps)
    for frame in range(1, len(values)):
        speed += share * ((values[frame] - out[frame - 1]) * fps - speed)
        own = _share(_CUTOFF_HZ + _SPEED * np.abs(speed), fps)
        out[frame] = out[frame - 1] + own * (values[frame] - out[frame - 1])
    return out


def _share(cutoff: Doubles, fps: float) -> Doubles:
    step = 2.0 * np.pi * cutoff / fps
    return np.asarray(step / (step + 1.0))


def savitzky_golay(values: Doubles, fps: float) -> Doubles:
    """Fit a parabola to a quarter of a second around each frame of values (T, N)."""
    width = max(2 * round(_WINDOW_S * fps / 2) + 1, 5)
    if len(values) < width:
        return values
    return np.asarray(savgol_filter(values, width, _ORDER, axis=0, mode="nearest"))


WAYS: dict[str, Way] = {
    "rig solve": as_it_is,
    "rig solve, One-Euro": one_euro,
    "rig solve, Savitzky-Golay": savitzky_golay,
}
GAINS = "rig solve, gain a unit"


def gains(solved: Doubles, wanted: Doubles) -> Doubles:
    """Find the gain of each unit (N,) that brings solved (T, N) nearest to what is shown."""
    power = (solved * solved).sum(axis=0)
    return np.asarray((solved * wanted).sum(axis=0) / np.maximum(power, 1e-9))
