"""What was waited for plays; whoever looks at something else by then is left alone."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAccessible, QKeySequence
from pytestqt.qtbot import QtBot

from studio.ui.window.main_window import MainWindow

from .fakes import ball
from .windows import settle


@pytest.mark.parametrize("on", [True, False])
def test_a_generated_clip_plays_where_that_is_wanted(
    window: MainWindow, qtbot: QtBot, *, on: bool
) -> None:
    window.settings.play_generated = on
    window.generation.generate.click()
    settle(qtbot, window)
    assert len(window.document.state.clips) == 1
    assert window.player.playhead.playing is on
    window.player.stop()


def test_who_turned_to_another_clip_is_left_alone(window: MainWindow, qtbot: QtBot) -> None:
    window.settings.play_generated = True
    window.generation.generate.click()
    window.document.open_clip(ball(9))
    settle(qtbot, window)
    assert len(window.document.state.clips) == 2
    assert not window.player.playhead.playing


def test_expressions_are_radio_buttons_to_screen_readers(window: MainWindow) -> None:
    tiles = window.generation.labels.tiles
    for tile in tiles.values():
        told = QAccessible.queryAccessibleInterface(tile)
        assert told is not None and told.role() == QAccessible.Role.RadioButton
    tiles["fear"].click()
    assert [label for label, tile in tiles.items() if tile.isChecked()] == ["fear"]
    corner = tiles["anger"].rect().bottomRight()
    assert tiles["anger"].hitButton(corner)


def test_each_theme_has_its_letter(window: MainWindow) -> None:
    entries = window.registry.choice("view.theme")
    letters = {QKeySequence.mnemonic(entry.text()).toString() for entry in entries}
    assert len(letters) == len(entries) == 3 and "" not in letters
