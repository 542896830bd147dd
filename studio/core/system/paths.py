"""Where the studio finds what it ships, in a checkout and in an installed wheel."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

APP = "expression-studio"
SESSION = ".studio"  # behind the name of a session
_PACKAGE = Path(__file__).resolve().parents[2]


def shipped(name: str) -> Path:
    """Find the folder `resources` or `checkpoints`.

    It lies beside the package in a checkout, inside it in a wheel.
    """
    beside = _PACKAGE.parent / name
    if (_PACKAGE.parent / "pyproject.toml").is_file() and beside.is_dir():
        return beside
    return _PACKAGE / "_shipped" / name


def is_shipped(path: Path) -> bool:
    """Whether a path lies in the package, or in what it ships."""
    place = Path(os.path.realpath(path))
    inside = (_PACKAGE, shipped("resources"), shipped("checkpoints"))
    return any(place.is_relative_to(folder) for folder in inside)


def cache_folder() -> Path:
    """Find where derived data may lie; deleting it costs time only."""
    return Path(platformdirs.user_cache_dir(APP))


def data_folder() -> Path:
    """Find where what the user would miss lies: sessions, autosaves, model sets added by hand."""
    return Path(platformdirs.user_data_dir(APP))
