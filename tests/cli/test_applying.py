"""transfer, neutralize, interpolate and mix, and generate with models of landmark motion."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from studio.core import MeshSequence
from studio.face import load_rig, load_template
from studio.io import read_sequence, write_sequence

from .conftest import Command

RIGID = load_template().regions["rigid"]


@pytest.fixture
def face_file(tmp_path: Path) -> Path:
    """Another person at rest."""
    face = load_rig().neutral(np.float32([0.5, 0.4]))
    mesh = MeshSequence(face[None], load_template().faces)
    return write_sequence(mesh, tmp_path / "face.ply")[0]


def made(command: Command, *arguments: object) -> dict[str, object]:
    ended = command(*arguments, "--json")
    assert (ended.status, ended.err) == (0, "")
    return dict(json.loads(ended.out))


@pytest.mark.parametrize("model", ["motion-gan", "landmark-lstm"])
@pytest.mark.parametrize("surface", ["s2d", "rbf"])
def test_generate_takes_the_landmark_models_too(
    command: Command, moving_models: Path, tmp_path: Path, model: str, surface: str
) -> None:
    out = tmp_path / "clip.npz"
    wish = ("--label", "anger", "--seed", 3, "--frames", 16, "--model", model)
    made(command, "generate", *wish, "--surface", surface, "--models", moving_models, "--out", out)
    clip = read_sequence(out)
    assert np.array_equal(clip.vertices[0], load_template().vertices)
    assert np.abs(clip.vertices[1:] - clip.vertices[0]).max() > 0.01


def test_a_mesh_of_any_triangulation_moves_by_its_landmarks(
    command: Command, moving_models: Path, tmp_path: Path
) -> None:
    template = load_template()
    mesh = MeshSequence(template.vertices[None], template.faces[1:])
    face = write_sequence(mesh, tmp_path / "face.obj")[0]
    marks, out = tmp_path / "marks.txt", tmp_path / "clip.npz"
    marks.write_text(str(template.landmarks.tolist()))
    wish = ("generate", "--label", "anger", "--seed", 3, "--model", "landmark-lstm")
    more = ("--landmarks", marks, "--no-register", "--models", moving_models)
    wish = (*wish, "--neutral", face, *more)
    made(command, *wish, "--frames", 16, "--out", out)
    clip = read_sequence(out)
    assert clip.topology == mesh.topology != template.topology
    assert np.abs(clip.vertices[1:] - clip.vertices[0]).max() > 0.01
    marks.write_text("1 2 3")
    sentence = command(*wish, "--out", tmp_path / "none.npz").sentence
    assert "expected 68 vertices" in sentence
    marks.write_text("left eye")
    assert "marks.txt: expected" in command(*wish, "--out", tmp_path / "none.npz").sentence


def test_a_batch_on_a_mesh_of_any_triangulation_is_what_generate_makes(
    command: Command, moving_models: Path, tmp_path: Path
) -> None:
    template, marks, out = load_template(), tmp_path / "marks.txt", tmp_path / "out"
    mesh = MeshSequence(template.vertices[None], template.faces[1:])
    face = write_sequence(mesh, tmp_path / "face.obj")[0]
    marks.write_text(str(template.landmarks.tolist()))
    more = ("--neutral", face, "--landmarks", marks, "--no-register", "--frames", 16)
    more = (*more, "--models", moving_models)
    wish = ("batch", "--seeds", "3-4", "--labels", "anger", "--format", "npz", "--out", out, *more)
    assert "motion-gan or landmark-lstm" in command(*wish).sentence, "diffusion moves no other face"
    assert not out.exists()
    more = (*more, "--model", "landmark-lstm")
    assert command(*wish, "--model", "landmark-lstm").status == 0
    for seed in (3, 4):
        alone = tmp_path / f"{seed}.npz"
        made(command, "generate", "--label", "anger", "--seed", seed, "--out", alone, *more)
        found = read_sequence(out / f"anger_{seed}.npz")
        assert found.topology == mesh.topology != template.topology
        np.testing.assert_array_equal(found.vertices, read_sequence(alone).vertices)


def test_landmarks_of_a_batch_need_a_mesh(
    command: Command, moving_models: Path, face_file: Path, tmp_path: Path
) -> None:
    marks = tmp_path / "marks.txt"
    marks.write_text(str(load_template().landmarks.tolist()))
    wish = ("batch", "--seeds", 1, "--model", "motion-gan", "--landmarks", marks)
    wish = (*wish, "--out", tmp_path / "out", "--models", moving_models)
    assert "a mesh in --neutral" in command(*wish).sentence
    assert not (tmp_path / "out").exists()
    assert command(*wish, "--neutral", face_file, "--frames", 16).status == 0, "any mesh will do"


@pytest.mark.parametrize("way", ["dense", "landmarks"])
def test_transfer_moves_the_other_face_alone(
    command: Command,
    moving_models: Path,
    take_file: Path,
    face_file: Path,
    tmp_path: Path,
    way: str,
) -> None:
    out = tmp_path / "clip.npz"
    more = ("--rest", 0, "--way", way, "--models", moving_models)
    facts = made(command, "transfer", take_file, face_file, "-o", out, *more)
    assert list(facts) == ["source", "face", "frames", "vertices", "seconds", "out", "recipe"]
    face, clip = read_sequence(face_file).vertices[0], read_sequence(out).vertices
    assert clip.shape == (12, *face.shape)
    np.testing.assert_allclose(clip[:, RIGID], np.tile(face[RIGID], (12, 1, 1)), atol=1e-4)
    if way == "dense":
        chin = load_template().landmarks[8]
        assert clip[-1, chin, 1] < face[chin, 1] - 5.0


@pytest.mark.parametrize("spelled", ["neutralize", "neutralise"])
def test_neutralize_closes_the_mouth(
    command: Command,
    models: Path,
    take: MeshSequence,
    take_file: Path,
    tmp_path: Path,
    spelled: str,
) -> None:
    out = tmp_path / "clip.npz"
    more = ("--rest", 0, "--models", models)
    assert made(command, spelled, take_file, "-o", out, *more)["frames"] == 12
    at_rest, marks = read_sequence(out).vertices, load_template().landmarks
    away = np.linalg.norm(at_rest[:, marks] - take.vertices[0, marks], axis=-1)
    moved = np.linalg.norm(take.vertices[:, marks] - take.vertices[0, marks], axis=-1)
    assert away.mean() < 0.1 * moved.mean()


@pytest.mark.parametrize("model", ["motion-gan", "diffusion"])
def test_interpolate_writes_the_way_from_clip_to_clip(
    command: Command, moving_models: Path, tmp_path: Path, model: str
) -> None:
    more = ("--model", model, "--models", moving_models, "--frames", 16, "--format", "npz")
    out = tmp_path / "way"
    facts = made(command, "interpolate", "anger:1", "happiness:2", "--count", 3, "-o", out, *more)
    assert facts["shares"] == [0.0, 0.5, 1.0]
    clips = [read_sequence(path).vertices for path in facts["clips"]]  # type: ignore[attr-defined]
    assert len(clips) == 3
    for label, seed, clip in (("anger", 1, clips[0]), ("happiness", 2, clips[2])):
        wish = ("--label", label, "--seed", seed, "--out", tmp_path / f"{label}.npz")
        made(command, "generate", *wish, *more)
        alone = read_sequence(tmp_path / f"{label}.npz").vertices
        np.testing.assert_allclose(clip, alone, atol=2e-2)
    made(command, "interpolate", "anger:1", "happiness:2", "-o", tmp_path / "half.npz", *more)
    np.testing.assert_array_equal(read_sequence(tmp_path / "half.npz").vertices, clips[1])


def test_mix_is_one_clip(command: Command, moving_models: Path, tmp_path: Path) -> None:
    out = tmp_path / "mix.npz"
    more = ("--model", "motion-gan", "--models", moving_models, "--frames", 31)
    facts = made(command, "mix", "anger", "happiness", "--seed", 4, "-o", out, *more)
    assert (facts["labels"], facts["frames"]) == (["anger", "happiness"], 31)
    assert read_sequence(out).n_frames == 31


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("transfer", "{take}", "{out}/gone.ply"), "gone.ply: expected"),
        (("transfer", "{take}", "{square}"), "square.obj: expected the studio's"),
        (("transfer", "{square}", "{take}"), "expected the studio's"),
        (("transfer", "{take}", "{take}", "--rest", "40"), "take: expected a frame from 0 to 11"),
        (("transfer", "{take}", "{take}", "--way", "magic"), "way: expected dense or landmarks"),
        (("neutralize", "{square}"), "expected the studio's"),
        (("neutralize", "{take}", "--rest", "-1"), "take: expected a frame"),
        (("interpolate", "anger", "fear:2"), "expected a label and a seed, as happiness:3"),
        (("interpolate", "anger:" + "9" * 5000, "fear:2"), "expected a label and a seed, as"),
        (("interpolate", "joy:1", "anger:2"), "label: expected one of"),
        (("interpolate", "anger:1", "anger:2", "--count", "0"), "count: expected a number"),
        (("mix", "anger", "--seed", "1"), "mix: expected 2 to 6 expressions, found 1"),
        (("mix", "anger", "joy", "--seed", "1"), "label: expected one of"),
        (("mix", "anger", "anger", "--seed", "1", "--model", "gan"), "model: expected one of"),
        (
            ("generate", "--label", "anger", "--seed", "1", "--landmarks", "{square}"),
            "landmarks: expected a mesh in --neutral that they lie on",
        ),
        (
            ("generate", "--label", "anger", "--seed", "1", "--model", "motion-gan"),
            "tiny: the model set has no motion-gan model",
        ),
    ],
)
def test_what_cannot_be_made_is_one_sentence(
    command: Command,
    models: Path,
    take_file: Path,
    tmp_path: Path,
    arguments: tuple[str, ...],
    says: str,
) -> None:
    square = tmp_path / "square.obj"
    square.write_text("# unit: mm\nv 0 0 0\nv 100 0 0\nv 100 100 0\nf 1 2 3\n")
    known = {"take": take_file, "out": tmp_path, "square": square}
    given = [argument.format(**known) for argument in arguments]
    out = tmp_path / "made.npz"
    assert says in command(*given, "--out", out, "--models", models).sentence
    assert not out.exists()


FAR = np.array([30_000.0, 0.0, -2_000_000.0])


def world(clip: MeshSequence) -> np.ndarray:
    return np.asarray(clip.in_world(clip.vertices), dtype=np.float64)


def test_clips_are_made_where_their_face_lies(
    command: Command, moving_models: Path, take: MeshSequence, face_file: Path, tmp_path: Path
) -> None:
    """A face and a clip far from the origin, through every command that writes one."""
    face, clip, out = tmp_path / "far.ply", tmp_path / "far.npz", tmp_path / "out.npz"
    there = read_sequence(face_file).at(FAR)
    write_sequence(there, face)
    write_sequence(take.at(FAR), clip)
    marks = tmp_path / "marks.txt"
    marks.write_text(str(load_template().landmarks.tolist()))
    wish, on = ("--frames", 16, "--models", moving_models, "--out", out), ("--neutral", face)
    gan = ("--model", "motion-gan", *on)
    one = ("--label", "anger", "--seed", 3)
    for made_on in (
        ("generate", *one, *on),
        ("generate", *one, *gan, "--landmarks", marks),
        ("interpolate", "anger:3", "happiness:4", *gan),
        ("mix", "anger", "happiness", "--seed", 3, *gan),
    ):
        assert command(*made_on, *wish).status == 0
        np.testing.assert_allclose(world(read_sequence(out))[0], world(there)[0], atol=1e-4)
    more = ("--models", moving_models, "--out", out)
    assert command("transfer", clip, face, "--rest", 0, *more).status == 0
    np.testing.assert_allclose(world(read_sequence(out))[0], world(there)[0], atol=1e-2)
    assert command("transfer", clip, face_file, "--rest", 0, *more).status == 0
    assert not read_sequence(out).is_shifted, "not where the clip lies"
    assert command("neutralize", clip, "--rest", 0, *more).status == 0
    np.testing.assert_allclose(world(read_sequence(out))[0], world(take.at(FAR))[0], atol=1e-2)
    batch = ("batch", "--seeds", 1, "--labels", "anger", "--format", "npz", *wish[:4], *on)
    assert command(*batch, "--out", tmp_path / "many").status == 0
    made = read_sequence(tmp_path / "many" / "anger_1.npz")
    np.testing.assert_allclose(world(made)[0], world(there)[0], atol=1e-4)


def test_convert_and_edit_keep_the_place(
    command: Command, take: MeshSequence, tmp_path: Path
) -> None:
    there, stack = take.at(FAR), tmp_path / "stack.json"
    (clip,) = write_sequence(there, tmp_path / "far.npz")
    stack.write_text('[{"kind": "intensity", "keys": [{"frame": 0, "value": 1.0}]}]')
    for number, verb in enumerate((["convert", clip], ["edit", clip, "--stack", stack, "--out"])):
        out = tmp_path / str(number)
        assert command(*verb, out, "--format", "ply", "--unit", "m").status == 0
        np.testing.assert_allclose(world(read_sequence(out)), world(there), rtol=0, atol=1e-4)
