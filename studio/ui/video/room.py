"""The video in the window: what follows it, its panel, its row, and when these are there."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

from studio.core.video.footage import Footage
from studio.ui.desk import Desk
from studio.ui.timeline.player import Player
from studio.ui.timeline.timeline import Timeline

from .panel import VideoPanel
from .row import VideoRow
from .service import VideoService

_TALL = 330  # pixels of the dock, and of the one below it, on a low screen


class VideoRoom(QObject):
    """Joins what follows a video with what shows it."""

    def __init__(
        self, desk: Desk, player: Player, timeline: Timeline, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.desk, lanes = desk, desk.lanes
        self.service = VideoService(desk.document, player, lanes.pictures, lanes.video, self)
        self.panel = VideoPanel(self.service)
        self.row = VideoRow(self.service, timeline)
        self.service.failed.connect(desk.reported)
        self.service.remarked.connect(desk.noticed)

    def follow(self, window: QMainWindow, dock: QDockWidget, beside: QDockWidget) -> None:
        """Have a dock come with the first clip of a video, unless the user does without it."""
        settings, service = self.service.settings, self.service
        window.splitDockWidget(dock, beside, Qt.Orientation.Vertical)
        was: Footage | None = None

        def show() -> None:
            nonlocal was
            came, was = was is None and service.footage is not None, service.footage
            if came and settings.video_panel and dock.isHidden():
                dock.show()
                window.resizeDocks([dock, beside], [_TALL, _TALL], Qt.Orientation.Vertical)

        service.changed.connect(show)
        dock.toggleViewAction().triggered.connect(lambda on: setattr(settings, "video_panel", on))
