"""Sets of a hub: found in a cache, fetched, put there, and every way in which that fails."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from studio.core import Cancelled, CheckpointError, InputError, Progress, StudioError
from studio.core.hub_name import HubName, is_hub_name, short_name
from studio.engine import Engine, find_sets
from studio.engine.loading import hub as cache_of_hub
from studio.engine.loading.hub import cached, set_folder
from studio.engine.loading.hub_transfer import pull, push

from .hub_server import GOOD_TOKEN, Hub, Repository, hash_of, live_in, serving
from .tiny import FACE, moving_face, write_set

NAME = HubName("someone/faces")
CARD = b"---\nlicense: cc0-1.0\n---\n# Faces\nMade for tests.\n"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a whole set."""
    folder = write_set(tmp_path_factory.mktemp("sets") / "faces", paper=False)
    return {path.name: path.read_bytes() for path in folder.iterdir()} | {"README.md": CARD}


@pytest.fixture(scope="module")
def _served() -> Iterator[Hub]:
    with serving() as hub:
        yield hub


@pytest.fixture
def hub(
    _served: Hub, files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Hub:
    """A hub with one set, that no test before has changed."""
    fresh = Hub(url=_served.url)
    _served.__dict__.update(fresh.__dict__)
    live_in(tmp_path, _served.url, monkeypatch)
    _served.repositories[NAME.repo] = Repository()
    _served.repositories[NAME.repo].commit(files)
    return _served


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and no hub anywhere."""
    return live_in(tmp_path, "http://127.0.0.1:9", monkeypatch)


def keep(cache: Path, files: dict[str, bytes], commit: str = 40 * "a") -> Path:
    """Lay a set in a cache by hand, as any program of the hub's does."""
    place = cache / f"models--{NAME.repo.replace('/', '--')}"
    snapshot = place / "snapshots" / commit
    for folder in (place / "blobs", place / "refs", snapshot):
        folder.mkdir(parents=True, exist_ok=True)
    (place / "refs" / "main").write_text(commit)
    for name, data in files.items():
        blob = place / "blobs" / hash_of(name, data)
        blob.write_bytes(data)
        (snapshot / name).symlink_to(os.path.relpath(blob, snapshot))
    return snapshot


def sentence(error: pytest.ExceptionInfo[StudioError]) -> str:
    text = str(error.value)
    assert "\n" not in text and len(text) <= 300
    return text


@pytest.mark.parametrize(
    ("text", "repo", "revision"),
    [
        ("hf:someone/faces", "someone/faces", "main"),
        ("hf:a/b@v1.0", "a/b", "v1.0"),
        ("hf:a-1/b_c.d@refs/pr/3", "a-1/b_c.d", "refs/pr/3"),
        (f"hf:a/b@{40 * 'e'}", "a/b", 40 * "e"),
    ],
)
def test_names_are_read_and_said_again(text: str, repo: str, revision: str) -> None:
    name = HubName.of(text)
    assert (name.repo, name.revision) == (repo, revision)
    assert HubName.of(str(name)) == name


@pytest.mark.parametrize(
    "text",
    [
        *("hf:", "hf:faces", "hf:a/b/c", "hf:a/b@", "hf:/b", "hf:a/", "hf:a b/c", "faces"),
        *("hf:../etc", "hf:a/..", "hf:a/b@../../x", "hf:a/b@/etc", "hf:a/b@x\n", "hf:a/b@a b"),
        *("hf:a--b/c", "hf:https://huggingface.co/a/b", "hf:a/b@-x", f"hf:a/{'b' * 96}"),
        *("hf:a/b@x/../y", "hf:a\\b/c", "hf:é/b"),
    ],
)
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="hf:owner/name@revision"):
        HubName.of(text)


def test_a_window_shows_a_name_with_the_beginning_of_its_commit() -> None:
    assert short_name(f"hf:a/b@{40 * 'e'}") == "a/b@eeeeeee"
    assert short_name("anny-basic") == "anny-basic"
    assert not is_hub_name(Path("hf"))


