"""How the 3D view looks at a face: what the menu and the tool strip speak to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.document import SHADINGS, Shading, ViewState
from studio.ui.settings.settings import Settings

# The view imports VTK, which the window does once it has been painted.
if TYPE_CHECKING:
    from .viewport import Viewport


class Look(QObject):
    """Keeps what the user chose, shows it in the view once there is one, and remembers it."""

    changed = Signal(object)  # ViewState, the camera's place left out
    parts_changed = Signal(tuple)  # names of what the surface on show is divided into
    turning = Signal(bool)  # the turntable

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._view: Viewport | None = None
        self._state = settings.view
        self.parts: tuple[str, ...] = ()
        self.has_landmarks = self.has_fittings = self.turntable = False

    @property
    def state(self) -> ViewState:
        """What is drawn, and where the camera stands now."""
        return self._view.camera_of(self._state) if self._view is not None else self._state

    def attach(self, view: Viewport) -> None:
        """Dress the view that has just been made."""
        self._view = view
        view.turning.connect(self._turn)
        self.restore(self._state)
        self.follow()

    def restore(self, state: ViewState) -> None:
        """Look as another time; parts that this clip does not have are kept for one that does."""
        self._state = state
        self._on_view(lambda view: view.restore(state))
        self._tell()

    def follow(self) -> None:
        """Say what the surface on show, which may be another one, is divided into."""
        if self._view is not None:
            self.parts, self.has_landmarks = self._view.parts, self._view.has_landmarks
            self.has_fittings = self._view.has_fittings
            self.parts_changed.emit(self.parts)

    # What is drawn

    def set_shading(self, shading: Shading) -> None:
        self._state = replace(self._state, shading=shading)
        self._on_view(lambda view: view.set_shading(shading))
        self._tell()

    def next_shading(self) -> None:
        place = SHADINGS.index(self._state.shading)
        self.set_shading(SHADINGS[(place + 1) % len(SHADINGS)])

    def set_heat_map(self, *, on: bool) -> None:
        self._state = replace(self._state, heat_map=on)
        self._on_view(lambda view: view.set_heat_map(on))
        self._tell()

    def set_drawn(self, name: str, *, on: bool) -> None:
        """Draw one of `studio.document.view.DRAWN`, or leave it out."""
        self._state = self._state.drawing(name, on=on)
        self._on_view(lambda view: view.set_drawn(name, on=on))
        self._tell()

    def set_part(self, name: str, *, on: bool) -> None:
        """Draw a part or leave it out."""
        others = tuple(part for part in self._state.hidden if part != name)
        self._hide(others if on else (*others, name))

    def show_all(self) -> None:
        self._hide(())

    def _hide(self, names: tuple[str, ...]) -> None:
        self._state = replace(self._state, hidden=names)
        self._on_view(lambda view: view.set_hidden(names))
        self._tell()

    # The camera

    def set_orthographic(self, *, on: bool) -> None:
        self._state = replace(self._state, orthographic=on)
        self._on_view(lambda view: view.set_orthographic(on))
        self._tell()

    def look_from(self, preset: str) -> None:
        """Look from one of `studio.render.camera.PRESETS`."""
        self._on_view(lambda view: view.look_from(preset))

    def turn(self, right: float, up: float) -> None:
        """Turn the face by degrees, as if it were dragged there."""
        self._on_view(lambda view: view.turn(-right, -up))

    def zoom(self, factor: float) -> None:
        """Go nearer for a factor below 1."""
        self._on_view(lambda view: view.zoom(factor))

    def fit(self) -> None:
        """Show the whole face, or what is drawn of it, from the same side."""
        self._on_view(lambda view: view.fit())

    def reset(self) -> None:
        """Show the whole face from the front."""
        self._on_view(lambda view: view.reset_camera())

    def set_turntable(self, *, on: bool) -> None:
        self._on_view(lambda view: view.set_turntable(on))

    def _turn(self, on: bool) -> None:
        self.turntable = on
        self.turning.emit(on)

    def _on_view(self, act: Callable[[Viewport], object]) -> None:
        if self._view is not None:
            act(self._view)

    def _tell(self) -> None:
        self._settings.view = self._state
        self.changed.emit(self._state)
