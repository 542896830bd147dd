"""The keys and the mouse on one sheet, grouped as the menus are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from PySide6.QtCore import QEvent
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QTextBrowser, QWidget

from .search import Row

Groups = dict[str, list[Row]]
Role = QPalette.ColorRole
_GESTURES: dict[str, dict[str, tuple[str, ...]]] = {
    "Mouse in the 3D view": {
        "Go round the face": ("Left drag",),
        "Move the picture": ("Middle drag", "Shift+left drag"),
        "Come nearer or go back": ("Wheel", "Right drag"),
        "From the front, fitted": ("Double click",),
    },
    "Mouse on the timeline": {
        "Scrub": ("Left drag",),
        "Zoom": ("Wheel",),
        "Move along": ("Shift+wheel", "Middle drag"),
        "All of the clip in view": ("Double click",),
        "Move an end of the range": ("Drag a bracket",),
        "Range over the whole clip": ("Double click on the range",),
        "Go to a peak": ("Click on its dot",),
        "Read values": ("Rest the pointer on a curve",),
        "Drag past markers and ends": ("Alt+drag",),
    },
    "Markers over the timeline": {
        "Go to a marker": ("Click",),
        "Move a marker, by a frame": ("Drag", "Arrow keys"),
        "Next or previous marker": ("Down", "Up"),
        "Change its note": ("Double click", "Return"),
        "Remove it": ("Del",),
    },
    "Keys over the timeline": {
        "Choose a key, or one more": ("Click", "Shift+click"),
        "Choose with a box": ("Drag on the ground",),
        "Next or previous key": ("Down", "Up"),
        "Move the chosen keys": ("Drag one",),
        "Move them by a frame, by ten": ("Arrow keys", "Shift+arrow keys"),
        "Copy them elsewhere": ("Ctrl+drag",),
        "Scale them in time": ("Drag a handle beside them", "Alt+arrow keys"),
        "Scale them about the playhead": ("Alt+drag",),
        "Give a drag up": ("Esc",),
    },
    "Sound under the timeline": {
        "Move the sound along the clip, by a frame": ("Drag", "Arrow keys"),
    },
    "Curves of channels": {
        "Choose a key, or one more": ("Click", "Shift+click"),
        "Move the chosen keys": ("Drag one", "Arrow keys"),
        "Along one axis": ("Shift+drag",),
        "Scale them": ("Drag a handle around them", "Alt+arrow keys"),
        "Set a key on a curve": ("Double click",),
        "Next or previous key": ("Ctrl+Right", "Ctrl+Left"),
        "Zoom in height": ("Ctrl+wheel",),
        "Show the curve of a channel alone, or as well": ("Click", "Ctrl+click"),
    },
    "The cut under the timeline": {
        "Choose a part": ("Click", "Left", "Right"),
        "Move it among the others": ("Drag", "Ctrl+arrow keys"),
        "Trim it": ("Drag an end", "Shift+arrow keys"),
        "Crossfade": ("Drag its corner", "Alt+arrow keys"),
        "Show its clip": ("Double click", "Return"),
        "Take it out": ("Del",),
    },
    "List of edits": {
        "Switch an edit on or off": ("Return",),
        "Give it a name": ("F2", "Double click"),
        "Move it up or down": ("Drag", "Alt+arrow keys"),
        "Lay a second one on top": ("Ctrl+D",),
        "Remove it": ("Del",),
    },
    "Lists and fields": {
        "Next or previous control": ("Tab", "Shift+Tab"),
        "Play the chosen clip": ("Return",),
        "Press the focused button, open its choices": ("Return",),
        "Choose several clips": ("Ctrl+click", "Shift+click"),
        "Rename a clip": ("Double click",),
        "Reorder clips": ("Drag",),
        "Close a dialog, leave a mode": ("Esc",),
    },
}


def gestures() -> list[Row]:
    """List what the mouse and the keys do in the places that have no menu."""
    return [
        Row(text, (place,), keys)
        for place, rows in _GESTURES.items()
        for text, keys in rows.items()
    ]


def grouped(rows: Iterable[Row]) -> Groups:
    """Group the rows that have keys by the menu they stand in, in their order."""
    groups: Groups = {}
    for row in rows:
        if row.keys:
            groups.setdefault(row.place[0], []).append(row)
    return groups


class KeySheet(QTextBrowser):
    """Two columns of groups.

    Parameters
    ----------
    rows
        Those without keys are left out.
    """

    def __init__(self, rows: Iterable[Row], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.groups = grouped(rows)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setAccessibleName("Keys and mouse")
        self.setToolTip("Every key and what it does")
        self._show()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "groups"):
            self._show()
        super().changeEvent(event)

    def _show(self) -> None:
        columns = "".join(
            f'<td width="50%" style="padding-right:18px">'
            f"{''.join(self._group(title) for title in titles)}</td>"
            for titles in _halves(self.groups)
        )
        self.setHtml(f'<table width="100%" cellspacing="0"><tr>{columns}</tr></table>')

    def _group(self, title: str) -> str:
        line = self.palette().color(Role.Mid).name()
        lines = "".join(
            f'<tr><td style="padding:3px 8px 3px 0">{escape(row.text)}</td>'
            f'<td align="right" style="padding:3px 0">{self._keys(row.keys)}</td></tr>'
            for row in self.groups[title]
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
    """Part the titles into two columns of about the same height, in their order."""
    heights = {title: len(rows) + 2 for title, rows in groups.items()}
    whole, so_far = sum(heights.values()), 0
    left: list[str] = []
    for title, height in heights.items():
        if left and so_far + height / 2 > whole / 2:
            break
        left.append(title)
        so_far += height
    return left, [title for title in groups if title not in left]
