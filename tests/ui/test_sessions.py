"""Documents in the window: saved, opened, asked about, and never lost by the way."""

from __future__ import annotations

import errno
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from studio.document import ClipState, Session, Unsaved, read_session, session, write_session
from studio.io import write_sequence
from studio.ui.session.verbs import ELSEWHERE, KEEP, LOSE, SAVE, ask_to_lose, at_risk
from studio.ui.settings.settings import Settings
from studio.ui.window.main_window import MainWindow

from .fakes import SmallEngine, ball
from .windows import Make, settle


class Answers:
    """Answers the question about unsaved work, and counts how often it was put."""

    def __init__(self, answer: str = LOSE) -> None:
        self.answer = answer
        self.asked: list[list[str]] = []

    def __call__(self, _window: QWidget, lost: Unsaved, _path: Path | None) -> str:
        self.asked.append([clip.name for clip in lost.made])
        return self.answer


@pytest.mark.parametrize(
    ("made", "edited", "told"),
    [
        ("a", "", "a was made here and lies in no file."),
        ("", "b", "b was edited since it was saved."),
        ("abcd", "ef", "4 clips were made here and lie in no file: a, b, c and 1 more.\n"
         "2 clips were edited since they were saved: e, f."),
        ("", "", "The list of clips or the settings changed."),
    ],
)  # fmt: skip
def test_the_question_names_what_would_be_lost(made: str, edited: str, told: str) -> None:
    clips = [[ClipState(name, ball(2, name=name)) for name in names] for names in (made, edited)]
    assert at_risk(Unsaved(*map(tuple, clips))) == told


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "talk.studio"


def edited(window: MainWindow) -> str:
    """A window with a clip that was opened, renamed and given a range; the clip's id."""
    clip = window.document.open_clip(ball(9, name="take"))
    window.document.rename_clip(clip, "smile")
    window.document.set_range(clip, 2, 7)
    return clip


def test_save_asks_for_a_name_once_and_the_star_goes(
    window: MainWindow, qtbot: QtBot, path: Path
) -> None:
    proposed: list[Path] = []
    window.session.ask_path = lambda _window, start: proposed.append(start) or path
    clip = window.document.open_clip(ball(9, name="take"))
    assert not window.isWindowModified(), "a file that was only looked at is no work"
    window.document.rename_clip(clip, "smile/1")
    assert window.isWindowModified()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    assert [start.name for start in proposed] == ["smile_1.studio"]
    assert window.windowTitle() == "smile/1 · talk.studio[*] — Expression Studio"
    assert not window.isWindowModified()
    window.document.set_generation(seed=77)
    assert window.isWindowModified()
    window.session.save()
    settle(qtbot, window)
    assert len(proposed) == 1
    assert not window.isWindowModified()
    assert read_session(path).state.generation.seed == 77
    assert window.settings.recent[0] == path
    assert "Saved talk.studio" in window.status.notice.text()


def test_an_edit_while_the_file_is_written_stays_unsaved(
    window: MainWindow, qtbot: QtBot, path: Path
) -> None:
    clip = edited(window)
    window.services.sessions.save(path)
    window.document.rename_clip(clip, "later")
    settle(qtbot, window)
    assert window.isWindowModified()
    assert read_session(path).state.clips[0].name == "smile"


def test_a_session_brings_back_clips_settings_playhead_and_view(
    make: Make, qtbot: QtBot, path: Path
) -> None:
    window = make()
    clip = edited(window)
    window.player.seek(4)
    window.player.playhead.set_loop("ping-pong")
    window.player.playhead.set_speed(0.5)
    window.set_shading("flat")
    window.services.sessions.save(path)
    settle(qtbot, window)
    state = window.document.state
    window.close()

    again = make()
    again.set_shading("smooth")
    again.player.playhead.set_loop("once")
    again.open_paths([path])
    settle(qtbot, again)
    assert again.document.state.clips[0].range == (2, 7)
    assert again.document.state.generation == state.generation
    assert again.document.state.current == clip
    playhead = again.player.playhead
    assert (playhead.frame, playhead.loop, playhead.speed) == (4, "ping-pong", 0.5)
    assert again.stage.view_state().shading == "flat"
    assert again.settings.loop != "ping-pong", "a session changes no preference"
    assert not again.isWindowModified()
    assert again.document.undo_name is None
    assert again.clips.list.count() == 1


