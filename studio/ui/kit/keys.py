"""Keep the window's single-key shortcuts from taking keys that the focused control needs."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

_Key = Qt.Key
_UPRIGHT = {_Key.Key_Up, _Key.Key_Down}
_ENDS = {_Key.Key_Home, _Key.Key_End}
_SIDES = {_Key.Key_Left, _Key.Key_Right}
_TEXT = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox)
_NEEDS: tuple[tuple[type[QWidget], set[Qt.Key]], ...] = (
    (QAbstractButton, {_Key.Key_Space}),
    (QComboBox, {_Key.Key_Space} | _UPRIGHT | _ENDS),
    (QAbstractSlider, _UPRIGHT | _SIDES | _ENDS),
    (QAbstractItemView, _UPRIGHT | _ENDS),
)


def needs(widget: QWidget | None, key: int, modifiers: Qt.KeyboardModifier) -> bool:
    """Whether a focused widget must keep a key that is also a shortcut of the window."""
    plain = modifiers & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    if widget is None or plain != Qt.KeyboardModifier.NoModifier:
        return False
    if isinstance(widget, _TEXT):
        return key < _Key.Key_F1 or key > _Key.Key_F35
    if isinstance(widget, QAbstractButton) and widget.autoExclusive() and key in _UPRIGHT | _SIDES:
        return True
    return any(isinstance(widget, kind) and key in keys for kind, keys in _NEEDS)


class KeyGuard(QObject):
    """Installed on the application; accepts the override, so that the widget gets the key."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            widget = QApplication.focusWidget()
            if watched is widget and needs(widget, event.key(), event.modifiers()):
                event.accept()
                return True
        return False
