"""The frozen program: the studio, or a module of it in a process of its own.

In a frozen program `sys.executable` is the program itself, which is asked for ``-m MODULE`` where
the studio starts one of its modules as a process.
"""

import multiprocessing
import runpy
import sys


def main() -> None:
    """Run what the command line asks for."""
    multiprocessing.freeze_support()  # first: such a process has arguments of its own
    if sys.argv[1:2] == ["-m"] and len(sys.argv) > 2:
        module, sys.argv = sys.argv[2], sys.argv[2:]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        return
    from studio.__main__ import main as studio

    studio()


if __name__ == "__main__":
    main()
