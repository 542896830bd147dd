"""A face of another triangulation: offered, fitted by itself, taken, refused, put off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.core import MeshSequence
from studio.document import ClipState, Document
from studio.face.known import studio_face
from studio.ui.registration.bar import OfferBar
from studio.ui.registration.points import PointEditor, corners
from studio.ui.registration.service import RegistrationService
from studio.ui.registration.words import refused_words
from studio.ui.registration.work import may_be_face
from studio.ui.services import Services
from tests.face.foreign import GOOD, POOR, Fitter, carried_back, carried_in, foreign_mesh

from .fakes import SmallEngine, ball

FACE = foreign_mesh()


@pytest.fixture
def service(services: Services) -> RegistrationService:
    return services.registration


@pytest.fixture
def fitter(service: RegistrationService) -> Fitter:
    assert isinstance(service.registrar, Fitter)
    return service.registrar


@pytest.fixture
def bar(service: RegistrationService, qtbot: QtBot) -> Iterator[OfferBar]:
    holder = QWidget()  # never shown, so that no other window loses the focus
    qtbot.addWidget(holder)
    yield OfferBar(service, lambda: None, holder)


def opened(service: RegistrationService, qtbot: QtBot, mesh: MeshSequence = FACE) -> str:
    """Open a face as a drop does, and wait for what comes of it."""
    clip_id = service.document.open_clip(mesh, Path("/faces/a.obj"))
    service.opened()
    qtbot.waitUntil(lambda: not service.busy)
    return clip_id


def buttons(bar: OfferBar) -> list[str]:
    return [one.text() for one in bar.findChildren(QPushButton) if not one.isHidden()]


def test_a_good_fit_is_taken_by_itself_said_and_undone(
    services: Services, service: RegistrationService, bar: OfferBar, fitter: Fitter, qtbot: QtBot
) -> None:
    said: list[str] = []
    services.desk.noticed.connect(said.append)
    clip_id, document = opened(service, qtbot), service.document
    found = document.state.clip(clip_id).registration
    assert found is not None and found.verdict.accepted and bar.isHidden()
    assert said == [
        "foreign was fitted to the studio's face by itself, 0.10 mm away on average; "
        "Undo takes that off."
    ]
    document.undo()
    assert document.state.clip(clip_id).registration is None and service.offer.state == "offered"
    assert buttons(bar) == ["Fit to the studio's face", "Set points…", "Not now"]
    bar.fit.click()
    qtbot.waitUntil(lambda: not service.busy)
    assert document.state.clip(clip_id).registration is not None
    assert len(fitter.fitted) == 1, "what was found once is kept"


def test_the_words_stand_above_the_buttons_where_there_is_no_room_beside_them(
    service: RegistrationService, bar: OfferBar, qtbot: QtBot
) -> None:
    service.automatic = False
    opened(service, qtbot)
    for width, beside in ((900, True), (400, False), (900, True)):
        bar.resize(width, 90)
        bar.grab()  # as it is laid out when it is seen
        assert (bar.line.geometry().right() < bar.fit.x()) == beside
        assert bar.line.width() >= 300
        assert bar.line.height() >= bar.line.heightForWidth(bar.line.width()), "all can be read"


def test_a_poor_fit_is_not_taken_and_says_why(
    service: RegistrationService, bar: OfferBar, fitter: Fitter, qtbot: QtBot
) -> None:
    fitter.verdict = POOR
    clip_id = opened(service, qtbot)
    assert service.document.state.clip(clip_id).registration is None
    assert bar.line.text() == "foreign was not fitted: it is none."
    assert buttons(bar) == ["Set points…", "Not now"]
    bar.later.click()
    assert bar.isHidden() and service.offer.state == "none"


def test_no_face_is_told_in_the_bar_and_reported_to_nobody(
    services: Services, service: RegistrationService, bar: OfferBar, qtbot: QtBot
) -> None:
    reported: list[Exception] = []
    services.desk.reported.connect(reported.append)
    small = ball(size=16)
    opened(service, qtbot, replace(small, vertices=small.vertices * 2))
    assert bar.line.text() == "ball was not fitted: no face was found on it; set its points."
    assert not reported


def test_what_else_was_seen_is_said(
    services: Services, service: RegistrationService, fitter: Fitter, qtbot: QtBot
) -> None:
    said: list[str] = []
    services.desk.noticed.connect(said.append)
    fitter.verdict = replace(GOOD, remark="It smiles.")
    opened(service, qtbot)
    assert said[0].endswith("takes that off. It smiles.")


@pytest.mark.parametrize("factor", [0.3, 20.0])
def test_what_is_no_head_is_left_alone(
    service: RegistrationService, bar: OfferBar, qtbot: QtBot, factor: float
) -> None:
    mesh = replace(FACE, vertices=FACE.vertices * np.float32(factor))
    assert not may_be_face(mesh)
    opened(service, qtbot, mesh)
    assert bar.isHidden() and service.can_fit(service.document.current_clip)


def test_nothing_is_fitted_by_itself_where_that_is_not_wanted(
    service: RegistrationService, bar: OfferBar, fitter: Fitter, qtbot: QtBot
) -> None:
    service.automatic = False
    opened(service, qtbot)
    assert service.offer.state == "offered" and not fitter.fitted


def test_several_are_fitted_one_after_the_other(
    service: RegistrationService, fitter: Fitter, qtbot: QtBot
) -> None:
    document: Document = service.document
    other = np.float32([1.1, 1.0, 1.0])
    for mesh in (FACE, replace(FACE, vertices=FACE.vertices * other), ball()):
        document.open_clip(mesh)
        service.opened()
    qtbot.waitUntil(lambda: not service.busy)
    fitted = [clip.registration is not None for clip in document.state.clips]
    assert fitted == [True, True, False] and len(fitter.fitted) == 2


def test_a_fit_can_be_stopped_and_taken_off(
    service: RegistrationService, bar: OfferBar, qtbot: QtBot
) -> None:
    clip_id = service.document.open_clip(FACE)
    service.fit(clip_id)
    assert service.offer.state == "fitting" and buttons(bar) == ["Cancel"]
    bar.cancel.click()
    assert service.offer.state == "offered" and not service.busy
    service.fit(clip_id)
    qtbot.waitUntil(lambda: not service.busy)
    service.take_off(clip_id)
    assert service.document.current_clip.registration is None and bar.isHidden()


def test_a_clip_that_is_closed_is_fitted_no_more(
    service: RegistrationService, qtbot: QtBot
) -> None:
    clip_id = service.document.open_clip(FACE)
    service.fit(clip_id)
    service.document.remove_clip(clip_id)
    assert not service.busy and service.offer.state == "none"


def test_the_window_speaks_of_no_option_of_the_command_line() -> None:
    clip = ClipState("a", FACE, name="foreign")
    said = refused_words(clip, "foreign: no face on it: mark points on it (--landmarks FILE)")
    assert said == "foreign was not fitted: no face on it: mark points on it"


# The points


@pytest.fixture
def editor(qapp: object) -> PointEditor:
    return PointEditor(tuple(corners()))


def test_points_are_asked_for_one_after_the_other(editor: PointEditor) -> None:
    first, second, third, *_ = editor.names
    editor.put_current((1.0, 2.0, 3.0))
    assert editor.current == second
    editor.choose(third)
    editor.put_current((0.0, 0.0, 0.0))
    assert editor.current == editor.names[3] and set(editor.places) == {first, third}
    for _name in editor.names[3:]:
        editor.put_current((0.0, 0.0, 1.0))
    assert editor.current == second, "what was passed by is asked for at the end"


def test_a_drag_is_one_step_and_steps_are_undone(editor: PointEditor) -> None:
    name = editor.names[0]
    editor.put_current((0.0, 0.0, 0.0))
    for x in range(1, 5):
        editor.put(name, (float(x), 0.0, 0.0), key="drag")
    editor.seal()
    editor.remove(name)
    assert editor.current == name and not editor.places
    editor.undo()
    assert editor.places == {name: (4.0, 0.0, 0.0)} and editor.undo_name == f"Move {name}"
    editor.undo()
    assert editor.places == {name: (0.0, 0.0, 0.0)}
    editor.undo()
    assert not editor.places and editor.undo_name is None
    editor.redo()
    assert name in editor.places


def test_suggestions_fill_what_is_not_set(editor: PointEditor) -> None:
    name = editor.names[0]
    editor.put_current((1.0, 1.0, 1.0))
    editor.suggest(dict.fromkeys(editor.names, (9.0, 9.0, 9.0)))
    editor.take_suggested()
    assert editor.places[name] == (1.0, 1.0, 1.0) and len(editor.places) == len(editor.names)
    editor.undo()
    assert set(editor.places) == {name}


# What a fit is good for


@pytest.fixture
def lossless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Carry by construction: how near real carrying comes is tested with it."""
    monkeypatch.setattr("studio.takes.registered.carried_in", carried_in)
    monkeypatch.setattr("studio.takes.registered.carried_back", carried_back)


