"""Has the action units of the clip on show read, and keeps what is shown of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from studio.core import Progress, UnitTracks
from studio.core.unit_tracks import Columns
from studio.document import ClipState, Document, Played
from studio.engine.kinds.units import UNITS
from studio.face.action_units import PRESETS
from studio.io.tracks.files import read_units, write_units
from studio.takes.units import UnitWish, unit_table
from studio.ui.kit.lanes import Lane
from studio.ui.models.protocol import Models
from studio.ui.models.service import ModelService
from studio.ui.recognize.tracks import TrackService
from studio.ui.recognize.work import frames_of
from studio.ui.settings.units import UnitSettings

# It imports VTK, which the window does once it has been painted.
if TYPE_CHECKING:
    from studio.render.coloring.units import UnitMap


def write_table(
    engine: Models, played: Played, wish: UnitWish, path: Path, *, progress: Progress
) -> Path:
    """Write the units of a clip as the command `units` does."""
    sequence, neutral = frames_of(engine, played, progress.part(0.0, 0.3))
    columns = Columns.feat if wish.emotions else Columns.openface
    table = unit_table(engine, sequence, neutral, wish, progress.part(0.3, 1.0))
    write_units(path, table, columns)
    return path


class UnitService(TrackService):
    """Reads units while somebody looks at them.

    Parameters
    ----------
    document, lane, models
        As in `TrackService`.
    settings : UnitSettings
        Which units are shown, and from which intensity on they occur.
    """

    shown_changed = Signal(object)  # UnitTracks, or None
    map_changed = Signal(object)  # UnitMap, or None
    written = Signal(object)  # Path

    def __init__(
        self,
        document: Document,
        lane: Lane,
        models: ModelService,
        settings: UnitSettings,
        parent: QObject | None = None,
    ) -> None:
        self.settings = settings
        self._wishes: set[str] = {"map"} if settings.unit_map else set()
        self.shown: UnitTracks | None = None
        self._live: UnitTracks | None = None  # of a face that arrives, with its highest so far
        # Tables of other tools and their names, by the clip they lie beside.
        self._tables: dict[str, tuple[str, UnitTracks]] = {}
        super().__init__(document, lane, models, parent, reader=UNITS.name)
        self.tracks_changed.connect(lambda _tracks: self._show())

    @property
    def wish(self) -> UnitWish:
        """What is shown, as the command line would be told."""
        return UnitWish(self.settings.unit_preset, self.settings.unit_thresholds)

    @property
    def source(self) -> str:
        """The file that what is shown comes from; empty where it was read off the clip."""
        clip = self.document.current_clip
        if self.live:
            return ""
        return "" if clip is None else self._tables.get(clip.id, ("",))[0]

    @property
    def live(self) -> bool:
        """Whether what is shown is of a face that arrives, its last frame the present one."""
        return self._live is not None

    def show_live(self, tracks: UnitTracks | None) -> None:
        """Show the units of a face that arrives in place of the clip's; None ends it."""
        before, self._live = self._live, tracks
        if tracks is not None and before is not None and before.names == tracks.names:
            highest = np.maximum(tracks.summary, before.summary)
            self._live = replace(tracks, summary=highest)
        if before is not None or tracks is not None:
            self._show()

    @property
    def wanted(self) -> bool:
        """Whether somebody looks, so that clips are read."""
        return bool(self._wishes)

    def want(self, who: str, *, on: bool) -> None:
        """Have clips read for somebody who looks, or no more."""
        if on != (who in self._wishes):
            self._wishes ^= {who}
            self._read()

    def set_curves(self, *, on: bool) -> None:
        """Draw units over time as curves, or as a strip."""
        self.settings.unit_curves = on
        self._show()

    def set_map(self, *, on: bool) -> None:
        """Show the units on the face, too, or no more."""
        self.settings.unit_map = on
        self.want("map", on=on)
        self.map_changed.emit(self.unit_map)

    @property
    def unit_map(self) -> UnitMap | None:
        """What is shown of the units on the face; None where nothing is."""
        if not self.settings.unit_map or self.shown is None:
            return None
        from studio.render.coloring.units import UnitMap

        return UnitMap(self.shown, live=self.live)

    def can_read(self, clip: ClipState) -> bool:
        """Whether units of a clip are asked for and can be read."""
        return self.wanted and super().can_read(clip)

    def set_preset(self, preset: str) -> None:
        self.settings.unit_preset = preset
        self._show()

    def set_threshold(self, unit: int, intensity: float | None) -> None:
        """Have a unit occur from an intensity on; None: as the model says."""
        limits = dict(self.settings.unit_thresholds)
        if intensity is None:
            limits.pop(unit, None)
        else:
            limits[unit] = intensity
        self.settings.unit_thresholds = limits
        self._show()

    def lay_beside(self, path: Path) -> tuple[str, ...]:
        """Show the units of a table of OpenFace or py-feat beside the clip on show.

        Returns
        -------
        tuple of str
            What there is to say of how it was read.

        Raises
        ------
        InputError
            Where it is none.
        """
        clip = self.document.current_clip
        if clip is None:
            return ()
        table = read_units(path)
        times = table.times - table.times[0]
        moments = np.interp(
            np.arange(clip.timing.frames) / clip.timing.fps, times, np.arange(len(times))
        )
        self._tables[clip.id] = (path.name, table.tracks.at(moments))
        self._show()
        return table.remarks

    def drop_table(self) -> None:
        """Show what is read off the clip again."""
        clip = self.document.current_clip
        if clip is not None and self._tables.pop(clip.id, None) is not None:
            self._show()

    def write(self, path: Path, columns: Columns) -> None:
        """Write the units of the clip on show as a table."""
        clip, engine = self.document.current_clip, self._models.engine
        if clip is None or engine is None:
            return
        wish = UnitWish(thresholds=self.settings.unit_thresholds, emotions=columns is Columns.feat)
        self._lane.submit(
            write_table,
            engine,
            self.document.played(clip),
            wish,
            path,
            title=f"Writing action units of {clip.name}",
            on_result=self.written.emit,
            on_error=self.failed.emit,
        )

    def _show(self) -> None:
        clip, tracks = self.document.current_clip, None
        if clip is not None:
            tracks = self._tables[clip.id][1] if clip.id in self._tables else self.known(clip)
        tracks = self._live or tracks
        shown = None
        if isinstance(tracks, UnitTracks):
            limits = self.settings.unit_thresholds
            there = {unit: value for unit, value in limits.items() if unit in tracks.units}
            shown = tracks.over(there).only(PRESETS[self.settings.unit_preset])
        self.shown = shown
        self.shown_changed.emit(shown)
        self.map_changed.emit(self.unit_map)
