"""Iris and pupil for eyeballs that carry no texture of their own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Floats

REACH = 75.0  # degrees from the gaze axis at the border of the texture
IRIS, PUPIL = 24.0, 10.0  # degrees; a 12 mm iris on an eyeball somewhat larger than life
Image = NDArray[np.uint8]

_SCLERA = np.array([244, 240, 236], dtype=np.float64)
_VEIN = np.array([226, 196, 188], dtype=np.float64)
_IRIS_IN, _IRIS_OUT = np.array([128, 100, 66.0]), np.array([74, 88, 92.0])
_DARK = np.array([16, 13, 13], dtype=np.float64)


def eyeball_center(points: Floats) -> NDArray[np.float64]:
    """(3,) centre of the sphere that fits points (N, 3) best; part of a sphere will do."""
    at = np.asarray(points, dtype=np.float64)
    middle = at.mean(axis=0)
    at = at - middle
    system = np.column_stack([2 * at, np.ones(len(at))])
    solution, *_ = np.linalg.lstsq(system, (at**2).sum(axis=1), rcond=None)
    return np.asarray(solution[:3] + middle)


def eye_coordinates(points: Floats) -> Floats:
    """(N, 2) texture coordinates of an eyeball's rest vertices (N, 3).

    The angle from the gaze axis (+z at rest) is the distance from the middle of the texture,
    so that the coarse triangles of an eyeball still show a round iris.
    """
    away = np.asarray(points, dtype=np.float64) - eyeball_center(points)
    flat = np.hypot(away[:, 0], away[:, 1])
    angle = np.degrees(np.arctan2(flat, away[:, 2]))
    radius = np.minimum(angle / REACH, 2.0) / 2
    outward = away[:, :2] / np.maximum(flat, 1e-9)[:, None]
    return np.asarray(0.5 + radius[:, None] * outward, dtype=np.float32)


def eye_texture(size: int = 512) -> Image:
    """(size, size, 3): pupil, iris with fibres and a dark limbus, sclera."""
    line = (np.arange(size) + 0.5) / size * 2 - 1
    x, y = np.meshgrid(line, line)
    angle, turn = np.hypot(x, y) * REACH, np.arctan2(y, x)
    color = _SCLERA + (_VEIN - _SCLERA) * _ramp(angle, 38, REACH)[..., None]
    color = _mix(color, _iris(angle, turn), 1 - _ramp(angle, IRIS - 1.4, IRIS + 1.0))
    color = _mix(color, _DARK, 1 - _ramp(angle, PUPIL - 0.8, PUPIL + 0.6))
    return np.asarray(np.clip(color, 0, 255), dtype=np.uint8)


def _iris(angle: NDArray[np.float64], turn: NDArray[np.float64]) -> NDArray[np.float64]:
    """Colour of the iris at (..., 3): warm around the pupil, fibres, a dark rim."""
    color = _mix(
        np.broadcast_to(_IRIS_IN, (*angle.shape, 3)), _IRIS_OUT, _ramp(angle, PUPIL, IRIS - 6)
    )
    chance = np.random.default_rng(7)
    fibres = sum(
        np.cos(k * turn + phase) for k, phase in zip((17, 29, 43, 61), chance.uniform(0, 6, 4), strict=True)
    )
    color = color * (1 + 0.07 * np.asarray(fibres))[..., None]
    return np.asarray(color * (1 - 0.62 * _ramp(angle, IRIS - 5, IRIS))[..., None])


def _ramp(value: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """0 below low, 1 above high, smooth between."""
    share = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share))


def _mix(
    one: NDArray[np.float64], other: NDArray[np.float64], share: NDArray[np.float64]
) -> NDArray[np.float64]:
    return one + (other - one) * share[..., None]
