"""The edits of the current clip: which there are, in which order, and what one of them does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QHideEvent, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.core import InputError, StudioError
from studio.core.sequence import Floats
from studio.document import BearingEdit, ClipState, Document, Edit, IntensityEdit, LandmarkEdit
from studio.document.edit_verbs import beginning, begun
from studio.document.edits.channels.channel_edit import ChannelsEdit
from studio.document.edits.curve import CurveEdit
from studio.document.edits.edit import Beginning
from studio.document.edits.keyed import KeyedEdit
from studio.ui.kit.bind import bind
from studio.ui.kit.icons import cross_icon
from studio.ui.kit.scrolling import FormScroll
from studio.ui.timeline.player import Player

from .bearing_controls import BearingControls
from .chosen_edit import ChosenEdit
from .curve_edit_controls import CurveEditControls, tool_button
from .gain_controls import GainControls
from .painting.painter import MaskPainter
from .parameter_controls import ParameterControls
from .part_controls import PartControls
from .stack_list import EditList

_ROWS = 5  # of the list that can be seen without scrolling


class StackPanel(QWidget):
    """Add, order, switch, name and remove edits; below the list, the controls of the chosen one.

    The top of the list is the top of the stack.

    Parameters
    ----------
    neutral_of
        Gives the frame that shows a clip's face at rest, or that face (V, 3), for a new edit.
    preview
        Shows the frame under the playhead as this clip would play it.
    """

    chosen_changed = Signal()  # another edit is chosen, or whether the panel can be seen
    failed = Signal(object)  # Exception

    def __init__(
        self,
        document: Document,
        player: Player,
        neutral_of: Callable[[ClipState], int | Floats],
        preview: Callable[[ClipState], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.document, self.player, self._neutral_of = document, player, neutral_of
        self._preview = preview
        self.chosen = ChosenEdit(document, player, preview, self)
        self._make_head()
        self.list = EditList()
        self.list.setAccessibleName("Edits of the clip")
        self.list.setToolTip("What is done to the clip, the first below; a drag reorders")
        self.curve = CurveEditControls(self.chosen, player)
        self.bearing = BearingControls(self.chosen)
        self.parameters = ParameterControls(self.chosen)
        self.gains = GainControls(self.chosen)
        self.parts = PartControls(self.document, self.chosen)
        self.painter = MaskPainter(document, self.chosen, self)
        self.painter.failed.connect(self.failed)
        self._make_words()
        self._arrange()
        self._connect()
        self._show()

    # Verbs

    def begin(self) -> Beginning | None:
        """Say what is chosen for a new edit: the range, the frame on show, the face at rest."""
        clip = self.document.current_clip
        if clip is None:
            return None
        return beginning(clip, self.player.playhead.frame, self._neutral_of(clip))

    def refusal(self, kind: type[Edit]) -> str:
        """Say why no edit of a kind can be laid on top now; empty where one can."""
        clip = self.document.current_clip
        if clip is None:
            return "There is no clip"
        try:
            begun(kind, beginning(clip, self.player.playhead.frame))
        except InputError as error:
            return str(error)
        return ""

    def add(self, kind: type[Edit], *, focus: bool = True) -> None:
        """Lay an edit of a kind on top and choose it.

        Parameters
        ----------
        kind
            Which kind.
        focus
            Whether the keyboard then changes it.
        """
        clip, at = self.document.current_clip, self.begin()
        if clip is None or at is None:
            return
        try:
            place = self.document.add_edit(clip.id, begun(kind, at))
        except StudioError as error:
            self.failed.emit(error)
            return
        self.choose(place)
        if focus:
            self.go_to_controls()

    def edit_intensity(self) -> None:
        """Go to the topmost edit of the intensity; without one, add it."""
        edits = list(enumerate(self._edits))
        found = [place for place, edit in edits if isinstance(edit, IntensityEdit)]
        if not found:
            self.add(IntensityEdit)
            return
        self.choose(found[-1])
        self.go_to_controls()

    def go_to_controls(self) -> None:
        """Let the keyboard change the chosen edit."""
        first: list[QWidget] = [self.curve.slider, self.bearing.sliders["head"], self.gains.table]
        first += [row.slider or row.field for row in self.parameters.rows.values()]
        usable = (field for field in first if field.isVisibleTo(self))
        next(usable, self.list).setFocus()

    def choose(self, place: int) -> None:
        """Choose the edit at a place of the stack."""
        self.list.setCurrentRow(len(self._edits) - 1 - place)

    def move_chosen(self, step: int) -> None:
        """Move the chosen edit up (1) or down (-1)."""
        place = self.place
        if place is not None and 0 <= place + step < len(self._edits):
            self._move_to(place, place + step)

    def remove_chosen(self) -> None:
        """Take the chosen edit out of the stack."""
        self._do(lambda clip, place: self.document.remove_edit(clip.id, place))

    def duplicate(self) -> None:
        """Lay a second one of the chosen edit on top of it, and choose that."""
        place = self.place
        if self._do(lambda clip, place: self.document.duplicate_edit(clip.id, place)):
            self.choose((place or 0) + 1)

    def set_key(self) -> None:
        """Set a key of the chosen edit at the playhead."""
        self.chosen.set_key()

    def show_without(self, *, on: bool) -> None:
        """Show the frame under the playhead as it would be without the chosen edit, or as it is."""
        clip, place = self.document.current_clip, self.place
        if clip is None or place is None:
            return
        kept = replace(clip, edits=(*clip.edits[:place], *clip.edits[place + 1 :]))
        self._preview(kept if on else clip)

    @property
    def place(self) -> int | None:
        """The place of the chosen edit in the stack."""
        row = self.list.currentRow()
        return len(self._edits) - 1 - row if 0 <= row < len(self._edits) else None

    @property
    def can_key(self) -> bool:
        """Whether the panel is seen, and an edit with keys is chosen."""
        return self.isVisible() and isinstance(self.chosen.edit, KeyedEdit)

    # Making it

    def set_menu(self, menu: QMenu, actions: list[QAction]) -> None:
        """Offer the kinds of edits, and what the right mouse button does on a row."""
        self.add_button.setMenu(menu)
        self.list.menu_actions = actions

    def _make_head(self) -> None:
        self.add_button = tool_button("Add an edit", "Add an edit on top of the others")
        self.add_button.setText("Add")
        self.add_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.before = tool_button(
            "Before", "Hold to see the frame without the chosen edit, then let go"
        )
        self.before.setText("Before")
        self.up = tool_button("Move up", "Lay the chosen edit on top of the next one (Alt+Up)")
        self.up.setArrowType(Qt.ArrowType.UpArrow)
        self.down = tool_button("Move down", "Lay the chosen edit under the one below (Alt+Down)")
        self.down.setArrowType(Qt.ArrowType.DownArrow)
        self.remove = tool_button("Remove edit", "Remove the chosen edit (Del)")
        self.remove.setIcon(cross_icon())

    def _make_words(self) -> None:
        self.said, self.refused = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.said.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.refused.setAccessibleName("Why it cannot be")
        self.landmarks = tool_button("Edit landmarks", "Begin or end to move landmarks in the view")
        self.landmarks.setText("Edit landmarks")

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.add_button)
        head.addWidget(self.before)
        head.addStretch(1)
        for button in (self.up, self.down, self.remove):
            head.addWidget(button)
        line = self.fontMetrics().height() + 6
        self.list.setMinimumHeight(2 * line)
        self.list.setMaximumHeight(_ROWS * line + 4)
        inside = QWidget()
        controls = QVBoxLayout(inside)
        controls.setContentsMargins(4, 2, 4, 2)
        for part in (
            self.refused, self.parts, self.curve, self.bearing, self.gains, self.parameters,
            self.said,
        ):  # fmt: skip
            controls.addWidget(part)
        controls.addWidget(self.landmarks)
        controls.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.addLayout(head)
        column.addWidget(self.list)
        column.addWidget(FormScroll(inside), stretch=1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def _connect(self) -> None:
        document = self.document
        self.up.clicked.connect(lambda: self.move_chosen(1))
        self.down.clicked.connect(lambda: self.move_chosen(-1))
        self.remove.clicked.connect(self.remove_chosen)
        self.before.pressed.connect(lambda: self.show_without(on=True))
        self.before.released.connect(lambda: self.show_without(on=False))
        self.list.remove_asked.connect(self.remove_chosen)
        self.list.duplicate_asked.connect(self.duplicate)
        self.list.move_asked.connect(self.move_chosen)
        self.list.dragged.connect(self._drop_row)
        self.list.renamed.connect(self._rename)
        self.list.switched.connect(self._switch)
        self.list.currentRowChanged.connect(lambda _row: self._show_controls())
        self.chosen.refused.connect(self._show_refusal)
        bind(self, document.edit_changed, lambda _clip: self._show())
        bind(self, document.current_changed, lambda _clip: self._show())

    # Doing it

    @property
    def _edits(self) -> tuple[Edit, ...]:
        clip = self.document.current_clip
        return clip.edits if clip is not None else ()

    def _do(self, act: Callable[[ClipState, int], object], place: int | None = None) -> bool:
        """Do something to an edit, by default the chosen one, and say so where it is refused."""
        clip, place = self.document.current_clip, self.place if place is None else place
        if clip is None or place is None:
            return False
        try:
            act(clip, place)
        except StudioError as error:
            self._show()
            self._show_refusal(str(error))
            return False
        return True

    def _move_to(self, place: int, to: int) -> None:
        if self._do(lambda clip, at: self.document.move_edit(clip.id, at, to), place):
            self.choose(to)

    def _drop_row(self, row: int, to: int) -> None:
        last = len(self._edits) - 1
        self._move_to(last - row, last - to)

    def _switch(self, row: int, on: bool) -> None:
        place = len(self._edits) - 1 - row
        self._do(lambda clip, at: self.document.switch_edit(clip.id, at, on=on), place)

    def _rename(self, row: int, name: str) -> None:
        place = len(self._edits) - 1 - row
        edit = self._edits[place]
        called = "" if name.strip() == edit.title else name
        self._do(lambda clip, at: self.document.rename_edit(clip.id, at, called), place)

    # Showing it

    def _show(self) -> None:
        """Make the rows say what the document says; the row that is chosen stays."""
        edits, clip = self._edits[::-1], self.document.current_clip
        with QSignalBlocker(self.list):
            row = self.list.currentRow()
            while self.list.count() > len(edits):
                self.list.takeItem(self.list.count() - 1)
            for place, edit in enumerate(edits):
                self.list.show_row(place, edit)
            self.list.setCurrentRow(min(max(row, 0), len(edits) - 1))
        self.add_button.setEnabled(clip is not None)
        self._show_controls()

    def _show_controls(self) -> None:
        place, edits = self.place, self._edits
        edit = edits[place] if place is not None else None
        self.up.setEnabled(place is not None and place < len(edits) - 1)
        self.down.setEnabled(place is not None and place > 0)
        for button in (self.remove, self.before):
            button.setEnabled(edit is not None)
        self.curve.setVisible(isinstance(edit, CurveEdit))
        self.bearing.setVisible(isinstance(edit, BearingEdit))
        self.landmarks.setVisible(isinstance(edit, LandmarkEdit))
        self.chosen.choose(place)
        self.said.setText(_hint(edit))
        self.chosen_changed.emit()

    def _show_refusal(self, sentence: str) -> None:
        self.refused.setText(sentence)
        self.refused.setVisible(bool(sentence))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.chosen_changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.chosen_changed.emit()


def _hint(edit: Edit | None) -> str:
    if edit is None:
        return "Nothing is done to this clip: it plays as it came. Add lays an edit on top."
    if isinstance(edit, ChannelsEdit):
        return "Channels are moved by their curves: Edit channels, in the Edit menu."
    if isinstance(edit, LandmarkEdit):
        return "Landmarks are moved in the view; each frame in which they are is a key."
    return f"{edit.tip}." if edit.tip else ""