@pytest.mark.usefixtures("lossless")
def test_a_fitted_clip_is_read_on_the_studios_face(
    services: Services, service: RegistrationService, engine: SmallEngine, qtbot: QtBot
) -> None:
    engine.topology, recognition = studio_face().topology, services.recognition
    services.desk.models.load()
    frames = np.repeat(studio_face().template.vertices[None], 4, axis=0)
    service.automatic = False
    clip_id = opened(service, qtbot, foreign_mesh(frames))
    qtbot.waitUntil(lambda: not services.desk.models.loading)
    clip = service.document.state.clip(clip_id)
    assert "fit it to the studio's face" in recognition.why_not(clip)
    assert not engine.asked
    service.fit(clip_id)
    qtbot.waitUntil(lambda: recognition.reading is not None)
    found = service.document.state.clip(clip_id).registration
    assert found is not None and [clip for clip, _ in engine.asked] == ["foreign"]
    assert np.array_equal(engine.asked[0][1], found.fitted), "it rests as it was fitted"
    np.testing.assert_allclose(recognition.reading.rest, found.neutral, atol=1e-3)
    service.document.set_neutral_frame(clip_id, 0)
    qtbot.waitUntil(lambda: recognition.reading is not None)
    assert np.array_equal(engine.asked[1][1], found.fitted)
    service.document.undo()
    service.document.undo()
    assert recognition.reading is None and recognition.why_not(clip)
