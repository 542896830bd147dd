"""What the marks of the window mean: each drawn as it looks, with its meaning beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QIcon, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from studio.ui.editing.handles import INK, RIM
from studio.ui.generate.match_light import Lamp
from studio.ui.generate.service import CHANGED, EDITED, MATCH, NONE
from studio.ui.kit.forms import fit, scrolling
from studio.ui.kit.icons import film_icon, star_icon
from studio.ui.kit.theme import CHOSEN, label_color, label_icon
from studio.ui.timeline.key_paint import HANDLE, SIDE, paint_handles, paint_key

SIZE = QSize(34, 20)
Role = QPalette.ColorRole
Draw = Callable[[QPainter, QRectF, QPalette], object]
_LABEL = "happiness"
_LEFT = 3  # places in the left column


class Mark(QWidget):
    """One mark, drawn in the colors of the theme."""

    def __init__(self, draw: Draw, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draw = draw
        self.setFixedSize(SIZE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw(painter, QRectF(self.rect()), self.palette())


class Legend(QDialog):
    """Lists the marks by the place they stand in."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("What the marks mean")
        content, columns = QWidget(), QHBoxLayout()
        content.setLayout(columns)
        columns.setSpacing(28)
        parts = list(sections().items())
        for column in (parts[:_LEFT], parts[_LEFT:]):
            columns.addLayout(_column(column), stretch=1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        area = scrolling(content)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # for the arrow keys on a low screen
        area.setAccessibleName(self.windowTitle())
        area.setToolTip("Each mark as it looks, and what it means")
        layout.addWidget(area)
        layout.addWidget(buttons)
        fit(self, content)
        buttons.button(QDialogButtonBox.StandardButton.Close).setFocus()


def _column(parts: Sequence[tuple[str, list[tuple[QWidget, str]]]]) -> QGridLayout:
    """Lay marks out beside their meanings, under the names of their places."""
    grid = QGridLayout()
    grid.setColumnStretch(1, 1)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    for place, rows in parts:
        title = QLabel(place)
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        title.setContentsMargins(0, 10 if grid.count() else 0, 0, 0)
        grid.addWidget(title, grid.rowCount(), 0, 1, 2)
        for mark, meaning in rows:
            grid.addWidget(mark, grid.rowCount(), 0, Qt.AlignmentFlag.AlignCenter)
            grid.addWidget(QLabel(meaning), grid.rowCount() - 1, 1)
    grid.setRowStretch(grid.rowCount(), 1)
    return grid


def sections() -> dict[str, list[tuple[QWidget, str]]]:
    """Give the marks and their meanings, by the place they stand in."""
    return {
        "List of clips": [
            (_icon(label_icon(_LABEL)), "Made for the expression of this color"),
            (_icon(label_icon(_LABEL, ring=True)), "Read from a file, and reads as the expression"),
            (_icon(film_icon()), "Read from a file; its expression is not read yet"),
            (_icon(star_icon(filled=True)), "Has a star; the list can show these alone"),
            (Mark(_bar), "The clip on show"),
        ],
        "Generate panel": [
            (_lamp(MATCH), "The clip on show is what the settings make"),
            (_lamp(EDITED), "The settings made it, and it was edited since"),
            (_lamp(CHANGED), "Other settings made the clip on show"),
            (_lamp(NONE), "The clip on show was not generated, or there is none"),
        ],
        "Contact sheet": [
            (_icon(label_icon(_LABEL)), "What the take reads as, and how probable that is"),
            (Mark(_tick), "A take that is to be kept"),
        ],
        "Timeline": [
            (Mark(_peak), "A peak of an expression; a click goes there"),
            (Mark(_range), "The range that plays and is read; the rest is dimmed"),
            (Mark(_strip), "The likeliest expression of each frame; thin where unsure"),
            (Mark(_doubt), "Unlike what the models were trained on"),
            (Mark(_dashed), "The curve of the compared clip, or the threshold\n"
             "below which no expression is sure enough"),
            (Mark(_key), "A key of an edit, over what it does to the frames"),
            (Mark(_chosen), "A chosen key, between the handles that scale in time"),
            (Mark(_ended), "The compared clip has ended: nothing to measure"),
            (Mark(_seen), "The part of the clip that is seen, where it is zoomed"),
        ],
        "3D view": [
            (Mark(partial(_dot, INK, RIM)), "A landmark"),
            (Mark(partial(_dot, CHOSEN, RIM)), "A landmark that a drag moves"),
            (Mark(partial(_dot, INK, CHOSEN)), "Its counterpart on the other side, moved with it"),
            (Mark(_thread), "From where the recording has it to where it is now"),
        ],
    }  # fmt: skip


def _icon(icon: QIcon) -> QWidget:
    def draw(painter: QPainter, box: QRectF, _palette: QPalette) -> None:
        square = QRect(0, 0, 14, 14)
        square.moveCenter(box.center().toPoint())
        icon.paint(painter, square)

    return Mark(draw)


def _lamp(state: str) -> QWidget:
    lamp = Lamp()
    lamp.state = state
    return lamp


def _bar(painter: QPainter, box: QRectF, palette: QPalette) -> None:
    painter.fillRect(box.adjusted(6, 1, -6, -1), palette.color(Role.Midlight))
    painter.fillRect(QRectF(6, 1, 3, box.height() - 2), palette.highlight())


def _peak(painter: QPainter, box: QRectF, palette: QPalette) -> None:
    painter.setPen(QPen(palette.color(Role.Base), 1.4))
    painter.setBrush(QColor(label_color(_LABEL)))
    painter.drawEllipse(box.center(), 4.0, 4.0)


def _range(painter: QPainter, box: QRectF, palette: QPalette) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.highlight())
    middle = box.center().y()
    painter.drawRect(QRectF(4, middle - 1.5, box.width() - 8, 3))
    for x, side in ((4.0, 1), (box.right() - 4, -1)):
        corners = ((0, -6), (6 * side, -6), (6 * side, 2), (0, 6))
        painter.drawPolygon(QPolygonF([QPointF(x + dx, middle + dy) for dx, dy in corners]))


