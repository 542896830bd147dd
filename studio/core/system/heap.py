"""Memory that is let go: what Python looks for, and what goes back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of glibc's mallopt
_LARGE, _SPARE = 1 << 20, 32 << 20  # bytes
_SELDOM = 50_000  # new objects
_USUAL = gc.get_threshold()


def collect_seldom() -> None:
    """Let Python look for forgotten cycles seldom, while libraries are imported.

    They make half a million objects that stay. Python looks at each of them several times on the
    way, which costs a sixth of the import.
    """
    gc.set_threshold(_SELDOM, *_USUAL[1:])


def collect_as_usual() -> None:
    """Set aside what is there for good, and look for forgotten cycles as often as Python does."""
    gc.freeze()
    gc.set_threshold(*_USUAL)


def keep_arrays_apart() -> None:
    """Have large arrays lie apart from small things, where the C library is glibc.

    Once the first large array has been freed, glibc takes the next ones from the heap, where a
    small thing that is kept above one that is freed keeps its memory from the system: after a
    hundred generated and exported clips that was several times what is in use. The heap itself
    keeps some spare memory: to give it back and ask for it anew cost a stack of edits a sixth.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _LARGE)
        mallopt(_TRIM_THRESHOLD, _SPARE)
