"""What is done to the range between in and out, and to the frame on show, in time."""

from __future__ import annotations

from collections.abc import Callable

from studio.core import StudioError
from studio.document.edits.edit import Edit
from studio.document.edits.time.delete import DeleteEdit
from studio.document.edits.time.hold import HoldEdit
from studio.document.edits.time.repeat import RepeatEdit
from studio.document.edits.time.reverse import ReverseEdit
from studio.document.edits.time.trim import TrimEdit
from studio.ui.editing.stack_panel import StackPanel
from studio.ui.menus.actions import Action, Live, Menu, clip_on_show

_RANGE: tuple[tuple[str, str, type[Edit]], ...] = (
    ("trim", "&Trim to range", TrimEdit),
    ("delete", "&Delete range", DeleteEdit),
    ("reverse", "&Reverse range", ReverseEdit),
    ("repeat", "D&uplicate range", RepeatEdit),
)
_NO_RANGE = "Set a range first, with its in and out"


def time_menu(stack: StackPanel) -> Menu:
    """List the verbs in time; each is an edit that can be changed or taken off again."""
    document, playhead = stack.document, stack.player.playhead
    changes = (document.current_changed, document.timing_changed, document.range_changed)

    def no_range() -> str:
        clip = document.current_clip
        if clip is None:
            return "There is no clip"
        return "" if clip.range != (0, clip.timing.frames) else _NO_RANGE

    def no_split() -> str:
        inside = document.current_clip is not None and playhead.frame > 0
        return "" if inside else "Go to a frame behind the first one"

    ranged, there = Live(no_range, *changes), clip_on_show(document)
    split = Live(no_split, *changes, playhead.frame_changed)
    return Menu(
        "T&ime",
        (
            (
                Action(
                    "edit.split",
                    "&Split clip",
                    _split(stack),
                    "B",
                    "Part the clip in two; the second begins with the frame on show",
                    refusal=split,
                ),
                Action(
                    "edit.hold_frame",
                    "&Hold frame",
                    _adds(stack, HoldEdit),
                    tip=HoldEdit.tip,
                    usable=there,
                ),
            ),
            [
                Action(f"edit.range.{name}", text, _adds(stack, kind), tip=kind.tip, refusal=ranged)
                for name, text, kind in _RANGE
            ],
        ),
        id="edit.time",
    )


def _adds(stack: StackPanel, kind: type[Edit]) -> Callable[[], None]:
    """Lay an edit on the clip; the keyboard stays where it is."""

    def add() -> None:
        stack.add(kind, focus=False)

    return add


def _split(stack: StackPanel) -> Callable[[], None]:
    def split() -> None:
        clip = stack.document.current_clip
        try:
            if clip is not None:
                stack.document.split_clip(clip.id, stack.player.playhead.frame)
        except StudioError as error:
            stack.failed.emit(error)

    return split
