"""Channels of a clip as curves of keys: what plays, keys, poses, and few keys for many."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core import InputError, MeshSequence
from studio.core.sequence import Doubles, Floats
from studio.core.system.paths import shipped
from studio.document import ClipState, Document, Evaluator, Session, read_session, write_session
from studio.document.edits.channels import library
from studio.document.edits.channels.captured import Captured, captured, channels_at, channels_for
from studio.document.edits.channels.channel_edit import ChannelsEdit
from studio.document.edits.channels.curves import ChannelCurve, ChannelKey, Tangent
from studio.document.edits.channels.keying import (
    Spot,
    held,
    moved,
    scaled,
    spots_of,
    thinned,
    with_tangent,
    with_values,
    without,
)
from studio.document.edits.channels.poses import flipped, laid, pose_at, tweened
from studio.document.edits.channels.reduction import kept_within, reduced
from studio.document.edits.stack import read_stack
from studio.document.key_verbs import KeySpot
from studio.face.registration.shapes import FaceShapes
from studio.face.rig import ARKIT, ARKIT_INDEX, load_rig
from studio.face.template import load_template
from studio.io.weights.take import in_order, read_weights

JAW, SMILE, BROW = "jawOpen", "mouthSmileLeft", "browInnerUp"
SAMPLES = sorted((shipped("resources") / "samples").glob("*.csv"))
N = 12


def weights(n: int = N) -> Doubles:
    """(T, 52) a jaw that opens, and half a smile."""
    out = np.zeros((n, len(ARKIT)))
    out[:, ARKIT_INDEX[JAW]] = np.linspace(0.1, 0.6, n)
    out[:, ARKIT_INDEX[SMILE]] = 0.5
    return out


TURNS = np.stack([np.linspace(-20, 20, N), np.linspace(0, 9, N), np.zeros(N)], axis=1)


@lru_cache(maxsize=1)
def clip() -> MeshSequence:
    """A face that moves by these weights, turns its head, and has a bump that no channel makes."""
    frames = load_rig().pose(weights(), head=TURNS)
    frames[:, 100:140, 2] += np.linspace(0.0, 0.2, N, dtype=np.float32)[:, None]
    return MeshSequence(frames, load_template().faces, name="talk")


def curve(channel: str, *keys: tuple[int, float], tangent: Tangent = "linear") -> ChannelCurve:
    return ChannelCurve(channel, tuple(ChannelKey(*key, tangent) for key in keys))


def played(edit: ChannelsEdit, recording: MeshSequence | None = None) -> Floats:
    state = ClipState("a", recording or clip(), edits=(edit,))
    return Evaluator().sequence(state).vertices


def below(recording: MeshSequence | None = None) -> Captured:
    state = ClipState("a", recording or clip(), edits=(ChannelsEdit(),))
    return captured(Evaluator(), state, 0)


# What plays


def test_a_channel_goes_where_its_curve_says_and_all_else_stays() -> None:
    changed = weights()
    changed[:, ARKIT_INDEX[JAW]] = np.linspace(0.8, 0.2, N)
    wanted = load_rig().pose(changed, head=TURNS) - load_rig().pose(weights(), head=TURNS)
    found = played(ChannelsEdit((curve(JAW, (0, 0.8), (N - 1, 0.2)),))) - clip().vertices
    np.testing.assert_allclose(found, wanted, atol=0.05)
    assert np.abs(wanted).max() > 10


def test_what_no_edited_channel_moves_stays_bit_for_bit() -> None:
    found = played(ChannelsEdit((curve(BROW, (0, 0.7)),)))
    still = ~load_rig().actions[ARKIT_INDEX[BROW]].any(axis=1)
    np.testing.assert_array_equal(found[:, still], clip().vertices[:, still])
    assert 100 < still.sum() < len(still) and np.abs(found - clip().vertices).max() > 2


def test_a_curve_that_says_what_is_there_changes_no_bit() -> None:
    dense = below().weights
    said = curve(JAW, *enumerate(dense[:, ARKIT_INDEX[JAW]].tolist()))
    np.testing.assert_allclose(played(ChannelsEdit((said,))), clip().vertices, atol=1e-4)
    assert ChannelsEdit().changes is False
    nothing = curve("tongueOut", (0, 0.0))
    np.testing.assert_array_equal(played(ChannelsEdit((nothing,))), clip().vertices)


def test_one_frame_at_once_is_the_frame_of_the_whole() -> None:
    state, evaluator = (
        ClipState("a", clip(), edits=(ChannelsEdit((curve(JAW, (3, 0.9)),)),)),
        (Evaluator()),
    )
    assert evaluator.frame(state, 7) is None  # the face at rest has yet to be found
    evaluator.basis(clip(), state.edits[0])
    one = evaluator.frame(state, 7)
    assert one is not None
    np.testing.assert_allclose(one, evaluator.sequence(state).vertices[7], atol=1e-4)


def test_a_head_with_its_own_shapes_moves_by_these() -> None:
    rig, rng = load_rig(), np.random.default_rng(1)
    faces = load_template().faces[:, ::-1].copy()
    own = FaceShapes(rig.rest, faces, rig.actions * rng.uniform(0.5, 1.5, (52, 1, 1)).astype("f4"))
    recording = MeshSequence(own.played(weights().astype(np.float32)), faces)
    edit = ChannelsEdit((curve(JAW, (0, 0.9)),), own)
    changed = weights().astype(np.float32)
    changed[:, ARKIT_INDEX[JAW]] = 0.9
    np.testing.assert_allclose(played(edit, recording), own.played(changed), atol=0.05)
    with pytest.raises(InputError, match="for channels, found one of"):
        ChannelsEdit((curve(JAW, (0, 0.9)),)).check(recording, recording.timing, "b")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: str(path.stem))
def test_weights_of_a_sample_come_back(path: Path) -> None:
    take = read_weights(path)
    wanted = np.clip(in_order(take, ARKIT), 0.0, 1.5)[:30]
    frames = load_rig().pose(wanted, head=take.head[:30])
    found = below(MeshSequence(frames, load_template().faces))
    told = [ARKIT.index(name) for name in ARKIT if name in found.shapes.names]
    np.testing.assert_allclose(found.weights[:, told], wanted[:, told], atol=0.01)
    assert len(told) >= 50


# Curves


MANY = st.dictionaries(st.integers(0, 60), st.floats(0, 2), min_size=1, max_size=9)


@given(MANY, st.sampled_from(["smooth", "linear", "step"]))
def test_a_curve_passes_its_keys_and_never_overshoots(
    keys: dict[int, float], tangent: Tangent
) -> None:
    line = curve(JAW, *sorted(keys.items()), tangent=tangent)
    frames = np.arange(70)
    values = line.values(frames)
    np.testing.assert_allclose(values[line.frames], line.weights, atol=1e-9)
    place = np.clip(np.searchsorted(line.frames, frames, side="right") - 1, 0, len(keys) - 1)
    ends = line.weights[np.stack([place, np.minimum(place + 1, len(keys) - 1)])]
    assert (values >= ends.min(axis=0) - 1e-9).all() and (values <= ends.max(axis=0) + 1e-9).all()


def test_each_key_says_how_it_goes_on() -> None:
    said = (ChannelKey(0, 0.0, "step"), ChannelKey(4, 1.0, "linear"), ChannelKey(8, 0.0))
    values = ChannelCurve(JAW, said).values(np.arange(10))
    np.testing.assert_allclose(values, [0, 0, 0, 0, 1, 0.75, 0.5, 0.25, 0, 0])


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: curve("jaw", (0, 0.1)), "a name of ARKit's 52 shapes, found jaw"),
        (lambda: curve(JAW), "one key or more by frame"),
        (lambda: curve(JAW, (4, 0.1), (4, 0.2)), "one key or more by frame"),
        (lambda: curve(JAW, (0, 2.5)), "weights from 0 to 2, found 2.5"),
        (lambda: curve(JAW, (0, float("nan"))), "weights from 0 to 2, found nan"),
        (lambda: ChannelsEdit((curve(JAW, (0, 0)), curve(JAW, (1, 0)))), "one curve of jawOpen"),
        (lambda: reduced(weights(), [JAW], below().shapes, 0.0), "a number of mm above 0"),
    ],
)
def test_what_is_no_curve_is_refused(make: Callable[[], object], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        make()
    assert curve("cheekPuff", (0, -0.5)).weights[0] == -0.5


# Few keys


@pytest.mark.parametrize("path", SAMPLES[:1], ids=lambda path: str(path.stem))
def test_a_captured_take_needs_a_fifth_of_its_keys(path: Path) -> None:
    take = read_weights(path)
    dense = np.clip(in_order(take, ARKIT), 0.0, 1.5).astype(np.float64)
    shapes = below().shapes
    for bound, least in ((0.1, 5.0), (0.5, 10.0)):
        curves = reduced(dense, ARKIT, shapes, bound)
        assert 0.0 < kept_within(curves, dense, shapes) <= bound
        assert dense.size >= least * sum(len(one.keys) for one in curves)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["short_take", "angry_164", "fearful_161", "sad_167"])
def test_takes_of_a_phone_need_a_fifth_of_their_keys(name: str) -> None:
    beside = Path(__file__).parents[3] / "shared" / "data"
    path = Path(os.environ.get("STUDIO_TEST_DATA", beside)) / "motion" / f"{name}.csv"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    dense = np.clip(in_order(read_weights(path), ARKIT), 0.0, 1.5).astype(np.float64)
    shapes = below().shapes
    moving = [n for n in shapes.names if np.ptp(dense[:, ARKIT_INDEX[n]]) > 0]
    curves = reduced(dense, moving, shapes)
    still = np.isin(ARKIT, moving)
    assert kept_within(curves, np.where(still, dense, 0.0), shapes) <= 0.1
    assert len(dense) * len(moving) >= 5 * sum(len(one.keys) for one in curves)


def test_keys_that_were_put_are_thinned_to_what_they_say() -> None:
    under = below()
    straight = curve(BROW, *((frame, frame / 20) for frame in range(N)))
    edit = thinned(ChannelsEdit((straight,)), [BROW], under)
    assert len(edit.curves[0].keys) < N / 2
    values = edit.curves[0].values(np.arange(N))
    reach = np.linalg.norm(under.shapes.deltas[ARKIT_INDEX[BROW]], axis=1).max()
    assert np.abs(values - np.arange(N) / 20).max() * reach <= 0.1


# Keys


def test_a_first_key_keeps_the_capture_around_it() -> None:
    under = below()
    edit = with_values(ChannelsEdit(), 5, {JAW: 1.0}, under)
    values = edit.curves[0].values(np.arange(N))
    assert values[5] == 1.0 and [one.channel for one in edit.curves] == [JAW]
    np.testing.assert_allclose(values[[0, N - 1]], under.of(JAW)[[0, N - 1]], atol=0.01)


def test_keys_of_several_channels_move_and_scale_together() -> None:
    edit = ChannelsEdit((curve(JAW, (2, 0.2), (4, 0.4)), curve(BROW, (4, 0.9), (6, 0.1))))
    spots = [Spot(JAW, 4), Spot(BROW, 4)]
    went = moved(edit, spots, 2, 0.3, last=9)
    assert went.spots == {Spot(JAW, 6), Spot(BROW, 6)}
    jaw, brow = went.edit.by_channel[JAW], went.edit.by_channel[BROW]
    assert [(key.frame, round(key.value, 3)) for key in jaw.keys] == [(2, 0.2), (6, 0.7)]
    assert [(key.frame, round(key.value, 3)) for key in brow.keys] == [(6, 1.2)]
    assert moved(edit, spots, 99, 0.0, last=9).edit.frames == (2, 6, 9)
    assert moved(edit, spots, -99, -9.0, last=9).edit.by_channel[JAW].keys[0].value == 0.0
    wide = scaled(edit, spots_of(edit), (2, 0.0), (1.5, 0.5), last=9).edit
    assert wide.frames == (2, 5, 8) and wide.by_channel[BROW].weights.tolist() == [0.45, 0.05]
    assert moved(wide, spots_of(wide), 0, 0.0, last=9).edit == wide


def test_a_channel_without_keys_is_as_captured() -> None:
    edit = ChannelsEdit((curve(JAW, (2, 0.2)), curve(BROW, (4, 0.9), (6, 0.1))))
    left = without(edit, [Spot(JAW, 2), Spot(BROW, 6)])
    assert left.curves == (curve(BROW, (4, 0.9)),)
    (key,) = with_tangent(left, spots_of(left), "step").curves[0].keys
    assert key.tangent == "step" and left.curves[0].keys[0].tangent == "linear"


def test_the_keys_of_a_frame_move_together_over_the_timeline() -> None:
    document = Document()
    clip_id = document.open_clip(clip())
    edit = ChannelsEdit((curve(JAW, (2, 0.2), (4, 0.4)), curve(BROW, (4, 0.9))))
    place = document.add_edit(clip_id, edit)
    document.retime_keys(clip_id, {KeySpot(place, 4): 7})
    now = channels_at(document.state.clip(clip_id), place)
    assert now.frames == (2, 7) and [len(one.keys) for one in now.curves] == [2, 1]
    document.remove_keys(clip_id, [KeySpot(place, 7)])
    assert channels_at(document.state.clip(clip_id), place).curves == (curve(JAW, (2, 0.2)),)
    document.undo()
    document.undo()
    assert document.state.clip(clip_id).edits == (edit,)


def test_changes_that_share_a_key_are_one_step_of_that_name() -> None:
    document = Document()
    clip_id = document.open_clip(clip())
    place = document.add_edit(clip_id, channels_for(document.state.clip(clip_id)))
    for value in (0.1, 0.2, 0.3):
        edit = ChannelsEdit((curve(JAW, (0, value)),))
        document.replace_edit(clip_id, place, edit, step="Set jawOpen", key="drag")
    assert document.undo_name == "Set jawOpen"
    document.undo()
    assert document.state.clip(clip_id).edits == (ChannelsEdit(),)


# Poses


def test_a_flipped_pose_is_the_face_in_a_mirror() -> None:
    rng = np.random.default_rng(0)
    pose = dict(zip(ARKIT, rng.uniform(0, 1, len(ARKIT)).tolist(), strict=True))
    assert flipped(flipped(pose)) == pose
    both = np.array([[one[name] for name in ARKIT] for one in (pose, flipped(pose))])
    shown = load_rig().pose(both) - load_rig().rest
    mirrored = shown[0, load_template().mirror] * np.array([-1, 1, 1], dtype=np.float32)
    assert np.abs(shown[1] - mirrored).mean() < 0.05 * np.abs(shown[1] - shown[0]).mean()


def test_a_pose_is_laid_as_strongly_as_asked() -> None:
    under, edit = below(), ChannelsEdit((curve(BROW, (0, 0.4)),))
    pose = pose_at(edit, under, 9)
    half = laid(edit, under, 2, pose, 0.5)
    assert set(half) == {JAW, BROW} | (set(half) & set(ARKIT))
    wanted = (under.of(JAW)[2] + under.of(JAW)[9]) / 2
    assert half[JAW] == pytest.approx(wanted, abs=1e-6) and half[BROW] == pytest.approx(0.4)
    whole = with_values(edit, 2, laid(edit, under, 2, pose), under)
    assert pose_at(whole, under, 2) == pytest.approx(pose, abs=1e-4)


def test_a_tween_goes_between_the_keys_and_beyond() -> None:
    edit = ChannelsEdit((curve(JAW, (0, 0.4), (8, 0.8)), curve(BROW, (6, 0.9))))
    for share, value in ((0.25, 0.5), (-0.5, 0.2), (1.5, 1.0), (9.0, 1.0)):
        assert tweened(edit, 3, share) == pytest.approx({JAW: value})
    assert tweened(edit, 3, 0.5, [BROW]) == {}


def test_poses_are_files(tmp_path: Path) -> None:
    folder = tmp_path / "poses"
    assert library.list_poses(folder) == []
    pose = {JAW: 0.25, SMILE: 0.1234, "cheekPuff": -0.5}
    path = library.pose_path(folder, "Smile: broad")
    library.write_pose(path, pose)
    assert library.list_poses(folder) == [path] and library.pose_name(path) == "Smile_ broad"
    assert library.read_pose(path) == pose


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[]", "a table of weights by channel, found a list"),
        ("{", "a pose in JSON"),
        ('{"jaw": 0.1}', "names of ARKit's 52 shapes, found jaw"),
        ('{"jawOpen": "wide"}', "a number for jawOpen"),
        ('{"jawOpen": 7}', "a weight that jawOpen may have, found 7"),
        ('{"jawOpen": NaN}', "a pose in JSON, found NaN, which is no number"),
    ],
)
def test_a_file_that_is_no_pose_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / f"bad{library.SUFFIX}"
    path.write_text(text)
    with pytest.raises(InputError, match=sentence):
        library.read_pose(path)


# In files


def test_channels_are_saved_and_read_from_a_stack(tmp_path: Path) -> None:
    own = FaceShapes(load_rig().rest, load_template().faces, load_rig().actions)
    line = curve(JAW, (1, 0.5), (9, 0.25), tangent="step")
    document = Document()
    clip_id = document.open_clip(clip())
    for edit in (ChannelsEdit((line,)), ChannelsEdit((line,), own)):
        document.add_edit(clip_id, edit)
    write_session(Session(document.state), tmp_path / "a.studio")
    (read,) = read_session(tmp_path / "a.studio").state.clips
    assert read.edits == document.state.clip(clip_id).edits
    keys = [{"frame": 1, "value": 0.5, "tangent": "step"}, {"frame": 9, "value": 0.25}]
    told = {"kind": "channels", "curves": [{"channel": JAW, "keys": keys}]}
    (tmp_path / "stack.json").write_text(json.dumps([told]))
    (found,) = read_stack(tmp_path / "stack.json")
    assert isinstance(found, ChannelsEdit) and found.curves[0].keys[0] == line.keys[0]


def test_held_channels_and_a_document_agree_on_what_is_captured() -> None:
    document = Document()
    clip_id = document.open_clip(clip())
    place = document.add_edit(clip_id, channels_for(document.state.clip(clip_id)))
    under = captured(document.evaluator, document.state.clip(clip_id), place)
    document.replace_edit(clip_id, place, held(ChannelsEdit(), [JAW, SMILE], under))
    frames = document.evaluator.sequence(document.state.clip(clip_id)).vertices
    assert 0 < np.linalg.norm(frames - clip().vertices, axis=2).max() <= 0.1001
    with pytest.raises(InputError, match="an edit of channels at place 4"):
        captured(document.evaluator, document.state.clip(clip_id), 4)
