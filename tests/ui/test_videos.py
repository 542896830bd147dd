"""A video that is dropped opens as any clip does, and stops when it is told to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.core import MeshSequence
from studio.document import Document
from studio.face.known import studio_face
from studio.face.rig import ARKIT, load_rig
from studio.render.stills import render_frames
from studio.ui.clips.drops import sort
from studio.ui.clips.service import OpenService
from studio.ui.kit.filters import open_filters, openable
from tests.films import write_film


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    weights = np.zeros((6, len(ARKIT)), dtype=np.float32)
    clip = MeshSequence(load_rig().pose(weights), studio_face().template.faces)
    pictures = render_frames(clip, range(6), (160, 120))
    return write_film(tmp_path_factory.mktemp("films") / "talk.mp4", list(pictures) * 4)


def test_a_video_that_is_dropped_becomes_a_clip(
    qtbot: QtBot, opening: OpenService, document: Document, path: Path
) -> None:
    assert sort([path]).clips == (path,)
    said = list[str]()
    opening.remarked.connect(said.append)
    opening.open_paths([path])
    qtbot.waitUntil(lambda: not opening.lane.busy, timeout=60_000)
    (clip,) = document.state.clips
    assert clip.recording.topology == studio_face().topology
    assert (clip.recording.n_frames, clip.recording.fps) == (24, 24.0)
    assert "Its face at rest is taken from" in said[0]


def test_a_video_that_is_stopped_leaves_nothing(
    qtbot: QtBot, opening: OpenService, document: Document, path: Path
) -> None:
    opening.open_paths([path, path])
    opening.lane.stop()
    qtbot.waitUntil(lambda: not opening.lane.busy, timeout=60_000)
    assert document.state.clips == ()


def test_dialogs_and_hints_offer_videos() -> None:
    assert "*.mp4" in open_filters() and "*.webm" in open_filters()
    assert "a video" in openable().replace("\xa0", " ")
