"""The Playback menu."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtWidgets import QInputDialog, QWidget

from studio.document import LOOPS, Document
from studio.ui.kit.forms import open_over
from studio.ui.timeline.markers import Markers
from studio.ui.timeline.playback_bar import loop_names, mode_names
from studio.ui.timeline.player import Player

from .actions import Action, Live, Menu, choices, clip_on_show


@dataclass(frozen=True, eq=False)
class PlaybackMenu:
    """Moving through the clip, its range, and how it loops.

    Parameters
    ----------
    window
        What the dialog stands over.
    """

    window: QWidget
    document: Document
    player: Player
    markers: Markers

    def menu(self) -> Menu:
        """List what the menu holds."""
        player, playhead, known = self.player, self.player.playhead, clip_on_show(self.document)
        loop = Live(lambda: playhead.loop, playhead.settings_changed)
        mode = Live(lambda: playhead.mode, playhead.settings_changed)
        step, drive = player.step, player.drive
        moves = (
            Action("playback.play", "&Play or pause", player.toggle, "Space"),
            Action("playback.next", "&Next frame", partial(step, 1), ("Right", ".")),
            Action("playback.previous", "Pre&vious frame", partial(step, -1), ("Left", ",")),
            Action("playback.ten_on", "Ten frames &on", partial(step, 10), "Shift+Right"),
            Action("playback.ten_back", "Ten frames &back", partial(step, -10), "Shift+Left"),
            Action("playback.forward", "Play fo&rward, again faster", partial(drive, 1), "L"),
            Action("playback.pause", "Pa&use", player.stop, "K"),
            Action("playback.backward", "Pla&y backward, again faster", partial(drive, -1), "J"),
            Action("playback.first", "&First frame", player.to_start, "Home"),
            Action("playback.last", "&Last frame", player.to_end, "End"),
            Action("playback.go_to", "&Go to frame…", self.go_to_frame, "G"),
        )
        ranges = (
            Action("playback.in", "Range starts &here", player.set_in, "I"),
            Action("playback.out", "Range &ends here", player.set_out, "O"),
            Action("playback.whole", "&Whole clip", player.clear_range, "Shift+I"),
        )
        return Menu(
            "Pla&yback",
            (
                [replace(action, usable=known) for action in moves],
                [replace(action, usable=known) for action in ranges],
                (self._of_markers(known),),
                (
                    *choices("playback.loop", loop_names(), loop, player.set_loop),
                    Action("playback.next_loop", "Next loop &mode", self._next_loop, "Alt+Shift+L"),
                ),
                choices("playback.mode", mode_names(), mode, player.set_mode),
            ),
        )

    def _of_markers(self, known: Live[bool]) -> Menu:
        markers = self.markers
        some = Live(lambda: bool(markers.places), markers.changed)
        chosen = Live(lambda: markers.chosen is not None, markers.changed)
        on, back = partial(markers.step, 1), partial(markers.step, -1)
        note = partial(markers.ask_note, self.window)
        return Menu(
            "Mar&kers",
            (
                (Action("playback.mark", "&Mark this frame", markers.add, "M", usable=known),),
                (
                    Action(
                        "playback.next_marker", "&Next marker", on, "Alt+Shift+Right", usable=some
                    ),
                    Action(
                        "playback.previous_marker",
                        "&Previous marker",
                        back,
                        "Alt+Shift+Left",
                        usable=some,
                    ),
                ),
                (
                    Action(
                        "playback.note_marker",
                        "N&ote of the marker…",
                        note,
                        "Ctrl+M",
                        "What is to be said of the marker that is chosen",
                        usable=chosen,
                    ),
                    Action("playback.unmark", "&Remove the marker", markers.remove, usable=chosen),
                ),
            ),
        )

    def go_to_frame(self) -> None:
        """Ask for a frame, and put the playhead there."""
        playhead = self.player.moving
        dialog = QInputDialog(self.window)
        dialog.setWindowTitle("Go to frame")
        dialog.setLabelText(f"Frame, 0 to {playhead.n_frames - 1}:")
        dialog.setInputMode(QInputDialog.InputMode.IntInput)
        dialog.setIntRange(0, playhead.n_frames - 1)
        dialog.setIntValue(playhead.frame)
        dialog.intValueSelected.connect(self.player.go_to)
        open_over(dialog)

    def _next_loop(self) -> None:
        place = LOOPS.index(self.player.playhead.loop)
        self.player.set_loop(LOOPS[(place + 1) % len(LOOPS)])
