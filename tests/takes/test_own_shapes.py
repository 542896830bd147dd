"""Clips of faces that bring their own ARKit shapes are read in these, by name, or say why not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError, MeshSequence, Progress, Registered
from studio.core.alignment import undo_rigid
from studio.core.sequence import Floats
from studio.face import load_template
from studio.face.registration.carrying.solving import on_rig
from studio.face.registration.correspondence import read_correspondence, write_correspondence
from studio.face.registration.shapes import FaceShapes
from studio.face.rig import ARKIT, ARKIT_INDEX, head_rotation, load_rig
from studio.io import cache as kept
from studio.io import write_sequence
from studio.io.shapes import own_shapes, write_shapes_file
from studio.takes.carried import CARRIED
from studio.takes.recipe_faces import registered_from_dict, registered_to_dict
from studio.takes.registered import register, said
from studio.takes.sources import source_of
from tests.face.foreign import (
    Fitter,
    carried_back,
    carried_in,
    foreign_shapes,
    registered,
)
from tests.ui.fakes import SmallEngine

QUIET = Progress()
FRAMES = 6
PLACE = np.array([900.0, 50.0, -20.0])


shapes = cache(foreign_shapes)


@dataclass
class Engine(Fitter, SmallEngine):
    """Registers a `foreign_mesh`."""


@pytest.fixture(autouse=True)
def lossless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Carry by construction: how near real carrying comes is tested with it."""
    monkeypatch.setattr("studio.takes.registered.carried_in", carried_in)
    monkeypatch.setattr("studio.takes.registered.carried_back", carried_back)
    kept.clear(QUIET)


@pytest.fixture
def head(tmp_path: Path) -> Path:
    write_shapes_file(shapes(), tmp_path / "head.npz")
    return tmp_path / "head.npz"


def weights() -> Floats:
    """Draw weights (T, 52) of a face that is never at rest, and does not blink."""
    chance = np.random.default_rng(2)
    drawn = chance.uniform(0.2, 0.7, (FRAMES, len(ARKIT))) * (chance.random(len(ARKIT)) < 0.2)
    drawn[:, [ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["eyeBlinkRight"]]] = 0.0
    drawn[:, ARKIT_INDEX["jawOpen"]] = np.linspace(0.3, 0.8, FRAMES)
    return drawn.astype(np.float32)


def clip_of(vertices: Floats, name: str = "talk") -> MeshSequence:
    return MeshSequence(vertices, shapes().faces, name=name)


def test_the_weights_of_its_own_shapes_move_the_rig(head: Path) -> None:
    engine, heard = Engine(), list[str]()
    clip, by = clip_of(shapes().played(weights())), Registered(shapes=str(head))
    read = source_of(engine, clip, None, by, progress=Progress(remarked=heard.append))
    assert read.solution is not None and len(engine.fitted) == 1
    np.testing.assert_allclose(read.solution.weights, weights(), atol=0.02)
    # It never rests, and yet the face at rest is known: it is the head's.
    np.testing.assert_allclose(read.rest, load_rig().rest, atol=0.05)
    turned = load_rig().pose(weights())
    np.testing.assert_allclose(_still(read.sequence.vertices), _still(turned), atol=0.3)
    assert read.facts()["reading_in"] == "own shapes" and read.frame is None
    assert any("read in its own shapes" in one for one in heard)
    source_of(engine, clip_of(shapes().played(weights()[:3])), None, by, progress=QUIET)
    assert len(engine.fitted) == 1, "the head is fitted once"


def _still(frames: Floats) -> Floats:
    """Take faces about their middle, for a head is held as the calmest frame of a clip is."""
    return np.asarray(frames - frames.mean(axis=1, keepdims=True))


