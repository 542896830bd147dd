"""A reader and a generator that nobody ships, on the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.core.system.paths import data_folder
from tests.engine.toys import GENERATOR, READER, TRACKS, registered, write_toys

from .conftest import Command


@pytest.fixture
def toys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A set with the toys in it, where users keep theirs, and the catalog with both kinds."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with registered():
        yield write_toys(data_folder() / "models" / "toys")


def test_info_tells_of_them(command: Command, toys: Path) -> None:
    facts = json.loads(command("info", "--json").out)
    told = {kind["name"]: (kind["role"], kind["parameters"]) for kind in facts["models"]}
    assert told[READER.name] == ("reader", [])
    assert told[GENERATOR.name] == ("generator", ["steps", "guidance"])
    (found,) = [one for one in facts["checkpoint_sets"] if one["path"] == str(toys)]
    assert set(found["kinds"]) >= {READER.name, GENERATOR.name} and found["problem"] is None
    assert f"{GENERATOR.name:20}generator" in command("info").out


@pytest.mark.parametrize("verb", ["generate", "batch"])
def test_the_help_offers_them(command: Command, toys: Path, verb: str) -> None:
    assert "landmark-lstm or toy-nod" in _plain(command(verb, "--help").out)
    if verb == "generate":
        assert "Of diffusion, diffusion-unet2d or toy-nod" in _plain(command(verb, "--help").out)
    assert "units or toy-sizes" in _plain(command("recognize", "--help").out)


def test_they_make_and_read_clips(command: Command, toys: Path, tmp_path: Path) -> None:
    clip = tmp_path / "nod.npz"
    wish = ("--label", "fear", "--seed", 1, "--frames", 20, "--model", GENERATOR.name, "--steps", 1)
    made = command("generate", *wish, "--models", toys, "--out", clip)
    assert (made.status, made.err) == (0, "")
    ask = ("recognize", clip, "--models", toys, "--reader", READER.name)
    said = json.loads(command(*ask, "--json").out)
    assert (said["names"], said["range"], len(said["per_frame"])) == (list(TRACKS), [0, 5], 20)
    assert f"read by {READER.name}" in command(*ask).out
    refused = command("recognize", clip, "--models", toys, "--reader", "nobody").sentence
    assert refused.startswith("reader: expected one of recognizer, familiarity, units, toy-sizes")


def _plain(text: str) -> str:
    """Help as one line, without the lines around it."""
    return re.sub(r"[\s│╭╮╰╯─]+", " ", text)
