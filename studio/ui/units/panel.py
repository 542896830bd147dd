"""The units of the frame on show: how strong each is, when it occurs, and what they add up to."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QHideEvent, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.core import UnitTracks
from studio.core.unit_tracks import MOST
from studio.face.action_units import PRESETS, UNIT_NAMES
from studio.ui.kit.bind import bind
from studio.ui.kit.scrolling import calm_wheel
from studio.ui.recognize.service import RecognizeService, Verdict
from studio.ui.timeline.player import Player

from .service import UnitService
from .words import explanation, occurrence_words, preset_name

_COLUMNS = ("Unit", "Now", "Highest", "From")
Role = QPalette.ColorRole


class UnitPanel(QWidget):
    """A row a unit; clips are read while the panel is to be seen.

    Parameters
    ----------
    units
        Reads them.
    recognition
        Whose verdict the units explain.
    player
        Where the playhead is, and what jumps to peaks.
    """

    explained = Signal(str)  # which units speak for the verdict; empty where that is not known

    def __init__(
        self,
        units: UnitService,
        recognition: RecognizeService,
        player: Player,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.units, self._recognition, self._player = units, recognition, player
        self._verdict: Verdict | None = None
        self.preset, self.table = QComboBox(), QTableWidget(0, len(_COLUMNS))
        self.note, self.why = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.more = QToolButton()
        self.on_face, self.as_curves = QCheckBox("On the face"), QCheckBox("Curves")
        self._limits: list[QDoubleSpinBox] = []
        self._build()
        units.shown_changed.connect(self._show)
        units.map_changed.connect(lambda _map: self._tick())
        recognition.verdict_changed.connect(self._explain)
        bind(self, player.playhead.frame_changed, lambda _frame: self._show_row())
        self._show(units.shown)
        self._tick()

    def _build(self) -> None:
        for name in PRESETS:
            self.preset.addItem(preset_name(name), name)
        self.preset.setCurrentIndex(self.preset.findData(self.units.settings.unit_preset))
        self.preset.setToolTip("Which units are shown: those that a data set or a tool tells")
        self.preset.setAccessibleName("Units shown")
        self.preset.currentIndexChanged.connect(
            lambda _row: self.units.set_preset(self.preset.currentData())
        )
        calm_wheel(self.preset)
        self.table.setHorizontalHeaderLabels(_COLUMNS)
        self.table.setAccessibleName("Action units of the frame on show")
        self.table.setToolTip("Double-click: the frame where the unit is strongest")
        rows = self.table.verticalHeader()
        rows.hide()
        rows.setDefaultSectionSize(round(1.7 * self.fontMetrics().height()))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.cellDoubleClicked.connect(lambda row, _column: self._go_to_top(row))
        self.note.setForegroundRole(Role.PlaceholderText)
        self.on_face.setToolTip("Color the regions of the units that occur, by their intensity")
        self.on_face.clicked.connect(lambda on: self.units.set_map(on=on))
        self.as_curves.setToolTip("Draw units over time as curves, whose thresholds can be dragged")
        self.as_curves.clicked.connect(lambda on: self.units.set_curves(on=on))
        self.more.setText("Table")
        self.more.setToolTip("Write the units as a table, or lay one of another tool beside")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(QMenu(self.more))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        foot = QHBoxLayout()
        foot.addWidget(self.on_face)
        foot.addWidget(self.as_curves)
        foot.addStretch(1)
        foot.addWidget(self.more)
        for part in (self.preset, self.why, self.note, self.table):
            layout.addWidget(part)
        layout.addLayout(foot)

    @property
    def chosen(self) -> int | None:
        """The unit of the chosen row."""
        shown, row = self.units.shown, self.table.currentRow()
        return shown.units[row] if shown is not None and 0 <= row < len(shown.units) else None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.units.want("panel", on=True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.units.want("panel", on=False)

    def _show(self, tracks: UnitTracks | None) -> None:
        self._rows(tracks)
        self._show_row()
        self._explain(self._recognition.current_verdict)
        said = "Open a clip whose face can be read to see its action units."
        if tracks is not None:
            said = (
                "0 to 5, the maximum of FACS; a unit occurs from the number on the right. It is "
                "what the face shows, not what the person feels."
            )
        source = self.units.source
        self.note.setText(f"From {source}. {said}" if source else said)

    def _tick(self) -> None:
        self.on_face.setChecked(self.units.settings.unit_map)
        self.as_curves.setChecked(self.units.settings.unit_curves)

    def _rows(self, tracks: UnitTracks | None) -> None:
        """Make a row a unit; the same units again keep their rows."""
        units = tracks.units if tracks is not None else ()
        if self.table.rowCount() != len(units) or self._named() != units:
            self.table.setRowCount(0)
            self.table.setRowCount(len(units))
            self._limits = [self._row(row, unit) for row, unit in enumerate(units)]
        if tracks is None:
            return
        for row, (top, limit) in enumerate(zip(tracks.summary, tracks.thresholds, strict=True)):
            self._item(row, 2).setText(f"{top:.1f}")
            told = occurrence_words(tracks, row)
            for column in range(3):
                self._item(row, column).setToolTip(told)
            with QSignalBlocker(self._limits[row]):
                self._limits[row].setValue(float(limit))

    def _named(self) -> tuple[int, ...]:
        rows = range(self.table.rowCount())
        return tuple(int(self._item(row, 0).data(Qt.ItemDataRole.UserRole)) for row in rows)

    def _row(self, row: int, unit: int) -> QDoubleSpinBox:
        for column in range(3):
            self.table.setItem(row, column, QTableWidgetItem())
        self._item(row, 0).setText(f"{unit}  {UNIT_NAMES[unit]}")
        self._item(row, 0).setData(Qt.ItemDataRole.UserRole, unit)
        for column in (1, 2):
            middle = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            self._item(row, column).setTextAlignment(middle)
        limit = QDoubleSpinBox(decimals=2, singleStep=0.1)
        limit.setRange(0.05, MOST)
        limit.setKeyboardTracking(False)
        limit.setFrame(False)
        limit.setAccessibleName(f"AU {unit} occurs from")
        limit.setToolTip("The intensity from which on the unit is said to occur")
        limit.valueChanged.connect(partial(self.units.set_threshold, unit))
        calm_wheel(limit)
        self.table.setCellWidget(row, 3, limit)
        return limit

    def _item(self, row: int, column: int) -> QTableWidgetItem:
        item = self.table.item(row, column)
        assert item is not None
        return item

    def _show_row(self) -> None:
        """Write the intensities of the frame on show, strong where a unit occurs.

        Not where nobody looks, for each frame of playback would cost a table; who comes to look has
        `UnitService.want` show all anew.
        """
        tracks, frame = self.units.shown, self._player.playhead.frame
        if tracks is None or not self.isVisible():
            return
        at = len(tracks.values) - 1 if self.units.live else min(frame, len(tracks.values) - 1)
        for row, (value, there) in enumerate(
            zip(tracks.values[at], tracks.occurs[at], strict=True)
        ):
            item = self._item(row, 1)
            item.setText(f"{value:.1f}")
            font = item.font()
            font.setBold(bool(there))
            item.setFont(font)

    def _explain(self, verdict: Verdict | None) -> None:
        tracks = None if self.units.live else self.units.shown
        self.why.setText(explanation(verdict, tracks))
        self.why.setVisible(bool(self.why.text()))
        self.explained.emit(self.why.text())

    def _go_to_top(self, row: int) -> None:
        tracks = self.units.shown
        if tracks is not None and not self.units.live and row < len(tracks.names):
            self._player.seek(int(np.argmax(tracks.values[:, row])))
