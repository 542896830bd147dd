"""How commands are told what to write: formats, their options, presets, and the table of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from studio.core import MeshSequence
from studio.core.parameters import Choice, Parameter
from studio.core.request import Range
from studio.face.registration.shapes import FaceShapes
from studio.face.rig import ARKIT, load_rig
from studio.io import FORMATS, read_sequence, read_weights, write_sequence
from studio.io.format import Destination, Format
from studio.io.shapes import write_shapes_file
from studio.io.traits import Extra
from tests.io.io_meshes import tetrahedra

from .conftest import Command


def write(sequence: MeshSequence, to: Destination) -> None:
    to.paths[0].write_text(json.dumps({**to.settings, "unit": to.unit}))


BOUND = Parameter("bound", "&Bound", "How far off", Range(0.01, 1.0), default=0.05)
FORM = Parameter("form", "F&orm", "Which", choices=(Choice("dense", "D"), Choice("pca", "P")))
SWITCH = Parameter("normals", "N&ormals", "Whether", default=False)
TOLD = Format(name="told", label="Told", write=write, parameters=(BOUND, FORM, SWITCH))
LACKS = Format(name="lacks", label="Lacks", write=write, extra=Extra("more", "no_such_module"))


@pytest.fixture(autouse=True)
def formats() -> Iterator[None]:
    FORMATS.add(TOLD)
    FORMATS.add(LACKS)
    yield
    for name in ("told", "lacks"):
        FORMATS.pop(name, None)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    (path,) = write_sequence(tetrahedra(3), tmp_path / "clip.npz")
    return path


def test_a_format_gets_what_it_is_told(command: Command, clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.told"
    told = ["--option", "bound=0.2", "--option", "form=pca", "--option", "normals=yes"]
    for given, wanted in (
        ([], {"bound": 0.05, "normals": False, "unit": "mm"}),
        ([*told, "--unit", "cm"], {"bound": 0.2, "form": "pca", "normals": True, "unit": "cm"}),
        (["--option=bound = 1"], {"bound": 1, "normals": False, "unit": "mm"}),
    ):
        assert command("convert", clip, out, *given).status == 0
        assert json.loads(out.read_text()) == wanted


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("bound=2", "bound: expected a number from 0.01 to 1.0, found 2"),
        ("bound=near", "bound: expected a number from 0.01 to 1.0, found near"),
        ("bound=", "bound: expected"),
        ("form=other", "form: expected one of dense, pca, found other"),
        ("normals=perhaps", "normals: expected yes or no, found perhaps"),
        ("color=red", "told: expected one of the options bound, form, normals, found color"),
        ("bound", "--option: expected NAME=VALUE, found bound"),
        ("=3", "--option: expected NAME=VALUE, found =3"),
    ],
)
def test_what_it_cannot_be_told_is_refused_before_reading(
    command: Command, tmp_path: Path, told: str, said: str
) -> None:
    ended = command("convert", "gone.npz", tmp_path / "out.told", "--option", told)
    assert said in ended.sentence


def test_what_has_to_be_installed_is_said_before_reading(command: Command, tmp_path: Path) -> None:
    how = "pip install 'expression-studio[more]'"
    assert how in command("convert", "gone.npz", tmp_path / "out.lacks").sentence
    ended = command("batch", "--seeds", "1", "--out", tmp_path, "--format", "lacks")
    assert how in ended.sentence


def test_options_are_listed_with_what_they_may_be(command: Command) -> None:
    printed, facts = command("formats").out, json.loads(command("formats", "--json").out)
    for words in (
        "--option bound: a number from 0.01 to 1.0 (0.05). How far off.",
        "--option form: dense or pca. Which.",
        "--option normals: yes or no (no). Whether.",
        "needs pip install 'expression-studio[more]'",
    ):
        assert f"\n  {words}\n" in printed
    lines = command("formats", "--markdown").out.splitlines()
    row = next(line for line in lines if "| told |" in line)
    assert "bound: a number from 0.01 to 1.0 (0.05); form: dense or pca; normals" in row
    told, lacks = (next(f for f in facts["formats"] if f["name"] == n) for n in ("told", "lacks"))
    assert [option["default"] for option in told["options"]] == [0.05, None, False]
    assert (lacks["extra"], lacks["installed"], told["installed"]) == ("more", False, True)


def test_a_preset_says_what_nobody_does(command: Command, clip: Path, tmp_path: Path) -> None:
    (there,) = write_sequence(tetrahedra(3), tmp_path / "m.npz", unit="m")
    assert command("convert", clip, tmp_path / "a", "--preset", "research").status == 0
    with np.load(tmp_path / "a" / "clip.npz") as archive:
        assert str(archive["unit"]) == "mm"
    for more in (["--unit", "m"], ["--unit", "m", "--format", "npz"]):
        out = tmp_path / "b.npz"
        assert command("convert", clip, out, "--preset", "Research", *more).status == 0
        assert out.read_bytes() == there.read_bytes()
    out = tmp_path / "c.told"
    given = ["--preset", "research", "--format", "told", "--option", "bound=1"]
    assert command("convert", clip, out, *given).status == 0
    assert json.loads(out.read_text())["bound"] == 1
    said = command("convert", clip, out, "--preset", "cinema").sentence
    assert "--preset: expected one of" in said and "research" in said
    assert read_sequence(tmp_path / "b.npz").read_as.unit == "m"


def test_a_take_goes_through_a_clip_and_a_head_of_its_own(command: Command, tmp_path: Path) -> None:
    take, head, out = tmp_path / "take.csv", tmp_path / "head.npz", tmp_path / "out.json"
    weights = np.eye(4, len(ARKIT), 8)
    rig, few = load_rig(), slice(None, None, 9)
    faces = np.array([[0, 1, 2]], np.int32)
    write_shapes_file(FaceShapes(rig.rest[few], faces, rig.actions[:, few]), head)
    rows = [",".join(ARKIT), *(",".join(map(str, row)) for row in weights)]
    take.write_text("\n".join(rows) + "\n")
    for source in (take, tmp_path / "clip.npz"):  # weights of one face for another, and a clip
        if source != take:
            assert command("convert", take, source, "--shapes", head).status == 0
        ended = command("convert", source, out, "--format", "arkit", "--shapes", head)
        assert "mm at most" in ended.err
        np.testing.assert_allclose(read_weights(out).weights, weights, atol=0.01)
    said = command("convert", tmp_path / "clip.npz", out).sentence
    assert "or of a head with --shapes, found another triangulation" in said
    said = command("convert", take, tmp_path / "a.csv", "--fittings").sentence
    assert "fittings: expected a format of meshes, found livelink" in said


def test_a_format_of_one_unit_is_asked_for_no_other(command: Command, tmp_path: Path) -> None:
    ended = command("convert", "gone.npz", tmp_path / "out.glb", "--unit", "cm")
    assert ended.sentence == "--unit: expected m in a GLB file, found cm"
