"""A VTK window that no screen needs: X, EGL or OSMesa, whichever the machine has."""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterator
from types import TracebackType

import numpy as np
import vtkmodules.vtkRenderingFreeType
import vtkmodules.vtkRenderingOpenGL2  # noqa: F401  (registers what the factories below make)
from vtkmodules.vtkCommonCore import vtkLogger, vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow

from studio.core import StudioError
from studio.render.coloring.eyes import Image

from .edges import smooth_edges
from .vtk_bridge import from_vtk

SAMPLES = 4
SOFTWARE = ("llvmpipe", "softpipe", "swrast", "swiftshader", "software", "gdi generic")
_OSMESA = ("libOSMesa.so", "libOSMesa.so.8", "libOSMesa.so.6")


def is_software(renderer: str) -> bool:
    """Whether a GL renderer's name is that of a rasterizer on the CPU."""
    return any(name in renderer.lower() for name in SOFTWARE)


class OffScreen:
    """A window and its renderer, to be used as a context manager.

    Edges are smoothed by several samples a pixel. On the CPU, where those take three times as long
    as the drawing, the finished picture is smoothed, unless nothing is behind the face or what is
    drawn is as fine as a pixel.

    Parameters
    ----------
    alpha
        Whether pictures have a fourth channel, which is 0 where nothing is.
    fine
        Whether lines or dots are drawn, of which a smoothed picture makes patterns.

    Raises
    ------
    StudioError
        On a machine where nothing can draw.
    """

    def __init__(self, width: int, height: int, *, alpha: bool = False, fine: bool = False) -> None:
        if min(width, height) < 1:
            raise StudioError(f"a picture of {width} x {height} pixels cannot be drawn")
        self.width, self.height, self.alpha = width, height, alpha
        with _quiet():
            self.window = vtkRenderWindow()
        _check(self.window.GetClassName())
        self.window.SetOffScreenRendering(1)
        self.window.SetSize(width, height)
        self.window.SetAlphaBitPlanes(int(alpha))
        self.renderer = vtkRenderer()
        self.window.AddRenderer(self.renderer)
        with _quiet():
            self.window.Initialize()
            software = is_software(self.window.ReportCapabilities() or "")
        self._smooths = software and not alpha and not fine
        self.window.SetMultiSamples(0 if self._smooths else SAMPLES)

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.width / self.height

    def draw(self) -> Image:
        """(height, width, 3), or 4 with alpha, top row first."""
        with _quiet():
            self.window.Render()
        pixels = vtkUnsignedCharArray()
        read = self.window.GetRGBACharPixelData if self.alpha else self.window.GetPixelData
        read(0, 0, self.width - 1, self.height - 1, 0, pixels, 0)
        read_out = from_vtk(pixels).reshape(self.height, self.width, -1)
        picture = np.array(read_out[::-1], dtype=np.uint8)
        return smooth_edges(picture) if self._smooths else picture

    def clear_background(self, color: tuple[float, float, float] | None) -> None:
        """One color behind everything; None, for pictures with alpha, is nothing at all."""
        self.renderer.GradientBackgroundOff()
        self.renderer.SetBackground(*(color or (0.0, 0.0, 0.0)))
        self.renderer.SetBackgroundAlpha(float(color is not None))

    def close(self) -> None:
        """Let go of the window and what it shows."""
        self.renderer.RemoveAllViewProps()
        self.window.RemoveRenderer(self.renderer)
        self.window.Finalize()

    def __enter__(self) -> OffScreen:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _check(window_class: str) -> None:
    """Refuse the last resort where its library is missing: VTK would crash drawing with it."""
    if window_class == "vtkOSOpenGLRenderWindow" and not any(map(_loads, _OSMESA)):
        raise StudioError(
            "drawing without a display needs EGL, which this machine lacks; "
            "on Debian or Ubuntu: apt-get install libegl1 libgl1-mesa-dri"
        )


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep VTK from warning of each kind of window it tries on the way to one that works."""
    before = vtkLogger.GetCurrentVerbosityCutoff()
    vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_ERROR)
    try:
        yield
    finally:
        vtkLogger.SetStderrVerbosity(before)
