"""Unsaved work survives the death of the program, and is offered once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSysInfo
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.core import InputError
from studio.document import ClipState, Session, read_session
from studio.document.autosave import Leftover
from studio.document.blobs import Fingerprints
from studio.document.session import FORMAT
from studio.ui.session import slots
from studio.ui.session.recovery_bar import describe
from studio.ui.session.slots import Slot, autosave_root, find_left_behind
from studio.ui.window.main_window import KEEP, MainWindow

from .fakes import ball
from .windows import Make, settle


@pytest.fixture
def window(fresh: MainWindow) -> MainWindow:
    return fresh


def leave_behind(window: MainWindow, name: str = "fear 1", file: Path | None = None) -> Path:
    """A folder as a process that was killed leaves it: written, and locked by no one who lives."""
    state = window.document.state
    clip = ClipState(name, ball(6, name=name), recipe={"label": "fear"})
    slot = Slot.free(Fingerprints())
    assert slot.hold()
    slot.folder.write(Session(replace(state, clips=(clip,), current=name), {"frame": 3}, file))
    slot.release()
    return slot.folder.path


def start(window: MainWindow, qtbot: QtBot) -> None:
    window.session.start()
    qtbot.waitUntil(lambda: not window.session.autosaving.lane.busy)


def folders() -> list[str]:
    return sorted(e.name for e in os.scandir(autosave_root())) if autosave_root().is_dir() else []


def test_work_is_copied_when_there_is_some_and_goes_when_it_is_safe(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    autosaving = window.session.autosaving
    idle = lambda: not autosaving.lane.busy  # noqa: E731
    window.document.open_clip(ball(5))
    autosaving.save()
    assert idle() and not autosaving.folder.exists(), "files that are looked at are not copied"
    clip = window.document.add_generated(ball(6), {"label": "fear"})
    autosaving.save()
    qtbot.waitUntil(idle)
    slot = autosaving._slot.folder
    assert len(slot.read().state.clips) == 2
    before = (slot.path / "document.json").stat().st_mtime_ns
    autosaving.save()
    assert idle(), "nothing has changed"
    window.document.rename_clip(clip, "new name")
    autosaving.save()
    qtbot.waitUntil(idle)
    assert (slot.path / "document.json").stat().st_mtime_ns > before
    window.services.sessions.save(tmp_path / "talk.studio")
    settle(qtbot, window)
    qtbot.waitUntil(idle)
    assert slot.leftover() is None
    window.close()
    assert folders() == []


def test_the_timer_saves(window: MainWindow, qtbot: QtBot) -> None:
    window.settings.autosave_seconds = 0.02
    start(window, qtbot)
    window.document.add_generated(ball(6), {"label": "fear"})
    qtbot.waitUntil((window.session.autosaving.folder / "document.json").exists)
    window.settings.autosave_seconds = 0
    assert not window.session.autosaving._timer.isActive()


def test_left_work_is_offered_restored_and_then_kept_as_ones_own(
    make: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    window = make()
    folder = leave_behind(window, file=tmp_path / "talk.studio")
    start(window, qtbot)
    bar = window.session.bar
    assert bar.isVisible()
    assert "talk.studio" in bar.text.text() and "fear 1" in bar.text.text()
    bar.restore.click()
    settle(qtbot, window)
    qtbot.waitUntil(lambda: not window.session.autosaving.lane.busy)
    assert not bar.isVisible()
    assert window.document.state.clips[0].name == "fear 1"
    assert window.player.playhead.frame == 3
    assert window.isWindowModified()
    assert window.session.path == tmp_path / "talk.studio"
    assert window.session.autosaving.folder == folder, "it is safe until the next copy"
    assert folders() == sorted([folder.name, folder.name + ".lock"])
    window.session.save()
    settle(qtbot, window)
    assert not window.isWindowModified()
    assert read_session(tmp_path / "talk.studio").state.clips[0].name == "fear 1"
    window.close()
    assert folders() == []


def test_restoring_asks_about_the_work_on_the_screen(make: Make, qtbot: QtBot) -> None:
    window = make(ask=lambda *_: KEEP)
    leave_behind(window)
    start(window, qtbot)
    window.document.add_generated(ball(6, name="mine"), {"label": "fear"})
    window.session.bar.restore.click()
    settle(qtbot, window)
    assert window.document.state.clips[0].name == "mine"
    assert window.session.bar.isVisible()


def test_discarding_takes_two_presses(make: Make, qtbot: QtBot) -> None:
    window = make()
    leave_behind(window)
    start(window, qtbot)
    bar = window.session.bar
    bar.discard.click()
    assert len(folders()) == 2
    bar.discard.click()
    assert folders() == []
    assert not bar.isVisible()


def test_several_finds_are_offered_one_by_one_and_those_left_come_again(
    make: Make, qtbot: QtBot
) -> None:
    window = make()
    for name in ("one", "two"):
        leave_behind(window, name)
    start(window, qtbot)
    bar = window.session.bar
    assert "1 more" in bar.text.text()
    other = make()
    start(other, qtbot)
    assert not other.session.bar.isVisible(), "what one window offers no other does"
    bar.discard.click()
    bar.discard.click()
    assert bar.isVisible() and "more" not in bar.text.text()
    bar.later.click()
    window.close()
    again = make()
    start(again, qtbot)
    assert again.session.bar.isVisible()


def test_the_copy_of_an_instance_that_lives_is_left_alone(qtbot: QtBot, make: Make) -> None:
    window, other = make(), make()
    window.document.add_generated(ball(6), {"label": "fear"})
    window.session.autosaving.save()
    qtbot.waitUntil(lambda: not window.session.autosaving.lane.busy)
    start(other, qtbot)
    assert not other.session.bar.isVisible()
    assert window.session.autosaving.folder.exists()


def test_damaged_work_is_offered_and_says_what_is_wrong(make: Make, qtbot: QtBot) -> None:
    window = make()
    folder = leave_behind(window)
    (folder / "document.json").write_text("{")
    start(window, qtbot)
    assert window.session.bar.isVisible()
    window.session.bar.restore.click()
    settle(qtbot, window)
    assert "document.json" in window.messages.shown
    assert window.session.bar.isVisible()
    assert folder.exists()


def test_an_empty_folder_of_a_dead_process_goes_quietly(tmp_path: Path) -> None:
    slot = Slot.free(Fingerprints(), tmp_path)
    slot.folder.path.mkdir()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    lock = f"{gone.pid}\npython\n{QSysInfo.machineHostName()}\n"
    (tmp_path / "only a lock.lock").write_text(lock)
    assert find_left_behind(tmp_path, Fingerprints()) == []
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_to_is_told_once(
    make: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    (autosave_root().parent).mkdir(parents=True)
    autosave_root().write_text("a file in the way")
    window = make()
    told: list[str] = []
    window.desk.noticed.connect(told.append)
    window.document.add_generated(ball(6), {"label": "fear"})
    for seed in (5, 6):
        window.document.set_generation(seed=seed)
        window.session.autosaving.save()
        qtbot.waitUntil(lambda: not window.session.autosaving.lane.busy)
    assert len(told) == 1
    assert told[0].startswith("Autosave: ") and "no place for autosaves" in told[0]
    assert slots.autosave_root().is_file()


def test_the_bar_says_when_and_what() -> None:
    text = describe(Leftover("2020-02-03T10:20:30+00:00", tuple("abcde"), None), more=2)
    assert "2020" in text or "20" in text
    assert "5 clips (a, b, c, …)" in text
    assert text.endswith("2 more after this.")
    assert "earlier run" in describe(Leftover("", (), None))


@pytest.mark.parametrize(
    "saved", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1e400", "\0", "x" * 9999]
)
def test_the_bar_offers_whatever_an_autosave_says(tmp_path: Path, saved: str) -> None:
    folder = Slot(tmp_path / "one").folder
    clips = [{"name": "\ud800<b>" + "x" * 9999}, {"name": 7}, {"name": None}]
    manifest = {"format": FORMAT, "version": 1, "saved": saved, "document": {"clips": clips}}
    folder.path.mkdir()
    for file in ("a\0b", "\ud800", 7, True, [], "x" * 9999):
        text = json.dumps(manifest | {"file": file})
        (folder.path / "document.json").write_text(text)
        left = folder.leftover()
        assert left is not None
        text = describe(left)
        assert len(text) < 400 and text.isprintable()
        with pytest.raises(InputError):
            folder.read()


CHILD = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from studio.ui.window import app
from tests.ui.fakes import ball

def work(window, *paths):
    window.document.add_generated(ball(6, name="fear 1"), {"label": "fear", "seed": 1})
    window.session.autosaving.save()
    window.session.autosaving.lane.finished.connect(look)
    look()

def look():
    root = Path(os.environ["XDG_DATA_HOME"]) / "expression-studio" / "autosave"
    for folder in root.glob("*/*.json"):
        print("copied", flush=True)

app.start_window = work
sys.exit(app.run_app([]))
"""


def test_what_is_ended_from_outside_copies_its_work_first(make: Make, qtbot: QtBot) -> None:
    window, other = make(), make()
    window.document.add_generated(ball(6, name="fear 1"), {"label": "fear"})
    window.session.autosaving.leave()
    start(other, qtbot)
    assert "fear 1" in other.session.bar.text.text()
    other.session.bar.release()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills a process")
def test_a_window_that_is_killed_leaves_its_work_to_the_next(make: Make, qtbot: QtBot) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD], stdout=subprocess.PIPE, env=os.environ, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "copied\n"
    child.kill()
    child.wait()
    child.stdout.close()
    window = make()
    start(window, qtbot)
    assert window.session.bar.isVisible()
    window.session.bar.restore.click()
    settle(qtbot, window)
    clip = window.document.state.clips[0]
    assert (clip.name, clip.recipe) == ("fear 1", {"label": "fear", "seed": 1})
    assert clip.recording.vertices.tobytes() == ball(6).vertices.tobytes()
    QApplication.processEvents()
