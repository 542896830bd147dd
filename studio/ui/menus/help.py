"""The Help menu."""

from __future__ import annotations

from studio.ui.kit.text import tr

from .builder import MenuBuilder
from .commands import Commands


class HelpMenu:
    """The keys, and what this is."""

    def __init__(self, build: MenuBuilder, do: Commands) -> None:
        menu = build.menu(tr("&Help"))
        build.add(menu, tr("&Keys and mouse…"), do.keys, "F1")
        build.add(menu, tr("Show crash &reports"), do.reports)
        build.add(menu, tr("&About Expression Studio"), do.about)
