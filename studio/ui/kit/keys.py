"""Which keys are the window's, and which the focused control needs.

Space, Home and End are the playback's everywhere but in text fields; Return presses buttons.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

_Key = Qt.Key
_UPRIGHT = {_Key.Key_Up, _Key.Key_Down}
_SIDES = {_Key.Key_Left, _Key.Key_Right}
_TEXT = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox)
_NEEDS: tuple[tuple[type[QWidget], set[Qt.Key]], ...] = (
    (QComboBox, _UPRIGHT),
    (QAbstractSlider, _UPRIGHT | _SIDES),
    (QAbstractItemView, _UPRIGHT),
    (QTabBar, _SIDES),
)


def needs(widget: QWidget | None, key: int, modifiers: Qt.KeyboardModifier) -> bool:
    """Whether a focused widget must keep a key that is also a shortcut of the window."""
    plain = modifiers & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    if widget is None or plain != Qt.KeyboardModifier.NoModifier:
        return False
    if isinstance(widget, _TEXT):
        typed = (key < _Key.Key_F1 or key > _Key.Key_F35) and key != _Key.Key_Escape
        return typed and not (widget.isReadOnly() and key == _Key.Key_Space)
    if isinstance(widget, QAbstractButton) and widget.autoExclusive() and key in _UPRIGHT | _SIDES:
        return True
    return any(isinstance(widget, kind) and key in keys for kind, keys in _NEEDS)


def take_key(event: QEvent, answers: Callable[[QKeyEvent], bool]) -> bool:
    """Keep a key that a control answers from the shortcuts of the window.

    For `event` of the control, which `answers` tells what it makes something of.
    """
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    taken = answers(event)
    if taken:
        event.accept()
    return taken


def keep_key(event: QEvent) -> bool:
    """Leave a key to the focused control that needs it, where it is also a shortcut.

    For `event` of whatever window the shortcuts work in, where an override comes that nobody
    below took: a filter on the application would be called for every event there is.
    """
    return take_key(
        event, lambda key: needs(QApplication.focusWidget(), key.key(), key.modifiers())
    )


def press_focused(event: QKeyEvent) -> bool:
    """Have Return press the focused button, or open the focused list of choices, as Space plays.

    For `keyPressEvent` of a window, where a key comes that the control made nothing of.
    """
    if event.key() not in (_Key.Key_Return, _Key.Key_Enter) or event.isAutoRepeat():
        return False
    focused = QApplication.focusWidget()
    if isinstance(focused, QAbstractButton):
        focused.click()
    elif isinstance(focused, QComboBox):
        focused.showPopup()
    else:
        return False
    return True


class Dock(QDockWidget):
    """A dock in which the keys mean what they do in its window, also when it floats."""

    def event(self, event: QEvent) -> bool:
        return keep_key(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.isFloating() or not press_focused(event):
            super().keyPressEvent(event)