def test_a_view_that_is_spoilt_does_not_keep_a_session_from_opening(
    window: MainWindow, qtbot: QtBot, path: Path
) -> None:
    edited(window)
    view = {"frame": "x", "loop": 3, "mode": [], "speed": "fast", "look": {"azimuth": "y"}}
    write_session(Session(window.document.state, view), path)
    window.open_paths([path])
    settle(qtbot, window)
    assert window.windowTitle().startswith("smile · talk.studio")
    assert window.messages.shown == ""


def test_what_is_no_session_leaves_the_document_as_it_was(
    window: MainWindow, qtbot: QtBot, path: Path
) -> None:
    edited(window)
    before = window.document.state
    path.write_bytes(b"PK\x03\x04 half a zip")
    window.open_paths([path])
    settle(qtbot, window)
    assert window.document.state is before
    assert window.messages.shown.startswith("talk.studio: expected a session")
    assert window.session.path is None


@pytest.mark.parametrize("answer", [KEEP, LOSE, SAVE])
def test_opening_another_document_asks_about_this_one(
    make: Make, qtbot: QtBot, path: Path, answer: str
) -> None:
    ask = Answers(answer)
    window = make(ask=ask)
    window.document.add_generated(ball(5, name="fear 1"), {"label": "fear"})
    write_session(Session(window.document.state), path)
    mine = path.with_name("mine.studio")
    window.session.ask_path = lambda *_: mine
    before = window.document.state
    window.document.rename_clip(before.clips[0].id, "mine")
    window.open_paths([path])
    settle(qtbot, window)
    assert ask.asked == [["mine"]]
    shown = window.document.state.clips[0].name
    assert shown == ("mine" if answer == KEEP else "fear 1")
    assert mine.exists() == (answer == SAVE)
    assert window.session.path == (None if answer == KEEP else path)
    if answer == SAVE:
        assert read_session(mine).state.clips[0].name == "mine"


def test_edits_while_a_session_is_read_are_asked_about(
    make: Make, qtbot: QtBot, path: Path
) -> None:
    ask = Answers(KEEP)
    window = make(ask=ask)
    write_session(Session(window.document.state), path)
    window.open_paths([path])
    edited(window)
    settle(qtbot, window)
    assert len(ask.asked) == 1
    assert window.document.state.clips[0].name == "smile"


def test_closing_saves_first_and_then_closes(make: Make, qtbot: QtBot, path: Path) -> None:
    ask = Answers(KEEP)
    window = make(ask=ask)
    edited(window)
    assert not window.close()
    ask.answer = SAVE
    window.session.ask_path = lambda *_: None
    assert not window.close(), "who cancels the file dialog does not want to close"
    assert window.isVisible()
    window.session.ask_path = lambda *_: path
    assert not window.close()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert read_session(path).state.clips[0].name == "smile"
    assert len(ask.asked) == 3


