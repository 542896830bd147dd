"""Where on a mesh a face may be: the sides it is looked at from, and the squares there."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from studio.core.sequence import Doubles

from .sight import Scene, Sight, Window, settled

SURE = 0.5  # presence; below it there is no face
_NEVER = 0.05  # presence after two looks, below which more of them change nothing
_MARGIN = 1.05  # of a window about what it shall show
_STEPS = 3  # windows down a mesh from its top


def looks(scene: Scene) -> list[tuple[Doubles, Window]]:
    """List rotations (3, 3), and windows seen after each: the likely ones first.

    The network finds a face that is turned by 45 degrees, fills a third of a window or reaches
    beyond it, so that few of them do.
    """
    sides = list(_sides())
    upright = [(side, part) for part in (0.5, 0.25) for side in sides[:8]]
    whole = [(side, _whole(scene, side)) for side in sides]
    return whole + [(side, each) for side, part in upright for each in _upper(scene, side, part)]


def seen(scene: Scene, rotation: Doubles, window: Window) -> Sight | None:
    """Look at a window, after a rotation (3, 3), until it is sure whether there is a face."""
    sight = settled(scene, rotation, window, rounds=2)
    if sight.presence < _NEVER:
        return None
    sight = settled(scene, rotation, sight.window, rounds=2)
    return sight if sight.presence >= SURE else None


def _sides() -> Iterator[Doubles]:
    """List the 24 rotations that lay axes on axes: y upward first, then z upward."""
    x, y, z = np.eye(3)
    for up, front in ((y, z), (z, -y), (-y, z), (-z, y), (x, z), (-x, z)):
        right = np.cross(up, front)
        for side, eye in ((right, front), (-right, -front), (front, -right), (-front, right)):
            yield np.stack([side, up, eye])


def _whole(scene: Scene, rotation: Doubles) -> Window:
    """Find the window that shows all of a mesh but a few points far away."""
    low, high = np.percentile(_flat(scene, rotation), (0.5, 99.5), axis=0)
    return Window((low + high) / 2, _MARGIN * float((high - low).max()))


def _upper(scene: Scene, rotation: Doubles, part: float) -> Iterator[Window]:
    """List windows of a part of the size, from the top of a mesh downward."""
    view = _flat(scene, rotation)
    whole = _whole(scene, rotation)
    size = whole.size * part
    top = float(np.percentile(view[:, 1], 99.5))
    for step in range(_STEPS):
        y = top + size * (0.05 - 0.5 * (step + 1) + 0.05)
        slab = view[np.abs(view[:, 1] - y) < size / 2, 0]
        if len(slab):
            yield Window(np.array([np.median(slab), y]), size)


def _flat(scene: Scene, rotation: Doubles) -> Doubles:
    return np.asarray(scene.used @ rotation[:2].T)
