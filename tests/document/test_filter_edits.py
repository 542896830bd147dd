"""Edits that compute a frame from those around it, that mirror, and that hold the head."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core import InputError, MeshSequence, Timing
from studio.core.alignment import apply_rigid, head_alignment
from studio.core.sequence import Floats
from studio.document import ClipState, Document, Evaluator
from studio.document.edits.despike import DespikeEdit, _median
from studio.document.edits.edit import KINDS, Edit
from studio.document.edits.fill import FillEdit
from studio.document.edits.head_motion import HeadMotionEdit
from studio.document.edits.loop import LoopEdit
from studio.document.edits.mirror import MirrorEdit
from studio.document.edits.one_euro import OneEuroEdit
from studio.document.edits.smoothing import SmoothingEdit
from studio.document.edits.stack import read_stack
from studio.face.rig import ARKIT_INDEX, head_rotation, load_rig
from studio.face.template import load_template

from .test_time_edits import CLIP, T, played, wavy

AROUND = (SmoothingEdit(), OneEuroEdit(), DespikeEdit(1.0), FillEdit(10, 16), LoopEdit(2, 6))


@pytest.mark.parametrize("edit", AROUND, ids=lambda edit: edit.kind)
def test_a_frame_alone_is_the_frame_of_the_whole(edit: Edit) -> None:
    long = wavy(150)
    whole = played(edit, clip=long)
    clip = ClipState("a", long, edits=(edit,))
    for frame in (0, 1, 31, 32, 77, whole.n_frames - 1):
        alone = Evaluator().frame(clip, frame)
        np.testing.assert_allclose(alone, whole.vertices[frame], atol=2e-5)


def test_smoothing_is_that_of_savitzky_and_golay() -> None:
    from scipy.signal import savgol_filter

    found = played(SmoothingEdit(seconds=0.3)).vertices
    expected = savgol_filter(CLIP.vertices.astype(np.float64), 9, 3, axis=0, mode="interp")
    np.testing.assert_allclose(found, expected, atol=1e-4)
    half = played(SmoothingEdit(seconds=0.3, amount=0.5)).vertices
    np.testing.assert_allclose(half, (expected + CLIP.vertices) / 2, atol=1e-4)


def test_frames_far_apart_are_smoothed_without_those_between() -> None:
    timing = Timing(10_000, 30.0)
    needed = SmoothingEdit(seconds=0.3).needs(np.array([0, 9000]), timing)
    np.testing.assert_array_equal(needed, [*range(9), *range(8996, 9005)])


@pytest.mark.parametrize("frames", [3, 4, 5, 6])
def test_despiking_is_that_of_medians(frames: int) -> None:
    rows = np.random.default_rng(frames).normal(size=(frames, 7, 3)).astype(np.float32)
    np.testing.assert_array_equal(_median(rows), np.median(rows, axis=0))


def test_smoothing_keeps_a_cubic_and_its_peak() -> None:
    t = np.linspace(-1, 1, T)[:, None, None]
    cubic = replace(CLIP, vertices=(CLIP.vertices[:1] + 9 * (t**3 - t)).astype(np.float32))
    np.testing.assert_allclose(
        played(SmoothingEdit(1.0), clip=cubic).vertices, cubic.vertices, atol=1e-4
    )


@pytest.mark.parametrize("frames", [1, 2, 3, 4, 5])
def test_short_clips_are_smoothed_too(frames: int) -> None:
    short = wavy(frames)
    for edit in (SmoothingEdit(2.0), OneEuroEdit(), DespikeEdit()):
        assert played(edit, clip=short).n_frames == frames


def test_far_from_the_origin_smoothing_loses_nothing() -> None:
    far = replace(CLIP, vertices=CLIP.vertices + np.float32(4096))
    found = played(SmoothingEdit(), clip=far).vertices - np.float32(4096)
    np.testing.assert_allclose(found, played(SmoothingEdit()).vertices, atol=2e-3)


def test_one_euro_calms_what_is_still_and_lets_through_what_is_fast() -> None:
    rng = np.random.default_rng(1)
    jump = np.where(np.arange(120) < 60, 0.0, 40.0)[:, None, None]
    noise = rng.normal(scale=0.2, size=(120, 4, 3))
    noisy = replace(wavy(120), vertices=(CLIP.vertices[:1] + jump + noise).astype(np.float32))
    found = played(OneEuroEdit(1.0, 0.05), clip=noisy).vertices
    still = slice(30, 58)
    assert np.std(found[still], axis=0).mean() < 0.5 * np.std(noisy.vertices[still], axis=0).mean()
    assert np.abs(found[66] - CLIP.vertices[0] - 40).max() < 3


def test_spikes_go_and_nothing_else_moves() -> None:
    t = np.arange(T, dtype=np.float32)[:, None, None]
    calm = replace(CLIP, vertices=CLIP.vertices[:1] + 0.5 * t)
    vertices = calm.vertices.copy()
    vertices[12, 1] += 20
    vertices[25:27, 3] -= 15
    vertices[0, 2] += 9
    found = played(DespikeEdit(3.0), clip=replace(calm, vertices=vertices)).vertices
    spoilt = np.abs(vertices - calm.vertices).max(axis=2) > 0
    np.testing.assert_array_equal(found[~spoilt], calm.vertices[~spoilt])
    assert np.abs(found - calm.vertices)[spoilt].max() < 2.0


def test_a_filled_gap_keeps_place_and_pace_at_both_ends() -> None:
    t = np.linspace(0, 3, T)[:, None, None]
    calm = replace(CLIP, vertices=(CLIP.vertices[:1] + 5 * np.sin(t)).astype(np.float32))
    spoilt = calm.vertices.copy()
    spoilt[15:22] += 50
    found = played(FillEdit(15, 22), clip=replace(calm, vertices=spoilt)).vertices
    kept = np.delete(np.arange(T), range(15, 22))
    np.testing.assert_array_equal(found[kept], calm.vertices[kept])
    assert np.abs(found - calm.vertices).max() < 0.1
    straight = replace(CLIP, vertices=(CLIP.vertices[:1] + t.astype(np.float32)))
    np.testing.assert_allclose(
        played(FillEdit(15, 22), clip=straight).vertices, straight.vertices, atol=1e-4
    )


@pytest.mark.parametrize(("start", "stop", "stays"), [(0, 5, 5), (36, T, 35)])
def test_a_gap_at_an_end_holds_the_frame_beside_it(start: int, stop: int, stays: int) -> None:
    found = played(FillEdit(start, stop)).vertices
    for frame in range(start, stop):
        np.testing.assert_array_equal(found[frame], CLIP.vertices[stays])


def test_a_loop_has_no_seam() -> None:
    t = np.arange(T)
    wave = 9 * np.sin(2 * np.pi * t / 32.5)[:, None, None]
    clip = replace(CLIP, vertices=(CLIP.vertices[:1] + wave).astype(np.float32))
    found = played(LoopEdit(3, 8), clip=clip).vertices
    assert len(found) == 3 * (T - 8)
    step = np.abs(np.diff(np.concatenate([found, found[:1]]), axis=0)).max()
    assert step < 1.5 * np.abs(np.diff(clip.vertices, axis=0)).max()
    np.testing.assert_array_equal(found[: T - 8], found[T - 8 : 2 * (T - 8)])
    np.testing.assert_array_equal(
        played(LoopEdit(2, 0)).vertices, np.tile(CLIP.vertices, (2, 1, 1))
    )


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(AROUND), st.booleans())
def test_switched_off_and_on_again_it_is_the_same(edit: Edit, later: bool) -> None:
    document = Document()
    clip = document.open_clip(CLIP)
    place = document.add_edit(clip, edit)
    before = document.played(document.state.clip(clip)).sequence() if later else played(edit)
    document.switch_edit(clip, place, on=False)
    assert document.state.clip(clip).as_recorded
    document.switch_edit(clip, place, on=True)
    found = document.played(document.state.clip(clip)).sequence()
    np.testing.assert_array_equal(found.vertices, before.vertices)


# The head, and left and right


def acted() -> tuple[MeshSequence, Floats]:
    """A crooked smile of the studio's face while the head turns, and the same in the other way."""
    rig, frames = load_rig(), 12
    weights = np.zeros((2, frames, len(ARKIT_INDEX)), np.float32)
    rise = np.linspace(0, 1, frames)
    for k, side in enumerate(("Left", "Right")):
        weights[k, :, ARKIT_INDEX[f"mouthSmile{side}"]] = rise
        weights[k, :, ARKIT_INDEX[f"browDown{side}"]] = rise / 2
    turn = np.stack([20 * rise, 5 * rise, 10 * rise], axis=1)
    clip, other = (rig.pose(weights[k], head=turn * [[1, 1, 1], [-1, 1, -1]][k]) for k in range(2))
    return MeshSequence(clip, load_template().faces), other


