"""The keys and the mouse on one sheet, grouped as the menus are, to be searched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QDialog, QLineEdit, QTextBrowser, QVBoxLayout, QWidget

Row = tuple[str, Sequence[str]]  # what it does, its keys or gestures
Groups = Mapping[str, Sequence[Row]]
Role = QPalette.ColorRole
SIZE = QSize(920, 600)


def gestures() -> dict[str, list[Row]]:
    """What the mouse does in the places that have no menu."""
    return {
        "Mouse in the 3D view": [
            ("Go round the face", ["Left drag"]),
            ("Move the picture", ["Middle drag", "Shift+left drag"]),
            ("Come nearer or go back", ["Wheel", "Right drag"]),
            ("From the front, fitted", ["Double click"]),
        ],
        "Mouse on the timeline": [
            ("Scrub", ["Left drag"]),
            ("Zoom", ["Wheel"]),
            ("Move along", ["Shift+wheel", "Middle drag"]),
            ("All of the clip in view", ["Double click"]),
            ("Move an end of the range", ["Drag a bracket"]),
            ("Range over the whole clip", ["Double click on the range"]),
            ("Go to a peak", ["Click on its dot"]),
            ("Read values", ["Rest the pointer on a curve"]),
        ],
        "Lists and fields": [
            ("Next or previous control", ["Tab", "Shift+Tab"]),
            ("Play the chosen clip", ["Return"]),
            ("Choose several clips", ["Ctrl+click", "Shift+click"]),
            ("Rename a clip", ["Double click"]),
            ("Reorder clips", ["Drag"]),
            ("Close a dialog, leave a mode", ["Esc"]),
        ],
    }


def matching(groups: Groups, words: str) -> dict[str, list[Row]]:
    """The rows in which every word is found, in their text, keys or group."""
    wanted = words.casefold().split()
    found = {
        title: [
            (text, keys)
            for text, keys in rows
            if all(word in f"{title} {text} {' '.join(keys)}".casefold() for word in wanted)
        ]
        for title, rows in groups.items()
    }
    return {title: rows for title, rows in found.items() if rows}


class KeySheet(QDialog):
    """Two columns of groups; what is typed leaves the rows that hold it."""

    def __init__(self, groups: Groups, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.groups = {**groups, **gestures()}
        self.setWindowTitle("Keys and mouse")
        self.search = QLineEdit(clearButtonEnabled=True)
        self.search.setPlaceholderText("Search for what to do, or for a key")
        self.search.setAccessibleName("Search the keys")
        self.search.setToolTip("Several words must all be found")
        self.sheet = QTextBrowser()
        self.sheet.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.sheet.viewport().setAutoFillBackground(False)
        self.sheet.setAccessibleName("Keys and mouse")
        self.sheet.setToolTip("Every key and what it does")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 8)
        layout.setSpacing(12)
        layout.addWidget(self.search)
        layout.addWidget(self.sheet)
        self.search.textChanged.connect(self._show)
        self.resize(SIZE.boundedTo(self.screen().availableSize() - QSize(40, 60)))
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down scroll the sheet while the search has the focus."""
        pages = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
        if event.key() in pages:
            self.sheet.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "sheet"):
            self._show()
        super().changeEvent(event)

    def _show(self) -> None:
        found = matching(self.groups, self.search.text())
        if not found:
            nothing = f"Nothing here is called {self.search.text()}."
            self.sheet.setHtml(f"<p>{escape(nothing)}</p>")
            return
        left, right = _halves(found)
        columns = "".join(
            f'<td width="50%" style="padding-right:18px">{self._column(found, titles)}</td>'
            for titles in (left, right)
        )
        self.sheet.setHtml(f'<table width="100%" cellspacing="0"><tr>{columns}</tr></table>')

    def _column(self, groups: Groups, titles: Sequence[str]) -> str:
        return "".join(self._group(title, groups[title]) for title in titles)

    def _group(self, title: str, rows: Sequence[Row]) -> str:
        colors = self.palette()
        line = colors.color(Role.Mid).name()
        lines = "".join(
            f'<tr><td style="padding:3px 8px 3px 0">{escape(text)}</td>'
            f'<td align="right" style="padding:3px 0">{self._keys(keys)}</td></tr>'
            for text, keys in rows
        )
        return (
            f'<table width="100%" cellspacing="0" style="margin-bottom:14px">'
            f'<tr><td colspan="2" style="border-bottom:1px solid {line}; padding-bottom:3px">'
            f"<b>{escape(title)}</b></td></tr>{lines}</table>"
        )

    def _keys(self, keys: Sequence[str]) -> str:
        cap = self.palette().color(Role.Midlight).name()
        style = f"background-color:{cap}"
        return " &nbsp; ".join(
            f'<span style="{style}">&nbsp;{escape(key).replace(" ", "&nbsp;")}&nbsp;</span>'
            for key in keys
        )


def _halves(groups: Groups) -> tuple[list[str], list[str]]:
    """The titles in two columns of about the same height, in their order."""
    heights = {title: len(rows) + 2 for title, rows in groups.items()}
    whole, so_far = sum(heights.values()), 0
    left: list[str] = []
    for title, height in heights.items():
        if left and so_far + height / 2 > whole / 2:
            break
        left.append(title)
        so_far += height
    return left, [title for title in groups if title not in left]
