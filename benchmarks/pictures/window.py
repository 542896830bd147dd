"""Makes the README's pictures again, from the real window and the shipped models.

Run with: python -m benchmarks.pictures.window [--only NAME], as --help lists them

Where there is no display, it starts itself again under Xvfb.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
)
from PySide6.QtWidgets import QApplication

from benchmarks import windows
from studio.core.sequence import Floats
from studio.core.system.paths import shipped
from studio.face.template import load_template
from studio.render.offscreen import OffScreen
from studio.render.thumbnails import apex

from . import report

Pixels = NDArray[Any]

PANE = (580, 660)
TILE = (300, 340)
ASSISTANT = (940, 560)
PERSON = (1.2, -0.8, 0.9, 0.7, -0.6, 0.5)  # of the rig, for the picture of a transfer
FOREIGN = 5  # the seed of the person whose face is fitted
# For the picture of the curves: channels, the bound of their keys, and what is set by hand.
KEYED = ("mouthSmileLeft", "mouthSmileRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight")
KEPT_MM = 0.5
KEYED_AT = {
    34: {"browInnerUp": 0.1, "browOuterUpLeft": 0.05, "browOuterUpRight": 0.05},
    50: {"browInnerUp": 0.7, "browOuterUpLeft": 0.55, "browOuterUpRight": 0.45},
}
LABEL, SEED, INTENSITY = "surprise", 7, 1.4
# On which side of a landmark its number stands; above where it is not said.
BELOW = {*range(5, 12), *range(31, 36), 40, 41, 46, 47, *range(55, 60), 65, 66, 67}
LEFT = {0, 1, 2, 3, 4, 36, 42, 48, 60}
RIGHT = {12, 13, 14, 15, 16, 27, 28, 29, 30, 39, 45, 54, 64}


def main() -> None:
    """Write the pictures that are asked for, all of them by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    kinds = ("window", "light", "landmarks", "transfer", "fit", "curves", "video")
    parser.add_argument("--only", choices=kinds)
    parser.add_argument("--label", default=LABEL)
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        sys.exit(windows.again_under_xvfb("pictures.window"))
    # What the user of this machine has set is not to be in the picture, nor to be changed.
    with tempfile.TemporaryDirectory() as folder:
        for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
            os.environ[name] = folder
        _make(asked.only, asked.label, asked.seed)


def _make(only: str | None, label: str, seed: int) -> None:
    pictures, face = shipped("resources") / "pictures", shipped("resources") / "face"
    pictures.mkdir(exist_ok=True)
    if only in (None, "window", "light"):
        themes = {"window": "dark", "light": "light"}
        wanted = {name: theme for name, theme in themes.items() if only in (None, name)}
        photograph(label, seed, {pictures / f"{name}.png": t for name, t in wanted.items()})
    if only in (None, "landmarks"):
        draw_landmarks(face / "landmarks.png")
    if only in (None, "transfer"):
        draw_transfer(pictures / "transfer.png")
    if only in (None, "fit"):
        photograph_fit(pictures / "fit.png")
    if only in (None, "curves"):
        photograph_curves(pictures / "curves.png")
    if only in (None, "video"):
        photograph_video(pictures / "video.png")


def photograph(label: str, seed: int, themes: dict[Path, str]) -> None:
    """Generate a clip in the window, stop at its apex, and save the window in each theme."""
    window = windows.open_window()
    for sample in windows.samples():
        window.open_paths([sample])
        windows.until(lambda: not windows.busy(window))
    window.document.set_generation(label=label, seed=seed, frames=90, intensity=INTENSITY)
    window.generation.generate.click()
    windows.until(lambda: not windows.busy(window))
    clip = window.document.current_clip
    if clip is None or clip.recipe is None:
        raise SystemExit(f"nothing was generated: {window.messages.shown}")
    window.player.seek(apex(clip.recording))
    drawing = window.services.takes.thumbnails.lane  # which others do not wait for
    for path, theme in themes.items():
        window.settings.theme = theme
        windows.rest(1.0)
        windows.until(lambda: not drawing.busy)
        # The lowest quality is Qt's word for the strongest compression; no pixel changes.
        window.grab().save(str(path), "PNG", 0)
        report(path)
    windows.close_window(window)


