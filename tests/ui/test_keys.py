"""Which keys a focused control keeps for itself."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QSlider,
    QSpinBox,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from studio.ui.kit.bind import bind
from studio.ui.kit.keys import needs

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.mark.parametrize(
    ("kind", "key", "kept"),
    [
        (QLineEdit, Key.Key_L, True),
        (QLineEdit, Key.Key_Home, True),
        (QLineEdit, Key.Key_F1, False),
        (QSpinBox, Key.Key_Left, True),
        (QPushButton, Key.Key_Space, False),
        (QPushButton, Key.Key_Left, False),
        (QComboBox, Key.Key_Down, True),
        (QSlider, Key.Key_Right, True),
        (QSlider, Key.Key_Space, False),
        (QSlider, Key.Key_Home, False),
        (QComboBox, Key.Key_Space, False),
        (QCheckBox, Key.Key_Space, False),
        (QListWidget, Key.Key_Home, False),
        (QTabBar, Key.Key_Left, True),
        (QListWidget, Key.Key_Down, True),
        (QListWidget, Key.Key_Right, False),
        (QListWidget, Key.Key_Space, False),
        (QLabel, Key.Key_Space, False),
    ],
)
def test_controls_keep_what_they_use(
    qtbot: QtBot, kind: type[QWidget], key: Qt.Key, *, kept: bool
) -> None:
    widget = kind()
    qtbot.addWidget(widget)
    assert needs(widget, key, Mod.NoModifier) is kept
    assert not needs(widget, key, Mod.ControlModifier)


def test_nothing_is_kept_without_a_focus() -> None:
    assert not needs(None, Key.Key_Space, Mod.NoModifier)


def test_a_deleted_owner_stops_listening(qtbot: QtBot) -> None:
    from studio.document import Playhead

    playhead, owner, told = Playhead(), QWidget(), []
    bind(owner, playhead.frame_changed, told.append)
    playhead.set_clip(5, 30.0)
    owner.deleteLater()
    qtbot.waitUntil(lambda: not isValid(owner))
    playhead.set_clip(5, 30.0)
    assert told == [0]
    assert len(playhead.frame_changed) == 0
