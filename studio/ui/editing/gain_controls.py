"""What is made of each channel: a table of multipliers and offsets, and presets kept as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSignalBlocker, Qt
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.core import StudioError
from studio.core.request import Range
from studio.document.edits.parts.channel_gain import ChannelGainEdit
from studio.document.edits.parts.gains import (
    MULTIPLIER,
    OFFSET,
    SUFFIX,
    ChannelGain,
    read_gains,
    write_gains,
)
from studio.face.rig import ARKIT, ARKIT_INDEX
from studio.ui.kit.keys import take_key

from .chosen_edit import ChosenEdit
from .curve_edit_controls import tool_button

_ROWS = 9  # that are seen without scrolling
_COLUMNS: dict[str, tuple[Range, float, float]] = {  # what is allowed, a step, and what it is as is
    "Multiplier": (MULTIPLIER, 0.05, 1.0),
    "Offset": (OFFSET, 0.01, 0.0),
}
_FILES = f"Channel gains (*{SUFFIX})"
_REMOVES = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_WAYS = (
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down),
    *(Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_F2),
)
Index = QModelIndex | QPersistentModelIndex
Ask = Callable[[QWidget], Path | None]


def asked_preset(parent: QWidget) -> Path | None:
    """Ask for a preset to load; None where none is chosen."""
    name, _ = QFileDialog.getOpenFileName(parent, "Load channel gains", "", _FILES)
    return Path(name) if name else None


def asked_place(parent: QWidget) -> Path | None:
    """Ask where a preset is kept; None where nowhere."""
    name, _ = QFileDialog.getSaveFileName(parent, "Keep channel gains", f"gains{SUFFIX}", _FILES)
    return Path(name) if name else None


class _Numbers(QStyledItemDelegate):
    """Lets a number be typed, or stepped and told with each step."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        allowed, step, _ = [*_COLUMNS.values()][index.column() - 1]
        box = QDoubleSpinBox(parent)
        box.setRange(allowed.low, allowed.high)
        box.setSingleStep(step)
        box.setFrame(False)
        # What is told comes back into the box, in the middle of a number that is being typed.
        box.setKeyboardTracking(False)
        box.valueChanged.connect(lambda _value: self.commitData.emit(box))
        return box


