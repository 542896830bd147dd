"""The shipped bundle of MediaPipe's face landmarker: a zip archive of networks and a face."""

from __future__ import annotations

import zipfile
from pathlib import Path

from studio.core.errors import CheckpointError
from studio.core.system.paths import shipped


def bundle() -> Path:
    """Find the shipped file."""
    return shipped("resources") / "face_landmarker" / "face_landmarker.task"


def member(name: str) -> bytes:
    """Read a file of the bundle.

    Raises
    ------
    CheckpointError
        Where the bundle is not there, or damaged.
    """
    path = bundle()
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(name)
    except (OSError, KeyError, zipfile.BadZipFile, NotImplementedError) as error:
        raise CheckpointError(
            f"{path.name}: expected MediaPipe's face landmarker with {name}, found {error}; "
            "installing the studio anew brings it back"
        ) from error
