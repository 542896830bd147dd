"""Streams that are closed, full or read by nobody, and what a command says then."""

from __future__ import annotations

import errno
import io
import os
import sys

import pytest

from studio.cli.app import run
from studio.core.system.streams import prepare, say, settle


class Refusing(io.RawIOBase):
    """A stream that takes nothing."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def writable(self) -> bool:
        return True

    def write(self, _data: object, /) -> int:
        raise OSError(self.number, os.strerror(self.number))


def refusing(number: int) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BufferedWriter(Refusing(number)), encoding="utf-8")


def no_window(*_: object) -> int:
    raise AssertionError("a command needs no window")


PRINTING = ["--version"], ["info", "--json"], ["convert", "--help"]


@pytest.fixture(autouse=True)
def _facts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `info` prints is found elsewhere, in seconds."""
    monkeypatch.setattr("studio.cli.doctor.gather", lambda: {"studio": "x" * 100_000})


@pytest.mark.parametrize("arguments", PRINTING, ids=" ".join)
def test_a_full_disk_behind_stdout_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", refusing(errno.ENOSPC))
    assert run(arguments, no_window) == 2
    said = capsys.readouterr().err
    assert said == "standard output: cannot be written: no space left on the disk\n"


@pytest.mark.parametrize("arguments", PRINTING[:2], ids=" ".join)
def test_a_pipe_that_nobody_reads_is_no_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", refusing(errno.EPIPE))
    assert run(arguments, no_window) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EPIPE, errno.EIO])
def test_a_refusal_that_cannot_be_told_is_one_all_the_same(
    monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(sys, "stderr", refusing(number))
    assert run(["convert", "gone.npz", "out.npz"], no_window) == 2
    say("told to nobody")


def test_streams_that_were_closed_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    prepare()
    with sys.stdin, sys.stdout, sys.stderr:
        assert run(["--version"], no_window) == 0
        assert run(["convert", "gone.npz", "out.npz"], no_window) == 2
        assert sys.stdin.read() == ""


def test_a_name_that_is_no_text_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="utf-8"))
    prepare()
    print("in", os.fsdecode(b"bad\xff.npz"))
    settle()
    assert raw.getvalue() == b"in bad\\udcff.npz" + os.linesep.encode()


def test_what_a_stream_does_not_take_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    stream = os.fdopen(writing, "w")
    monkeypatch.setattr(sys, "stdout", stream)
    print("to nobody")
    settle()
    stream.close()  # would raise where the text were tried again
    assert stream.closed


def test_a_current_folder_that_is_gone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def gone() -> str:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))

    monkeypatch.setattr(os, "getcwd", gone)
    assert run(["convert", "take.npz", "out.npz"], no_window) == 2
    assert capsys.readouterr().err.count("current folder is gone") == 1
