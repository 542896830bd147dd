"""Known people in the window: who compares clips, the panel, and what menus ask of them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from studio.core import StudioError
from studio.ui.desk import Desk
from studio.ui.timeline.player import Player

from .panel import PeoplePanel
from .service import PeopleService


class PeopleRoom(QObject):
    """Joins what compares clips with known people with what shows them.

    Parameters
    ----------
    desk
        Document, lanes and models.
    player
        What the panel goes along with.
    """

    def __init__(self, desk: Desk, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.service = PeopleService(desk.document, desk.lanes.people, desk.models, self)
        self.panel = PeoplePanel(self.service, player)
        self.service.failed.connect(desk.reported)
        self.service.noticed.connect(desk.noticed)
        self.service.written.connect(desk.exported)

    def forget(self) -> None:
        """Know the chosen person no more."""
        if self.panel.chosen is not None:
            self.service.forget(self.panel.chosen)

    def write(self, path: Path) -> None:
        """Keep everybody in a file."""
        try:
            self.service.write(path)
        except StudioError as error:
            self.desk.report(error)
