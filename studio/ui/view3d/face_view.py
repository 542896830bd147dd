"""VTK in a Qt widget, with a camera of our own and no keys of VTK's or pyvista's."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget
from pyvistaqt import QtInteractor
from vtkmodules.vtkRenderingOpenGL2 import vtkGenericOpenGLRenderWindow

from studio.core import StudioError
from studio.render.comparing.pair import Pair
from studio.render.offscreen import SAMPLES, is_software
from studio.render.scene import Scene
from studio.render.vtk_bridge import renderers_of

from .turntable import Turntable

DEGREES_PER_PIXEL = 0.4
SETTLE_MS = 400


class Grip(Protocol):
    """What takes hold of things in the view before the camera does; each says whether it did."""

    def press(self, event: QMouseEvent) -> bool: ...
    def move(self, event: QMouseEvent) -> bool: ...
    def release(self, event: QMouseEvent) -> bool: ...
    def key(self, event: QKeyEvent) -> bool: ...
    def wants(self, event: QKeyEvent) -> bool: ...
    def leave(self) -> None: ...
    def follow(self) -> None: ...


class FaceView(QtInteractor):
    """Draws a scene and moves its camera.

    The left button orbits, the middle or Shift pans, the right or the wheel zooms, a double click
    shows the front.
    """

    drawn = Signal()  # with what was in VTK's arrays; `frameSwapped` says that it is to be seen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, auto_update=False, multi_samples=0, lighting="none")
        self.scene: Scene | None = None
        self.pair: Pair | None = None
        self.grip: Grip | None = None
        self.turntable = Turntable(self.turn, self)
        self._from: QPointF | None = None
        self._software: bool | None = None  # known once there is a GL context
        self._rest = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._rest.timeout.connect(self.settle)
        self.disable_depth_peeling()  # type: ignore[call-arg]  # a decorator hides self
        self.setAcceptDrops(False)  # so that drops reach the parent
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMinimumSize(1, 1)
        self.setToolTip("")

    def place_camera(self) -> None:
        """Bring VTK's camera to where the scene's orbit stands."""
        if self.scene is not None:
            shown = self.pair or self.scene
            shown.set_pixel(self.devicePixelRatioF())
            shown.place_camera(self.width() / max(self.height(), 1))
            self.camera_set = True

    @property
    def vtk_window(self) -> vtkGenericOpenGLRenderWindow:
        """What VTK draws into."""
        window = self.render_window
        if not isinstance(window, vtkGenericOpenGLRenderWindow):
            raise StudioError("The 3D view is closed.")
        return window

    @property
    def software(self) -> bool:
        """Whether pictures are drawn on the CPU, as far as is known yet."""
        return self._software is not False

    def draw(self) -> None:
        """Ask for a repaint with what is in VTK's arrays now."""
        if self.software:
            self._smooth(on=False)
            self._rest.start()
        if self.grip is not None:
            self.grip.follow()
        self.update()

    def settle(self) -> None:
        """Smooth the edges of a picture that stands still, where that is too slow in motion."""
        self._rest.stop()
        if self.scene is not None and self.software:
            self._smooth(on=True)
            self.update()

    def _smooth(self, *, on: bool) -> None:
        for renderer in renderers_of(self.vtk_window):
            if bool(renderer.GetUseFXAA()) != on:
                renderer.SetUseFXAA(on)

    def turn(self, degrees: float) -> None:
        """Turn the camera round the face by degrees."""
        if self.scene is not None and self.isVisible():
            self.scene.orbit = self.scene.orbit.turned(degrees, 0.0)
            self._moved()

    # Qt's virtual functions

    def paintGL(self) -> None:
        if self.scene is None:
            return
        if self._software is None:
            self._software = is_software(self.vtk_window.ReportCapabilities() or "")
            # Multisampling makes a software rasterizer two to six times slower.
            self.vtk_window.SetMultiSamples(0 if self._software else SAMPLES)
        super().paintGL()  # type: ignore[no-untyped-call]
        self.drawn.emit()

    def resizeGL(self, width: int, height: int) -> None:
        super().resizeGL(width, height)  # type: ignore[no-untyped-call]
        self.place_camera()
        if self.grip is not None:
            self.grip.follow()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.turntable.stop()
        if self.grip is None or not self.grip.press(event):
            self._from = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.grip is not None and self._from is None and self.grip.move(event):
            return
        if self._from is None or self.scene is None or not event.buttons():
            return
        delta, self._from = event.position() - self._from, event.position()
        orbit, held = self.scene.orbit, event.buttons()
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        half = max(self.height(), 1) / 2
        if held & Qt.MouseButton.MiddleButton or (held & Qt.MouseButton.LeftButton and shift):
            self.scene.orbit = orbit.panned(-delta.x() / half, delta.y() / half)
        elif held & Qt.MouseButton.RightButton:
            self.scene.orbit = orbit.zoomed(1.006 ** delta.y())
        else:
            self.scene.orbit = orbit.turned(
                -DEGREES_PER_PIXEL * delta.x(), DEGREES_PER_PIXEL * delta.y()
            )
        self._moved()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._from is None and self.grip is not None:
            self.grip.release(event)
        self._from = None

    def leaveEvent(self, event: QEvent) -> None:
        if self.grip is not None:
            self.grip.leave()

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self.grip is not None
            and self.grip.wants(event)
        ):
            event.accept()
            return True
        return bool(super().event(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.grip is not None and self.grip.press(event):
            return
        if self.scene is not None and event.button() == Qt.MouseButton.LeftButton:
            self.scene.orbit = self.scene.orbit.front()
            self._moved()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.scene is not None:
            self.scene.orbit = self.scene.orbit.zoomed(0.999 ** event.angleDelta().y())
            self._moved()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.grip is None or not self.grip.key(event):
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def _moved(self) -> None:
        self.place_camera()
        self.draw()
