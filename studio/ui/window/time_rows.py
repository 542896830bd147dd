"""The rows under the timeline that come with what a clip has beside its frames."""

from __future__ import annotations

from PySide6.QtCore import QObject

from studio.ui.cut.service import CutService
from studio.ui.cut.strip import CutStrip
from studio.ui.desk import Desk
from studio.ui.menus.registry import Registry
from studio.ui.recognize.panel import RecognitionPanel
from studio.ui.services import Services
from studio.ui.sound.service import SoundService
from studio.ui.sound.wave_row import WaveRow
from studio.ui.video.room import VideoRoom

from .cutting import Cutting
from .stage import Stage


class TimeRows(QObject):
    """Puts the rows on the stage and joins them to what they need.

    Parameters
    ----------
    desk, services
        What is open, and who opens more.
    stage
        Where the rows go.
    """

    def __init__(
        self, desk: Desk, services: Services, stage: Stage, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._stage, self._services = stage, services
        self.video = VideoRoom(desk, stage.player, stage.timeline, self)
        stage.add_bar(self.video.row, over=stage.bar)
        self.sounds = SoundService(desk.document, stage.player, self)
        self.wave = WaveRow(self.sounds, stage.timeline)
        stage.add_bar(self.wave, over=stage.bar)
        self.cut = CutService(desk.document, desk.lanes.cut, self)
        self.strip = CutStrip(self.cut, stage.player, stage.timeline)
        stage.add_bar(self.strip, over=stage.bar)
        self.cut.failed.connect(desk.report)
        services.opening.sounds_found.connect(self.sounds.add_first)
        self.sounds.noticed.connect(desk.notice)
        self.sounds.failed.connect(desk.report)

    def lend(self, registry: Registry, panel: RecognitionPanel) -> None:
        """Put actions also on the right mouse button, and have the panel say what the cut reads."""
        self.cutting = Cutting(self._stage, self._services, self.cut, self.sounds, panel, self)
        names = ("add", "remove", "later", "earlier", "on")
        self.wave.menu_actions = registry.sections([f"edit.sound.{name}" for name in names])
        of_part = ("remove", "later", "earlier", "fade", "sharp")
        sections = (("play", "see"), of_part, ("render", "clear"))
        self.strip.menu_actions = registry.sections(
            *([f"edit.cut.{name}" for name in section] for section in sections)
        )

    def close(self) -> None:
        """Fall silent, and wait for the threads."""
        self.sounds.close()
