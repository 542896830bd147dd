"""Bad input through the command line: status 2, one sentence on stderr, nothing written."""

from __future__ import annotations

import os
import pickle
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from studio.cli.app import run
from studio.core import MeshSequence
from studio.face import load_template
from studio.io import read_sequence, write_sequence

from .conftest import Command

SQUARE = "v 0 0 0\nv 100 0 0\nv 100 100 0\nv 0 100 0\n"
TRIANGLES = SQUARE + "f 1 2 3\nf 1 3 4\n"


def _empty_folder(folder: Path) -> Path:
    (folder / "empty").mkdir()
    return folder / "empty"


def _two_runs(folder: Path) -> Path:
    for k in range(5):
        (folder / f"f{k}.obj").write_text(TRIANGLES)
        (folder / f"g{k}.obj").write_text(TRIANGLES)
    return folder


def _other_counts(folder: Path) -> Path:
    (folder / "f1.obj").write_text(TRIANGLES)
    (folder / "f2.obj").write_text("v 1 1 1\n" + TRIANGLES)
    return folder


def _truncated_obj(folder: Path) -> Path:
    (folder / "f1.obj").write_text(TRIANGLES)
    (folder / "f2.obj").write_text(TRIANGLES[: TRIANGLES.index("f")][:-9])
    return folder


def _cut_in_a_number(folder: Path) -> Path:
    (folder / "cut.obj").write_text(TRIANGLES + "v 1.0 2.")
    return folder / "cut.obj"


def _not_a_number(folder: Path) -> Path:
    (folder / "nan.obj").write_text(TRIANGLES.replace("100", "nan", 1))
    return folder / "nan.obj"


def _infinite(folder: Path) -> Path:
    (folder / "inf.obj").write_text(TRIANGLES.replace("100", "inf", 1))
    return folder / "inf.obj"


def _index_out_of_range(folder: Path) -> Path:
    (folder / "index.obj").write_text(SQUARE + "f 1 2 9\n")
    return folder / "index.obj"


def _binary(folder: Path) -> Path:
    (folder / "noise.obj").write_bytes(np.random.default_rng(0).bytes(4 << 20))
    return folder / "noise.obj"


def _pickle(folder: Path) -> Path:
    (folder / "pickle.npy").write_bytes(pickle.dumps({"vertices": [1, 2, 3]}))
    return folder / "pickle.npy"


def _objects(folder: Path) -> Path:
    np.save(folder / "objects.npy", np.array([{}, {}], dtype=object), allow_pickle=True)
    return folder / "objects.npy"


def _missing_columns(folder: Path) -> Path:
    (folder / "take.csv").write_text("Timecode,BlendshapeCount,JawOpener\n00:00:00:00.000,1,0.5\n")
    return folder / "take.csv"


def _no_suffix_we_know(folder: Path) -> Path:
    (folder / "face.fbx").write_text("?")
    return folder / "face.fbx"


def _nothing_in(name: str) -> Callable[[Path], Path]:
    def empty(folder: Path) -> Path:
        (folder / name).write_bytes(b"")
        return folder / name

    return empty


def _beyond_all_heads(folder: Path) -> Path:
    """Write coordinates whose squares float32 does not hold."""
    (folder / "beyond.obj").write_text(TRIANGLES.replace("100", "1e30"))
    return folder / "beyond.obj"


def _not_there(folder: Path) -> Path:
    return folder / "gone.npz"


FILES: dict[Callable[[Path], Path], str] = {
    _empty_folder: "empty: expected .*, found none",
    _two_runs: r"expected one run of frames, .*, found f\*\.obj \(5\), g\*\.obj \(5\)",
    _other_counts: "f2.obj: expected 4 vertices as in the first frame, found 5",
    _truncated_obj: "f2.obj: expected ",
    _cut_in_a_number: "cut.obj: expected ",
    _not_a_number: "nan.obj: expected finite coordinates, found nan",
    _infinite: "inf.obj: expected finite coordinates, found inf",
    _index_out_of_range: "index.obj: expected .*, found ",
    _binary: "noise.obj: expected ",
    _pickle: "pickle.npy: expected a NumPy array",
    _objects: "objects.npy: expected an array of numbers, found objects",
    _missing_columns: "take.csv: expected ARKit weights by name",
    _no_suffix_we_know: "face.fbx: expected ",
    _beyond_all_heads: r"beyond.obj: expected coordinates up to 1e\+12 mm from the origin, found",
    **{
        _nothing_in(name): f"{name}: expected .*, found an empty file"
        for name in ("a.obj", "a.npz", "a.csv", "a.json", "a.glb", "a.stl", "a.mp4", "a.studio")
    },
    _not_there: "gone.npz: expected a file or a folder, found nothing there",
}


