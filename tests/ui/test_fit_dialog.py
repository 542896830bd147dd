"""The assistant: two views, a verdict, points by mouse and keys, and what is accepted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.face.registration.clicked import LEAST
from studio.ui.registration.dialog import FitDialog
from studio.ui.registration.service import RegistrationService
from studio.ui.services import Services
from tests.face.foreign import GOOD, POOR, Fitter, foreign_mesh

LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def service(services: Services) -> RegistrationService:
    services.desk.document.open_clip(foreign_mesh())
    return services.registration


@pytest.fixture
def fitter(service: RegistrationService) -> Fitter:
    assert isinstance(service.registrar, Fitter)
    return service.registrar


@pytest.fixture
def dialog(service: RegistrationService, fitter: Fitter, qtbot: QtBot) -> Iterator[FitDialog]:
    fitter.verdict = POOR
    clip = service.document.current_clip
    dialog = FitDialog(service, clip, clip.recording)
    dialog.resize(760, 460)
    dialog.show()
    qtbot.waitExposed(dialog)
    qtbot.waitUntil(lambda: not dialog.busy)
    yield dialog
    dialog.reject()
    dialog.deleteLater()


def click(dialog: FitDialog, name: str, *, by: tuple[int, int] = (0, 0)) -> None:
    """Click on their surface where a point would be."""
    view, sight = dialog.views.viewport.view, dialog.views.viewport.sight
    at = sight.pixels(dialog.views.place(np.array(dialog.editor.suggested[name]))[None])[0]
    QTest.mouseClick(view, LEFT, NO_KEYS, QPoint(*np.round(at).astype(int).tolist()) + QPoint(*by))


def test_points_are_clicked_where_a_fit_is_poor(
    dialog: FitDialog, service: RegistrationService, fitter: Fitter, qtbot: QtBot
) -> None:
    """One assistant from a refused fit to an accepted one, for each takes a moment to open."""
    editor, view = dialog.editor, dialog.views.viewport.view
    assert dialog.verdict.title.text() == "Not a good fit" and not dialog.accept_fit.isEnabled()
    assert dialog.verdict.reason.text().startswith("It is none. Set points on the left")
    assert dialog.views.viewport.scene.heat_map, "the distance is in colors"

    name = editor.names[4]  # the tip of the nose, which nothing hides
    editor.choose(name)
    click(dialog, name, by=(2, 1))
    away = np.array(editor.places[name]) - editor.suggested[name]
    assert np.linalg.norm(away) < 6.0, "on their surface, in its own pose"
    assert editor.current == editor.names[5]
    assert dialog.told.text() == f"Set {LEAST - 1} more to fit by points."
    editor.choose(name)
    before = editor.places[name]
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert 0.05 < np.linalg.norm(np.subtract(editor.places[name], before)) < 3.0
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert name not in editor.places

    azimuth, beside = dialog.views.viewport.scene.orbit.azimuth, QPoint(20, view.height() // 2)
    QTest.mousePress(view, LEFT, NO_KEYS, beside)
    QTest.mouseMove(view, beside + QPoint(40, 0))
    QTest.mouseRelease(view, LEFT, NO_KEYS, beside + QPoint(40, 0))
    assert dialog.views.viewport.scene.orbit.azimuth != azimuth and not editor.places

    editor.take_suggested()
    fitter.verdict = GOOD
    dialog.again.click()
    qtbot.waitUntil(lambda: not dialog.busy)
    assert set(fitter.fitted[-1]) == set(editor.names)
    assert dialog.verdict.title.text() == "A good fit"
    dialog.accept_fit.click()
    found = service.document.current_clip.registration
    assert found is not None and set(found.points) == set(editor.names)
    assert not dialog.isVisible()

    fitter.verdict = POOR
    service.take_off(service.document.state.current)
    service.fit(service.document.state.current)
    qtbot.waitUntil(lambda: not service.busy)
    again = service.document.current_clip.registration
    assert again is not None and set(again.points) == set(found.points), "known by the points"
