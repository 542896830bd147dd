"""Whole documents in a window: new, open, save, what to ask before work is lost."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMessageBox, QWidget

from studio.core import Given
from studio.core.progress import Progress
from studio.document import SUFFIX, ClipState, Session, Unsaved
from studio.io.folders.runs import SeveralRuns
from studio.io.naming import safe_name
from studio.io.shapes import has_shapes
from studio.ui.clips.drops import Dropped, is_take, sort
from studio.ui.clips.runs_dialog import RunsDialog
from studio.ui.clips.service import OpenService
from studio.ui.desk import Desk
from studio.ui.kit.bind import bind
from studio.ui.kit.forms import ask, open_over
from studio.ui.settings.settings import Settings

from .autosave import AutosaveService
from .files import SessionFiles
from .recovery_bar import RecoveryBar
from .slots import Found

LOSE, KEEP, SAVE, ELSEWHERE = "lose", "keep", "save", "elsewhere"
PLAY, OPEN = "play", "open"
Role = QMessageBox.ButtonRole
Ask = Callable[[QWidget, Unsaved, Path | None], str]
Then = Callable[[], object]
_FILTER = f"Expression Studio (*{SUFFIX})"


def ask_to_lose(window: QWidget, lost: Unsaved, path: Path | None) -> str:
    """Ask what to do with unsaved work.

    Parameters
    ----------
    window : QWidget
        What the question lies over.
    lost : Unsaved
        The clips that lie in no file.
    path : Path or None
        The file of the session, if it has one.

    Returns
    -------
    str
        `LOSE`, `KEEP` or `SAVE`.
    """
    named = f"Save the changes to {path.name}?" if path is not None else ""
    return ask(
        window,
        named or "Save your work as a session?",
        at_risk(lost),
        ("&Save", Role.AcceptRole, SAVE),
        ("&Don't save", Role.DestructiveRole, LOSE),
        otherwise=KEEP,
    )


def at_risk(lost: Unsaved) -> str:
    """Say in a few sentences what would be lost."""
    told = [
        _told(lost.made, "was made here and lies in no file", "were made here and lie in no file"),
        _told(lost.edited, "was edited since it was saved", "were edited since they were saved"),
    ]
    # What is left is no clip's frames: the order and names of clips, closed ones, settings.
    return "\n".join(filter(None, told)) or "The list of clips or the settings changed."


def _told(clips: Sequence[ClipState], one: str, several: str) -> str:
    if len(clips) < 2:
        return "".join(f"{clip.name} {one}." for clip in clips)
    more = len(clips) - 3
    names = ", ".join(clip.name for clip in clips[:3]) + (f" and {more} more" if more > 0 else "")
    return f"{len(clips)} clips {several}: {names}."


def ask_for_models(window: QWidget, folder: Path) -> bool:
    """Ask whether to work with the models of a folder that was dropped."""
    told = f"{folder}\nThey read and generate from now on, and at the next start too."
    use = ("&Use these models", Role.AcceptRole, OPEN)
    return ask(window, f"Use the models in {folder.name}?", told, use, otherwise=KEEP) == OPEN


def ask_for_head(window: QWidget, takes: Sequence[Path], head: ClipState) -> str:
    """Ask whether takes are played on the head on show, which has its own shapes.

    Returns
    -------
    str
        `PLAY`, `OPEN` or `KEEP`.
    """
    more = f" and {len(takes) - 1} more" if len(takes) > 1 else ""
    return ask(
        window,
        f"Play {takes[0].name}{more} on {head.name}?",
        "That head has its own ARKit shapes, which are moved by their names.",
        ("&Play on this head", Role.AcceptRole, PLAY),
        ("Open on the &studio's head", Role.ActionRole, OPEN),
        otherwise=KEEP,
    )


def ask_to_replace(window: QWidget, path: Path) -> str:
    """Ask what to do when someone else has written the session's file.

    Returns
    -------
    str
        `SAVE`, `ELSEWHERE` or `KEEP`.
    """
    return ask(
        window,
        f"{path.name} was changed by another program.",
        "Saving here replaces what was written there.",
        ("Save &as…", Role.AcceptRole, ELSEWHERE),
        ("&Replace", Role.DestructiveRole, SAVE),
        otherwise=KEEP,
        icon=QMessageBox.Icon.Warning,
    )


def ask_where_to_save(window: QWidget, start: Path) -> Path | None:
    """Ask for the file of a session; None if the user thinks better of it."""
    dialog = QFileDialog(window, "Save session", str(start.parent), _FILTER)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    # Rather than added later, so that the dialog asks before it replaces a file.
    dialog.setDefaultSuffix(SUFFIX[1:])
    dialog.selectFile(start.name)
    if not dialog.exec():
        return None
    return Path(dialog.selectedFiles()[0])


class SessionVerbs:
    """New, open and save for one window, which asks first and then has `SessionFiles` do it.

    Parameters
    ----------
    window : QMainWindow
        What questions lie over, and what shows the title and the bar of unsaved work.
    desk : Desk
        Whose document and models this is about.
    sessions : SessionFiles
        Reads and writes them.
    opening : OpenService
        Opens clips that come with a session, or without one.
    settings : Settings
        Where sessions were saved last.
    ask : Ask
        The question put when work would be lost. It, `ask_models`, `ask_path`, `ask_head` and
        `ask_replace` are attributes, so that they can be answered by something else.
    """

    def __init__(
        self,
        window: QMainWindow,
        desk: Desk,
        sessions: SessionFiles,
        opening: OpenService,
        settings: Settings,
        *,
        ask: Ask = ask_to_lose,
    ) -> None:
        self.window, self.document, self.settings = window, desk.document, settings
        self.sessions, self._desk, self._opening = sessions, desk, opening
        self.ask, self.ask_models, self.ask_path = ask, ask_for_models, ask_where_to_save
        self.ask_replace, self.ask_head = ask_to_replace, ask_for_head
        self.autosaving = AutosaveService(sessions, window)
        self.bar = RecoveryBar(window)
        window.addToolBar(Qt.ToolBarArea.TopToolBarArea, self.bar)
        sessions.path_changed.connect(lambda _path: self.show_title())
        for done in (sessions.saved, sessions.opened):
            done.connect(self._remember)
        self.autosaving.found.connect(self.bar.offer)
        self.autosaving.noticed.connect(desk.noticed)
        self.bar.restore_asked.connect(self.restore)
        opening.several_found.connect(self.choose_runs)
        bind(window, self.document.changed, lambda _before, _after: self.show_title())
        bind(window, self.document.history_changed, self.show_title)
        self.show_title()

    @property
    def path(self) -> Path | None:
        return self.sessions.path

    def start(self, paths: Sequence[Path] = (), given: Given | None = None) -> None:
        """Open what was asked for, offer what earlier runs could not save, begin to autosave."""
        settings = self.settings
        last = settings.last_session
        if paths:
            self.open_paths(paths, given)
        elif settings.reopen_session and last is not None and os.path.isfile(last):
            self.open_session(last)
        self.autosaving.start(settings.autosave_seconds)
        bind(self.window, settings.changed, lambda _key: self._follow_settings())

    def _follow_settings(self) -> None:
        self.autosaving.set_interval(self.settings.autosave_seconds)

    def close(self) -> None:
        """Stop autosaving and delete the copy: nothing in the window is wanted any more."""
        self.autosaving.close()

    # Verbs

    def new(self) -> None:
        self.settle(self.sessions.new)

    def save(self, then: Then = lambda: None) -> None:
        """Write to the session's file, or ask for one first."""
        answer = SAVE
        if self.sessions.changed_outside and self.path is not None:
            answer = self.ask_replace(self.window, self.path)
        if self.path is None or answer == ELSEWHERE:
            self.save_as(then)
        elif answer == SAVE:
            self.sessions.save(self.path, then)

    def save_as(self, then: Then = lambda: None) -> None:
        path = self.ask_path(self.window, self._proposal())
        if path is not None:
            self.sessions.save(path, then)

    def open_paths(self, paths: Sequence[Path], given: Given | None = None) -> None:
        """Open whatever this is: a session in place of the document, models, clips.

        Parameters
        ----------
        given
            How clips are to be read, whatever they say.
        """
        dropped = sort(paths)
        for folder in dropped.models[:1]:
            if self.ask_models(self.window, folder):
                self._desk.models.use_folder(folder)
        if dropped.sessions:
            self.open_session(dropped.sessions[0], dropped.clips, given)
        elif dropped.clips:
            self._open_clips(dropped.clips, given)
        self._take_sounds(dropped)
        if len(dropped.sessions) > 1:
            taken = dropped.sessions[0].name
            self._desk.notice(f"One session is open at a time; {taken} was taken.")

    def _take_sounds(self, dropped: Dropped) -> None:
        """Put a sound beside the clip on show; what is opened with it takes that beside it."""
        if dropped.sounds and not (dropped.clips or dropped.sessions):
            self._opening.sounds_found.emit(dropped.sounds)
        stems = {path.stem for path in dropped.clips}
        for left in (path for path in dropped.sounds if dropped.clips and path.stem not in stems):
            self._desk.notice(f"{left.name} was left: it goes beside the clip on show, by itself.")

    def _open_clips(self, paths: Sequence[Path], given: Given | None) -> None:
        """Open clips, or play a take on the head on show, as is asked where that has shapes."""
        head, answer = self.document.current_clip, OPEN
        if head is not None and has_shapes(head.frame_names) and all(map(is_take, paths)):
            answer = self.ask_head(self.window, paths, head)
        if answer == OPEN:
            self._opening.open_paths(paths, given)
        elif answer == PLAY and head is not None:
            for path in paths:
                self._opening.play(path, head)

    def choose_runs(self, found: SeveralRuns, given: Given) -> None:
        """Ask which runs of a folder to open."""
        dialog = RunsDialog(found, self.window)
        dialog.asked.connect(lambda paths: self._opening.open_paths(paths, given))
        open_over(dialog)

    def open_session(
        self, path: Path, clips: Sequence[Path] = (), given: Given | None = None
    ) -> None:
        """Open a session in place of the document, then clips in it, read as given."""

        def take(session: Session) -> None:
            self.sessions.take(session, path)
            self._opening.open_paths(clips, given)

        self.settle(lambda: self.sessions.open(path, self._unless_edited(take)))

    def restore(self, found: Found) -> None:
        """Put the work of an earlier run in place of the document; it stays unsaved."""

        def take(session: Session) -> None:
            self.sessions.take(session, session.file, saved=False)
            self.autosaving.adopt(found, self.document.state)
            self.bar.drop(found)

        def read(progress: Progress) -> Session:
            evaluator = self.document.evaluator
            return found.slot.folder.read(progress=progress, evaluator=evaluator)

        title = "Restoring unsaved work"
        self.settle(lambda: self.sessions.read(read, title, self._unless_edited(take)))

    # Before work is lost

    def settle(self, then: Then) -> None:
        """Do something that ends the document, once its work is saved or given up."""
        if self.sessions.saving.busy:
            self.sessions.after_saving(lambda: self.settle(then))
            return
        if not self.document.has_unsaved_work:
            then()
            return
        answer = self.ask(self.window, self.document.unsaved, self.path)
        if answer == LOSE:
            then()
        elif answer == SAVE:
            self.save(then)

    def may_close(self) -> bool:
        """Whether the window may close now.

        If not, it closes by itself once the work is saved, or stays, as the user says.
        """
        asking, allowed = True, False

        def close() -> None:
            nonlocal allowed
            if asking:
                allowed = True
            else:
                QTimer.singleShot(0, self.window.close)

        self.settle(close)
        asking = False
        if allowed:
            self.bar.release()
        return allowed

    def _unless_edited(self, take: Callable[[Session], object]) -> Callable[[Session], object]:
        """Wrap a callback to ask again where the document was edited meanwhile."""
        asked = self.document.state

        def ready(session: Session) -> None:
            if self.document.state is asked:
                take(session)
            else:
                self.settle(lambda: take(session))

        return ready

    # What the window shows

    def show_title(self) -> None:
        """Show the clip and the session in the title; a star while there is unsaved work."""
        clip, path = self.document.current_clip, self.path
        names = [clip.name] if clip is not None else []
        names += [path.name] if path is not None else []
        shown = " · ".join(names).replace("[*]", "[*][*]")
        self.window.setWindowTitle(f"{shown}[*] — Expression Studio" if shown else _UNTITLED)
        self.window.setWindowModified(self.document.has_unsaved_work)

    def _proposal(self) -> Path:
        if self.path is not None and os.path.isdir(self.path.parent):
            return self.path
        clip = self.document.current_clip
        name = f"{safe_name(clip.name) if clip is not None else 'session'}{SUFFIX}"
        name = self.path.name if self.path is not None else name
        return self.settings.place("session", "open") / name

    def _remember(self, path: Path) -> None:
        settings = self.settings
        settings.add_recent(path)
        settings.remember_place("session", path.parent)
        settings.last_session = path


_UNTITLED = "Expression Studio[*]"
