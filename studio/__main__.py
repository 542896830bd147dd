"""`python -m studio` and `expression-studio`: a window or a command."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.core import Given


def main() -> None:
    """Run what the command line asks for and exit with its status."""
    status: list[int] = []
    atexit.register(_leave, status)  # before the libraries do, so that it comes after theirs
    # Read when torch loads; waiting threads that spin would take the processor from the window.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Read when NumPy loads; its products are small here, so a second thread mostly waits: a fit of
    # a face took as long with one and a quarter less of the processor, a stack of edits less time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from studio.core.system.streams import prepare

    prepare()
    from studio.cli.app import run
    from studio.core.system.heap import collect_seldom, keep_arrays_apart

    collect_seldom()
    keep_arrays_apart()
    status.append(run(sys.argv[1:], open_window))
    sys.exit(status[0])


def _leave(status: Sequence[int]) -> None:
    """End the process at once where all went well.

    Python would take the half million objects of the libraries apart one by one, which costs a
    fifth of a short command; the system takes their memory back in any case.
    """
    if status:
        from studio.core.system.streams import settle

        settle()
        os._exit(status[0])


def open_window(paths: Sequence[Path], given: Given) -> int:
    """Open the window with these files, read as given, and run it; the exit status."""
    if sys.platform == "win32":
        import torch  # noqa: F401  (its libraries do not load after Qt's)

    from studio.ui.window.app import run_app

    return run_app(paths, given)


if __name__ == "__main__":
    main()
