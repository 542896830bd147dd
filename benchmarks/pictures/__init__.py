"""Makes the pictures of the README and of docs again, each kind of them by a module."""

from __future__ import annotations

import sys
from pathlib import Path

LIMIT_BYTES = 400_000


def report(path: Path) -> None:
    """Print how large a picture is, and whether that is too much."""
    size = path.stat().st_size
    print(f"{path}: {size / 1000:.0f} kB")
    if size > LIMIT_BYTES:
        print(f"  over {LIMIT_BYTES / 1000:.0f} kB", file=sys.stderr)
