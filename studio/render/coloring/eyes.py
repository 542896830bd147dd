"""Iris and pupil for eyeballs that carry no texture of their own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.core.geometry import smoothstep
from studio.core.sequence import Floats

REACH = 75.0  # degrees from the gaze axis at the border of the texture
IRIS, PUPIL = 24.0, 10.0  # degrees; a 12 mm iris on an eyeball somewhat larger than life
GLINT = (-6.5, 5.0)  # degrees to the right and up
Image = NDArray[np.uint8]

_SCLERA = np.array([244, 240, 236], dtype=np.float32)
_VEIN = np.array([226, 196, 188], dtype=np.float32)
_IRIS_IN = np.array([128, 100, 66], dtype=np.float32)
_IRIS_OUT = np.array([74, 88, 92], dtype=np.float32)
_WHITE = np.array([252, 252, 252], dtype=np.float32)
_DARK = np.array([16, 13, 13], dtype=np.float32)


def eyeball_center(points: Floats) -> NDArray[np.float64]:
    """Find the center (3,) of the sphere that fits points (N, 3) best; part of a sphere will do."""
    at = np.asarray(points, dtype=np.float32)
    middle = at.mean(axis=0)
    at = at - middle
    system = np.column_stack([2 * at, np.ones(len(at))])
    solution, *_ = np.linalg.lstsq(system, (at**2).sum(axis=1), rcond=None)
    return np.asarray(solution[:3] + middle)


def eye_coordinates(points: Floats) -> Floats:
    """Make texture coordinates (N, 2) of an eyeball's rest vertices (N, 3).

    The angle from the gaze axis (+z at rest) is the distance from the middle of the texture, so
    that the coarse triangles of an eyeball still show a round iris.
    """
    away = np.asarray(points, dtype=np.float64) - eyeball_center(points)
    flat = np.hypot(away[:, 0], away[:, 1])
    angle = np.degrees(np.arctan2(flat, away[:, 2]))
    radius = np.minimum(angle / REACH, 2.0) / 2
    outward = away[:, :2] / np.maximum(flat, 1e-9)[:, None]
    return np.asarray(0.5 + radius[:, None] * outward, dtype=np.float32)


def eye_texture(size: int = 512, *, glint: bool = True) -> Image:
    """Paint pupil, iris with fibers and a dark limbus, and sclera: (size, size, 3).

    Parameters
    ----------
    glint
        Whether the key light is mirrored in it, for eyes that have no catch light of their own.
    """
    line = (np.arange(size, dtype=np.float32) + np.float32(0.5)) / size * 2 - 1
    x, y = np.meshgrid(line, line)
    angle: Floats = (np.hypot(x, y) * REACH).astype(np.float32)
    turn: Floats = np.arctan2(y, x).astype(np.float32)
    color = _SCLERA + (_VEIN - _SCLERA) * _ramp(angle, 38, REACH)[..., None]
    color = _mix(color, _iris(angle, turn), 1 - _ramp(angle, IRIS - 1.4, IRIS + 1.0))
    color = _mix(color, _DARK, 1 - _ramp(angle, PUPIL - 0.8, PUPIL + 0.6))
    if not glint:
        return np.asarray(np.clip(color, 0, 255), dtype=np.uint8)
    # A texture multiplies light, so none would show on a dark pupil.
    away: Floats = np.hypot(x * REACH - GLINT[0], y * REACH - GLINT[1]).astype(np.float32)
    color = _mix(color, _WHITE, 0.9 * (1 - _ramp(away, 1.6, 4.0)))
    return np.asarray(np.clip(color, 0, 255), dtype=np.uint8)


def _iris(angle: Floats, turn: Floats) -> Floats:
    """Color of the iris at (..., 3): warm around the pupil, fibres, a dark rim."""
    color = _mix(
        np.broadcast_to(_IRIS_IN, (*angle.shape, 3)), _IRIS_OUT, _ramp(angle, PUPIL, IRIS - 6)
    )
    chance = np.random.default_rng(7)
    fibres = sum(
        np.cos(k * turn + phase)
        for k, phase in zip((17, 29, 43, 61), chance.uniform(0, 6, 4).tolist(), strict=True)
    )
    rim = 1 - 0.62 * _ramp(angle, IRIS - 5, IRIS)
    shade = (1 + 0.07 * np.asarray(fibres, dtype=np.float32)) * rim
    return np.asarray(color * shade[..., None], dtype=np.float32)


def _ramp(value: Floats, low: float, high: float) -> Floats:
    """0 below low, 1 above high, smooth between."""
    return smoothstep((value - low) / (high - low))


def _mix(one: Floats, other: Floats, share: Floats) -> Floats:
    return one + (other - one) * share[..., None]
