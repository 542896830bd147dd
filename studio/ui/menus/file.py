"""The File menu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.render.look import Look
from studio.ui.batch.window import BatchWindow
from studio.ui.clips.panel import ClipList
from studio.ui.desk import Desk
from studio.ui.export.dialog import ExportDialog
from studio.ui.export.service import ExportService
from studio.ui.export.several import ExportSeveral
from studio.ui.kit.filters import open_filters
from studio.ui.kit.forms import bring_up, hand_back, open_over
from studio.ui.session.verbs import SessionVerbs
from studio.ui.settings.settings import Settings
from studio.ui.view3d.empty_state import samples
from studio.ui.view3d.pictures import Pictures

from .actions import Action, Live, Menu, Sections, clip_on_show

_Standard = QKeySequence.StandardKey
_MANY = "Recognize, convert or register many clips, files and folders"


@dataclass(frozen=True, eq=False)
class FileMenu:
    """Opening, exporting, closing.

    Parameters
    ----------
    window
        What dialogs stand over, and what is closed.
    look
        How the clip on show looks, for pictures of it.
    live
        What the menu of the live face holds.
    """

    window: QWidget
    desk: Desk
    settings: Settings
    sessions: SessionVerbs
    clips: ClipList
    exporting: ExportService
    pictures: Pictures
    look: Callable[[], Look]
    live: Menu

    def menu(self) -> Menu:
        """List what the menu holds."""
        known, sessions = clip_on_show(self.desk.document), self.sessions
        found = [
            Action(f"file.sample.{path.stem}", path.stem, partial(sessions.open_paths, [path]))
            for path in samples()
        ]
        return Menu(
            "&File",
            (
                (
                    Action("file.new", "&New session", sessions.new, _Standard.New),
                    Action("file.open", "&Open…", self.open_files, _Standard.Open),
                    Action("file.open_folder", "Open &folder…", self.open_folder, "Ctrl+Shift+O"),
                    Menu("Open &recent", self._recent),
                    Menu("Open samp&le", (found,), usable=Live(lambda: bool(found))),
                ),
                (
                    Action("file.save", "&Save session", sessions.save, _Standard.Save),
                    Action("file.save_as", "Save session &as…", sessions.save_as, "Ctrl+Shift+S"),
                ),
                (self.live,),
                (
                    Action("file.export", "&Export clip…", self.export, "Ctrl+E", usable=known),
                    Action("file.batch", "&Batch of clips…", self.batch, "Ctrl+Shift+B", _MANY),
                    Action("file.picture", "Save &picture…", self.pictures.ask, "Ctrl+P"),
                    Action(
                        "file.copy_picture", "Cop&y picture", self.pictures.copy, "Ctrl+Shift+C"
                    ),
                ),
                (
                    Action(
                        "file.close_clip", "&Close clip", self._close, _Standard.Close, usable=known
                    ),
                    Action("file.quit", "&Quit", self.window.close, _Standard.Quit),
                ),
            ),
        )

    def open_files(self) -> None:
        """Ask for clips, sessions or models, and open them."""
        folder, kinds = str(self.settings.place("open")), open_filters()
        names, _ = QFileDialog.getOpenFileNames(self.window, "Open", folder, kinds)
        for name in names[:1]:
            self.settings.remember_place("open", Path(name).parent)
        self.sessions.open_paths([Path(name) for name in names])

    def open_folder(self) -> None:
        """Ask for a folder whose frames are one clip."""
        folder = str(self.settings.place("open"))
        name = QFileDialog.getExistingDirectory(self.window, "Open a folder of frames", folder)
        if name:
            self.settings.remember_place("open", Path(name).parent)
        self.sessions.open_paths([Path(name)] if name else [])

    def export(self) -> None:
        """Export the clip on show, or those that are chosen in the list beside it."""
        clip, chosen = self.desk.document.current_clip, self.clips.chosen
        if len(chosen) > 1:
            several = ExportSeveral(chosen, self.settings, self.window)
            several.asked.connect(lambda asked: self.exporting.export(*asked))
            open_over(several)
        elif clip is not None:
            dialog = ExportDialog(clip, self.settings, self.window, look=self.look())
            dialog.asked.connect(self.exporting.export)
            open_over(dialog)

    def batch(self) -> None:
        """Bring up the window that works on many clips."""
        batch = self.window.findChild(BatchWindow)
        if batch is None:
            batch = BatchWindow(self.desk, self.settings, self.sessions.open_paths, self.window)
            hand_back(batch)
        bring_up(batch)

    def _close(self) -> None:
        clip = self.desk.document.current_clip
        if clip is not None:
            self.desk.document.remove_clip(clip.id)

    def _recent(self) -> Sections:
        entries = [
            Action("", str(path).replace("&", "&&"), partial(self.sessions.open_paths, [path]))
            for path in self.settings.recent
        ]
        clear = self.settings.clear_recent
        if not entries:
            return ((Action("", "Nothing yet", clear, usable=Live(lambda: False)),),)
        return entries, (Action("", "Clear", clear),)