def test_a_set_in_a_cache_serves_without_a_network(cache: Path, files: dict[str, bytes]) -> None:
    folder = keep(cache, files)
    for text in ("hf:someone/faces", "hf:someone/faces@main", f"hf:someone/faces@{40 * 'a'}"):
        assert set_folder(text) == folder
    engine = Engine.open("hf:someone/faces", "cpu", template=FACE)
    assert engine.name == f"hf:someone/faces@{40 * 'a'}"
    assert Engine.open(folder, "cpu", template=FACE).name == engine.name
    assert engine.recognize(moving_face(9)).clip.shape == (3,)
    found = next(one for one in find_sets() if one.path == folder)
    assert (found.name, found.problem) == (engine.name, None)


def test_a_branch_that_moved_on_leaves_its_commits_as_they_were(
    cache: Path, files: dict[str, bytes]
) -> None:
    before = keep(cache, files, 40 * "b")
    after = keep(cache, files | {"README.md": b"# Other"}, 40 * "c")
    assert set_folder("hf:someone/faces") == after
    assert set_folder(f"hf:someone/faces@{40 * 'b'}") == before


def test_what_the_cache_lacks_is_said_with_what_fetches_it(
    cache: Path, files: dict[str, bytes]
) -> None:
    keep(cache, files)
    for text in ("hf:someone/none", f"hf:someone/faces@{40 * 'd'}", "hf:someone/faces@v2"):
        with pytest.raises(CheckpointError) as error:
            Engine.open(text, "cpu")
        assert sentence(error).endswith(f"expression-studio models pull {text} fetches it")


def test_a_file_that_is_another_than_its_commit_names_is_not_used(
    cache: Path, files: dict[str, bytes]
) -> None:
    folder = keep(cache, files)
    spoiled = bytearray(files["diffusion.safetensors"])
    spoiled[-1] ^= 1
    (folder / "diffusion.safetensors").resolve().write_bytes(spoiled)
    with pytest.raises(CheckpointError) as error:
        Engine.open("hf:someone/faces", "cpu", template=FACE)
    assert "diffusion.safetensors is not the file of that commit" in sentence(error)
    assert "models pull" in sentence(error)
    problems = {one.path: one.problem for one in find_sets()}
    assert problems[folder] == str(error.value)


def test_a_half_fetched_set_is_not_used(cache: Path, files: dict[str, bytes]) -> None:
    folder = keep(cache, files)
    (folder / "recognizer.safetensors").resolve().unlink()
    with pytest.raises(CheckpointError, match="only in part") as error:
        Engine.open(folder, "cpu", template=FACE)
    assert "models pull hf:someone/faces@aaaa" in sentence(error)
    (folder / "recognizer.safetensors").unlink()
    (folder / "autoencoder.safetensors").unlink()
    (cache / "models--someone--faces" / "blobs" / "12.incomplete").touch()
    with pytest.raises(CheckpointError, match="only in part"):
        Engine.open("hf:someone/faces", "cpu", template=FACE)


def test_pickles_are_named_and_never_loaded(cache: Path) -> None:
    folder = keep(cache, {"pytorch_model.bin": b"\x80\x04", "README.md": CARD})
    with pytest.raises(CheckpointError, match=r"pytorch_model\.bin: a pickle") as error:
        Engine.open("hf:someone/faces", "cpu", template=FACE)
    assert "never loaded" in sentence(error)
    assert folder not in [one.path for one in find_sets()]


def test_a_set_is_fetched_once_and_then_serves(hub: Hub, files: dict[str, bytes]) -> None:
    repository = hub.repositories[NAME.repo]
    sha = repository.commit({"more/x.safetensors": b"1", "run.py": b"2", "old.bin": b"3"})
    seen: list[float] = []
    folder = pull(NAME, Progress(lambda fraction, _: seen.append(fraction)))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == files
    assert folder.name == sha and seen == sorted(seen) and seen[-1] == 1.0
    assert Engine.open("hf:someone/faces", "cpu", template=FACE).name == f"hf:someone/faces@{sha}"
    hub.asked.clear()
    assert pull(NAME, Progress()) == folder
    assert not any("resolve" in one for one in hub.asked)
    hub.asked.clear()
    assert pull(HubName(NAME.repo, sha), Progress()) == folder == cached(NAME)
    assert hub.asked == []