READERS: dict[str, tuple[str, ...]] = {
    "convert": ("out",),
    "recognize": ("--json",),
    "edit": ("--stack", "../stack.json", "--out", "out"),
    "cut": ("--out", "out"),
    "neutralize": ("--out", "out"),
    "units": ("--out", "out.csv"),
}


@pytest.mark.parametrize(
    ("make", "wanted"), FILES.items(), ids=lambda x: getattr(x, "__name__", "")
)
@pytest.mark.parametrize("name", READERS)
def test_a_file_that_is_no_clip(
    command: Command,
    here: Path,
    tmp_path: Path,
    name: str,
    make: Callable[[Path], Path],
    wanted: str,
) -> None:
    (tmp_path / "in").mkdir()
    path = make(tmp_path / "in")
    before = {file: file.read_bytes() for file in (tmp_path / "in").iterdir() if file.is_file()}
    (tmp_path / "stack.json").write_text("[]")
    ended = command(name, path, *READERS[name])
    assert re.search(wanted, ended.sentence), ended.sentence
    assert not list(here.iterdir())
    after = {file: file.read_bytes() for file in (tmp_path / "in").iterdir() if file.is_file()}
    assert after == before


@pytest.mark.parametrize(
    "text",
    [
        SQUARE + "f 1 2 3 4\n",
        SQUARE + "f -4 -3 -2 -1\n",
        TRIANGLES.replace("\n", "\r\n"),
        SQUARE + "vt 0 0\nvn 0 0 1\nf 1/1/1 2/1/1 3/1/1 4/1/1\n",
    ],
    ids=["quads", "negative indices", "Windows line ends", "textures and normals"],
)
def test_what_is_unusual_but_right(command: Command, here: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "face.obj").write_bytes(text.encode())
    ended = command("convert", tmp_path / "face.obj", "out.npz", "--input-unit", "mm")
    assert (ended.status, ended.err) == (0, "")
    back = read_sequence(here / "out.npz")
    assert back.n_vertices == 4
    np.testing.assert_array_equal(back.faces, [[0, 1, 2], [0, 2, 3]])


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (("--label", "joy"), "label: expected one of anger, happiness, neutral, found joy"),
        (("--seed", -1), "seed: expected a whole number from 0 to 2147483647, found -1"),
        (("--seed", 2**31), "seed: expected .*, found 2147483648"),
        (("--seed", "x"), "--seed"),
        (("--frames", 3), "frames: expected "),
        (("--frames", 100000), "frames: expected "),
        (("--intensity", 9), "intensity: expected "),
        (("--intensity", "nan"), "intensity: expected "),
        (("--model", "gan"), "model: expected one of diffusion, "),
        (("--guidance", 99), "guidance: expected a number from 0 to 20, found 99"),
        (("--guidance", 10**400), "guidance: expected a number from 0 to 20, found inf"),
        (("--guidance", "1e308"), "guidance: expected a number from 0 to 20, found 1e\\+308"),
        (("--guidance", "nan"), "guidance: expected a number from 0 to 20, found nan"),
        (("--seed", 10**400), "seed: expected "),
        (("--seed", "1" * 5000), "--seed"),
        (("--out", "a" * 300), "a name that is too long"),
        (("--out", "a" * 245 + ".npz"), "a name that is too long"),  # of its recipe
        (("--steps", 0), "steps: expected a whole number from 1 to 1000, found 0"),
        (("--sampler", "magic"), "sampler: expected one of dpm, sde, ddim, ddpm, found magic"),
        (("--format", "fbx"), "--format"),
        (("--unit", "inch"), "--unit"),
        (("--surface", "rbf"), "surface: expected a model that can be told it, motion-gan or"),
        (("--model", "motion-gan", "--steps", 4), "steps: expected a model .*, found motion-gan"),
        (("--device", "abacus"), "device: expected auto, cuda, mps or cpu, found abacus"),
        (("--neutral", "gone.obj"), "gone.obj: expected "),
        (("--models", "gone"), "gone: no such model set"),
        (("--models", __file__), "test_bad_input.py: expected a folder of models, found a file"),
        (("--color", "red"), "color"),
    ],
)
def test_a_wish_that_cannot_be_met(
    command: Command, here: Path, models: Path, arguments: tuple[object, ...], wanted: str
) -> None:
    usual = ("--label", "anger", "--seed", 1, "--models", models, "--out", "out")
    ended = command("generate", *usual, *arguments)
    assert re.search(wanted, ended.sentence), ended.sentence
    assert not list(here.iterdir())


def test_an_option_that_is_needed(command: Command, here: Path) -> None:
    assert "--label" in command("generate", "--seed", 1, "--out", "out").sentence
    assert "IN" in command("convert").sentence
    assert not list(here.iterdir())


