"""Edits of a part of the face, layers, mixes, channels and identity, against NumPy."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core import InputError, MeshSequence
from studio.core.sequence import Floats
from studio.document import (
    ClipState,
    Document,
    DocumentState,
    Evaluator,
    Session,
    read_session,
    write_session,
)
from studio.document.edits.curve import CurveKey
from studio.document.edits.edit import Edit
from studio.document.edits.intensity import IntensityEdit, IntensityKey
from studio.document.edits.joining.join import JoinEdit
from studio.document.edits.joining.other_clip import OtherClip
from studio.document.edits.parts.channel_gain import ChannelGainEdit
from studio.document.edits.parts.gains import ChannelGain, read_gains, write_gains
from studio.document.edits.parts.hold_region import HoldRegionEdit
from studio.document.edits.parts.identity import IdentityEdit
from studio.document.edits.parts.layer import LayerEdit
from studio.document.edits.parts.mix import MixEdit
from studio.document.edits.parts.region_intensity import RegionIntensityEdit
from studio.document.edits.stack import read_stack
from studio.face.known import studio_face
from studio.face.regions.named import region
from studio.face.regions.painted import PaintedMask
from studio.face.rig import ARKIT_INDEX, head_rotation, load_rig
from studio.io.masks import write_mask
from tests.face.foreign import foreign_mesh, registered

from .test_time_edits import CLIP as SQUARE
from .test_time_edits import played, wavy

RIG, FACE, N = load_rig(), studio_face(), 8
RISE = np.linspace(0, 1, N)
TURNS = np.stack([20 * RISE, 5 * RISE, 10 * RISE], axis=1)


def weights(**channels: float) -> Floats:
    out = np.zeros((N, len(ARKIT_INDEX)), np.float32)
    for name, value in channels.items():
        out[:, ARKIT_INDEX[name]] = value * RISE
    return out


def acted(name: str = "acted", identity: Any = None, head: Any = TURNS, **told: float) -> Any:
    frames = RIG.pose(weights(**told), identity, head)
    return MeshSequence(frames, FACE.template.faces, name=name)


SMILE = acted("smile", mouthSmileLeft=1.0, mouthSmileRight=1.0)
FROWN = acted("frown", head=-TURNS, browDownLeft=0.9, browDownRight=0.9, jawOpen=0.5)
OTHER = OtherClip.of(FROWN)
SQUARE_OTHER = OtherClip.of(replace(wavy(25), name="square"))
BACK = head_rotation(TURNS.astype(np.float64)).transpose(0, 2, 1)


def own_axes(change: Floats) -> Floats:
    """See what was added (N, V, 3) in the axes of the head at rest."""
    return np.einsum("tij,tvj->tvi", BACK, change)


def shown(**told: float) -> Floats:
    return RIG.pose(weights(**told)) - RIG.rest


FROWNED = shown(browDownLeft=0.9, browDownRight=0.9, jawOpen=0.5)
SMILED = shown(mouthSmileLeft=1.0, mouthSmileRight=1.0)


def test_a_layer_adds_what_the_other_clip_does_in_the_axes_of_the_head() -> None:
    keys = (CurveKey(2, 0.5), CurveKey(6, 2.0))
    edit = LayerEdit(OTHER, keys=keys, between="linear", mask="mouth+jaw")
    found = played(edit, clip=SMILE).vertices - SMILE.vertices
    much = np.interp(np.arange(N), [2, 6], [0.5, 2.0])[:, None, None]
    where = region(FACE, "mouth+jaw", 12.0)[:, None]
    np.testing.assert_allclose(own_axes(found), much * where * FROWNED, atol=0.03)
    assert not found[:, where[:, 0] == 0].any() and np.abs(found).max() > 5


def test_a_layer_plays_where_its_clip_does() -> None:
    for offset in (3, -3):
        found = played(LayerEdit(OTHER, offset=offset), clip=SMILE).vertices - SMILE.vertices
        wanted = np.zeros_like(FROWNED)
        if offset > 0:
            wanted[offset:] = FROWNED[:-offset]
        else:
            wanted[:offset] = FROWNED[-offset:]
        np.testing.assert_allclose(own_axes(found), wanted, atol=0.03)
        assert not found[np.abs(wanted).max(axis=(1, 2)) == 0][-offset:offset].any()
    faster = OtherClip.of(replace(FROWN, fps=60.0))
    found = played(LayerEdit(faster), clip=SMILE).vertices - SMILE.vertices
    np.testing.assert_allclose(own_axes(found)[:4], FROWNED[::2], atol=0.03)
    assert not found[4:].any()


def test_layers_that_are_off_or_not_solo_are_mute() -> None:
    one = LayerEdit(OTHER, keys=(CurveKey(0, 0.5),))
    two = LayerEdit(OTHER, mask="jaw")
    alone = played(two, clip=SMILE).vertices
    for mute in (replace(one, on=False), one):
        solo = replace(two, solo=mute.on)
        np.testing.assert_array_equal(played(mute, solo, clip=SMILE).vertices, alone)
    off = replace(two, solo=True, on=False)
    np.testing.assert_array_equal(
        played(one, off, clip=SMILE).vertices, played(one, clip=SMILE).vertices
    )
    clip = ClipState("a", SMILE, edits=(replace(two, solo=True), HoldRegionEdit(), one))
    assert [edit.kind for edit in clip.active_edits] == ["layer", "hold-region"]


def test_a_mix_takes_a_region_from_the_other_clip_on_this_person() -> None:
    person = np.zeros(6, np.float32)
    person[0] = 0.8
    clip = acted(identity=person, mouthSmileLeft=1.0)
    edit = MixEdit(OTHER, mask="brows+eyes")
    found = played(edit, clip=clip).vertices
    where = region(FACE, "brows+eyes", 12.0)[:, None]
    still = acted(identity=person).vertices
    wanted = still + np.einsum("tji,tvj->tvi", BACK, FROWNED)
    np.testing.assert_allclose(
        found, clip.vertices + where * (wanted - clip.vertices), atol=0.12
    )  # two people's heads are not quite alike
    none = where[:, 0] == 0
    np.testing.assert_array_equal(found[:, none], clip.vertices[:, none])


def test_a_region_is_held_on_the_moving_head() -> None:
    edit = HoldRegionEdit(frame=7, mask="mouth", fade=0)
    found = own_axes(played(edit, clip=SMILE).vertices - SMILE.vertices)
    where = region(FACE, "mouth", 12.0)[:, None]
    np.testing.assert_allclose(found, where * (SMILED[7] - SMILED), atol=0.03)
    part = HoldRegionEdit(frame=0, start=2, stop=6, fade=1, mask="mouth")
    found = played(part, clip=SMILE).vertices
    kept = [0, 1, 6, 7]
    np.testing.assert_array_equal(found[kept], SMILE.vertices[kept])
    share = np.array([0.5, 1, 1, 0.5])[:, None, None]
    wanted = share * where * -SMILED[2:6]
    np.testing.assert_allclose(own_axes(found - SMILE.vertices)[2:6], wanted, atol=0.03)


def test_the_intensity_of_a_region_is_that_of_the_face_inside_its_mask() -> None:
    keys = (IntensityKey(0, 0.2), IntensityKey(7, 1.8))
    whole = played(IntensityEdit(keys), clip=SMILE).vertices
    edit = RegionIntensityEdit(keys, mask="mouth & left", border=9.0)
    found = played(edit, clip=SMILE).vertices
    where = region(FACE, "mouth & left", 9.0)[:, None]
    np.testing.assert_allclose(found, SMILE.vertices + where * (whole - SMILE.vertices), atol=1e-4)
    assert edit != IntensityEdit(keys) and edit != replace(edit, border=8.0)
    everywhere = replace(edit, mask="all")
    np.testing.assert_allclose(played(everywhere, clip=SMILE).vertices, whole, atol=1e-4)


def test_a_painted_mask_serves_a_face_that_nobody_knows() -> None:
    mask = PaintedMask("half", SQUARE.topology, np.float32([0, 0, 0.5, 1]))
    edit = RegionIntensityEdit((IntensityKey(0, 0.0),), mask=mask)
    found = played(edit, clip=SQUARE).vertices
    np.testing.assert_array_equal(found[:, :2], SQUARE.vertices[:, :2])
    assert np.abs(found - SQUARE.vertices)[:, 2:].max() > 1
    for wrong, said in (
        (edit, "a mask of its own 4,538-vertex triangulation, found half of 4 vertices"),
        (replace(edit, mask="mouth"), "a clip of the studio's face for a region by name"),
    ):
        recording = SMILE if wrong is edit else SQUARE
        with pytest.raises(InputError, match=f"^talk: expected {said}"):
            wrong.check(recording, recording.timing, "talk")


def test_a_region_by_name_is_carried_to_a_registered_face() -> None:
    mesh = foreign_mesh(SMILE.vertices)
    document = Document(DocumentState((ClipState("a", mesh, registration=registered(mesh)),), "a"))
    document.add_edit("a", RegionIntensityEdit((IntensityKey(0, 0.0),), mask="mouth"))
    clip = document.state.clip("a")
    (edit,) = clip.edits
    assert isinstance(edit, RegionIntensityEdit) and isinstance(edit.mask, PaintedMask)
    change = np.abs(document.evaluator.sequence(clip).vertices - mesh.vertices).max(axis=(0, 2))
    assert change[edit.mask.weights == 0].max() == 0.0 and change.max() > 4.0


def test_gains_change_the_weights_and_nothing_else() -> None:
    told = {"mouthSmileLeft": 0.6, "jawOpen": 0.5, "browInnerUp": 0.7}
    edit = ChannelGainEdit((ChannelGain("mouthSmileLeft", 0.5), ChannelGain("jawOpen", 1.0, 0.1)))
    clip = acted(**told)
    found = played(edit, clip=clip).vertices - clip.vertices
    more = np.zeros((N, len(ARKIT_INDEX)), np.float32)
    more[:, ARKIT_INDEX["mouthSmileLeft"]] = -0.3 * RISE
    more[:, ARKIT_INDEX["jawOpen"]] = 0.1
    wanted = RIG.pose(more) - RIG.rest
    np.testing.assert_allclose(own_axes(found), wanted, atol=0.05)
    idle = ChannelGainEdit((ChannelGain("mouthSmileLeft"),))
    assert not idle.changes
    stays = ChannelGainEdit((ChannelGain("tongueOut", 0.0), ChannelGain("cheekPuff", 3.0)))
    np.testing.assert_allclose(played(stays, clip=clip).vertices, clip.vertices, atol=0.05)


def test_a_preset_of_gains_comes_back(tmp_path: Path) -> None:
    gains = (ChannelGain("jawOpen", 1.25, -0.05), ChannelGain("noseSneerLeft", 0.0))
    write_gains(tmp_path / "ann.gains.json", gains)
    assert read_gains(tmp_path / "ann.gains.json") == gains
    for text, said in (
        ('{"jaw": {}}', "names of ARKit's 52 shapes, found jaw"),
        ('{"jawOpen": {"multiplier": 9}}', "multiplier of jawOpen: expected a number from 0.0"),
        ('{"jawOpen": 2}', "a multiplier and an offset by channel"),
        ('{"jawOpen": {"gain": 2}}', "a multiplier and an offset by channel"),
        ("[", "what is none at line 1, column 2"),
        ("[]", "a multiplier and an offset by channel"),
    ):
        (tmp_path / "x.gains.json").write_text(text)
        with pytest.raises(InputError, match=rf"^x.gains.json: .*{said}"):
            read_gains(tmp_path / "x.gains.json")
    with pytest.raises(InputError, match="jawOpen once"):
        ChannelGainEdit((ChannelGain("jawOpen"), ChannelGain("jawOpen")))


def test_another_person_does_what_this_one_did() -> None:
    person = np.float32([0.9, 0.2, -0.4])
    face = OtherClip.of(acted("ann", person, -TURNS).sliced(3, 4))
    wanted = acted(identity=person, mouthSmileLeft=1.0, mouthSmileRight=1.0).vertices
    found = played(IdentityEdit(face), clip=SMILE).vertices
    # A head is where its rigid part is, and two people's are not quite alike.
    assert np.abs(found - wanted).mean() < 0.35
    rigid = np.median(np.linalg.norm(found - wanted, axis=2), axis=1)
    assert rigid.max() < 0.6 and np.abs(SMILE.vertices - wanted).mean() > 1.5
    same = OtherClip.of(SMILE.sliced(0, 1))
    np.testing.assert_allclose(
        played(IdentityEdit(same), clip=SMILE).vertices, SMILE.vertices, atol=0.01
    )
    half = played(IdentityEdit(face, amount=0.5), clip=SMILE).vertices
    assert np.abs(half - (found + SMILE.vertices) / 2).max() < 0.2


IDLE: list[Edit] = [
    LayerEdit(), MixEdit(), IdentityEdit(), JoinEdit(), ChannelGainEdit(),
    LayerEdit(OTHER, keys=(CurveKey(0, 0.0),)), MixEdit(OTHER, keys=(CurveKey(3, 0.0),)),
    IdentityEdit(OTHER, amount=0.0), RegionIntensityEdit(),
]  # fmt: skip


@pytest.mark.parametrize("edit", IDLE, ids=lambda edit: edit.kind)
def test_a_weight_of_nothing_leaves_every_bit(edit: Edit) -> None:
    edit.check(SMILE, SMILE.timing, "smile")
    assert ClipState("a", SMILE, edits=(edit,)).as_recorded
    assert "no clip chosen" in edit.summary or edit.summary


def test_what_cannot_be_is_one_sentence() -> None:
    for edit, said in (
        (LayerEdit(OTHER, rest=8), "within the 8 frames of frown, found frame 8"),
        (LayerEdit(SQUARE_OTHER), "its own 4,538-vertex triangulation, found square of 4 vertices"),
        (LayerEdit(OTHER, keys=(CurveKey(9, 1.0),)), "within its 8 frames, found frame 9"),
        (MixEdit(OTHER, neutral=8), "within its 8 frames, found frame 8"),
        (HoldRegionEdit(frame=8), "within its 8 frames, found frame 8"),
        (HoldRegionEdit(start=5, stop=4), "within its 8 frames, found 5 to 4"),
        (IdentityEdit(SQUARE_OTHER), "found square of 4 vertices"),
    ):
        with pytest.raises(InputError, match=f"^talk: expected .*{said}"):
            edit.check(SMILE, SMILE.timing, "talk")
    with pytest.raises(InputError, match="the studio's face for channels"):
        ChannelGainEdit((ChannelGain("jawOpen", 2.0),)).check(SQUARE, SQUARE.timing, "talk")
    for make in (
        lambda: LayerEdit(mask="chin"), lambda: MixEdit(keys=(CurveKey(0, 1.1),)),
        lambda: LayerEdit(border=0.0), lambda: LayerEdit(keys=()), lambda: LayerEdit(rest=-1),
    ):  # fmt: skip
        with pytest.raises(InputError):
            make()


def test_frames_that_move_take_an_edit_along() -> None:
    def to(frame: int) -> int:
        return frame + 3

    assert LayerEdit(OTHER, offset=2).moved(to) == LayerEdit(
        OTHER, offset=5, keys=(CurveKey(3, 1.0),)
    )
    assert LayerEdit(OTHER, offset=-2).moved(to).offset == -2
    assert HoldRegionEdit(1, 2, 4).moved(to) == HoldRegionEdit(4, 5, 7)
    assert IdentityEdit(OTHER).moved(to).neutral == 3
    for edit in (MixEdit(OTHER), IdentityEdit(OTHER), RegionIntensityEdit()):
        assert edit.with_neutral(4).neutral == 4


def a_stack(folder: Path) -> tuple[Path, list[dict[str, Any]]]:
    """A file of all kinds, and what it holds."""
    from studio.io import write_sequence

    write_sequence(FROWN, folder / "frown.npz")
    half = PaintedMask("half", FACE.topology, region(FACE, "left", 20.0))
    write_mask(folder / "half.mask.json", half)
    write_gains(folder / "ann.gains.json", [ChannelGain("mouthSmileLeft", 1.3)])
    clip = {"clip": "frown.npz"}
    told: list[dict[str, Any]] = [
        {"kind": "channel-gain", "channels": "ann.gains.json"},
        {"kind": "layer", **clip, "mask": "brows+eyes", "offset": 2},
        {"kind": "mix", **clip, "mask": "half.mask.json"},
        {"kind": "hold-region", "frame": 3, "mask": "jaw"},
        {"kind": "region-intensity", "keys": [{"frame": 0, "value": 0.5}]},
        {"kind": "identity", **clip, "rest": 0, "amount": 0.5},
        {"kind": "insert", **clip, "frame": 4, "overlap": 2},
        {"kind": "join", **clip, "overlap": 3},
    ]
    path = folder / "stack.json"
    path.write_text(json.dumps(told))
    return path, told


def test_a_stack_of_a_file_a_session_and_a_command_is_one(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from studio.cli.app import app
    from studio.io import read_sequence, write_sequence

    path, told = a_stack(tmp_path)
    edits = read_stack(path, read_sequence)
    assert [edit.kind for edit in edits] == [one["kind"] for one in told]
    wanted = played(*edits, clip=SMILE).vertices
    state = DocumentState((ClipState("a", SMILE, edits=edits),))
    again = read_session(write_session(Session(state), tmp_path / "s.studio")).state.clips[0]
    assert again.edits == edits
    np.testing.assert_array_equal(Evaluator().sequence(again).vertices, wanted)
    write_sequence(SMILE, tmp_path / "smile.npz")
    out = tmp_path / "out.npz"
    given = ["edit", str(tmp_path / "smile.npz"), "--stack", str(path), "-o", str(out)]
    ended = CliRunner().invoke(app, given)
    assert ended.exit_code == 0, ended.output
    np.testing.assert_array_equal(read_sequence(out).vertices, wanted)


def test_what_a_file_of_edits_lacks_is_said(tmp_path: Path) -> None:
    from studio.io import read_sequence

    path, _ = a_stack(tmp_path)
    with pytest.raises(InputError, match=r"^stack.json: clip: expected edits of one clip alone"):
        read_stack(path)
    for one, said in (
        ({"kind": "layer"}, "layer: expected the path of another clip, found none"),
        ({"kind": "layer", "clip": "gone.npz"}, "gone.npz"),
        ({"kind": "mix", "clip": "frown.npz", "mask": "gone.mask.json"}, "gone.mask.json"),
        ({"kind": "mix", "clip": "frown.npz", "mask": "chin"}, "found chin"),
        ({"kind": "mix", "clip": 3}, "clip"),
    ):
        path.write_text(json.dumps([one]))
        with pytest.raises(InputError, match=rf"^stack.json: .*{said}"):
            read_stack(path, read_sequence)


# Whatever is done and undone

FLAT = RegionIntensityEdit((IntensityKey(0, 0.3),), mask="all")
ANY: list[Edit] = [
    LayerEdit(SQUARE_OTHER, offset=3, keys=(CurveKey(0, 0.5), CurveKey(9, 1.5))),
    LayerEdit(SQUARE_OTHER, solo=True), MixEdit(SQUARE_OTHER, mask="all", neutral=2),
    HoldRegionEdit(4, 2, 9, mask="all"), FLAT, IdentityEdit(SQUARE_OTHER, rest=3, amount=0.7),
    JoinEdit(SQUARE_OTHER, overlap=4), JoinEdit(SQUARE_OTHER, align=True),
]  # fmt: skip
DO = st.tuples(
    st.sampled_from(["add", "add", "switch", "move", "remove", "undo", "redo"]),
    st.integers(0, len(ANY) - 1),
    st.integers(0, 3),
)


@settings(max_examples=20, deadline=None)
@given(st.lists(DO, min_size=1, max_size=8))
def test_any_stack_and_undos_play_as_if_made_anew(steps: list[tuple[str, int, int]]) -> None:
    document = Document()
    clip = document.open_clip(SQUARE.sliced(0, 12))
    for what, which, place in steps:
        edits = document.state.clip(clip).edits
        if what == "add" and len(edits) < 4:
            document.add_edit(clip, ANY[which])
        elif what in ("undo", "redo"):
            getattr(document, what)()
        elif place < len(edits) and what == "switch":
            document.switch_edit(clip, place, on=not edits[place].on)
        elif place < len(edits) and what == "remove":
            document.remove_edit(clip, place)
        elif place < len(edits) and what == "move":
            document.move_edit(clip, place, which % 4)
        if document.current_clip is None:  # its opening was taken back
            document.redo()
        now = document.state.clip(clip)
        found = document.evaluator.sequence(now).vertices
        assert len(found) == now.timing.frames
    np.testing.assert_array_equal(found, Evaluator().sequence(now).vertices)
