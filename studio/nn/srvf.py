"""Square-root velocity functions of curves, and the sphere they lie on (paper 003, section 3.1).

A curve of T points in R^C has S = T - 1 steps d_s. Its length is l = sum |d_s|; its direction is

    q_s = d_s / sqrt(|d_s| l)                 (..., S, C), sum of squares 1

which is the paper's q(t) scaled to norm 1 (eq. 1), with the square root of the time step kept in
each sample: inner products are then plain sums whatever S is, and zeros appended to a direction
change nothing. All maps can be differentiated; pass double precision where round trips matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

_SMALL = 1e-8  # squared angles below it take the series
_ANTIPODE = 1e-12  # sines below it, on the far side, have no direction of their own


@dataclass(frozen=True, eq=False)
class Srvf:
    """A motion apart from where it starts.

    Attributes
    ----------
    direction
        (..., S, C) of norm 1, or all zero where nothing moves.
    length
        (...) how far the curve goes, in its own unit (mm).
    duration
        (...) in seconds.
    """

    direction: Tensor
    length: Tensor
    duration: Tensor


def encode(curve: Tensor, fps: float = 30.0, *, least: float = 0.0) -> Srvf:
    """Read the motion of curves (..., T, C), T at least 2.

    Parameters
    ----------
    curve : (..., T, C)
    fps : frames per second
    least : for gradients, which have no bound where q is 0: slower than this, in units a frame,
        a step counts for less in the direction, whose norm stays 1
    """
    steps = curve.diff(dim=-2)
    speed = _norm(steps, -1)  # (..., S, 1)
    length = speed.sum((-2, -1))
    tiny = torch.finfo(curve.dtype).tiny
    soft = (steps.square().sum(-1, keepdim=True) + least**2).sqrt() if least > 0 else speed
    direction = steps / (soft * length[..., None, None]).clamp_min(tiny).sqrt()
    if least > 0:
        direction = direction / _spread(inner(direction, direction).clamp_min(tiny).sqrt())
    return Srvf(direction, length, torch.full_like(length, steps.shape[-2] / fps))


def decode(direction: Tensor, length: Tensor | float = 1.0) -> Tensor:
    """Decode curves (..., S + 1, C) that start at zero (eq. 5), of directions and lengths (...).

    The directions are of unit norm.
    """
    size = torch.as_tensor(length, dtype=direction.dtype, device=direction.device)
    steps = direction * _norm(direction, -1) * size[..., None, None]
    return torch.cat([torch.zeros_like(steps[..., :1, :]), steps.cumsum(-2)], dim=-2)


def retimed(direction: Tensor, steps: int) -> Tensor:
    """Resample paths (..., S, C) to (..., N, C), N = `steps` equal time steps, linear in between.

    The path is scaled to length 1 again where a coarse grid cuts its corners.
    """
    curve = decode(direction)
    at = torch.linspace(0, direction.shape[-2], steps + 1, dtype=torch.float64)
    low = at.floor().long().clamp_max(direction.shape[-2] - 1)
    share = (at - low).to(curve)[:, None]
    low = low.to(curve.device)
    path = curve.index_select(-2, low) * (1 - share) + curve.index_select(-2, low + 1) * share
    return encode(path).direction


def inner(first: Tensor, second: Tensor) -> Tensor:
    """Compute inner products (...) of (..., S, C)."""
    return (first * second).sum((-2, -1))


def tangent(point: Tensor, vector: Tensor) -> Tensor:
    """Take the part of vectors (..., S, C) that is tangent to the sphere at points (..., S, C)."""
    return vector - _spread(inner(point, vector)) * point


def exp_map(point: Tensor, vector: Tensor) -> Tensor:
    """Follow the geodesic from a point (..., S, C) along a tangent vector (..., S, C) to time 1."""
    square = inner(vector, vector)
    near = square < _SMALL
    angle = torch.where(near, torch.ones_like(square), square).sqrt()
    cosine = torch.where(near, 1 - square / 2 + square**2 / 24, angle.cos())
    sinc = torch.where(near, 1 - square / 6 + square**2 / 120, angle.sin() / angle)
    return _spread(cosine) * point + _spread(sinc) * vector


def log_map(point: Tensor, other: Tensor) -> Tensor:
    """Find the tangent vector at a point (..., S, C) whose geodesic reaches the other at time 1.

    Its norm is the angle, from atan2, so it is exact near 0 and near pi. From a point to its
    antipode all ways are as long: a fixed one is taken.
    """
    cosine, across, square = _parts(point, other)
    near = (square < _SMALL) & (cosine > 0)
    sine = torch.where(near, torch.ones_like(square), square).sqrt().clamp_min(_ANTIPODE)
    series = 1 + square / 6 + 3 * square**2 / 40
    vector = _spread(torch.where(near, series, torch.atan2(sine, cosine) / sine)) * across
    opposite = (square <= _ANTIPODE**2) & (cosine < 0)
    if bool(opposite.any()):
        vector = torch.where(_spread(opposite), torch.pi * _any_way(point), vector)
    return vector


def distance(first: Tensor, second: Tensor) -> Tensor:
    """Measure the angle, 0..pi, between points (..., S, C) of the sphere."""
    cosine, _, square = _parts(first, second)
    return torch.atan2(square.sqrt(), cosine)


def geodesic(first: Tensor, second: Tensor, share: float | Tensor) -> Tensor:
    """Go a share of the way from the first point (..., S, C) to the second, 0..1, the shortest way.

    Where one direction is zero (nothing moves), the other's is taken as it is.
    """
    still, other = inner(first, first) == 0, inner(second, second) == 0
    start = torch.where(_spread(still), second, first)
    end = torch.where(_spread(other), first, second)
    along = torch.as_tensor(share, dtype=first.dtype, device=first.device)
    along = along[..., None, None] if along.dim() else along
    return exp_map(start, along * log_map(start, end))


def between(first: Srvf, second: Srvf, share: float) -> Srvf:
    """Go a share of the way from one motion to another, both of the same S.

    Directions go along the geodesic, lengths and durations in equal ratios.
    """
    direction = geodesic(first.direction, second.direction, share)

    def mixed(a: Tensor, b: Tensor) -> Tensor:
        tiny = torch.finfo(a.dtype).tiny
        ratio = a.clamp_min(tiny).pow(1 - share) * b.clamp_min(tiny).pow(share)
        return torch.where((a > 0) & (b > 0), ratio, (1 - share) * a + share * b)

    return Srvf(
        direction, mixed(first.length, second.length), mixed(first.duration, second.duration)
    )


def karcher_mean(points: Tensor, *, steps: int = 100, tolerance: float = 1e-10) -> Tensor:
    """Find the point (S, C) of the sphere with the least sum of squared angles to points (N, S, C).

    Unique where the points lie within a half sphere (Karcher 1977); starts at the mean scaled to
    norm 1 and follows the mean tangent vector.
    """
    mean = points.mean(0)
    size = mean.norm()
    mean = mean / size if float(size) > tolerance else points[0]
    for _ in range(steps):
        move = log_map(mean.expand_as(points), points).mean(0)
        mean = exp_map(mean, move)
        mean = mean / mean.norm()
        if float(move.norm()) < tolerance:
            break
    return mean


def _parts(point: Tensor, other: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Cosine (...), the part of `other` across `point` (..., S, C), and its squared norm (...)."""
    cosine = inner(point, other)
    across = other - _spread(cosine) * point
    # Once more, for near 0 and near pi the first difference keeps some of the point.
    across = tangent(point, across)
    return cosine, across, inner(across, across)


def _any_way(point: Tensor) -> Tensor:
    """Give a fixed unit tangent vector: along the axis where the point has the least."""
    flat = point.flatten(-2)
    axis = torch.zeros_like(flat).scatter_(-1, flat.abs().argmin(-1, keepdim=True), 1.0)
    way = tangent(point, axis.view_as(point))
    return way / _spread(inner(way, way).sqrt())


def _norm(x: Tensor, dim: int) -> Tensor:
    """Norms with a gradient of zero at zero."""
    square = (x * x).sum(dim, keepdim=True)
    moving = square > 0
    return torch.where(moving, torch.where(moving, square, torch.ones_like(square)).sqrt(), 0.0)


def _spread(number: Tensor) -> Tensor:
    return number[..., None, None]