def test_another_face(command: Command, here: Path, models: Path, tmp_path: Path) -> None:
    (tmp_path / "other.obj").write_text(TRIANGLES)
    other = tmp_path / "other.obj"
    sentence = command("recognize", other, "--models", models).sentence
    assert "4538-vertex face to recognize, found 4 vertices; any mesh can be viewed" in sentence
    usual = ("--label", "anger", "--seed", 1, "--models", models, "--out", "out")
    sentence = command("generate", *usual, "--neutral", other).sentence
    assert sentence.startswith("other.obj: expected the studio's 4538-vertex face to start from")
    assert sentence.endswith("(generate --neutral MESH --landmarks FILE)")
    assert not list(here.iterdir())


def test_the_same_vertices_joined_in_another_way(
    command: Command, here: Path, models: Path, tmp_path: Path
) -> None:
    template = load_template()
    faces = np.roll(template.faces, 1, axis=1)
    faces[0, 0] = template.faces[-1, 0]
    other = MeshSequence(template.vertices[None], faces)
    write_sequence(other, tmp_path / "other.npz")
    usual = ("--label", "anger", "--seed", 1, "--models", models, "--out", "out")
    ended = command("generate", *usual, "--neutral", tmp_path / "other.npz", "--no-register")
    assert "as many vertices joined by other triangles" in ended.sentence


def test_too_short_to_recognize(command: Command, models: Path, tmp_path: Path) -> None:
    template = load_template()
    write_sequence(MeshSequence(template.vertices[None], template.faces), tmp_path / "one.npz")
    sentence = command("recognize", tmp_path / "one.npz", "--models", models).sentence
    assert "at least 4 frames to recognize, found 1" in sentence


def test_a_damaged_checkpoint(
    command: Command, here: Path, models: Path, take_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "cut").mkdir()
    for name in ("autoencoder", "recognizer"):
        data = (models / f"{name}.safetensors").read_bytes()
        (tmp_path / "cut" / f"{name}.safetensors").write_bytes(data)
    path = tmp_path / "cut" / "recognizer.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    sentence = command("recognize", take_file, "--models", tmp_path / "cut").sentence
    assert sentence.startswith("recognizer.safetensors: ")
    usual = ("--label", "anger", "--seed", 1, "--models", tmp_path / "cut", "--out", "out")
    assert "no diffusion model" in command("generate", *usual).sentence
    assert not list(here.iterdir())


@pytest.mark.parametrize("name", ["convert", "generate"])
def test_a_file_where_a_folder_is_needed(
    command: Command, here: Path, models: Path, take_file: Path, name: str
) -> None:
    (here / "note").write_text("mine")
    if name == "convert":
        sentence = command("convert", take_file, "note/out").sentence
    else:
        usual = ("--label", "anger", "--seed", 1, "--frames", 16, "--models", models)
        sentence = command("generate", *usual, "--out", "note/out").sentence
    assert "cannot be written" in sentence
    assert [file.name for file in here.iterdir()] == ["note"]
    assert (here / "note").read_text() == "mine"


def test_a_folder_nobody_may_write_to(command: Command, here: Path, take_file: Path) -> None:
    folder = Path("/proc/self/out") if os.access("/proc/self", os.X_OK) else here / "locked"
    if folder.parent == here:
        folder.mkdir(mode=0o500)
    if os.access(folder, os.W_OK):
        pytest.skip("nothing is forbidden here")
    assert "cannot be written" in command("convert", take_file, folder).sentence


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="no folder that refuses root")
def test_a_recipe_that_cannot_be_written_is_told_before_the_clip(
    command: Command, here: Path, models: Path
) -> None:
    usual = ("--label", "anger", "--seed", 1, "--frames", 16, "--models", models)
    place = "/proc/self/recipe.json"
    sentence = command("generate", *usual, "--out", "out.npz", "--recipe-out", place).sentence
    assert "recipe.json: cannot be written" in sentence
    assert not list(here.iterdir())


def test_a_folder_with_frames_of_a_longer_clip(
    command: Command, here: Path, take: MeshSequence, take_file: Path
) -> None:
    write_sequence(MeshSequence(np.repeat(take.vertices, 2, axis=0), take.faces), here / "out")
    before = sorted((file.name, file.stat().st_mtime_ns) for file in (here / "out").iterdir())
    assert "no frames beyond the 12 to write" in command("convert", take_file, "out").sentence
    after = sorted((file.name, file.stat().st_mtime_ns) for file in (here / "out").iterdir())
    assert after == before


def test_a_corpus_that_is_not_there(command: Command, here: Path) -> None:
    assert "corpus build" in command("train", "autoencoder").sentence
    assert not list(here.iterdir())


def test_a_lack_of_memory_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    def full(*_args: object, **_more: object) -> int:
        raise MemoryError

    assert run(["open"], full) == 2
    assert capsys.readouterr().err == "there is not enough memory for this\n"
