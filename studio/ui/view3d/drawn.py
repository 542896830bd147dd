"""Draws on a face what the state of a view says."""

from __future__ import annotations

from collections.abc import Collection

from studio.document import ViewState
from studio.document.view import DRAWN
from studio.render.scene import Scene


def draw_marks(scene: Scene, state: ViewState, names: Collection[str] = DRAWN) -> None:
    """Draw what a state says of some of `DRAWN`."""
    if "landmarks" in names:
        scene.set_landmarks(on=state.landmarks)
    if "fittings" in names:
        scene.set_fittings(on=state.fittings)
    if "rounded" in names:
        scene.set_rounded(on=state.rounded)
    if "ghosts" in names or "trails" in names:
        scene.set_traced([name for name in ("ghosts", "trails") if getattr(state, name)])
