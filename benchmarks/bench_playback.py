"""What one frame costs while playing and scrubbing, beside the ways others take.

Every round runs each of the contestants once, one after the other, so that a busy machine slows
all of them; a figure is the median of the rounds. `bar` is the least ratio, `bar_ms` the most
milliseconds, None where there is no such bar. What needs a screen is left out without one.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
import pyvista as pv
from vtkmodules.vtkRenderingCore import vtkRenderer

from studio.core import MeshSequence, Probabilities
from studio.face.known import regions_of
from studio.face.template import load_template
from studio.render.scene import Scene
from studio.render.stills import render_frames

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

Row = dict[str, object]
Act = Callable[[], object]

FRAMES, ROUNDS, WARM = 100, 60, 5
LABELS = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")


def template_clip(frames: int = FRAMES) -> MeshSequence:
    """The template opening and closing its jaw region while it nods."""
    template = load_template()
    wave = np.sin(np.arange(frames) / 9)[:, None].astype(np.float32)
    move = np.zeros((frames, template.n_vertices, 3), dtype=np.float32)
    move[..., 1] = 1.5 * wave
    move[:, template.regions["jaw"], 1] -= 6 * np.abs(wave)
    return MeshSequence(template.vertices + move, template.faces, name="bench")


def medians(contestants: dict[str, Act], rounds: int = ROUNDS) -> dict[str, float]:
    """Milliseconds of each contestant."""
    spent: dict[str, list[float]] = {name: [] for name in contestants}
    for place in range(rounds + WARM):
        for name, act in contestants.items():
            start = time.perf_counter()
            act()
            if place >= WARM:
                spent[name].append(1e3 * (time.perf_counter() - start))
    return {name: statistics.median(times) for name, times in spent.items()}


def run() -> list[Row]:
    """Rows of name, ours_ms, peer, peer_ms, ratio (how many times faster), bar and bar_ms."""
    clip = template_clip()
    rows = [*_updates(clip), _still(clip)]
    if _has_screen():
        rows += [_timeline(), _playback(clip)]
    return rows


def _row(
    name: str, ours: float, peer: str, theirs: float, bar: float | None, bar_ms: float | None
) -> Row:
    return {
        "name": name,
        "ours_ms": ours,
        "peer": peer,
        "peer_ms": theirs,
        "ratio": theirs / ours,
        "bar": bar,
        "bar_ms": bar_ms,
    }


def _updates(clip: MeshSequence) -> list[Row]:
    """Points, normals and heat of a frame into VTK's arrays; drawing not counted."""
    fresh, known = _scene(clip), _scene(clip)
    for frame in range(clip.n_frames):
        known.show_frame(frame)
    rest, turn = clip.vertices[0], count()
    mesh = pv.PolyData.from_regular_faces(clip.vertices[0].copy(), clip.faces)

    def plain() -> None:
        frame = clip.vertices[next(turn) % clip.n_frames]
        mesh.points = frame.copy()
        # Left in place, the filter would hand back the normals of the frame before.
        mesh.point_data.pop("Normals", None)
        mesh.compute_normals(
            cell_normals=False, split_vertices=False, consistent_normals=False, inplace=True
        )
        mesh["Displacement"] = np.linalg.norm(frame - rest, axis=1)

    visits = _visits(fresh, clip)
    ms = medians(
        {
            "first": lambda: next(visits),
            "again": lambda: known.show_frame(next(turn) % clip.n_frames),
            "pyvista": plain,
        }
    )
    return [
        _row("frame update, first visit", ms["first"], "pyvista", ms["pyvista"], None, 0.5),
        _row("frame update, scrubbing", ms["again"], "pyvista", ms["pyvista"], None, 0.5),
    ]


def _visits(scene: Scene, clip: MeshSequence) -> Iterator[None]:
    """Frames never shown before; each step shows one."""
    for frame in range(clip.n_frames):
        scene.show_frame(frame)
        yield


def _scene(clip: MeshSequence) -> Scene:
    scene = Scene(vtkRenderer())
    scene.show_sequence(clip, regions_of(clip.topology))
    scene.set_heat_map(on=True)
    return scene


