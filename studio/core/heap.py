"""Memory of arrays that are let go, which goes back to the system."""

from __future__ import annotations

import ctypes
import sys

_MMAP_THRESHOLD = -3  # of glibc's mallopt
_LARGE = 1 << 20  # bytes


def keep_arrays_apart() -> None:
    """Have large arrays lie apart from small things, where the C library is glibc.

    Once the first large array has been freed, glibc takes the next ones from the heap, where a
    small thing that is kept above one that is freed keeps its memory from the system: after a
    hundred generated and exported clips that was several times what is in use.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _LARGE)
