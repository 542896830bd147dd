"""The Takes menu: what can be done with the clips that are chosen in the list."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QUrl
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from studio.document import ClipState
from studio.takes.recipe import is_derived
from studio.ui.clips.panel import ClipList
from studio.ui.desk import Desk
from studio.ui.generate.batch_dialog import BatchDialog
from studio.ui.generate.contact_sheet import ContactSheet
from studio.ui.generate.service import GenerateService
from studio.ui.generate.takes import TakeService
from studio.ui.kit.forms import bring_up, hand_back, open_link
from studio.ui.kit.icons import again_icon, compare_icon, sheet_icon, star_icon
from studio.ui.settings.settings import Settings

from .actions import Action, Live, Menu

_Standard = QKeySequence.StandardKey


@dataclass(frozen=True, eq=False)
class TakesMenu:
    """Star, compare, make again, move, delete; recipes by way of the clipboard.

    Parameters
    ----------
    window
        What dialogs stand over.
    compare
        Shows a clip, by its id, beside the one on show.
    show_dock
        Brings a dock to where it can be seen.
    """

    window: QWidget
    desk: Desk
    settings: Settings
    clips: ClipList
    takes: TakeService
    generation: GenerateService
    compare: Callable[[str | None], object]
    show_dock: Callable[[str], object]

    def menu(self) -> Menu:
        """List what the menu holds."""
        move, some = self.clips.move_chosen, self._when(bool)
        sheet, batch = "Many seeds of one expression at a glance", self._open_batch
        listed = Live(lambda: bool(self.desk.document.state.clips), self.clips.chosen_changed)
        in_folder = self._when(lambda chosen: len(chosen) == 1 and chosen[0].source is not None)
        return Menu(
            "Ta&kes",
            (
                self._marks(),
                self._recipes(),
                (
                    Action(
                        "takes.sheet",
                        "Contact s&heet…",
                        self._open_sheet,
                        "Ctrl+T",
                        sheet,
                        icon=Live(sheet_icon),
                    ),
                    Action("takes.batch", "&Batch…", batch, "Ctrl+B"),
                ),
                (
                    Action("takes.up", "&Move up", partial(move, -1), "Alt+Up", usable=some),
                    Action("takes.down", "Move &down", partial(move, 1), "Alt+Down", usable=some),
                    Action(
                        "takes.find", "&Find a clip…", self._find, _Standard.Find, usable=listed
                    ),
                    Action("takes.reveal", "Show &in folder", self._reveal, usable=in_folder),
                    Action(
                        "takes.delete",
                        "De&lete",
                        self._delete,
                        "Del",
                        usable=some,
                        # This key means something else in a text field and in the 3D view.
                        focus=self.clips.list,
                    ),
                ),
            ),
        )

    def _marks(self) -> tuple[Action, ...]:
        changed = self.clips.chosen_changed
        starred = self._when(lambda chosen: bool(chosen) and all(one.starred for one in chosen))
        other = Live(lambda: self.clips.other is not None, changed)
        return (
            Action(
                "takes.star",
                "&Star",
                self.clips.toggle_star,
                "S",
                "Mark the chosen clips, or take the mark away",
                unless="edit.set_key",
                usable=self._when(bool),
                title=starred.map(lambda on: "Take the &star away" if on else "&Star"),
                icon=starred.map(lambda on: star_icon(filled=on)),
            ),
            Action(
                "takes.compare",
                "&Compare",
                self._compare,
                "C",
                "Two clips side by side, of those chosen",
                usable=other,
                icon=Live(compare_icon),
            ),
        )

    def _recipes(self) -> tuple[Action, ...]:
        takes, clips = self.takes, self.clips
        engine_changed = self.desk.models.engine_changed
        made = self._when(lambda chosen: any(one.recipe is not None for one in chosen))
        again = Live(
            lambda: made.read() and self.desk.models.engine is not None,
            *(*made.changed_by, engine_changed),
        )
        own = self._when(lambda chosen: len(chosen) == 1 and _has_settings(chosen[0]))
        return (
            Action(
                "takes.regenerate",
                "&Regenerate",
                lambda: takes.regenerate(clips.chosen),
                "Ctrl+R",
                "Make the chosen takes once more",
                usable=again,
                icon=Live(again_icon),
            ),
            Action("takes.use_settings", "&Use these settings", self._use_settings, usable=own),
            Action(
                "takes.copy_recipe",
                "C&opy recipe",
                lambda: takes.copy_recipes(clips.chosen),
                _Standard.Copy,
                usable=made,
                focus=clips.list,
            ),
            Action(
                "takes.paste_recipe",
                "&Paste recipe",
                takes.paste_recipes,
                _Standard.Paste,
                focus=clips.list,
            ),
        )

    def _when(self, holds: Callable[[list[ClipState]], bool]) -> Live[bool]:
        """Tell whether something holds of the chosen clips, whichever these are."""
        return Live(lambda: holds(self.clips.chosen), self.clips.chosen_changed)

    # Verbs

    def _compare(self) -> None:
        """Show the other of two chosen clips beside the clip on show, else the one shown before."""
        if self.clips.other is not None:
            self.compare(self.clips.other)

    def _use_settings(self) -> None:
        self.generation.use_recipe(self.clips.chosen[0].id)

    def _open_sheet(self) -> None:
        sheet = self.window.findChild(ContactSheet)
        if sheet is None:
            sheet = ContactSheet(self.takes, self.settings, self.window)
            sheet.saved.connect(self.desk.exported)
            hand_back(sheet)
        bring_up(sheet)

    def _open_batch(self) -> None:
        batch = self.window.findChild(BatchDialog)
        if batch is None:
            batch = BatchDialog(self.takes, self.settings, self.window)
            batch.link_opened.connect(open_link)
            hand_back(batch)
        bring_up(batch)

    def _find(self) -> None:
        self.show_dock("clips")
        self.clips.go_to_search()

    def _reveal(self) -> None:
        source = self.clips.chosen[0].source
        if source is not None:
            folder = source if os.path.isdir(source) else source.parent
            open_link(QUrl.fromLocalFile(str(folder)).toString())

    def _delete(self) -> None:
        self.desk.document.remove_clips([clip.id for clip in self.clips.chosen])


def _has_settings(clip: ClipState) -> bool:
    """Whether the clip was generated from settings, and not made of other clips."""
    return clip.recipe is not None and not is_derived(clip.recipe)