def _still(clip: MeshSequence) -> Row:
    """Pictures of ten frames at 640 x 720, without a window."""

    def peer() -> None:
        for frame in range(0, 100, 10):
            plotter = pv.Plotter(off_screen=True, window_size=(640, 720))
            mesh = pv.PolyData.from_regular_faces(clip.vertices[frame].copy(), clip.faces)
            plotter.add_mesh(mesh, smooth_shading=True)
            plotter.screenshot(None)
            plotter.close()

    ms = medians({"ours": lambda: render_frames(clip, range(0, 100, 10)), "peer": peer}, 2)
    return _row(
        "ten pictures, no window",
        ms["ours"],
        "pyvista, one plotter a frame",
        ms["peer"],
        None,
        None,
    )


def _has_screen() -> bool:
    return sys.platform != "linux" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def _timeline() -> Row:
    """A repaint of the timeline with 4,000 frames and 7 curves as the playhead moves."""
    from pyqtgraph import InfiniteLine, PlotWidget
    from PySide6.QtGui import QPainter, QPixmap

    from studio.ui.timeline.timeline import Timeline

    _app()
    rows = np.random.default_rng(0).dirichlet(np.ones(7), 4000).astype(np.float32)
    timeline, plot, turn = Timeline(), PlotWidget(), count()
    line = InfiniteLine()
    plot.addItem(line)
    for column in rows.T:
        plot.plot(column)
    timeline.set_clip(4000, 30)
    timeline.set_tracks(Probabilities(LABELS, rows, rows.mean(axis=0)))
    for widget in (timeline, plot):
        widget.resize(1200, 160)
    canvas = QPixmap(1200, 160)

    def ours() -> None:
        timeline.set_frame(37 * next(turn) % 4000)
        timeline.render(canvas)

    def peer() -> None:
        line.setValue(37 * next(turn) % 4000)
        painter = QPainter(canvas)
        plot.render(painter)
        painter.end()

    ms = medians({"ours": ours, "peer": peer}, 20)
    return _row("timeline, 4000 x 7", ms["ours"], "pyqtgraph", ms["peer"], None, 2.0)


def _playback(clip: MeshSequence) -> Row:
    """A frame drawn in a window of 1280 x 800, beside pyvistaqt as its examples use it."""
    from PySide6.QtWidgets import QMainWindow
    from pyvistaqt import QtInteractor

    from studio.ui.view3d.viewport import Viewport

    app, turn = _app(), count()
    view, plotter = Viewport(), QtInteractor(auto_update=False)
    mesh = pv.PolyData.from_regular_faces(clip.vertices[0].copy(), clip.faces)
    plotter.add_mesh(mesh, smooth_shading=True)
    plotter.view_xy()  # type: ignore[call-arg]  # a decorator hides self
    windows = [QMainWindow(), QMainWindow()]
    for window, widget in zip(windows, (view, plotter), strict=True):
        window.setCentralWidget(widget)
        window.resize(1280, 800)
        window.show()
        app.processEvents()
    view.show_sequence(clip, dict(regions_of(clip.topology) or {}))

    def ours() -> None:
        view.show_frame(next(turn) % clip.n_frames)
        app.processEvents()

    def peer() -> None:
        mesh.points = clip.vertices[next(turn) % clip.n_frames].copy()
        plotter.render()
        app.processEvents()

    ms = medians({"ours": ours, "peer": peer}, 15)
    view.close_view()
    plotter.close()
    for window in windows:
        window.close()
    return _row("a frame on the screen", ms["ours"], "pyvistaqt", ms["peer"], 2.0, None)


def _app() -> QApplication:
    from PySide6.QtWidgets import QApplication

    from studio.ui.window.app import prepare_surface

    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    prepare_surface()
    return QApplication(sys.argv[:1])


def main() -> None:
    print(f"{'':28}{'ours ms':>9}  {'peer':<30}{'peer ms':>9}{'ratio':>8}{'bar':>6}{'bar ms':>8}")
    for row in run():
        bars = "".join(f"{row[key] or '–':>{width}}" for key, width in (("bar", 6), ("bar_ms", 8)))
        print(
            f"{row['name']:<28}{row['ours_ms']:>9.3f}  {row['peer']:<30}{row['peer_ms']:>9.3f}"
            f"{row['ratio']:>8.1f}{bars}"
        )


if __name__ == "__main__":
    main()
