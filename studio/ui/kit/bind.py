"""Listening to the document for as long as a widget lives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from psygnal import SignalInstance
from PySide6.QtCore import QObject


def bind(owner: QObject, signal: SignalInstance, slot: Callable[..., Any]) -> None:
    """Call `slot` on every emission until `owner` is destroyed.

    The slot is held strongly, so a lambda will do; a bound method of a widget that Qt has
    already deleted is never called.
    """

    def forward(*args: object) -> None:
        slot(*args)

    signal.connect(forward, check_nargs=False)
    owner.destroyed.connect(lambda: signal.disconnect(forward, missing_ok=True))
