"""The View menu."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QWidget
from shiboken6 import isValid

from studio.document import Document
from studio.render.camera import PRESETS
from studio.ui.settings.preferences_dialog import theme_names
from studio.ui.settings.saving import TABLE, ask_where
from studio.ui.settings.settings import Settings
from studio.ui.view3d.comparison import Comparison
from studio.ui.view3d.look import Look

from .actions import Action, Live, Menu, Sections, choices, toggle

STEP, ZOOM = 15.0, 1.25  # degrees, and times as far, at a press of a key
# What the camera's places are called, left and right being the face's own, and their keys: front,
# side and top as in the programs of the field; Ctrl is the other side.
_SIDES = {
    "front": ("&Front", "1"),
    "three-quarter left": ("Three-&quarter left", "2"),
    "left": ("&Left profile", "3"),
    "three-quarter right": ("Three-quarter ri&ght", "Ctrl+2"),
    "right": ("&Right profile", "Ctrl+3"),
    "top": ("&Top", "7"),
}
_SHADINGS = {"smooth": "&Smooth", "flat": "&Flat", "wireframe": "&Wireframe", "points": "&Points"}
_PARTS = {
    "skin": "&Skin",
    "eye_left": "&Left eye",
    "eye_right": "&Right eye",
    "tongue": "&Tongue",
    "mouth_inside": "&Inside of the mouth",
}
_TOLD = "A row a frame: mean, 95th percentile and maximum in mm, of the face and its regions"
_TRAILS = "The way of each landmark: half a second before the frame in blue, after it in orange"
_GHOSTS = "Frames before this one, seen through in blue, and after it in orange"
_WAYS = {
    "side by side": "Side by side",
    "flip": "In turn at one place",
    "overlay": "&Overlay",
    "error map": "&Error map",
}


@dataclass(frozen=True, eq=False)
class ViewMenu:
    """How the face is drawn, and what of the window is there.

    Parameters
    ----------
    window
        What fills the screen.
    compare
        Shows a clip, by its id, beside the one on show; None ends it.
    write_distances
        Writes the distances of the two clips into a file.
    docks
        The docks that can be shown, by name.
    """

    window: QWidget
    document: Document
    settings: Settings
    look: Look
    comparison: Comparison
    compare: Callable[[str | None], object]
    write_distances: Callable[[Path], object]
    docks: Mapping[str, QDockWidget]

    def menu(self) -> Menu:
        """List what the menu holds."""
        settings = self.settings
        theme = Live(lambda: settings.theme, settings.changed)
        choose = partial(setattr, settings, "theme")
        themes = {theme: f"&{name}" for theme, name in theme_names().items()}
        return Menu(
            "&View",
            (
                self._camera(),
                self._surface(),
                self._comparing(),
                (
                    Menu("&Panels", (self._panels(),)),
                    Menu("&Theme", (choices("view.theme", themes, theme, choose),)),
                    Action("view.full_screen", "&Full screen", self._fill_screen, "F11"),
                ),
            ),
        )

    def _camera(self) -> tuple[Action | Menu, ...]:
        look = self.look
        turning = Live(lambda: look.turntable, look.turning)
        flat = Live(lambda: look.state.orthographic, look.changed)
        return (
            Menu("&Camera", (self._sides(), self._turns()), "view.camera"),
            toggle("view.orthographic", "&Orthographic", flat, look.set_orthographic, "5"),
            Action("view.fit", "F&it to the view", look.fit, "F"),
            Action("view.reset", "&Reset camera", look.reset, "R"),
            toggle("view.turntable", "T&urntable", turning, look.set_turntable, "T"),
        )

    def _sides(self) -> list[Action]:
        names = [(name, *_SIDES[name]) for name in PRESETS]
        return [
            Action(f"view.camera.{name}", text, partial(self.look.look_from, name), key)
            for name, text, key in names
        ]

    def _turns(self) -> list[Action]:
        look = self.look
        turns = [
            Action(f"view.turn_{side}", f"Turn {side}", partial(look.turn, right, up), key)
            for side, right, up, key in (
                ("left", -STEP, 0.0, "Ctrl+Left"),
                ("right", STEP, 0.0, "Ctrl+Right"),
                ("up", 0.0, STEP, "Ctrl+Up"),
                ("down", 0.0, -STEP, "Ctrl+Down"),
            )
        ]
        return [
            *turns,
            Action("view.nearer", "&Nearer", partial(look.zoom, 1 / ZOOM), "+"),
            Action("view.farther", "Farther &away", partial(look.zoom, ZOOM), "-"),
        ]

    def _surface(self) -> tuple[Action | Menu, ...]:
        look = self.look
        shading = Live(lambda: look.state.shading, look.changed)
        shadings = choices("view.shading", _SHADINGS, shading, look.set_shading)
        there = Live(lambda: look.has_landmarks, look.parts_changed)
        fitted = Live(lambda: look.has_fittings, look.parts_changed)
        heat = Live(lambda: look.state.heat_map, look.changed)
        further = Action("view.next_shading", "&Next shading", look.next_shading, "W")
        return (
            Menu("&Shading", (shadings, (further,)), "view.shading"),
            self._parts(),
            self._drawn("fittings", "T&eeth and lashes", usable=fitted),
            self._drawn("rounded", "Rou&nd outline", usable=fitted),
            self._drawn("landmarks", "&Landmarks", "Shift+M", usable=there),
            self._drawn("trails", "Landmark trails", "Shift+T", _TRAILS, usable=there),
            self._drawn("ghosts", "Ghosts", "Shift+G", _GHOSTS),
            toggle("view.heat_map", "&Displacement heat map", heat, look.set_heat_map, "D"),
        )

    def _drawn(
        self, name: str, text: str, key: str = "", tip: str = "", usable: Live[bool] | None = None
    ) -> Action:
        look = self.look
        on = Live(lambda: bool(getattr(look.state, name)), look.changed)
        return toggle(
            f"view.{name}", text, on, partial(look.set_drawn, name), key, tip, usable=usable
        )

    def _parts(self) -> Menu:
        """List the parts of the face; a surface of one part has nothing to choose from."""
        look = self.look
        changes = (look.changed, look.parts_changed)
        parts = [
            toggle(
                f"view.part.{name}",
                text,
                Live(partial(self._draws, name), *changes),
                partial(look.set_part, name),
                shown=Live(partial(self._has, name), *changes),
            )
            for name, text in _PARTS.items()
        ]
        some = Live(lambda: bool(set(look.state.hidden) & set(look.parts)), *changes)
        everything = Action("view.show_all", "Show &all", look.show_all, usable=some)
        several = Live(lambda: len(look.parts) > 1, *changes)
        return Menu("P&arts of the face", (parts, (everything,)), "view.parts", usable=several)

    def _comparing(self) -> tuple[Action | Menu, ...]:
        comparison, document = self.comparison, self.document
        clips = (document.clips_changed, document.current_changed)
        changes = (comparison.changed, comparison.mode_changed, *clips)
        on = Live(lambda: comparison.other is not None, *changes)
        measured = Live(lambda: on.read() and comparison.can_measure, *changes)
        mode = Live(lambda: comparison.mode, *changes)
        ways = choices("view.compare", _WAYS, mode, comparison.set_mode)
        several = Live(lambda: len(document.state.clips) > 1, *clips)
        end, flip = partial(self.compare, None), comparison.flip
        return (
            Menu("Co&mpare with", self._others, "view.compare_with", usable=several),
            Action("view.leave", "Leave the comparison", end, "Esc", usable=on),
            Action("view.flip", "Flip bet&ween the two", flip, "X", usable=on),
            Menu(
                "&How to compare",
                ([replace(way, usable=measured if "error" in way.id else on) for way in ways],),
                usable=on,
            ),
            Action(
                "view.distances", "E&xport the distances…", self._ask, tip=_TOLD, usable=measured
            ),
        )

    def _ask(self) -> None:
        """Ask where the distances of the two clips are written, and write them."""
        one, other = self.document.current_clip, self.comparison.other
        if one is not None and other is not None:
            name = f"{one.name} from {other.name}"
            title = "Export the distances"
            path = ask_where(self.window, self.settings, title, name, ".csv", TABLE)
            if path is not None:
                self.write_distances(path)

    def _others(self) -> Sections:
        """List the clips to compare the one on show with; choosing the compared one ends it."""
        state, other = self.document.state, self.comparison.other
        beside = other.id if other is not None else None
        entries = [
            Action(
                "",
                clip.name.replace("&", "&&"),
                partial(self.compare, None if clip.id == beside else clip.id),
                checked=Live(partial(str.__eq__, clip.id, beside or "")),
            )
            for clip in state.clips
            if clip.id != state.current
        ]
        return (entries,)

    def _panels(self) -> list[Action]:
        return [
            Action(
                f"view.panel.{name}",
                dock.windowTitle(),
                dock.toggleViewAction().trigger,
                checked=Live(
                    partial(_is_on, dock.toggleViewAction()), dock.toggleViewAction().toggled
                ),
            )
            for name, dock in self.docks.items()
        ]

    def _draws(self, part: str) -> bool:
        return part not in self.look.state.hidden

    def _has(self, part: str) -> bool:
        return part in self.look.parts or not self.look.parts

    def _fill_screen(self) -> None:
        self.window.setWindowState(self.window.windowState() ^ Qt.WindowState.WindowFullScreen)


def _is_on(action: QAction) -> bool:
    """Whether an action is on, which tells the end of its dock too when the window goes."""
    return isValid(action) and action.isChecked()