def photograph_fit(path: Path) -> None:
    """Fit a face of another triangulation, and save the assistant that shows how near it is."""
    from studio.core import MeshSequence
    from studio.io import write_sequence
    from studio.training.evaluation.registration.remeshed import known_face
    from studio.ui.registration.dialog import FitDialog

    window, known = windows.open_window(models=False), known_face(FOREIGN)
    mesh = MeshSequence(np.float32(known.vertices)[None], known.faces, name="a head of another")
    with tempfile.TemporaryDirectory() as folder:
        window.open_paths([write_sequence(mesh, Path(folder) / "another head.npz")[0]])
        windows.until(lambda: not windows.busy(window))
        window.registry["edit.fit_face"].trigger()
        (dialog,) = window.findChildren(FitDialog)
        dialog.resize(*ASSISTANT)
        windows.until(lambda: not dialog.busy)
        windows.rest(1.0)
        dialog.grab().save(str(path), "PNG", 0)
        report(path)
        dialog.reject()
    windows.close_window(window)


def photograph_curves(path: Path) -> None:
    """Raise a captured smile and the brows by keys, and save the window with their curves."""
    from studio.document.edits.channels.keying import Spot

    window = windows.open_window(models=False)
    (sample,) = (one for one in windows.samples() if one.stem == "happiness")
    window.open_paths([sample])
    windows.until(lambda: not windows.busy(window))
    window.registry["edit.channels"].trigger()
    editor = window.curving.editor
    windows.until(lambda: editor.ready)
    editor.see(KEYED)
    editor.reduce(KEPT_MM)
    for frame, values in KEYED_AT.items():
        window.player.seek(frame)
        editor.set_values(values, "Set keys")
    editor.choose(Spot(name, frame) for frame, values in KEYED_AT.items() for name in values)
    windows.until(lambda: not windows.busy(window))
    windows.rest(1.0)
    window.grab().save(str(path), "PNG", 0)
    report(path)
    windows.close_window(window)


def photograph_video(path: Path) -> None:
    """Film a surprise, open the video, and save the window with the face that was read from it."""
    import studio.render.formats  # noqa: F401  (lets clips be written as movies)
    from studio.core import Progress
    from studio.io import write_sequence
    from studio.takes.reading import read_clip

    (sample,) = (one for one in windows.samples() if one.stem == "surprise")
    take = read_clip(sample, Progress())
    window = windows.open_window()
    window.settings.theme = "dark"
    with tempfile.TemporaryDirectory() as folder:
        window.open_paths(write_sequence(take, Path(folder) / "surprise.mp4"))
        windows.until(lambda: not windows.busy(window))
        window.player.seek(apex(take))
        windows.rest(1.0)
        windows.until(lambda: not windows.busy(window))
        window.grab().save(str(path), "PNG", 0)
    report(path)
    windows.close_window(window)


def draw_transfer(path: Path) -> None:
    """A smile at rest and at its height, on another face, and taken off again."""
    from studio.engine import Engine
    from studio.face.rig import load_rig
    from studio.render.stills import render_frames, tile, write_png

    engine, person = Engine.open(None, "cpu"), load_rig().neutral(np.array(PERSON))
    clip = engine.generate("happiness", 3, intensity=1.2)
    at = apex(clip)
    moved, calm = engine.transfer(clip, person, clip.vertices[0]), engine.neutralize(clip)
    shown = {
        "at rest": (clip, 0),
        "at its height": (clip, at),
        "another person": (moved, 0),
        "transferred": (moved, at),
        "neutralized": (calm, at),
    }
    # Each from its own clip, because teeth and lashes are fitted to the face at its beginning.
    pictures = [
        render_frames(of, [frame], TILE, labels=[label])[0] for label, (of, frame) in shown.items()
    ]
    write_png(tile(np.stack(pictures), len(pictures)), path)
    report(path)


