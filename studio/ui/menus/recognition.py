"""The Recognition menu."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget

from studio.core.peaks import next_peak
from studio.core.unit_tracks import Columns
from studio.document import Document
from studio.face.action_units import PRESETS
from studio.io.people import SUFFIX
from studio.ui.identity.room import PeopleRoom
from studio.ui.recognize.report import ProbabilityExport
from studio.ui.settings.saving import TABLE, ask_where
from studio.ui.settings.settings import Settings
from studio.ui.timeline.curve_display import CurveDisplay
from studio.ui.timeline.player import Player
from studio.ui.timeline.timeline import Timeline
from studio.ui.units.room import UnitRoom
from studio.ui.units.words import preset_name

from .actions import Action, Live, Menu, choices, toggle

_PEOPLE = f"Known people (*{SUFFIX})"
_SHAPES = {"lines": "&Lines", "stacked": "&Stacked areas"}


@dataclass(frozen=True, eq=False)
class RecognitionMenu:
    """From peak to peak, how curves look, and what can be taken away of a reading.

    Parameters
    ----------
    window
        What dialogs stand over.
    """

    window: QWidget
    document: Document
    settings: Settings
    player: Player
    timeline: Timeline
    curves: CurveDisplay
    export: ProbabilityExport
    units: UnitRoom
    people: PeopleRoom

    def menu(self) -> Menu:
        """List what the menu holds."""
        curves, timeline = self.curves, self.timeline
        known = Live(lambda: curves.shown is not None, curves.shown_changed)
        shape = Live(lambda: curves.look.shape, curves.look_changed)
        return Menu(
            "&Recognition",
            (
                (
                    Action(
                        "recognition.next_peak",
                        "Next &peak",
                        partial(self._step, 1),
                        "Alt+Right",
                        usable=known,
                    ),
                    Action(
                        "recognition.previous_peak",
                        "Pre&vious peak",
                        partial(self._step, -1),
                        "Alt+Left",
                        usable=known,
                    ),
                ),
                (
                    *choices("recognition.shape", _SHAPES, shape, curves.set_shape),
                    Action(
                        "recognition.zoom_in",
                        "Zoom the timeline &in",
                        partial(timeline.zoom_by, 0.5),
                        "Ctrl++",
                    ),
                    Action(
                        "recognition.zoom_out",
                        "Zoom the timeline &out",
                        partial(timeline.zoom_by, 2.0),
                        "Ctrl+-",
                    ),
                    Action("recognition.fit", "&Fit the timeline", timeline.fit, "Ctrl+0"),
                ),
                self._exports(known),
                self._of_units(),
                self._of_people(),
            ),
        )

    def _of_units(self) -> tuple[Action, ...]:
        room = self.units
        service = room.service
        known = Live(lambda: room.known, service.shown_changed)
        there = Live(
            lambda: self.document.current_clip is not None,
            self.document.current_changed,
            self.document.clips_changed,
        )
        preset = Live(lambda: service.settings.unit_preset, service.shown_changed)
        names = {name: preset_name(name) for name in PRESETS}
        return (
            Action(
                "recognition.next_unit",
                "Next peak of a &unit",
                partial(room.step, 1),
                "Alt+PgDown",
                usable=known,
            ),
            Action(
                "recognition.previous_unit",
                "Previous peak of a uni&t",
                partial(room.step, -1),
                "Alt+PgUp",
                usable=known,
            ),
            *choices("recognition.units", names, preset, room.set_preset),
            *self._unit_looks(),
            Action(
                "recognition.unit_table",
                "Export the &action units…",
                self._ask_for_units,
                usable=known,
            ),
            Action(
                "recognition.feat_table",
                "Export the action units for p&y-feat…",
                partial(self._ask_for_units, Columns.feat),
                usable=known,
            ),
            Action(
                "recognition.beside",
                "Lay a table of units &beside…",
                self._ask_beside,
                usable=there,
            ),
            Action(
                "recognition.no_beside",
                "Take the table a&way",
                service.drop_table,
                usable=Live(lambda: bool(service.source), service.shown_changed),
            ),
        )

    def _unit_looks(self) -> tuple[Action, ...]:
        service = self.units.service
        return (
            toggle(
                "recognition.unit_curves",
                "Action units as cu&rves",
                Live(lambda: service.settings.unit_curves, service.shown_changed),
                service.set_curves,
                tip="Draw units over time as curves, whose thresholds can be dragged",
            ),
            toggle(
                "recognition.unit_map",
                "Action units on th&e face",
                Live(lambda: service.settings.unit_map, service.map_changed),
                service.set_map,
                "Shift+U",
                "Color the regions of the units that occur, by their intensity",
            ),
        )

    def _of_people(self) -> tuple[Action, ...]:
        room, service, document = self.people, self.people.service, self.document
        models = Live(lambda: service.usable, service.known_changed)
        some = Live(lambda: bool(service.names), service.known_changed)
        chosen = Live(
            lambda: room.panel.chosen is not None,
            service.known_changed,
            room.panel.table.itemSelectionChanged,
        )
        shown = Live(
            lambda: service.can_add,
            *(service.known_changed, document.current_changed, document.clips_changed),
        )
        return (
            Action(
                "recognition.add_person",
                "Make the person of this clip known…",
                self._ask_for_name,
                tip="Make the person of the clip on show known, or known by one clip more",
                usable=shown,
            ),
            Action(
                "recognition.people_folder",
                "Know the people of a fol&der…",
                self._ask_for_people,
                tip="A subfolder of clips, or the first word before _ of a name, for each person",
                usable=models,
            ),
            Action(
                "recognition.people_file",
                "Know the people of a file…",
                partial(self._ask_for_people, file=True),
                usable=models,
            ),
            Action(
                "recognition.keep_people", "&Keep known people…", self._ask_to_keep, usable=some
            ),
            Action(
                "recognition.forget_person", "For&get the chosen person", room.forget, usable=chosen
            ),
        )

    def _exports(self, known: Live[bool]) -> tuple[Action, ...]:
        curves = self.curves
        smooth = Live(
            lambda: curves.shown is not None and curves.look.seconds > 0,
            curves.shown_changed,
            curves.look_changed,
        )
        return (
            Action(
                "recognition.copy",
                "&Copy the verdict",
                self.export.copy_verdict,
                "Ctrl+Alt+C",
                usable=known,
            ),
            Action("recognition.table", "Export the &numbers…", self._ask_for_table, usable=known),
            Action(
                "recognition.smooth_table",
                "Export the numbers as s&moothed…",
                partial(self._ask_for_table, smooth=True),
                usable=smooth,
            ),
            Action("recognition.chart", "Export a c&hart…", self._ask_for_chart, usable=known),
        )

    def _step(self, by: int) -> None:
        """Jump to the next peak (1) or the one before (-1)."""
        frame = next_peak(self.timeline.peaks, self.player.playhead.frame, by)
        if frame is not None:
            self.player.seek(frame)

    def _ask_for_table(self, *, smooth: bool = False) -> None:
        path = self._ask("Export the probabilities", ".csv", TABLE)
        if path is not None:
            self.export.write_table(path, smooth=smooth)

    def _ask_for_chart(self) -> None:
        path = self._ask("Export a chart", ".png", "Picture (*.png)")
        if path is not None:
            self.export.write_chart(path)

    def _ask_for_units(self, columns: Columns = Columns.openface) -> None:
        path = self._ask("Export the action units", ".csv", TABLE, "action units")
        if path is not None:
            self.units.write(path, columns)

    def _ask_beside(self) -> None:
        start = str(self.settings.place("table", "export"))
        title = "A table of OpenFace or py-feat"
        name, _ = QFileDialog.getOpenFileName(self.window, title, start, TABLE)
        if name:
            self.settings.remember_place("table", Path(name).parent)
            self.units.lay_beside(Path(name))

    def _ask_for_name(self) -> None:
        label = "Whom does this clip show? A known name makes the person known better."
        name, wanted = QInputDialog.getItem(
            self.window, "Know a person", label, self.people.service.names, -1, True
        )
        if wanted and name.strip():
            self.people.service.add(name.strip())

    def _ask_for_people(self, *, file: bool = False) -> None:
        start = str(self.settings.place("people", "clips"))
        if file:
            name, _ = QFileDialog.getOpenFileName(self.window, "Known people", start, _PEOPLE)
        else:
            name = QFileDialog.getExistingDirectory(self.window, "Clips of known people", start)
        if name:
            self.settings.remember_place("people", Path(name).parent)
            self.people.service.open(Path(name))

    def _ask_to_keep(self) -> None:
        path = ask_where(
            self.window, self.settings, "Keep known people", "known people", SUFFIX, _PEOPLE
        )
        if path is not None:
            self.people.write(path)

    def _ask(self, title: str, suffix: str, kinds: str, what: str = "probabilities") -> Path | None:
        clip = self.document.current_clip
        if clip is None:
            return None
        name = f"{clip.name} {what}"
        return ask_where(self.window, self.settings, title, name, suffix, kinds)
