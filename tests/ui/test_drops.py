"""Whatever is dropped is told apart and done with as it should be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.core import MeshSequence
from studio.document import DocumentState, Session, write_session
from studio.face import ARKIT
from studio.io import write_sequence
from studio.ui.clips.drops import Dropped, is_take, sort
from studio.ui.session.verbs import KEEP, OPEN, PLAY
from studio.ui.window.main_window import MainWindow
from tests.closed import closed

from .fakes import ball
from .windows import settle


def write_model(path: Path, form: str = "expression-studio") -> Path:
    """The head of a safetensors file; nothing reads the weights here."""
    header = json.dumps({"__metadata__": {"format": form, "kind": "autoencoder"}}).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    return path


def test_everything_is_told_apart(tmp_path: Path) -> None:
    write_session(Session(DocumentState()), tmp_path / "TALK.STUDIO")
    model = write_model(tmp_path / "models" / "autoencoder.safetensors")
    other = write_model(tmp_path / "other" / "bert.safetensors", "pt")
    write_sequence(ball(3), tmp_path / "frames", format="obj")
    write_sequence(ball(3), tmp_path / "takes" / "a.npz")
    write_sequence(ball(3), tmp_path / "takes" / "b", format="obj")
    (tmp_path / "takes" / "notes.txt").write_text("x")
    (tmp_path / "empty").mkdir()
    gone = tmp_path / "gone.obj"
    assert sort([tmp_path / "TALK.STUDIO"]) == Dropped(sessions=(tmp_path / "TALK.STUDIO",))
    assert sort([model, model.parent]).models == (model.parent,)
    for path in (other, other.parent, tmp_path / "frames", tmp_path / "empty", gone):
        assert sort([path]) == Dropped(clips=(path,))
    takes = sort([tmp_path / "takes"]).clips
    assert takes == (tmp_path / "takes" / "a.npz", tmp_path / "takes" / "b")


@pytest.mark.parametrize("data", [b"", b"\xff" * 8, b"\x05" + b"\0" * 7 + b"[1,2]", b"\x02" * 40])
def test_files_that_only_sound_like_models_are_none(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "set" / "autoencoder.safetensors"
    path.parent.mkdir()
    path.write_bytes(data)
    assert sort([path.parent]).models == ()


def test_a_mixed_drop_opens_the_session_and_the_clips_in_it(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.document.open_clip(ball(4, name="in the session"))
    for name in ("a", "b"):
        write_session(Session(window.document.state), tmp_path / f"{name}.studio")
    write_sequence(ball(5), tmp_path / "clip.npz")
    (tmp_path / "notes.txt").write_text("hello")
    window.open_paths([tmp_path / n for n in ("clip.npz", "a.studio", "notes.txt", "b.studio")])
    settle(qtbot, window)
    names = [clip.name for clip in window.document.state.clips]
    assert names == ["in the session", "clip"]
    assert window.session.path == tmp_path / "a.studio"
    assert "notes.txt: expected" in window.messages.shown
    assert window.messages.shown.count("\n") == 0, "nonsense is one sentence"
    assert window.document.has_unsaved_work, "a clip came to the session"


def test_models_are_asked_about_and_then_used(
    fresh: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = write_model(tmp_path / "models" / "autoencoder.safetensors").parent
    answers = iter([False, True])
    asked: list[Path] = []
    fresh.session.ask_models = lambda _window, f: asked.append(f) or next(answers)
    for used in (None, folder):
        fresh.open_paths([folder])
        settle(qtbot, fresh)
        assert fresh.desk.models.folder == used
    assert asked == [folder, folder]
    assert fresh.messages.shown == ""


def test_what_may_not_be_looked_into_is_one_sentence(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    place = tmp_path / "closed"
    write_sequence(ball(3), place / "frames", format="obj")
    write_sequence(ball(3), place / "ball.npz")
    names = ("frames", "ball.npz", "talk.studio", "autoencoder.safetensors")
    with closed(place):
        for path in (place, *(place / name for name in names)):
            window.open_paths([path])
            settle(qtbot, window)
            said = window.messages.shown
            assert "permission" in said, path
            assert window.messages.report is None, said
            window.messages.close()
    assert not window.document.state.clips


def test_a_name_that_no_disk_takes_is_one_sentence(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    for suffix in ("", ".npz", ".studio", ".safetensors"):
        window.open_paths([tmp_path / (300 * "x" + suffix)])
        settle(qtbot, window)
        assert "too long" in window.messages.shown
        assert window.messages.report is None
        window.messages.close()


def test_a_take_is_played_on_the_head_on_show_which_has_its_own_shapes(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    poses = np.random.default_rng(1).uniform(-9, 9, (len(ARKIT) + 1, 4, 3)).astype(np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    head = MeshSequence(poses, faces, name="head", frame_names=("neutral", *ARKIT))
    take = tmp_path / "talk.csv"
    take.write_text("jawOpen,eyeBlinkLeft\n0,0\n0.5,0\n")
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n")
    assert is_take(take) and not is_take(tmp_path / "notes.csv")
    action = window.registry["motion.play"]
    assert not action.isEnabled()
    answers, asked = iter([KEEP, OPEN, PLAY]), list[Sequence[Path]]()
    window.session.ask_head = lambda _window, paths, _head: asked.append(paths) or next(answers)
    for vertices in (None, 4538, 4):
        window.document.open_clip(head)
        assert action.isEnabled()
        window.open_paths([take])
        settle(qtbot, window)
        clip = window.document.current_clip
        assert clip is not None
        assert clip.recording.n_vertices == (vertices or 4)
        assert clip.frame_names == (() if vertices else head.frame_names)
    jaw = poses[1 + ARKIT.index("jawOpen")]
    np.testing.assert_allclose(clip.recording.vertices[0], poses[0], atol=1e-5)
    np.testing.assert_allclose(clip.recording.vertices[1], (poses[0] + jaw) / 2, atol=1e-5)
    assert (clip.name, clip.source, len(asked)) == ("talk (2)", None, 3)
    assert not action.isEnabled()
    window.document.undo()
    assert "talk (2)" not in [clip.name for clip in window.document.state.clips]
