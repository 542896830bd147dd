"""What the tests of the window share."""

from __future__ import annotations

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from studio.ui.main_window import MainWindow

Make = Callable[..., MainWindow]


def settle(qtbot: QtBot, window: MainWindow) -> None:
    lanes = [*window.controller.lanes.values(), window.controller.edits.lane]
    qtbot.waitUntil(lambda: not any(lane.busy for lane in lanes), timeout=20_000)
