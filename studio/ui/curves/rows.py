"""A channel in the list: whether it has keys, its name, and its weight at the playhead."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QSlider,
    QWidget,
)

from studio.document.edits.channels.curves import least
from studio.ui.kit.scrolling import calm_wheel
from studio.ui.kit.theme import CHOSEN

from .items import color_of

_FULL = 100  # slider positions of a weight of one
_STYLE = """
QPushButton { text-align: left; padding: 2px 4px; border: none;
    border-left: 4px solid transparent; }
QPushButton:checked { background: palette(midlight); border-left: 4px solid %s; }
QPushButton:hover { background: palette(midlight); }
QPushButton:focus { text-decoration: underline; }
"""


class KeyDot(QAbstractButton):
    """A dot where a channel has keys, filled where it has one at the playhead."""

    def __init__(self, channel: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(f"Key of {channel}")
        self.setToolTip("Set a key at the playhead, or take it away; a ring has keys elsewhere")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCheckable(True)
        self.keyed = False

    def sizeHint(self) -> QSize:
        return QSize(14, 14)

    def show_key(self, *, keyed: bool, here: bool) -> None:
        """Show whether there are keys, and one here."""
        if (keyed, here) != (self.keyed, self.isChecked()):
            self.keyed = keyed
            self.setChecked(here)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, palette = QPainter(self), self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = QColor(CHOSEN) if self.keyed else palette.color(QPalette.ColorRole.Mid)
        painter.setPen(QPen(color, 1.5))
        painter.setBrush(color if self.isChecked() else Qt.BrushStyle.NoBrush)
        size = 6.5 if self.keyed else 4.0
        middle = QRectF(self.rect()).center()
        painter.drawEllipse(middle, size / 2, size / 2)
        if self.hasFocus() or self.underMouse():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Highlight), 1))
            painter.drawEllipse(middle, 6, 6)


class ChannelName(QPushButton):
    """The name of a channel, with the color of its curve while that is seen."""

    picked = Signal(bool)  # whether as well as the others

    def __init__(self, channel: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(channel)
        self.setAccessibleName(f"Curve of {channel}")
        self.setToolTip(f"{channel}: a click shows its curve alone, with Ctrl or Shift as well")
        self.setCheckable(True)
        self.setStyleSheet(_STYLE % color_of(channel))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        # By the keyboard there is no Ctrl: Return adds a curve, or takes it away.
        self.clicked.connect(lambda: self.picked.emit(True))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
            self.picked.emit(bool(event.modifiers() & held))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()


class ChannelRow(QWidget):
    """One channel: dot, name, slider and number."""

    key_asked = Signal(str, bool)  # channel, whether there is to be a key
    picked = Signal(str, bool)  # channel, whether as well as the others
    held = Signal(str)  # channel whose slider is taken hold of
    changed = Signal(str, float, bool)  # channel, weight, whether the slider is held
    dropped = Signal()

    def __init__(self, channel: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.channel = channel
        self.dot, self.name = KeyDot(channel), ChannelName(channel)
        self.slider, self.value = QSlider(Qt.Orientation.Horizontal), QDoubleSpinBox()
        self._make_fields()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        row.addWidget(self.dot)
        row.addWidget(self.name, 3)
        row.addWidget(self.slider, 2)
        row.addWidget(self.value)
        self.dot.clicked.connect(lambda on: self.key_asked.emit(channel, on))
        self.name.picked.connect(lambda more: self.picked.emit(channel, more))
        self.slider.sliderPressed.connect(lambda: self.held.emit(channel))
        self.slider.valueChanged.connect(self._slide)
        self.slider.sliderReleased.connect(self.dropped)
        self.value.valueChanged.connect(lambda value: self.changed.emit(channel, value, False))

    def _make_fields(self) -> None:
        low = least(self.channel)
        self.slider.setRange(round(low * _FULL), _FULL)
        self.slider.setPageStep(10)
        self.slider.setMinimumWidth(56)
        self.value.setRange(low, 2.0)
        self.value.setDecimals(2)
        self.value.setSingleStep(0.01)
        self.value.setKeyboardTracking(False)
        self.value.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.value.setFixedWidth(self.value.fontMetrics().horizontalAdvance("-0.00") + 14)
        tip = "The weight at the playhead; a change sets a key there"
        for field in (self.slider, self.value):
            field.setAccessibleName(self.channel)
            field.setToolTip(tip)
            field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        calm_wheel(self.slider, self.value)

    def _slide(self, position: int) -> None:
        weight = position / _FULL
        with QSignalBlocker(self.value):
            self.value.setValue(weight)
        self.changed.emit(self.channel, weight, self.slider.isSliderDown())

    def show_weight(self, weight: float) -> None:
        """Show a weight, unless the slider is held."""
        if self.slider.isSliderDown():
            return
        position = round(weight * _FULL)
        if position != self.slider.value():
            with QSignalBlocker(self.slider):
                self.slider.setValue(position)
        if abs(weight - self.value.value()) >= 0.005 and not self.value.hasFocus():
            with QSignalBlocker(self.value):
                self.value.setValue(weight)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.dot.update()
