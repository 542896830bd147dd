"""Keeps a copy of unsaved work, so that no death of the program costs more than a minute."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from studio.core import Progress
from studio.document import DocumentState, Session
from studio.document.blobs import Fingerprints
from studio.ui.kit.lanes import BEHIND, Lane
from studio.ui.log.messages import sentence

from .files import SessionFiles
from .slots import Found, Slot, autosave_root, find_left_behind


class AutosaveService(QObject):
    """Writes the document in the background while it holds work that lies in no file.

    Parameters
    ----------
    sessions : SessionFiles
        Whose document is copied.
    root : Path or None
        The folder of all autosaves, by default the platform's place for data.
    """

    found = Signal(list)  # of Found: what earlier runs have left
    noticed = Signal(str)

    def __init__(
        self, sessions: SessionFiles, parent: QObject | None = None, *, root: Path | None = None
    ) -> None:
        super().__init__(parent)
        self.sessions, self.document = sessions, sessions.document
        self.root = root or autosave_root()
        # Not among the window's lanes: a quiet copy is no job to be watched or cancelled.
        self.lane = Lane("autosave", self, nice=BEHIND)
        self._slot = Slot.free(sessions.fingerprints, self.root)
        self._written: DocumentState | None = None
        self._writing = False
        self._told = ""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.save)
        sessions.saved.connect(lambda _path: self._settle())
        sessions.replaced.connect(self._forget)

    @property
    def folder(self) -> Path:
        """Where this instance keeps its copy."""
        return self._slot.folder.path

    def start(self, seconds: float) -> None:
        """Look for what was left behind, and save every so many seconds, never for 0."""
        self.set_interval(seconds)
        self.lane.submit(
            _look, self.root, self.sessions.fingerprints, on_result=self._tell, on_error=self._miss
        )

    def set_interval(self, seconds: float) -> None:
        """Save every so many seconds from now on, never for 0."""
        if seconds <= 0:
            self._timer.stop()
        elif not self._timer.isActive() or self._timer.interval() != round(1000 * seconds):
            self._timer.start(round(1000 * seconds))

    def save(self) -> None:
        """Copy the document now if it holds work that is in no file and not in the copy."""
        state = self.document.state
        if self.lane.busy:
            return
        if not self.document.has_unsaved_work:
            self._forget()
            return
        if state is self._written:
            return
        session = self.sessions.now()
        self._writing = True
        self.lane.submit(
            _write,
            self._slot,
            session,
            on_result=lambda _none: self._take(state),
            on_error=self._miss,
        )

    def adopt(self, found: Found, state: DocumentState) -> None:
        """Go on in a folder that was left behind and whose document has been restored."""
        old, self._slot, self._written = self._slot, found.slot, state
        self.lane.submit(_remove, old)

    def leave(self) -> None:
        """Copy what there is and let go of it, for the next start to offer.

        For when the program is ended from outside.
        """
        self._timer.stop()
        self.lane.close()
        if self.document.has_unsaved_work and self.document.state is not self._written:
            _write(self._slot, self.sessions.now(), progress=Progress())
        self._slot.release()

    def close(self) -> None:
        """Stop, and delete the copy: what the user wanted to keep lies in files."""
        self._timer.stop()
        self.lane.close()
        self._slot.remove()

    def _take(self, state: DocumentState) -> None:
        self._written, self._writing, self._told = state, False, ""

    def _tell(self, found: list[Found]) -> None:
        if found:
            self.found.emit(found)

    def _settle(self) -> None:
        """Delete the copy after a save, unless it holds edits that came during the save."""
        if not self.document.has_unsaved_work:
            self._forget()

    def _forget(self) -> None:
        """Delete the copy, which is of no use any more; its arrays stay for the next one."""
        if self._written is None and not self._writing:
            return
        self._written, self._writing = None, False
        self.lane.submit(_forget, self._slot, on_error=self._miss)

    def _miss(self, error: Exception) -> None:
        """Say once what keeps the work from being copied."""
        self._writing = False
        text = f"Autosave: {sentence(error)}"
        if text != self._told:
            self._told = text
            self.noticed.emit(text)


def _look(root: Path, fingerprints: Fingerprints, *, progress: Progress) -> list[Found]:
    progress.check()
    return find_left_behind(root, fingerprints)


def _write(slot: Slot, session: Session, *, progress: Progress) -> None:
    slot.hold()
    slot.folder.write(session, progress=progress)


def _forget(slot: Slot, *, progress: Progress) -> None:
    progress.check()
    slot.folder.forget()


def _remove(slot: Slot, *, progress: Progress) -> None:
    progress.check()
    slot.remove()
