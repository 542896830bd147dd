"""What the landmark network sees of a mesh: pictures from a side, and the points under them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Doubles, Floats, Ints
from studio.core.surfaces import vertex_normals
from studio.face.registration.raster import NOTHING, Effort, Picture, draw
from studio.face.registration.skin import wound_alike
from studio.nn.tflite.face_detector import SIDE as SMALL
from studio.nn.tflite.face_detector import detect
from studio.nn.tflite.face_landmarker import MARGIN, SIDE, landmarks, region, turn

_BACKGROUND = 0.5  # gray


@dataclass(frozen=True, eq=False)
class Window:
    """A square of what is seen of a mesh.

    Attributes
    ----------
    middle
        (2,) to the right and upward, in the unit of the mesh.
    size
        Length of its sides.
    roll
        Radians it is turned counter-clockwise.
    """

    middle: Doubles
    size: float
    roll: float = 0.0


@dataclass(frozen=True, eq=False)
class Spots:
    """Points on a mesh.

    Attributes
    ----------
    triangle
        (M,) int32; -1 where there is none.
    barycentric
        (M, 3) float32.
    """

    triangle: Ints
    barycentric: Floats

    @property
    def there(self) -> NDArray[np.bool_]:
        """(M,) Which of them lie on the mesh."""
        return np.asarray(self.triangle != NOTHING)

    def on(self, values: NDArray[np.floating], faces: Ints) -> Doubles:
        """Find what a number or a place a vertex (N, ...) is there; NaN where there is no mesh."""
        corners = np.asarray(values, dtype=np.float64)[faces[self.triangle]]
        found = np.einsum("mk,mk...->m...", self.barycentric, corners)
        found[~self.there] = np.nan
        return np.asarray(found)

    def chosen(self, which: NDArray[np.bool_]) -> Spots:
        """Keep those of a mask (M,)."""
        return Spots(self.triangle[which], self.barycentric[which])


@dataclass(frozen=True, eq=False)
class Sight:
    """What the network made of one picture.

    Attributes
    ----------
    window
        Of what is seen.
    picture
        What lies under its pixels.
    places
        (478, 2) of the landmarks, to the right and upward, in the unit of the mesh.
    presence
        How surely there is a face, 0..1.
    """

    window: Window
    picture: Picture
    places: Doubles
    presence: float


@dataclass(frozen=True, eq=False)
class Scene:
    """A mesh to look at.

    Attributes
    ----------
    vertices
        (N, 3) float64, each a corner of a triangle.
    faces
        (F, 3) int32.
    effort
        What its pictures, and those of it made coarser, may cost in all.
    """

    vertices: Doubles
    faces: Ints
    effort: Effort = field(default_factory=Effort)

    @cached_property
    def normals(self) -> Doubles:
        """(N, 3) Of the vertices, as most triangles about them are wound."""
        faces = wound_alike(self.vertices, self.faces)  # others would cancel each other
        return vertex_normals(self.vertices.astype(np.float32), faces).astype(np.float64)

    def picture(self, rotation: Doubles, window: Window, size: int) -> Picture:
        """Draw what a window shows, seen along -z after a rotation (3, 3) of the mesh.

        Raises
        ------
        Spent
            Where its pictures have cost what they may.
        """
        view = self.vertices @ rotation.T
        return draw(_pixels(view, window, size), self.faces, size, self.effort)

    def sight(self, rotation: Doubles, window: Window) -> Sight:
        """Let the network look at what a window shows after a rotation (3, 3)."""
        picture = self.picture(rotation, window, SIDE)
        found, presence = landmarks(self._painted(rotation, picture))
        flat = (found[:, :2].astype(np.float64) / SIDE - 0.5) * (window.size, -window.size)
        return Sight(window, picture, flat @ turn(window.roll).T + window.middle, presence)

    def detected(self, rotation: Doubles, window: Window) -> tuple[float, Window]:
        """Find how surely a window shows a face after a rotation (3, 3), 0..1, and where."""
        found = detect(self._painted(rotation, self.picture(rotation, window, SMALL)))
        right, down = found.keys[1] - found.keys[0]
        middle = window.middle + (found.middle - 0.5) * (window.size, -window.size)
        size = MARGIN * float(np.abs(found.size).max()) * window.size
        return found.score, Window(middle, size, float(np.arctan2(-down, right)))

    def spots(self, rotation: Doubles, picture: Picture, window: Window, places: Doubles) -> Spots:
        """Find the points of the mesh under places (M, 2) of what a picture of a window shows."""
        size = len(picture.triangle)
        flat = np.nan_to_num(_flat(places, window, size), nan=-1.0)
        column, row = np.clip(np.floor(flat), 0, size - 1).astype(np.intp).T
        outside = (flat < 0).any(axis=1) | (flat >= size).any(axis=1)
        triangle = np.where(outside, NOTHING, picture.triangle[row, column]).astype(np.int32)
        corners = _pixels(self.vertices[self.faces[triangle]] @ rotation.T, window, size)
        return Spots(triangle, _shares(flat, corners[..., :2], picture.barycentric[row, column]))

    def coarse(self, cell: float) -> Scene:
        """Make the same mesh with one vertex for those in a cube of this length."""
        keys = np.floor(self.vertices / cell).astype(np.int64)
        _, one, count = np.unique(_numbered(keys), return_inverse=True, return_counts=True)
        if 2 * len(count) > len(self.vertices):
            return self
        places = [np.bincount(one, axis) / count for axis in self.vertices.T]
        normals = [np.bincount(one, axis) for axis in self.normals.T]
        faces = one[self.faces].astype(np.int32)
        real = (faces != np.roll(faces, 1, axis=1)).all(axis=1)
        made = Scene(np.stack(places, axis=1), faces[real], self.effort)
        length = np.linalg.norm(normals, axis=0)
        made.__dict__["normals"] = np.stack(normals, axis=1) / np.maximum(length, 1e-12)[:, None]
        return made

    def _painted(self, rotation: Doubles, picture: Picture) -> Floats:
        # Light comes from the eye, and lights both sides: files wind triangles either way.
        shade = np.abs(self.normals @ rotation[2]).astype(np.float32)
        return picture.painted(self.faces, shade, _BACKGROUND)

    def under(self, rotation: Doubles, sight: Sight) -> Doubles:
        """Find the points (478, 3) of the mesh under the landmarks; NaN where there are none."""
        spots = self.spots(rotation, sight.picture, sight.window, sight.places)
        return spots.on(self.vertices, self.faces)


def settled(scene: Scene, rotation: Doubles, window: Window, rounds: int) -> Sight:
    """Look, after a rotation (3, 3), again and again at the region that the landmarks show."""
    sight = scene.sight(rotation, window)
    for _ in range(rounds):
        sight = scene.sight(rotation, Window(*region(sight.places)))
    return sight


def _flat(places: Doubles, window: Window, size: int) -> Doubles:
    """Take places (..., 2) to pixels."""
    level = (places - window.middle) @ turn(window.roll) * (size / window.size)
    return np.asarray(level * (1, -1) + size / 2)


def _pixels(view: Doubles, window: Window, size: int) -> Doubles:
    """Take points (..., 3) to pixels; depth keeps its unit."""
    flat = _flat(view[..., :2], window, size)
    return np.concatenate([flat, view[..., 2:]], axis=-1)


def _shares(flat: Doubles, corners: Doubles, nearby: Floats) -> Floats:
    """Find the barycentric coordinates (M, 3) of places (M, 2) in triangles (M, 3, 2).

    Parameters
    ----------
    nearby
        (M, 3) those of the middle of the pixel, for triangles seen from their edge.
    """
    u, v = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    way = flat - corners[:, 0]
    area = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        second = (way[:, 0] * v[:, 1] - way[:, 1] * v[:, 0]) / area
        third = (u[:, 0] * way[:, 1] - u[:, 1] * way[:, 0]) / area
        shares = np.clip(np.stack([1 - second - third, second, third], axis=1), 0, 1)
    shares = np.where(np.isfinite(shares).all(axis=1, keepdims=True), shares, nearby)
    total = shares.sum(axis=1, keepdims=True)
    even = np.full_like(shares, 1 / 3)
    return np.asarray(np.divide(shares, total, out=even, where=total > 0), dtype=np.float32)


def _numbered(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give each cell (N, 3) of a grid a number of its own."""
    cells = cells - cells.min(axis=0)
    _, rows, planes = (cells.max(axis=0) + 1).tolist()
    return np.asarray((cells[:, 0] * rows + cells[:, 1]) * planes + cells[:, 2])
