"""The standard streams, which may be closed, full, or a pipe that nobody reads any more."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from pathlib import Path

from studio.core.errors import StudioError

from .disk import refusal

_FULL = {errno.ENOSPC, errno.EIO, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


def prepare() -> None:
    """Have all three streams there, and let them take every name that a file can have.

    In the place of one that was closed lies the null device; otherwise the next file to be opened
    would get its number, and what is printed would land in that file.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def say(sentence: str) -> None:
    """Print a line on stderr; that nobody can read it is no reason to stop."""
    with contextlib.suppress(OSError):
        print(sentence, file=sys.stderr)


def unprinted(error: OSError) -> StudioError | None:
    """Say that what a command prints cannot be written, None for an error of something else.

    Files have their names in such errors, or are refused in a sentence of their own.
    """
    if error.filename is not None or error.errno not in _FULL:
        return None
    return StudioError(f"standard output: cannot be written: {refusal(error)}")


def settle() -> None:
    """Write out what was printed; what a stream does not take is given up."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            # What is left in the buffer would be refused once more at the end of the process.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
