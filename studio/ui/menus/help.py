"""The Help menu."""

from __future__ import annotations

from .builder import MenuBuilder
from .commands import Commands


class HelpMenu:
    """The keys, and what this is."""

    def __init__(self, build: MenuBuilder, do: Commands) -> None:
        menu = build.menu("&Help")
        build.add(menu, "&Keys and mouse…", do.keys, "F1")
        build.add(menu, "Show crash &reports", do.reports)
        build.add(menu, "&About Expression Studio", do.about)
