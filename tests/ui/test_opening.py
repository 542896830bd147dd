"""Opening shows the first frame while the rest is read, and keeps the document whole."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.core import MeshSequence
from studio.document import Document
from studio.io import frames, write_sequence
from studio.ui.clips.service import OpenService
from studio.ui.kit.time_left import time_left
from studio.ui.window.main_window import MainWindow

from .fakes import ball
from .windows import settle


class Told:
    """What an opening said, in order."""

    def __init__(self, opening: OpenService) -> None:
        self.all: list[object] = []
        for signal in (opening.preview_changed, opening.opened, opening.failed):
            signal.connect(self.all.append)


@pytest.fixture(autouse=True)
def slow_from_the_first_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "_SOON", 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_sequence(ball(6), tmp_path / "take", format="obj")
    return tmp_path / "take"


def test_the_first_frame_is_there_before_the_clip_and_once(
    qtbot: QtBot, opening: OpenService, document: Document, folder: Path
) -> None:
    told = Told(opening)
    opening.preview_changed.connect(lambda _first: told.all.append(document.state.clips))
    opening.open_paths([folder])
    qtbot.waitUntil(lambda: not opening.lane.busy)
    first, clips, path = told.all
    assert isinstance(first, MeshSequence)
    assert (first.name, first.n_frames) == ("Opening take, first of 6 frames", 1)
    assert (clips, path) == ((), folder)
    sequence = document.state.clips[0].recording
    np.testing.assert_array_equal(sequence.vertices[0], first.vertices[0])
    opening.open_paths([folder])
    qtbot.waitUntil(lambda: not opening.lane.busy)
    assert told.all[3:] == [folder], "what is known already is there at once"


def test_a_frame_that_breaks_takes_the_first_one_away(
    qtbot: QtBot, opening: OpenService, document: Document, folder: Path
) -> None:
    sorted(folder.glob("*.obj"))[-1].write_text("v 1 2\n")
    told = Told(opening)
    opening.open_paths([folder])
    qtbot.waitUntil(lambda: not opening.lane.busy)
    assert told.all[1] is None
    assert "3 coordinates" in str(told.all[2])
    assert document.state.clips == ()
    assert document.undo_name is None


def test_cancel_takes_the_first_frame_away_and_opens_nothing(
    qtbot: QtBot, opening: OpenService, document: Document, folder: Path
) -> None:
    told = Told(opening)
    opening.preview_changed.connect(
        lambda first: opening.lane.stop() if first is not None else None
    )
    opening.open_paths([folder, folder])
    qtbot.waitUntil(lambda: not opening.lane.busy)
    qtbot.wait(50)
    assert told.all[1:] == [None]
    assert document.state.clips == ()


def test_what_a_reader_filled_is_said_once_in_the_status_bar_and_the_log(
    window: MainWindow, qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled = replace(ball(6), remarks=("Row 3 was lost.", "Taken as 30 fps."))
    monkeypatch.setattr("studio.io.read_sequence", lambda *_, **__: filled)
    window.open_paths([folder])
    settle(qtbot, window)
    said = "take: Row 3 was lost. Taken as 30 fps."
    assert window.status.notice.text() == said
    assert [entry.text for entry in window.log.entries()].count(said) == 1


def test_the_window_shows_the_first_frame_and_then_the_clip(
    window: MainWindow, qtbot: QtBot, folder: Path
) -> None:
    window.build_view()
    shown: list[int] = []

    def look(first: object) -> None:
        shown.append(window.stage.viewport.scene.sequence.n_frames)
        assert first is window.stage.viewport.scene.sequence

    window.services.opening.preview_changed.connect(look)
    window.open_paths([folder])
    settle(qtbot, window)
    assert shown == [1]
    assert window.stage.viewport.scene.sequence.n_frames == 6
    assert window.stage.timeline.isEnabled()


def test_no_part_of_the_window_keeps_a_closed_clip(
    window: MainWindow, qtbot: QtBot, folder: Path
) -> None:
    window.build_view()
    window.set_heat_map(on=True)
    window.document.set_undo_bytes(0)
    window.open_paths([folder])
    settle(qtbot, window)
    frames = weakref.ref(window.document.current_clip.recording)
    window.player.seek(3)
    window.registry["file.close_clip"].trigger()

    def gone() -> bool:
        gc.collect()
        return frames() is None

    # Its picture may still be being drawn, for which looking for garbage leaves no time.
    qtbot.waitUntil(lambda: not window.services.takes.thumbnails.lane.busy)
    qtbot.waitUntil(gone)


@pytest.mark.parametrize(
    ("spent", "fraction", "says"),
    [
        (0.5, 0.1, ""),
        (3.0, 0.01, ""),
        (3.0, 0.5, "3 s left"),
        (10.0, 0.9, ""),
        (10.0, 0.25, "30 s left"),
        (60.0, 0.1, "9 min left"),
        (5.0, 1.0, ""),
    ],
)
def test_the_time_left_is_said_when_it_is_known_and_worth_it(
    spent: float, fraction: float, says: str
) -> None:
    assert time_left(spent, fraction) == says