def test_a_mirrored_face_does_with_the_left_what_the_right_did() -> None:
    clip, other = acted()
    found = played(MirrorEdit(), clip=clip).vertices
    mirrored = clip.vertices[:, load_template().mirror] * np.float32([-1, 1, 1])
    skin = load_template().regions["skin"]
    np.testing.assert_allclose(found[:, skin], mirrored[:, skin], atol=0.02)
    assert np.abs(found - other).mean() < 0.05  # the rig's shapes are not quite alike
    again = played(MirrorEdit(), MirrorEdit(), clip=clip).vertices
    np.testing.assert_allclose(again, clip.vertices, atol=0.05)


def test_the_head_can_stay_as_it_was() -> None:
    clip, _ = acted()
    found = played(MirrorEdit(head=False), clip=clip).vertices
    rigid = load_template().regions["rigid"]
    change = np.abs(found - clip.vertices)
    assert np.median(change[:, rigid]) < 0.05 < change.max()


def test_another_face_is_not_mirrored() -> None:
    with pytest.raises(InputError, match="the studio's face"):
        MirrorEdit().check(CLIP, CLIP.timing, "square")


@pytest.mark.parametrize("amount", [0.0, 0.5, 2.0])
def test_the_head_moves_as_much_as_is_asked(amount: float) -> None:
    rig, frames = load_rig(), 10
    rise = np.linspace(0, 1, frames)
    weights = np.zeros((frames, len(ARKIT_INDEX)), np.float32)
    weights[:, ARKIT_INDEX["jawOpen"]] = rise
    turns = np.stack([20 * rise, 0 * rise, 0 * rise], axis=1)
    clip = MeshSequence(rig.pose(weights, head=turns), load_template().faces)
    found = played(HeadMotionEdit(amount), clip=clip).vertices
    points = load_template().regions["rigid"]
    rotation, shift = head_alignment(found[:, points], found[0, points])
    expected = head_rotation(amount * turns.astype(np.float64)).transpose(0, 2, 1)
    np.testing.assert_allclose(rotation, expected, atol=2e-3)
    still = rig.pose(weights)
    np.testing.assert_allclose(apply_rigid(found, rotation, shift), still, atol=0.1)


# In files


def test_every_kind_is_read_from_a_file_as_it_is_told(tmp_path: Path) -> None:
    for kind, cls in KINDS.items():
        if kind in ("landmarks", "baked"):  # they have to be told which landmarks and frames
            continue
        told: dict[str, object] = {
            p.name: p.default
            for p in cls.parameters
            if p.default is not None and (p.allowed or p.choices or isinstance(p.default, bool))
        }
        path = tmp_path / f"{kind}.json"
        if any(p.name == "clip" for p in cls.parameters):  # it has to be told which
            told |= {"clip": "other"}
        path.write_text(json.dumps([{"kind": kind, **told}]))
        (edit,) = read_stack(path, lambda place: CLIP.renamed(place.name))
        told.pop("clip", None)
        assert {name: getattr(edit, name) for name in told} == told
