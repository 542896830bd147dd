"""The window closes in the middle of any job, and of all of them: no thread, half file or error
is left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from studio.core import InputError, Progress
from studio.document import Document, Session, read_session, write_session
from studio.io import read_sequence, write_sequence
from studio.takes.batch import Batch
from studio.ui.export.service import ExportRequest
from studio.ui.window.main_window import MainWindow
from tests.face.foreign import foreign_mesh

from .alarm import Alarm
from .fakes import SmallEngine, ball
from .windows import Make, settle

LONG_S = 100.0  # what each job would take if it were left alone


@dataclass
class EndlessEngine(SmallEngine):
    """Works on for minutes, unless it is told to stop, once it is let go."""

    endless: bool = False

    def _work(self, progress: Progress, message: str, steps: int = 10) -> None:
        if not self.endless:
            return
        for _ in progress.each(range(round(LONG_S / 0.005)), message):
            time.sleep(0.005)


@pytest.fixture
def window(make: Make, qtbot: QtBot) -> MainWindow:
    window = make(EndlessEngine())
    window.desk.models.load()
    window.document.open_clip(ball(24))
    settle(qtbot, window)
    window.desk.models.engine.endless = True  # type: ignore[union-attr]
    return window


def _load(window: MainWindow, folder: Path) -> None:
    write_sequence(ball(400, size=30), folder / "frames", format="obj")
    window.open_paths([folder / "frames"])


def _recognize(window: MainWindow, _folder: Path) -> None:
    window.document.set_current(window.document.state.clips[0].id)
    window.document.set_neutral_frame(str(window.document.state.current), 3)


def _judge(window: MainWindow, _folder: Path) -> None:
    window.document.set_range(str(window.document.state.current), 2, 20)


def _generate(window: MainWindow, _folder: Path) -> None:
    window.generation.generate.click()


def _face(window: MainWindow, folder: Path) -> None:
    write_sequence(ball(1), folder / "face.npz")
    window.services.generation.choose_face_file(folder / "face.npz")


def _sheet(window: MainWindow, _folder: Path) -> None:
    wanted = window.document.state.generation
    window.services.takes.sample_sheet(wanted, range(40), lambda _takes: None)


def _batch(window: MainWindow, folder: Path) -> None:
    settings = window.document.state.generation
    window.services.takes.run_batch(
        Batch(settings, ("fear", "anger"), tuple(range(9)), folder / "batch", "npz")
    )


def _export(window: MainWindow, folder: Path) -> None:
    clip = window.document.open_clip(ball(1500, size=40))
    window.services.export.export(ExportRequest(clip, folder / "out", "obj"))


def _movie(window: MainWindow, folder: Path) -> None:
    clip = window.document.open_clip(ball(1000))
    window.services.export.export(ExportRequest(clip, folder / "out.mp4", "mp4"))


def _save(window: MainWindow, folder: Path) -> None:
    window.document.add_generated(ball(1000, size=60), {"label": "fear"})
    window.services.sessions.save(folder / "work.studio")


def _session(window: MainWindow, folder: Path) -> None:
    other = Document()
    other.open_clip(ball(1000, size=60))
    write_session(Session(other.state), folder / "other.studio")
    window.session.open_session(folder / "other.studio")


def _autosave(window: MainWindow, _folder: Path) -> None:
    window.document.add_generated(ball(1000, size=60), {"label": "fear"})
    window.session.autosaving.save()


def _picture(window: MainWindow, folder: Path) -> None:
    picture = QImage(3000, 3000, QImage.Format.Format_RGB32)
    picture.fill(QColor("#345678"))
    window.services.takes.save_picture(picture, folder / "sheet.png", lambda _path: None)


def _survey(window: MainWindow, _folder: Path) -> None:
    window.registry["edit.models"].trigger()


def _fit(window: MainWindow, _folder: Path) -> None:
    """Begin to fit a face in the assistant, which has a view of its own."""
    window.document.open_clip(foreign_mesh())
    window.registry["edit.fit_face"].trigger()


JOBS: dict[str, Callable[[MainWindow, Path], None]] = {
    "load": _load,
    "recognize": _recognize,
    "judge": _judge,
    "generate": _generate,
    "face": _face,
    "sheet": _sheet,
    "batch": _batch,
    "export": _export,
    "movie": _movie,
    "save": _save,
    "session": _session,
    "autosave": _autosave,
    "picture": _picture,
    "survey": _survey,
    "fit": _fit,
}
# What may rightly be there afterwards: the stop may come when the file is whole already.
WHOLE: dict[str, Callable[[Path], object]] = {
    "out": read_sequence,
    "work.studio": read_session,
    "sheet.png": lambda path: None if not QImage(str(path)).isNull() else 1 / 0,
}
GIVEN = {"frames", "face.npz", "other.studio"}


def close(window: MainWindow, qtbot: QtBot, alarm: Alarm) -> None:
    """Close as the user does, and look at what is left of it in this process."""
    began = time.monotonic()
    saving = window.desk.lanes.save.busy
    window.close()
    assert saving or not window.isVisible()
    # Where a session is being saved the window goes when that is done.
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=60_000)
    assert time.monotonic() - began < LONG_S / 5, "closing waited for the job"
    others = ("edits", "autosave", "thumbnails")
    lanes = [f"studio-{name}" for name in (*(lane.name for lane in window.desk.lanes), *others)]
    left = [one.name for one in threading.enumerate() if one.name.startswith(tuple(lanes))]
    assert not left
    QApplication.processEvents()
    assert not alarm.heard, alarm.heard
    assert not window.messages.shown


def whole(folder: Path) -> None:
    for path in folder.rglob("*"):
        assert not path.name.endswith(".part"), path
    for path in folder.iterdir():
        if path.name not in GIVEN:
            WHOLE[path.name](path)


# Drawing two heads takes the assistant a while, and the others run below, all at once.
SLOW = {"fit", "load", "recognize", "generate", "face", "sheet", "batch", "export", "autosave"}


@pytest.mark.parametrize(
    "job", [pytest.param(job, marks=[pytest.mark.slow] * (job in SLOW)) for job in JOBS]
)
def test_closing_in_the_middle_of(
    job: str, window: MainWindow, qtbot: QtBot, alarm: Alarm, tmp_path: Path
) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    JOBS[job](window, folder)
    lanes = [*window.desk.lanes, window.session.autosaving.lane]
    assert job == "survey" or any(lane.busy for lane in lanes)
    qtbot.wait(50)
    close(window, qtbot, alarm)
    whole(folder)
    assert not list((window.session.autosaving.root).glob("*")), "an autosave is left"


@pytest.mark.slow
def test_everything_at_once_and_then_the_end(
    window: MainWindow, qtbot: QtBot, alarm: Alarm, tmp_path: Path
) -> None:
    window.build_view()
    folder = tmp_path / "work"
    folder.mkdir()
    for job in ("sheet", "batch", "export", "save", "autosave", "picture", "load"):
        JOBS[job](window, folder)
    for job in ("generate", "recognize", "face"):
        JOBS[job](window, folder)
    window.player.toggle()
    window.desk.models.load()
    lanes = window.desk.lanes
    for lane in (lanes.sheet, lanes.batch, lanes.export, lanes.load, lanes.models):
        assert lane.busy, lane.name
    assert lanes.generate.busy and lanes.recognize.busy
    qtbot.wait(200)
    assert window.player.playhead.playing
    close(window, qtbot, alarm)
    whole(folder)


def test_everything_at_once_comes_to_an_end(
    make: Make, qtbot: QtBot, alarm: Alarm, tmp_path: Path
) -> None:
    window = make(SmallEngine(pause=0.003))
    window.desk.models.load()
    window.document.open_clip(ball(24))
    settle(qtbot, window)
    write_sequence(ball(40), tmp_path / "frames", format="obj")
    _sheet(window, tmp_path)
    _batch(window, tmp_path)
    clip = str(window.document.state.current)
    window.services.export.export(ExportRequest(clip, tmp_path / "out", "obj"))
    window.services.sessions.save(tmp_path / "work.studio")
    window.generation.generate.click()
    window.open_paths([tmp_path / "frames"])
    _recognize(window, tmp_path)
    window.session.autosaving.save()
    settle(qtbot, window)
    assert not alarm.heard
    assert not window.messages.shown
    assert read_sequence(tmp_path / "out").n_frames == 24
    assert len(list((tmp_path / "batch").glob("*.npz"))) == 18
    assert read_session(tmp_path / "work.studio").state.clips
    assert [clip.name for clip in window.document.state.clips][:1] == ["ball"]
    assert len(window.document.state.clips) == 3


def test_no_dialog_is_left_on_the_screen(window: MainWindow, qtbot: QtBot, alarm: Alarm) -> None:
    """Qt does not survive the end of a window of which a dialog is still shown."""
    for name in ("takes.batch", "takes.sheet", "edit.models"):
        window.registry[name].trigger()
    window.messages.error(InputError("no such file"))
    close(window, qtbot, alarm)
    assert not [one for one in window.findChildren(QDialog) if one.isVisible()]
