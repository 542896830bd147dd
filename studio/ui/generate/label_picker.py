"""Which expression: a tile each, with a small face that shows it, in the label's color."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QRadioButton, QSizePolicy, QWidget

from studio.core.system.paths import shipped
from studio.ui.kit.plain import plain_tip
from studio.ui.kit.text import label_name
from studio.ui.kit.theme import label_color

COLUMNS = 4  # of tiles with short names, which are hardly wider than a face
_WIDE = 1.25  # of a face with its margin, from which on a name takes the room of more
_FACE = QSize(52, 56)
_PAD, _LINE = 3, 3


@lru_cache(maxsize=32)
def label_picture(label: str) -> QImage:
    """Read the label's small face; empty where none ships for it."""
    return QImage(str(shipped("resources") / "labels" / f"{label}.png"))


class LabelTile(QRadioButton):
    """One label; checked, it wears its color all around, otherwise as a line below."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = label
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setText(label_name(label))
        self.setAccessibleName(label_name(label))
        self.setToolTip(plain_tip(f"Make {self.text()}; the arrow keys choose another"))

    def hitButton(self, place: QPoint) -> bool:
        """Have a click count anywhere, not on a radio button's dot and text alone."""
        return self.rect().contains(place)

    def sizeHint(self) -> QSize:
        words = QFontMetrics(self._small()).horizontalAdvance(self.text()) + 2 * _PAD
        width = max(_FACE.width() + 2 * _PAD, words)
        return QSize(width, self._face_height() + self._text_height() + _LINE)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _small(self) -> QFont:
        small = self.font()
        small.setPointSizeF(max(small.pointSizeF() - 1.5, 6.0))
        return small

    def _text_height(self) -> int:
        return self.fontMetrics().height() + 4

    def _face_height(self) -> int:
        return 2 * _PAD + (_FACE.height() if not label_picture(self.label).isNull() else 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        color = QColor(label_color(self.label))
        self._paint_ground(painter, color)
        text = self.rect().adjusted(1, 0, -1, -_LINE)
        text.setTop(text.bottom() - self._text_height())
        painter.drawImage(self._face_place(), label_picture(self.label))
        painter.setPen(self.palette().color(QPalette.ColorRole.ButtonText))
        painter.setFont(self._small())
        words = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, text.width()
        )
        painter.drawText(text, Qt.AlignmentFlag.AlignCenter, words)

    def _face_place(self) -> QRect:
        left = (self.width() - _FACE.width()) // 2
        return QRect(left, _PAD + 1, _FACE.width(), _FACE.height())

    def _paint_ground(self, painter: QPainter, color: QColor) -> None:
        roles, box = QPalette.ColorRole, self.rect().adjusted(1, 1, -1, -1)
        lit = self.isChecked() or self.underMouse()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().color(roles.Midlight if lit else roles.Button))
        painter.drawRoundedRect(box, 4, 4)
        if self.isChecked():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(color, 2))
            painter.drawRoundedRect(box, 4, 4)
        else:
            painter.fillRect(box.adjusted(6, box.height() - _LINE, -6, 0), color)


class LabelPicker(QWidget):
    """A grid of tiles, one of them chosen."""

    chosen = Signal(str)  # by the user

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Expression")
        self.columns = COLUMNS
        self.tiles: dict[str, LabelTile] = {}
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(lambda tile: self.chosen.emit(tile.label))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(4)

    @property
    def label(self) -> str | None:
        """The label chosen, None while it is not among the tiles."""
        tile = self._group.checkedButton()
        return tile.label if isinstance(tile, LabelTile) else None

    def set_labels(self, labels: Sequence[str]) -> None:
        """Show tiles for these, in their order."""
        if tuple(labels) == tuple(self.tiles):
            return
        for tile in self.tiles.values():
            self._group.removeButton(tile)
            tile.deleteLater()
        self.tiles = {label: LabelTile(label, self) for label in labels}
        widest = max((tile.sizeHint().width() for tile in self.tiles.values()), default=0)
        wide = widest > _WIDE * (_FACE.width() + 2 * _PAD)
        self.columns = COLUMNS - 1 if wide else COLUMNS
        for place, tile in enumerate(self.tiles.values()):
            tile.setMinimumWidth(widest)
            self._group.addButton(tile)
            tile.installEventFilter(self)
            self._grid.addWidget(tile, place // self.columns, place % self.columns)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let arrow keys go through the tiles in reading order; Qt's own stop at a row's end."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        move, tiles = self._moves().get(Qt.Key(event.key())), list(self.tiles.values())
        if move is None or watched not in tiles:
            return False
        place = tiles.index(watched) + move
        if 0 <= place < len(tiles):
            tiles[place].setFocus()
            tiles[place].click()
        return True

    def _moves(self) -> dict[Qt.Key, int]:
        """Say how many tiles on each arrow key goes."""
        keys = Qt.Key
        return {
            keys.Key_Left: -1,
            keys.Key_Right: 1,
            keys.Key_Up: -self.columns,
            keys.Key_Down: self.columns,
        }

    def show_label(self, label: str) -> None:
        """Mark a label without telling anybody; one that has no tile marks none."""
        self._group.setExclusive(False)
        for tile in self.tiles.values():
            tile.setChecked(tile.label == label)
        self._group.setExclusive(True)
