"""Type what to do and do it; the key sheet is the same, with every key in view at first."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from studio.ui.kit.forms import quiet

from .action_list import ActionList
from .key_sheet import KeySheet, gestures
from .registry import Registry
from .search import ranked

SIZE, SHEET_SIZE = QSize(640, 460), QSize(920, 600)
_K = Qt.Key
_MOVING = {_K.Key_Up, _K.Key_Down, _K.Key_PageUp, _K.Key_PageDown}


class Palette(QDialog):
    """A list of all actions that is searched while one types; Return runs the chosen one.

    Parameters
    ----------
    registry
        Whose actions these are.
    parent
        The window it stands over.
    sheet
        Whether to show all keys and gestures on one sheet until something is typed.
    """

    def __init__(self, registry: Registry, parent: QWidget | None = None, *, sheet: bool) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys and mouse" if sheet else "Command palette")
        shown = [row for row in registry.rows(self) if row.action and row.action.isVisible()]
        # Of what comes and goes, that which cannot be used tells nothing.
        shown = [row for row in shown if row.id or row.usable]
        self.rows = [*shown, *(gestures() if sheet else ())]
        self.search = QLineEdit(clearButtonEnabled=True)
        self.search.setPlaceholderText("Search for what to do, or for a key")
        self.search.setAccessibleName("Search the actions")
        self.search.setToolTip("Several words must all be found")
        self.list, self.nothing = ActionList(self.rows), quiet()
        self.list.setFrameShape(ActionList.Shape.NoFrame)
        self.list.setToolTip("Return does what is chosen; what is gray cannot be done now")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.first = KeySheet(self.rows) if sheet else self.list
        self.pages = QStackedWidget()
        for page in dict.fromkeys((self.first, self.list, self.nothing)):
            self.pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(12)
        layout.addWidget(self.search)
        layout.addWidget(self.pages)
        self.search.textChanged.connect(self._show)
        self.list.itemClicked.connect(self._run)
        size = SHEET_SIZE if sheet else SIZE
        self.resize(size.boundedTo(self.screen().availableSize() - QSize(40, 60)))
        self._show("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep the focus in the search; arrows and Return go to what stands below it."""
        page = self.pages.currentWidget()
        if event.key() in _MOVING and isinstance(page, KeySheet | ActionList):
            page.keyPressEvent(event)
        elif event.key() in (_K.Key_Return, _K.Key_Enter):
            if page is self.list:
                self._run()
        else:
            super().keyPressEvent(event)

    def _show(self, words: str) -> None:
        found = ranked(self.rows, words)
        self.list.show_rows(found)
        self.nothing.setText(f"Nothing here is called {words}.")
        page = self.list if found else self.nothing
        self.pages.setCurrentWidget(page if words.strip() else self.first)

    def _run(self) -> None:
        """Close, then do what was chosen."""
        row = self.list.row
        if row is not None and row.action is not None and row.usable:
            self.accept()
            row.action.trigger()
