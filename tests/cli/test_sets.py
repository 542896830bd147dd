"""Commands with model sets of a hub: one that runs on this machine, and a cache of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.core.hub_name import HubName
from studio.core.system.paths import shipped
from tests.engine.hub_server import GOOD_TOKEN, Hub, Repository, live_in, serving

from .conftest import Command


@pytest.fixture
def hub(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with serving() as hub:
        live_in(tmp_path / "home", hub.url, monkeypatch)
        hub.repositories["lab/faces"] = Repository()
        files = {path.name: path.read_bytes() for path in models.iterdir()}
        hub.repositories["lab/faces"].commit(files | {"README.md": b"# Faces"})
        yield hub


def test_a_recipe_keeps_the_commit_that_made_it(command: Command, hub: Hub, tmp_path: Path) -> None:
    asks = ("generate", "--label", "anger", "--seed", 2, "--frames", 20)
    clip, named = tmp_path / "anger.npz", ("--models", "hf:lab/faces")
    said = command(*asks, *named, "--out", clip).sentence
    assert said.endswith("expression-studio models pull hf:lab/faces fetches it")
    assert hub.asked == [], "no hub is asked by a command that only uses a set"
    sha = hub.repositories["lab/faces"].refs["main"]
    pulled = command("models", "pull", "hf:lab/faces", "--json")
    assert json.loads(pulled.out)["commit"] == sha
    assert command(*asks, *named, "--out", clip).status == 0
    notes = json.loads((tmp_path / "anger.npz.recipe.json").read_text())
    assert notes["set"] == f"hf:lab/faces@{sha}"

    hub.repositories["lab/faces"].commit({"README.md": b"# Faces, better"})
    assert command("models", "pull", "hf:lab/faces").status == 0
    again = command(
        "generate", "--recipe", tmp_path / "anger.npz.recipe.json", "--out", tmp_path / "again.npz"
    )
    assert (again.status, again.err) == (0, "")
    assert (tmp_path / "again.npz").read_bytes() == clip.read_bytes()
    gone = notes | {"set": f"hf:lab/faces@{40 * '7'}"}
    (tmp_path / "gone.json").write_text(json.dumps(gone))
    said = command("generate", "--recipe", tmp_path / "gone.json", "--out", clip).sentence
    assert f"models pull hf:lab/faces@{40 * '7'}" in said


def test_sets_are_listed_with_where_they_are(command: Command, hub: Hub) -> None:
    assert command("models", "pull", "hf:lab/faces").status == 0
    sets = {one["name"]: one for one in json.loads(command("models", "list", "--json").out)}
    own = sets["anny-basic"]
    assert (own["commit"], own["path"]) == (None, str(shipped("checkpoints") / "anny-basic"))
    assert own["bytes"] > 10_000_000 and own["problem"] is None
    sha = hub.repositories["lab/faces"].refs["main"]
    assert sets[f"hf:lab/faces@{sha}"]["kinds"] == ["autoencoder", "diffusion", "recognizer"]
    assert f"hf:lab/faces@{sha}" in command("models", "list").out


@pytest.mark.filterwarnings("ignore:Use 'content=<...>' to upload:DeprecationWarning")
def test_a_set_is_pushed_with_its_card(
    command: Command, hub: Hub, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "a card, README.md" in command("models", "push", models, "hf:me/faces").sentence
    mine = tmp_path / "mine"
    mine.mkdir()
    for path in models.iterdir():
        (mine / path.name).write_bytes(path.read_bytes())
    (mine / "README.md").write_text("# Mine")
    assert "set HF_TOKEN" in command("models", "push", mine, "hf:me/faces").sentence
    monkeypatch.setenv("HF_TOKEN", GOOD_TOKEN)
    done = command("models", "push", mine, "hf:me/faces", "--public", "--json")
    assert HubName.of(json.loads(done.out)["name"]).revision == json.loads(done.out)["commit"]
    assert not hub.repositories["me/faces"].private


@pytest.mark.parametrize("text", ["hf:faces", "hf:a/b@../..", "hf:"])
def test_a_name_that_is_none_is_refused(command: Command, take_file: Path, text: str) -> None:
    assert "hf:owner/name@revision" in command("recognize", take_file, "--models", text).sentence
    assert "hf:owner/name@revision" in command("models", "pull", text).sentence
