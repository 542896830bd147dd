"""The menu of the cut."""

from __future__ import annotations

from functools import partial

from studio.ui.clips.panel import ClipList
from studio.ui.cut.service import FADE, CutService
from studio.ui.menus.actions import Action, Live, Menu, clip_on_show, toggle
from studio.ui.timeline.player import Player


def cut_menu(clips: ClipList, cut: CutService, player: Player) -> Menu:
    """List the verbs on the cut and on its chosen part.

    Parameters
    ----------
    clips
        The list, for those that are chosen in it.
    cut
        What does it.
    player
        Lets it be seen.
    """
    known = clip_on_show(cut.document)
    some = Live(lambda: bool(cut.laid.spans), cut.changed)
    chosen = Live(lambda: cut.chosen is not None, cut.changed)
    later = Live(lambda: bool(cut.chosen), cut.changed)

    def add() -> None:
        cut.add([clip.id for clip in clips.chosen])

    tip = "The clips chosen in the list, each with its range, behind the part that is chosen"
    fading = "How long a part passes into the next; a drag of its corner does so too"
    return Menu(
        "The cut",
        (
            (
                Action("edit.cut.add", "&Add to the cut", add, "Shift+J", tip, usable=known),
                Action("edit.cut.remove", "&Remove the part", cut.remove, usable=chosen),
                Action("edit.cut.show", "&Show its clip", cut.show, usable=chosen),
            ),
            _seeing(some, player),
            (
                Action("edit.cut.later", "Part &later", partial(cut.move, 1), usable=chosen),
                Action("edit.cut.earlier", "Part &earlier", partial(cut.move, -1), usable=chosen),
                Action(
                    "edit.cut.fade",
                    "&Crossfade more",
                    partial(cut.fade, FADE),
                    tip=fading,
                    usable=later,
                ),
                Action("edit.cut.sharp", "Cross&fade less", partial(cut.fade, -FADE), usable=later),
            ),
            (
                Action(
                    "edit.cut.render", "Render to a cl&ip", cut.render, "Ctrl+Shift+R", usable=some
                ),
                Action("edit.cut.clear", "Clear the cu&t", cut.document.clear_cut, usable=some),
            ),
        ),
    )


def _seeing(some: Live[bool], player: Player) -> tuple[Action, ...]:
    """List what lets the cut be seen, where it has parts."""

    def play() -> None:
        if not player.on_cut:
            player.set_on_cut(on=True)
            player.play()
        else:
            player.toggle()

    return (
        Action(
            "edit.cut.play",
            "&Play or pause the cut",
            play,
            "Shift+Space",
            "From where its playhead is; nothing has to be rendered",
            usable=some,
        ),
        toggle(
            "edit.cut.see",
            "See the c&ut",
            Live(lambda: player.on_cut, player.on_cut_changed),
            player.set_on_cut,
            "Ctrl+J",
            "The view shows the cut, and the keys that move in time move along it",
            usable=some,
        ),
    )
