"""The clips and takes of the document, as a list."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.core import MeshSequence
from studio.document import ClipState, Document
from studio.ui.editing.frames_ahead import FramesAhead
from studio.ui.kit.bind import bind
from studio.ui.kit.forms import open_menu
from studio.ui.kit.plain import plain_tip
from studio.ui.recognize.service import RecognizeService

from .list_view import ClipView
from .rows import ROW, Row, RowDelegate
from .thumbnails import Thumbnails

SEARCH_FROM = 9  # clips; fewer are found by looking
_LOWEST = 100  # pixels: two rows
ALL, GENERATED, STARRED = "all", "generated", "starred"


class ClipList(QWidget):
    """Choose, star, rename (F2 or double click), move, compare and delete clips.

    The rows are those of the document, in its order; a filter hides some, but never the clip
    on show.
    """

    chosen_changed = Signal()
    play_asked = Signal()

    def __init__(
        self,
        document: Document,
        thumbnails: Thumbnails,
        recognition: RecognizeService,
        frames: FramesAhead,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.document, self._recognition = document, recognition
        self.menu_actions: list[QAction] = []
        self._shown = self._before = document.state.current
        self._make_head()
        self.list = ClipView()
        self.list.empty_text = (
            "No clips yet\nDrop a face in motion on the window, or press Generate."
        )
        self.list.setMinimumHeight(_LOWEST)
        self.list.setItemDelegate(RowDelegate(thumbnails, self.list))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self.list)
        self._connect()
        thumbnails.drawn.connect(self._show_drawn)
        recognition.probabilities_changed.connect(lambda _answer: self._show())
        recognition.remembered.connect(self._show)
        frames.ready.connect(lambda _clip: self._show())
        self._show()

    def _make_head(self) -> None:
        self.head = QWidget()
        self.filter = QComboBox()
        self.filter.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.filter.setAccessibleName("Which clips are listed")
        self.filter.setToolTip("List all clips, the generated ones, or those with a star")
        for value, text in (
            (ALL, "All clips"),
            (GENERATED, "Generated"),
            (STARRED, "Starred"),
        ):
            self.filter.addItem(text, value)
        self.search = QLineEdit(placeholderText="Find by name", clearButtonEnabled=True)
        self.search.setAccessibleName("Find a clip by name")
        self.search.setToolTip("List the clips with this in their name")
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(1)
        row = QHBoxLayout()
        row.addWidget(self.filter, stretch=1)
        row.addLayout(self._buttons)
        column = QVBoxLayout(self.head)
        column.setContentsMargins(8, 6, 6, 6)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.search)

    def _connect(self) -> None:
        document = self.document
        self.list.currentItemChanged.connect(lambda item, _old: self._choose(item))
        self.list.itemSelectionChanged.connect(self.chosen_changed)
        self.list.itemChanged.connect(self._rename)
        self.list.moved.connect(document.move_clips)
        self.list.star_clicked.connect(lambda clip_id: self.toggle_star([clip_id]))
        self.list.entered_row.connect(self.play_asked)
        self.filter.currentIndexChanged.connect(lambda _row: self._filter())
        self.search.textChanged.connect(lambda _text: self._filter())
        bind(self, document.clips_changed, lambda _clips: self._show())
        bind(self, document.current_changed, self._go_to)

    # What is chosen

    @property
    def chosen(self) -> list[ClipState]:
        """The selected clips, from top to bottom; the current one where none is selected."""
        clips = {clip.id: clip for clip in self.document.state.clips}
        chosen = [clips[clip_id] for clip_id in self.list.chosen_ids() if clip_id in clips]
        current = self.document.current_clip
        return chosen or ([current] if current is not None else [])

    @property
    def other(self) -> str | None:
        """The clip to compare the one on show with.

        It is the other of two that are selected, else the one that was on show before.
        """
        ids, current = self.list.chosen_ids(), self.document.state.current
        if len(ids) == 2 and current in ids:
            return ids[1 - ids.index(current)]
        known = len(ids) < 2 and self.document.state.find(self._before) is not None
        return self._before if known and self._before != current else None

    def toggle_star(self, clip_ids: Sequence[str] | None = None) -> None:
        """Star the clips, by default the chosen ones; where all have a star, take it away."""
        ids = [clip.id for clip in self.chosen] if clip_ids is None else list(clip_ids)
        clips = [self.document.state.clip(clip_id) for clip_id in ids]
        starred = not all(clip.starred for clip in clips)
        self.document.star_clips(ids, starred=starred)

    def move_chosen(self, step: int) -> None:
        """Move the chosen clips up (-1) or down (1) by one that is listed."""
        ids = {clip.id for clip in self.chosen}
        shown = [row for row in range(self.list.count()) if not self.list.isRowHidden(row)]
        places = [n for n, row in enumerate(shown) if self.document.state.clips[row].id in ids]
        if not places:
            return
        wanted = places[0] - 1 if step < 0 else places[-1] + 2
        if 0 <= wanted <= len(shown):
            place = shown[wanted] if wanted < len(shown) else self.list.count()
            self.document.move_clips(ids, place)

    def edit_name(self) -> None:
        """Start renaming the current clip in place."""
        item = self.list.currentItem()
        if item is not None:
            self.list.setFocus()
            self.list.editItem(item)

    def go_to_search(self) -> None:
        """Go to the search field."""
        self.search.show()
        self.search.setFocus()
        self.search.selectAll()

    def add_button(self, action: QAction) -> None:
        """Add a small button for a menu entry above the list."""
        button = QToolButton(autoRaise=True)
        button.setDefaultAction(action)
        button.setIconSize(QSize(18, 18))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(action.text().replace("&", "").rstrip("…"))
        self._buttons.addWidget(button)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.menu_actions:
            open_menu(event, self, self.menu_actions)

    def _choose(self, item: QListWidgetItem | None) -> None:
        row = item.data(ROW) if item is not None else None
        if isinstance(row, Row):
            self.document.set_current(row.id)

    def _rename(self, item: QListWidgetItem) -> None:
        row, name = item.data(ROW), item.text()
        clip = self.document.state.find(row.id) if isinstance(row, Row) else None
        if clip is None or clip.name == name:
            return
        if name.strip():
            self.document.rename_clip(clip.id, name)
        else:
            item.setText(clip.name)

    # Showing

    def _show(self) -> None:
        """Make the rows say what the document says, keeping the items that are there."""
        chosen = set(self.list.chosen_ids())
        blocked = self.list.blockSignals(True)
        clips = self.document.state.clips
        while self.list.count() > len(clips):
            self.list.takeItem(self.list.count() - 1)
        while self.list.count() < len(clips):
            item = QListWidgetItem()
            flags = Qt.ItemFlag
            item.setFlags(flags.ItemIsEnabled | flags.ItemIsSelectable | flags.ItemIsEditable)
            self.list.addItem(item)
        for place, clip in enumerate(clips):
            item = self.list.item(place)
            frames = self.document.evaluator.ready(clip)
            row = Row.of(clip, self._recognition.verdict(clip), frames)
            if item.data(ROW) != row:
                self._fill(item, row)
        self.list.blockSignals(blocked)
        self._filter()
        self._choose_again(chosen)
        self._show_current()

    @staticmethod
    def _fill(item: QListWidgetItem, row: Row) -> None:
        item.setData(ROW, row)
        item.setText(row.name)
        item.setToolTip(plain_tip(row.tip))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, row.spoken)

    def _filter(self) -> None:
        """Hide what the filter and the search leave out."""
        wanted, words = self.filter.currentData(), self.search.text().casefold().split()
        clips, current = self.document.state.clips, self.document.state.current
        for place, clip in enumerate(clips):
            kept = _passes(clip, wanted) and all(word in clip.name.casefold() for word in words)
            self.list.setRowHidden(place, not kept and clip.id != current)
        self.head.setVisible(bool(clips))
        self.search.setVisible(len(clips) >= SEARCH_FROM or bool(words))

    def _go_to(self, clip_id: str | None) -> None:
        self._before, self._shown = self._shown, clip_id
        self._show_current()

    def _choose_again(self, chosen: set[str]) -> None:
        """Select the same clips after their rows have moved."""
        blocked = self.list.blockSignals(True)
        for place, clip in enumerate(self.document.state.clips):
            self.list.item(place).setSelected(clip.id in chosen)
        self.list.blockSignals(blocked)

    def _show_current(self) -> None:
        """Make the row of the clip on show the current one.

        Others stay selected with it only where it was among them.
        """
        ids = [clip.id for clip in self.document.state.clips]
        current = self.document.state.current
        place = ids.index(current) if current in ids else -1
        item = self.list.item(place)
        blocked = self.list.blockSignals(True)
        if item is None:
            self.list.setCurrentRow(-1)
            self.list.clearSelection()
        elif self.list.currentRow() != place or not item.isSelected():
            self.list.setRowHidden(place, False)
            command = self.list.selectionModel().SelectionFlag
            alone = not item.isSelected()
            how = command.ClearAndSelect if alone else command.NoUpdate
            self.list.selectionModel().setCurrentIndex(self.list.indexFromItem(item), how)
        self.list.blockSignals(blocked)
        self._filter()
        self.chosen_changed.emit()

    def _show_drawn(self, sequence: MeshSequence) -> None:
        """Paint the rows whose picture has just been drawn."""
        for place, clip in enumerate(self.document.state.clips):
            if self.document.evaluator.ready(clip) is sequence:
                index = QPersistentModelIndex(self.list.model().index(place, 0))
                self.list.update(index)


def _passes(clip: ClipState, wanted: str) -> bool:
    if wanted == GENERATED:
        return clip.recipe is not None
    return clip.starred if wanted == STARRED else True
