"""The program as it is called: exit status, streams, what is imported, what opens the window."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio.cli.app import COMMANDS, app, with_command

from .conftest import Command

HEAVY = ("torch", "PySide6", "vtkmodules", "pyvista", "diffusers", "accelerate", "scipy")


def studio(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    """`python -m studio` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "studio", *map(str, arguments)],
        env=os.environ | more,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_names_of_the_commands() -> None:
    assert {command.name or command.callback.__name__ for command in app.registered_commands} | {
        group.name for group in app.registered_groups
    } == COMMANDS


@pytest.mark.parametrize("arguments", [["--help"], ["generate", "--help"], ["train", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom studio.__main__ import main\n"
        f"sys.argv = ['studio', *{arguments}]\n"
        "try:\n    main()\nfinally:\n"
        f"    print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr.strip()) == (0, "[]")
    assert "Usage" in done.stdout


def test_bad_input_in_a_process_of_its_own(tmp_path: Path) -> None:
    done = studio("recognize", tmp_path / "gone.obj")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "gone.obj: expected a file or a folder, found nothing there\n"


def test_json_is_all_there_is_on_stdout(take_file: Path, models: Path) -> None:
    done = studio("recognize", take_file, "--json", "--models", models)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["frames"] == 12


def test_a_bug_is_no_sentence() -> None:
    code = (
        "import studio.io\nfrom studio.__main__ import main\nimport sys\n"
        "def broken(*a, **k): raise ZeroDivisionError('a bug')\n"
        "studio.io.read_sequence = broken\n"
        "sys.argv = ['studio', 'convert', 'a', 'b']\nmain()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "Traceback" in done.stderr and "ZeroDivisionError: a bug" in done.stderr


def test_the_process_ends_after_the_handlers_of_the_libraries() -> None:
    """What is written at exit is written, and what Python would take apart is left."""
    code = (
        "import atexit, sys\nfrom studio.__main__ import main\n"
        "class Kept:\n    def __del__(self): print('taken apart')\n"
        "kept = Kept()\nkept.itself = kept\n"
        "def broken(arguments, open_window):\n"
        "    atexit.register(print, 'handled')\n"
        "    return 2\n"
        "import studio.cli.app\nstudio.cli.app.run = broken\nmain()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "handled\n", "")


def test_a_reader_that_has_gone(take_file: Path, tmp_path: Path) -> None:
    line = f"{sys.executable} -m studio convert {take_file} {tmp_path / 'out.npz'} | true"
    done = subprocess.run(
        ["/bin/sh", "-c", line], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stderr == ""
    assert (tmp_path / "out.npz").is_file()


def test_waiting_threads_of_torch_sleep() -> None:
    code = (
        "import os, sys\nos.environ.pop('OMP_WAIT_POLICY', None)\n"
        "from studio.__main__ import main\nsys.argv = ['studio', '--version']\n"
        "try:\n    main()\nexcept SystemExit:\n    print(os.environ['OMP_WAIT_POLICY'])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0.1.0", "PASSIVE"]


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ([], ["open"]),
        (["a.obj", "b"], ["open", "a.obj", "b"]),
        (["open", "a.obj"], ["open", "a.obj"]),
        (["info", "--json"], ["info", "--json"]),
        (["-h"], ["--help"]),
        (["--help"], ["--help"]),
    ],
)
def test_open_is_the_default(arguments: list[str], wanted: list[str]) -> None:
    assert with_command(arguments) == wanted


def test_a_word_that_is_neither_command_nor_file(command: Command) -> None:
    sentence = command("recognise", "x").sentence
    assert sentence == "recognise: expected a command, a file or a folder, found nothing there"


def test_the_window_gets_the_files(
    command: Command, take_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.cli.opening.display_problem", lambda: None)
    monkeypatch.setattr("studio.cli.opening.missing_libraries", list)
    assert command(take_file).opened == [take_file]
    assert command().opened == []
    assert command("open", take_file, take_file.parent).opened == [take_file, take_file.parent]
