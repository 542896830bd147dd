"""Every kind of edit that can be laid on a clip."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from studio.document.edits.edit import KINDS, Edit, Group
from studio.ui.editing.stack_panel import StackPanel
from studio.ui.menus.actions import Action, Live, Menu

_GROUPS: tuple[Group, ...] = ("face", "motion", "time")


def add_menu(stack: StackPanel, show: Callable[[], object]) -> Menu:
    """List the kinds, those of the face first, then of motion and of time.

    Parameters
    ----------
    stack
        Lays an edit on the current clip.
    show
        Brings the panel of edits to where it can be seen.
    """
    kinds = [kind for kind in KINDS.values() if kind.begins()]
    return Menu(
        "Add &edit",
        [[_add(stack, show, kind) for kind in kinds if kind.group == group] for group in _GROUPS],
        id="edit.add",
    )


def _add(stack: StackPanel, show: Callable[[], object], kind: type[Edit]) -> Action:
    def add() -> None:
        show()
        stack.add(kind)

    return Action(
        f"edit.add.{kind.kind}",
        kind.title,
        add,
        tip=kind.tip,
        refusal=refusal(stack, kind),
    )


def refusal(stack: StackPanel, kind: type[Edit]) -> Live[str]:
    """Tell why a kind cannot be laid on the clip on show; empty where it can."""
    document = stack.document
    return Live(
        partial(stack.refusal, kind),
        document.current_changed,
        document.edit_changed,
        document.timing_changed,
        document.range_changed,
        document.registration_changed,
    )
