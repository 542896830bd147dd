"""The channels of the current clip in a list, by region, and what is done with poses."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.document.edits.channels.keying import Spot, with_values, without
from studio.face.rig import ARKIT
from studio.ui.kit.bind import bind
from studio.ui.kit.collapsible import Collapsible
from studio.ui.kit.scrolling import FormScroll

from .editor import ChannelEditor
from .pose_controls import PoseControls
from .posing import PoseEditor
from .rows import ChannelRow

# What names of channels begin with, by the region that they move.
REGIONS = {
    "Brows": ("brow",),
    "Eyes": ("eye",),
    "Cheeks": ("cheek",),
    "Nose": ("nose",),
    "Mouth": ("mouth", "tongue"),
    "Jaw": ("jaw",),
}
_OPEN = ("Brows", "Jaw")
_EVERY_MS = 80  # at which numbers follow the playhead while it plays
_NONE = "The face of this clip has no channels. They move the studio's face, and heads with shapes."
_WAIT = "Solving the clip to channels…"
_HINT = "A change sets a key at the playhead; the rest of the curve stays as captured."


class ChannelPanel(QWidget):
    """A search, the channels by region with a slider each, and poses below.

    The rows are made when the list is first seen.
    """

    def __init__(
        self, editor: ChannelEditor, poses: PoseEditor, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.editor = editor
        self.rows: dict[str, ChannelRow] = {}
        self.groups: dict[str, Collapsible] = {}
        self.search = QLineEdit(clearButtonEnabled=True)
        self.search.setPlaceholderText("Search channels")
        self.search.setAccessibleName("Search channels")
        self.search.setToolTip("Leave the channels whose names hold this, as smile")
        self.said = QLabel(_HINT, wordWrap=True)
        self.said.setMinimumHeight(2 * self.said.fontMetrics().lineSpacing())
        self.said.setForegroundRole(self.said.palette().ColorRole.PlaceholderText)
        self.poses = PoseControls(editor, poses)
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, 4, 0)
        self._column.setSpacing(2)
        self._later = QTimer(self, interval=_EVERY_MS, singleShot=True)
        self._arrange()
        self.search.textChanged.connect(lambda _text: self._find())
        self._later.timeout.connect(self._show_values)
        editor.changed.connect(self._show)
        bind(self, editor.player.playhead.frame_changed, lambda _frame: self._follow())

    def _arrange(self) -> None:
        scroll: QScrollArea = FormScroll(self._list)
        column, head = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(8, 6, 4, 6)
        head.addWidget(self.search)
        column.addLayout(head)
        column.addWidget(self.said)
        column.addWidget(scroll, 1)
        column.addWidget(self.poses)

    def _make_rows(self) -> None:
        for region, stems in REGIONS.items():
            content = QWidget()
            column = QVBoxLayout(content)
            column.setContentsMargins(6, 0, 0, 2)
            column.setSpacing(1)
            for name in (one for one in ARKIT if one.startswith(stems)):
                row = self.rows[name] = self._connected(ChannelRow(name))
                column.addWidget(row)
            self.groups[region] = Collapsible(region, content, opened=region in _OPEN)
            self.groups[region].toggled.connect(lambda _on: self._show_values())
            self._column.addWidget(self.groups[region])
        self._column.addStretch(1)

    def _connected(self, row: ChannelRow) -> ChannelRow:
        row.key_asked.connect(lambda name, on: self._set_key(name, on=on))
        row.picked.connect(lambda name, more: self._pick(name, more=more))
        row.held.connect(lambda name: self.editor.hold(f"Set {name}", [name]))
        row.changed.connect(self._change)
        row.dropped.connect(self.editor.drop)
        return row

    # Speaking

    def _change(self, name: str, weight: float, held: bool) -> None:
        editor = self.editor
        frame, below = editor.frame, editor.below
        if below is None:
            return
        if held:
            editor.show(lambda edit: with_values(edit, frame, {name: weight}, below))
        else:
            editor.set_values({name: weight}, f"Set {name}", name)

    def _set_key(self, name: str, *, on: bool) -> None:
        editor, frame = self.editor, self.editor.frame
        now = editor.values(frame)
        if on and now:
            editor.set_values({name: now[name]}, f"Set key of {name}")
        else:
            editor.apply(lambda edit: without(edit, [Spot(name, frame)]), f"Remove key of {name}")
        self._show()

    def _pick(self, name: str, *, more: bool) -> None:
        seen = set(self.editor.seen)
        alone = set() if seen == {name} else {name}
        self.editor.see(seen ^ {name} if more else alone)

    # Showing

    def _follow(self) -> None:
        """Follow the playhead; while it plays only now and then."""
        if not self.editor.player.playhead.playing:
            self._show_values()
        elif not self._later.isActive():
            self._later.start()

    def _show(self) -> None:
        editor = self.editor
        self.said.setText(_HINT if editor.ready else _NONE if editor.work is None else _WAIT)
        if not self.isVisible():
            return
        shapes = editor.below.shapes.names if editor.below is not None else ()
        for name, row in self.rows.items():
            row.setEnabled(name in shapes)
            row.name.setChecked(name in editor.seen)
        self._show_values()

    def _show_values(self) -> None:
        editor = self.editor
        if not self.isVisible() or not self.rows:
            return
        frame, edit = editor.frame, editor.edit
        now, curves = editor.values(frame), edit.by_channel if edit is not None else {}
        for row in self._seen_rows():
            curve = curves.get(row.channel)
            here = curve is not None and curve.key_at(frame) is not None
            row.dot.show_key(keyed=curve is not None, here=here)
            row.show_weight(now.get(row.channel, 0.0))

    def _seen_rows(self) -> Iterator[ChannelRow]:
        return (row for row in self.rows.values() if row.isVisible())

    def _find(self) -> None:
        """Leave the rows that the search names, all groups open while there is one."""
        text = self.search.text().strip().lower()
        for region, group in self.groups.items():
            found = 0
            for name in (one for one in ARKIT if one.startswith(REGIONS[region])):
                fits = text in name.lower()
                self.rows[name].setVisible(fits)
                found += fits
            group.setVisible(found > 0)
            group.title.setChecked(bool(text) or region in _OPEN)
        self._show_values()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.rows:
            self._make_rows()
        self._show()
