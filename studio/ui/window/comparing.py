"""What is told of two clips that are compared besides the view: curves of both, their distance."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject

from studio.core import Progress
from studio.render.comparing.distance import Distances
from studio.render.comparing.table import write_distances
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
        self._desk = desk
        self.track.sought.connect(stage.player.seek)
        bind(self, stage.player.playhead.frame_changed, self.track.set_frame)

    def write_table(self, path: Path) -> None:
        """Write the distances as CSV, once all are measured."""
        desk, one, other = self._desk, self._desk.document.current_clip, self.stage.comparison.other
        known = self.track.distances
        if one is None or other is None:
            return
        if known is None or not known.done:
            desk.notice("The distances are still being measured; export them in a moment.")
            return
        desk.lanes.figures.submit(
            _write,
            path,
            known,
            one.timing.fps,
            {"clip": one.name, "against": other.name, "measured": known.how},
            title=f"Writing {path.name}",
            on_result=desk.exported.emit,
            on_error=desk.report,
        )

    def _show(self, distances: Distances | None, note: str) -> None:
        """Show the row for as long as the clips can be measured."""
        self.track.setVisible(self.stage.comparison.can_measure)
        self.track.show_distances(distances, note)


def _write(
    path: Path, known: Distances, fps: float, facts: Mapping[str, object], *, progress: Progress
) -> Path:
    progress.report(0.0, "Writing distances")
    write_distances(path, known, fps, facts)
    return path
