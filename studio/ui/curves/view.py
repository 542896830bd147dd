"""The curves of channels under the timeline, whose zoom they share, and their keys."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QPainter, QPalette, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsScene,
    QGraphicsView,
    QSizePolicy,
    QWidget,
)

from studio.core import Timing
from studio.document.edits.time.frame_map import frame_map
from studio.face.rig import ARKIT_INDEX
from studio.ui.kit.bind import bind
from studio.ui.timeline.layer import polygon
from studio.ui.timeline.timeline import Timeline

from .editor import ChannelEditor
from .items import CurveItem, Handles, points_of
from .scales import Grid, Heights

Role = QPalette.ColorRole
_PAD = 6.0  # pixels above and below the plot
_MANY = 8  # curves that stand out; the edges of more are not smoothed, which would take longer
_BEHIND = 55  # alpha of the curves behind those that stand out
_NONE = "This clip has no channels: its face is not the studio's, nor does it bring shapes"
_WAIT = "Solving the clip to channels…"
_HINT = "Choose channels in the list to see their curves; a double click on one sets a key"


class CurvePlot(QGraphicsView):
    """Draws the curves: those that are seen with their keys, the others behind them."""

    def __init__(
        self, editor: ChannelEditor, timeline: Timeline, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setScene(QGraphicsScene(self))
        self.editor, self.timeline = editor, timeline
        self.menu_actions: list[QAction] = []
        self.heights = Heights()
        self.items_of: dict[str, CurveItem] = {}
        self.handles = Handles()
        self._behind: list[tuple[QColor, QPolygonF]] = []
        self._head: QRectF | None = None
        self._grid: Grid | None = None
        self._laid: tuple[object, ...] = ()  # what is painted behind
        self._make()
        timeline.axis_changed.connect(self.lay)
        editor.changed.connect(self.lay)
        bind(self, editor.player.playhead.frame_changed, lambda _frame: self._show_head())

    def _make(self) -> None:
        self.scene().addItem(self.handles)
        self.setFrameShape(QFrame.Shape.NoFrame)
        for bar in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            bar(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        # What stands behind is painted once, and copied while keys and playhead move.
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheBackground)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Curves of channels")

    # Laying it out

    @property
    def grid(self) -> Grid:
        """Where frames and weights lie now; the same object for as long as nothing moves."""
        work, axis = self.editor.work, self.timeline.axis()
        box = QRectF(axis.left, _PAD, axis.width, max(self.height() - 2 * _PAD, 8.0))
        plays = frame_map((), Timing(axis.n_frames, 1.0)) if work is None else work.frame_map
        now = Grid(box, axis, self.heights, plays)
        if self._grid is None or now != self._grid:
            self._grid = now
        return self._grid

    def lay(self) -> None:
        """Lay everything out anew, where anything can be seen."""
        if not self.isVisible():
            return
        self._lay_curves()
        if self._lay_behind():
            self.resetCachedContent()
        self.mark()
        self.viewport().update()
        self._describe()

    def set_heights(self, heights: Heights) -> None:
        """Show other weights."""
        if heights != self.heights:
            self.heights = heights
            self.lay()

    def fit(self) -> None:
        """Show the curves that stand out from bottom to top."""
        editor, below = self.editor, self.editor.below
        if below is None or editor.edit is None:
            return
        names = editor.drawn or editor.moving
        _, frames = self.grid.sampled()
        shown = editor.edit.edited(below.weights, np.arange(below.frames))
        rows = np.unique(np.clip(frames.round().astype(np.intp), 0, below.frames - 1))
        columns = np.array([ARKIT_INDEX[name] for name in names], dtype=np.intp)
        values = shown[np.ix_(rows, columns)].ravel()
        self.set_heights(Heights.near(values) if editor.drawn else Heights.fit(values))

    def mark(self) -> None:
        """Show which keys are chosen."""
        marked = self.editor.marked
        for item in self.items_of.values():
            item.mark(marked)
        places = [item.chosen_places for item in self.items_of.values()]
        self.handles.lay(np.concatenate(places) if places else np.zeros((0, 2)))

    def _lay_curves(self) -> None:
        editor, below, edit = self.editor, self.editor.below, self.editor.edit
        drawn = editor.drawn if below is not None else ()
        for name in [name for name in self.items_of if name not in drawn]:
            self.scene().removeItem(self.items_of.pop(name))
        if below is None or edit is None:
            return
        moments, smooth = self.grid.sampled(), len(drawn) <= _MANY
        for name in drawn:
            item = self.items_of.get(name)
            if item is None:
                item = self.items_of[name] = CurveItem(name)
                self.scene().addItem(item)
            curve = edit.by_channel.get(name)
            item.lay(self.grid, moments, curve, below, editor.before, on=edit.on, smooth=smooth)

    def _lay_behind(self) -> bool:
        """Prepare what does not stand out; whether it is otherwise than before."""
        editor, below, edit = self.editor, self.editor.below, self.editor.edit
        behind = [] if edit is None else [c for c in edit.curves if c.channel not in editor.drawn]
        state = (self.grid, below, editor.drawn, behind, self.palette().cacheKey(), self.font())
        if state == self._laid:
            return False
        self._laid, self._behind = state, []
        if below is None or edit is None:
            return True
        x, frames = self.grid.sampled()
        drawn, all_frames = editor.drawn, np.arange(below.frames)
        color = QColor(self.palette().color(Role.WindowText))
        color.setAlpha(_BEHIND)
        for name in editor.moving:
            if name not in drawn:
                values = np.interp(frames, all_frames, below.of(name))
                curve = edit.by_channel.get(name)
                values = values if curve is None else curve.values(frames)
                self._behind.append((color, polygon(points_of(self.grid, x, values))))
        return True

    def _describe(self) -> None:
        editor = self.editor
        keys = sum(len(item.places) for item in self.items_of.values())
        said = f"{len(self.items_of)} curves, {keys} keys, {len(editor.marked)} chosen"
        if editor.before is not None:
            said += "; fainter, before the chosen edit"
        self.setAccessibleDescription(said)

    def _show_head(self) -> None:
        """Move the playhead: two strips are painted anew."""
        if not self.isVisible():
            return
        old, self._head = self._head, self._head_strip()
        for strip in (old, self._head):
            if strip is not None:
                self.viewport().update(strip.toAlignedRect())

    def _head_strip(self) -> QRectF:
        x = self.timeline.axis().x(self.editor.player.playhead.frame)
        return QRectF(x - 2, 0, 5, self.height())

    # Painting

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        grid, palette = self.grid, self.palette()
        painter.fillRect(QRectF(0, 0, self.width(), self.height()), palette.color(Role.Window))
        painter.fillRect(grid.box, palette.color(Role.Base))
        self._paint_lines(painter, grid)
        painter.setClipRect(grid.box)
        for color, line in self._behind:
            painter.setPen(QPen(color, 0))
            painter.drawPolyline(line)
        painter.setClipping(False)

    def _paint_lines(self, painter: QPainter, grid: Grid) -> None:
        palette, line = self.palette(), self.fontMetrics().height()
        faint = palette.color(Role.Midlight)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value in grid.lines():
            y = round(grid.y(value)) + 0.5
            strong = abs(value) < 1e-9 or abs(value - 1) < 1e-9
            painter.setPen(QPen(palette.color(Role.Mid) if strong else faint, 1))
            painter.drawLine(QPointF(grid.box.left(), y), QPointF(grid.box.right(), y))
            painter.setPen(palette.color(Role.PlaceholderText))
            number = QRectF(0, y - line / 2, grid.box.left() - 10, line)
            painter.drawText(number, right, f"{value:.3g}")

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        grid, palette = self.grid, self.palette()
        x = grid.axis.x(self.editor.player.playhead.frame)
        if grid.box.left() - 1 <= x <= grid.box.right() + 1:
            head = QRectF(round(x) - 0.25, 0, 1.5, self.height())
            painter.fillRect(head, palette.color(Role.BrightText))
        said = self._said()
        if said:
            painter.setPen(palette.color(Role.PlaceholderText))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(grid.box.adjusted(8, 0, -8, 0), flags, said)

    def _said(self) -> str:
        editor = self.editor
        if editor.work is None:
            return _NONE
        if not editor.ready:
            return _WAIT
        return "" if editor.drawn else _HINT

    # Size

    def sizeHint(self) -> QSize:
        return QSize(320, round(11 * self.fontMetrics().height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(320, round(6 * self.fontMetrics().height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setSceneRect(QRectF(0, 0, self.width(), self.height()))
        self.lay()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.lay()
