"""What fits into memory, asked before anything large is read."""

from __future__ import annotations

import os
from pathlib import Path

from studio.core import InputError

_SHARE = 0.8
_UNKNOWN = 8 << 30


def available() -> int:
    """Count the bytes that can be taken without swapping, as far as the system tells."""
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
        line = next(line for line in text.splitlines() if line.startswith("MemAvailable"))
        return int(line.split()[1]) * 1024
    except (OSError, StopIteration, ValueError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return _UNKNOWN


def check_room(path: Path, needed: int) -> None:
    """Ask for memory before it is taken.

    Raises
    ------
    InputError
        Where `needed` bytes are most of what memory there is.
    """
    room = available()
    if needed > _SHARE * room:
        wanted = f"a sequence that fits into {room / 2**30:.1f} GiB of free memory"
        raise InputError.of(path, wanted, f"one of about {needed / 2**30:.1f} GiB")
