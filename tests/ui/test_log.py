"""The log holds what happened, from any thread, and the panel shows it."""

from __future__ import annotations

import logging
import threading
import warnings
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.core import InputError
from studio.io import write_sequence
from studio.ui.log.log import KEPT, Log, listen
from studio.ui.log.panel import LogPanel
from studio.ui.settings.settings import Settings
from studio.ui.window.log_feed import plain
from studio.ui.window.main_window import MainWindow

from .fakes import ball
from .windows import Make, settle


@pytest.fixture
def window(fresh: MainWindow) -> MainWindow:
    return fresh


def test_threads_may_add_and_only_the_newest_are_kept(qtbot: QtBot) -> None:
    log = Log()
    threads = [
        threading.Thread(target=lambda: [log.add("x") for _ in range(KEPT)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [entry.number for entry in log.entries()]
    assert numbers == list(range(3 * KEPT, 4 * KEPT))
    assert [entry.number for entry in log.entries(4 * KEPT - 2)] == [4 * KEPT - 2, 4 * KEPT - 1]


def test_warnings_and_records_are_logged_and_still_printed(
    qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    log, before = Log(), warnings.showwarning
    printed: list[str] = []
    warnings.showwarning = lambda message, *_rest: printed.append(str(message))
    end = listen(log)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(warnings, "filters", [("always", None, Warning, None, 0)])
            warnings.warn("low on salt", UserWarning, stacklevel=1)
        try:
            raise ZeroDivisionError("oh")
        except ZeroDivisionError:
            logging.getLogger("kitchen").exception("burnt")
    finally:
        end()
        warnings.showwarning = before
    logging.getLogger("kitchen").error("after the end")
    salt, burnt = log.entries()
    assert (salt.level, salt.text) == ("warning", "UserWarning: low on salt")
    assert printed == ["low on salt"]
    assert (burnt.level, burnt.text) == ("error", "kitchen: burnt")
    assert "ZeroDivisionError: oh" in burnt.details


def test_the_log_tells_what_the_window_did(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_sequence(ball(6), tmp_path / "grin.npz")
    window.open_paths([tmp_path / "grin.npz", tmp_path / "gone.obj"])
    settle(qtbot, window)
    window.document.set_generation(label="fear", seed=7)
    window.generation.generate.click()
    settle(qtbot, window)
    window.desk.noticed.emit("It is <late>")
    window.desk.exported.emit(tmp_path / "out.npz")
    window.desk.reported.emit(ValueError("bug"))
    text = window.log.text()
    assert "Models small" in text
    assert "Opened grin: 6 frames, 144 vertices, 30 fps" in text
    assert "gone.obj: expected" in text
    assert "label fear, seed 7" in text
    assert ", in 0." in text
    assert "It is <late>" in text
    assert "Exported out.npz" in text
    assert str(tmp_path) in text
    assert "ValueError: bug" in text
    levels = [entry.level for entry in window.log.entries()]
    assert levels.count("error") == 2


def test_a_notice_is_logged_without_its_link() -> None:
    html = 'Exported a &amp; b. <a href="file:///tmp/x">Show in folder</a>'
    assert plain(html) == ("Exported a & b.", "/tmp/x")


def test_the_panel_lists_copies_saves_and_clears(
    qtbot: QtBot, tmp_path: Path, settings: Settings
) -> None:
    log = Log()
    panel = LogPanel(log, settings)
    qtbot.addWidget(panel)
    log.add("before it was shown")
    panel.show()
    log.add("it broke", "error", "line one\nline two")
    qtbot.waitUntil(lambda: "line two" in panel.text.toPlainText())
    assert "before it was shown" in panel.text.toPlainText()
    panel.level.setCurrentIndex(2)
    assert "before it was shown" not in panel.text.toPlainText()
    panel.copy.click()
    assert QApplication.clipboard().text() == log.text()
    panel.save_to(tmp_path / "log.txt")
    assert (tmp_path / "log.txt").read_text().startswith(log.entries()[0].lines())
    panel.save_to(tmp_path / "log.txt" / "below")
    assert log.entries()[-1].level == "error"
    panel.clear.click()
    assert panel.text.toPlainText() == ""
    assert log.entries() == []


def test_the_panel_is_hidden_until_it_is_asked_for(make: Make) -> None:
    window = make()
    assert not window._docks["log"].isVisible()
    entry = window.registry["view.panel.log"]
    entry.trigger()
    assert window._docks["log"].isVisible()


def test_a_box_of_messages_offers_what_can_be_done(
    window: MainWindow, capsys: pytest.CaptureFixture[str]
) -> None:
    window.messages.error(InputError("one.obj: expected faces, found none"))
    assert window.messages._copy.isVisible()
    assert not window.messages._save.isVisible()
    window.messages._copy.click()
    assert QApplication.clipboard().text().startswith("one.obj")
    window.messages.error(ZeroDivisionError("oh"))
    assert window.messages._save.isVisible()
