"""What is done with the keys over the timeline, those of channels, and poses, in the Edit menu."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from studio.document.edits.channels.curves import Tangent
from studio.document.edits.channels.poses import TWEEN_LEAST, TWEEN_MOST
from studio.ui.curves.editor import ChannelEditor
from studio.ui.curves.mouse import CurveView
from studio.ui.curves.posing import PoseEditor
from studio.ui.menus.actions import Action, Live, Menu
from studio.ui.timeline.key_track import KeyTrack


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


_GO_ON: dict[Tangent, str] = {
    "smooth": "G&o on smoothly",
    "linear": "Go on in a straight &line",
    "step": "&Hold until the next key",
}


class CurveTools(Protocol):
    """What the menus of channels and poses work with."""

    editor: ChannelEditor
    poses: PoseEditor
    view: CurveView

    def ask_bound(self) -> None:
        """Ask within how many mm keys are reduced."""

    def ask_name(self) -> None:
        """Ask under which name a pose is kept."""


def channel_menus(tools: CurveTools, begin: Callable[[], object]) -> tuple[Action | Menu, ...]:
    """List the verbs on channels and on poses.

    Parameters
    ----------
    tools
        Whose verbs they are.
    begin
        Goes to the channels of the clip.
    """
    editor = tools.editor
    face = Live(lambda: editor.work is not None, editor.changed)
    tip = "The clip as ARKit's 52 channels, which keys move"
    start = Action("edit.channels", "Edit c&hannels", begin, "Shift+H", tip, usable=face)
    return start, _channel_menu(tools), _pose_menu(tools)


def _channel_menu(tools: CurveTools) -> Menu:
    editor, see = tools.editor, tools.editor.see
    changed = editor.changed
    chosen = Live(lambda: bool(editor.chosen), changed)
    ready = Live(lambda: editor.ready, changed)
    drawn = Live(lambda: editor.ready and bool(editor.drawn), changed)
    tangents = (
        _channel(f"tangent.{name}", text, partial(editor.set_tangent, name), chosen)
        for name, text in _GO_ON.items()
    )
    return Menu(
        "Ke&ys of channels",
        (
            (
                _channel("set", "&Set keys at the playhead", editor.set_keys, drawn, "Shift+K"),
                _channel("clear", "&Clear keys at the playhead", editor.remove_here, drawn),
                _channel("remove", "&Remove the chosen keys", editor.remove, chosen),
                _channel("reduce", "Red&uce keys…", tools.ask_bound, drawn),
            ),
            tuple(tangents),
            (
                _channel("keyed", "Show &keyed channels", partial(see, ()), ready),
                _channel("moving", "Show all that &move", lambda: see(editor.moving), ready),
                _channel("fit", "&Fit curves in height", tools.view.fit, drawn),
            ),
        ),
    )


def _pose_menu(tools: CurveTools) -> Menu:
    editor, poses = tools.editor, tools.poses
    ready = Live(lambda: editor.ready, editor.changed)
    copied = Live(lambda: editor.ready and poses.copied is not None, editor.changed, poses.changed)
    shares = (TWEEN_LEAST, 0.0, 0.25, 0.5, 0.75, 1.0, TWEEN_MOST)

    def kept() -> tuple[tuple[Action, ...], ...]:
        names = poses.names
        laid = tuple(Action("", name, partial(poses.lay, name), usable=ready) for name in names)
        return (laid or (Action("", "None yet", poses.changed.emit, usable=Live(bool)),),)

    return Menu(
        "Pose",
        (
            (
                _pose("copy", "&Copy pose", poses.copy, ready, "Shift+C"),
                _pose("paste", "&Paste pose", poses.paste, copied, "Shift+V"),
                _pose("flip", "Paste pose &flipped", partial(poses.paste, flip=True), copied,
                      "Ctrl+Shift+V"),
            ),
            (
                Menu(
                    "&Tween",
                    (
                        tuple(
                            _pose(f"tween.{share:g}", f"{share:.0%} of the way",
                                  partial(poses.tween, share), ready)
                            for share in shares
                        ),
                    ),
                ),
            ),
            (
                _pose("keep", "&Keep pose…", tools.ask_name, ready),
                Menu("&Lay a kept pose", kept),
            ),
        ),
    )  # fmt: skip


def _channel(
    name: str, text: str, verb: Callable[[], object], usable: Live[bool], key: str | None = None
) -> Action:
    return Action(f"edit.channels.{name}", text, verb, key, usable=usable)


def _pose(
    name: str, text: str, verb: Callable[[], object], usable: Live[bool], key: str | None = None
) -> Action:
    return Action(f"edit.pose.{name}", text, verb, key, usable=usable)
