"""The Playback menu."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from studio.document import LOOPS
from studio.ui.kit.bind import bind
from studio.ui.timeline.playback_bar import loop_names, mode_names

from .builder import MenuBuilder, check
from .commands import Commands

if TYPE_CHECKING:
    from studio.ui.window.main_window import MainWindow


class PlaybackMenu:
    """Moving through the clip, its range, and how it loops."""

    def __init__(self, build: MenuBuilder, window: MainWindow, do: Commands) -> None:
        self.player = player = window.player
        menu = build.menu("Pla&yback")
        clip = [
            build.add(menu, "&Play or pause", player.toggle, "Space"),
            build.add(menu, "&Next frame", partial(player.step, 1), "Right"),
            build.add(menu, "Pre&vious frame", partial(player.step, -1), "Left"),
            build.add(menu, "Ten frames &on", partial(player.step, 10), "Shift+Right"),
            build.add(menu, "Ten frames &back", partial(player.step, -10), "Shift+Left"),
            build.add(menu, "&First frame", player.to_start, "Home"),
            build.add(menu, "&Last frame", player.to_end, "End"),
            build.add(menu, "&Go to frame…", do.go_to_frame, "G"),
        ]
        menu.addSeparator()
        clip += [
            build.add(menu, "Range starts &here", player.set_in, "I"),
            build.add(menu, "Range &ends here", player.set_out, "O"),
            build.add(menu, "&Whole clip", player.clear_range, "Shift+I"),
        ]
        menu.addSeparator()
        self.for_clip = clip
        self.loops = build.choices(menu, loop_names(), player.playhead.loop, player.set_loop)
        build.add(menu, "Next loop &mode", self._next_loop, "L")
        menu.addSeparator()
        self.modes = build.choices(menu, mode_names(), player.playhead.mode, player.set_mode)
        bind(window, player.playhead.settings_changed, self._show_playback)
        self._show_playback()

    def _next_loop(self) -> None:
        playhead = self.player.playhead
        self.player.set_loop(LOOPS[(LOOPS.index(playhead.loop) + 1) % len(LOOPS)])

    def _show_playback(self) -> None:
        playhead = self.player.playhead
        for group, value in ((self.loops, playhead.loop), (self.modes, playhead.mode)):
            check(group, value)
