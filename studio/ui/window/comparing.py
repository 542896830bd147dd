"""What is told of two clips that are compared besides the view: curves of both, their distance."""

from __future__ import annotations

from PySide6.QtCore import QObject

from studio.render.distance import Distances
from studio.ui.kit.bind import bind
from studio.ui.recognize.beside import BesideService
from studio.ui.services import Services
from studio.ui.timeline.distance_track import DistanceTrack
from studio.ui.view3d.distances import DistanceService

from .stage import Stage


class Comparing(QObject):
    """Puts the distance over the timeline, and the curves of the clip beside into it."""

    def __init__(self, stage: Stage, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        desk, comparison = services.desk, stage.comparison
        document, lanes = desk.document, desk.lanes
        self.stage = stage
        self.track = DistanceTrack(stage.timeline)
        stage.add_bar(self.track, over=stage.timeline)
        self.distances = DistanceService(document, comparison, lanes.distance, self)
        self.beside = BesideService(
            document,
            comparison,
            services.recognition,
            services.tracks,
            desk.models,
            lanes.beside,
            lanes.recognize,
            self,
        )
        self.distances.changed.connect(self._show)
        self.distances.failed.connect(desk.reported)
        self.beside.changed.connect(stage.curves.set_beside)
        stage.curves.beside_changed.connect(stage.timeline.set_beside)
        # The timeline forgets the curves of both when it hears of another clip.
        bind(self, document.current_changed, lambda _clip: stage.curves.show_beside())
        self.track.sought.connect(stage.player.seek)
        bind(self, stage.player.playhead.frame_changed, self.track.set_frame)

    def _show(self, distances: Distances | None, note: str) -> None:
        """Show the row for as long as the clips can be measured."""
        self.track.setVisible(self.stage.comparison.can_measure)
        self.track.show_distances(distances, note)
