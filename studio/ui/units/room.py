"""Action units in the window: what reads them, the panel, the strip, and what menus ask of them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from studio.core import StudioError
from studio.core.peaks import find_peaks, next_peak
from studio.core.unit_tracks import Columns
from studio.ui.desk import Desk
from studio.ui.recognize.service import RecognizeService
from studio.ui.settings.units import UnitSettings
from studio.ui.timeline.player import Player
from studio.ui.timeline.timeline import Timeline

from .panel import UnitPanel
from .service import UnitService
from .strip import UnitStrip


class UnitRoom(QObject):
    """Joins what reads units with what shows them.

    Parameters
    ----------
    desk
        Document, lanes and models.
    recognition
        Whose verdict is explained.
    settings
        What is remembered.
    player, timeline
        What the panel and the strip go along with.
    """

    def __init__(
        self,
        desk: Desk,
        recognition: RecognizeService,
        settings: UnitSettings,
        player: Player,
        timeline: Timeline,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.desk, self._player = desk, player
        self.service = UnitService(desk.document, desk.lanes.units, desk.models, settings, self)
        self.panel = UnitPanel(self.service, recognition, player)
        self.strip = UnitStrip(timeline, player)
        self.service.shown_changed.connect(self.strip.show_tracks)
        self.service.failed.connect(desk.reported)
        self.service.written.connect(desk.exported)

    @property
    def known(self) -> bool:
        """Whether units of the clip on show are known."""
        return self.service.shown is not None

    def step(self, by: int) -> None:
        """Go to the next peak (1) or the one before (-1), of the chosen unit where one is."""
        tracks, chosen = self.service.shown, self.panel.chosen
        if tracks is None:
            return
        peaks = find_peaks(tracks if chosen is None else tracks.only((chosen,)))
        frame = next_peak(peaks, self._player.playhead.frame, by)
        if frame is not None:
            self._player.seek(frame)

    def set_preset(self, preset: str) -> None:
        """Show the units of a preset."""
        self.panel.preset.setCurrentIndex(self.panel.preset.findData(preset))

    def write(self, path: Path, columns: Columns) -> None:
        """Write the units of the clip on show as a table."""
        self.service.write(path, columns)

    def lay_beside(self, path: Path) -> None:
        """Show the units of another tool's table beside the clip on show."""
        try:
            for remark in self.service.lay_beside(path):
                self.desk.notice(f"{path.name}: {remark}")
        except StudioError as error:
            self.desk.report(error)
