"""The ring around the control that has the keyboard, and the legend of the marks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QListWidget, QWidget
from pytestqt.qtbot import QtBot

from studio.ui.kit.theme import Theme, apply_theme, palette_for
from studio.ui.menus.legend import Legend, Mark, sections
from studio.ui.window.main_window import MainWindow


def luminance(color: QColor) -> float:
    parts = (color.redF(), color.greenF(), color.blueF())
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def framed(window: MainWindow) -> QWidget | None:
    """The control that the ring lies around."""
    ring = window.focus_ring.ring
    return ring.widget() if ring is not None else None


@pytest.mark.parametrize("dark", [False, True])
def test_the_ring_can_be_seen_in_both_themes(dark: bool) -> None:
    palette = palette_for(dark=dark)
    ring = luminance(palette.color(QPalette.ColorRole.Link))
    for role in (QPalette.ColorRole.Window, QPalette.ColorRole.Base):
        low, high = sorted((ring, luminance(palette.color(role))))
        assert (high + 0.05) / (low + 0.05) >= 3, "as the accessibility guidelines ask"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_box_of_what_is_not_set_can_be_seen_in_both_themes(
    qapp: QApplication, qtbot: QtBot, theme: Theme
) -> None:
    before = qapp.property("studio-theme") or "light"
    apply_theme(qapp, theme)
    try:
        boxes = QListWidget()
        qtbot.addWidget(boxes)
        boxes.addItem("nose tip")
        boxes.item(0).setCheckState(Qt.CheckState.Unchecked)
        row = boxes.visualItemRect(boxes.item(0))
        picture = boxes.viewport().grab().toImage()
    finally:
        apply_theme(qapp, before)
    across = [luminance(picture.pixelColor(x, row.center().y())) for x in range(row.height())]
    assert (max(across) + 0.05) / (min(across) + 0.05) >= 3, "as the accessibility guidelines ask"


def test_each_control_that_tab_reaches_has_the_ring(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    window.generation.generate.setFocus()
    qtbot.waitUntil(window.generation.generate.hasFocus)
    seen: list[QWidget] = []
    while (now := QApplication.focusWidget()) not in seen and len(seen) < 200:
        seen.append(now)
        qtbot.waitUntil(lambda: framed(window) is now)
        ring = window.focus_ring.ring
        assert ring.isVisible()
        middle = now.mapTo(window, now.rect().center())
        assert (ring.mapTo(window, ring.rect().center()) - middle).manhattanLength() <= 1
        QTest.keyClick(now, Qt.Key.Key_Tab)
    assert len(seen) > 20
    window.stage.take_focus()
    QApplication.processEvents()
    assert framed(window) is None, "what fills the middle is not framed"


def test_a_press_of_the_mouse_needs_no_ring_and_dialogs_have_theirs(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.activateWindow()
    window.stage.take_focus()
    list_ = window.clips.list
    QTest.mousePress(list_.viewport(), Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert framed(window) is None
    QTest.mouseRelease(list_.viewport(), Qt.MouseButton.LeftButton)
    window.registry["help.legend"].trigger()
    dialog = window.findChild(Legend)
    qtbot.waitUntil(dialog.isActiveWindow)
    QTest.keyClick(dialog, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: framed(window) is dialog.focusWidget())
    dialog.close()
    window.activateWindow()
    button = window.generation.generate
    button.setFocus()
    qtbot.waitUntil(lambda: framed(window) is button)


def test_the_legend_draws_every_mark_and_says_what_it_means(window: MainWindow) -> None:
    window.registry["help.legend"].trigger()
    dialog = window.findChild(Legend)
    told = [label.text() for label in dialog.findChildren(QLabel)]
    for place, rows in sections().items():
        assert place in told
        assert {meaning for _, meaning in rows} <= set(told)
    pictures = [mark.grab().toImage() for mark in dialog.findChildren(Mark)]
    assert len(pictures) > 15
    for picture in pictures:
        colors = {picture.pixel(x, y) for x in range(34) for y in range(20)}
        assert len(colors) > 1, "nothing is drawn"
    dialog.close()
