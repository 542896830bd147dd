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
    emptied: MainWindow, qtbot: QtBot, *, on: bool
) -> None:
    emptied.settings.play_generated = on
    emptied.generation.generate.click()
    settle(qtbot, emptied)
    assert len(emptied.document.state.clips) == 1
    assert emptied.player.playhead.playing is on
    emptied.player.stop()


def test_who_turned_to_another_clip_is_left_alone(emptied: MainWindow, qtbot: QtBot) -> None:
    emptied.settings.play_generated = True
    emptied.generation.generate.click()
    emptied.document.open_clip(ball(9))
    settle(qtbot, emptied)
    assert len(emptied.document.state.clips) == 2
    assert not emptied.player.playhead.playing


def test_expressions_are_radio_buttons_to_screen_readers(emptied: MainWindow) -> None:
    tiles = emptied.generation.labels.tiles
    for tile in tiles.values():
        told = QAccessible.queryAccessibleInterface(tile)
        assert told is not None and told.role() == QAccessible.Role.RadioButton
    tiles["fear"].click()
    assert [label for label, tile in tiles.items() if tile.isChecked()] == ["fear"]
    corner = tiles["anger"].rect().bottomRight()
    assert tiles["anger"].hitButton(corner)


def test_each_theme_has_its_letter(emptied: MainWindow) -> None:
    entries = emptied.registry.choice("view.theme")
    letters = {QKeySequence.mnemonic(entry.text()).toString() for entry in entries}
    assert len(letters) == len(entries) == 3 and "" not in letters
