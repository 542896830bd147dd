"""How to open each dialog of the window, for the tests that look at all of them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

from PySide6.QtWidgets import QDialog

import studio.ui
from studio.ui.window.main_window import MainWindow

from .fakes import ball

# Called on a window with a 3D view, a clip on show and models loaded.
OPENERS: dict[str, Callable[[MainWindow], object]] = {
    "AboutDialog": lambda window: window.commands.about(),
    "BatchDialog": lambda window: window.menu_actions.takes._open_batch(),
    "BlendDialog": lambda window: _open_blend(window),
    "ContactSheet": lambda window: window.menu_actions.takes._open_sheet(),
    "ExportDialog": lambda window: window.commands.export(),
    "ExportSeveral": lambda window: _export_all(window),
    "KeySheet": lambda window: window.commands.keys(),
    "MixDialog": lambda window: window.menu_actions.motion._open_mix(),
    "ModelManager": lambda window: window.commands.models(),
    "PictureDialog": lambda window: window.commands.pictures.ask(),
    "PreferencesDialog": lambda window: window.commands.preferences(),
}


def _open_blend(window: MainWindow) -> None:
    for seed in (1, 2):
        window.document.add_generated(ball(16), {"label": "fear", "seed": seed})
    window.menu_actions.motion._open_blend()


def _export_all(window: MainWindow) -> None:
    window.clips.list.selectAll()
    window.commands.export()
    window.clips.list.clearSelection()


def dialog_classes() -> dict[str, type[QDialog]]:
    """Every dialog class of the window, by name."""
    for module in pkgutil.walk_packages(studio.ui.__path__, "studio.ui."):
        importlib.import_module(module.name)
    own = [one for one in _below(QDialog) if one.__module__.startswith("studio.ui")]
    return {one.__name__: one for one in own}


def open_dialog(window: MainWindow, name: str) -> QDialog:
    """Open a dialog as the user would; the test closes it."""
    OPENERS[name](window)
    kind = dialog_classes()[name]
    shown = [one for one in window.findChildren(kind) if one.isVisible()]
    assert shown, f"{name} did not open; say how in tests/ui/dialogs.py"
    return shown[-1]


def _below(kind: type) -> list[type]:
    return [one for sub in kind.__subclasses__() for one in (sub, *_below(sub))]
