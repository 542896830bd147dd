"""The Help menu."""

from __future__ import annotations

from ..commands import Commands
from .builder import MenuBuilder


class HelpMenu:
    """The keys, and what this is."""

    def __init__(self, build: MenuBuilder, do: Commands) -> None:
        menu = build.menu("&Help")
        build.add(menu, "&Keys", do.keys, "F1")
        build.add(menu, "&About Expression Studio", do.about)
