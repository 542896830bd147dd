"""Clips of a session on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.document import Document, Session, write_session
from studio.io import read_sequence

from .conftest import Command


@pytest.fixture
def talk(tmp_path: Path, take_file: Path) -> Path:
    document = Document()
    smile = document.open_clip(read_sequence(take_file), take_file)
    document.rename_clip(smile, "a smile")
    document.add_marker(smile, 6, "the corners rise")
    document.open_clip(read_sequence(take_file).sliced(0, 5))
    document.set_current(smile)
    write_session(Session(document.state), tmp_path / "talk.studio")
    return tmp_path / "talk.studio"


def test_convert_takes_a_clip_of_a_session(command: Command, talk: Path, tmp_path: Path) -> None:
    assert command("convert", talk, tmp_path / "shown.npz").status == 0
    assert command("convert", f"{talk}#a smile", tmp_path / "named.npz").status == 0
    shown, named = (read_sequence(tmp_path / f"{n}.npz") for n in ("shown", "named"))
    assert shown.n_frames == named.n_frames == 12


def test_info_lists_markers(command: Command, talk: Path, take_file: Path) -> None:
    facts = json.loads(command("info", talk, "--json").out)
    assert facts["markers"] == [{"frame": 6, "seconds": 0.2, "note": "the corners rise"}]
    assert "  marker   6 (0.20 s) the corners rise" in command("info", talk).out
    assert json.loads(command("info", take_file, "--json").out)["markers"] == []


def test_a_clip_that_is_not_in_it(command: Command, talk: Path, tmp_path: Path) -> None:
    ended = command("convert", f"{talk}#frown", tmp_path / "x.npz")
    assert ended.status == 2
    assert "talk.studio: expected a clip named frown, found a smile" in ended.err


def test_a_session_that_is_none(command: Command, tmp_path: Path) -> None:
    (tmp_path / "bad.studio").write_text("hello")
    ended = command("convert", tmp_path / "bad.studio", tmp_path / "x.npz")
    assert ended.status == 2
    assert ended.err.startswith("bad.studio: expected a session of Expression Studio")


def test_open_hands_a_session_to_the_window(
    command: Command, talk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.cli.opening.display_problem", lambda: None)
    monkeypatch.setattr("studio.cli.opening.stops_window", lambda _missing: [])
    assert command("open", talk).opened == [talk]
