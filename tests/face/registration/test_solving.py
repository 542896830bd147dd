"""Weights that went into a face's own shapes come out of its motion again, and move the rig."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.core import InputError
from studio.core.alignment import undo_rigid
from studio.core.sequence import Floats
from studio.face.bounded import bounded, partly_bounded
from studio.face.registration.carrying.solving import on_rig, solved
from studio.face.registration.shapes import FaceShapes, Index
from studio.face.rig import ARKIT, ARKIT_INDEX, head_rotation, load_rig
from tests.face.foreign import foreign_mesh, foreign_shapes, order, registered

CHANCE = np.random.default_rng(5)
FRAMES = 10


def shapes_of(used: slice | Index = slice(0, None, 3)) -> FaceShapes:
    """Take the rig's own actions on some vertices, without one of them."""
    rig = load_rig()
    deltas = rig.actions[:, used].copy()
    deltas[ARKIT_INDEX["tongueOut"]] = 0.0
    return FaceShapes(rig.rest[used].copy(), np.zeros((0, 3), np.int32), deltas)


def drawn(shapes: FaceShapes) -> Floats:
    """Draw weights (T, 52) of the shapes there are; the first frame is at rest."""
    weights = CHANCE.uniform(0.0, 1.0, (FRAMES, len(ARKIT))).astype(np.float32)
    weights *= CHANCE.random(weights.shape) < 0.3
    weights[0] = 0.0
    return np.asarray(weights * np.isin(ARKIT, shapes.names))


def shaken(frames: Floats) -> Floats:
    turn = head_rotation(CHANCE.uniform(-15, 15, (len(frames), 3)))
    return undo_rigid(frames, turn, CHANCE.uniform(-9, 9, (len(frames), 3)))


def test_weights_come_back() -> None:
    shapes = shapes_of()
    weights = drawn(shapes)
    played = shapes.played(weights)
    np.testing.assert_array_equal(played[0], shapes.neutral)
    np.testing.assert_allclose(solved(shapes, played).weights, weights, atol=0.01)
    moved = solved(shapes, shaken(played))
    np.testing.assert_allclose(moved.weights, weights, atol=0.02)
    assert moved.explains and moved.left < 0.01 < 1 < moved.moved
    whole = moved.head.on(np.broadcast_to(shapes.neutral, played.shape)) + moved.shown
    np.testing.assert_allclose(moved.head.off(whole), played, atol=0.01)


def test_a_mask_shows_how_its_head_moves_though_no_part_of_it_stays_still() -> None:
    rig = load_rig()
    reach = np.linalg.norm(rig.actions, axis=2).max(axis=0)
    mask = shapes_of(np.flatnonzero(reach > 3.0)[::4])
    assert not mask.has_rest
    weights = drawn(mask)
    found = solved(mask, shaken(mask.played(weights)))
    np.testing.assert_allclose(found.weights, weights, atol=0.02)
    assert found.explains


def test_shapes_that_lack_what_moves_do_not_explain_it_and_noise_they_do() -> None:
    shapes = shapes_of()
    frames = shapes.played(drawn(shapes))
    noise = CHANCE.normal(0.0, 0.1, frames.shape).astype(np.float32)
    assert solved(shapes, frames + noise).explains
    assert solved(shapes, shapes.neutral + 0.3 * noise).explains, "a still face"
    fewer = np.array(shapes.deltas)
    fewer[ARKIT_INDEX["jawOpen"]] = fewer[ARKIT_INDEX["mouthFunnel"]] = 0.0
    found = solved(replace(shapes, deltas=fewer), frames)
    assert not found.explains
    away = frames - replace(shapes, deltas=fewer).played(found.weights)
    rms = np.sqrt((away[:, shapes.moving] ** 2).sum(axis=2).mean(axis=1))
    np.testing.assert_allclose(found.left_mm, rms, rtol=0.05, atol=0.05)


def test_weights_move_the_rig_by_name_with_the_head() -> None:
    shapes, mesh = foreign_shapes(), foreign_mesh()
    weights = drawn(shapes)
    weights[:, [ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["eyeBlinkRight"]]] = 0.0
    found = replace(registered(mesh), shapes=shapes)
    played = on_rig(found, solved(shapes, shapes.played(weights)))
    np.testing.assert_allclose(played, load_rig().pose(weights), atol=0.05)
    turn = head_rotation(np.array([[0.0, 20.0, 0.0]]))
    turned = undo_rigid(shapes.neutral[None], turn, np.zeros((1, 3)))
    there = on_rig(found, solved(shapes, turned))[0]
    np.testing.assert_allclose(there, found.laid(turned)[0][np.argsort(order())], atol=0.05)


def test_other_vertices_are_refused() -> None:
    shapes = shapes_of()
    with pytest.raises(InputError, match="frames of"):
        solved(shapes, shapes.neutral[None, 1:])


def test_bounded_weights_are_the_best_within_the_bounds() -> None:
    """No direction that stays within the bounds leads downhill from the answer."""
    basis = CHANCE.standard_normal((9, 30)) + 2 * CHANCE.standard_normal((9, 1))
    gram = basis @ basis.T + 0.01 * np.eye(9)
    wanted = (3 * CHANCE.standard_normal((50, 30))) @ basis.T
    found = bounded(gram, wanted, 0.0, 1.0)
    uphill = found @ gram - wanted
    inner = (found > 0) & (found < 1)
    assert np.abs(uphill[inner]).max() < 1e-6
    assert uphill[found == 0].min() > -1e-6
    assert uphill[found == 1].max() < 1e-6
    assert (found.min(), found.max()) == (0.0, 1.0)


def test_free_weights_beside_bounded_ones_are_the_best_too() -> None:
    basis = CHANCE.standard_normal((9, 30)) + CHANCE.standard_normal((9, 1))
    gram, wanted = basis @ basis.T + 0.01 * np.eye(9), basis @ (3 * CHANCE.standard_normal(30))
    some = np.arange(9) % 2 == 0
    found = partly_bounded(gram, wanted, some, 0.0, 1.0)
    uphill = found @ gram - wanted
    held = some & ((found == 0) | (found == 1))
    assert held.any() and np.abs(found[~some]).max() > 1.0, "a bound holds, and only these"
    assert np.abs(uphill[~held]).max() < 1e-6
    assert uphill[some & (found == 0)].min(initial=0.0) > -1e-6
    assert uphill[some & (found == 1)].max(initial=0.0) < 1e-6
