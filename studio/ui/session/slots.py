"""Where autosaves lie: one folder a running instance, each held by a lock.

A lock names its process. A folder whose lock belongs to a process that lives is left alone; one
whose process has died holds work to offer, and whoever offers it holds the lock meanwhile, so two
instances never offer the same.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QLockFile

from studio.core import StudioError
from studio.core.system.paths import data_folder
from studio.document import AutosaveFolder
from studio.document.autosave import Leftover
from studio.document.blobs import Fingerprints


def autosave_root() -> Path:
    """Find the platform's place for the folders of all autosaves."""
    return data_folder() / "autosave"


class Slot:
    """One of the folders, and the lock beside it."""

    def __init__(self, path: Path, fingerprints: Fingerprints | None = None) -> None:
        self.folder = AutosaveFolder(path, fingerprints)
        self._lock = QLockFile(str(path) + ".lock")
        # A lock is stale when its process has gone, however long that process works.
        self._lock.setStaleLockTime(0)

    @classmethod
    def free(cls, fingerprints: Fingerprints, root: Path | None = None) -> Slot:
        """Make a slot of this process; its folder is made when it is first written to."""
        name = f"{os.getpid()}-{uuid4().hex[:8]}"
        return cls((root or autosave_root()) / name, fingerprints)

    def hold(self) -> bool:
        """Take the lock.

        Returns
        -------
        bool
            False where another process, or another part of this one, has it.

        Raises
        ------
        StudioError
            Where no lock can be made.
        """
        if self._lock.isLocked():
            return True
        path = self.folder.path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = (error.strerror or "an error of the system").lower()
            raise StudioError(_refused(path.parent, reason)) from error
        if self._lock.tryLock(0):
            return True
        if self._lock.error() == QLockFile.LockError.LockFailedError:
            return False
        raise StudioError(_refused(path.parent, "no permission to write there"))

    def release(self) -> None:
        """Let others have the folder."""
        self._lock.unlock()

    def remove(self) -> None:
        """Delete the folder, then give the lock back."""
        self.folder.remove()
        self.release()


@dataclass(frozen=True)
class Found:
    """Work that a process which died has left; its lock is held."""

    slot: Slot
    leftover: Leftover


def find_left_behind(root: Path, fingerprints: Fingerprints) -> list[Found]:
    """Find what others have left, the newest first; folders with nothing in them are deleted."""
    found = []
    for path in _folders(root):
        slot = Slot(path, fingerprints)
        if not slot.hold():
            continue
        leftover = slot.folder.leftover()
        if leftover is None:
            slot.remove()
        else:
            found.append(Found(slot, leftover))
    return sorted(found, key=lambda one: one.leftover.saved, reverse=True)


def _refused(folder: Path, reason: str) -> str:
    return f"{folder}: no place for autosaves: {reason}"


def _folders(root: Path) -> list[Path]:
    """List all folders, and those of which only the lock is there."""
    try:
        names = {path.name.removesuffix(".lock") for path in root.iterdir()}
    except FileNotFoundError:
        return []
    except OSError as error:
        reason = (error.strerror or "an error of the system").lower()
        raise StudioError(_refused(root, reason)) from error
    return [root / name for name in sorted(names)]
