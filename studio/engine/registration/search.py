"""Where on a mesh a face may be: the sides it is looked at from, and the squares there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from studio.core.progress import Progress
from studio.core.sequence import Doubles

from .sight import Scene, Sight, Window, settled

SURE = 0.5  # presence; below it there is no face
_MARGIN = 1.05  # of a window about what it shall show
_LEAST = 1.0  # size of a window, of 250: a mesh may be a line seen from its end
_STEPS = 3  # windows down a mesh from its top
_POINTS = 5000  # of a mesh that tell how large it is, and where
_TRIED = 3  # of the places where a face is detected most surely
_CELLS = 64  # of a window, a side: as fine as a mesh must be for a face to be detected


@dataclass(frozen=True, eq=False)
class Look:
    """A place where a face may be.

    Attributes
    ----------
    rotation
        (3, 3) after which it is looked at.
    window
        What is looked at.
    """

    rotation: Doubles
    window: Window


def rounds(scene: Scene) -> list[Sequence[Look]]:
    """List the places to look at: each round takes longer than the one before, and finds more.

    The first is a face that lies as the template does. A face is detected that is turned by 45
    degrees and fills a fifth of a window, so that few others do.
    """
    sides = list(_sides())
    whole = [Look(side, _whole(scene, side)) for side in sides]
    parts = [
        Look(side, window)
        for part in (0.5, 0.25)
        for side in sides[:8]
        for window in _upper(scene, side, part)
    ]
    return [whole[:1], whole[1:], parts]


def likely(scene: Scene, looks: Sequence[Look], progress: Progress) -> list[Look]:
    """Find where among these places a face is detected most surely, and look there closer."""
    detected: list[tuple[float, Look]] = []
    cell = min(look.window.size for look in looks) / _CELLS
    coarse = scene.coarse(cell)
    for look in progress.each(looks, "Looking for the face"):
        score, window = coarse.detected(look.rotation, look.window)
        detected.append((score, Look(look.rotation, window)))
    detected.sort(key=lambda each: -each[0])
    return [look for _, look in detected[:_TRIED]]


def seen(scene: Scene, look: Look) -> Sight | None:
    """Look at a place until it is sure whether there is a face."""
    sight = settled(scene, look.rotation, look.window, rounds=2)
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
    return Window((low + high) / 2, max(_MARGIN * float((high - low).max()), _LEAST))


def _upper(scene: Scene, rotation: Doubles, part: float) -> Iterator[Window]:
    """List windows of a part of the size, from the top of a mesh downward."""
    view = _flat(scene, rotation)
    size = _whole(scene, rotation).size * part
    top = float(np.percentile(view[:, 1], 99.5))
    for step in range(_STEPS):
        y = top - size * (0.4 + 0.5 * step)
        slab = view[np.abs(view[:, 1] - y) < size / 2, 0]
        if len(slab):
            yield Window(np.array([np.median(slab), y]), size)


def _flat(scene: Scene, rotation: Doubles) -> Doubles:
    some = scene.vertices[:: len(scene.vertices) // _POINTS + 1]
    return np.asarray(some @ rotation[:2].T)
