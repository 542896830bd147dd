"""The waveform of the sound beside the clip on show, under the timeline."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.ui.kit.bind import bind
from studio.ui.kit.forms import open_menu
from studio.ui.kit.keys import take_key
from studio.ui.timeline.timeline import Timeline

from .peaks import Peaks
from .service import SoundService

STILL = 3.0  # pixels a press may wander before it becomes a drag
_FULL = 32768
Key, Role = Qt.Key, QPalette.ColorRole
_STEPS = {Key.Key_Left: -1, Key.Key_Right: 1}


class WaveRow(QWidget):
    """A line a column of pixels to the lowest and highest sample; hidden without sound.

    A drag, or an arrow key, moves the sound along the clip.
    """

    def __init__(
        self, sounds: SoundService, timeline: Timeline, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.sounds, self._timeline = sounds, timeline
        self.menu_actions: list[QAction] = []
        self._peaks: Peaks | None = None
        self._layer: QPixmap | None = None
        self._frame = 0
        self._held: tuple[float, float] | None = None  # pixels and seconds when it was pressed
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Sound")
        self.setToolTip("The sound beside the clip; a drag moves it")
        timeline.axis_changed.connect(self._paint_anew)
        sounds.changed.connect(self.show_sound)
        bind(self, sounds.player.playhead.frame_changed, self._set_frame)
        self.show_sound()

    def show_sound(self) -> None:
        heard, was = self.sounds.heard, self._peaks
        self._peaks = Peaks(heard.sound.samples) if heard is not None else None
        if (was is None) != (self._peaks is None):
            self.updateGeometry()
        self.setVisible(self._peaks is not None)
        offset = self.sounds.offset
        said = "No sound" if offset is None else f"Begins at {offset:.2f} s of the recording"
        self.setAccessibleDescription(said if self.sounds.on else f"{said}, not heard")
        self._paint_anew()

    def sizeHint(self) -> QSize:
        return QSize(320, round(2.4 * self.fontMetrics().height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(320, round(1.2 * self.fontMetrics().height()))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, axis = QPainter(self), self._timeline.axis()
        ratio = self.devicePixelRatioF()
        if self._layer is None or self._layer.devicePixelRatio() != ratio:
            self._layer = QPixmap(self.size() * ratio)
            self._layer.setDevicePixelRatio(ratio)
            self._paint_layer(self._layer)
        painter.drawPixmap(0, 0, self._layer)
        x = round(axis.x(self._frame)) + 0.5
        if axis.left - 1 <= x <= axis.left + axis.width + 1:
            painter.setPen(QPen(self.palette().color(Role.BrightText), 1.5))
            painter.drawLine(QLineF(x, 0, x, self.height()))

    def _paint_layer(self, layer: QPixmap) -> None:
        palette, axis = self.palette(), self._timeline.axis()
        layer.fill(palette.color(Role.Window))
        painter, plot = QPainter(layer), QRectF(axis.left, 0, axis.width, self.height() - 2)
        painter.fillRect(plot, palette.color(Role.Base))
        ink = QColor(palette.color(Role.Highlight if self.sounds.on else Role.PlaceholderText))
        painter.setPen(QPen(ink, 1))
        painter.drawLines(self.lines())
        painter.setPen(palette.color(Role.PlaceholderText))
        box = QRectF(0, 0, axis.left - 10, self.height())
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, right, "Sound" if self.sounds.on else "Muted")
        painter.end()

    def lines(self) -> list[QLineF]:
        """Work out the line of each column of pixels that is seen."""
        heard, peaks, axis = self.sounds.heard, self._peaks, self._timeline.axis()
        if heard is None or peaks is None or axis.width < 1:
            return []
        columns = np.arange(int(axis.width) + 1, dtype=np.float64)
        frames = axis.first + columns / axis.pixels_per_frame
        fps = self.sounds.player.playhead.fps
        low, high = peaks.between(frames / fps * heard.sound.rate)
        middle, half = (self.height() - 2) / 2, (self.height() - 4) / 2
        top = middle - np.maximum(high, 0) * (half / _FULL) - 0.5
        bottom = middle - np.minimum(low, 0) * (half / _FULL) + 0.5
        ends = zip((columns[:-1] + axis.left).tolist(), top.tolist(), bottom.tolist(), strict=True)
        return [QLineF(x + 0.5, y0, x + 0.5, y1) for x, y0, y1 in ends]

    def _paint_anew(self) -> None:
        self._layer = None
        self.update()

    def _set_frame(self, frame: int) -> None:
        old, self._frame = self._frame, frame
        if not self.isVisible():
            return
        axis = self._timeline.axis()
        for each in (old, frame):
            self.update(QRectF(axis.x(each) - 2, 0, 5, self.height()).toAlignedRect())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._layer = None

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._paint_anew()
        super().changeEvent(event)

    # The mouse and the keyboard

    def mousePressEvent(self, event: QMouseEvent) -> None:
        offset = self.sounds.offset
        if event.button() == Qt.MouseButton.LeftButton and offset is not None:
            self._held = event.position().x(), offset
            self.setCursor(Qt.CursorShape.SizeHorCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        offset = self.sounds.offset
        if self._held is None or offset is None:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            return
        moved = event.position().x() - self._held[0]
        fps = self.sounds.player.playhead.fps
        wanted = self._held[1] + moved / self._timeline.axis().pixels_per_frame / fps
        if abs(moved) > STILL:
            self.sounds.move(wanted - offset, key="sound drag")
            text = f"Begins at {wanted:.3f} s"
            QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._held is not None:
            self._held = None
            self.sounds.document.seal()
            self.setCursor(Qt.CursorShape.OpenHandCursor)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        open_menu(event, self, self.menu_actions)

    def event(self, event: QEvent) -> bool:
        """Keep the arrow keys, which move the sound, from the shortcuts of the window."""
        return take_key(event, _answered) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not _answered(event):
            event.ignore()
            return
        by = _STEPS[Key(event.key())] / self.sounds.player.playhead.fps
        self.sounds.move(by, key="sound keys")


def _answered(event: QKeyEvent) -> bool:
    return Key(event.key()) in _STEPS and not event.modifiers() & ~_KEYPAD


_KEYPAD = Qt.KeyboardModifier.KeypadModifier
