"""The Recognition menu."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog

from studio.core.peaks import next_peak
from studio.ui.timeline.curve_display import CurveLook

from .builder import MenuBuilder, check

if TYPE_CHECKING:
    from studio.ui.window.main_window import MainWindow


class RecognitionMenu:
    """From peak to peak, how curves look, and what can be taken away of a reading."""

    def __init__(self, build: MenuBuilder, window: MainWindow) -> None:
        self.window = window
        self.curves, self.export = window.stage.curves, window.probability_export
        menu = build.menu("&Recognition")
        self.peaks = [
            build.add(menu, "Next &peak", partial(self.step, 1), "Alt+Right"),
            build.add(menu, "Pre&vious peak", partial(self.step, -1), "Alt+Left"),
        ]
        menu.addSeparator()
        shapes = {"lines": "&Lines", "stacked": "&Stacked areas"}
        self.shapes = build.choices(menu, shapes, self.curves.look.shape, self.curves.set_shape)
        timeline = window.stage.timeline
        self.zooms = [
            build.add(menu, "Zoom the timeline &in", partial(timeline.zoom_by, 0.5), "Ctrl++"),
            build.add(menu, "Zoom the timeline &out", partial(timeline.zoom_by, 2.0), "Ctrl+-"),
            build.add(menu, "&Fit the timeline", timeline.fit, "Ctrl+0"),
        ]
        menu.addSeparator()
        self.copy = build.add(menu, "&Copy the verdict", self.export.copy_verdict, "Ctrl+Alt+C")
        self.table = build.add(menu, "Export the &numbers…", self.ask_for_table)
        self.smooth_table = build.add(
            menu, "Export the numbers as s&moothed…", partial(self.ask_for_table, smooth=True)
        )
        self.chart = build.add(menu, "Export a c&hart…", self.ask_for_chart)
        self._lend()
        self.curves.shown_changed.connect(lambda _shown: self._show(self.curves.look))
        self.curves.look_changed.connect(self._show)
        self._show(self.curves.look)

    def step(self, by: int) -> None:
        """Jump to the next peak (1) or the one before (-1)."""
        timeline = self.window.stage.timeline
        frame = next_peak(timeline.peaks, self.window.player.playhead.frame, by)
        if frame is not None:
            self.window.player.seek(frame)

    def ask_for_table(self, *, smooth: bool = False) -> None:
        path = self._ask("Export the probabilities", ".csv", "Table (*.csv)")
        if path is not None:
            self.export.write_table(path, smooth=smooth)

    def ask_for_chart(self) -> None:
        path = self._ask("Export a chart", ".png", "Picture (*.png)")
        if path is not None:
            self.export.write_chart(path)

    def _ask(self, title: str, suffix: str, kinds: str) -> Path | None:
        clip = self.window.document.current_clip
        if clip is None:
            return None
        settings = self.window.settings
        stem = "".join("-" if letter in '/\\:*?"<>|' else letter for letter in clip.name)
        start = settings.export_folder / f"{stem} probabilities{suffix}"
        name, _ = QFileDialog.getSaveFileName(self.window, title, str(start), kinds)
        if not name:
            return None
        path = Path(name)
        settings.export_folder = path.parent
        return path if path.suffix else path.with_suffix(suffix)

    def _lend(self) -> None:
        """The same entries where the mouse is: in the panel and on the timeline."""
        panel = self.window.recognition
        panel.verdict_view.copy.clicked.connect(self.export.copy_verdict)
        panel.export.menu().addActions([self.table, self.smooth_table, self.chart, self.copy])
        between = QAction(self.window)
        between.setSeparator(True)
        self.window.stage.timeline.menu_actions = [
            *self.peaks,
            between,
            *self.shapes.actions(),
            *self.zooms,
        ]

    def _show(self, look: CurveLook) -> None:
        known = self.curves.shown is not None
        for action in (*self.peaks, self.copy, self.table, self.chart):
            action.setEnabled(known)
        self.smooth_table.setEnabled(known and look.seconds > 0)
        check(self.shapes, look.shape)
