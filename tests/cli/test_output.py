"""Tables, JSON and the line that shows progress."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from studio.cli.output import print_json, print_table, progress_line, write_json

from .conftest import Command


class Terminal(io.StringIO):
    """A stderr that someone looks at."""

    def isatty(self) -> bool:
        return True


def test_the_progress_line_is_wiped(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with pytest.raises(KeyError), progress_line() as progress:
        progress.report(1.0, "Reading a file with a long name")
        progress.report(1.0, "Done")
        raise KeyError
    written = terminal.getvalue()
    assert "100 %  Reading" in written and "\n" not in written
    shown = written.split("\r")
    assert len(shown[2]) == len(shown[1])  # the longer line is written over whole
    assert shown[-1] == "" and shown[-2].strip() == ""


def test_nothing_is_shown_where_no_one_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with progress_line() as progress:
        progress.report(0.5, "Reading")
    assert stream.getvalue() == ""


def test_a_remark_keeps_its_line_and_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress_line() as progress:
        progress.report(1.0, "Reading")
        for part in (progress.part(0.0, 0.5), progress.part(0.5, 1.0)):
            part.remarked("take.csv: Row 4 was lost.")
    lines = terminal.getvalue().split("\n")
    assert [line.split("\r")[-1] for line in lines] == ["take.csv: Row 4 was lost.", ""]


def test_columns_line_up(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([["one", "1.0"], ["eleven", "11.0"]], ["", "ms"])
    assert capsys.readouterr().out == "          ms\none      1.0\neleven  11.0\n"


def test_json_for_other_programs_has_no_nan(tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        print_json({"x": float("nan")})
    with pytest.raises(ValueError):
        write_json({"x": float("inf")}, tmp_path / "x.json")
    assert not list(tmp_path.iterdir())


def test_a_stop_from_the_keyboard(
    command: Command, take_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("studio.takes.reading.read_sequence", stopped)
    ended = command("convert", take_file, tmp_path / "out")
    assert (ended.status, ended.out, ended.err.strip()) == (130, "", "")
    assert not list(tmp_path.iterdir())
