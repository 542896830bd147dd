"""`python -m studio` and `expression-studio`: a window or a command."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path


def main() -> None:
    """Run what the command line asks for and exit with its status."""
    # Read when torch loads; waiting threads that spin would take the processor from the window.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from studio.cli.app import run

    sys.exit(run(sys.argv[1:], open_window))


def open_window(paths: Sequence[Path]) -> int:
    """Open the window with these files and run it until it is closed; the exit status."""
    if sys.platform == "win32":
        import torch  # noqa: F401  (its libraries do not load after Qt's)

    from studio.ui.window.app import run_app

    return run_app(paths)


if __name__ == "__main__":
    main()
