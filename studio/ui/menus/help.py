"""The Help menu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QWidget

from studio.ui.desk import Desk
from studio.ui.kit.forms import open_link, open_over
from studio.ui.log.crash import reports_folder
from studio.ui.models.words import short_state

from .about import AboutDialog
from .actions import Action, Menu
from .legend import Legend


@dataclass(frozen=True, eq=False)
class HelpMenu:
    """The actions and their keys, and what this is.

    Parameters
    ----------
    window
        What dialogs stand over.
    palette
        Opens the palette, with the sheet of keys or without.
    """

    window: QWidget
    desk: Desk
    palette: Callable[[bool], object]

    def menu(self) -> Menu:
        """List what the menu holds."""
        sheet, palette = lambda: self.palette(True), lambda: self.palette(False)
        return Menu(
            "&Help",
            (
                (
                    Action("help.palette", "&Command palette…", palette, "Ctrl+Shift+P"),
                    Action("help.keys", "&Keys and mouse…", sheet, "F1"),
                    Action("help.legend", "&What the marks mean…", self.legend),
                    Action("help.reports", "Show crash &reports", self.show_reports),
                    Action("help.about", "&About Expression Studio", self.about),
                ),
            ),
        )

    def show_reports(self) -> None:
        """Open the folder of crash reports, or say that there are none."""
        folder = reports_folder()
        if any(folder.glob("report-*.txt")):
            open_link(QUrl.fromLocalFile(str(folder)).toString())
        else:
            self.desk.notice("There are no crash reports.")

    def legend(self) -> None:
        """Tell what the marks of the window mean."""
        open_over(Legend(self.window))

    def about(self) -> None:
        """Tell versions and licenses."""
        models = short_state(self.desk.models.engine, loading=False)
        open_over(AboutDialog(models, self.window))
