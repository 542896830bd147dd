"""What a session file keeps of the window: the moment, how it plays, 3D view and models."""

from __future__ import annotations

from collections.abc import Mapping

from studio.core.hub_name import is_hub_name
from studio.document import LOOPS, MODES

from .stage import Stage


def session_view(stage: Stage, models: str) -> Mapping[str, object]:
    """Collect what the window shows now, and the name of its models, as plain values for a file."""
    playhead = stage.player.playhead
    return {
        "frame": playhead.frame,
        "loop": playhead.loop,
        "mode": playhead.mode,
        "speed": playhead.speed,
        "look": stage.view_state().as_dict(),
        "models": models,
    }


def other_models(view: Mapping[str, object], models: str) -> str:
    """Say that a session had models of a hub that are not those in use; empty otherwise."""
    had = str(view.get("models", ""))
    if had == models or not is_hub_name(had):
        return ""
    return f"This session was made with the models {had}; Edit, Models… takes that name."


def restore_session_view(stage: Stage, view: Mapping[str, object]) -> None:
    """Show what fits; a session whose view is spoiled is still a session."""
    frame, speed = view.get("frame"), view.get("speed")
    for playhead in (stage.player.playhead, stage.player.cut):
        for loop in LOOPS:
            if loop == view.get("loop"):
                playhead.set_loop(loop)
        for mode in MODES:
            if mode == view.get("mode"):
                playhead.set_mode(mode)
        if isinstance(speed, int | float):
            playhead.set_speed(speed)
    if isinstance(frame, int):
        stage.player.seek(frame)
    look = view.get("look")
    if isinstance(look, Mapping):
        stage.restore_view(look)