class GainTable(QTableWidget):
    """A row a channel; the name is bold where more or less is made of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(len(ARKIT), 1 + len(_COLUMNS), parent)
        self.setHorizontalHeaderLabels(["Channel", *_COLUMNS])
        self.verticalHeader().hide()
        self.setItemDelegate(_Numbers(self))
        self.setAccessibleName("Channels with multiplier and offset")
        self.setToolTip("weight × multiplier + offset; type or step a number, Del puts a row back")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        for row, name in enumerate(ARKIT):
            title = QTableWidgetItem(name)
            title.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            self.setItem(row, 0, title)
            for column in range(1, 1 + len(_COLUMNS)):
                number = QTableWidgetItem()
                right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                number.setTextAlignment(right)
                self.setItem(row, column, number)
        head, line = self.horizontalHeader(), self.fontMetrics().height() + 8
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setDefaultSectionSize(line)
        self.setMinimumHeight((_ROWS + 1) * line)
        self.show_gains(())

    def show_gains(self, gains: tuple[ChannelGain, ...]) -> None:
        """Show what is made of each channel."""
        by_name = {one.channel: one for one in gains}
        with QSignalBlocker(self):
            for row, name in enumerate(ARKIT):
                one = by_name.get(name, ChannelGain(name))
                title = self.item(row, 0)
                font = QFont(self.font())
                font.setBold(one.changes)
                if title is not None:
                    title.setFont(font)
                for column, value in enumerate((one.multiplier, one.offset), 1):
                    number = self.item(row, column)
                    if number is not None and number.data(Qt.ItemDataRole.EditRole) != value:
                        number.setData(Qt.ItemDataRole.EditRole, float(value))
        self.viewport().update()

    def gain(self, row: int) -> ChannelGain:
        """Read a row."""
        columns = range(1, 1 + len(_COLUMNS))
        numbers = [
            item.data(Qt.ItemDataRole.EditRole) for c in columns if (item := self.item(row, c))
        ]
        return ChannelGain(ARKIT[row], *(round(float(number), 2) for number in numbers))

    def put_back(self, rows: set[int]) -> None:
        """Have rows change nothing."""
        for row in rows:
            for column, (_, _, plain) in enumerate(_COLUMNS.values(), 1):
                number = self.item(row, column)
                if number is not None:
                    number.setData(Qt.ItemDataRole.EditRole, plain)

    def event(self, event: QEvent) -> bool:
        """Keep the keys that the table answers from the shortcuts of the window."""
        return take_key(event, _answers) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _REMOVES:
            self.put_back({index.row() for index in self.selectedIndexes()})
        else:
            super().keyPressEvent(event)


def _answers(event: QKeyEvent) -> bool:
    """Whether a key moves in the table, puts a row back, or begins a number."""
    if event.modifiers() & ~(
        Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
    ):
        return False
    return event.key() in (*_REMOVES, *_WAYS) or event.text() in tuple("0123456789.-")


class GainControls(QWidget):
    """Changes the chosen edit, where it is a channel gain.

    Parameters
    ----------
    ask_preset, ask_place
        Ask for a file to load, and for one to keep a preset in.
    """

    def __init__(
        self,
        chosen: ChosenEdit,
        ask_preset: Ask = asked_preset,
        ask_place: Ask = asked_place,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.chosen, self._ask_preset, self._ask_place = chosen, ask_preset, ask_place
        self.table = GainTable()
        self.search = QLineEdit(clearButtonEnabled=True)
        self.search.setPlaceholderText("Search channels")
        self.search.setAccessibleName("Search channels")
        self.search.setToolTip("Leave the channels whose names hold this, as smile")
        self.changed_only = QCheckBox("Changed")
        self.changed_only.setToolTip("Leave the channels of which more or less is made")
        self.load = tool_button("Load", "Take multipliers and offsets from a preset")
        self.load.setText("Load…")
        self.keep = tool_button("Keep", "Keep multipliers and offsets as a preset, as of a person")
        self.keep.setText("Keep…")
        self.reset = tool_button("Reset", "Make nothing more or less of any channel")
        self.reset.setText("Reset")
        self._arrange()
        self.search.textChanged.connect(lambda _text: self._find())
        self.changed_only.toggled.connect(lambda _on: self._find())
        self.table.cellChanged.connect(self._take)
        self.load.clicked.connect(self._load)
        self.keep.clicked.connect(self._keep)
        self.reset.clicked.connect(lambda: self.chosen.change({"channels": ()}))
        chosen.changed.connect(self.show_edit)
        self.show_edit()

    def _arrange(self) -> None:
        column, find, files = QVBoxLayout(self), QHBoxLayout(), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        find.addWidget(self.search, stretch=1)
        find.addWidget(self.changed_only)
        for button in (self.load, self.keep, self.reset):
            files.addWidget(button)
        files.addStretch(1)
        column.addLayout(find)
        column.addWidget(self.table)
        column.addLayout(files)

    @property
    def edit(self) -> ChannelGainEdit | None:
        """The edit that is changed, None while another kind is chosen."""
        found = self.chosen.edit
        return found if isinstance(found, ChannelGainEdit) else None

    def show_edit(self) -> None:
        """Show what the chosen edit makes of the channels; hidden for another kind."""
        edit = self.edit
        self.setVisible(edit is not None)
        if edit is not None:
            self.table.show_gains(edit.channels)
            self.keep.setEnabled(edit.changes)
            self.reset.setEnabled(bool(edit.channels))
            self._find()

    def _take(self, row: int, column: int) -> None:
        """Tell the edit what a row says; numbers in a row that follow each other are one step."""
        edit = self.edit
        if edit is None:
            return
        gain = self.table.gain(row)
        others = [one for one in edit.channels if one.channel != gain.channel]
        gains = sorted([*others, gain], key=lambda one: ARKIT_INDEX[one.channel])
        told = tuple(one for one in gains if one.changes)
        key = f"gain:{self.chosen.place}:{gain.channel}:{column}"
        self.chosen.change({"channels": told}, key=key)

    def _find(self) -> None:
        """Hide the rows that are not looked for."""
        wanted = self.search.text().replace(" ", "").lower()
        for row, name in enumerate(ARKIT):
            hidden = wanted not in name.lower()
            if self.changed_only.isChecked():
                hidden = hidden or not self.table.gain(row).changes
            self.table.setRowHidden(row, hidden)

    def _load(self) -> None:
        path = self._ask_preset(self)
        if path is None:
            return
        try:
            self.chosen.change({"channels": read_gains(path)})
        except StudioError as error:
            self.chosen.refused.emit(str(error))

    def _keep(self) -> None:
        path, edit = self._ask_place(self), self.edit
        if path is None or edit is None:
            return
        name = path.name.removesuffix(SUFFIX)
        try:
            write_gains(path.with_name(name + SUFFIX), edit.channels)
        except StudioError as error:
            self.chosen.refused.emit(str(error))
