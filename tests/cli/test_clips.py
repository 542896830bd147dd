"""recognize, generate and convert, on untrained models of the studio's face."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from studio.core import MeshSequence
from studio.engine import Engine
from studio.face import load_template
from studio.io import read_sequence, write_sequence

from .conftest import Command

LABELS = ["anger", "happiness", "neutral"]


def test_recognize_prints_one_object(command: Command, take_file: Path, models: Path) -> None:
    ended = command("recognize", take_file, "--json", "--models", models)
    assert (ended.status, ended.err) == (0, "")
    facts = json.loads(ended.out)
    keys = [
        "path",
        "model",
        "frames",
        "fps",
        "fps_from",
        "unit",
        "unit_from",
        "remarks",
        "neutral",
        "labels",
        "clip",
        "shares",
        "segments",
        "per_frame",
        "intensity",
        "unfamiliar",
    ]
    assert list(facts) == keys
    assert facts["unfamiliar"] is None, "these models do not know"
    assert (facts["remarks"], facts["neutral"]) == ([], {"from": "estimate"})
    assert facts["segments"][0]["start"] == 0 and facts["segments"][-1]["stop"] == 12
    assert sum(facts["shares"].values()) == pytest.approx(1.0)
    assert (facts["path"], facts["model"]) == (str(take_file), "tiny")
    assert (facts["frames"], facts["fps"], facts["labels"]) == (12, 30.0, LABELS)
    assert list(facts["clip"]) == ["label", "probabilities", "intensity"]
    assert np.shape(facts["intensity"]) == (12,)
    clip, rows = np.array(facts["clip"]["probabilities"]), np.array(facts["per_frame"])
    assert rows.shape == (12, 3)
    np.testing.assert_allclose(rows.sum(axis=1), 1.0, atol=1e-5)
    assert facts["clip"]["label"] == LABELS[int(clip.argmax())]


def test_recognize_says_what_the_engine_says(
    command: Command, take: MeshSequence, take_file: Path, models: Path
) -> None:
    facts = json.loads(command("recognize", take_file, "--json", "--models", models).out)
    wanted = Engine.open(models, "cpu").recognize(take)
    np.testing.assert_allclose(facts["per_frame"], wanted.per_frame, atol=1e-5)


def test_recognize_for_people(command: Command, take_file: Path, models: Path) -> None:
    ended = command("recognize", take_file, "--models", models)
    assert ended.status == 0
    assert "12 frames" in ended.out
    assert "frame 11" in ended.out
    assert "face at rest: estimated from the clip" in ended.out


def test_recognize_reads_against_the_face_that_is_named(
    command: Command, take: MeshSequence, take_file: Path, models: Path, tmp_path: Path
) -> None:
    mesh = tmp_path / "rest.obj"
    write_sequence(take.sliced(9, 10), mesh)
    engine = Engine.open(models, "cpu")
    for given, told in (
        ("9", {"from": "frame", "frame": 9}),
        (str(mesh), {"from": "file", "path": str(mesh)}),
    ):
        asked = ("recognize", take_file, "--neutral", given, "--models", models)
        facts = json.loads(command(*asked, "--json").out)
        assert facts["neutral"] == told
        wanted = engine.recognize(take, np.asarray(take.vertices[9]))
        np.testing.assert_allclose(facts["per_frame"], wanted.per_frame, atol=1e-4)
    assert f"face at rest: that of {mesh}" in command(*asked).out
    estimated = engine.recognize(take).per_frame
    assert np.abs(estimated - wanted.per_frame).max() > 1e-3, "the face matters"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("12", "a frame from 0 to 11, found 12"),
        ("-1", "a frame from 0 to 11, found -1"),
        ("first", "neutral: expected a frame, FROM-TO of a video, or a mesh, found first"),
        ("0.5", "neutral: expected a frame, FROM-TO of a video, or a mesh, found 0.5"),
        ("gone.obj", "neutral: expected a frame, FROM-TO of a video, or a mesh, found gone.obj"),
        ("gone.studio#smile", "gone.studio: "),
    ],
)
def test_recognize_refuses_a_face_that_is_not_there(
    command: Command, take_file: Path, models: Path, given: str, sentence: str
) -> None:
    ended = command("recognize", take_file, f"--neutral={given}", "--models", models)
    assert sentence in ended.sentence


def test_recognize_refuses_a_face_of_another_triangulation(
    command: Command, take_file: Path, models: Path, tmp_path: Path
) -> None:
    mesh = tmp_path / "other.obj"
    mesh.write_text("# unit: mm\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    ended = command("recognize", take_file, "--neutral", mesh, "--models", models)
    assert "4538-vertex face to read against" in ended.sentence
    assert "3 vertices" in ended.sentence


def generate(command: Command, models: Path, out: Path, *more: object) -> dict[str, object]:
    chosen = ("--label", "happiness", "--seed", 5, "--frames", 16, "--models", models)
    ended = command("generate", *chosen, "--json", "--out", out, *more)
    assert (ended.status, ended.err) == (0, "")
    return dict(json.loads(ended.out))


def test_generate_writes_frames(command: Command, models: Path, tmp_path: Path) -> None:
    facts = generate(command, models, tmp_path / "out")
    assert list(facts) == ["label", "seed", "frames", "vertices", "seconds", "out", "recipe"]
    assert (facts["label"], facts["seed"], facts["frames"]) == ("happiness", 5, 16)
    assert facts["vertices"] == len(load_template().vertices)
    assert facts["out"] == str(tmp_path / "out")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    frames = [f"frame_{k:04d}.obj" for k in range(1, 17)]
    assert names == [*frames, "frames.obj.json", "recipe.json"]
    back = read_sequence(tmp_path / "out", cache=False)
    assert back.topology == load_template().topology
    np.testing.assert_allclose(back.vertices[0], load_template().vertices, atol=1e-3)


@pytest.mark.parametrize(
    ("more", "place"),
    [((), "clip.npz"), (("--format", "npz"), "clip.npz"), (("--format", "npz"), "folder")],
)
def test_generate_writes_one_file(
    command: Command, models: Path, tmp_path: Path, more: tuple[str, ...], place: str
) -> None:
    facts = generate(command, models, tmp_path / place, *more)
    wanted = tmp_path / place
    assert facts["out"] == str(wanted if wanted.suffix else wanted / "happiness_5.npz")
    assert read_sequence(str(facts["out"])).n_frames == 16


def test_a_seed_gives_the_same_clip_and_another_seed_another(
    command: Command, models: Path, tmp_path: Path
) -> None:
    clips = []
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        generate(command, models, tmp_path / f"{name}.npz", "--seed", seed)
        clips.append(read_sequence(tmp_path / f"{name}.npz").vertices)
    np.testing.assert_array_equal(clips[0], clips[1])
    assert np.abs(clips[0] - clips[2]).max() > 1e-4


def test_how_to_sample_can_be_said(command: Command, models: Path, tmp_path: Path) -> None:
    clips = []
    ways = ((), ("--guidance", 6), ("--steps", 3), ("--sampler", "ddim"))
    for number, way in enumerate(ways):
        generate(command, models, tmp_path / f"{number}.npz", *way)
        clips.append(read_sequence(tmp_path / f"{number}.npz").vertices)
    for other in clips[1:]:
        assert np.abs(other - clips[0]).max() > 1e-4


def test_a_clip_starts_from_a_given_face(
    command: Command, models: Path, take: MeshSequence, tmp_path: Path
) -> None:
    face = MeshSequence(take.vertices[8:9] * 1.1, take.faces)
    write_sequence(face, tmp_path / "face.ply")
    generate(command, models, tmp_path / "out.npz", "--neutral", tmp_path / "face.ply")
    start = read_sequence(tmp_path / "out.npz").vertices[0]
    np.testing.assert_array_equal(start, read_sequence(tmp_path / "face.ply").vertices[0])


def test_a_clip_may_start_from_the_resting_face_of_another(
    command: Command, models: Path, take: MeshSequence, take_file: Path, tmp_path: Path
) -> None:
    generate(command, models, tmp_path / "out.npz", "--neutral", take_file)
    start = read_sequence(tmp_path / "out.npz").vertices[0]
    wanted = Engine.open(models, "cpu").resting_face(take)
    np.testing.assert_allclose(start, wanted, atol=1e-4)


@pytest.mark.parametrize("out", ["clip.npz", "frames"])
@pytest.mark.parametrize("format", [None, "npz", "obj", "ply"])
def test_convert_keeps_every_vertex(
    command: Command,
    take: MeshSequence,
    take_file: Path,
    tmp_path: Path,
    out: str,
    format: str | None,
) -> None:
    if out.endswith(".npz") and format in ("obj", "ply"):
        out = "frames.d"
    ended = command("convert", take_file, tmp_path / out, *(("--format", format) if format else ()))
    assert (ended.status, ended.err) == (0, "")
    place = Path(ended.out.strip().rpartition(", in ")[2])
    back = read_sequence(place, cache=False)
    np.testing.assert_allclose(back.vertices, take.vertices, atol=2e-4)
    np.testing.assert_array_equal(back.faces, take.faces)


def test_convert_in_meters(command: Command, take_file: Path, tmp_path: Path) -> None:
    assert command("convert", take_file, tmp_path / "m.npz", "--unit", "m").status == 0
    with np.load(tmp_path / "m.npz") as file:
        assert np.ptp(file["vertices"][0], axis=0).max() < 1.0


def test_convert_writes_a_single_mesh_as_one_file(
    command: Command, take: MeshSequence, tmp_path: Path
) -> None:
    write_sequence(MeshSequence(take.vertices[:1], take.faces), tmp_path / "one.ply")
    ended = command("convert", tmp_path / "one.ply", tmp_path / "one.obj")
    assert ended.out.strip().endswith(f"in {tmp_path / 'one.obj'}")
    assert (tmp_path / "one.obj").is_file()


def test_batch_writes_every_label_with_every_seed(
    command: Command, models: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    chosen = ("--labels", "anger, happiness,anger", "--seeds", "1-2", "--frames", 16)
    ended = command("batch", *chosen, "--out", out, "--format", "npz", "--models", models, "--json")
    assert (ended.status, ended.err) == (0, "")
    names = [f"{label}_{seed}.npz" for label in ("anger", "happiness") for seed in (1, 2)]
    assert [Path(path).name for path in json.loads(ended.out)["takes"]] == names
    assert sorted(json.loads((out / "recipes.json").read_text())) == names
    assert read_sequence(out / names[0]).n_frames == 16


def test_a_batch_does_not_write_over_the_face_it_reads(
    command: Command, models: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    wish = ("batch", "--labels", "anger", "--frames", 16, "--out", out, "--models", models)
    assert command(*wish, "--seeds", "1").status == 0
    before = sorted(path.read_bytes() for path in (out / "anger_1").iterdir())
    ended = command(*wish, "--seeds", "1-2", "--neutral", out / "anger_1")
    assert "expected another place than what is read" in ended.sentence
    assert sorted(path.read_bytes() for path in (out / "anger_1").iterdir()) == before
    assert not (out / "anger_2").exists()
    assert command(*wish, "--seeds", "2", "--neutral", out / "anger_1").status == 0


@pytest.mark.parametrize(
    "wrong",
    [("--seeds", "x"), ("--labels", "joy"), ("--frames", "2"), ("--format", "mp4")],
)
def test_batch_refuses_in_a_sentence(
    command: Command, models: Path, tmp_path: Path, wrong: tuple[str, str]
) -> None:
    given = {"--seeds": "1", "--out": tmp_path / "out", "--models": models} | dict([wrong])
    ended = command("batch", *[part for pair in given.items() for part in pair])
    assert "expected" in ended.sentence
    assert not (tmp_path / "out").exists()
