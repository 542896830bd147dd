"""The shapes of the playback buttons, drawn as paths in the palette's own colour."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPalette, QPolygonF
from PySide6.QtWidgets import QStyle, QStyleOptionToolButton, QStylePainter, QToolButton, QWidget

BOX = 16.0  # paths are drawn in a square of this size
_MARGIN = 7  # pixels between icon and edge


def play() -> QPainterPath:
    return _triangle(4.0, 13.5)


def pause() -> QPainterPath:
    return _bars((4.0, 3.4), (8.8, 3.4))


def next_() -> QPainterPath:
    """One frame on: a bar, then a triangle."""
    return _bars((3.4, 2.0)) + _triangle(6.4, 13.4)


def previous() -> QPainterPath:
    return _mirrored(next_())


def last() -> QPainterPath:
    """To the end: a triangle that runs into a bar."""
    return _triangle(3.0, 11.0) + _bars((11.0, 2.0))


def first() -> QPainterPath:
    return _mirrored(last())


def _triangle(left: float, tip: float) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(left, 2.5), QPointF(tip, 8), QPointF(left, 13.5)]))
    path.closeSubpath()
    return path


def _bars(*bars: tuple[float, float]) -> QPainterPath:
    """Upright bars given by left edge and width."""
    path = QPainterPath()
    for left, width in bars:
        path.addRoundedRect(QRectF(left, 2.5, width, 11), 0.8, 0.8)
    return path


def _mirrored(path: QPainterPath) -> QPainterPath:
    turned = QPainterPath()
    for polygon in path.toSubpathPolygons():
        turned.addPolygon(QPolygonF([QPointF(BOX - p.x(), p.y()) for p in polygon.toList()]))
    return turned


class PathButton(QToolButton):
    """A flat button that paints a path itself: sharp at every scale, right in every palette."""

    def __init__(self, path: QPainterPath, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_path(self, path: QPainterPath) -> None:
        self._path = path
        self.update()

    def sizeHint(self) -> QSize:
        side = self._side() + 2 * _MARGIN
        return QSize(side + 2, side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        side = self._side()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate((self.width() - side) / 2, (self.height() - side) / 2)
        painter.scale(side / BOX, side / BOX)
        group = QPalette.ColorGroup.Active if self.isEnabled() else QPalette.ColorGroup.Disabled
        painter.fillPath(self._path, self.palette().color(group, QPalette.ColorRole.ButtonText))

    def _side(self) -> int:
        """The icon grows with the text."""
        return max(round(0.95 * self.fontMetrics().height()), 12)
