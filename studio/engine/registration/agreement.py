"""Landmarks on which views of a mesh from nearby agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Doubles

from .sight import Scene, Sight, Spots, Window

_FINE = 512  # pixels a side of the picture in which the points are told
# Yaw and pitch in degrees, and size of the views.
_VIEWS = ((0, 0, 1.0), (8, 0, 1.05), (-8, 0, 0.95), (0, 7, 0.97), (0, -7, 1.04))


@dataclass(frozen=True, eq=False)
class Agreement:
    """What the network finds on a mesh that it sees from the front, a little from either side.

    Attributes
    ----------
    spots
        (478) where the landmarks lie on the mesh.
    points
        (478, 3) the same; NaN where most views miss the mesh.
    spread
        (478,) by how much the views differ, in the unit of the mesh.
    facing
        (478,) how far the surface looks at the eye, -1..1, as its triangles are wound; NaN where
        there is none.
    presence
        The least of the views.
    """

    spots: Spots
    points: Doubles
    spread: Doubles
    facing: Doubles
    presence: float


def agreed(scene: Scene, near: Scene, rotation: Doubles, sight: Sight) -> Agreement:
    """Look at a face from nearby, and tell where most views see each landmark.

    Parameters
    ----------
    scene
        The mesh.
    near
        The same, or a coarser one that is drawn faster, for the views.
    rotation
        (3, 3) by which it is seen from the front.
    sight
        What is seen there.
    """
    window = sight.window
    seen = [near.under(rotation, sight)]
    pivot = np.nanmedian(seen[0], axis=0) @ rotation.T
    presence = sight.presence
    for yaw, pitch, size in _VIEWS[1:]:
        tilt = _tilt(yaw, pitch)
        middle = window.middle + (tilt @ pivot - pivot)[:2]
        view = near.sight(tilt @ rotation, Window(middle, window.size * size, window.roll))
        seen.append(near.under(tilt @ rotation, view))
        presence = min(presence, view.presence)
    places = _median(np.stack(seen))
    spread = _median(np.linalg.norm(np.stack(seen) - places, axis=2))
    # A landmark lies on what is seen from the front, wherever its views put it in depth.
    fine = scene.picture(rotation, window, _FINE)
    spots = scene.spots(rotation, fine, window, (places @ rotation.T)[:, :2])
    normals = spots.on(scene.normals, scene.faces)
    length = np.maximum(np.linalg.norm(normals, axis=1), 1e-12)
    points = spots.on(scene.vertices, scene.faces)
    return Agreement(spots, points, spread, normals @ rotation[2] / length, presence)


def _median(values: Doubles) -> Doubles:
    """Take the median over the views, NaN where more than half of them have none."""
    missing = np.isnan(values).mean(axis=0) > 0.5
    some = np.where(missing, 0.0, values)
    return np.asarray(np.where(missing, np.nan, np.nanmedian(some, axis=0)))


def _tilt(yaw: float, pitch: float) -> NDArray[np.float64]:
    """Make a rotation (3, 3) about y, then about x, by degrees."""
    (cy, cp), (sy, sp) = np.cos(np.radians([yaw, pitch])), np.sin(np.radians([yaw, pitch]))
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    return np.asarray(np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]]) @ about_y)
