"""Whether a window can be opened here."""

from __future__ import annotations

import ctypes
import os
import sys

from .libraries import loads


def display_problem() -> str | None:
    """Say why there is no display; None where there is one.

    Qt ends the process where it finds none, so this is asked before.
    """
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return None
    if os.environ.get("WAYLAND_DISPLAY"):
        return None
    name = os.environ.get("DISPLAY")
    if not name:
        return "no display: neither DISPLAY nor WAYLAND_DISPLAY is set"
    return None if _answers(name) else f"no display: the X server at {name} does not answer"


def _answers(name: str) -> bool:
    if not loads("libX11.so.6"):
        return True  # a missing library, not a missing display
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XOpenDisplay.argtypes = [ctypes.c_char_p]
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    connection = x11.XOpenDisplay(name.encode())
    if connection:
        x11.XCloseDisplay(connection)
    return bool(connection)
