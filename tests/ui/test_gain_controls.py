"""The table of multipliers and offsets of an edit, and its presets."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDoubleSpinBox
from pytestqt.qtbot import QtBot

from studio.document import Document
from studio.document.edits.parts.channel_gain import ChannelGainEdit
from studio.document.edits.parts.gains import ChannelGain, read_gains
from studio.face.rig import ARKIT, ARKIT_INDEX
from studio.ui.editing.chosen_edit import ChosenEdit
from studio.ui.editing.gain_controls import GainControls
from studio.ui.settings.settings import Settings
from studio.ui.timeline.player import Player
from tests.render.faces import nodding

JAW = ARKIT_INDEX["jawOpen"]
Key = Qt.Key


@pytest.fixture
def controls(settings: Settings, qtbot: QtBot, tmp_path: Path) -> GainControls:
    document = Document()
    clip = document.open_clip(nodding(3))
    document.add_edit(clip, ChannelGainEdit())
    chosen = ChosenEdit(document, Player(document, settings), lambda _clip: None)
    path = tmp_path / "ann.gains.json"
    made = GainControls(chosen, lambda _parent: path, lambda _parent: path)
    chosen.setParent(made)
    qtbot.addWidget(made)
    chosen.choose(0)
    made.show()
    return made


def gains(controls: GainControls) -> tuple[ChannelGain, ...]:
    (edit,) = controls.chosen.document.current_clip.edits
    assert isinstance(edit, ChannelGainEdit)
    return edit.channels


def test_numbers_are_typed_and_stepped_by_the_keyboard_alone(
    controls: GainControls, qtbot: QtBot
) -> None:
    table, document = controls.table, controls.chosen.document
    controls.activateWindow()
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    table.setCurrentCell(JAW, 1)
    QTest.keyClick(table, Key.Key_F2)
    box = table.findChild(QDoubleSpinBox)
    assert isinstance(box, QDoubleSpinBox) and (box.minimum(), box.maximum()) == (0, 5)
    for _ in range(3):
        QTest.keyClick(box, Key.Key_Up)
    assert gains(controls) == (ChannelGain("jawOpen", 1.15),), "told while it is stepped"
    QTest.keyClick(box, Key.Key_Return)
    assert table.item(JAW, 0).font().bold() and not table.item(0, 0).font().bold()
    document.undo()
    assert gains(controls) == (), "steps of a row are one"
    for letter in ("2", ".", "5"):
        QTest.keyClicks(QApplication.focusWidget(), letter)
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Return)
    assert gains(controls) == (ChannelGain("jawOpen", 2.5),)
    document.undo()
    for key, kept in ((Key.Key_5, "5"), (Key.Key_Left, ""), (Key.Key_Delete, ""), (Key.Key_S, "s")):
        asked = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier(0), kept)
        asked.ignore()
        table.event(asked)
        assert asked.isAccepted() == (kept != "s"), "the window does not get it"
    document.redo()
    table.setCurrentCell(0, 2)
    table.item(0, 2).setData(Qt.ItemDataRole.EditRole, -0.25)
    assert gains(controls) == (ChannelGain(ARKIT[0], 1.0, -0.25), ChannelGain("jawOpen", 2.5))
    table.setCurrentCell(JAW, 1)
    QTest.keyClick(table, Key.Key_Delete)
    assert gains(controls) == (ChannelGain(ARKIT[0], 1.0, -0.25),)
    controls.reset.click()
    assert gains(controls) == () and not controls.reset.isEnabled()


def test_a_search_leaves_what_holds_it_and_what_is_changed(controls: GainControls) -> None:
    table = controls.table

    def left() -> list[str]:
        return [name for row, name in enumerate(ARKIT) if not table.isRowHidden(row)]

    controls.search.setText("Jaw")
    assert left() == [name for name in ARKIT if "jaw" in name.lower()]
    table.item(JAW, 1).setData(Qt.ItemDataRole.EditRole, 2.0)
    controls.changed_only.setChecked(True)
    assert left() == ["jawOpen"]
    controls.search.clear()
    controls.changed_only.setChecked(False)
    assert len(left()) == len(ARKIT)


def test_presets_are_kept_and_loaded_and_others_refused(
    controls: GainControls, tmp_path: Path
) -> None:
    table, path, said = controls.table, tmp_path / "ann.gains.json", list[str]()
    controls.chosen.refused.connect(said.append)
    assert not controls.keep.isEnabled()
    table.item(JAW, 1).setData(Qt.ItemDataRole.EditRole, 0.5)
    controls.keep.click()
    assert read_gains(path) == gains(controls) == (ChannelGain("jawOpen", 0.5),)
    controls.reset.click()
    controls.load.click()
    assert gains(controls) == (ChannelGain("jawOpen", 0.5),)
    assert table.item(JAW, 1).data(Qt.ItemDataRole.EditRole) == 0.5
    path.write_text('{"jaw": {}}', encoding="utf-8")
    controls.load.click()
    assert said[-1].startswith("ann.gains.json: ") and gains(controls) == (
        ChannelGain("jawOpen", 0.5),
    )
