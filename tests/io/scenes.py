"""Files of scenes, and reading them without a process of their own."""

from __future__ import annotations

import importlib
from pathlib import Path

from studio.core import MeshSequence, Progress
from studio.core.errors import InputError
from studio.io.format import Source
from studio.io.formats.interchange.scene import Damage, clip_of


def read_here(module: str, path: Path, *, unit: str | None = None) -> MeshSequence:
    """Read a file as `read_sequence` does, but in this process."""
    load = importlib.import_module(f"studio.io.formats.interchange.{module}").load
    source = Source(path, (path,), 0, None, 30.0, Progress(), lambda first, count: None, unit)
    try:
        return clip_of(load(path), source)
    except Damage:
        raise InputError.of(path, "a scene", "a damaged file") from None
