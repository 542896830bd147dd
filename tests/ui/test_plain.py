"""Names and sentences of others are shown as they are written, whatever they look like."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6 import QtGui
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLabel,
    QListWidget,
    QMenu,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.core import InputError
from studio.document import Unsaved
from studio.ui.kit.plain import plain_labels, plain_tip
from studio.ui.menus.registry import Submenu
from studio.ui.window.main_window import MainWindow
from tests.render.faces import nodding

from .windows import Make, settle

NAME = "<b>x</b><img src=file:///etc/passwd>"
RICH = (Qt.TextFormat.AutoText, Qt.TextFormat.RichText, Qt.TextFormat.MarkdownText)


@pytest.mark.parametrize(
    "text",
    [
        NAME,
        "<b>x",
        "a <i>b</i>",
        "&lt;b&gt;",
        "<!-- x --><p>",
        "x<br/>y",
        "<?xml <b>",
        "<a href=x>",
    ],
)
def test_a_tip_is_taken_for_text_and_loses_no_letter(text: str) -> None:
    assert not QtGui.Qt.mightBeRichText(plain_tip(text))
    assert plain_tip(text).replace("\u2060", "") == text


@pytest.mark.parametrize("text", ["smile", "a < b", "a & b", "3 > 2", "two\nlines", ""])
def test_a_tip_without_tags_is_left_alone(text: str) -> None:
    assert plain_tip(text) == text


def drawn(root: QWidget) -> list[str]:
    """What would be drawn as HTML below a window: labels that show the name, and tooltips."""
    labels = [
        label.text()
        for label in root.findChildren(QLabel)
        if NAME in label.text() and label.textFormat() in RICH
    ]
    tips = [one.toolTip() for one in root.findChildren(QWidget)]
    for listed in root.findChildren(QListWidget):
        tips += [listed.item(row).toolTip() for row in range(listed.count())]
    for menu in root.findChildren(QMenu):
        tips += [action.toolTip() for action in menu.actions()]
    return labels + [tip for tip in tips if QtGui.Qt.mightBeRichText(tip)]


def test_no_name_is_drawn_as_html(again: Make, qtbot: QtBot) -> None:
    window = again()
    window.build_view()
    document = window.document
    other = document.open_clip(replace(nodding(4), name=NAME))
    document.open_clip(replace(nodding(4), name=NAME))
    window.settings.add_recent(Path(f"/{NAME}.npz"))
    for menu in window.findChildren(Submenu):
        menu.aboutToShow.emit()
    window.compare_with(other)
    window.stage.show_preview(nodding(2), NAME)
    window.desk.noticed.emit(f"Saved {NAME} & more")
    assert window.status.notice.text().count("&lt;b&gt;") == 1
    assert NAME in window.status.notice.toolTip().replace("\u2060", "")
    job = window.status.jobs[window.desk.lanes.generate]
    job._start(NAME)
    job._show(0.5, NAME)
    window.recognition.note.setText(NAME)
    window.generation.note.setText(NAME)
    assert drawn(window) == []
    job.hide()
    settle(qtbot, window)


def test_an_ampersand_is_one(again: Make) -> None:
    window = again()
    window.desk.noticed.emit("Saved a & b")
    assert window.status.notice.textFormat() == Qt.TextFormat.RichText
    assert window.status.notice.text() == "Saved a &amp; b"


def test_an_error_is_shown_as_it_is_written(again: Make) -> None:
    window = again()
    window.desk.reported.emit(InputError(NAME))
    box = window.findChild(QMessageBox)
    assert box is not None and NAME in box.text()
    assert drawn(box) == []
    box.done(0)


def test_dialogs_show_names_as_text(qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    label, link = QLabel(NAME, dialog), QLabel("<a href='x'>y</a>", dialog)
    link.setTextFormat(Qt.TextFormat.RichText)
    plain_labels(dialog)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert link.textFormat() == Qt.TextFormat.RichText


def test_questions_show_names_as_text(again: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from studio.ui.export.dialog import ask_to_replace
    from studio.ui.session.verbs import ask_for_models, ask_to_lose

    window: MainWindow = again()
    found: list[list[str]] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: found.append(drawn(box)))
    window.document.open_clip(replace(nodding(2), name=NAME))
    clip = window.document.state.clips[0]
    ask_to_lose(window, Unsaved(made=(clip,)), Path(NAME))
    ask_for_models(window, Path(NAME))
    ask_to_replace(window, f"Replace {NAME}?")
    assert found == [[], [], []]
    QApplication.processEvents()
