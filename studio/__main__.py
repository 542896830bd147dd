"""`python -m studio` and `expression-studio`: a window or a command."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.core import Given


def main() -> None:
    """Run what the command line asks for and exit with its status."""
    # Read when torch loads; waiting threads that spin would take the processor from the window.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from studio.cli.app import run
    from studio.core.heap import keep_arrays_apart

    keep_arrays_apart()
    sys.exit(run(sys.argv[1:], open_window))


def open_window(paths: Sequence[Path], given: Given) -> int:
    """Open the window with these files, read as given, and run it; the exit status."""
    if sys.platform == "win32":
        import torch  # noqa: F401  (its libraries do not load after Qt's)

    from studio.ui.window.app import run_app

    return run_app(paths, given)


if __name__ == "__main__":
    main()
