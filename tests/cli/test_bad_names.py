"""Paths that no file has, or that nobody may follow: status 2 and one sentence, nothing written."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from .conftest import Command

LONG = "a" * 300
TRIANGLE = "v 0 0 0\nv 100 0 0\nv 100 100 0\nf 1 2 3\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("recognize", LONG),
        ("recognize", f"{LONG}.studio"),
        ("open", f"{LONG}.obj"),
        (f"{LONG}.csv",),
        ("convert", f"{LONG}.npz", "out.obj"),
        ("convert", "face.obj", f"{LONG}.npz"),
        ("generate", "--label", "anger", "--seed", "1", "--out", f"{LONG}/a.npz"),
        ("generate", "--recipe", f"{LONG}.json", "--out", "a.npz"),
        ("edit", f"{LONG}.obj", "--stack", "stack.json", "--out", "a.npz"),
        ("edit", "face.obj", "--stack", LONG, "--out", "a.npz"),
        ("neutralize", f"{LONG}.obj", "--out", "a.npz"),
    ],
)
def test_a_name_that_is_too_long(
    command: Command, here: Path, models: Path, arguments: tuple[str, ...]
) -> None:
    (here / "face.obj").write_text(TRIANGLE)
    (here / "stack.json").write_text("[]")
    chosen = ("--models", models) if arguments[0] == "generate" else ()
    sentence = command(*arguments, *chosen).sentence
    assert "a name that is too long" in sentence
    assert len(sentence) <= 300
    assert {path.name for path in here.iterdir()} == {"face.obj", "stack.json"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("",),
        ("recognize", ""),
        ("open", ""),
        ("convert", "face.obj", ""),
        ("convert", "", "out.npz"),
        ("generate", "--label", "fear", "--seed", "1", "--out", ""),
        ("generate", "--label", "fear", "--seed", "1", "--out="),
        ("generate", "--label", "fear", "--seed", "1", "--out", "a.npz", "--neutral", ""),
        ("generate", "--label", "fear", "--seed", "1", "--out", "a.npz", "--models", ""),
        ("generate", "--label", "fear", "--seed", "1", "--out", "a.npz", "--recipe-out="),
        ("edit", "face.obj", "--stack", "", "--out", "a.npz"),
        ("batch", "--out", ""),
        ("info", ""),
    ],
)
def test_an_empty_path_is_not_the_current_folder(
    command: Command, here: Path, arguments: tuple[str, ...]
) -> None:
    (here / "face.obj").write_text(TRIANGLE)
    assert command(*arguments).sentence.endswith("expected a path or a value, found an empty text")
    assert [path.name for path in here.iterdir()] == ["face.obj"]


@pytest.mark.parametrize("name", ["recognize", "open", "convert"])
def test_a_name_with_a_nul(command: Command, here: Path, name: str) -> None:
    out = ("out.npz",) if name == "convert" else ()
    assert "NUL" in command(name, "a\0b.obj", *out).sentence


@pytest.mark.parametrize("name", ["recognize", "open", "convert", "edit"])
def test_a_folder_one_may_not_enter(
    command: Command, here: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (here / "stack.json").write_text("[]")
    real = os.stat

    def closed(path: object, **options: object) -> os.stat_result:
        if "private" in str(path):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return real(path, **options)  # type: ignore[arg-type, call-overload, no-any-return]

    monkeypatch.setattr(os, "stat", closed)
    rest = {"convert": ("out.npz",), "edit": ("--stack", "stack.json", "--out", "out.npz")}
    for clip in ("face.obj", "talk.studio", "talk.studio#smile", "take"):
        sentence = command(name, Path("private") / clip, *rest.get(name, ())).sentence
        assert sentence.endswith("found no permission to read there")
