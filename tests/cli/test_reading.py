"""What is read in which unit and at which rate, as the command line says it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from studio.core import Given, MeshSequence
from studio.io import read_sequence, write_sequence

from .conftest import Command


@pytest.fixture
def bare(take: MeshSequence, tmp_path: Path) -> Path:
    """The take as frames in inches, by a program that says nothing."""
    folder = tmp_path / "bare"
    small = MeshSequence(take.vertices / np.float32(25.4), take.faces)
    write_sequence(small, folder)
    (folder / "frames.obj.json").unlink()
    for file in folder.iterdir():
        file.write_text(file.read_text().split("\n", 2)[2])
    return folder


def test_convert_takes_the_unit_and_the_rate(
    command: Command, bare: Path, take: MeshSequence, tmp_path: Path
) -> None:
    ended = command("convert", bare, tmp_path / "guessed")
    assert "cm, which makes it" in ended.err and "--input-unit and --fps" in ended.err
    ended = command("convert", bare, tmp_path / "told", "--input-unit", "in", "--fps", 25)
    assert (ended.status, ended.err) == (0, "")
    read = read_sequence(tmp_path / "told")
    np.testing.assert_allclose(read.vertices, take.vertices, atol=2e-3)
    assert (read.fps, read.duration) == (25.0, 12 / 25)
    wrong = command("convert", bare, tmp_path / "none", "--input-unit", "parsec").sentence
    assert "--input-unit" in wrong
    wrong = command("convert", bare, tmp_path / "none", "--fps", 0).sentence
    assert "a frame rate from 1 to 1000" in wrong


def test_recognize_says_them_in_json(command: Command, bare: Path, models: Path) -> None:
    told = ("--input-unit", "in", "--fps", 24)
    facts = json.loads(command("recognize", bare, "--json", "--models", models, *told).out)
    assert (facts["fps"], facts["fps_from"]) == (24.0, "given")
    assert (facts["unit"], facts["unit_from"], facts["remarks"]) == ("in", "given", [])


def test_what_is_made_of_a_file_is_made_again_as_it_was_read(
    command: Command, bare: Path, moving_models: Path, tmp_path: Path
) -> None:
    told, models = ("--input-unit", "in"), ("--models", moving_models)
    (face,) = write_sequence(read_sequence(bare, unit="in").sliced(0, 1), tmp_path / "mm.npz")
    for name, verb in {
        "transfer": ("transfer", bare, face, "--rest", 0, *told, "--fps", 25),
        "other": ("transfer", face, bare, "--rest", 0, "--face-unit", "in"),
        "neutralize": ("neutralize", bare, "--rest", 0, *told),
        "generate": ("generate", "--label", "anger", "--seed", 1, "--neutral", bare, *told),
    }.items():
        out, again = tmp_path / f"{name}.npz", tmp_path / f"{name}_again.npz"
        assert command(*verb, "--out", out, *models).status == 0
        made = read_sequence(out)
        assert 150 < made.size < 400, name
        recipe = ("--recipe", f"{out}.recipe.json")
        assert command("generate", *recipe, "--out", again, *models).status == 0
        np.testing.assert_array_equal(read_sequence(again).vertices, made.vertices)
        assert read_sequence(again).fps == made.fps
    assert read_sequence(tmp_path / "transfer.npz").fps == 25.0


def test_the_window_is_told_how_to_read(command: Command, bare: Path, tmp_path: Path) -> None:
    ended = command("open", bare, "--input-unit", "in", "--fps", 25)
    if ended.opened is None:
        pytest.skip("no display")
    assert (ended.opened, ended.given) == ([bare], Given("in", 25.0))
    session = tmp_path / "talk.studio"
    session.write_bytes(b"")
    assert "whose clips keep theirs" in command("open", session, "--fps", 25).sentence


def test_a_unit_of_no_file_is_refused(command: Command, tmp_path: Path) -> None:
    wish = ("generate", "--label", "anger", "--seed", 1, "--out", tmp_path / "x.npz")
    assert "a face in --neutral" in command(*wish, "--input-unit", "cm").sentence
    (tmp_path / "a.csv").write_text("frame,jawOpen\n" + "".join(f"{k},0.5\n" for k in range(9)))
    wrong = command("convert", tmp_path / "a.csv", tmp_path / "x", "--input-unit", "m").sentence
    assert "expected a mesh, to be read in m" in wrong


def test_info_says_what_a_clip_is(command: Command, bare: Path, tmp_path: Path) -> None:
    facts = json.loads(command("info", bare, "--json", "--input-unit", "in").out)
    assert (facts["frames"], facts["vertices"], facts["known_face"]) == (12, 4538, True)
    assert (facts["unit"], facts["unit_from"], facts["fps_from"]) == ("in", "given", "guess")
    np.testing.assert_allclose(facts["size"], np.ptp(read_sequence(bare, unit="in").vertices[0], 0))
    assert facts["format"] == "OBJ, one file a frame"
    (remark,) = facts["remarks"]
    assert remark.startswith("Its rate (30 frames a second) is guessed; --fps")
    ended = command("info", bare)
    assert (ended.status, ended.err) == (0, "")
    lines = dict(line.strip().split(maxsplit=1) for line in ended.out.splitlines()[1:])
    assert lines["unit"] == "cm, guessed"
    assert lines["rate"] == "30 frames a second, guessed"
    assert lines["length"] == "12 frames, 0.40 s"
    assert "the studio's face" in lines["surface"]
    assert "--input-unit and --fps" in lines["remark"]


def test_info_says_where_a_clip_lies(command: Command, take: MeshSequence, tmp_path: Path) -> None:
    there = MeshSequence(take.vertices[:2, :9], take.faces[:0], 50.0).at(np.array([0, 3e6, 0]))
    write_sequence(there, tmp_path / "far", format="ply", unit="m")
    facts = json.loads(command("info", tmp_path / "far", "--json").out)
    low, high = there.vertices[0].min(axis=0), there.vertices[0].max(axis=0)
    np.testing.assert_allclose(facts["center"], (low + high) / 2.0 + [0, 3e6, 0], atol=1e-3)
    assert (facts["fps"], facts["fps_from"], facts["unit_from"]) == (50.0, "beside", "file")
    assert (facts["known_face"], facts["faces"]) == (False, 0)
    out = command("info", tmp_path / "far").out
    assert "3,000," in out and "not known" in out and "said by the file beside it" in out


def test_info_of_nothing_takes_no_options_of_a_file(command: Command, tmp_path: Path) -> None:
    assert "a FILE for --input-unit" in command("info", "--fps", 25).sentence
    assert "nothing there" in command("info", tmp_path / "none.obj").sentence


def test_gaps_are_filled_held_or_closed(
    command: Command, take: MeshSequence, tmp_path: Path
) -> None:
    files = write_sequence(take, tmp_path / "take")
    files[4].unlink()
    for told, frames in (((), 12), (("--gaps", "hold"), 12), (("--gaps", "close"), 11)):
        ended = command("convert", tmp_path / "take", tmp_path / "out.npz", *told)
        assert ended.status == 0 and "A frame is missing, first after frame_0004.obj" in ended.err
        read = read_sequence(tmp_path / "out.npz").vertices
        wanted = {
            (): (take.vertices[3] + take.vertices[5]) / 2,
            ("--gaps", "hold"): take.vertices[3],
            ("--gaps", "close"): take.vertices[5],
        }
        assert len(read) == frames
        np.testing.assert_allclose(read[4], wanted[told], atol=1e-4)
    wrong = command("convert", tmp_path / "take", tmp_path / "out.npz", "--gaps", "skip").sentence
    assert "--gaps" in wrong


def test_one_of_several_runs_is_named_as_the_sentence_says(
    command: Command, take: MeshSequence, moving_models: Path, tmp_path: Path
) -> None:
    for name in ("smile", "anger"):
        write_sequence(take, tmp_path / "faces", name=f"{name}_{{frame:04d}}")
    refused = command("info", tmp_path / "faces").sentence
    assert "anger_*.obj (12), smile_*.obj (12)" in refused
    run = refused.split('"')[1].replace("anger", "smile")
    assert json.loads(command("info", run, "--json").out)["frames"] == 12
    assert command("convert", run, tmp_path / "out.npz").status == 0
    np.testing.assert_allclose(
        read_sequence(tmp_path / "out.npz").vertices, take.vertices, atol=1e-4
    )
    usual = ("--models", moving_models, "--rest", 0)
    assert command("neutralize", run, *usual, "--out", tmp_path / "rest.npz").status == 0
    recipe = tmp_path / "rest.npz.recipe.json"
    assert command("generate", "--recipe", recipe, "--out", tmp_path / "same.npz").status == 0


def test_a_recipe_keeps_what_was_asked_of_gaps(
    command: Command, take: MeshSequence, moving_models: Path, tmp_path: Path
) -> None:
    files = write_sequence(take, tmp_path / "take")
    files[4].unlink()
    models = ("--models", moving_models)
    usual = ("neutralize", tmp_path / "take", "--rest", 0, "--gaps", "close", *models)
    assert command(*usual, "--out", tmp_path / "one.npz").status == 0
    (recipe,) = tmp_path.glob("one*.json")
    assert json.loads(recipe.read_text())["source"]["gaps"] == "close"
    again = command("generate", "--recipe", recipe, "--out", tmp_path / "two.npz", *models)
    assert again.status == 0 and read_sequence(tmp_path / "two.npz").n_frames == 11
