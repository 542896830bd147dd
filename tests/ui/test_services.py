"""The services join document and engine: late answers, errors and cancels included."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.core import CheckpointError, FaceChoice, InputError, Probabilities, Progress
from studio.document import Document
from studio.io import read_sequence, write_sequence
from studio.ui.clips.runs_dialog import RunsDialog
from studio.ui.clips.service import collapse_frames
from studio.ui.desk import Desk
from studio.ui.export.service import ExportRequest
from studio.ui.models.protocol import Notice
from studio.ui.models.words import other_surface
from studio.ui.services import Services

from .fakes import SmallEngine, ball, opener


class Told:
    """What services said, in order."""

    def __init__(self, services: Services) -> None:
        self.answers: list[Probabilities | None] = []
        self.notes: list[str] = []
        self.errors: list[Exception] = []
        self.exported: list[Path] = []
        services.recognition.probabilities_changed.connect(self.answers.append)
        services.recognition.note_changed.connect(self.notes.append)
        services.desk.reported.connect(self.errors.append)
        services.desk.exported.connect(self.exported.append)


@pytest.fixture
def told(services: Services) -> Told:
    return Told(services)


def settle(qtbot: QtBot, services: Services) -> None:
    qtbot.waitUntil(lambda: not any(lane.busy for lane in services.desk.lanes))


def load(qtbot: QtBot, services: Services) -> None:
    services.desk.models.load()
    settle(qtbot, services)


def clips_in(folder: Path, *names: str) -> list[Path]:
    paths = []
    for count, name in enumerate(names, start=4):
        paths.append(folder / f"{name}.npz")
        write_sequence(ball(count, name=name), paths[-1])
    return paths


def test_every_path_becomes_a_clip_in_order(
    qtbot: QtBot, services: Services, document: Document, tmp_path: Path
) -> None:
    paths = clips_in(tmp_path, "one", "two", "three")
    services.opening.open_paths(paths[:2])
    services.opening.open_paths(paths[2:])
    settle(qtbot, services)
    assert [clip.source for clip in document.state.clips] == paths
    assert [clip.recording.n_frames for clip in document.state.clips] == [4, 5, 6]
    assert document.current_clip is document.state.clips[-1]


def test_a_file_that_cannot_be_read_leaves_the_others_and_the_document(
    qtbot: QtBot, services: Services, document: Document, told: Told, tmp_path: Path
) -> None:
    good = clips_in(tmp_path, "one", "two")
    broken = tmp_path / "broken.obj"
    broken.write_text("v 1 2\n")
    services.opening.open_paths([good[0], broken, tmp_path / "gone.csv", good[1]])
    settle(qtbot, services)
    assert [clip.source for clip in document.state.clips] == good
    assert len(told.errors) == 2
    assert "broken.obj" in str(told.errors[0])
    assert "gone.csv" in str(told.errors[1])


def test_cancelled_loading_opens_nothing_more(
    qtbot: QtBot, services: Services, document: Document, tmp_path: Path
) -> None:
    services.opening.open_paths(clips_in(tmp_path, "one", "two", "three"))
    services.desk.lanes.load.stop()
    qtbot.wait(100)
    assert document.state.clips == ()


def test_a_folder_of_frames_is_one_clip(
    qtbot: QtBot, services: Services, document: Document, tmp_path: Path
) -> None:
    write_sequence(ball(4), tmp_path / "take", format="obj")
    services.opening.open_paths(sorted((tmp_path / "take").iterdir()))
    settle(qtbot, services)
    assert [clip.recording.n_frames for clip in document.state.clips] == [4]


def test_frames_of_one_run_collapse_and_nothing_else() -> None:
    frames = [Path(f"take/frame_{k:03}.obj") for k in range(3)]
    others = [Path("take/a1.csv"), Path("take/a2.csv"), Path("other/frame_001.obj")]
    assert collapse_frames([*frames, *others]) == [Path("take"), *others]


def two_runs(folder: Path) -> Path:
    for name, many in (("smile", 6), ("anger", 5)):
        write_sequence(ball(many), folder, format="obj", name=f"{name}_{{frame:04d}}")
    return folder


def test_one_of_several_runs_stands_for_its_frames_or_for_its_first(tmp_path: Path) -> None:
    folder = two_runs(tmp_path / "faces")
    smile, anger = folder / "smile_*.obj", folder / "anger_*.obj"
    first, second = folder / "smile_0001.obj", folder / "smile_0002.obj"
    assert collapse_frames(sorted(folder.glob("*.obj"))) == [anger, smile]
    assert collapse_frames([second, first]) == [smile]
    assert collapse_frames([first]) == [smile]
    assert collapse_frames([second, anger]) == [second, anger]


def test_of_several_runs_some_are_chosen(
    qtbot: QtBot, services: Services, document: Document, tmp_path: Path
) -> None:
    folder = two_runs(tmp_path / "faces")
    with qtbot.waitSignal(services.opening.several_found) as caught:
        services.opening.open_paths([folder])
    found, _given = caught.args
    dialog = RunsDialog(found)
    qtbot.addWidget(dialog)
    dialog.asked.connect(services.opening.open_paths)
    assert dialog.list.item(0).text() == "anger_*.obj, 5 frames"
    dialog.list.clearSelection()
    assert not dialog.open_button.isEnabled()
    dialog.list.selectAll()
    dialog.open_button.click()
    settle(qtbot, services)
    clips = [(clip.name, clip.recording.n_frames) for clip in document.state.clips]
    assert clips == [("anger", 5), ("smile", 6)]


def test_the_clip_on_show_is_read_and_the_answer_remembered(
    qtbot: QtBot, services: Services, document: Document, engine: SmallEngine, told: Told
) -> None:
    load(qtbot, services)
    first = document.open_clip(ball(6, name="first"))
    settle(qtbot, services)
    answer = told.answers[-1]
    assert answer is not None
    assert len(answer.per_frame) == 6
    document.open_clip(ball(7, name="second"))
    settle(qtbot, services)
    document.set_current(first)
    assert told.answers[-1] is answer
    assert [name for name, _ in engine.asked] == ["first", "second"]


def test_the_face_at_rest_comes_with_the_answer(
    qtbot: QtBot, services: Services, document: Document
) -> None:
    rests: list[np.ndarray | None] = []
    services.recognition.rest_changed.connect(rests.append)
    load(qtbot, services)
    clip = document.open_clip(ball(6))
    assert rests[-1] is None
    settle(qtbot, services)
    np.testing.assert_array_equal(rests[-1], ball(6).vertices[0])
    document.set_neutral_frame(clip, 3)
    settle(qtbot, services)
    np.testing.assert_array_equal(rests[-1], ball(6).vertices[3])
    document.remove_clip(clip)
    assert rests[-1] is None


def test_another_neutral_frame_is_another_question(
    qtbot: QtBot, services: Services, document: Document, engine: SmallEngine, told: Told
) -> None:
    load(qtbot, services)
    clip = document.open_clip(ball(6))
    settle(qtbot, services)
    estimated = told.answers[-1]
    document.set_neutral_frame(clip, 3)
    settle(qtbot, services)
    document.undo()
    assert [neutral is None for _, neutral in engine.asked] == [True, False]
    np.testing.assert_array_equal(engine.asked[1][1], ball(6).vertices[3])
    assert told.answers[-1] is estimated


def test_only_the_last_of_many_clips_is_answered(
    qtbot: QtBot, services: Services, document: Document, engine: SmallEngine, told: Told
) -> None:
    load(qtbot, services)
    engine.pause = 0.005
    for count in range(4, 24):
        document.open_clip(ball(count))
    settle(qtbot, services)
    given = [answer for answer in told.answers if answer is not None]
    assert [len(answer.per_frame) for answer in given] == [23]


def test_clips_opened_before_the_models_are_read_when_they_come(
    qtbot: QtBot, services: Services, document: Document, told: Told
) -> None:
    document.open_clip(ball())
    assert "No models" in told.notes[-1]
    load(qtbot, services)
    assert told.answers[-1] is not None


@pytest.mark.parametrize(
    ("size", "frames", "says"), [(10, 8, "triangulation of its own"), (12, 3, "4 frames")]
)
def test_what_cannot_be_read_is_said_in_the_panel_and_not_in_a_dialog(
    qtbot: QtBot,
    services: Services,
    document: Document,
    told: Told,
    size: int,
    frames: int,
    says: str,
) -> None:
    load(qtbot, services)
    document.open_clip(ball(frames, size=size))
    settle(qtbot, services)
    assert says in told.notes[-1]
    assert told.answers[-1] is None
    assert told.errors == []


def test_points_are_not_said_to_have_triangles() -> None:
    points = replace(ball(1), faces=np.zeros((0, 3), np.int32))
    said = f"This clip has {points.n_vertices} points, and no surface to read; "
    assert other_surface(points) == said + "it can be viewed and exported."


def test_generate_adds_the_clip_with_a_recipe_that_makes_it_again(
    qtbot: QtBot, services: Services, document: Document, engine: SmallEngine
) -> None:
    load(qtbot, services)
    document.set_generation(label="fear", seed=5, frames=20, intensity=0.5)
    services.generation.generate()
    settle(qtbot, services)
    clip = document.current_clip
    assert clip is not None
    assert (clip.name, clip.label) == ("fear 5", "fear")
    again = engine.generate("fear", 5, frames=20, intensity=0.5)
    np.testing.assert_array_equal(clip.recording.vertices, again.vertices)
    assert dict(clip.recipe or {})["set"] == "small"
    document.undo()
    assert document.state.clips == ()


def test_generating_from_the_clips_face_starts_there(
    qtbot: QtBot, services: Services, document: Document
) -> None:
    load(qtbot, services)
    clip = document.open_clip(ball(8))
    document.set_neutral_frame(clip, 4)
    document.set_generation(face=FaceChoice("clip"), seed=3)
    services.generation.generate()
    settle(qtbot, services)
    made = document.current_clip
    assert made is not None
    np.testing.assert_array_equal(made.recording.vertices[0], ball(8).vertices[4])
    face = {"from": "clip", "name": "ball", "frame": 4, "path": None}
    assert dict(made.recipe or {})["face"] == face
    document.set_neutral_frame(clip, None)
    document.set_current(clip)
    services.generation.generate()
    settle(qtbot, services)
    estimated = document.current_clip
    assert estimated is not None
    np.testing.assert_array_equal(estimated.recording.vertices[0], ball(8).vertices[0])
    assert dict(estimated.recipe or {})["face"] == {**face, "frame": None}


def test_the_latest_generate_wins(
    qtbot: QtBot, services: Services, document: Document, engine: SmallEngine
) -> None:
    load(qtbot, services)
    engine.pause = 0.005
    for seed in range(10):
        document.set_generation(seed=seed)
        services.generation.generate()
    settle(qtbot, services)
    assert [clip.name for clip in document.state.clips] == ["happiness 9"]


def test_cancelled_sampling_adds_nothing(
    qtbot: QtBot, services: Services, document: Document, engine: SmallEngine, told: Told
) -> None:
    load(qtbot, services)
    engine.pause = 0.01
    services.generation.generate()
    qtbot.wait(20)
    services.desk.lanes.generate.stop()
    qtbot.wait(150)
    assert document.state.clips == ()
    assert told.errors == []


def test_generating_without_models_or_clip_says_so(
    qtbot: QtBot, services: Services, document: Document, told: Told
) -> None:
    services.generation.generate()
    load(qtbot, services)
    document.set_generation(face=FaceChoice("clip"))
    services.generation.generate()
    assert "No models" in str(told.errors[0])
    assert "choose a clip" in str(told.errors[1])


def test_models_that_cannot_be_loaded_leave_the_viewer_working(
    qtbot: QtBot, document: Document, engine: SmallEngine, tmp_path: Path
) -> None:
    def fail() -> None:
        raise CheckpointError("recognizer.safetensors: expected a whole file, found half of one")

    services = Services(Desk(document, open_engine=opener(engine, before=fail)))
    told = Told(services)
    load(qtbot, services)
    services.opening.open_paths(clips_in(tmp_path, "one"))
    settle(qtbot, services)
    assert len(document.state.clips) == 1
    assert "half of one" in str(told.errors[0])
    assert "half of one" in told.notes[-1]
    services.close()


def test_a_device_that_fails_leaves_the_old_one(
    qtbot: QtBot, document: Document, engine: SmallEngine
) -> None:
    def open_small(
        _folder: Path | None, device: str, _notice: Notice, *, progress: Progress
    ) -> SmallEngine:
        if device == "cuda":
            raise InputError("cuda: expected an NVIDIA GPU, found none")
        return engine

    services = Services(Desk(document, open_engine=open_small, device="cuda"))
    told, devices = Told(services), []
    services.desk.models.device_changed.connect(devices.append)
    load(qtbot, services)
    assert (services.desk.models.engine, services.desk.models.device) == (engine, "auto")
    services.desk.models.set_device("cpu")
    settle(qtbot, services)
    services.desk.models.set_device("cuda")
    settle(qtbot, services)
    assert (services.desk.models.engine, services.desk.models.device) == (engine, "cpu")
    assert devices == ["auto", "auto", "cpu", "cpu"]
    assert len(told.errors) == 2
    services.close()


def test_another_device_loads_the_models_again(
    qtbot: QtBot, services: Services, engine: SmallEngine
) -> None:
    load(qtbot, services)
    assert engine.device == "cpu"
    services.desk.models.set_device("cuda")
    settle(qtbot, services)
    assert engine.device == "cuda"


@pytest.mark.parametrize("format_name", ["obj", "ply", "npz"])
def test_export_writes_the_range_under_the_clips_name(
    qtbot: QtBot,
    services: Services,
    document: Document,
    told: Told,
    tmp_path: Path,
    format_name: str,
) -> None:
    made = document.add_generated(ball(8), {"label": "fear", "seed": 1})
    target = tmp_path / ("out.npz" if format_name == "npz" else "out")
    services.export.export(ExportRequest(made, target, format_name, start=2, stop=5))
    settle(qtbot, services)
    assert told.errors == []
    assert told.exported == [target]
    back = read_sequence(target)
    np.testing.assert_allclose(back.vertices, ball(8).vertices[2:5], atol=1e-3)
    assert document.unsaved.made, "half a clip is not a safe copy"
    services.export.export(ExportRequest(made, tmp_path / "all.npz", "npz"))
    settle(qtbot, services)
    assert document.unsaved.made == ()


def test_export_where_nothing_can_be_written_says_so(
    qtbot: QtBot, services: Services, document: Document, told: Told, tmp_path: Path
) -> None:
    made = document.add_generated(ball(8), {"label": "fear", "seed": 1})
    (tmp_path / "file").write_text("in the way")
    services.export.export(ExportRequest(made, tmp_path / "file" / "out", "obj"))
    settle(qtbot, services)
    assert len(told.errors) == 1
    assert document.unsaved.made


def test_closing_in_the_middle_of_everything_leaves_no_thread(
    qtbot: QtBot, document: Document, engine: SmallEngine, tmp_path: Path
) -> None:
    services = Services(Desk(document, open_engine=opener(engine)))
    load(qtbot, services)
    engine.pause = 0.02
    clip = document.open_clip(ball(400))
    services.generation.generate()
    services.export.export(ExportRequest(clip, tmp_path / "out", "obj"))
    services.opening.open_paths(clips_in(tmp_path, "one", "two"))
    services.desk.models.load()
    services.close()
    assert not [thread.name for thread in threading.enumerate() if "studio-" in thread.name]
    assert not (tmp_path / "out").exists()
    assert [shown.id for shown in document.state.clips] == [clip]
