"""The models that a process has open, once, while it works on one clip after the other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.core import Progress
    from studio.engine import Engine

_Key = tuple[object, ...]


class Engines:
    """Opens models; within `kept`, those that were opened last are given again."""

    def __init__(self) -> None:
        self._keepers = 0
        self._last: tuple[_Key, Engine] | None = None

    def open(self, models: Path | None, device: str, progress: Progress) -> Engine:
        """Open models as `Engine.open` does, or give them again where their files are the same."""
        # After the clip was read, because it takes seconds to import.
        from studio.engine import Engine
        from studio.engine.loading.sets import default_set

        if not self._keepers:
            return Engine.open(models, device, progress)
        key = (device, *_stamps(default_set() if models is None else models))
        if self._last is None or self._last[0] != key:
            self._last = None  # before the next ones take their memory
            self._last = key, Engine.open(models, device, progress)
        return self._last[1]

    @property
    def keeping(self) -> bool:
        """Whether anybody wants that."""
        return self._keepers > 0

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep what is opened, until the outermost of such blocks ends."""
        self._keepers += 1
        try:
            yield
        finally:
            self._keepers -= 1
            if not self._keepers:
                self._last = None


ENGINES = Engines()  # of this process


def _stamps(folder: Path) -> list[object]:
    """Say which files a folder holds, by name, size and time of change."""
    try:
        with os.scandir(folder) as entries:
            each = [(e.name, e.stat().st_size, e.stat().st_mtime_ns) for e in entries]
    except OSError:
        each = []  # opening it says why
    return [str(folder.absolute()), *sorted(each)]
