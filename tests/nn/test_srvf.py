"""Laws of square-root velocity functions and of the sphere they lie on."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from studio.nn.srvf import (
    between,
    decode,
    distance,
    encode,
    exp_map,
    geodesic,
    inner,
    karcher_mean,
    log_map,
    retimed,
    tangent,
)

SEEDS = st.integers(0, 10_000)


def walk(frames: int, seed: int, channels: int = 204, batch: tuple[int, ...] = ()) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    steps = torch.randn(*batch, frames, channels, generator=generator, dtype=torch.float64)
    curve = steps.cumsum(-2)
    return curve - curve[..., :1, :]


def point(seed: int, *shape: int) -> Tensor:
    x = torch.randn(
        *(shape or (9, 6)), generator=torch.Generator().manual_seed(seed), dtype=torch.float64
    )
    return x / inner(x, x).sqrt()[..., None, None]


def test_a_long_curve_comes_back_as_it_was() -> None:
    curve = walk(400, 0)
    code = encode(curve)
    assert (decode(code.direction, code.length) - curve).abs().max() < 1e-10
    assert float(inner(code.direction, code.direction)) == pytest.approx(1.0, abs=1e-12)


@given(SEEDS, st.integers(2, 40))
def test_curves_that_stand_still_for_a_while_come_back_too(seed: int, frames: int) -> None:
    curve = walk(frames, seed, 5)
    curve[frames // 2 :] = curve[frames // 2].clone()
    code = encode(curve)
    torch.testing.assert_close(decode(code.direction, code.length), curve, atol=1e-12, rtol=1e-12)


def test_nothing_that_moves_is_a_direction_of_zero() -> None:
    code = encode(torch.ones(7, 3, dtype=torch.float64))
    assert not code.direction.any() and float(code.length) == 0.0
    assert not decode(code.direction, code.length).any()
    assert not retimed(code.direction, 12).any()


def test_length_and_duration_are_kept_beside_the_direction() -> None:
    curve = walk(31, 1)
    once, twice = encode(curve, 30.0), encode(3.0 * curve, 60.0)
    torch.testing.assert_close(once.direction, twice.direction)
    assert float(twice.length / once.length) == pytest.approx(3.0)
    assert (float(once.duration), float(twice.duration)) == pytest.approx((1.0, 0.5))
    assert float(once.length) == pytest.approx(float(curve.diff(dim=0).norm(dim=1).sum()))


@given(SEEDS, st.integers(1, 80))
def test_the_length_of_a_motion_does_not_depend_on_the_number_of_frames(
    seed: int, steps: int
) -> None:
    code = encode(walk(17, seed, 6))
    path = decode(retimed(code.direction, steps), code.length)
    assert path.shape == (steps + 1, 6)
    assert float(path.diff(dim=0).norm(dim=1).sum()) == pytest.approx(float(code.length))


def test_more_frames_through_the_same_points_are_the_same_path() -> None:
    code = encode(walk(11, 2, 6))
    fine = decode(retimed(code.direction, 40), code.length)
    torch.testing.assert_close(fine[::4], decode(code.direction, code.length))
    torch.testing.assert_close(retimed(retimed(code.direction, 40), 10), code.direction)


@given(SEEDS)
def test_exp_undoes_log_and_log_undoes_exp(seed: int) -> None:
    p, q = point(seed), point(seed + 1)
    v = log_map(p, q)
    torch.testing.assert_close(exp_map(p, v), q, atol=1e-13, rtol=1e-12)
    torch.testing.assert_close(log_map(p, exp_map(p, v)), v, atol=1e-12, rtol=1e-12)
    assert abs(float(inner(p, v))) < 1e-14
    assert float(inner(v, v).sqrt()) == pytest.approx(float(distance(p, q)), abs=1e-13)


@pytest.mark.parametrize("angle", [1e-15, 1e-9, 1e-5, 1e-4, 0.1, 3.0])
def test_the_angle_is_exact_near_zero(angle: float) -> None:
    p = point(3)
    way = tangent(p, point(4))
    v = angle * way / inner(way, way).sqrt()
    back = log_map(p, exp_map(p, v))
    assert float((back - v).norm()) < 1e-15 + 1e-12 * angle
    assert float(distance(p, exp_map(p, v))) == pytest.approx(angle, rel=1e-6, abs=1e-15)


@pytest.mark.parametrize("short", [1e-3, 1e-6, 1e-9, 0.0])
def test_the_angle_is_exact_near_pi(short: float) -> None:
    p = point(5)
    way = tangent(p, point(6))
    q = exp_map(p, (math.pi - short) * way / inner(way, way).sqrt())
    v = log_map(p, q)
    assert float(inner(v, v).sqrt()) == pytest.approx(math.pi - short, abs=1e-12)
    assert float((exp_map(p, v) - q).norm()) < 1e-12
    assert abs(float(inner(p, v))) < 1e-6


def test_the_antipode_has_a_way_to_it_of_length_pi() -> None:
    p = torch.zeros(2, 3, dtype=torch.float64)
    p[0, 0] = 1.0
    v = log_map(p, -p)
    assert float(inner(v, v).sqrt()) == pytest.approx(math.pi)
    assert float(inner(p, v)) == 0.0
    torch.testing.assert_close(exp_map(p, v), -p, atol=1e-15, rtol=0)


@pytest.mark.parametrize("angle", [0.0, 1e-7, 1.0])
def test_both_maps_have_finite_right_gradients(angle: float) -> None:
    p = point(7)
    way = tangent(p, point(8))
    v = (angle * way / inner(way, way).sqrt()).requires_grad_()
    back = inner(log_map(p, exp_map(p, v)), way)
    (gradient,) = torch.autograd.grad(back, v)
    torch.testing.assert_close(tangent(p, gradient), way, atol=1e-6, rtol=1e-6)


def test_the_curve_can_be_differentiated_where_nothing_moves() -> None:
    q = torch.zeros(5, 3, dtype=torch.float64, requires_grad=True)
    decode(q, 2.0).sum().backward()
    assert q.grad is not None and q.grad.isfinite().all()


@given(SEEDS)
def test_a_geodesic_runs_from_end_to_end_at_even_speed(seed: int) -> None:
    p, q = point(seed), point(seed + 1)
    torch.testing.assert_close(geodesic(p, q, 0.0), p, atol=1e-14, rtol=0)
    torch.testing.assert_close(geodesic(p, q, 1.0), q, atol=1e-13, rtol=0)
    whole = float(distance(p, q))
    for share in (0.25, 0.5, 0.8):
        x = geodesic(p, q, share)
        assert float(inner(x, x)) == pytest.approx(1.0, abs=1e-12)
        assert float(distance(p, x)) == pytest.approx(share * whole, abs=1e-12)
        assert float(distance(x, q)) == pytest.approx((1 - share) * whole, abs=1e-12)


def test_a_batch_of_shares_is_a_batch_of_points() -> None:
    p, q = point(1), point(2)
    shares = torch.tensor([0.0, 0.3, 1.0], dtype=torch.float64)
    path = geodesic(p.expand(3, -1, -1), q.expand(3, -1, -1), shares)
    for k in range(3):
        torch.testing.assert_close(path[k], geodesic(p, q, float(shares[k])))


def test_between_two_motions_lengths_and_durations_go_in_equal_ratios() -> None:
    first, second = encode(walk(20, 3, 6), 30.0), encode(4.0 * walk(20, 4, 6), 15.0)
    middle = between(first, second, 0.5)
    assert float(middle.length) ** 2 == pytest.approx(float(first.length * second.length))
    assert float(middle.duration) ** 2 == pytest.approx(float(first.duration * second.duration))
    torch.testing.assert_close(between(first, second, 0.0).direction, first.direction)
    still = encode(torch.zeros(20, 6, dtype=torch.float64), 30.0)
    half = between(still, second, 0.5)
    torch.testing.assert_close(half.direction, second.direction)
    assert float(half.length) == pytest.approx(0.5 * float(second.length))


def test_the_karcher_mean_of_a_symmetric_set_is_its_center() -> None:
    p = point(9)
    ways = torch.stack([tangent(p, point(k)) for k in range(20, 26)])
    ways = torch.cat([ways, -ways])
    points = exp_map(p.expand_as(ways), ways)
    torch.testing.assert_close(karcher_mean(points), p, atol=1e-9, rtol=0)


def test_at_the_karcher_mean_the_tangent_vectors_add_up_to_nothing() -> None:
    center = point(10)
    near = torch.stack([0.7 * tangent(center, point(k)) for k in range(30, 45)])
    points = exp_map(center.expand_as(near), near)
    mean = karcher_mean(points)
    assert float(log_map(mean.expand_as(points), points).mean(0).norm()) < 1e-9
    torch.testing.assert_close(karcher_mean(points.flip(0)), mean, atol=1e-9, rtol=0)


def test_zeros_appended_to_a_direction_change_nothing() -> None:
    p, q = point(11), point(12)

    def longer(x: Tensor) -> Tensor:
        return torch.cat([x, torch.zeros(4, 6, dtype=x.dtype)])

    torch.testing.assert_close(log_map(longer(p), longer(q)), longer(log_map(p, q)))
    torch.testing.assert_close(distance(longer(p), longer(q)), distance(p, q))