def draw_landmarks(path: Path) -> None:
    """The template from the front and from its left, with the ids of its 68 landmarks."""
    app = QGuiApplication.instance() or QApplication(sys.argv[:1])
    width, height = PANE
    sheet = QImage(2 * width, height, QImage.Format.Format_RGB32)
    painter = QPainter(sheet)
    for place, azimuth in enumerate((0.0, 62.0)):
        picture, points, ids = _view(azimuth)
        image = QImage(picture.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
        painter.drawImage(place * width, 0, image)
        _mark(painter, points + np.array([place * width, 0]), ids)
    painter.end()
    sheet.save(str(path), quality=0)
    report(path)
    del app


def _view(azimuth: float) -> tuple[Pixels, Pixels, Pixels]:
    """A picture (h, w, 3) of the template, and pixels (N, 2) and ids (N,) of its landmarks that
    can be seen."""
    from studio.core import MeshSequence
    from studio.core.surfaces import vertex_normals
    from studio.render.camera import Orbit
    from studio.render.scene import Scene

    template = load_template()
    face = MeshSequence(template.vertices[None], template.faces, 30.0, "template")
    with OffScreen(*PANE) as screen:
        scene = Scene(screen.renderer, "light")
        scene.show_sequence(face, None)
        scene.orbit = (
            Orbit.around(template.vertices[template.landmarks]).turned(azimuth, 0.0).zoomed(1.16)
        )
        scene.place_camera(screen.aspect)
        picture = screen.draw()
        towards = scene.orbit.axes()[2]
        facing = vertex_normals(template.vertices, template.faces)[template.landmarks] @ towards
        near = azimuth == 0 or template.vertices[template.landmarks, 0] > -1.0
        ids = np.flatnonzero((facing > (-0.4 if azimuth == 0 else 0.1)) & near)
        pixels = [_project(screen, template.vertices[template.landmarks[k]]) for k in ids]
        scene.clear()
    return picture, np.array(pixels), ids


def _project(screen: OffScreen, point: Floats) -> tuple[float, float]:
    """Where a point (3,) lies in the picture, from the top left."""
    renderer = screen.renderer
    renderer.SetWorldPoint([*(float(value) for value in point), 1.0])
    renderer.WorldToDisplay()
    x, y, _ = renderer.GetDisplayPoint()
    return x, PANE[1] - y


def _mark(painter: QPainter, points: Pixels, ids: Pixels) -> None:
    """Dots at pixels (N, 2) with their numbers (N,)."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = QFont()
    font.setPixelSize(12)
    font.setBold(True)
    painter.setFont(font)
    for (x, y), number in zip(points, ids, strict=True):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#C2410C"))
        painter.drawEllipse(QPointF(x, y), 2.8, 2.8)
        text = QPainterPath()
        text.addText(_beside(x, y, int(number)), font, str(number))
        painter.strokePath(text, QPen(QColor(255, 255, 255, 210), 2.6))
        painter.fillPath(text, QColor("#0B2A5B"))


def _beside(x: float, y: float, number: int) -> QPointF:
    """Where the number of a landmark begins: on the side where its neighbors are not."""
    wide = 8 if number < 10 else 15
    if number in BELOW:
        return QPointF(x - wide / 2, y + 16)
    if number in LEFT:
        return QPointF(x - wide - 5, y + (12 if number == 60 else 4))
    if number in RIGHT:
        return QPointF(x + 6, y + (12 if number == 64 else 4))
    return QPointF(x - wide / 2, y - 6)


if __name__ == "__main__":
    main()
