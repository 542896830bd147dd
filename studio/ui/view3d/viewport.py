"""The 3D view: frames of a clip, an orbiting camera, a heat map with its legend."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QSize, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.core import MeshSequence, StudioError
from studio.core.sequence import Doubles, Floats
from studio.document import Comparing, Shading, ViewState
from studio.render.camera import PRESETS
from studio.render.comparing.heads import Head
from studio.render.comparing.pair import Pair
from studio.render.scene import Scene
from studio.render.sight import Sight
from studio.render.steady import Measure, Steady
from studio.ui.kit.theme import is_dark

from .drawn import draw_marks
from .face_view import FaceView
from .heat_bar import HeatBar
from .picture import Shot, shoot
from .upright import Upright

Masks = dict[str, NDArray[np.bool_]]


class Viewport(QWidget):
    """Shows one clip, frame by frame.

    Frames go into VTK's arrays in place and one repaint is asked for, so several changes
    between two repaints cost one drawing. After `close_view` every call does nothing.

    Parameters
    ----------
    upright
        Says how the face of a clip is held, as `Orbit` has it.
    """

    dropped = Signal(list)  # of Path
    turning = Signal(bool)  # the turntable

    def __init__(
        self, upright: Upright = lambda _sequence: None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._upright = upright
        self.view: FaceView | None = FaceView(self)
        self.scene: Scene | None = Scene(self.view.renderer, self._theme())
        self.view.scene = self.scene
        self.view.turntable.turning.connect(self.turning)
        self._state = ViewState()
        self.bar = HeatBar(self)
        self.bar.hide()
        self.view.drawn.connect(self._place_bar)  # what stands beside the view may have grown
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.view, stretch=1)
        self.setAcceptDrops(True)
        self.setMinimumSize(240, 120)
        self.setFocusProxy(self.view)
        self.setAccessibleName("3D view")
        self.setAccessibleDescription(
            "Drag to turn, drag with Shift to move, turn the wheel to go nearer"
        )

    def add_tools(self, tools: QWidget) -> None:
        """Put a column of tools beside the view."""
        layout = self.layout()
        if layout is not None:
            layout.addWidget(tools)

    # What it shows

    def _held(self, sequence: MeshSequence | None) -> Doubles | None:
        return None if sequence is None else self._upright(sequence)

    def show_sequence(
        self, sequence: MeshSequence | None, regions: Masks | None, neutral: Floats | None = None
    ) -> None:
        """Show the first frame of a clip in the materials of its regions.

        Parameters
        ----------
        sequence : MeshSequence or None
            None clears the view.
        regions : mapping or None
            Name to mask (V,) for the template's triangulation, None for any other.
        neutral : floats (V, 3) or None
            What displacement is measured from, in mm; None for the first frame.
        """
        if self.scene is not None:
            self.scene.show_sequence(sequence, regions, neutral, self._held(sequence))
            self._show_heat()

    def compare(
        self,
        sequence: MeshSequence | None,
        regions: Masks | None,
        neutral: Floats | None = None,
        heads: tuple[Head, Head] | None = None,
    ) -> None:
        """Show another clip beside, `neutral` (V, 3) and `heads` as in `Pair`; None shows one."""
        if self.scene is None or self.view is None:
            return
        if sequence is None and self.view.pair is not None:
            self.view.pair.close()
            self.view.pair = None
        elif sequence is not None:
            if self.view.pair is None:
                self.view.pair = Pair(self.scene, self.view.vtk_window, self._theme())
                self._dress(self.view.pair.other)
            self.view.pair.show(sequence, regions, neutral, self._held(sequence), heads)
        self.show_bar()
        self._redraw()

    def set_comparing(self, mode: Comparing, *, flipped: bool = False) -> None:
        """Choose how two clips are looked at, and which of those shown in turn is seen now."""
        if self.view is not None and self.view.pair is not None:
            self.view.pair.set_mode(mode, flipped=flipped)
            self.show_bar()
            self._redraw()

    def show_measures(self, one: Measure, other: Measure) -> None:
        """Color the clip on show and the one beside it by distances of their own, in one range."""
        if self.scene is not None and self.view is not None and self.view.pair is not None:
            self.scene.set_against(one)
            self.view.pair.other.set_against(other)
            self.view.pair.share_limit()
            self.show_bar()
            self._redraw()

    def color_by(self, measure: Measure | None) -> None:
        """Color the face on show by a measure of its own, as long as it stands alone; None: not."""
        alone = self.scene is not None and self.view is not None and self.view.pair is None
        if self.scene is not None and alone and self.scene.against is not measure:
            self.scene.set_against(measure)
            self.show_bar()
            self._redraw()

    def show_frame(self, index: int) -> None:
        if self.scene is not None and self.view is not None:
            (self.view.pair or self.scene).show_frame(index)
            self.view.draw()

    def show_points(self, points: Floats) -> None:
        """Show vertices (V, 3) in mm in the place of the frame, until the next one."""
        if self.scene is not None and self.view is not None:
            self.scene.show_points(points)
            self.view.draw()

    @property
    def sight(self) -> Sight | None:
        """Where the clip on show is seen in the view; None where nothing of it is."""
        if self.scene is None or self.view is None or self.scene.surface is None:
            return None
        pair, wide = self.view.pair, float(self.view.width())
        if pair is not None and not self.scene.renderer.GetDraw():
            return None
        half = pair is not None and pair.shown == "side by side"
        return Sight(self.scene.orbit, wide / 2 if half else wide, float(self.view.height()))

    @property
    def sight_beside(self) -> Sight | None:
        """Where the clip beside is seen, in the right half of the view; None where there is none.

        Its pixels are counted from the middle of the view.
        """
        if self.view is None or self.view.pair is None or self.view.pair.shown != "side by side":
            return None
        other, wide = self.view.pair.other, float(self.view.width())
        return Sight(other.orbit, wide / 2, float(self.view.height()))

    def set_neutral(self, vertices: Floats | None) -> None:
        """Measure displacement from vertices (V, 3) in mm; None means the first frame."""
        if self.scene is not None and self.view is not None:
            self.scene.set_neutral(vertices)
            # Without a heat map nothing looks different, and a drawing is not free.
            if self.scene.heat_map or self.view.pair is not None:
                self._show_heat()

    # How it looks

    def restore(self, state: ViewState) -> None:
        """Dress the face and place the camera as in another view."""
        if self.scene is not None:
            self.scene.orbit = self.scene.orbit.under(state)
            self._state = state
            self._on_scenes(self._dress)
            self._show_heat()

    def camera_of(self, state: ViewState) -> ViewState:
        """Give a state with the camera where it stands now."""
        return self.scene.orbit.told(state) if self.scene is not None else state

    def set_shading(self, shading: Shading) -> None:
        self._state = replace(self._state, shading=shading)
        self._on_scenes(lambda scene: scene.set_shading(shading))
        self._redraw()

    def set_heat_map(self, on: bool) -> None:
        """Color by displacement from the neutral, its range fixed over the clip."""
        self._state = replace(self._state, heat_map=on)
        self._on_scenes(lambda scene: scene.set_heat_map(on=on))
        self._show_heat()

    def set_drawn(self, name: str, *, on: bool) -> None:
        """Draw one of `DRAWN`, or leave it out."""
        self._state = self._state.drawing(name, on=on)
        self._on_scenes(partial(draw_marks, state=self._state, names=(name,)))
        self._redraw()

    def set_hidden(self, names: Collection[str]) -> None:
        """Draw all parts of the face but these."""
        self._state = replace(self._state, hidden=tuple(names))
        self._on_scenes(lambda scene: scene.set_hidden(names))
        self._redraw()

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of what the surface on show is divided into."""
        return self.scene.parts if self.scene is not None else ()

    @property
    def has_fittings(self) -> bool:
        """Whether teeth and lashes are known for the face on show."""
        return self.scene is not None and self.scene.has_fittings

    @property
    def has_landmarks(self) -> bool:
        return self.scene is not None and self.scene.marks is not None

    def _dress(self, scene: Scene) -> None:
        state = self._state
        scene.set_shading(state.shading)
        scene.set_hidden(state.hidden)
        draw_marks(scene, state)
        scene.set_heat_map(on=state.heat_map)

    # The camera

    def reset_camera(self) -> None:
        """Look from the front, fitted to the frame on show."""
        if self.scene is not None and self.scene.surface is not None:
            self.scene.orbit = self.scene.orbit.on(self.scene.surface.points).front()
            self._redraw()

    def fit(self) -> None:
        """Show all that is drawn of the face, from the same side."""
        if self.scene is not None and self.scene.surface is not None:
            self.scene.orbit = self.scene.orbit.on(self.scene.surface.visible()).fitted()
            self._redraw()

    def look_from(self, preset: str) -> None:
        """Look from one of `PRESETS`, as near as before."""
        if self.scene is not None and self.view is not None:
            self.view.turntable.stop()
            self.scene.orbit = self.scene.orbit.looking(*PRESETS[preset])
            self._redraw()

    def turn(self, azimuth: float, elevation: float) -> None:
        """Move the camera round the face by degrees."""
        if self.scene is not None and self.view is not None:
            self.view.turntable.stop()
            self.scene.orbit = self.scene.orbit.turned(azimuth, elevation)
            self._redraw()

    def zoom(self, factor: float) -> None:
        """Go nearer for a factor below 1."""
        if self.scene is not None:
            self.scene.orbit = self.scene.orbit.zoomed(factor)
            self._redraw()

    def set_orthographic(self, on: bool) -> None:
        if self.scene is not None:
            self.scene.orbit = replace(self.scene.orbit, parallel=on)
            self._redraw()

    def set_turntable(self, on: bool) -> None:
        """Turn the camera slowly round the face until it is touched."""
        if self.view is not None:
            if on:
                self.view.turntable.start()
            else:
                self.view.turntable.stop()

    @property
    def software(self) -> bool:
        """Whether pictures are drawn on the CPU, as far as is known yet."""
        return self.view is None or self.view.software

    @property
    def picture_size(self) -> QSize:
        """Dots of the screen that the view covers."""
        return self.view.size() * self.devicePixelRatioF() if self.view is not None else QSize()

    def shoot(self, scale: int = 1, *, transparent: bool = False, bar: bool = True) -> Shot:
        """Draw what the view shows, `scale` times as large, with the legend where there is one.

        Raises
        ------
        StudioError
            When there is nothing to draw yet.
        """
        if self.view is None:
            raise StudioError("The 3D view is closed, so there is no picture of it.")
        over = [self.bar] if bar and self.bar.isVisible() else []
        return shoot(self.view, self._theme(), scale, transparent=transparent, over=over)

    def close_view(self) -> None:
        """Let go of VTK and its GL context; must come before the window closes."""
        view, scene, self.view, self.scene = self.view, self.scene, None, None
        if view is None or scene is None:
            return
        view.turntable.stop()
        if view.pair is not None:
            view.pair.close()
        scene.clear()
        view.scene, view.pair = None, None
        view.close()
        view.setParent(None)
        view.deleteLater()

    # Following

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and self.scene is not None:
            self._on_scenes(lambda scene: scene.set_theme(self._theme()))
            self.show_bar()
            self._redraw()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_bar()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        urls = event.mimeData().urls()
        paths = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)

    def _theme(self) -> str:
        return "dark" if is_dark(self.palette()) else "light"

    def _on_scenes(self, act: Callable[[Scene], object]) -> None:
        """Do the same to the face and to what it is compared with."""
        if self.view is not None and self.view.pair is not None:
            self.view.pair.on_both(act)
        elif self.scene is not None:
            act(self.scene)

    def _show_heat(self) -> None:
        """Give the two clips of a pair one range of the heat map."""
        if self.view is not None and self.view.pair is not None:
            self.view.pair.refresh()
        self.show_bar()
        self._redraw()

    def _redraw(self) -> None:
        if self.view is not None:
            self.view.place_camera()
            self.view.draw()

    def show_bar(self) -> None:
        """Show what the colors tell, where they tell something."""
        scene, title = self.scene, ""
        if scene is not None and scene.heat_map and scene.sequence is not None:
            title = (scene.against or Steady).title
        self.bar.setVisible(bool(title))
        if scene is not None and title:
            ink = self.palette().color(QPalette.ColorRole.WindowText)
            self.bar.show_limit(scene.limit, ink, title)
            self._place_bar()

    def _place_bar(self) -> None:
        """Place the legend at the right, or between two faces that stand side by side."""
        if self.view is None:
            return
        left = self.view.width() - self.bar.width() - 8
        if self.view.pair is not None and self.view.pair.shown == "side by side":
            left = (self.view.width() - self.bar.width()) // 2
        place = QPoint(left, (self.height() - self.bar.height()) // 2)
        if place != self.bar.pos():
            self.bar.move(place)
            self.bar.raise_()
