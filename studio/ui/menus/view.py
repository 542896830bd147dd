"""The View menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..commands import Commands
from ..settings import SHADINGS
from ..theme import THEMES
from .builder import MenuBuilder

if TYPE_CHECKING:
    from ..main_window import MainWindow


class ViewMenu:
    """How the face is drawn, and what of the window is there."""

    def __init__(self, build: MenuBuilder, window: MainWindow, do: Commands) -> None:
        self.window = window
        menu = build.menu("&View")
        names: dict[str, str] = {shading: shading.capitalize() for shading in SHADINGS}
        self.shadings = build.choices(menu, names, window.settings.shading, window.set_shading)
        menu.addSeparator()
        self.heat_map = build.add(menu, "&Displacement heat map", self._toggle_heat_map, "D")
        self.heat_map.setCheckable(True)
        build.add(menu, "&Reset camera", window.reset_camera, "R")
        menu.addSeparator()
        self.panels = menu.addMenu("&Panels")
        build.choices(
            menu.addMenu("&Theme"),
            {theme: theme.capitalize() for theme in THEMES},
            window.settings.theme,
            do.choose_theme,
        )
        self.full_screen = build.add(menu, "&Full screen", window.toggle_full_screen, "F11")

    def _toggle_heat_map(self) -> None:
        self.window.set_heat_map(on=self.heat_map.isChecked())
