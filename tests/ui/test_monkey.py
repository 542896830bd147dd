"""Random things a user can do: nothing breaks, nothing hangs, nothing disagrees."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.document import Document, Session, write_session
from studio.io import write_sequence
from studio.ui.window.main_window import MainWindow

from .alarm import Alarm
from .fakes import SmallEngine, ball
from .invariants import check, check_settled
from .monkey import K, Monkey
from .windows import Make, settle


@pytest.fixture
def offered(tmp_path: Path) -> list[Path]:
    """Clips, a session and nonsense."""
    folder = tmp_path / "in"
    folder.mkdir()
    write_sequence(ball(12), folder / "ball.npz")
    write_sequence(ball(3, name="short"), folder / "short.npz")
    write_sequence(ball(9, name="other", size=9), folder / "other.npz")
    write_sequence(ball(6, name="frames"), folder / "frames")
    document = Document()
    document.open_clip(ball(5, name="of a session"))
    write_session(Session(document.state), folder / "talk.studio")
    (folder / "broken.npz").write_bytes(b"PK nonsense")
    (folder / "words.obj").write_text("no mesh at all")
    (folder / "empty").mkdir()
    names = ("ball.npz", "short.npz", "other.npz", "frames", "talk.studio")
    bad = ("broken.npz", "words.obj", "empty", "missing.ply")
    return [folder / name for name in (*names, *bad)]


def pump() -> None:
    """Let the window do what it has been told to."""
    for _ in range(3):
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def run(window: MainWindow, monkey: Monkey, alarm: Alarm, qtbot: QtBot, steps: int) -> None:
    """Let the monkey loose; where something breaks, say what it had done."""
    try:
        for number in range(steps):
            monkey.step(number)
            pump()
            if monkey.chance.random() < 0.25:
                settle(qtbot, window)
                pump()
                if QApplication.activeModalWidget() is None:
                    check_settled(window)
            check(window)
            assert not alarm.heard, alarm.heard
            assert not bugs(window)
        finish(window, qtbot)
        assert not alarm.heard, alarm.heard
    except BaseException:
        print(f"seed {monkey.seed}, {len(monkey.trail)} things done:", *monkey.trail, sep="\n  ")
        raise


def bugs(window: MainWindow) -> list[str]:
    """Errors that were told and should not have been: those with a traceback."""
    return [one.text for one in window.log.entries() if one.level == "error" and one.details]


def finish(window: MainWindow, qtbot: QtBot) -> None:
    """Every dialog goes by Escape, and history leads to the same two states each time."""
    for _ in range(20):
        open_now = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if open_now is None:
            break
        QTest.keyClick(open_now, K.Key_Escape)
        pump()
    assert QApplication.activeModalWidget() is None, "a dialog is stuck"
    settle(qtbot, window)
    document, ends = window.document, []
    for _ in range(2):
        while document.redo_name is not None:
            document.redo()
        last = document.state
        while document.undo_name is not None:
            document.undo()
            check(window)
        ends.append((document.state, last))
    assert ends[0] == ends[1]
    settle(qtbot, window)
    check_settled(window)


def let_loose(
    make: Make,
    qtbot: QtBot,
    alarm: Alarm,
    offered: list[Path],
    folder: Path,
    seed: int,
    steps: int,
) -> None:
    random.seed(seed)
    window = make(SmallEngine(pause=0.002))
    window.resize(1000, 720)
    window.build_view()
    window.desk.models.load()
    monkey = Monkey(window, seed, offered, folder)
    try:
        run(window, monkey, alarm, qtbot, steps)
    finally:
        monkey.close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Everything that is written stays here."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.chdir(home)
    return home


def test_sixty_random_things(
    make: Make, qtbot: QtBot, alarm: Alarm, offered: list[Path], home: Path
) -> None:
    let_loose(make, qtbot, alarm, offered, home, 20, 60)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 6))
def test_two_thousand_random_things(
    make: Make, qtbot: QtBot, alarm: Alarm, offered: list[Path], home: Path, seed: int
) -> None:
    let_loose(make, qtbot, alarm, offered, home, seed, 2000)
