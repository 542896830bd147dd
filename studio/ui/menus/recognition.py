"""The Recognition menu."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from studio.core.peaks import next_peak
from studio.document import Document
from studio.ui.recognize.report import ProbabilityExport
from studio.ui.settings.saving import TABLE, ask_where
from studio.ui.settings.settings import Settings
from studio.ui.timeline.curve_display import CurveDisplay
from studio.ui.timeline.player import Player
from studio.ui.timeline.timeline import Timeline

from .actions import Action, Live, Menu, choices

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

    def _ask(self, title: str, suffix: str, kinds: str) -> Path | None:
        clip = self.document.current_clip
        if clip is None:
            return None
        name = f"{clip.name} probabilities"
        return ask_where(self.window, self.settings, title, name, suffix, kinds)
