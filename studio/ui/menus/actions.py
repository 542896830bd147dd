"""The menus: one action a thing the user can do, with its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction

from studio.ui.kit.bind import bind

from .builder import MenuBuilder
from .commands import Commands
from .edit import EditMenu
from .file import FileMenu
from .help import HelpMenu
from .motion import MotionMenu
from .playback import PlaybackMenu
from .recognition import RecognitionMenu
from .takes import TakesMenu
from .view import ViewMenu

if TYPE_CHECKING:
    from studio.ui.window.main_window import MainWindow


class Actions:
    """Builds the menu bar of a window and keeps its entries up to date."""

    def __init__(self, window: MainWindow, commands: Commands) -> None:
        self.window = window
        self.build = MenuBuilder(window)
        self.file = FileMenu(self.build, window, commands)
        self.edit = EditMenu(self.build, window, commands)
        self.takes = TakesMenu(self.build, window)
        self.motion = MotionMenu(self.build, window)
        self.view = ViewMenu(self.build, window, commands)
        self.playback = PlaybackMenu(self.build, window, commands)
        self.recognition = RecognitionMenu(self.build, window)
        self.help = HelpMenu(self.build, commands)
        bind(window, window.document.current_changed, lambda _clip: self._show_clip())
        self._show_clip()

    def shortcuts(self) -> list[tuple[str, str]]:
        """(what it does, its key) of every action that has one, in menu order."""
        return self.build.shortcuts()

    def key_groups(self) -> dict[str, list[tuple[str, list[str]]]]:
        """(what it does, its keys) of every action that has some, by menu."""
        return self.build.groups()

    def clip_actions(self) -> list[QAction]:
        """What can be done with the clips chosen in the list, for its context menu."""
        groups = (
            self.takes.for_clips,
            self._for_clip,
            [self.takes.reveal, self.takes.delete],
        )
        actions: list[QAction] = []
        for group in groups:
            actions += [*group, self._line()]
        return actions[:-1]

    def _line(self) -> QAction:
        """What parts groups of entries."""
        line = QAction(self.window)
        line.setSeparator(True)
        return line

    @property
    def _for_clip(self) -> list[QAction]:
        return [self.edit.rename, self.edit.duplicate, self.file.export]

    def _show_clip(self) -> None:
        has_clip = self.window.document.current_clip is not None
        edit = (self.edit.at_rest, self.edit.landmarks, self.edit.intensity)
        for action in (*self._for_clip, *edit, self.file.close, *self.playback.for_clip):
            action.setEnabled(has_clip)
