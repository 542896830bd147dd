"""The Takes menu: what can be done with the clips that are chosen in the list."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QKeySequence

from studio.takes.motion import is_made
from studio.ui.generate.batch_dialog import BatchDialog
from studio.ui.generate.contact_sheet import ContactSheet
from studio.ui.kit.icons import again_icon, compare_icon, sheet_icon, star_icon

from .builder import MenuBuilder

if TYPE_CHECKING:
    from studio.ui.window.main_window import MainWindow


class TakesMenu:
    """Star, compare, make again, move, delete; recipes by way of the clipboard."""

    def __init__(self, build: MenuBuilder, window: MainWindow) -> None:
        self.window, self.clips = window, window.clips
        takes, keys = window.services.takes, QKeySequence.StandardKey
        menu = build.menu("Ta&kes")
        self.star = build.add(menu, "&Star", self.clips.toggle_star, "S")
        self.compare = build.add(menu, "&Compare", self._compare, "C")
        menu.addSeparator()
        self.again = build.add(
            menu, "&Regenerate", lambda: takes.regenerate(self.clips.chosen), "Ctrl+R"
        )
        self.settings = build.add(menu, "&Use these settings", self._use_settings)
        self.copy = build.add(
            menu, "C&opy recipe", lambda: takes.copy_recipes(self.clips.chosen), keys.Copy
        )
        self.paste = build.add(menu, "&Paste recipe", takes.paste_recipes, keys.Paste)
        menu.addSeparator()
        self.sheet = build.add(menu, "Contact s&heet…", self._open_sheet, "Ctrl+T")
        self.batch = build.add(menu, "&Batch…", self._open_batch, "Ctrl+B")
        menu.addSeparator()
        move = self.clips.move_chosen
        self.up = build.add(menu, "Move &up", partial(move, -1), "Alt+Up")
        self.down = build.add(menu, "Move &down", partial(move, 1), "Alt+Down")
        self.find = build.add(menu, "&Find a clip…", self._find, keys.Find)
        self.reveal = build.add(menu, "Show in &folder", self._reveal)
        self.delete = build.add(menu, "De&lete", self._delete, "Del")
        for action in (self.copy, self.paste, self.delete):
            # These keys mean something else in a text field and in the 3D view.
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            self.clips.list.addAction(action)
        self._add_buttons()
        self.clips.chosen_changed.connect(self._show)
        window.desk.models.engine_changed.connect(lambda _engine: self._show())
        self._show()

    def _add_buttons(self) -> None:
        for action, icon, tip in (
            (self.star, star_icon(), "Mark the chosen clips, or take the mark away (S)"),
            (self.compare, compare_icon(), "Two clips side by side, of those chosen (C)"),
            (self.again, again_icon(), "Make the chosen takes once more (Ctrl+R)"),
            (self.sheet, sheet_icon(), "Many seeds of one expression at a glance (Ctrl+T)"),
        ):
            action.setIcon(icon)
            action.setIconVisibleInMenu(False)
            self.clips.add_button(action, tip)

    @property
    def for_clips(self) -> list[QAction]:
        """The entries for the list's own menu."""
        return [self.star, self.compare, self.again, self.settings, self.copy, self.paste]

    def _compare(self) -> None:
        """Of two chosen clips the other one, else the one shown before, beside the clip on show."""
        if self.clips.other is not None:
            self.window.compare_with(self.clips.other)

    def _use_settings(self) -> None:
        self.window.services.generation.use_recipe(self.clips.chosen[0].id)

    def _open_sheet(self) -> None:
        """Open the contact sheet, or bring the one that is open to the front."""
        sheet = self.window.findChild(ContactSheet)
        if sheet is None:
            sheet = ContactSheet(self.window.services.takes, self.window.settings, self.window)
            sheet.saved.connect(self.window.desk.exported)
            sheet.show()
        sheet.raise_()
        sheet.activateWindow()

    def _open_batch(self) -> None:
        """Open the batch, or bring the one that is open to the front."""
        batch = self.window.findChild(BatchDialog)
        if batch is None:
            batch = BatchDialog(self.window.services.takes, self.window.settings, self.window)
            batch.link_opened.connect(self.window.commands.open_link)
            batch.show()
        batch.raise_()
        batch.activateWindow()

    def _find(self) -> None:
        self.window.show_dock("clips")
        self.clips.go_to_search()

    def _reveal(self) -> None:
        source = self.clips.chosen[0].source
        if source is not None:
            folder = source if os.path.isdir(source) else source.parent
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _delete(self) -> None:
        self.window.document.remove_clips([clip.id for clip in self.clips.chosen])

    def _show(self) -> None:
        """Enable what the chosen clips can be asked for, and say what it will do."""
        chosen = self.clips.chosen
        made = [clip for clip in chosen if clip.recipe is not None]
        starred = bool(chosen) and all(clip.starred for clip in chosen)
        self.star.setText("Take the &star away" if starred else "&Star")
        self.star.setIcon(star_icon(filled=starred))
        for action in (self.star, self.up, self.down, self.delete):
            action.setEnabled(bool(chosen))
        self.find.setEnabled(bool(self.window.document.state.clips))
        self.compare.setEnabled(self.clips.other is not None)
        self.again.setEnabled(bool(made) and self.window.desk.models.engine is not None)
        self.copy.setEnabled(bool(made))
        own = [clip for clip in made if not is_made(clip.recipe)]
        self.settings.setEnabled(len(chosen) == 1 == len(own))
        self.reveal.setEnabled(len(chosen) == 1 and chosen[0].source is not None)
