"""The session the document belongs to: saving and opening in the background."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.core import Progress
from studio.document import Document, DocumentState, Session, read_session, write_session
from studio.document.blobs import Fingerprints
from studio.ui.kit.lanes import Lane

View = Mapping[str, object]
Then = Callable[[], object]
Stamp = tuple[int, int]  # time of the last change in ns, bytes


def _nothing() -> None:
    """Do nothing afterwards."""


class SessionFiles(QObject):
    """Saves and opens session files; asks the user nothing, which is the window's part.

    Attributes
    ----------
    path : Path or None
        Where the document was last saved or opened, None where it never was.
    view : callable
        Says what the window shows, to be stored with the document.
    restore_view : callable
        Shows that again.
    """

    path_changed = Signal(object)  # Path, or None
    saved = Signal(object)  # Path
    opened = Signal(object)  # Path
    replaced = Signal()  # another document stands in the place of this one
    noticed = Signal(str)
    failed = Signal(object)  # Exception

    def __init__(
        self, document: Document, saving: Lane, reading: Lane, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.document, self.saving, self.reading = document, saving, reading
        self.path: Path | None = None
        self.view: Callable[[], View] = dict
        self.restore_view: Callable[[View], object] = lambda _view: None
        self.fingerprints = Fingerprints()
        self._waiting: Then = _nothing
        self._stamp: Stamp | None = None

    def now(self) -> Session:
        """Take the document as it is at this moment; states are frozen, so this costs nothing."""
        return Session(self.document.state, self.view(), self.path)

    @property
    def changed_outside(self) -> bool:
        """Whether someone else has written the session's file since it was opened or saved here."""
        now = None if self.path is None else _stamp(self.path)
        return None not in (now, self._stamp) and now != self._stamp

    def save(self, path: Path, then: Then = _nothing) -> None:
        """Write the document; what is edited meanwhile stays unsaved.

        Parameters
        ----------
        path : Path
            The file.
        then : callable
            Called afterwards, if it went well.
        """
        session, self._waiting = self.now(), _nothing
        self.saving.submit(
            write_session_file,
            session,
            path,
            self.fingerprints,
            title=f"Saving {path.name}",
            on_result=lambda written: self._take_saved(session.state, written, then),
            on_error=self._miss_saved,
        )

    def after_saving(self, then: Then) -> None:
        """Do something once what is being saved now lies in its file, never if that fails."""
        self._waiting = then

    def open(self, path: Path, ready: Callable[[Session], object]) -> None:
        """Read a session and hand it on, whole and checked; the document stays as it is."""
        evaluator = self.document.evaluator
        self.read(
            lambda progress: read_session(path, progress=progress, evaluator=evaluator),
            f"Opening {path.name}",
            ready,
        )

    def read(
        self,
        how: Callable[[Progress], Session],
        title: str,
        ready: Callable[[Session], object],
        missed: Then = _nothing,
    ) -> None:
        """Read a session in some way of its own, in the background.

        Parameters
        ----------
        how : callable
            Reads it, in a worker's thread.
        title : str
            What the job is called.
        ready : callable
            Gets the session.
        missed : callable
            Called where the session could not be read, after `failed`.
        """

        def miss(error: Exception) -> None:
            self.failed.emit(error)
            missed()

        def run(*, progress: Progress) -> Session:
            return how(progress)

        self.reading.submit(run, title=title, on_result=ready, on_error=miss)

    def take(self, session: Session, path: Path | None, *, saved: bool = True) -> None:
        """Put a session in the place of the document.

        Parameters
        ----------
        session : Session
            What is there from now on.
        path : Path or None
            The file it belongs to.
        saved : bool
            Whether it lies there as it is.
        """
        self._put(session.state, path, saved=saved)
        self.restore_view(session.view)
        for note in session.notes:
            self.noticed.emit(note)
        if path is not None and saved:
            self.opened.emit(path)

    def new(self) -> None:
        """Begin an empty document that belongs to no file."""
        self._put(DocumentState(generation=self.document.state.generation), None, saved=False)

    def _put(self, state: DocumentState, path: Path | None, *, saved: bool) -> None:
        self.replaced.emit()
        self._set_path(path)
        self.document.replace(state, saved=saved)

    def _take_saved(self, state: DocumentState, path: Path, then: Then) -> None:
        self._set_path(path)
        self.document.mark_saved(state)
        self.saved.emit(path)
        self.noticed.emit(f"Saved {path.name}")
        waiting, self._waiting = self._waiting, _nothing
        then()
        waiting()

    def _miss_saved(self, error: Exception) -> None:
        self._waiting = _nothing
        self.failed.emit(error)

    def _set_path(self, path: Path | None) -> None:
        self._stamp = None if path is None else _stamp(path)
        if path != self.path:
            self.path = path
            self.path_changed.emit(path)


def _stamp(path: Path) -> Stamp | None:
    try:
        entry = path.stat()
    except OSError:
        return None
    return entry.st_mtime_ns, entry.st_size


def write_session_file(
    session: Session, path: Path, fingerprints: Fingerprints, *, progress: Progress
) -> Path:
    """Write a session, and return where it lies."""
    write_session(session, path, progress=progress, fingerprints=fingerprints)
    return path
