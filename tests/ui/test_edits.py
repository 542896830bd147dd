"""The frames of edited clips come from the background, and nothing is lost until they do."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import ref

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.core import MeshSequence, Progress
from studio.core.sequence import Floats
from studio.document import ClipState, LandmarkEdit, Session, write_session
from studio.document.edits.edit import Below, Frames
from studio.document.evaluator import Evaluator
from studio.face.studio_face import LANDMARKS_68
from studio.ui.clips.thumbnails import Thumbnails
from studio.ui.window.main_window import MainWindow
from tests.render.faces import nodding

from .face_mouse import about_to_edit, bar, drag, move, place, press, release, view_of
from .windows import Make, settle

CORNER, BROW = 48, 19


@pytest.fixture
def window(again: Make, qtbot: QtBot) -> MainWindow:
    return about_to_edit(again, qtbot)


@pytest.fixture
def workers(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """The threads in which the frames of a clip were computed, one entry a time."""
    found: list[threading.Thread] = []
    real = Evaluator._finish

    def told(*args: object) -> MeshSequence:
        found.append(threading.current_thread())
        return real(*args)

    monkeypatch.setattr(Evaluator, "_finish", told)
    window.document.evaluator.set_budget(0)  # so that undo does not find them
    return found


@contextmanager
def frames_held_back() -> Iterator[None]:
    """No frames are computed in the background meanwhile."""
    go_on, real = threading.Event(), LandmarkEdit.apply

    def waiting(edit: LandmarkEdit, below: Below, frames: Frames, progress: Progress) -> Floats:
        if threading.current_thread() is not threading.main_thread():
            go_on.wait()
        return real(edit, below, frames, progress)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LandmarkEdit, "apply", waiting)
        try:
            yield
        finally:
            go_on.set()


def clip_of(window: MainWindow) -> ClipState:
    clip = window.document.current_clip
    assert clip is not None
    return clip


def ready(window: MainWindow) -> MeshSequence | None:
    """The frames of the current clip, where they are there."""
    return window.document.evaluator.ready(clip_of(window))


def shown(window: MainWindow) -> Floats:
    """(V, 3) what the view shows."""
    return np.array(view_of(window).scene.surface.points)


def check_at_rest(window: MainWindow) -> None:
    """The view has the frames of the document, and shows the right one."""
    clip, frame = window.document.current_clip, window.player.playhead.frame
    scene = view_of(window).scene
    assert scene.sequence is (ready(window) if clip is not None else None)
    if clip is not None:
        np.testing.assert_array_equal(shown(window), scene.sequence.vertices[frame])


def test_frames_are_never_worked_out_in_the_thread_of_the_window(
    window: MainWindow, workers: list[threading.Thread], qtbot: QtBot
) -> None:
    first, row = window.document.state.current, bar(window)
    steps: list[Callable[[], object]] = [
        lambda: drag(window, CORNER, (-10, 0)),
        lambda: drag(window, BROW, (0, -8)),
        window.document.undo,
        window.document.redo,
        lambda: row.fade.setValue(3),
        lambda: window.document.duplicate_clip(str(first)),
        lambda: drag(window, CORNER, (-10, 0)),
        lambda: window.document.set_current(first),
        lambda: window.compare_with(window.document.state.clips[1].id),
        row.remove.click,
        window.document.undo,
        row.remove_all.click,
        window.document.undo,
    ]
    for step in steps:
        step()
        settle(qtbot, window)
        check_at_rest(window)
    assert len(workers) >= 4, "four edits that nobody has seen before"
    assert threading.main_thread() not in workers


def test_a_session_opens_without_the_window_working_out_frames(
    window: MainWindow, workers: list[threading.Thread], qtbot: QtBot, tmp_path: Path
) -> None:
    document = window.document
    document.evaluator.set_budget(2**28)  # so that there is room for every clip's
    for _ in range(2):
        document.open_clip(nodding(24))
        drag(window, CORNER, (-10, 0))
    path = write_session(Session(document.state), tmp_path / "two.studio")
    before = len(workers)
    window.open_paths([path])
    qtbot.waitUntil(lambda: window.services.sessions.path == path)
    settle(qtbot, window)
    check_at_rest(window)
    assert all(document.evaluator.ready(clip) is not None for clip in document.state.clips)
    assert len(workers) >= before + 2 and threading.main_thread() not in workers[before:]


def test_what_was_dragged_stays_in_view_until_the_frames_are_there(
    window: MainWindow, qtbot: QtBot
) -> None:
    start = place(window, CORNER)
    with frames_held_back():
        press(window, start)
        move(window, start - QPointF(10, 0))
        dragged = shown(window)
        release(window, start - QPointF(10, 0))
        clip = clip_of(window)
        assert clip.landmark_edit is not None and clip.landmark_edit.frames == (12,), (
            "the document has it at once"
        )
        assert ready(window) is None
        np.testing.assert_allclose(shown(window), dragged, atol=1e-4)
        window.player.seek(14)
        corner = LANDMARKS_68[CORNER]
        there = shown(window)[corner] - clip.recording.vertices[14, corner]
        assert there[0] < -0.5, "other frames show the fade"
        window.player.seek(12)
    settle(qtbot, window)
    np.testing.assert_allclose(shown(window), dragged, atol=1e-4)
    check_at_rest(window)


def test_a_second_drag_builds_on_one_whose_frames_are_not_there(
    window: MainWindow, qtbot: QtBot
) -> None:
    with frames_held_back():
        drag(window, CORNER, (-10, 0))
        first = clip_of(window).landmark_edit.keys[0].offsets
        drag(window, CORNER, (-10, 0))
        drag(window, BROW, (0, -8))
    settle(qtbot, window)
    clip = clip_of(window)
    offsets = clip.landmark_edit.keys[0].offsets
    np.testing.assert_allclose(offsets[CORNER], 2 * first[CORNER], rtol=0.02)
    assert offsets[BROW, 1] > 1
    ids = list(LANDMARKS_68)
    moved = ready(window).vertices[12, ids] - clip.recording.vertices[12, ids]
    np.testing.assert_allclose(moved, offsets, atol=1e-4)
    for _ in range(3):
        window.document.undo()
    assert clip_of(window).landmark_edit is None, "three drags are three steps"


def test_frames_that_arrive_under_a_drag_do_not_take_it_away(
    window: MainWindow, qtbot: QtBot
) -> None:
    with frames_held_back():
        drag(window, CORNER, (-10, 0))
        start = place(window, BROW)
        press(window, start)
        move(window, start - QPointF(0, 8))
        held = shown(window)
    settle(qtbot, window)
    assert view_of(window).scene.sequence is ready(window)
    np.testing.assert_allclose(shown(window), held, atol=1e-4)
    release(window, start - QPointF(0, 8))
    settle(qtbot, window)
    assert (np.abs(clip_of(window).landmark_edit.keys[0].offsets).max(axis=1) > 1).sum() == 2
    np.testing.assert_allclose(shown(window), held, atol=1e-4)


@pytest.mark.parametrize(
    "what", ["undo", "undo and redo", "other clip", "close", "new", "open", "preview"]
)
def test_what_happens_before_the_frames_are_there_counts(
    window: MainWindow, qtbot: QtBot, what: str
) -> None:
    document, clip = window.document, clip_of(window)
    with frames_held_back():
        drag(window, CORNER, (-10, 0))
        edit = clip_of(window).landmark_edit
        if what.startswith("undo"):
            document.undo()
            assert clip_of(window) == clip
            if what == "undo and redo":
                document.redo()
        elif what == "other clip":
            document.open_clip(nodding(5))
        elif what == "close":
            window.registry["file.close_clip"].trigger()
        elif what == "new":
            window.session.new()
        elif what == "open":
            document.replace(document.state)
        else:
            window.stage.show_preview(nodding(3), "for now")
            window.stage.show_preview(None)
    settle(qtbot, window)
    check_at_rest(window)
    if what == "close":
        document.undo()
    if what == "other clip":
        document.set_current(clip.id)
    settle(qtbot, window)
    check_at_rest(window)
    if what != "new":
        assert clip_of(window).landmark_edit == (None if what == "undo" else edit)


def test_a_window_that_closes_waits_for_no_frames(window: MainWindow) -> None:
    drag(window, CORNER, (-10, 0))
    window.close()
    assert not window.services.frames.lane.busy
    assert not any(thread.name.startswith("studio-edits") for thread in threading.enumerate())


def test_frames_that_memory_does_not_suffice_for_are_said_once(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_named: object) -> Floats:
        raise MemoryError

    said: list[Exception] = []
    window.services.frames.failed.connect(said.append)
    with monkeypatch.context() as patch:
        patch.setattr(Evaluator, "_fill", full)
        drag(window, CORNER, (-10, 0))
        settle(qtbot, window)
        window.document.rename_clip(clip_of(window).id, "another name")
        settle(qtbot, window)
    assert len(said) == 1 and ready(window) is None
    window.document.undo()
    window.document.undo()
    window.document.redo()
    settle(qtbot, window)
    check_at_rest(window)
    assert clip_of(window).landmark_edit is not None


def test_a_copy_made_before_the_frames_are_there_gets_them_too(
    window: MainWindow, qtbot: QtBot
) -> None:
    first = clip_of(window)
    with frames_held_back():
        drag(window, CORNER, (-10, 0))
        window.document.duplicate_clip(first.id)
    settle(qtbot, window)
    assert clip_of(window).id != first.id
    check_at_rest(window)


@contextmanager
def held(pictures: Thumbnails) -> Iterator[None]:
    """No picture is drawn meanwhile."""
    go_on = threading.Event()
    pictures.lane.submit(lambda *, progress: go_on.wait())
    try:
        yield
    finally:
        go_on.set()


def test_frames_that_another_edit_has_replaced_are_let_go_of(
    window: MainWindow, workers: list[threading.Thread], qtbot: QtBot
) -> None:
    """`workers` keeps none for undo; pictures that were never drawn keep none either."""
    pictures = window.services.takes.thumbnails
    with held(pictures):
        made = []
        for step in range(6):
            drag(window, CORNER, (-10 - step, 0))
            settle(qtbot, window)
            QApplication.processEvents()
            made.append(ref(ready(window)))
            window.clips.list.viewport().grab()
        gc.collect()
        assert [frames() is not None for frames in made] == [False] * 5 + [True]
    settle(qtbot, window)
    qtbot.waitUntil(lambda: pictures.face(ready(window)) is not None)


def test_a_document_that_is_gone_leaves_no_frames_behind(window: MainWindow, qtbot: QtBot) -> None:
    drag(window, CORNER, (-10, 0))
    settle(qtbot, window)
    held = [ref(clip_of(window).recording), ref(ready(window))]
    window.session.new()

    def gone() -> bool:
        gc.collect()
        return [frames() for frames in held] == [None, None]

    qtbot.waitUntil(gone)
