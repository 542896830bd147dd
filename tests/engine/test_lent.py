"""A set may build on the autoencoder of a set that ships."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.core import CheckpointError
from studio.engine import Engine
from studio.engine.loading import hub_transfer, model_set, sets
from studio.engine.loading.sets import LENDER, LENT, digest, find_sets
from studio.nn.checkpoint import load_checkpoint, save_checkpoint

from .tiny import FACE, LABELS, RECOGNIZER, moving_face, write_set


@pytest.fixture
def borrower(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A set with a recognizer alone, made with the autoencoder of one that ships."""
    for place in (sets, model_set):
        monkeypatch.setattr(place, "shipped", lambda name: tmp_path / name)
    monkeypatch.setattr(sets, "data_folder", lambda: tmp_path / "user")
    lender = write_set(tmp_path / "checkpoints" / "anny-basic", paper=False)
    lend(lender, digest(lender / "autoencoder.safetensors"))
    return tmp_path / "checkpoints" / "own"


def lend(lender: Path, sha256: str) -> None:
    state = load_checkpoint(lender / "recognizer.safetensors").state
    extra = {LENDER: lender.name, LENT: sha256}
    path = lender.parent / "own" / "recognizer.safetensors"
    more = {"labels": LABELS, "topology": FACE.topology, "extra": extra}
    save_checkpoint(path, "recognizer", RECOGNIZER, state, **more)


def test_it_is_read_from_there_and_answers_as_the_lender(borrower: Path) -> None:
    found = {one.name: one for one in find_sets()}["own"]
    assert (found.kinds, found.problem) == ({"autoencoder", "recognizer"}, None)
    assert not (borrower / "autoencoder.safetensors").exists()
    one, other = (
        Engine.open(folder, "cpu", template=FACE)
        for folder in (borrower, borrower.parent / "anny-basic")
    )
    clip = moving_face(10)
    np.testing.assert_array_equal(one.encode(clip), other.encode(clip))
    np.testing.assert_array_equal(one.recognize(clip).clip, other.recognize(clip).clip)


def test_another_autoencoder_than_it_was_made_with_is_refused(borrower: Path) -> None:
    lend(borrower.parent / "anny-basic", "0" * 64)
    engine = Engine.open(borrower, "cpu", template=FACE)
    assert "expected the autoencoder 000000000000 of anny-basic" in engine.problems["recognizer"]


def test_a_lender_that_is_not_there_is_said(borrower: Path) -> None:
    (borrower.parent / "anny-basic" / "autoencoder.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"autoencoder\.safetensors: no such file in"):
        Engine.open(borrower, "cpu", template=FACE)


def test_it_is_pushed_with_what_was_lent(borrower: Path) -> None:
    (borrower / "README.md").write_text("# Own")
    files = hub_transfer._to_push(borrower)
    assert [path.name for path in files] == [
        "README.md",
        "recognizer.safetensors",
        "autoencoder.safetensors",
    ]
    alone = borrower.parent / "alone"
    alone.mkdir()
    for path in files:
        (alone / path.name).write_bytes(path.read_bytes())
    (borrower.parent / "anny-basic" / "autoencoder.safetensors").unlink()
    assert Engine.open(alone, "cpu", template=FACE).kinds == {"autoencoder", "recognizer"}
