"""What the assistant says of a fit, and the list of points."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QKeySequence, QPalette
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.face.registration.correspondence import Verdict
from studio.ui.kit.forms import quiet

from .points import PointEditor
from .words import verdict_rows

_ROWS = 7  # points that are seen without scrolling, at least


class VerdictPanel(QWidget):
    """The verdict in words, its figures, and what to do where it is not good."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.reason = QLabel(wordWrap=True), quiet()
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.rows = QFormLayout(horizontalSpacing=10, verticalSpacing=2)
        self.figures = QWidget()
        self.figures.setLayout(self.rows)
        self.rows.setContentsMargins(0, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for part in (self.title, self.reason, self.figures):
            layout.addWidget(part)

    def say(self, title: str, reason: str = "", verdict: Verdict | None = None) -> None:
        """Say what came of a fit.

        Parameters
        ----------
        title
            The verdict in a few words.
        reason
            What is wrong, and what to do about it.
        verdict
            Its figures, None where there are none.
        """
        self.title.setText(title)
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        while self.rows.rowCount():
            self.rows.removeRow(0)
        for name, value in verdict_rows(verdict) if verdict is not None else ():
            self.rows.addRow(name, QLabel(value))
        self.figures.setVisible(verdict is not None)


class PointPanel(QWidget):
    """Which points are set, which is next, and the verbs for them.

    Attributes
    ----------
    verbs
        The buttons, to be put where they are always seen.
    """

    def __init__(self, editor: PointEditor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor = editor
        self.told, self.verbs = quiet(), QWidget()
        self.list = QListWidget()
        self.list.setAccessibleName("Points of the face")
        self.list.setToolTip("The chosen one is set by the next click on their surface")
        self.list.addItems(list(editor.names))
        for row in range(self.list.count()):
            flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
            self.list.item(row).setFlags(flags)
        self.list.setMinimumHeight(_ROWS * (self.fontMetrics().height() + 6))
        self.undo = _button("Undo", "Take the last step back", QKeySequence.StandardKey.Undo)
        self.redo = _button("Redo", "Do it again", QKeySequence("Ctrl+Shift+Z"))
        self.remove = _button("&Remove", "Take the chosen point away (Del)")
        self.suggest = _button("&Suggest all", "Set the others where the last fit has them")
        self._arrange()
        self.list.currentRowChanged.connect(self._choose)
        self.undo.clicked.connect(editor.undo)
        self.redo.clicked.connect(editor.redo)
        self.remove.clicked.connect(lambda: editor.remove(editor.current))
        self.suggest.clicked.connect(editor.take_suggested)
        editor.changed.connect(self._show)
        self._show()

    def _arrange(self) -> None:
        layout, verbs = QVBoxLayout(self), QVBoxLayout(self.verbs)
        for column in (layout, verbs):
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(6)
        layout.addWidget(self.told)
        layout.addWidget(self.list, stretch=1)
        for pair in ((self.suggest, self.remove), (self.undo, self.redo)):
            row = QHBoxLayout()
            row.setSpacing(6)
            for button in pair:
                row.addWidget(button, stretch=1)
            verbs.addLayout(row)

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self.editor.names):
            self.editor.choose(self.editor.names[row])

    def _show(self) -> None:
        editor = self.editor
        blocker = QSignalBlocker(self.list)
        for row, name in enumerate(editor.names):
            self._tick(self.list.item(row), on=name in editor.places)
        self.list.setCurrentRow(editor.names.index(editor.current))
        blocker.unblock()
        self.told.setText(f"{len(editor.places)} of {len(editor.names)} points are set.")
        self.undo.setEnabled(editor.undo_name is not None)
        self.redo.setEnabled(editor.redo_name is not None)
        self.remove.setEnabled(editor.current in editor.places)
        self.suggest.setEnabled(bool(set(editor.suggested) - set(editor.places)))

    def _tick(self, item: QListWidgetItem, *, on: bool) -> None:
        """Tick a point that is set; one that is not stands back."""
        roles = QPalette.ColorRole
        item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        item.setForeground(self.palette().color(roles.Text if on else roles.PlaceholderText))


def _button(
    text: str, tip: str, key: QKeySequence | QKeySequence.StandardKey | None = None
) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    if key is not None:
        shown = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
        button.setToolTip(f"{tip} ({shown})")
        button.setShortcut(QKeySequence(key))
    return button
