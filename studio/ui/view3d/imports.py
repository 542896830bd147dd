"""Importing what the 3D view needs, off the window's thread."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from types import ModuleType

from studio.core import Progress, StudioError

# What pyvista imports for charts and for files of the internet, which the view does not show.
UNUSED = ("matplotlib.pyplot", "matplotlib.backends.backend_agg", "pooch")


def import_view(*, progress: Progress) -> None:
    """Import VTK and paint the template's skin off the window's thread.

    The painted window answers meanwhile, and the first clip shows at once.
    """
    progress.report(0.0, "Preparing the view")
    from studio.face.known import studio_face
    from studio.render.coloring.paint import face_paint

    with put_off(*UNUSED):
        from . import viewport  # noqa: F401

    # A view without the template's looks is still a view.
    with suppress(StudioError, OSError):
        face_paint(studio_face())


@contextmanager
def put_off(*names: str) -> Iterator[None]:
    """Import libraries in the block without these modules, which come when they are used.

    A library may import at its start what only few of its users call. Where such a module is
    imported after the block, or something of it is used, it is imported then, as it is.

    Parameters
    ----------
    names : str
        Modules that the libraries only import by name, or take functions of; those that are there
        already are left alone.
    """
    later = {name: _Later(name) for name in names if name not in sys.modules}
    sys.modules.update(later)
    try:
        yield
    finally:
        for name, module in later.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


class _Later(ModuleType):
    """Stands for a module that other modules import, until something of it is used."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is not self:
            return getattr(import_module(self.__name__), name)
        # What imports a function by its name gets one that finds it when it is called.
        return self._found_when_called(name)

    def _found_when_called(self, name: str) -> Callable[..., object]:
        def call(*given: object, **named: object) -> object:
            found: Callable[..., object] = getattr(import_module(self.__name__), name)
            return found(*given, **named)

        return call
