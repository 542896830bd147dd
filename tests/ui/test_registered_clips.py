"""Takes on a face of another triangulation: made, handed over and taken off on its own mesh."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.core import FaceChoice, MeshSequence, Registered
from studio.document import ClipState, Document
from studio.face import ARKIT, load_template
from studio.io import write_sequence
from studio.takes.recipe import recipe_from_dict
from studio.ui.generate.takes import News, Verdict
from studio.ui.recognize.work import rest_words
from studio.ui.services import Services
from tests.face.foreign import foreign_mesh, foreign_shapes
from tests.takes.test_registered_takes import FRAMES, JawEngine, lossless, opened

__all__ = ["lossless"]  # carries by construction


@pytest.fixture
def engine() -> JawEngine:
    return JawEngine()


@pytest.fixture(autouse=True)
def talk(services: Services, document: Document, qtbot: QtBot) -> None:
    """A foreign face that opens its jaw, fitted, as the current clip."""
    services.desk.models.load()
    document.open_clip(foreign_mesh(opened(load_template().vertices), name="talk"))
    services.registration.opened()
    qtbot.waitUntil(lambda: document.current_clip.registration is not None)
    document.set_generation(label="fear", seed=4, frames=FRAMES)


def last(document: Document) -> ClipState:
    return document.state.clips[-1]


def test_a_take_is_made_on_its_own_mesh(
    services: Services, document: Document, qtbot: QtBot
) -> None:
    source = document.current_clip
    face = replace(document.state.generation.face, source="clip")
    document.set_generation(face=face)
    with qtbot.waitSignal(services.generation.made):
        services.generation.generate()
    made = last(document)
    assert made.recording.topology == source.recording.topology
    assert np.array_equal(made.recording.vertices[0], source.registration.neutral)
    assert made.registration is source.registration, "so it is read and moved on"
    assert recipe_from_dict(made.recipe).face.registered == Registered(frame=0)
    np.testing.assert_allclose(made.recording.vertices, source.recording.vertices, atol=1e-3)
    assert services.generation.light.state == "match"
    services.takes.regenerate([made])
    qtbot.waitUntil(lambda: len(document.state.clips) == 3)
    assert np.array_equal(last(document).recording.vertices, made.recording.vertices)


def test_motion_is_handed_over_and_taken_off(
    services: Services, document: Document, qtbot: QtBot
) -> None:
    source = document.current_clip
    services.motion.transfer(source, FaceChoice())
    qtbot.waitUntil(lambda: len(document.state.clips) == 2)
    on_template = last(document)
    assert on_template.recording.n_vertices == load_template().n_vertices
    services.motion.transfer(on_template, source)
    qtbot.waitUntil(lambda: len(document.state.clips) == 3)
    assert last(document).recording.topology == source.recording.topology
    assert last(document).registration is source.registration
    services.motion.neutralize(source)
    qtbot.waitUntil(lambda: len(document.state.clips) == 4)
    still = last(document).recording
    assert still.topology == source.recording.topology
    np.testing.assert_allclose(np.ptp(still.vertices, axis=0), 0, atol=1e-3)


def test_a_face_in_a_file_is_fitted_where_it_is_chosen(
    services: Services, document: Document, qtbot: QtBot, tmp_path: Path
) -> None:
    document.remove_clip(document.state.current)
    head = write_sequence(foreign_mesh(), tmp_path / "head.npz")[0]
    services.generation.choose_face_file(head)
    qtbot.waitUntil(lambda: document.state.generation.face.source == "file")
    assert document.state.generation.face.registered == Registered()
    with qtbot.waitSignal(services.generation.made):
        services.generation.generate()
    made = document.current_clip
    assert made.recording.topology == foreign_mesh().topology and made.registration is not None


def test_sheets_are_read_and_takes_are_blended_on_its_own_mesh(
    services: Services, document: Document, engine: JawEngine, qtbot: QtBot
) -> None:
    source = document.current_clip
    face = replace(document.state.generation.face, source="clip")
    document.set_generation(face=face)
    shown: list[News] = []
    assert services.takes.sample_sheet(document.state.generation, (4, 5), shown.append)
    qtbot.waitUntil(lambda: not services.desk.lanes.sheet.busy)
    assert [one.seed for one in shown if isinstance(one, Verdict)] == [4, 5]
    made = [takes for takes in shown if not isinstance(takes, Verdict)]
    services.takes.keep([take for takes in made for take in takes])
    one, other = document.state.clips[1:]
    assert one.registration is other.registration is source.registration
    services.motion.blend(one, other, 0.5)
    qtbot.waitUntil(lambda: len(document.state.clips) == 4)
    assert np.array_equal(last(document).recording.vertices[0], source.registration.neutral)


def test_a_clip_is_read_in_the_shapes_of_a_head_beside_it(
    services: Services, document: Document, qtbot: QtBot
) -> None:
    clip, shapes, service = document.state.current, foreign_shapes(), services.recognition
    poses = np.concatenate([shapes.neutral[None], shapes.neutral + shapes.deltas])
    names = ("neutral", *ARKIT)
    document.open_clip(MeshSequence(poses, shapes.faces, 1.0, "head", frame_names=names))
    document.set_current(clip)

    def said(begin: str) -> bool:
        return service.reading is not None and service.reading.said.startswith(begin)

    qtbot.waitUntil(lambda: said("read in its own shapes, which leave"))
    assert rest_words(document.current_clip) == "the face that was fitted"
    document.read_in_shapes(clip, on=False)
    qtbot.waitUntil(lambda: said("") and not said("read"))
