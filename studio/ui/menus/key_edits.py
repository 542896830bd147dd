"""What is done with the keys over the timeline, in the Edit menu."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from studio.ui.timeline.key_track import KeyTrack

from .actions import Action, Live, Menu


def key_menu(track: KeyTrack) -> Menu:
    """List the verbs on the chosen keys; those that text fields know work while the track has them.

    Their usual keys mean other things elsewhere.
    """
    editor = track.editor
    changed = editor.changed
    some = Live(lambda: bool(editor.spots), changed)
    chosen = Live(lambda: bool(editor.chosen), changed)
    several = Live(lambda: editor.can_scale, changed)
    paste = Live(lambda: editor.can_paste, changed)
    return Menu(
        "&Keys over the timeline",
        (
            (
                _on(track, "copy", "&Copy keys", editor.copy, "Ctrl+C", chosen),
                _on(track, "paste", "&Paste keys at the playhead", editor.paste, "Ctrl+V", paste),
                _on(track, "remove", "&Remove keys", editor.remove, "Del", chosen),
                _on(track, "all", "Choose &all keys", editor.choose_all, "Ctrl+A", some),
            ),
            (
                _verb("later", "Move keys &later", partial(editor.move, 1), chosen),
                _verb("earlier", "Move keys &earlier", partial(editor.move, -1), chosen),
                _verb("longer", "&Stretch keys", partial(editor.stretch, 1), several),
                _verb("shorter", "S&queeze keys", partial(editor.stretch, -1), several),
                _verb(
                    "away",
                    "Stretch keys about the play&head",
                    partial(editor.stretch_about_playhead, 1),
                    chosen,
                ),
                _verb(
                    "towards",
                    "Squeeze keys abou&t the playhead",
                    partial(editor.stretch_about_playhead, -1),
                    chosen,
                ),
            ),
        ),
    )


def _on(
    track: KeyTrack, name: str, text: str, verb: Callable[[], object], key: str, usable: Live[bool]
) -> Action:
    """Make an action whose key works while the track has the focus."""
    return Action(f"edit.keys.{name}", text, verb, key, usable=usable, focus=track)


def _verb(name: str, text: str, verb: Callable[[], object], usable: Live[bool]) -> Action:
    return Action(f"edit.keys.{name}", text, verb, usable=usable)
