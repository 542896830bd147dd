"""The models that ship, asked from the command line; skipped where they are not there yet."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from studio.cli.opening import first_sample
from studio.core.system.paths import shipped
from studio.face import LABELS, load_template
from studio.io import read_sequence

from .conftest import Command

pytestmark = pytest.mark.usefixtures("shipped_models")
MAX_BYTES = 60 * 2**20


def test_the_set_is_not_too_large(shipped_models: Path) -> None:
    assert sum(file.stat().st_size for file in shipped_models.iterdir()) <= MAX_BYTES


def test_the_set_has_a_card(shipped_models: Path) -> None:
    card = (shipped_models / "README.md").read_text().lower()
    for word in ("licen", "split", "sha256", "limits", "train"):
        assert word in card, word


@pytest.mark.parametrize("label", ["happiness", "sadness", "surprise"])
def test_each_sample_is_recognized(command: Command, label: str) -> None:
    path = shipped("resources") / "samples" / f"{label}.csv"
    facts = json.loads(command("recognize", path, "--json").out)
    assert facts["labels"] == list(LABELS)
    assert facts["clip"]["label"] == label


def test_the_face_at_rest_is_neutral(command: Command) -> None:
    facts = json.loads(command("recognize", first_sample(), "--json").out)
    assert LABELS[int(np.argmax(facts["per_frame"][3]))] == "neutral"


QUICK = ("anger", "happiness")


@pytest.mark.parametrize(
    "label",
    [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in LABELS if name not in QUICK)],
)
def test_what_is_generated_is_recognized(command: Command, tmp_path: Path, label: str) -> None:
    wanted = ("--label", label, "--seed", 3, "--json", "--out", tmp_path / "clip.npz")
    facts = json.loads(command("generate", *wanted).out)
    assert (facts["frames"], facts["vertices"]) == (60, 4538)
    clip = read_sequence(tmp_path / "clip.npz")
    np.testing.assert_array_equal(clip.vertices[0], load_template().vertices)
    assert (
        json.loads(command("recognize", tmp_path / "clip.npz", "--json").out)["clip"]["label"]
        == label
    )
