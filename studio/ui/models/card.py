"""One model set in full: what it can do, its files, and what its makers say of it."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QTextBrowser,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.engine.catalog import what_files_do
from studio.ui.kit.forms import quiet, readable_bytes
from studio.ui.kit.plain import plain_tip

from .survey import ModelFile, ModelSet


class SetView(QWidget):
    """Show a model set: name and place, files, problems, card."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.place, self.labels = QLabel(), quiet(), quiet()
        font = self.name.font()
        font.setPointSizeF(1.3 * font.pointSizeF())
        font.setBold(True)
        self.name.setFont(font)
        self.place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.problem = QLabel(wordWrap=True)
        self.problem.setForegroundRole(self.palette().ColorRole.BrightText)
        self.files = QTreeWidget()
        self.files.setRootIsDecorated(False)
        self.files.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        self.files.setHeaderLabels(["File", "What it does", "Face", "Size"])
        modes, head = QHeaderView.ResizeMode, self.files.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(modes.ResizeToContents)
        head.setSectionResizeMode(1, modes.Stretch)
        self.files.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.files.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.files.setAccessibleName("Files of the set")
        self.files.setToolTip("The models of the set, as their headers describe them")
        self.card = QTextBrowser(openExternalLinks=True)
        self.card.setPlaceholderText("The set has no card")
        self.card.setAccessibleName("Card of the set")
        self.card.setToolTip("How the set was made and how well it does, by its makers")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 0, 0, 0)
        for part in (self.name, self.place, self.problem, self.labels, self.files):
            layout.addWidget(part)
        layout.addWidget(self.card, stretch=1)

    def show_set(self, one: ModelSet | None, *, in_use: bool) -> None:
        """Show a set, or nothing for None."""
        self.setVisible(one is not None)
        if one is None:
            return
        name = "{name}, in use" if in_use else "{name}"
        self.name.setText(name.format(name=one.name))
        origin = "came with the studio" if one.shipped else one.hub or "added by you"
        if one.beside:
            origin += " · " + "serves beside any set of the same face and labels"
        size = readable_bytes(one.size)
        self.place.setText(f"{one.folder} · {origin} · {size}")
        self.problem.setText(self._problem(one, in_use=in_use))
        self.problem.setVisible(bool(self.problem.text()))
        self.labels.setText("Labels: " + ", ".join(one.labels))
        self.labels.setVisible(bool(one.labels))
        self._show_files(one.files)
        # Headings of a page of their own would shout in a panel.
        self.card.setMarkdown(re.sub(r"(?m)^(#{1,4}) ", r"##\1 ", one.card))

    def _problem(self, one: ModelSet, *, in_use: bool) -> str:
        said = [file.problem for file in one.files if file.problem]
        if one.problem and one.problem not in said:
            said.append(one.problem)
        if said and in_use:
            said.append("What was loaded stays in use until the studio is closed.")
        return "\n".join(said)

    def _show_files(self, files: tuple[ModelFile, ...]) -> None:
        self.files.clear()
        self.files.setVisible(bool(files))
        for file in files:
            self.files.addTopLevelItem(_row(file))
        rows = self.files.sizeHintForRow(0) * len(files) if files else 0
        self.files.setFixedHeight(self.files.header().sizeHint().height() + rows + 6)


def _row(file: ModelFile) -> QTreeWidgetItem:
    if not file.kind:
        does = "Cannot be read"
    else:
        does = what_files_do(file.kind)
        does = does if file.known else f"{does}, not used by the window"
    face = "fits" if file.fits else "another face"
    row = QTreeWidgetItem([file.name, does, face if file.kind else "–", readable_bytes(file.size)])
    for column in range(row.columnCount()):
        row.setToolTip(column, plain_tip(file.problem or does))
    return row