def _strip(painter: QPainter, box: QRectF, palette: QPalette) -> None:
    middle, third = box.center().y(), box.width() / 3
    for place, label in ((0, "neutral"), (2, _LABEL)):
        part = QRectF(place * third, middle - 2.5, third, 5)
        painter.fillRect(part, QColor(label_color(label)))
    painter.fillRect(QRectF(third, middle - 0.5, third, 1), palette.color(Role.Mid))


def _doubt(painter: QPainter, box: QRectF, palette: QPalette) -> None:
    pen = QPen(palette.color(Role.WindowText), 2)
    pen.setDashPattern([2.0, 1.5])
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.drawLine(QLineF(2, box.center().y(), box.right() - 2, box.center().y()))


def _dashed(painter: QPainter, box: QRectF, _palette: QPalette) -> None:
    painter.setPen(QPen(QColor(label_color(_LABEL)), 1.6, Qt.PenStyle.DashLine))
    painter.drawLine(QLineF(2, box.bottom() - 4, box.right() - 2, box.top() + 4))


def _chosen(painter: QPainter, box: QRectF, palette: QPalette) -> None:
    ends = [QRectF(x, 2, HANDLE, box.height() - 4) for x in (1.0, box.right() - HANDLE - 1)]
    paint_handles(painter, palette, ends)
    paint_key(painter, palette, box.center(), SIDE, chosen=True)


def _ended(painter: QPainter, box: QRectF, palette: QPalette) -> None:
    painter.fillRect(box, palette.color(Role.Base))
    painter.fillRect(box, QBrush(palette.color(Role.Mid), Qt.BrushStyle.BDiagPattern))


def _key(painter: QPainter, box: QRectF, palette: QPalette) -> None:
    hill = QColor(CHOSEN)
    hill.setAlpha(70)
    at, low = box.center(), box.bottom() - 1
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(hill)
    painter.drawPolygon(QPolygonF([QPointF(0, low), QPointF(at.x(), 2), QPointF(box.right(), low)]))
    paint_key(painter, palette, at, SIDE)


def _seen(painter: QPainter, box: QRectF, palette: QPalette) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    middle = box.center().y() - 1.5
    for left, width, role in ((0.0, box.width(), Role.Midlight), (8.0, 12.0, Role.PlaceholderText)):
        painter.setBrush(palette.color(role))
        painter.drawRoundedRect(QRectF(left, middle, width, 3), 1.5, 1.5)


def _dot(ink: QColor, rim: QColor, painter: QPainter, box: QRectF, _palette: QPalette) -> None:
    painter.setBrush(ink)
    painter.setPen(QPen(rim, 2.0))
    painter.drawEllipse(box.center(), 4.6, 4.6)


def _thread(painter: QPainter, box: QRectF, palette: QPalette) -> None:
    painter.setPen(QPen(palette.color(Role.PlaceholderText), 1.4))
    painter.drawLine(QLineF(7, box.bottom() - 5, 24, 6))
    painter.setBrush(palette.color(Role.PlaceholderText))
    painter.drawEllipse(QPointF(7, box.bottom() - 5), 1.6, 1.6)
    painter.setBrush(INK)
    painter.drawEllipse(QPointF(24, 6), 4.2, 4.2)


def _tick(painter: QPainter, box: QRectF, palette: QPalette) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.highlight())
    painter.drawEllipse(box.center(), 9.0, 9.0)
    painter.setPen(QPen(palette.color(Role.HighlightedText), 2))
    at = box.center()
    corners = ((-4, 0), (-1, 3), (4, -3))
    painter.drawPolyline(QPolygonF([at + QPointF(x, y) for x, y in corners]))
