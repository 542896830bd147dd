"""Models that vanish, memory that runs out and very long clips: a sentence, and the window
goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.core import MeshSequence, Progress
from studio.document import Document
from studio.engine import Engine
from studio.face.template import load_template
from studio.io import write_sequence
from studio.ui.desk import Desk
from studio.ui.settings.settings import Settings
from studio.ui.window.main_window import LOSE, MainWindow
from tests.engine.tiny import FACE, moving_face, write_set

from .alarm import Alarm
from .fakes import SmallEngine, ball
from .invariants import check_settled
from .windows import Make, settle

# Models that vanish


def _gone(path: Path) -> None:
    path.unlink()


def _half(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def _nothing(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(0)


@pytest.mark.parametrize(
    "harm",
    [_half, *(pytest.param(harm, marks=pytest.mark.slow) for harm in (_gone, _nothing))],
)
def test_checkpoints_that_are_harmed_while_they_are_in_use(
    harm: Callable[[Path], None],
    qtbot: QtBot,
    settings: Settings,
    alarm: Alarm,
    tmp_path: Path,
) -> None:
    """What is in memory serves on; loading again says one sentence and keeps it."""
    folder = write_set(tmp_path / "tiny")

    def open_tiny(
        folder: Path | None, device: str, notice: Callable[[str], None], *, progress: Progress
    ) -> Engine:
        return Engine.open(folder, device, progress, template=FACE, notice=notice)

    document = Document()
    desk = Desk(document, open_engine=open_tiny, models_folder=folder, device="cpu")
    window = MainWindow(desk, settings, ask=lambda *_: LOSE)
    window.show()
    desk.models.load()
    document.open_clip(moving_face(12))
    settle(qtbot, window)
    serving = desk.models.engine
    assert serving is not None
    for path in sorted(folder.glob("*.safetensors")):
        harm(path)
    document.set_neutral_frame(str(document.state.current), 2)
    document.set_generation(frames=16, steps=2)
    window.generation.generate.click()
    settle(qtbot, window)
    assert len(document.state.clips) == 2
    assert not window.messages.shown
    desk.models.load()
    settle(qtbot, window)
    assert desk.models.engine is serving
    said = window.messages.shown
    assert "tiny" in said or "autoencoder.safetensors" in said
    assert "\n" not in said
    window.messages.close()
    document.set_generation(seed=document.state.generation.seed + 1)
    window.generation.generate.click()
    settle(qtbot, window)
    assert len(document.state.clips) == 3
    check_settled(window)
    assert not alarm.heard
    window.close()


# Memory that runs out


@dataclass
class CrowdedEngine(SmallEngine):
    """Raises what it is given, once it has worked."""

    error: Exception | None = None

    def _work(self, progress: Progress, message: str, steps: int = 10) -> None:
        super()._work(progress, message, steps)
        if self.error is not None:
            raise self.error


def test_no_memory_at_all_is_a_sentence_and_no_bug(
    make: Make, qtbot: QtBot, alarm: Alarm, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = CrowdedEngine()
    window = make(engine)
    window.desk.models.load()
    settle(qtbot, window)
    engine.error = MemoryError()
    window.generation.generate.click()
    settle(qtbot, window)
    assert window.messages.shown == "There is not enough memory for this."
    assert window.messages.report is None
    engine.error = None
    window.generation.generate.click()
    settle(qtbot, window)
    assert len(window.document.state.clips) == 1
    check_settled(window)
    assert not alarm.heard


# Very long clips


def long_ball(n_frames: int) -> MeshSequence:
    return ball(n_frames, name="long")


def _live_with(window: MainWindow, qtbot: QtBot) -> None:
    """Scrub, heat map, timeline, range, playback, zoom."""
    timeline, playhead = window.stage.timeline, window.player.playhead
    last = playhead.n_frames - 1
    for frame in (0, last, 1234, last // 2):
        window.player.seek(frame)
        QApplication.processEvents()
        assert playhead.frame == timeline.frame == frame
    window.set_heat_map(on=True)
    window.player.seek(2000)
    QApplication.processEvents()
    shown = window.stage.viewport.scene.surface.points  # type: ignore[union-attr]
    clip = window.document.current_clip
    assert clip is not None
    np.testing.assert_allclose(shown, clip.recording.vertices[2000], atol=1e-4)
    width, height = timeline.width(), timeline.height()
    QTest.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=QPoint(width // 2, height // 2))
    assert 0.3 * last < playhead.frame < 0.7 * last
    window.document.set_range(clip.id, 1000, 3000)
    settle(qtbot, window)
    window.player.toggle()
    qtbot.wait(100)
    window.player.toggle()
    check_settled(window)


def test_four_thousand_frames(make: Make, qtbot: QtBot, alarm: Alarm, tmp_path: Path) -> None:
    """They open, scrub and are read, with progress; reading can be stopped and asked again."""
    write_sequence(long_ball(4000), tmp_path / "long.npz")
    engine = SmallEngine(pause=0.05)
    window = make(engine)
    window.build_view()
    window.desk.models.load()
    settle(qtbot, window)
    reports: list[float] = []
    lane = window.desk.lanes.recognize
    lane.progressed.connect(lambda share, _message: reports.append(share))
    window.open_paths([tmp_path / "long.npz"])
    qtbot.waitUntil(lambda: bool(reports))
    window.desk.lanes.recognize.stop()
    assert window.recognition.note.text() == "Reading was stopped."
    engine.pause = 0.0
    window.services.recognition.recognize()
    settle(qtbot, window)
    assert window.stage.timeline.peaks
    _live_with(window, qtbot)
    assert not window.messages.shown
    assert not alarm.heard


@pytest.mark.slow
def test_four_thousand_frames_of_the_template(
    settings: Settings, qtbot: QtBot, alarm: Alarm, tmp_path: Path
) -> None:
    """The same at the size of a real face, read by the shipped models."""
    template = load_template()
    swing = np.sin(np.linspace(0, 60, 4000, dtype=np.float32))[:, None, None]
    low = (template.vertices[:, 1] < template.vertices[:, 1].mean())[:, None]
    moved = template.vertices + swing * low * np.float32([0, -4, 0])
    np.savez(tmp_path / "long.npz", vertices=moved.astype(np.float32), faces=template.faces)
    desk = Desk(Document(), device="cpu")
    window = MainWindow(desk, settings, ask=lambda *_: LOSE)
    window.show()
    window.build_view()
    desk.models.load()
    settle(qtbot, window)
    reports: list[float] = []
    desk.lanes.recognize.progressed.connect(lambda share, _text: reports.append(share))
    window.open_paths([tmp_path / "long.npz"])
    qtbot.waitUntil(lambda: len(reports) > 2)
    assert window.stage.viewport.scene.surface.points is not None  # type: ignore[union-attr]
    desk.lanes.recognize.stop()
    assert window.recognition.note.text() == "Reading was stopped."
    window.services.recognition.recognize()
    settle(qtbot, window)
    assert window.services.recognition.reading is not None
    _live_with(window, qtbot)
    assert not window.messages.shown
    assert not alarm.heard
    window.close()
