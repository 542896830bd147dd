"""Action units in the window: what reads them, the panel, the strip, and what menus ask of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, SignalInstance
from PySide6.QtWidgets import QWidget

from studio.core import StudioError, UnitTracks
from studio.core.peaks import find_peaks, next_peak
from studio.core.unit_tracks import Columns
from studio.ui.desk import Desk
from studio.ui.recognize.service import RecognizeService
from studio.ui.settings.units import UnitSettings
from studio.ui.timeline.player import Player
from studio.ui.timeline.timeline import Timeline

from .curves import UnitCurves
from .panel import UnitPanel
from .service import UnitService
from .strip import UnitStrip

# It imports VTK, which the window does once it has been painted.
if TYPE_CHECKING:
    from studio.ui.view3d.viewport import Viewport


class Place(Protocol):
    """Where units are shown beside the panel: over the playback bar, and on the face."""

    @property
    def bar(self) -> QWidget: ...
    def add_bar(self, bar: QWidget, over: QWidget | None = ...) -> None: ...
    @property
    def alone(self) -> SignalInstance: ...
    def on_view(self, act: Callable[[Viewport], object]) -> None: ...
    def shows_current(self) -> bool: ...


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
        self.strip, self.curves = UnitStrip(timeline, player), UnitCurves(timeline, player)
        self.curves.threshold_asked.connect(self.service.set_threshold)
        self.service.shown_changed.connect(self._lay_out)
        self.service.failed.connect(desk.reported)
        self.service.written.connect(desk.exported)

    @property
    def known(self) -> bool:
        """Whether units of the clip on show are known."""
        return self.service.shown is not None and not self.service.live

    def _lay_out(self, tracks: UnitTracks | None) -> None:
        """Show units along the timeline, which has none for a face that arrives."""
        shown, drawn = None if self.service.live else tracks, self.service.settings.unit_curves
        self.strip.show_tracks(None if drawn else shown)
        self.curves.show_tracks(shown if drawn else None)

    def stand_on(self, stage: Place, live_seen: Callable[[], bool]) -> None:
        """Put the strip and the curves above the playback bar, and the map on the face.

        `live_seen` says whether a face that arrives is what is on show.
        """
        stage.add_bar(self.strip, stage.bar)
        stage.add_bar(self.curves, stage.bar)
        self.service.map_changed.connect(lambda _map: self._color(stage, live_seen))
        stage.alone.connect(lambda: self._color(stage, live_seen))

    def _color(self, stage: Place, live_seen: Callable[[], bool]) -> None:
        """Color the face whose units are known where it is on show, and no preview of another."""
        seen = live_seen() if self.service.live else stage.shows_current()
        shown = self.service.unit_map if seen else None
        stage.on_view(lambda view: view.color_by(shown))

    def step(self, by: int) -> None:
        """Go to the next peak (1) or the one before (-1), of the chosen unit where one is."""
        tracks, chosen = self.service.shown, self.panel.chosen
        if tracks is None or not self.known:
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
