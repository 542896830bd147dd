"""Heads that packets move: the studio's as its rig does, and others as theirs do."""

from __future__ import annotations

import numpy as np

from studio.core import MeshSequence
from studio.face import ARKIT, load_rig, load_template
from studio.io.live.packet import CHANNELS, HEAD, WEIGHTS
from studio.io.weights.take import WeightTake
from studio.takes.live import own_head, studio_head

CHANCE = np.random.default_rng(2)
VALUES = CHANCE.uniform(0, 0.4, (5, CHANNELS)).astype(np.float32)


def test_the_studios_head_moves_as_its_rig() -> None:
    head, degrees = studio_head(), np.degrees(VALUES[:, HEAD])
    expected = load_rig().pose(VALUES[:, WEIGHTS], head=degrees)
    clip = head.played(WeightTake(VALUES[:, WEIGHTS], degrees, 60.0), "take")
    np.testing.assert_allclose(clip.vertices, expected, atol=2e-3)
    assert (clip.fps, clip.name) == (60.0, "take")
    for row, frame in zip(VALUES, expected, strict=True):
        np.testing.assert_allclose(head.shown(row), frame, atol=2e-3)


def test_another_head_moves_as_it_lies() -> None:
    rig, order = load_rig(), CHANCE.permutation(load_template().n_vertices)
    turn = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
    poses = np.stack([rig.rest, *(rig.rest + rig.actions)])[:, order]
    laid = np.float32(0.8 * poses @ turn.T + np.array([10.0, -40, 900]))
    faces = np.argsort(order)[load_template().faces].astype(np.int32)
    head = own_head(MeshSequence(laid, faces, name="mine", frame_names=("neutral", *ARKIT)))
    expected = rig.pose(VALUES[:, WEIGHTS], head=np.degrees(VALUES[:, HEAD]))[:, order]
    expected = 0.8 * expected @ turn.T + np.array([10.0, -40, 900])
    assert head.rest.n_frames == 1 and head.rest.name == "mine"
    for row, frame in zip(VALUES, expected, strict=True):
        np.testing.assert_allclose(head.shown(row), frame, atol=5e-3)


def test_weights_that_no_tracker_means_are_cut() -> None:
    head, wild = studio_head(), np.zeros(CHANNELS, dtype=np.float32)
    wild[ARKIT.index("jawOpen")] = 9.0
    tame = wild.clip(-0.2, 1.5)
    np.testing.assert_array_equal(head.shown(wild), head.shown(tame))
