"""info, the list of system libraries, and whether there is a display."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from studio.cli import libraries
from studio.cli.display import display_problem
from studio.cli.libraries import Missing, install_command, missing_libraries, stops_window

from .conftest import Command

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="of Linux alone")


def test_info_names_versions_devices_and_sets(command: Command) -> None:
    ended = command("info", "--json")
    assert (ended.status, ended.err) == (0, "")
    facts = json.loads(ended.out)
    assert facts["studio"] == "0.1.0"
    assert facts["versions"]["torch"]
    assert facts["devices"]["available"][-1] == "cpu"
    assert all(set(one) >= {"name", "path", "kinds", "problem"} for one in facts["checkpoint_sets"])
    assert Path(facts["folders"]["resources"]).is_dir()
    assert (facts["install"] is None) == (not facts["missing_libraries"])


def test_info_for_people(command: Command) -> None:
    ended = command("info")
    assert ended.status == 0
    for word in ("Expression Studio 0.1.0", "torch", "Devices", "Model sets", "libraries"):
        assert word in ended.out


@linux
def test_info_prints_the_line_that_installs_what_is_missing(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = libraries.loads
    gone = {"libxcb-cursor.so.0", "libEGL.so.1"}
    monkeypatch.setattr(libraries, "loads", lambda name: name not in gone and there(name))
    facts = json.loads(command("info", "--json").out)
    assert {one["name"] for one in facts["missing_libraries"]} >= gone
    assert facts["install"].startswith("sudo apt-get install -y ")
    assert {"libegl1", "libxcb-cursor0"} <= set(facts["install"].split())
    assert facts["install"] in command("info").out


def test_a_library_that_no_one_has_is_missing() -> None:
    assert not libraries.loads("libno-such-thing.so.99")


def test_each_package_is_named_once() -> None:
    missing = [Missing("a", "p", "x"), Missing("b", "q", "x"), Missing("c", "p", "x")]
    assert install_command(missing) == "sudo apt-get install -y p q"


def test_wayland_and_the_tests_do_not_stop_a_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "loads", lambda name: "wayland" not in name)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    missing = missing_libraries(tests=True)
    assert {one.package for one in missing} >= {"xvfb", "libwayland-cursor0"}
    assert stops_window(missing) == []


@linux
def test_what_qt_and_vtk_load_is_in_the_list() -> None:
    """Every system library the xcb plugin names is in the table, or is part of the C library."""
    import PySide6

    plugin = Path(PySide6.__path__[0]) / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    core = Path(PySide6.__path__[0]) / "Qt" / "lib" / "libQt6XcbQpa.so.6"
    known = {*libraries._XCB, *libraries._GL}
    for file in (plugin, core):
        needed = _needed(file)
        assert needed, file
        system = {name for name in needed if name.startswith(("libx", "libX", "libGL", "libEGL"))}
        assert system <= known, system - known


def _needed(file: Path) -> set[str]:
    """Libraries an ELF file names, read off its strings: sonames end in .so and a number."""
    return {
        name.decode() for name in re.findall(rb"\0(lib[\w.+-]+\.so\.\d+)(?=\0)", file.read_bytes())
    }


@linux
def test_libraries_are_listed_without_anything_installed() -> None:
    code = "import studio.cli.libraries as l; print(len(l.missing_libraries()))"
    root = Path(libraries.__file__).parents[2]
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path.insert(0, {str(root)!r})\n{code}",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip().isdigit()


@linux
def test_there_is_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert "neither DISPLAY nor WAYLAND_DISPLAY" in (display_problem() or "")
    monkeypatch.setenv("DISPLAY", ":4711")
    assert ":4711 does not answer" in (display_problem() or "")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert display_problem() is None


@linux
def test_the_virtual_screen_of_the_tests_answers() -> None:
    assert display_problem() is None
