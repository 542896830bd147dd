"""What the studio did and said, newest last: bounded, and open to every thread."""

from __future__ import annotations

import logging
import threading
import warnings
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TextIO

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

Level = Literal["info", "warning", "error"]
KEPT = 2000
LONGEST = 20_000  # characters of details kept of one entry


@dataclass(frozen=True)
class Entry:
    """One thing that happened.

    Attributes
    ----------
    number
        Counts up from 0 over the life of the log.
    details
        Lines that explain the sentence, such as a traceback.
    """

    number: int
    level: Level
    text: str
    details: str = ""
    when: datetime = field(default_factory=datetime.now)

    def lines(self) -> str:
        """Write the entry as text, its details indented below it."""
        head = f"{self.when:%H:%M:%S}  {self.level:<7}  {self.text}"
        return "\n".join([head, *(f"    {line}" for line in self.details.splitlines())])


class Log(QObject):
    """Keeps the last `KEPT` entries."""

    added = Signal()  # on the thread that added

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._lock = threading.Lock()
        self._next = 0

    def add(self, text: str, level: Level = "info", details: str = "") -> None:
        """Add an entry, from any thread."""
        if len(details) > LONGEST:
            details = f"{details[:LONGEST]}\n…"
        with self._lock:
            self._entries.append(Entry(self._next, level, text, details))
            self._next += 1
        if isValid(self):
            self.added.emit()

    def entries(self, start: int = 0) -> list[Entry]:
        """Give the entries that are kept, from a number on."""
        with self._lock:
            return [entry for entry in self._entries if entry.number >= start]

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def text(self, last: int = KEPT) -> str:
        """Write the last entries as text, one below the other."""
        return "\n".join(entry.lines() for entry in self.entries()[-last:])


class _Handler(logging.Handler):
    """Passes logging records on."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.INFO)
        self.log = log

    def emit(self, record: logging.LogRecord) -> None:
        level: Level = "info"
        if record.levelno >= logging.WARNING:
            level = "error" if record.levelno >= logging.ERROR else "warning"
        details = ""
        if record.exc_info and record.exc_info[0] is not None:
            details = logging.Formatter().formatException(record.exc_info)
        self.log.add(f"{record.name}: {record.getMessage()}", level, details)


def listen(log: Log) -> Callable[[], None]:
    """Put Python's warnings and logging records into a log too.

    Both still go where they went before.

    Returns
    -------
    A function that ends it.
    """
    handler, before = _Handler(log), warnings.showwarning

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        log.add(f"{category.__name__}: {message}", "warning", f"{filename}:{lineno}")
        before(message, category, filename, lineno, file, line)

    def end() -> None:
        logging.getLogger().removeHandler(handler)
        if warnings.showwarning is show:
            warnings.showwarning = before

    logging.getLogger().addHandler(handler)
    _keep_stderr()
    warnings.showwarning = show
    return end


def _keep_stderr() -> None:
    """Let Python's last resort go on printing warnings to stderr, which a handler of ours ends."""
    root = logging.getLogger()
    if logging.lastResort is not None and logging.lastResort not in root.handlers:
        root.addHandler(logging.lastResort)