def test_a_branch_is_asked_anew_when_it_is_pulled(hub: Hub) -> None:
    first = pull(NAME, Progress())
    hub.repositories[NAME.repo].commit({"README.md": CARD + b"more"})
    second = pull(NAME, Progress())
    assert first != second and cached(NAME) == second
    assert first.is_dir()
    hub.repositories[NAME.repo].commit({"README.md": CARD}, "refs/pr/1")
    with pytest.raises(CheckpointError, match="no autoencoder"):
        pull(HubName(NAME.repo, "refs/pr/1"), Progress())


def test_a_spoiled_cache_is_mended_by_pulling(hub: Hub, files: dict[str, bytes]) -> None:
    folder = pull(NAME, Progress())
    (folder / "autoencoder.safetensors").resolve().write_bytes(b"short")
    with pytest.raises(CheckpointError, match="by its hash"):
        Engine.open("hf:someone/faces", "cpu", template=FACE)
    assert pull(HubName(NAME.repo, folder.name), Progress()) == folder
    assert (folder / "autoencoder.safetensors").read_bytes() == files["autoencoder.safetensors"]


@pytest.mark.parametrize("wrong", ["cut", "spoil"])
@pytest.mark.parametrize("file", ["autoencoder.safetensors", "diffusion.safetensors"])
def test_what_comes_broken_is_not_kept(hub: Hub, wrong: str, file: str) -> None:
    setattr(hub, wrong, file)
    with pytest.raises(CheckpointError) as error:
        pull(NAME, Progress())
    assert ("the connection broke" if wrong == "cut" else f"{file} came with another") in sentence(
        error
    )
    with pytest.raises(CheckpointError, match="not on this machine"):
        cached(NAME)
    with pytest.raises(CheckpointError):
        sha = hub.repositories[NAME.repo].refs["main"]
        Engine.open(f"hf:someone/faces@{sha}", "cpu", template=FACE)
    setattr(hub, wrong, "")
    assert Engine.open(pull(NAME, Progress()), "cpu", template=FACE).kinds


def test_a_fetch_can_be_stopped_and_taken_up_again(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_of_hub, "_CHUNK", 1024)
    progress = Progress(lambda fraction, _: progress.cancel() if fraction > 0.5 else None)
    with pytest.raises(Cancelled):
        pull(NAME, progress)
    with pytest.raises(CheckpointError, match="not on this machine"):
        cached(NAME)
    folder = pull(NAME, Progress())
    assert not list(folder.parents[1].glob("blobs/*.incomplete"))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (HubName("someone/nothing"), "no such repository"),
        (HubName("someone/faces", "v9"), "without a revision v9"),
        (HubName("someone/faces", 40 * "9"), f"without a revision {40 * '9'}"),
        (HubName("someone/secret"), "private one, which needs HF_TOKEN"),
        (HubName("someone/terms"), "terms"),
        (HubName("someone/notes"), "no autoencoder.safetensors"),
        (HubName("someone/cardless"), "no README.md"),
        (HubName("someone/pickled"), "pickles (model.pt)"),
    ],
)
def test_each_refusal_is_one_sentence(
    hub: Hub, files: dict[str, bytes], name: HubName, said: str, tmp_path: Path
) -> None:
    bare = {file: data for file, data in files.items() if file != "README.md"}
    for repository, held, more in (
        ("secret", files, {"private": True}),
        ("terms", files, {"gated": True}),
        ("notes", {"README.md": CARD}, {}),
        ("cardless", bare, {}),
        ("pickled", {"model.pt": b"\x80\x04", "README.md": CARD}, {}),
    ):
        hub.repositories[f"someone/{repository}"] = Repository(**more)
        hub.repositories[f"someone/{repository}"].commit(held)
    with pytest.raises(CheckpointError) as error:
        pull(name, Progress())
    assert said in sentence(error)
    assert sentence(error).startswith(f"{name}: ")
    assert not list((tmp_path / "hub").rglob("*.safetensors"))