def test_it_is_overruled_and_what_shapes_do_not_explain_is_carried(head: Path) -> None:
    engine, clip = Engine(), clip_of(shapes().played(weights()))
    found = registered(clip.sliced(0, 1)).with_shapes(shapes())
    by = Registered(shapes="")
    assert source_of(engine, clip, None, by, found=found, progress=QUIET).solution is None
    assert source_of(engine, clip, None, None, found=found, progress=QUIET).solution is not None
    fewer = np.array(shapes().deltas)
    fewer[ARKIT_INDEX["jawOpen"]] = 0.0
    write_shapes_file(replace(shapes(), deltas=fewer), head)
    read = source_of(engine, clip, None, Registered(shapes=str(head)), progress=QUIET)
    assert read.facts() == {"reading_in": "carried"}
    assert read.said.startswith("read by its surface, because its own shapes leave")
    plain = source_of(engine, clip, None, Registered(), progress=QUIET)
    np.testing.assert_array_equal(plain.sequence.vertices, read.sequence.vertices)


def test_a_head_in_another_place_and_unit_serves_and_its_expression_comes_off(head: Path) -> None:
    write_shapes_file(shapes().grown(0.1), head, origin=PLACE)
    turn = head_rotation(np.linspace((0.0, 0.0, 0.0), (20.0, -10.0, 5.0), FRAMES))
    shift = np.linspace((3.0, 0.0, 0.0), (0.0, 9.0, -4.0), FRAMES)
    clip = clip_of(undo_rigid(shapes().played(weights()), turn, shift)).at(PLACE)
    read = source_of(Engine(), clip, None, Registered(shapes=str(head)), progress=QUIET)
    assert read.solution is not None
    np.testing.assert_allclose(read.solution.weights, weights(), atol=0.02)
    assert read.found is not None
    still = CARRIED.read(read.found, clip, QUIET)
    assert still.sequence is read.sequence
    rest = replace(read.sequence, vertices=on_rig(read.found, read.solution, still=True))
    made = read.changed(rest, QUIET)
    there = undo_rigid(np.broadcast_to(shapes().neutral, clip.vertices.shape), turn, shift)
    np.testing.assert_allclose(made.vertices, there, atol=0.3)
    np.testing.assert_array_equal(made.origin, PLACE)


def test_shapes_of_another_mesh_and_clips_of_the_studio_are_refused(head: Path) -> None:
    engine, by = Engine(), Registered(shapes=str(head))
    other = MeshSequence(shapes().neutral[None], shapes().faces[1:], name="other")
    with pytest.raises(InputError, match=r"head\.npz: expected shapes of .* of other, found as"):
        source_of(engine, other, None, by, progress=QUIET)
    own = MeshSequence(load_rig().rest[None], load_template().faces, name="own")
    with pytest.raises(InputError, match="own: expected a clip of another triangulation"):
        source_of(engine, own, None, by, progress=QUIET)
    write_sequence(clip_of(shapes().played(weights())), head)
    with pytest.raises(InputError, match="poses named by ARKit"):
        source_of(engine, clip_of(shapes().played(weights())), None, by, progress=QUIET)


def test_recipes_and_files_say_which_shapes(head: Path, tmp_path: Path) -> None:
    clip = clip_of(shapes().played(weights()))
    found = register(Engine(), clip, by=Registered(shapes=str(head)), progress=QUIET)
    assert found.shapes is not None
    by = said(found)
    assert by.shapes == str(head)
    for one in (by, Registered(shapes=""), Registered()):
        assert registered_from_dict(registered_to_dict(one)) == one
    write_correspondence(found, tmp_path / "face.npz")
    read = read_correspondence(tmp_path / "face.npz")
    assert read.shapes is not None and read.shapes.path == str(head)
    np.testing.assert_array_equal(read.shapes.deltas, found.shapes.deltas)
    poses = np.concatenate([shapes().neutral[None], shapes().neutral + shapes().deltas])
    named = replace(clip_of(poses), frame_names=("neutral", *ARKIT))
    assert own_shapes(clip) is None
    assert isinstance(own_shapes(named), FaceShapes)