def test_a_save_that_fails_keeps_the_window_open(
    make: Make, qtbot: QtBot, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(session, "write_array", refuse)
    window = make(ask=Answers(SAVE))
    edited(window)
    window.session.ask_path = lambda *_: path
    assert not window.close()
    settle(qtbot, window)
    QApplication.processEvents()
    assert window.isVisible()
    assert "no space left on the disk" in window.messages.shown
    assert window.isWindowModified()
    assert list(path.parent.glob("*.studio")) == []


def test_closing_waits_for_a_save_that_is_on_its_way(make: Make, qtbot: QtBot, path: Path) -> None:
    ask = Answers(KEEP)
    window = make(ask=ask)
    edited(window)
    window.services.sessions.save(path)
    assert not window.close()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert ask.asked == []
    assert len(read_session(path).state.clips) == 1


def test_a_new_session_is_empty_and_stops_what_worked_for_the_old(
    make: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    window = make(SmallEngine(pause=0.02), ask=Answers(LOSE))
    window.desk.models.load()
    settle(qtbot, window)
    edited(window)
    write_sequence(ball(5), tmp_path / "late.npz")
    window.generation.generate.click()
    window.open_paths([tmp_path / "late.npz"])
    window.session.new()
    assert window.document.state.clips == ()
    assert window.windowTitle() == "Expression Studio[*]"
    settle(qtbot, window)
    qtbot.wait(100)
    assert window.document.state.clips == ()
    assert not window.isWindowModified()


@pytest.mark.parametrize("answer", [SAVE, ELSEWHERE, KEEP])
def test_a_file_that_another_program_wrote_is_not_replaced_unasked(
    window: MainWindow, qtbot: QtBot, path: Path, answer: str
) -> None:
    clip = edited(window)
    window.services.sessions.save(path)
    settle(qtbot, window)
    path.write_bytes(b"another program")
    window.document.rename_clip(clip, "mine")
    other = path.with_name("other.studio")
    window.session.ask_replace = lambda *_: answer
    window.session.ask_path = lambda *_: other
    window.session.save()
    settle(qtbot, window)
    assert (path.read_bytes() == b"another program") == (answer != SAVE)
    assert other.exists() == (answer == ELSEWHERE)
    assert window.isWindowModified() == (answer == KEEP)


def test_random_documents_come_and_go(
    make: Make, qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(11)
    window = make(SmallEngine(pause=0.002), ask=lambda *_: chance.choice([LOSE, KEEP, SAVE]))
    window.desk.models.load()
    paths = [tmp_path / f"{name}.studio" for name in "ab"]
    verbs, document, lanes = window.session, window.document, window.desk.lanes
    verbs.ask_path = lambda *_: chance.choice([*paths, None])
    verbs.ask_replace = lambda *_: chance.choice([SAVE, ELSEWHERE, KEEP])
    write_sequence(ball(6), tmp_path / "clip.npz")
    write_session(Session(document.state), paths[0])
    acts: list[Callable[[], object]] = [
        lambda: window.open_paths([chance.choice(paths), tmp_path / "clip.npz"]),
        lambda: document.add_generated(ball(chance.randint(2, 9)), {"label": "fear"}),
        lambda: document.set_generation(seed=chance.randint(1, 9)),
        lambda: chance.choice([lanes.save, lanes.session, lanes.load]).stop(),
        lambda: qtbot.wait(chance.randint(0, 20)),
        *[getattr(verbs, name) for name in ("new", "save", "save_as")],
        *[getattr(document, verb) for verb in ("undo", "redo")],
        window.registry["file.close_clip"].trigger,
        verbs.autosaving.save,
        window.generation.generate.click,
    ]
    for _ in range(80):
        chance.choice(acts)()
        QApplication.processEvents()
        assert window.clips.list.count() == len(document.state.clips)
        assert window.isWindowModified() == document.has_unsaved_work
        name = verbs.path.name if verbs.path is not None else "Expression Studio"
        assert name in window.windowTitle()
    settle(qtbot, window)
    for path in paths:
        assert not path.exists() or read_session(path) is not None
    assert not list(tmp_path.glob(".*.part"))
    assert "Traceback" not in capsys.readouterr().err


def test_the_last_session_opens_again_where_that_is_wanted(
    make: Make, qtbot: QtBot, path: Path, settings: Settings
) -> None:
    window = make()
    edited(window)
    window.services.sessions.save(path)
    settle(qtbot, window)
    window.close()
    again = make()
    again.session.start()
    settle(qtbot, again)
    assert again.document.state.clips == ()
    settings.reopen_session = True
    again.session.start()
    settle(qtbot, again)
    assert again.session.path == path


@pytest.mark.parametrize(("text", "answer"), [("&Save", SAVE), ("&Don't save", LOSE), ("", KEEP)])
def test_the_button_pressed_is_the_answer(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, text: str, answer: str
) -> None:
    def press(box: QMessageBox) -> None:
        found = [button for button in box.buttons() if text and button.text() == text]
        (found or [box.button(QMessageBox.StandardButton.Cancel)])[0].click()

    window = QWidget()
    qtbot.addWidget(window)
    monkeypatch.setattr(QMessageBox, "exec", press)
    assert ask_to_lose(window, Unsaved(), Path("work.studio")) == answer
