"""Which cameras this computer has; told without the library that opens them."""

from __future__ import annotations

import sys
from pathlib import Path


def cameras() -> list[str]:
    """List the cameras of this computer by name, as far as the system tells: Linux alone does."""
    return sorted(str(path) for path in Path("/dev").glob("video*"))


def numbered(camera: str) -> str:
    """Give the name of a camera that may be told by its number, as the system counts them."""
    return f"/dev/video{camera}" if camera.isdecimal() and sys.platform == "linux" else camera
