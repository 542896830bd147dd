"""The window fits small screens, whatever is shown in it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QByteArray, QPoint, QRect, QSize
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from studio.ui.generate.panel import GeneratePanel
from studio.ui.kit.forms import TITLE, within
from studio.ui.kit.theme import THEMES, Theme, apply_theme
from studio.ui.recognize.panel import RecognitionPanel
from studio.ui.timeline.playback_bar import PlaybackBar
from studio.ui.window.main_window import MainWindow
from studio.ui.window.view_strip import ViewStrip
from tests.render.faces import nodding

from .windows import Make

DOCKS = ("clips", "generate", "recognition", "edits", "shapes", "log")
LEAST = QSize(940, 600)


@pytest.fixture
def full(again: Make) -> MainWindow:
    """Every dock is open, landmarks are edited and two clips are compared."""
    window = again()
    window.build_view()
    window.document.open_clip(replace(nodding(4), name="other"))
    window.document.open_clip(nodding(8))
    for name in DOCKS:
        window.show_dock(name)
    window.compare_with(window.document.state.clips[0].id)
    window.landmarks.set_on(on=True)
    return window


@pytest.mark.parametrize("theme", THEMES)
def test_a_small_screen_has_room_for_all_of_it(full: MainWindow, theme: Theme) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    apply_theme(app, theme)
    assert full.stage.bar.isVisible() and full.landmark_bar.isVisible()
    assert full.stage.compare_bar.isVisible()
    QApplication.processEvents()
    least = full.minimumSizeHint()
    assert (least.width() <= LEAST.width(), least.height() <= LEAST.height()) == (True, True), least
    full.resize(LEAST)
    QApplication.processEvents()
    assert full.size() == LEAST
    apply_theme(app, "light")


def test_what_a_narrow_window_leaves_out_comes_back(qtbot: QtBot) -> None:
    holder = QWidget()
    wide = PlaybackBar(holder)
    qtbot.addWidget(holder)
    holder.resize(700, 40)
    holder.show()
    spare = (wide.rate, wide.mode, wide.loop)
    shown = []
    for width in (700, 500, 420, wide.minimumSizeHint().width(), 420, 500, 700):
        wide.resize(width, 40)
        QApplication.processEvents()
        shown.append(sum(part.isVisible() for part in spare))
        assert wide.play.isVisible() and wide.speed.isVisible() and wide.where.isVisible()
        for left, right in pairwise([wide.last, wide.where, wide.speed]):
            assert left.geometry().right() < right.geometry().left()
        assert wide.speed.geometry().right() < width
    assert shown[0] == shown[-1] == 3
    assert shown[3] == 0
    assert shown == shown[::-1]


def test_every_tool_of_the_view_is_seen_in_a_low_one(full: MainWindow) -> None:
    strip = full.stage.findChild(ViewStrip)
    assert isinstance(strip, ViewStrip)
    for height in (600, 950):
        full.resize(940, height)
        QApplication.processEvents()
        for tool in (strip.camera, strip.compare, strip.picture):
            assert strip.rect().contains(tool.geometry()), height


def test_panels_scroll_to_what_they_have_no_room_for(full: MainWindow) -> None:
    full.resize(LEAST)
    QApplication.processEvents()
    for panel in (GeneratePanel, RecognitionPanel):
        found = full.findChild(panel)
        assert found is not None
        area = full.generation.scroller if panel is GeneratePanel else found.parentWidget()
        assert area is not None and area.width() < 300
    assert full.generation.scroller.verticalScrollBar().maximum() > 0


@pytest.mark.parametrize(
    ("window", "screen"),
    [
        (QRect(0, 0, 1360, 840), QRect(0, 0, 1280, 720)),
        (QRect(300, 200, 1200, 700), QRect(0, 0, 1280, 720)),
        (QRect(-500, -90, 940, 600), QRect(0, 0, 1280, 720)),
        (QRect(4000, 3000, 940, 600), QRect(0, 27, 960, 513)),
        (QRect(0, 0, 1360, 840), QRect(1920, 0, 1280, 720)),  # a second screen, on the right
        (QRect(10, 10, 800, 500), QRect(0, 0, 1024, 768)),
    ],
)
def test_a_window_is_put_on_the_screen_whole(window: QRect, screen: QRect) -> None:
    put = within(window, screen)
    assert screen.contains(put.adjusted(0, -TITLE, 0, 0))
    assert put.width() == min(window.width(), screen.width())
    assert within(put, screen) == put


def test_a_window_that_fits_stays_where_it_was() -> None:
    there = QRect(QPoint(100, 80), LEAST)
    assert within(there, QRect(0, 0, 1920, 1080)) == there


def test_a_new_window_lies_on_the_screen(make: Make) -> None:
    window = make()
    assert window.screen().availableGeometry().contains(window.frameGeometry())


def test_a_geometry_of_a_larger_screen_is_not_believed(make: Make) -> None:
    large = QRect(-2000, 900, 5000, 3000)
    window = make()
    window.setGeometry(large)
    window.settings.geometry = QByteArray(window.saveGeometry())
    window._restore()
    assert window.screen().availableGeometry().contains(window.frameGeometry())
