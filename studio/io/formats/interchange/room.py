"""Room on the disk for what a library writes, which may not survive a full one."""

from __future__ import annotations

import os
from pathlib import Path

from studio.core import MeshSequence

_MORE = 1 << 16  # bytes besides the numbers


def find_room(path: Path, sequence: MeshSequence) -> None:
    """Have the system find room for the points of all frames and the faces, where it can.

    Raises
    ------
    OSError
        As the system does.
    """
    if not hasattr(os, "posix_fallocate"):
        return
    size = sequence.vertices.nbytes + 2 * sequence.faces.nbytes + _MORE
    try:
        with path.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, size)
    finally:
        path.unlink(missing_ok=True)