def test_a_token_opens_what_is_private(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.repositories[NAME.repo].private = True
    monkeypatch.setenv("HF_TOKEN", "hf_other")
    with pytest.raises(CheckpointError, match="one that this token may not see"):
        pull(NAME, Progress())
    monkeypatch.setenv("HF_TOKEN", GOOD_TOKEN)
    assert pull(NAME, Progress()).is_dir()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"status": 500}, "answers with status 500"),
        ({"status": 403}, "needs HF_TOKEN"),
        ({"status": 404}, "no such repository"),
        ({"babble": True}, "answers unlike a hub"),
    ],
)
def test_a_hub_that_is_not_well(hub: Hub, wrong: dict[str, object], said: str) -> None:
    vars(hub).update(wrong)
    with pytest.raises(CheckpointError) as error:
        pull(NAME, Progress())
    assert said in sentence(error)


def test_without_a_network_and_where_it_is_not_wanted(
    cache: Path, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = keep(cache, files)
    with pytest.raises(CheckpointError, match="is not reached") as error:
        pull(NAME, Progress())
    assert "http://127.0.0.1:9" in sentence(error)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(CheckpointError, match="HF_HUB_OFFLINE is set"):
        pull(NAME, Progress())
    assert pull(HubName(NAME.repo, folder.name), Progress()) == folder


def test_a_disk_without_room_is_told_before_anything_is_fetched(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr("shutil.disk_usage", lambda _place: usage)
    with pytest.raises(StudioError, match="MiB are free"):
        pull(NAME, Progress())
    assert not any("resolve" in one for one in hub.asked)


@pytest.mark.filterwarnings("ignore:Use 'content=<...>' to upload:DeprecationWarning")
def test_a_set_goes_to_a_hub_and_comes_back(
    hub: Hub, files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", GOOD_TOKEN)
    folder = write_set(tmp_path / "mine", paper=False)
    for more, data in (("README.md", CARD), ("notes.txt", b"mine"), (".secret.json", b"{}")):
        (folder / more).write_bytes(data)
    made = push(folder, HubName("me/faces"), Progress())
    assert hub.repositories["me/faces"].private
    assert hub.repositories["me/faces"].commits[made.revision].keys() == files.keys()
    back = Engine.open(pull(HubName("me/faces"), Progress()), "cpu", template=FACE)
    assert back.name == str(made)
    ours, theirs = (
        engine.generate("anger", 3, frames=20)
        for engine in (Engine.open(folder, "cpu", template=FACE), back)
    )
    assert np.array_equal(ours.vertices, theirs.vertices)
    (folder / "README.md").write_bytes(CARD + b"Better.")
    assert push(folder, HubName("me/faces"), Progress(), public=True) != made
    assert hub.repositories["me/faces"].private, "only a new repository is made public"


def test_what_cannot_be_pushed_says_why(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = HubName("me/faces")
    folder = write_set(tmp_path / "mine", paper=False)

    def refused(name: HubName = mine, folder: Path = folder) -> str:
        with pytest.raises(StudioError) as error:
            push(folder, name, Progress())
        return sentence(error)

    assert "a card, README.md" in refused()
    (folder / "README.md").write_text("---\nlicense: mit\n---\n\n")
    assert "a card, README.md" in refused()
    (folder / "README.md").write_bytes(CARD)
    assert "set HF_TOKEN" in refused()
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    assert "does not know the token" in refused()
    monkeypatch.setenv("HF_TOKEN", GOOD_TOKEN)
    assert "may not do that" in refused(HubName("other/faces"))
    assert "hf:owner/name" in refused(HubName("me/faces", "v2"))
    assert "no folder" in refused(folder=tmp_path / "none")
    (folder / "autoencoder.safetensors").unlink()
    assert "autoencoder.safetensors" in refused()
    assert "me/faces" not in hub.repositories
