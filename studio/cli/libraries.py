"""System libraries the wheels do not bring: which are missing, and the line that installs them.

Standard library only, so that `python -m studio.cli.libraries` runs before anything is installed.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_WINDOW, _DRAWING, _WAYLAND, _TESTS = "the window", "drawing", "the window on Wayland", "the tests"

# What Qt's xcb plugin and VTK load, by the package of Debian and Ubuntu that brings it.
_XCB = {
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
_GL = {"libEGL.so.1": "libegl1", "libGL.so.1": "libgl1"}
_WAYLAND_LIBRARIES = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}


@dataclass(frozen=True)
class Missing:
    """A library or a program that is not there.

    Attributes
    ----------
    name
        Of the library or program.
    package
        Of Debian and Ubuntu.
    needed_for
        What does not work without.
    """

    name: str
    package: str
    needed_for: str


def missing_libraries(*, tests: bool = False) -> list[Missing]:
    """Find what this machine lacks; nothing on Windows and macOS, where the wheels bring all.

    Parameters
    ----------
    tests
        Ask for the virtual screen of the tests too.
    """
    if not sys.platform.startswith("linux"):
        return []
    found = [*_absent(_GL, _DRAWING), *_absent(_XCB, _WINDOW)]
    if os.environ.get("WAYLAND_DISPLAY"):
        found += _absent(_WAYLAND_LIBRARIES, _WAYLAND)
    if tests and shutil.which("Xvfb") is None:
        found.append(Missing("Xvfb", "xvfb", _TESTS))
    return found


def install_command(missing: Iterable[Missing]) -> str:
    """Write the line to type on Debian or Ubuntu."""
    return f"sudo apt-get install -y {' '.join(_packages(missing))}"


def stops_window(missing: Iterable[Missing]) -> list[Missing]:
    """Choose those without which no window opens; Wayland sessions can fall back to X."""
    return [one for one in missing if one.needed_for in (_WINDOW, _DRAWING)]


def _packages(missing: Iterable[Missing]) -> list[str]:
    return list(dict.fromkeys(one.package for one in missing))


def _absent(libraries: Mapping[str, str], needed_for: str) -> list[Missing]:
    return [
        Missing(name, package, needed_for) for name, package in libraries.items() if not loads(name)
    ]


def loads(library: str) -> bool:
    """Whether the system's loader finds a library and all it needs."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _install(missing: Iterable[Missing]) -> None:
    """As root on Debian or Ubuntu; a failure shows in what is missing afterwards."""
    apt = ["apt-get", "-o", "DPkg::Lock::Timeout=120"]
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    packages = _packages(missing)
    print(f"Installing {' '.join(packages)}", flush=True)
    install = [*apt, "install", "-y", "-qq", "--no-install-recommends", *packages]
    # Lists that are at hand may do; if not, they are fetched and it is tried once more.
    if subprocess.run(install, env=quiet, check=False).returncode:
        subprocess.run([*apt, "update", "-qq"], env=quiet, check=False)
        subprocess.run(install, env=quiet, check=False)


def main(*, install: bool = True) -> int:
    """Install what is missing as root on Debian or Ubuntu, else print the line; 1 if some is."""
    missing = missing_libraries(tests=True)
    if not missing:
        return 0
    if install and _is_root() and shutil.which("apt-get"):
        _install(missing)
        # A new process: this one may remember where it did not find a library.
        again = [sys.executable, "-m", "studio.cli.libraries", "--report"]
        return subprocess.run(again, check=False).returncode
    print(f"Missing system libraries: {', '.join(one.name for one in missing)}", file=sys.stderr)
    print(f"On Debian or Ubuntu: {install_command(missing)}", file=sys.stderr)
    return 1


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


if __name__ == "__main__":
    sys.exit(main(install="--report" not in sys.argv[1:]))
