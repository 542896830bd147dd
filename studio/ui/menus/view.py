"""The View menu."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from studio.document import ViewState
from studio.render.camera import PRESETS
from studio.ui.kit.bind import bind
from studio.ui.settings.preferences_dialog import theme_names

from .builder import MenuBuilder, check
from .commands import Commands

if TYPE_CHECKING:
    from studio.ui.window.main_window import MainWindow

STEP, ZOOM = 15.0, 1.25  # degrees, and times as far, at a press of a key
# Front, side and top as in the programs of the field; Ctrl is the other side.
_KEYS = {
    "front": "1",
    "three-quarter left": "2",
    "left": "3",
    "three-quarter right": "Ctrl+2",
    "right": "Ctrl+3",
    "top": "7",
}


class ViewMenu:
    """How the face is drawn, and what of the window is there."""

    def __init__(self, build: MenuBuilder, window: MainWindow, do: Commands) -> None:
        self.build, self.window = build, window
        self.look, self.comparison = window.stage.look, window.stage.comparison
        menu = build.menu("&View")
        self._add_camera(menu)
        menu.addSeparator()
        self._add_surface(menu)
        menu.addSeparator()
        self._add_compare(menu)
        menu.addSeparator()
        self.panels = menu.addMenu("&Panels")
        self.themes = build.choices(
            menu.addMenu("&Theme"), theme_names(), window.settings.theme, do.choose_theme
        )
        bind(window, window.settings.changed, self._show_theme)
        self.full_screen = build.add(menu, "&Full screen", window.toggle_full_screen, "F11")
        self.look.changed.connect(self._show)
        self.look.parts_changed.connect(self._show_parts)
        self.look.turning.connect(self.turntable.setChecked)
        self.comparison.changed.connect(self._show_compared)
        self.comparison.mode_changed.connect(self._show_compared)
        bind(window, window.document.clips_changed, lambda _clips: self._show_compared())
        bind(window, window.document.current_changed, lambda _clip: self._show_compared())
        self._show(self.look.state)
        self._show_parts(self.look.parts)
        self._show_compared()

    def _add_camera(self, menu: QMenu) -> None:
        build, look = self.build, self.look
        self.cameras = menu.addMenu("&Camera")
        for name, text in _sides().items():
            build.add(self.cameras, text, partial(look.look_from, name), _KEYS[name])
        self.cameras.addSeparator()
        for text, degrees, key in (
            ("Turn left", (-STEP, 0.0), "Ctrl+Left"),
            ("Turn right", (STEP, 0.0), "Ctrl+Right"),
            ("Turn up", (0.0, STEP), "Ctrl+Up"),
            ("Turn down", (0.0, -STEP), "Ctrl+Down"),
        ):
            build.add(self.cameras, text, partial(look.turn, *degrees), key)
        build.add(self.cameras, "&Nearer", partial(look.zoom, 1 / ZOOM), "+")
        build.add(self.cameras, "Farther &away", partial(look.zoom, ZOOM), "-")
        self.orthographic = self._toggle(menu, "&Orthographic", look.set_orthographic, "5")
        self.fit = build.add(menu, "F&it to the view", look.fit, "F")
        self.reset = build.add(menu, "&Reset camera", look.reset, "R")
        self.turntable = self._toggle(menu, "T&urntable", look.set_turntable, "T")

    def _add_surface(self, menu: QMenu) -> None:
        build, look = self.build, self.look
        self.surfaces = menu.addMenu("&Shading")
        names = {"smooth": "&Smooth", "flat": "&Flat"}
        names |= {"wireframe": "&Wireframe", "points": "&Points"}
        chosen = look.state.shading
        self.shadings = build.choices(self.surfaces, names, chosen, look.set_shading)
        self.surfaces.addSeparator()
        build.add(self.surfaces, "&Next shading", look.next_shading, "W")
        self.parts_menu = menu.addMenu("P&arts of the face")
        self.parts = {
            name: self._toggle(self.parts_menu, text, partial(look.set_part, name))
            for name, text in _parts().items()
        }
        self.parts_menu.addSeparator()
        self.show_all = build.add(self.parts_menu, "Show &all", look.show_all)
        self.landmarks = self._toggle(menu, "&Landmarks", look.set_landmarks, "M")
        self.heat_map = self._toggle(menu, "&Displacement heat map", look.set_heat_map, "D")

    def _add_compare(self, menu: QMenu) -> None:
        build = self.build
        self.compare = menu.addMenu("Co&mpare with")
        self.compare.aboutToShow.connect(self._fill_compare)
        self.leave = build.add(menu, "Leave the comparison", self._leave, "Esc")
        self.flip = build.add(menu, "Flip bet&ween the two", self.comparison.flip, "X")
        ways = {"side by side": "Side by side", "flip": "In turn at one place"}
        ways |= {"error map": "&Error map"}
        self.ways_menu = menu.addMenu("&How to compare")
        way = self.comparison.mode
        self.ways = build.choices(self.ways_menu, ways, way, self.comparison.set_mode)

    def _toggle(self, menu: QMenu, text: str, choose: object, key: str | None = None) -> QAction:
        """An entry that is on or off; `choose` is called with ``on=``."""
        action = self.build.add(menu, text, lambda: choose(on=action.isChecked()), key)  # type: ignore[operator]
        action.setCheckable(True)
        return action

    def _show(self, state: ViewState) -> None:
        check(self.shadings, state.shading)
        self.orthographic.setChecked(state.orthographic)
        self.landmarks.setChecked(state.landmarks)
        self.heat_map.setChecked(state.heat_map)
        for name, action in self.parts.items():
            action.setChecked(name not in state.hidden)
        self.show_all.setEnabled(bool(set(state.hidden) & set(self.look.parts)))

    def _show_parts(self, parts: tuple[str, ...]) -> None:
        """A surface of one part has nothing to choose from."""
        self.parts_menu.setEnabled(len(parts) > 1)
        for name, action in self.parts.items():
            action.setVisible(name in parts or not parts)
        self.landmarks.setEnabled(self.look.has_landmarks)
        self._show(self.look.state)

    def _show_compared(self) -> None:
        comparing = self.comparison.other is not None
        self.compare.setEnabled(len(self.window.document.state.clips) > 1)
        for entry in (self.leave, self.flip, self.ways_menu):
            entry.setEnabled(comparing)
        check(self.ways, self.comparison.mode)
        for action in self.ways.actions():
            measured = action.data() == "error map"
            action.setEnabled(comparing and (self.comparison.can_measure or not measured))

    def _show_theme(self, _key: str) -> None:
        check(self.themes, self.window.settings.theme)

    def _fill_compare(self) -> None:
        self.compare.clear()
        state, other = self.window.document.state, self.comparison.other
        for clip in state.clips:
            if clip.id == state.current:
                continue
            entry = self.compare.addAction(clip.name.replace("&", "&&"))
            entry.setCheckable(True)
            entry.setChecked(other is not None and clip.id == other.id)
            entry.triggered.connect(partial(self._compare, clip.id))

    def _compare(self, clip_id: str, _checked: bool = False) -> None:
        """The clip that is compared already is let go of."""
        other = self.comparison.other
        on = other is not None and other.id == clip_id
        self.window.compare_with(None if on else clip_id)

    def _leave(self) -> None:
        self.window.compare_with(None)


def _sides() -> dict[str, str]:
    """What the camera's places are called; left and right are the face's own."""
    names = {
        "front": "&Front",
        "three-quarter left": "Three-&quarter left",
        "left": "&Left profile",
        "three-quarter right": "Three-quarter ri&ght",
        "right": "&Right profile",
        "top": "&Top",
    }
    return {name: names[name] for name in PRESETS}


def _parts() -> dict[str, str]:
    return {
        "skin": "&Skin",
        "eye_left": "&Left eye",
        "eye_right": "&Right eye",
        "tongue": "&Tongue",
        "mouth_inside": "&Inside of the mouth",
    }
