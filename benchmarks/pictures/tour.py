"""Makes the pictures of the README's tour again: the real window, the shipped models.

Run with: python -m benchmarks.pictures.tour [--only generate|compare|sheet|face|edit]

Where there is no display, it starts itself again under Xvfb.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QWidget

from benchmarks import windows
from studio.core import FaceChoice
from studio.core.system.paths import shipped
from studio.face.identity import random_face
from studio.render.thumbnails import apex
from studio.ui.generate.contact_sheet import ContactSheet
from studio.ui.window.main_window import MainWindow

from . import report
from .film import Camera

Take = tuple[str, int]

BROWS = ("browInnerUp", "browOuterUpLeft", "browOuterUpRight")
FIRST, SECOND = ("happiness", 3), ("surprise", 7)


def make_take(window: MainWindow, label: str, seed: int, **settings: float) -> None:
    """Generate a take in the window and stop at its apex."""
    window.document.set_generation(
        label=label,
        seed=seed,
        frames=int(settings.get("length", 72)),
        intensity=settings.get("intensity", 1.2),
    )
    window.generation.generate.click()
    windows.until(lambda: not windows.busy(window))
    to_apex(window)


def to_apex(window: MainWindow) -> None:
    clip = window.document.current_clip
    if clip is None:
        raise SystemExit(f"nothing was generated: {window.messages.shown}")
    window.player.seek(apex(clip.recording))
    windows.rest(0.5)


def farthest(window: MainWindow) -> int:
    """The frame at which the two clips that are compared differ most."""
    one, other = window.document.current_clip, window.stage.comparison.other
    if one is None or other is None:
        raise SystemExit("nothing is compared")
    apart = np.linalg.norm(one.recording.vertices - other.recording.vertices, axis=2)
    return int(apart.mean(axis=1).argmax())


def save(widget: QWidget, path: Path) -> None:
    windows.rest(0.8)
    # The lowest quality is Qt's word for the strongest compression; no pixel changes.
    widget.grab().save(str(path), "PNG", 0)
    report(path)


# The scenes


def compare(window: MainWindow, path: Path) -> None:
    """Two seeds of one expression, and how far apart they are, in mm."""
    window.settings.theme = "dark"
    make_take(window, *SECOND)
    other = window.document.current_clip
    make_take(window, SECOND[0], 21)
    window.compare_with(other.id if other is not None else None)
    window.stage.comparison.set_mode("error map")
    window.player.seek(farthest(window))
    save(window, path)
    window.compare_with(None)


def sheet(window: MainWindow, path: Path) -> None:
    """A contact sheet of twelve seeds."""
    window.settings.theme = "light"
    window.document.set_generation(label="happiness", seed=1, frames=60, intensity=1.2)
    window.registry["takes.sheet"].trigger()
    dialog = window.findChild(ContactSheet)
    if dialog is None:
        raise SystemExit("the contact sheet did not open")
    dialog.start()
    windows.until(lambda: not windows.busy(window) and dialog.view.all_drawn)
    save(dialog, path)
    dialog.close()


def face(window: MainWindow, path: Path) -> None:
    """A face made with sliders, which the next take will have."""
    window.settings.theme = "light"
    window.document.set_generation(face=FaceChoice("numbers", random_face(5)))
    window.services.generation.show_face(on=True)
    windows.until(lambda: not windows.busy(window))
    save(window, path)


def generate(window: MainWindow, path: Path) -> None:
    """Choose an expression, sample it, look at the estimates, scrub."""
    window.settings.theme = "dark"
    make_take(window, *FIRST)
    camera = Camera(window)
    camera.shoot()
    camera.hold(6)
    window.document.set_generation(label=SECOND[0], seed=SECOND[1])
    windows.rest(0.3)
    camera.shoot()
    camera.hold(5)
    window.generation.generate.click()
    camera.while_busy()
    windows.until(lambda: window.document.current_clip is not None)
    windows.rest(0.6)
    length = window.player.playhead.n_frames
    for frame in [*range(0, length, 3), *range(length - 1, length // 3, -4)]:
        window.player.seek(frame)
        windows.rest(0.05)
        camera.shoot()
    camera.hold(8)
    camera.write(path)


def edit(window: MainWindow, path: Path) -> None:
    """Make a captured smile stronger, then lift the brows by keys, and scrub through it."""
    window.settings.theme = "dark"
    (sample,) = (one for one in windows.samples() if one.stem == "happiness")
    window.open_paths([sample])
    windows.until(lambda: not windows.busy(window))
    to_apex(window)
    camera, top = Camera(window), window.player.playhead.frame
    camera.shoot()
    camera.hold(6)
    window.registry["edit.intensity"].trigger()
    windows.rest(0.3)
    slider = window.stack.curve.slider
    slider.setSliderDown(True)
    for value in range(100, 181, 10):
        slider.setValue(value)
        windows.rest(0.15)
        camera.shoot()
    slider.setSliderDown(False)
    windows.until(lambda: not windows.busy(window))
    camera.hold(4)
    _lift_brows(window, camera, top)
    for frame in range(0, window.player.playhead.n_frames, 3):
        window.player.seek(frame)
        windows.rest(0.05)
        camera.shoot()
    camera.hold(6)
    camera.write(path)


def _lift_brows(window: MainWindow, camera: Camera, top: int) -> None:
    window.registry["edit.channels"].trigger()
    editor = window.curving.editor
    windows.until(lambda: editor.ready)
    editor.see(BROWS)
    windows.rest(0.5)
    camera.shoot()
    for frame, value in ((0, 0.0), (top - 8, 0.0), (top, 0.8), (top + 12, 0.2)):
        window.player.seek(max(frame, 0))
        editor.set_values(dict.fromkeys(BROWS, value), "Set keys")
        windows.until(lambda: not windows.busy(window))
        windows.rest(0.3)
        camera.shoot()
        camera.hold(2)


SCENES: dict[str, tuple[str, Callable[[MainWindow, Path], None]]] = {
    "generate": ("generate.gif", generate),
    "compare": ("compare.png", compare),
    "sheet": ("sheet.png", sheet),
    "face": ("face.png", face),
    # The last, for the panels that it opens come again in the next window.
    "edit": ("edit.gif", edit),
}


def main() -> None:
    """Make the pictures that are asked for, all of them by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=tuple(SCENES))
    asked = parser.parse_args()
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        sys.exit(windows.again_under_xvfb("pictures.tour"))
    # What the user of this machine has set is not to be in the picture, nor to be changed.
    with tempfile.TemporaryDirectory() as folder:
        for name in ("CONFIG", "CACHE", "DATA", "STATE"):
            os.environ[f"XDG_{name}_HOME"] = folder
        for name, (file, scene) in SCENES.items():
            if asked.only in (None, name):
                window = windows.open_window()
                scene(window, shipped("resources") / "pictures" / file)
                windows.close_window(window)


if __name__ == "__main__":
    main()
