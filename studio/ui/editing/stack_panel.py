"""The edits of the current clip: which there are, in which order, and what one of them does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.core.sequence import Floats
from studio.document import BearingEdit, ClipState, Document, Edit, IntensityEdit
from studio.document.edits.channels.channel_edit import ChannelsEdit
from studio.document.edits.curve import CurveEdit
from studio.face.facs import LABELS
from studio.face.known import known
from studio.ui.kit.bind import bind
from studio.ui.kit.icons import cross_icon
from studio.ui.timeline.player import Player

from .bearing_controls import BearingControls
from .chosen_edit import ChosenEdit
from .curve_edit_controls import CurveEditControls, tool_button

_ROWS = 4  # of the list that can be seen without scrolling
NEUTRAL = "neutral"


class EditList(QListWidget):
    """A list that keeps the keys it answers from the shortcuts of the window."""

    remove_asked = Signal()
    move_asked = Signal(int)  # 1 up, -1 down

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._verb(event) is not None
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        verb = self._verb(event)
        item = self.currentItem()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
            on = item.checkState() == Qt.CheckState.Checked
            item.setCheckState(Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)
        elif verb is None:
            super().keyPressEvent(event)
        else:
            verb()

    def _verb(self, event: QKeyEvent) -> Callable[[], None] | None:
        """Find what a key asks for besides what a list does by itself."""
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            return self.remove_asked.emit
        if alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            return partial(self.move_asked.emit, 1 if event.key() == Qt.Key.Key_Up else -1)
        return None


class StackPanel(QWidget):
    """Add, order, switch and remove edits; below the list, the controls of the chosen one.

    The top of the list is the top of the stack. Del removes, Space switches, Alt+Up and Alt+Down
    move the chosen edit.

    Parameters
    ----------
    neutral_of
        Gives the frame that shows a clip's face at rest, or that face (V, 3), for a new edit.
    preview
        Shows the frame under the playhead as this clip would play it.
    """

    def __init__(
        self,
        document: Document,
        player: Player,
        neutral_of: Callable[[ClipState], int | Floats],
        preview: Callable[[ClipState], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.document, self._neutral_of = document, neutral_of
        self._make_head()
        self.list = EditList()
        self.list.setAccessibleName("Edits of the clip")
        self.list.setToolTip("What is done to the clip, the first below; Return switches one off")
        self.chosen = ChosenEdit(document, player, preview, self)
        self.curve = CurveEditControls(self.chosen, player)
        self.said = QLabel(wordWrap=True)
        self.controls = QStackedWidget()
        self.controls.addWidget(self.said)
        self.controls.addWidget(self.curve)
        self.bearing = BearingControls(self.chosen)
        self.controls.addWidget(self.bearing)
        self._arrange()
        self._connect()
        self._show()

    # Verbs

    def add_intensity(self) -> None:
        """Lay an edit of the intensity on top and choose it."""
        clip = self.document.current_clip
        if clip is not None:
            edit = IntensityEdit(neutral=self._neutral_of(clip))
            self._choose(self.document.add_edit(clip.id, edit))
            self.go_to_controls()

    def add_bearing(self) -> None:
        """Lay head, gaze and blinks on top, as they go with what the clip was made to show."""
        clip = self.document.current_clip
        if clip is not None:
            said = str((clip.recipe or {}).get("label", NEUTRAL))
            edit = BearingEdit(said if said in LABELS else NEUTRAL)
            self._choose(self.document.add_edit(clip.id, edit))
            self.bearing.sliders["head"].setFocus()

    def edit_intensity(self) -> None:
        """Go to the topmost edit of the intensity; without one, add it."""
        edits = list(enumerate(self._edits))
        found = [place for place, edit in edits if isinstance(edit, IntensityEdit)]
        if not found:
            self.add_intensity()
            return
        self._choose(found[-1])
        self.go_to_controls()

    def go_to_controls(self) -> None:
        """Let the keyboard change the chosen edit."""
        self.curve.slider.setFocus()

    @property
    def place(self) -> int | None:
        """The place of the chosen edit in the stack."""
        row = self.list.currentRow()
        return len(self._edits) - 1 - row if 0 <= row < len(self._edits) else None

    # Making it

    def _make_head(self) -> None:
        self.add = tool_button("Add intensity", "Add an edit of how strong the expression is")
        self.add.setText("+ Intensity")
        self.add_head = tool_button(
            "Add head, gaze and blinks", "Let the head move, the eyes wander and blink"
        )
        self.add_head.setText("+ Head")
        self.up = tool_button("Move up", "Lay the chosen edit on top of the next one (Alt+Up)")
        self.up.setArrowType(Qt.ArrowType.UpArrow)
        self.down = tool_button("Move down", "Lay the chosen edit under the one below (Alt+Down)")
        self.down.setArrowType(Qt.ArrowType.DownArrow)
        self.remove = tool_button("Remove edit", "Remove the chosen edit (Del)")
        self.remove.setIcon(cross_icon())

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.add)
        head.addWidget(self.add_head)
        head.addStretch(1)
        for button in (self.up, self.down, self.remove):
            head.addWidget(button)
        line = self.fontMetrics().height() + 6
        self.list.setMinimumHeight(2 * line)
        self.list.setMaximumHeight(_ROWS * line + 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.addLayout(head)
        column.addWidget(self.list)
        column.addWidget(self.controls)
        column.addStretch(1)

    def _connect(self) -> None:
        document = self.document
        self.add.clicked.connect(self.add_intensity)
        self.add_head.clicked.connect(self.add_bearing)
        self.up.clicked.connect(lambda: self._move(1))
        self.down.clicked.connect(lambda: self._move(-1))
        self.remove.clicked.connect(self._remove)
        self.list.remove_asked.connect(self._remove)
        self.list.move_asked.connect(self._move)
        self.list.currentRowChanged.connect(lambda _row: self._show_controls())
        self.list.itemChanged.connect(self._switch)
        bind(self, document.edit_changed, lambda _clip: self._show())
        bind(self, document.current_changed, lambda _clip: self._show())

    # Doing it

    @property
    def _edits(self) -> tuple[Edit, ...]:
        clip = self.document.current_clip
        return clip.edits if clip is not None else ()

    def _choose(self, place: int) -> None:
        self.list.setCurrentRow(len(self._edits) - 1 - place)

    def _move(self, step: int) -> None:
        clip, place = self.document.current_clip, self.place
        if clip is not None and place is not None and 0 <= place + step < len(clip.edits):
            self.document.move_edit(clip.id, place, place + step)
            self._choose(place + step)

    def _remove(self) -> None:
        clip, place = self.document.current_clip, self.place
        if clip is not None and place is not None:
            self.document.remove_edit(clip.id, place)

    def _switch(self, item: QListWidgetItem) -> None:
        clip, place = self.document.current_clip, len(self._edits) - 1 - self.list.row(item)
        if clip is not None:
            on = item.checkState() == Qt.CheckState.Checked
            self.document.switch_edit(clip.id, place, on=on)

    # Showing it

    def _show(self) -> None:
        """Make the rows say what the document says; the row that is chosen stays."""
        edits, clip = self._edits[::-1], self.document.current_clip
        with QSignalBlocker(self.list):
            row = self.list.currentRow()
            while self.list.count() > len(edits):
                self.list.takeItem(self.list.count() - 1)
            while self.list.count() < len(edits):
                self.list.addItem(QListWidgetItem())
            for place, edit in enumerate(edits):
                item = self.list.item(place)
                item.setText(edit.summary)
                item.setCheckState(Qt.CheckState.Checked if edit.on else Qt.CheckState.Unchecked)
            self.list.setCurrentRow(min(max(row, 0), len(edits) - 1))
        self.add.setEnabled(clip is not None)
        ours = clip is not None and known(clip.recording.topology) is not None
        self.add_head.setEnabled(ours)
        self._show_controls()

    def _show_controls(self) -> None:
        place, edits = self.place, self._edits
        edit = edits[place] if place is not None else None
        self.up.setEnabled(place is not None and place < len(edits) - 1)
        self.down.setEnabled(place is not None and place > 0)
        self.remove.setEnabled(edit is not None)
        self.chosen.choose(place)
        if isinstance(edit, CurveEdit | BearingEdit):
            own = self.curve if isinstance(edit, CurveEdit) else self.bearing
            self.controls.setCurrentWidget(own)
            return
        self.said.setText(_hint(edit))
        self.controls.setCurrentWidget(self.said)


def _hint(edit: Edit | None) -> str:
    if edit is None:
        return "Nothing is done to this clip: it plays as it came."
    if isinstance(edit, ChannelsEdit):
        return "Channels are moved by their curves: Edit channels, in the Edit menu."
    return "Landmarks are moved in the view: Edit landmarks, in the Edit menu."
