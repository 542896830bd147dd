"""Importing what the 3D view needs, off the window's thread."""

from __future__ import annotations

import contextlib

from studio.core import Progress, StudioError
from studio.core.imports import put_off

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
    with contextlib.suppress(StudioError, OSError):
        face_paint(studio_face())
