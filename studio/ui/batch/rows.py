"""The table of clips: what each is, and what has become of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from studio.takes.many.manifest import Item, State

_HEADS = ("Clip", "State", "Told")
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True)
class Row:
    """One clip, or what stands for several until the work begins.

    Attributes
    ----------
    path
        What was chosen, or found.
    item, state
        Once the work has begun, and once it has ended for this clip.
    """

    path: Path
    item: Item | None = None
    state: State | None = None

    @property
    def word(self) -> str:
        """What has become of it, in a word."""
        if self.item is None:
            return ""
        if self.state is None:
            return "waiting"
        return "failed" if self.state.error else "made"

    @property
    def told(self) -> str:
        """Why it failed, or what was remarked."""
        if self.state is None:
            return "a folder" if self.item is None and os.path.isdir(self.path) else ""
        return self.state.error or " ".join(self.state.remarks)


class Rows(QAbstractTableModel):
    """The clips of a batch."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self._places: dict[str, int] = {}

    @property
    def failed(self) -> list[Row]:
        """Those that have an error."""
        return [row for row in self.rows if row.word == "failed"]

    def choose(self, paths: Sequence[Path]) -> None:
        """Show what was chosen."""
        self._reset([Row(path) for path in paths])

    def begin(self, items: Sequence[Item]) -> None:
        """Show what there is to do."""
        self._reset([Row(Path(item.source), item) for item in items])

    def end(self, states: Sequence[State]) -> None:
        """Show how some ended."""
        for state in states:
            place = self._places.get(state.id)
            if place is not None:
                self.rows[place] = replace(self.rows[place], state=state)
                self.dataChanged.emit(self.index(place, 0), self.index(place, len(_HEADS) - 1))

    def _reset(self, rows: list[Row]) -> None:
        self.beginResetModel()
        self.rows = rows
        self._places = {row.item.id: place for place, row in enumerate(rows) if row.item}
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(_HEADS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        shown = orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return _HEADS[section] if shown else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        row = self.rows[index.row()]
        texts = row.path.name, row.word, row.told
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return texts[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.told if index.column() and row.told else str(row.path)
        return None
