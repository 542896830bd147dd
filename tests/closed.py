"""A folder nobody may look into, as after chmod 000."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def closed(folder: Path) -> Iterator[None]:
    """Whatever asks the system about the inside of the folder is refused.

    Played, because a real one does not keep an administrator out, as whom tests may run.
    """
    inner = f"{folder}{os.sep}"

    def guarded(real: Callable[..., object], *, itself: bool) -> Callable[..., object]:
        def ask(path: object = ".", *args: object, **more: object) -> object:
            name = os.fspath(path) if isinstance(path, str | os.PathLike) else ""
            if name.startswith(inner) or (itself and name == str(folder)):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), name)
            return real(path, *args, **more)

        return ask

    with pytest.MonkeyPatch.context() as patch:
        for name in ("stat", "lstat", "mkdir", "rename", "replace", "unlink", "rmdir"):
            patch.setattr(os, name, guarded(getattr(os, name), itself=False))
        for name in ("open", "scandir", "listdir"):
            patch.setattr(os, name, guarded(getattr(os, name), itself=True))
        may = os.access

        def access(path: object, mode: int) -> bool:
            return not f"{path}{os.sep}".startswith(inner) and may(str(path), mode)

        patch.setattr(os, "access", access)
        patch.setattr(io, "open", guarded(io.open, itself=False))
        patch.setattr("builtins.open", guarded(open, itself=False))
        yield
