"""How to open each dialog of the window, for the tests that look at all of them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QDialog

import studio.ui
from studio.core import Given
from studio.io.folders.runs import SeveralRuns
from studio.ui.window.main_window import MainWindow

from .fakes import ball

# Called on a window with a 3D view, a clip on show and models loaded.
OPENERS: dict[str, Callable[[MainWindow], object]] = {
    "AboutDialog": lambda window: window.registry["help.about"].trigger(),
    "BatchDialog": lambda window: window.registry["takes.batch"].trigger(),
    "BatchWindow": lambda window: window.registry["file.batch"].trigger(),
    "BetweenDialog": lambda window: window.registry["edit.between.fill"].trigger(),
    "BlendDialog": lambda window: _open_blend(window),
    "ContactSheet": lambda window: window.registry["takes.sheet"].trigger(),
    "ExportDialog": lambda window: window.registry["file.export"].trigger(),
    "ExportSeveral": lambda window: _export_all(window),
    "FitDialog": lambda window: window.registry["edit.fit_face"].trigger(),
    "Legend": lambda window: window.registry["help.legend"].trigger(),
    "MixDialog": lambda window: window.registry["motion.mix"].trigger(),
    "ModelManager": lambda window: window.registry["edit.models"].trigger(),
    "MorphDialog": lambda window: _open_morph(window),
    "Palette": lambda window: window.registry["help.palette"].trigger(),
    "PictureDialog": lambda window: window.registry["file.picture"].trigger(),
    "PreferencesDialog": lambda window: window.registry["edit.preferences"].trigger(),
    "ReadingDialog": lambda window: window.registry["edit.reading"].trigger(),
    "RunsDialog": lambda window: window.session.choose_runs(
        SeveralRuns(Path("faces"), {Path(f"faces/{name}_*.obj"): ("",) * 9 for name in "ab"}),
        Given(),
    ),
}


def _open_blend(window: MainWindow) -> None:
    for seed in (1, 2):
        window.document.add_generated(ball(16), {"label": "fear", "seed": seed})
    window.registry["motion.blend"].trigger()


def _open_morph(window: MainWindow) -> None:
    window.document.open_clip(ball(16))
    window.document.open_clip(ball(12))
    window.registry["edit.between.morph"].trigger()


def _export_all(window: MainWindow) -> None:
    window.clips.list.selectAll()
    window.registry["file.export"].trigger()
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
