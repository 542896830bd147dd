"""Batches: each take whole with its recipe, whatever stops the rest."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.core import (
    Cancelled,
    FaceChoice,
    GenerationRequest,
    InputError,
    Progress,
    StudioError,
)
from studio.document import ClipState
from studio.engine import Engine
from studio.io import read_sequence
from studio.takes.batch import Batch, run_batch
from studio.takes.generate import generate_clip
from studio.takes.recipe import GeneratorRecipe, recipe_from_dict
from studio.takes.text import RECIPES
from tests.document.clips import played
from tests.engine.tiny import moving_face, open_tiny

REQUEST = GenerationRequest(frames=16, steps=3, intensity=0.8)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return open_tiny(tmp_path_factory.mktemp("models") / "tiny")


def batch(engine: Engine, folder: Path) -> Batch:
    return Batch(REQUEST, engine.labels[:2], (4, 1, 2, 3, 9), folder, "npz")


def recipes(folder: Path) -> dict[str, dict[str, object]]:
    return json.loads((folder / RECIPES).read_text(encoding="utf-8"))


def test_every_label_meets_every_seed_and_recipes_make_them_again(
    engine: Engine, tmp_path: Path
) -> None:
    what, shown = batch(engine, tmp_path / "out"), []
    told: list[float] = []
    progress = Progress(lambda share, _text: told.append(share))
    paths = run_batch(engine, what, progress=progress, show=shown.append)
    assert paths == shown == list(what.places())
    assert len(paths) == len(what) == 10
    assert told == sorted(told) and told[-1] > 0.99
    notes = recipes(tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted([*notes, RECIPES])
    for path in (paths[0], paths[7]):
        recipe = recipe_from_dict(notes[path.name])
        assert isinstance(recipe, GeneratorRecipe)
        again = generate_clip(engine, recipe, progress=Progress())
        np.testing.assert_allclose(read_sequence(path).vertices, again.vertices, atol=1e-3)


def test_frames_go_into_a_folder_each_in_the_unit_asked_for(engine: Engine, tmp_path: Path) -> None:
    what = replace(batch(engine, tmp_path), seeds=(7,), format_name="obj", unit="m")
    paths = run_batch(engine, what, progress=Progress())
    assert [path.name for path in paths] == [f"{label}_7" for label in what.labels]
    names = sorted(file.name for file in paths[0].iterdir())
    assert (names[0], len(names)) == ("frame_0001.obj", 16 + 1), "a file on their rate, too"
    assert "unit: m" in (paths[0] / names[0]).read_text(encoding="utf-8")[:400]


def test_a_clips_face_is_moved(engine: Engine, tmp_path: Path) -> None:
    clip = ClipState("a", moving_face(6), neutral_frame=2)
    request = replace(REQUEST, face=FaceChoice("clip"))
    what = replace(batch(engine, tmp_path), request=request, seeds=(1,))
    path = run_batch(engine, what, played(clip), progress=Progress())[0]
    np.testing.assert_array_equal(read_sequence(path).vertices[0], clip.recording.vertices[2])


@pytest.mark.parametrize("at", [0.05, 0.45, 0.49])
def test_a_stop_leaves_whole_takes_and_their_recipes(
    engine: Engine, tmp_path: Path, at: float
) -> None:
    progress = Progress(lambda share, _text: progress.cancel() if share > at else None)
    with pytest.raises(Cancelled):
        run_batch(engine, replace(batch(engine, tmp_path), format_name="obj"), progress=progress)
    folders = sorted(path.name for path in tmp_path.iterdir() if path.is_dir())
    assert all(len(list((tmp_path / name).glob("*.obj"))) == 16 for name in folders)
    assert (len(folders) > 0) == (at > 0.1)
    assert folders == sorted(recipes(tmp_path)) if folders else not (tmp_path / RECIPES).exists()


def test_a_place_that_cannot_be_written_ends_the_batch_with_what_there_is(
    engine: Engine, tmp_path: Path
) -> None:
    what = replace(batch(engine, tmp_path), seeds=(1, 2), format_name="obj")
    what.place(what.labels[1], 1).write_text("in the way")
    with pytest.raises(StudioError, match="a file where a folder is needed"):
        run_batch(engine, what, progress=Progress())
    assert sorted(recipes(tmp_path)) == [f"{what.labels[0]}_{seed}" for seed in (1, 2)]


def test_the_recipe_is_there_as_soon_as_the_take(engine: Engine, tmp_path: Path) -> None:
    noted: list[bool] = []
    what = replace(batch(engine, tmp_path), seeds=(1, 2))
    run_batch(
        engine,
        what,
        progress=Progress(),
        show=lambda path: noted.append(path.name in recipes(tmp_path)),
    )
    assert noted == [True] * 4


def test_recipes_of_an_earlier_batch_stay(engine: Engine, tmp_path: Path) -> None:
    what = replace(batch(engine, tmp_path), seeds=(1,))
    run_batch(engine, what, progress=Progress())
    run_batch(engine, replace(what, seeds=(2,)), progress=Progress())
    assert len(recipes(tmp_path)) == 4


@pytest.mark.parametrize(
    "wrong",
    [{"labels": ("joy",)}, {"labels": ()}, {"seeds": ()}, {"format_name": "csv"}],
)
def test_what_cannot_be_is_refused_before_anything_is_made(
    engine: Engine, tmp_path: Path, wrong: dict[str, object]
) -> None:
    what = replace(batch(engine, tmp_path / "out"), **wrong)
    with pytest.raises(InputError):
        run_batch(engine, what, progress=Progress())
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", ["[]", '{"a": 1}', '{"a": {"seed": NaN}}', "not json", "[" * 9000])
def test_a_file_of_that_name_that_holds_no_recipes_is_not_touched(
    engine: Engine, tmp_path: Path, text: str
) -> None:
    (tmp_path / RECIPES).write_text(text)
    with pytest.raises(InputError, match=RECIPES):
        run_batch(engine, batch(engine, tmp_path), progress=Progress())
    assert [path.name for path in tmp_path.iterdir()] == [RECIPES]
    assert (tmp_path / RECIPES).read_text() == text
