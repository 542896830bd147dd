"""The studio's icons: SVG files, drawn when shown, in the color of the text around them."""

from __future__ import annotations

from functools import lru_cache, partial

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QIcon,
    QIconEngine,
    QPainter,
    QPalette,
    QPixmap,
    QPixmapCache,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from studio.core.system.paths import shipped

_ARGB = QColor.NameFormat.HexArgb
_MARGIN = 7  # pixels between the icon of an `IconButton` and its edge


class SvgIcon(QIconEngine):
    """Draws an SVG text; `currentColor` in it is the color of the text of buttons."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def clone(self) -> QIconEngine:
        return SvgIcon(self._text)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        color = _color(mode)
        side = min(rect.width(), rect.height())
        square = QRectF(0, 0, side, side)
        square.moveCenter(QRectF(rect).center())
        painter.save()
        painter.setOpacity(painter.opacity() * color.alphaF())
        _drawing(self._text, color.name()).render(painter, square)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        # A button asks at each of its paintings.
        name = f"{self._text}{size.width()}x{size.height()}{mode}{_color(mode).name(_ARGB)}"
        pixmap = QPixmap(size)
        if not QPixmapCache.find(name, pixmap):
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
            painter.end()
            QPixmapCache.insert(name, pixmap)
        return pixmap


def _color(mode: QIcon.Mode) -> QColor:
    groups = QPalette.ColorGroup
    group = groups.Disabled if mode == QIcon.Mode.Disabled else groups.Normal
    return QApplication.palette().color(group, QPalette.ColorRole.ButtonText)


@lru_cache(maxsize=256)
def _drawing(text: str, color: str) -> QSvgRenderer:
    """Parse an SVG text in one color, "#rrggbb"."""
    return QSvgRenderer(text.replace("currentColor", color).encode())


@lru_cache(maxsize=256)
def _text(name: str) -> str:
    return (shipped("resources") / "icons" / f"{name}.svg").read_text(encoding="utf-8")


def icon(name: str) -> QIcon:
    """Give an icon by the name of its file in `resources/icons`, without the suffix."""
    return QIcon(SvgIcon(_text(name)))


again_icon = partial(icon, "again")
compare_icon = partial(icon, "compare-clips")
cross_icon = partial(icon, "cross")
dice_icon = partial(icon, "dice")
film_icon = partial(icon, "film")  # a clip that came from a file
sheet_icon = partial(icon, "sheet")  # several takes at a glance
undo_icon = partial(icon, "undo")


def star_icon(*, filled: bool = False) -> QIcon:
    """Give the outline of a star, or, for a clip that has one, a filled star."""
    return icon("star-filled" if filled else "star")


def lock_icon(*, closed: bool) -> QIcon:
    """Give the icon of a closed lock, or of an open one."""
    return icon("lock-closed" if closed else "lock-open")


class IconButton(QToolButton):
    """A flat button whose icon is as large as the text around it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIcon(icon(name))
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        side = max(round(0.95 * self.fontMetrics().height()), 12)
        self.setIconSize(QSize(side, side))
        return QSize(side + 2 * _MARGIN + 2, side + 2 * _MARGIN)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
