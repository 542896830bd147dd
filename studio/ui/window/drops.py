"""What is dragged onto the window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QUrl


def dropped_paths(urls: Sequence[QUrl]) -> list[Path]:
    """List the local files and folders among what is dragged."""
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
