"""The video of a clip is seen in step with the playhead, and read otherwise by its panel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.core import MeshSequence
from studio.core.video.footage import Footage
from studio.document import Document
from studio.document.edits.time.reverse import ReverseEdit
from studio.face.known import studio_face
from studio.ui.desk import Desk
from studio.ui.settings.settings import Settings
from studio.ui.timeline.player import Player
from studio.ui.timeline.timeline import Timeline
from studio.ui.video.panel import VideoPanel
from studio.ui.video.room import VideoRoom
from studio.ui.video.row import VideoRow, runs
from tests.films import write_film

from .windows import Make

FRAMES = 40
LOST = range(10, 14)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video whose pictures brighten: their numbers can be read off them."""
    pictures = [np.full((36, 64, 3), 6 * number, np.uint8) for number in range(FRAMES)]
    return write_film(tmp_path_factory.mktemp("films") / "gray.mp4", pictures, keys=10)


def clip_of(film: Path) -> MeshSequence:
    """A face that nobody moves, over a video in which it is lost for a while."""
    landmarks = np.random.default_rng(0).uniform(10, 30, (FRAMES, 478, 3)).astype(np.float32)
    landmarks[list(LOST)] = np.nan
    footage = Footage(
        film,
        np.arange(FRAMES) / 24,
        landmarks,
        np.full((FRAMES, 2), (64, 36), dtype=np.int32),
        faces=2,
        shown=np.arange(FRAMES, dtype=np.int32),
        resting=np.arange(4, dtype=np.int32),
    )
    rest = studio_face().template.vertices
    frames = np.repeat(rest[None], FRAMES, axis=0)
    return MeshSequence(frames, studio_face().template.faces, 24.0, "gray", footage=footage)


@pytest.fixture
def desk(qtbot: QtBot, document: Document) -> Desk:
    return Desk(document)


@pytest.fixture
def room(qtbot: QtBot, desk: Desk, settings: Settings, film: Path) -> Iterator[VideoRoom]:
    room = VideoRoom(desk, Player(desk.document, settings), Timeline())
    qtbot.addWidget(room.panel)
    desk.document.open_clip(clip_of(film))
    room.panel.show()
    yield room
    for lane in desk.lanes:
        lane.close()


def shown(room: VideoRoom) -> int:
    """The number of the picture on show, as its gray tells."""
    assert room.service.picture is not None
    number, image = room.service.picture
    assert abs(image.pixelColor(30, 20).red() - 6 * number) <= 3
    return number


def test_the_picture_under_the_playhead_comes(qtbot: QtBot, room: VideoRoom) -> None:
    service = room.service
    for frame in (0, 1, 2, 30, 31, 5, 39, 38, 37, 0):
        service.player.seek(frame)
        assert service.number == frame
        qtbot.waitUntil(lambda: service.picture is not None and shown(room) == service.number)
    assert room.panel.note.text() == "0.00 s"


def test_the_nearest_picture_is_there_at_once(qtbot: QtBot, room: VideoRoom) -> None:
    service = room.service
    qtbot.waitUntil(lambda: service.picture is not None)
    service.player.seek(39)
    assert service.picture is not None and shown(room) <= 39
    assert service.landmarks is not None  # those of the picture on show


def test_pictures_come_again_after_what_decoded_them_was_stopped(
    qtbot: QtBot, room: VideoRoom
) -> None:
    service = room.service
    service.player.seek(30)
    room.desk.lanes.pictures.stop()
    service.player.seek(31)
    qtbot.waitUntil(lambda: service.picture is not None and shown(room) == 31)


def test_edits_of_time_turn_the_video_too(qtbot: QtBot, room: VideoRoom) -> None:
    service, clip = room.service, room.service.document.current_clip
    assert clip is not None
    service.document.add_edit(clip.id, ReverseEdit())
    service.player.seek(0)
    assert service.number == FRAMES - 1
    assert runs(service.frames_lost) == [(FRAMES - 14, FRAMES - 11)]


def test_lost_frames_are_gaps_and_said(room: VideoRoom, qtbot: QtBot) -> None:
    assert isinstance(room.row, VideoRow)
    assert room.row.gaps == [(LOST[0], LOST[-1])] and room.row.rests == [(0, 3)]
    assert room.row.told(11) == "No face is seen: frames 10 to 13"
    room.service.player.seek(11)
    assert room.service.lost and room.panel.note.text() == "0.46 s, lost"


def test_landmarks_are_switched_and_that_is_remembered(room: VideoRoom) -> None:
    assert room.service.landmarks is not None
    room.panel.drawn.click()
    assert room.service.landmarks is None and not room.service.settings.video_landmarks


def test_a_video_that_is_gone_is_told(qtbot: QtBot, room: VideoRoom, tmp_path: Path) -> None:
    gone = clip_of(tmp_path / "gone.mp4")
    room.service.document.open_clip(gone)
    qtbot.waitUntil(lambda: bool(room.service.problem))
    assert "gone.mp4: expected a video" in room.service.problem


def test_the_range_becomes_the_face_at_rest(qtbot: QtBot, room: VideoRoom) -> None:
    service, document = room.service, room.service.document
    clip = document.current_clip
    assert clip is not None
    document.set_range(clip.id, 20, 26)
    room.panel.use_range.click()
    qtbot.waitUntil(lambda: service.footage is not None and service.footage.rest is not None)
    assert room.row.rests == [(20, 25)]
    assert room.panel.rest.text() == "At rest: 6 frames, 0.8 to 1.0 s, from your range"
    document.undo()
    assert room.row.rests == [(0, 3)] and not room.panel.estimate.isEnabled()


def test_lost_frames_are_left_out_and_come_again(qtbot: QtBot, room: VideoRoom) -> None:
    service, document = room.service, room.service.document
    clip = document.current_clip
    assert clip is not None
    document.set_range(clip.id, 20, 30)
    document.add_marker(clip.id, 25)
    service.set_gaps("close")
    qtbot.waitUntil(lambda: service.footage is not None and service.footage.gaps == "close")
    closed = document.current_clip
    assert closed is not None and closed.timing.frames == FRAMES - len(LOST)
    assert closed.range == (16, 26) and [one.frame for one in closed.marked] == [21]
    assert not room.row.gaps and room.panel.gaps.currentData() == "close"
    document.undo()
    assert document.current_clip is not None and document.current_clip.range == (20, 30)


def test_the_panel_comes_with_a_video_and_says_what_it_is_for(
    qtbot: QtBot, make: Make, film: Path
) -> None:
    window = make()
    dock = window._docks["video"]
    panel = dock.widget()
    assert isinstance(panel, VideoPanel)
    assert dock.isHidden() and "Open a video" in panel.picture.accessibleDescription()
    window.document.open_clip(clip_of(film))
    assert not dock.isHidden()
    window.registry["view.panel.video"].trigger()
    window.document.open_clip(clip_of(film))
    assert dock.isHidden()
