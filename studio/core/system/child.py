"""Processes of the studio's own that do a part of its work, and go when it is done or stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_POSIX = os.name == "posix"


@contextlib.contextmanager
def child(module: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a module of the studio as a process; it goes at the end together with what it started.

    What it says on stderr is no one's to read.
    """
    root = str(Path(__file__).parents[3])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    process = subprocess.Popen(
        [sys.executable, "-m", module, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        start_new_session=_POSIX,  # a group of its own, which can be ended as one
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    try:
        yield process
    finally:
        _end(process)


def ended_how(process: subprocess.Popen[bytes]) -> str:
    """Say how a process has ended, in brackets."""
    status = process.wait()
    if status < 0:
        with contextlib.suppress(ValueError):
            return f" ({signal.Signals(-status).name})"
    return f" (status {status})"


def _end(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            if pipe is not None:
                pipe.close()
