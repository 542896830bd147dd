"""Reports of what should not have happened, as files a user can attach.

A report holds versions, the system, the last lines of the log and the traceback: no contents of
files, and the home folder only as ``~``. Only the owner can read it.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from studio import __version__
from studio.core import StudioError
from studio.core.system.paths import data_folder
from studio.io.files import OWNER_ALONE, whole_file

KEPT_REPORTS = 20
LOG_LINES = 60
_ENDED_BADLY = ("Fatal Python error", "Windows fatal exception", "Fatal error")


def reports_folder() -> Path:
    """Give the folder that crash reports are kept in."""
    return data_folder() / "reports"


def shortened(text: str) -> str:
    """Replace the name of the home folder in a text by ``~``."""
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text


def report_text(trace: str, log: str, facts: str) -> str:
    """Put a report together.

    Parameters
    ----------
    trace
        The traceback.
    log
        The last lines of the log.
    facts
        Versions and system, as `versions.facts` gives them.
    """
    when = datetime.now().astimezone().isoformat(timespec="seconds")
    parts = {"What runs here": facts, "Last lines of the log": log, "Traceback": trace}
    head = f"Expression Studio report of {when}"
    body = "\n\n".join(f"{name}\n{'-' * len(name)}\n{text.strip()}" for name, text in parts.items())
    return shortened(f"{head}\n\n{body}\n")


def write_report(text: str, folder: Path | None = None) -> Path | None:
    """Keep a report as a file of its own and remove the oldest beyond `KEPT_REPORTS`.

    Parameters
    ----------
    folder
        Where; the studio's own folder of reports where there is None.

    Returns
    -------
    The file; None where the disk refuses.
    """
    folder = folder or reports_folder()
    path = folder / f"report-{datetime.now():%Y%m%d-%H%M%S-%f}.txt"
    try:
        with whole_file(path, private=True) as part:
            part.write_text(text, encoding="utf-8")
    except StudioError:
        return None
    for old in sorted(folder.glob("report-*.txt"))[:-KEPT_REPORTS]:
        with contextlib.suppress(OSError):
            old.unlink()
    return path


class CrashWatch:
    """A file that Python writes into when the process dies of a fault in native code.

    It is named by the process; the next start finds it if `stop` did not take it away.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or reports_folder()
        self._file: TextIO | None = None

    def start(self) -> None:
        """Begin to watch; a disk that refuses is no reason not to run, so that is not told."""
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"running-{os.getpid()}.txt"
            path.touch(OWNER_ALONE)
            self._file = path.open("w", encoding="utf-8")
            self._file.write(f"Expression Studio {__version__}\n{platform.platform()}\n")
            self._file.write(f"Python {platform.python_version()}\n\n")
            self._file.flush()
            faulthandler.enable(self._file)

    def stop(self) -> None:
        """End the watch and take its file away."""
        if self._file is None:
            return
        faulthandler.disable()
        self._file.close()
        with contextlib.suppress(OSError):
            Path(self._file.name).unlink()
        self._file = None

    def left_behind(self) -> Path | None:
        """Make reports of what runs that died of a fault have left, and give the newest."""
        found = None
        for path in sorted(self.folder.glob("running-*.txt")):
            if _runs(path):
                continue
            with contextlib.suppress(OSError):
                text = path.read_text(encoding="utf-8", errors="replace")
                path.unlink()
                if any(words in text for words in _ENDED_BADLY):
                    found = write_report(shortened(text), self.folder) or found
        return found


def _runs(trace: Path) -> bool:
    """Whether the process of a trace file still runs."""
    number = trace.stem.removeprefix("running-")
    if not number.isdigit():
        return False
    if sys.platform == "win32":
        try:
            trace.rename(trace)  # refused while another process holds the file open
        except OSError:
            return True
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


class BugCatcher(QObject):
    """Hands exceptions that nobody caught, on any thread, to a function of the GUI thread."""

    _caught = Signal(object)

    def __init__(self, tell: Callable[[Exception], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tell = tell
        self._caught.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Take the place of Python's hooks for exceptions that nobody caught."""
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook

    def remove(self) -> None:
        """Put Python's own hooks back."""
        sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__

    def _hook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        traceback.print_exception(kind, error, trace)
        if isinstance(error, Exception) and isValid(self):
            self._caught.emit(error)

    def _thread_hook(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._hook(args.exc_type, args.exc_value, args.exc_traceback)

    def _pass_on(self, error: Exception) -> None:
        self._tell(error)
