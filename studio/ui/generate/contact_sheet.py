"""A contact sheet: takes of many seeds of one expression at a glance, of which some are kept."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from studio.core import GenerationRequest
from studio.core.hub_name import short_name
from studio.core.request import FRAMES, INTENSITY, SEED
from studio.io.naming import safe_name
from studio.ui.kit.forms import number_box, whole_box
from studio.ui.kit.progress_line import ProgressLine
from studio.ui.kit.text import label_name
from studio.ui.kit.theme import LABEL_COLORS, label_icon
from studio.ui.kit.time_left import time_left
from studio.ui.settings.settings import Settings

from .sheet_picture import sheet_picture
from .sheet_view import SIZES, SheetView, caption, read_of, take_of
from .takes import TakeService

MOST, FIRST_TIME = 36, 12


class ContactSheet(QDialog):
    """Samples takes in the background and shows each when it is made."""

    saved = Signal(object)  # Path of the picture

    def __init__(
        self, takes: TakeService, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.takes, self.settings = takes, settings
        self._lane = takes.desk.lanes.sheet
        self._since = 0.0
        self.setWindowTitle("Contact sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._make_fields(takes.document.state.generation)
        self._make_buttons()
        self.view = SheetView(takes.thumbnails)
        self._arrange()
        self._connect()
        self._set_size()
        self._show_state()
        self.resize(760, 600)

    def _make_fields(self, wanted: GenerationRequest) -> None:
        engine = self.takes.desk.models.engine
        self.label, self.count = QComboBox(), QSpinBox(minimum=1, maximum=MOST)
        self.label.setIconSize(QSize(12, 12))
        for label in engine.labels if engine is not None else tuple(LABEL_COLORS):
            self.label.addItem(label_icon(label), label_name(label), label)
        self.label.setCurrentIndex(max(self.label.findData(wanted.label), 0))
        self.count.setValue(FIRST_TIME)
        self.first = whole_box(SEED)
        self.first.setMaximum(self.first.maximum() - MOST)
        self.first.setValue(min(wanted.seed, 10**6))
        self.intensity = number_box(INTENSITY, decimals=2, step=0.05)
        self.intensity.setValue(wanted.intensity)
        self.length = whole_box(FRAMES)
        self.length.setValue(wanted.frames)
        self.fields = (
            ("&Expression", self.label, "The expression all takes are to show"),
            ("&Takes", self.count, "How many takes, each from a seed of its own"),
            ("First see&d", self.first, "The takes have this seed and those after it"),
            ("&Intensity", self.intensity, "How strong the expression is; 1 as recorded"),
            ("&Length", self.length, "Frames of each take"),
        )

    def _make_buttons(self) -> None:
        self.sample, self.stop = QPushButton("&Sample"), QPushButton("Cancel")
        self.sample.setProperty("accent", True)
        self.sample.setDefault(True)
        self.sample.setMinimumSize(90, 30)
        self.stop.setMinimumSize(90, 30)
        self.stop.setToolTip("Stop sampling; takes that are made stay on the sheet")
        self.progress, self.state = ProgressLine(), QLabel()
        self.progress.setFixedHeight(6)
        self.state.setForegroundRole(self.state.palette().ColorRole.PlaceholderText)
        self.save, self.keep = QPushButton("Save &picture…"), QPushButton()
        self.play_all, self.size_box = QPushButton("Play &all"), QComboBox()
        self.play_all.setCheckable(True)
        for name in SIZES:
            self.size_box.addItem(f"{name.capitalize()} faces", name)
        self.size_box.setToolTip("How large the faces are")
        self.size_box.setAccessibleName("Size of the faces")
        self.size_box.setCurrentIndex(self.size_box.findData(self.settings.sheet_size))
        self.close_button = QPushButton("Close")
        for button, tip in (
            (self.sample, "Make the takes; those on the sheet give way"),
            (self.save, "Save the sheet as a PNG"),
            (self.play_all, "Have all takes move at once, over and over"),
            (self.keep, "Put the ticked takes into the list of clips, as one step"),
            (self.close_button, "Close the sheet; takes that were not kept are gone"),
        ):
            button.setToolTip(tip)
            button.setAutoDefault(button is self.sample)

    def _arrange(self) -> None:
        top, bottom, line = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        top.setSpacing(12)
        for text, field, tip in self.fields:
            column, title = QVBoxLayout(), QLabel(text)
            column.setSpacing(3)
            title.setBuddy(field)
            field.setToolTip(tip)
            field.setAccessibleName(text.replace("&", ""))
            column.addWidget(title)
            column.addWidget(field)
            top.addLayout(column)
        top.addStretch()
        for button in (self.sample, self.stop):
            top.addWidget(button, alignment=Qt.AlignmentFlag.AlignBottom)
        line.addWidget(self.progress, stretch=1)
        line.addWidget(self.state)
        for widget in (self.save, self.play_all, self.size_box):
            bottom.addWidget(widget)
        bottom.addStretch()
        bottom.addWidget(self.keep)
        bottom.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addLayout(top)
        layout.addLayout(line)
        layout.addWidget(self.view, stretch=1)
        layout.addLayout(bottom)

    def _connect(self) -> None:
        self.sample.clicked.connect(self.start)
        self.stop.clicked.connect(self._lane.cancel)
        self.save.clicked.connect(self._ask_where)
        self.keep.clicked.connect(self._keep)
        self.play_all.toggled.connect(self._play_all)
        self.size_box.currentIndexChanged.connect(lambda _row: self._set_size())
        self.close_button.clicked.connect(self.reject)
        self.view.ticked_changed.connect(self._show_state)
        self._lane.started.connect(self._show_state)
        self._lane.finished.connect(self._show_state)
        self._lane.progressed.connect(self._show_progress)
        self.takes.thumbnails.drawn.connect(self._show_state)
        self.takes.desk.models.engine_changed.connect(self._show_state)
        self.finished.connect(self._leave)

    @property
    def wanted(self) -> GenerationRequest:
        """The document's settings with what the fields say."""
        return replace(
            self.takes.document.state.generation,
            label=str(self.label.currentData()),
            seed=self.first.value(),
            intensity=round(self.intensity.value(), 2),
            frames=self.length.value(),
        )

    def start(self) -> None:
        """Sample the takes the fields ask for."""
        first = self.first.value()
        seeds = range(first, first + self.count.value())
        self._since = time.monotonic()
        if self.takes.sample_sheet(self.wanted, seeds, self.view.take_news):
            self.view.expect(seeds)

    def save_picture(self, path: Path) -> None:
        """Write the sheet as a PNG, in the background."""
        tiles = [
            (image, caption(take, read_of(item)))
            for item in self.view.tiles()
            if (take := take_of(item)) is not None
            and (image := self.takes.thumbnails.tile(take[0])) is not None
        ]
        self.takes.save_picture(sheet_picture(tiles, self._title()), path, self.saved.emit)

    def _ask_where(self) -> None:
        name = safe_name(f"{self.view.takes[0][1].label} sheet")
        start = str(self.settings.place("picture", "export") / f"{name}.png")
        chosen, _ = QFileDialog.getSaveFileName(self, "Save picture", start, "PNG (*.png)")
        if chosen:
            path = Path(chosen)
            self.settings.remember_place("picture", path.parent)
            self.save_picture(path if path.suffix else path.with_suffix(".png"))

    def _title(self) -> str:
        recipe = self.view.takes[0][1]
        request = recipe.request
        return (
            f"{label_name(recipe.label)} · intensity {request.intensity:.3g} · "
            f"{request.frames} frames · {short_name(recipe.models)}"
        )

    def _keep(self) -> None:
        self.takes.keep(self.view.ticked)
        self.accept()

    def _play_all(self, on: bool) -> None:
        self.play_all.setText("Stop &all" if on else "Play &all")
        self.view.play_all(on=on)

    def _set_size(self) -> None:
        self.settings.sheet_size = str(self.size_box.currentData())
        self.view.set_size(self.settings.sheet_size)

    def _leave(self) -> None:
        self._lane.cancel()
        self.view.play_all(on=False)
        self.takes.thumbnails.forget_moving()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._leave()
        super().closeEvent(event)

    def _show_progress(self, share: float, _message: str) -> None:
        self.progress.show_share(share)
        self._show_state()

    def _show_state(self, *_news: object) -> None:
        busy = self._lane.busy
        why_not = self.takes.generation.why_not(self.wanted)
        made, ticked = len(self.view.takes), len(self.view.ticked)
        self.sample.setVisible(not busy)
        self.sample.setEnabled(not why_not)
        self.stop.setVisible(busy)
        self.progress.setVisible(busy)
        self.state.setText(why_not or self._told(made, busy=busy))
        self.save.setEnabled(made > 0 and not busy and self.view.all_drawn)
        self.keep.setEnabled(ticked > 0)
        words = "&Keep 1 take" if ticked == 1 else "&Keep {count} takes"
        self.keep.setText(words.format(count=ticked))

    def _told(self, made: int, *, busy: bool) -> str:
        if busy:
            done = f"{made} of {self.view.count()}"
            if made == self.view.count():
                done = "Reading what they show"
            share = self.progress.value() / max(self.progress.maximum(), 1)
            left = time_left(time.monotonic() - self._since, share)
            return " · ".join(filter(None, [done, left]))
        if not self.view.count():
            return "Sample makes the takes; then tick those to keep."
        return "Hover plays a take, click ticks it; below the seed stands what it reads as."
