"""The faces that the studio knows. One more is one more file with a `load`, and a line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import StudioError

from . import studio_face as shipped
from .model import FaceModel
from .template import load_template

_LOADERS: dict[str, Callable[[], FaceModel]] = {shipped.NAME: shipped.load}
_loaded: dict[str, FaceModel] = {}


def register(name: str, load: Callable[[], FaceModel]) -> None:
    """Add a face, or put another in the place of one.

    Parameters
    ----------
    name : what the face is called
    load : reads it, when a face is first asked for; raises `StudioError` where it cannot
    """
    _LOADERS[name] = load
    _loaded.pop(name, None)


def unregister(name: str) -> None:
    """Know a face no longer."""
    del _LOADERS[name]
    _loaded.pop(name, None)


def forget() -> None:
    """Read each face anew when it is next asked for, after files of one were written."""
    load_template.cache_clear()
    _loaded.clear()


def studio_face() -> FaceModel:
    """Read the face that the studio ships, once.

    Raises
    ------
    StudioError
        When it cannot be read.
    """
    return _face(shipped.NAME)


def known(topology: str) -> FaceModel | None:
    """Find the face that a mesh of this topology is, or that a model file names by its list.

    Returns
    -------
    None for any other triangulation. A face that cannot be read is not known either.
    """
    return next((face for face in known_faces() if topology in face.topologies), None)


def regions_of(topology: str) -> dict[str, NDArray[np.bool_]] | None:
    """Find the regions of the face that a mesh of this topology is.

    Returns
    -------
    (N,) bool for each region by name; None for any other triangulation.
    """
    face = known(topology)
    return face.template.regions if face is not None else None


def known_faces() -> Iterator[FaceModel]:
    """Go through the faces that can be read."""
    for name in _LOADERS:
        try:
            yield _face(name)
        except (StudioError, OSError):
            continue


def _face(name: str) -> FaceModel:
    if name not in _loaded:
        _loaded[name] = _LOADERS[name]()
    return _loaded[name]
