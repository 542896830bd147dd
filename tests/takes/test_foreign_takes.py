"""Many takes on a surface of another triangulation whose landmarks are placed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.core import Cancelled, FaceChoice, GenerationRequest, InputError, Progress
from studio.document import ClipState, Document, Landmark, LandmarkEdit
from studio.engine import Engine
from studio.io import read_sequence
from studio.takes.batch import Batch, run_batch
from studio.takes.faces import clip_face
from studio.takes.generate import GROUP, generate_clip, generate_takes, make_recipe
from studio.takes.text import RECIPES
from tests.document.clips import played
from tests.engine.tiny import foreign_mesh, open_tiny, write_landmarks

MODELS = ["motion-gan", "landmark-lstm"]
SEEDS = (4, 1, 2, 3, 9)
REQUEST = GenerationRequest(label="anger", frames=20, model="motion-gan", face=FaceChoice("clip"))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    write_landmarks(folder)
    return open_tiny(folder)


@pytest.fixture
def clip() -> ClipState:
    mesh, marks = foreign_mesh()
    placed = tuple(Landmark(str(place), vertex) for place, vertex in enumerate(marks.tolist()))
    return ClipState("a", mesh, edits=(LandmarkEdit(placed),))


def batch(engine: Engine, folder: Path, model: str = "motion-gan") -> Batch:
    return Batch(replace(REQUEST, model=model), engine.labels[:2], SEEDS, folder, "npz")


@pytest.mark.parametrize("model", MODELS)
def test_each_take_of_a_sheet_is_what_its_seed_alone_makes(
    engine: Engine, clip: ClipState, model: str
) -> None:
    recipe = make_recipe(replace(REQUEST, model=model), engine, clip)
    groups = list(generate_takes(engine, recipe, SEEDS, played(clip), progress=Progress()))
    assert [len(group) for group in groups] == [GROUP, len(SEEDS) - GROUP]
    for (made, said), seed in zip([take for group in groups for take in group], SEEDS, strict=True):
        assert said == replace(recipe, request=replace(recipe.request, seed=seed))
        assert made.topology == clip.recording.topology != engine.topology
        alone = generate_clip(engine, said, played(clip), progress=Progress())
        assert made.name == alone.name == f"anger {seed}"
        np.testing.assert_array_equal(made.vertices, alone.vertices)


def test_a_take_in_the_document_lends_its_face_to_the_next(engine: Engine, clip: ClipState) -> None:
    recipe = make_recipe(REQUEST, engine, clip)
    first = generate_clip(engine, recipe, played(clip), progress=Progress())
    document = Document()
    name = document.add_generated(first, recipe.to_dict())
    take = document.state.clip(name)
    assert [mark.vertex for mark in take.landmarks] == [mark.vertex for mark in clip.landmarks]
    assert take.recording is first
    again = make_recipe(replace(REQUEST, seed=5), engine, take)
    second = generate_clip(engine, again, played(take), progress=Progress())
    np.testing.assert_array_equal(second.vertices[0], first.vertices[0])


def test_landmarks_corrected_on_a_take_are_those_of_the_next(
    engine: Engine, clip: ClipState
) -> None:
    document = Document()
    recipe = make_recipe(REQUEST, engine, clip)
    name = document.add_generated(
        generate_clip(engine, recipe, played(clip), progress=Progress()), recipe.to_dict()
    )
    marks = list(document.state.clip(name).landmarks)
    used = {mark.vertex for mark in marks}
    marks[3] = replace(marks[3], vertex=min(set(range(clip.recording.n_vertices)) - used))
    document.set_landmarks(name, marks)
    again = make_recipe(REQUEST, engine, document.state.clip(name))
    assert again.face.landmarks == tuple(mark.vertex for mark in marks)


@pytest.mark.parametrize(("frame", "by_hand"), [(0, True), (15, False)])
def test_a_face_moved_by_hand_lies_in_no_file(
    engine: Engine, clip: ClipState, frame: int, by_hand: bool
) -> None:
    """Where only later frames were moved, the take's own recipe still makes its face."""
    document = Document()
    recipe = make_recipe(REQUEST, engine, replace(clip, source=Path("mesh.obj")))
    name = document.add_generated(
        generate_clip(engine, recipe, played(clip), progress=Progress()), recipe.to_dict()
    )
    document.move_landmarks(name, frame, np.full((68, 3), 2, dtype=np.float32))
    face = clip_face(document.state.clip(name))
    assert (face.path == "") == by_hand and (face == recipe.face) != by_hand


@pytest.mark.parametrize("model", MODELS)
def test_every_label_and_seed_of_a_batch_is_what_generating_makes(
    engine: Engine, clip: ClipState, tmp_path: Path, model: str
) -> None:
    what, mesh = batch(engine, tmp_path, model), clip.recording
    marks = [landmark.vertex for landmark in clip.landmarks]
    paths = run_batch(engine, what, played(clip), progress=Progress())
    assert paths == list(what.places())
    notes = json.loads((tmp_path / RECIPES).read_text(encoding="utf-8"))
    for path in paths:
        label, seed = notes[path.name]["label"], notes[path.name]["seed"]
        request = GenerationRequest(label, seed, frames=20, model=model)
        (wanted,) = engine.sample_on(request, mesh, marks)
        found = read_sequence(path)
        assert found.topology == mesh.topology
        np.testing.assert_allclose(found.vertices, wanted.vertices, atol=1e-6)
        assert notes[path.name]["face"]["landmarks"] == marks


@pytest.mark.parametrize("at", [0.05, 0.45, 0.9])
def test_a_stop_leaves_whole_takes_of_the_surface(
    engine: Engine, clip: ClipState, tmp_path: Path, at: float
) -> None:
    progress = Progress(lambda share, _text: progress.cancel() if share > at else None)
    what = replace(batch(engine, tmp_path), format_name="obj")
    with pytest.raises(Cancelled):
        run_batch(engine, what, played(clip), progress=progress)
    folders = sorted(path.name for path in tmp_path.iterdir() if path.is_dir())
    assert (len(folders) > 0) == (at > 0.1) and len(folders) < len(what)
    assert all(len(list((tmp_path / name).glob("*.obj"))) == 20 for name in folders)
    noted = sorted(json.loads((tmp_path / RECIPES).read_text())) if folders else []
    assert noted == folders


def test_what_moves_every_vertex_refuses_before_anything_is_made(
    engine: Engine, clip: ClipState, tmp_path: Path
) -> None:
    says = "model: expected motion-gan or landmark-lstm for a face of another triangulation"
    with pytest.raises(InputError, match=says):
        run_batch(
            engine, batch(engine, tmp_path / "out", "diffusion"), played(clip), progress=Progress()
        )
    assert not (tmp_path / "out").exists()
    recipe = make_recipe(REQUEST, engine, clip)
    recipe = replace(recipe, request=replace(recipe.request, model="diffusion"))
    told: list[str] = []
    progress = Progress(lambda _share, text: told.append(text))
    with pytest.raises(InputError, match=says):
        next(generate_takes(engine, recipe, SEEDS, played(clip), progress=progress))
    assert not told, "nothing was begun"


def test_a_surface_without_all_landmarks_is_refused_before_a_file_is_written(
    engine: Engine, clip: ClipState, tmp_path: Path
) -> None:
    few = replace(clip, edits=(LandmarkEdit(clip.landmarks[:5]),))
    with pytest.raises(InputError, match="68 vertices"):
        run_batch(engine, batch(engine, tmp_path / "out"), played(few), progress=Progress())
    assert not (tmp_path / "out").exists()
