"""What is done to the edit that is chosen in the panel of edits."""

from __future__ import annotations

from functools import partial

from studio.ui.editing.stack_panel import StackPanel
from studio.ui.menus.actions import Action, Live, Menu, toggle


def chosen_menu(stack: StackPanel) -> Menu:
    """List the verbs on the chosen edit; their keys work while the list has the focus."""
    painter = stack.painter
    changed, rows = stack.chosen_changed, stack.list
    higher, lower = partial(stack.move_chosen, 1), partial(stack.move_chosen, -1)
    some = Live(lambda: stack.place is not None, changed)
    keyed = Live(lambda: stack.can_key, changed)
    up = Live(stack.up.isEnabled, changed)
    down = Live(stack.down.isEnabled, changed)
    return Menu(
        "Chosen edit",
        (
            (
                Action(
                    "edit.set_key",
                    "&Set a key",
                    stack.set_key,
                    "S",
                    "Set a key of the chosen edit at the playhead",
                    usable=keyed,
                ),
                toggle(
                    "edit.paint",
                    "&Paint its region",
                    Live(lambda: painter.on, painter.changed),
                    painter.set_on,
                    "P",
                    "Paint the part of the face that the chosen edit changes, in the view",
                    usable=Live(lambda: not painter.refusal, painter.changed),
                    refusal=Live(lambda: painter.refusal, painter.changed),
                ),
            ),
            (
                Action("edit.edits.switch", "S&witch it on or off", rows.switch, usable=some),
                Action("edit.edits.rename", "&Name it", rows.rename, usable=some),
                Action("edit.edits.duplicate", "&Duplicate it", stack.duplicate, usable=some),
                Action("edit.edits.up", "Move it &up", higher, usable=up),
                Action("edit.edits.down", "Move it d&own", lower, usable=down),
                Action("edit.edits.remove", "&Remove it", stack.remove_chosen, usable=some),
            ),
        ),
    )
