"""The controller joins document and engine: late answers, errors and cancels included."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.core import CheckpointError, FaceChoice, InputError, Probabilities, Progress
from studio.document import Document
from studio.io import read_sequence, write_sequence
from studio.ui.clips.service import collapse_frames
from studio.ui.models.protocol import Notice
from studio.ui.window.controller import Controller

from .fakes import SmallEngine, ball, opener


class Told:
    """What a controller said, in order."""

    def __init__(self, controller: Controller) -> None:
        self.answers: list[Probabilities | None] = []
        self.notes: list[str] = []
        self.errors: list[Exception] = []
        self.exported: list[Path] = []
        controller.probabilities_changed.connect(self.answers.append)
        controller.recognition_note.connect(self.notes.append)
        controller.failed.connect(self.errors.append)
        controller.exported.connect(self.exported.append)


@pytest.fixture
def told(controller: Controller) -> Told:
    return Told(controller)


def settle(qtbot: QtBot, controller: Controller) -> None:
    qtbot.waitUntil(lambda: not any(lane.busy for lane in controller.lanes.values()))


def load(qtbot: QtBot, controller: Controller) -> None:
    controller.load_models()
    settle(qtbot, controller)


def clips_in(folder: Path, *names: str) -> list[Path]:
    paths = []
    for count, name in enumerate(names, start=4):
        paths.append(folder / f"{name}.npz")
        write_sequence(ball(count, name=name), paths[-1])
    return paths


def test_every_path_becomes_a_clip_in_order(
    qtbot: QtBot, controller: Controller, document: Document, tmp_path: Path
) -> None:
    paths = clips_in(tmp_path, "one", "two", "three")
    controller.open_paths(paths[:2])
    controller.open_paths(paths[2:])
    settle(qtbot, controller)
    assert [clip.source for clip in document.state.clips] == paths
    assert [clip.recording.n_frames for clip in document.state.clips] == [4, 5, 6]
    assert document.current_clip is document.state.clips[-1]


def test_a_file_that_cannot_be_read_leaves_the_others_and_the_document(
    qtbot: QtBot, controller: Controller, document: Document, told: Told, tmp_path: Path
) -> None:
    good = clips_in(tmp_path, "one", "two")
    broken = tmp_path / "broken.obj"
    broken.write_text("v 1 2\n")
    controller.open_paths([good[0], broken, tmp_path / "gone.csv", good[1]])
    settle(qtbot, controller)
    assert [clip.source for clip in document.state.clips] == good
    assert len(told.errors) == 2
    assert "broken.obj" in str(told.errors[0])
    assert "gone.csv" in str(told.errors[1])


def test_cancelled_loading_opens_nothing_more(
    qtbot: QtBot, controller: Controller, document: Document, tmp_path: Path
) -> None:
    controller.open_paths(clips_in(tmp_path, "one", "two", "three"))
    controller.cancel("load")
    qtbot.wait(100)
    assert document.state.clips == ()


def test_a_folder_of_frames_is_one_clip(
    qtbot: QtBot, controller: Controller, document: Document, tmp_path: Path
) -> None:
    write_sequence(ball(4), tmp_path / "take", format="obj")
    controller.open_paths(sorted((tmp_path / "take").iterdir()))
    settle(qtbot, controller)
    assert [clip.recording.n_frames for clip in document.state.clips] == [4]


def test_frames_of_one_run_collapse_and_nothing_else() -> None:
    frames = [Path(f"take/frame_{k:03}.obj") for k in range(3)]
    others = [Path("take/a1.csv"), Path("take/a2.csv"), Path("other/frame_001.obj")]
    assert collapse_frames([*frames, *others]) == [Path("take"), *others]


def test_the_clip_on_show_is_read_and_the_answer_remembered(
    qtbot: QtBot, controller: Controller, document: Document, engine: SmallEngine, told: Told
) -> None:
    load(qtbot, controller)
    first = document.open_clip(ball(6, name="first"))
    settle(qtbot, controller)
    answer = told.answers[-1]
    assert answer is not None
    assert len(answer.per_frame) == 6
    document.open_clip(ball(7, name="second"))
    settle(qtbot, controller)
    document.set_current(first)
    assert told.answers[-1] is answer
    assert [name for name, _ in engine.asked] == ["first", "second"]


def test_the_face_at_rest_comes_with_the_answer(
    qtbot: QtBot, controller: Controller, document: Document
) -> None:
    rests: list[np.ndarray | None] = []
    controller.rest_changed.connect(rests.append)
    load(qtbot, controller)
    clip = document.open_clip(ball(6))
    assert rests[-1] is None
    settle(qtbot, controller)
    np.testing.assert_array_equal(rests[-1], ball(6).vertices[0])
    document.set_neutral_frame(clip, 3)
    settle(qtbot, controller)
    np.testing.assert_array_equal(rests[-1], ball(6).vertices[3])
    document.remove_clip(clip)
    assert rests[-1] is None


def test_another_neutral_frame_is_another_question(
    qtbot: QtBot, controller: Controller, document: Document, engine: SmallEngine, told: Told
) -> None:
    load(qtbot, controller)
    clip = document.open_clip(ball(6))
    settle(qtbot, controller)
    estimated = told.answers[-1]
    document.set_neutral_frame(clip, 3)
    settle(qtbot, controller)
    document.undo()
    assert [neutral is None for _, neutral in engine.asked] == [True, False]
    np.testing.assert_array_equal(engine.asked[1][1], ball(6).vertices[3])
    assert told.answers[-1] is estimated


def test_only_the_last_of_many_clips_is_answered(
    qtbot: QtBot, controller: Controller, document: Document, engine: SmallEngine, told: Told
) -> None:
    load(qtbot, controller)
    engine.pause = 0.005
    for count in range(4, 24):
        document.open_clip(ball(count))
    settle(qtbot, controller)
    given = [answer for answer in told.answers if answer is not None]
    assert [len(answer.per_frame) for answer in given] == [23]


def test_clips_opened_before_the_models_are_read_when_they_come(
    qtbot: QtBot, controller: Controller, document: Document, told: Told
) -> None:
    document.open_clip(ball())
    assert "No models" in told.notes[-1]
    load(qtbot, controller)
    assert told.answers[-1] is not None


@pytest.mark.parametrize(
    ("size", "frames", "says"), [(10, 8, "triangulation of its own"), (12, 3, "4 frames")]
)
def test_what_cannot_be_read_is_said_in_the_panel_and_not_in_a_dialog(
    qtbot: QtBot,
    controller: Controller,
    document: Document,
    told: Told,
    size: int,
    frames: int,
    says: str,
) -> None:
    load(qtbot, controller)
    document.open_clip(ball(frames, size=size))
    settle(qtbot, controller)
    assert says in told.notes[-1]
    assert told.answers[-1] is None
    assert told.errors == []


def test_generate_adds_the_clip_with_a_recipe_that_makes_it_again(
    qtbot: QtBot, controller: Controller, document: Document, engine: SmallEngine
) -> None:
    load(qtbot, controller)
    document.set_generation(label="fear", seed=5, frames=20, intensity=0.5)
    controller.generate()
    settle(qtbot, controller)
    clip = document.current_clip
    assert clip is not None
    assert (clip.name, clip.label) == ("fear 5", "fear")
    again = engine.generate("fear", 5, frames=20, intensity=0.5)
    np.testing.assert_array_equal(clip.recording.vertices, again.vertices)
    assert dict(clip.recipe or {})["set"] == "small"
    document.undo()
    assert document.state.clips == ()


def test_generating_from_the_clips_face_starts_there(
    qtbot: QtBot, controller: Controller, document: Document
) -> None:
    load(qtbot, controller)
    clip = document.open_clip(ball(8))
    document.set_neutral_frame(clip, 4)
    document.set_generation(face=FaceChoice("clip"), seed=3)
    controller.generate()
    settle(qtbot, controller)
    made = document.current_clip
    assert made is not None
    np.testing.assert_array_equal(made.recording.vertices[0], ball(8).vertices[4])
    face = {"from": "clip", "name": "ball", "frame": 4, "path": None}
    assert dict(made.recipe or {})["face"] == face
    document.set_neutral_frame(clip, None)
    document.set_current(clip)
    controller.generate()
    settle(qtbot, controller)
    estimated = document.current_clip
    assert estimated is not None
    np.testing.assert_array_equal(estimated.recording.vertices[0], ball(8).vertices[0])
    assert dict(estimated.recipe or {})["face"] == {**face, "frame": None}


def test_the_latest_generate_wins(
    qtbot: QtBot, controller: Controller, document: Document, engine: SmallEngine
) -> None:
    load(qtbot, controller)
    engine.pause = 0.005
    for seed in range(10):
        document.set_generation(seed=seed)
        controller.generate()
    settle(qtbot, controller)
    assert [clip.name for clip in document.state.clips] == ["happiness 9"]


def test_cancelled_sampling_adds_nothing(
    qtbot: QtBot, controller: Controller, document: Document, engine: SmallEngine, told: Told
) -> None:
    load(qtbot, controller)
    engine.pause = 0.01
    controller.generate()
    qtbot.wait(20)
    controller.cancel("generate")
    qtbot.wait(150)
    assert document.state.clips == ()
    assert told.errors == []


def test_generating_without_models_or_clip_says_so(
    qtbot: QtBot, controller: Controller, document: Document, told: Told
) -> None:
    controller.generate()
    load(qtbot, controller)
    document.set_generation(face=FaceChoice("clip"))
    controller.generate()
    assert "No models" in str(told.errors[0])
    assert "choose a clip" in str(told.errors[1])


def test_models_that_cannot_be_loaded_leave_the_viewer_working(
    qtbot: QtBot, document: Document, engine: SmallEngine, tmp_path: Path
) -> None:
    def fail() -> None:
        raise CheckpointError("recognizer.safetensors: expected a whole file, found half of one")

    controller = Controller(document, open_engine=opener(engine, before=fail))
    told = Told(controller)
    load(qtbot, controller)
    controller.open_paths(clips_in(tmp_path, "one"))
    settle(qtbot, controller)
    assert len(document.state.clips) == 1
    assert "half of one" in str(told.errors[0])
    assert "half of one" in told.notes[-1]
    controller.close()


def test_a_device_that_fails_leaves_the_old_one(
    qtbot: QtBot, document: Document, engine: SmallEngine
) -> None:
    def open_small(
        _folder: Path | None, device: str, _notice: Notice, *, progress: Progress
    ) -> SmallEngine:
        if device == "cuda":
            raise InputError("cuda: expected an NVIDIA GPU, found none")
        return engine

    controller = Controller(document, open_engine=open_small, device="cuda")
    told, devices = Told(controller), []
    controller.device_changed.connect(devices.append)
    load(qtbot, controller)
    assert (controller.engine, controller.device) == (engine, "auto")
    controller.set_device("cpu")
    settle(qtbot, controller)
    controller.set_device("cuda")
    settle(qtbot, controller)
    assert (controller.engine, controller.device) == (engine, "cpu")
    assert devices == ["auto", "auto", "cpu", "cpu"]
    assert len(told.errors) == 2
    controller.close()


def test_another_device_loads_the_models_again(
    qtbot: QtBot, controller: Controller, engine: SmallEngine
) -> None:
    load(qtbot, controller)
    assert engine.device == "cpu"
    controller.set_device("cuda")
    settle(qtbot, controller)
    assert engine.device == "cuda"


@pytest.mark.parametrize("format_name", ["obj", "ply", "npz"])
def test_export_writes_the_range_under_the_clips_name(
    qtbot: QtBot,
    controller: Controller,
    document: Document,
    told: Told,
    tmp_path: Path,
    format_name: str,
) -> None:
    made = document.add_generated(ball(8), {"label": "fear", "seed": 1})
    target = tmp_path / ("out.npz" if format_name == "npz" else "out")
    controller.export(made, target, format_name, "mm", 2, 5)
    settle(qtbot, controller)
    assert told.errors == []
    assert told.exported == [target]
    back = read_sequence(target)
    np.testing.assert_allclose(back.vertices, ball(8).vertices[2:5], atol=1e-3)
    assert document.unsaved_generated, "half a clip is not a safe copy"
    controller.export(made, tmp_path / "all.npz", "npz", "mm", 0, 8)
    settle(qtbot, controller)
    assert document.unsaved_generated == ()


def test_export_where_nothing_can_be_written_says_so(
    qtbot: QtBot, controller: Controller, document: Document, told: Told, tmp_path: Path
) -> None:
    made = document.add_generated(ball(8), {"label": "fear", "seed": 1})
    (tmp_path / "file").write_text("in the way")
    controller.export(made, tmp_path / "file" / "out", "obj", "mm", 0, 8)
    settle(qtbot, controller)
    assert len(told.errors) == 1
    assert document.unsaved_generated


def test_closing_in_the_middle_of_everything_leaves_no_thread(
    qtbot: QtBot, document: Document, engine: SmallEngine, tmp_path: Path
) -> None:
    controller = Controller(document, open_engine=opener(engine))
    load(qtbot, controller)
    engine.pause = 0.02
    clip = document.open_clip(ball(400))
    controller.generate()
    controller.export(clip, tmp_path / "out", "obj", "mm", 0, 400)
    controller.open_paths(clips_in(tmp_path, "one", "two"))
    controller.load_models()
    controller.close()
    assert not [thread.name for thread in threading.enumerate() if "studio-" in thread.name]
    assert not (tmp_path / "out").exists()
    assert [shown.id for shown in document.state.clips] == [clip]
