"""What runs here, read without importing any of it."""

from __future__ import annotations

import functools
import platform
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext

from studio import __version__

PACKAGES = {
    "Qt": "PySide6-Essentials",
    "VTK": "vtk",
    "PyVista": "pyvista",
    "PyTorch": "torch",
    "diffusers": "diffusers",
    "safetensors": "safetensors",
    "NumPy": "numpy",
    "SciPy": "scipy",
}
_GL_RENDERER = 0x1F01


def versions() -> dict[str, str]:
    """Read the versions of the studio, Python and what both build on, by the names people use."""
    found = {"Expression Studio": __version__, "Python": platform.python_version()}
    return found | {name: _version(package) for name, package in PACKAGES.items()}


def facts() -> str:
    """Write versions, system and graphics as lines for a report."""
    rows = [f"{name} {number}" for name, number in versions().items()]
    return "\n".join([*rows, platform.platform(), f"OpenGL renderer: {gl_renderer()}"])


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


@functools.cache
def gl_renderer() -> str:
    """Ask the driver what draws, in a context of its own; on the GUI thread only."""
    surface, context = QOffscreenSurface(), QOpenGLContext()
    surface.create()
    if QGuiApplication.instance() is None or not context.create():
        return "none"
    if not context.makeCurrent(surface):
        return "none"
    try:
        return str(context.functions().glGetString(_GL_RENDERER))
    finally:
        context.doneCurrent()
