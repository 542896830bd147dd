"""Small pictures of faces on nothing: no VTK object is made, so any thread may ask."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.core import MeshSequence, Progress
from studio.core.sequence import Floats, Ints
from studio.core.surfaces import vertex_normals
from studio.face.known import known, regions_of
from studio.face.landmarks import IBUG_68
from studio.render.coloring.eyes import Image
from studio.render.coloring.materials import LAMPS, MATERIALS, PLAIN, Material
from studio.render.coloring.paint import Paint, paint_for
from studio.render.coloring.raster import Coverage, rasterize

from .camera import FIELD_OF_VIEW, Orbit
from .steady import Steady

SIZE = (64, 72)
LOOKED_AT = 96  # frames among which the apex is sought
_NEAR = 1.12  # of the distance at which landmarks fill the picture
_SILENT = Progress()
Mask = NDArray[np.bool_]
Doubles = NDArray[np.float64]


def apex(sequence: MeshSequence) -> int:
    """Find the frame whose face is farthest from the first, the motion of the head taken out.

    Where the eyelids are known they do not count, and frames of a blink are passed over, because
    a blink moves more than most smiles. Of a long clip frames are looked at evenly.
    """
    count = min(sequence.n_frames, LOOKED_AT)
    frames = np.linspace(0, sequence.n_frames - 1, count).round().astype(int)
    vertices = sequence.vertices[frames]
    regions = regions_of(sequence.topology)
    if regions is None:
        return int(frames[np.argmax(_distances(vertices, Steady(vertices[0]))[:, 0])])
    steady = Steady(vertices[0], vertices, regions["rigid"])
    lids = regions["eyes"]
    away, blink = _distances(vertices, steady, ~lids, lids).T
    return int(frames[np.argmax(away - np.maximum(blink - np.median(blink), 0))])


def _distances(vertices: Floats, steady: Steady, *masks: Mask) -> Doubles:
    """(T, masks) mean displacement of the vertices of each mask, of all where there is none."""
    return np.array(
        [
            [away[mask].mean() for mask in masks] if masks else [away.mean()]
            for away in (
                np.linalg.norm(steady.displacement(place, frame), axis=1)
                for place, frame in enumerate(vertices)
            )
        ]
    )


def thumbnails(
    sequence: MeshSequence,
    frames: Sequence[int],
    size: tuple[int, int] = SIZE,
    *,
    finer: int = 2,
    upright: Doubles | None = None,
    progress: Progress = _SILENT,
) -> Image:
    """Draw small pictures of frames, of which nothing is opaque but the surface.

    The front view fits the first frame, or its face where that is known.

    Parameters
    ----------
    size : width and height in pixels
    finer : each pixel is the mean of that many by as many, which costs as much more
    upright : (3, 3) how the face is held, as `Orbit` has it; None where its y is up

    Returns
    -------
    (N, H, W, 4) uint8
    """
    width, height = finer * size[0], finer * size[1]
    look = _Look(sequence)
    orbit = _portrait(sequence, upright)
    pictures = np.empty((len(frames), size[1], size[0], 4), dtype=np.uint8)
    for place, frame in enumerate(progress.each(list(frames), "Drawing")):
        vertices = sequence.vertices[frame]
        pictures[place] = _coarser(look.draw(vertices, orbit, width, height), finer)
    return pictures


class _Look:
    """Materials and textures of one clip's surface."""

    def __init__(self, sequence: MeshSequence) -> None:
        self.faces = sequence.faces
        self._paint: Paint | None = paint_for(sequence, regions_of(sequence.topology))
        self._parts: list[tuple[str, Material]] = [("", PLAIN)]
        self._part = np.zeros(len(self.faces), dtype=np.int32)
        for name, material in reversed(MATERIALS.items()):
            mask = self._paint.regions.get(name) if self._paint is not None else None
            if mask is not None:
                self._part[mask[self.faces].all(axis=1)] = len(self._parts)
                self._parts.append((name, material))

    def draw(self, vertices: Floats, orbit: Orbit, width: int, height: int) -> Floats:
        """(h, w, 4) shares in 0..1 of red, green and blue, times the alpha that follows."""
        screen = _project(vertices, orbit, width, height)
        if not len(self.faces):
            return _dots(screen, width, height)
        cover = rasterize(screen[self.faces], width, height)
        normals = vertex_normals(vertices, self.faces) @ _axes(orbit)
        corners = self.faces[cover.face]
        normal = _blend(normals, corners, cover.weights)
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-6)
        picture = np.zeros((height * width, 4), dtype=np.float32)
        picture[cover.pixel, :3] = self._color(normal, corners, cover)
        picture[cover.pixel, 3] = 1.0
        return picture.reshape(height, width, 4)

    def _color(self, normal: Floats, corners: Ints, cover: Coverage) -> Floats:
        """(P, 3) of the pixels, lit by the studio's lamps."""
        light = np.zeros_like(normal)
        for lamp in LAMPS:
            towards = np.array(lamp.place) / np.linalg.norm(lamp.place)
            strength = np.maximum(normal @ towards.astype(np.float32), 0) * lamp.strength
            light += strength[:, None] * np.array(lamp.color, dtype=np.float32)
        color = np.empty_like(normal)
        part = self._part[cover.face]
        for number, (name, material) in enumerate(self._parts):
            mine = np.flatnonzero(part == number)
            ambient = material.ambient * np.array(material.shadow, dtype=np.float32)
            diffuse = material.diffuse * np.array(material.color, dtype=np.float32)
            own = self._texture(name, corners[mine], cover.weights[mine])
            color[mine] = (ambient + diffuse * light[mine]) * own
        return np.clip(color, 0, 1)

    def _texture(self, name: str, corners: Ints, weights: Floats) -> Floats:
        """(P, 3) of a part's texture, white where it has none."""
        image = self._paint.images.get(name) if self._paint is not None else None
        if image is None or self._paint is None:
            return np.ones((len(corners), 3), dtype=np.float32)
        at = _blend(self._paint.of_part(name), corners, weights)
        size = np.array([image.shape[1], image.shape[0]])
        column, row = np.clip((at * size).astype(int), 0, size - 1).T
        return np.asarray(image[row, column] / np.float32(255))


def _portrait(sequence: MeshSequence, upright: Doubles | None) -> Orbit:
    """Look at the first frame from the front, near enough to read a small face."""
    face = known(sequence.topology)
    if face is None:
        return Orbit.around(sequence.vertices[0], upright)
    return Orbit.around(sequence.vertices[0, face.landmarks(IBUG_68.name)]).zoomed(_NEAR)


def _axes(orbit: Orbit) -> Floats:
    """(3, 3) whose columns are right, up and towards the camera."""
    return np.stack(orbit.axes(), axis=1).astype(np.float32)


def _project(vertices: Floats, orbit: Orbit, width: int, height: int) -> Floats:
    """(V, 3): column, row and nearness of vertices (V, 3) seen by a portrait lens."""
    aspect = width / height
    seen = (vertices - orbit.position(aspect).astype(np.float32)) @ _axes(orbit)
    depth = np.minimum(seen[:, 2], -1e-3)
    half = np.tan(np.radians(FIELD_OF_VIEW / 2))
    scale = np.float32(height / 2 / half) / -depth
    return np.stack(
        [width / 2 + seen[:, 0] * scale, height / 2 - seen[:, 1] * scale, seen[:, 2]], axis=1
    ).astype(np.float32)


def _dots(screen: Floats, width: int, height: int) -> Floats:
    """(h, w, 4) of points (V, 3) on the screen, as a mesh without faces is drawn."""
    radius = max(height / 80, 1.0)
    steps = np.arange(-int(radius), int(radius) + 1)
    across, down = (step.ravel() for step in np.meshgrid(steps, steps))
    inside = across**2 + down**2 <= radius**2
    column, row = (
        np.floor(screen[:, axis, None]).astype(np.int64) + step[inside]
        for axis, step in enumerate((across, down))
    )
    seen = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    picture = np.zeros((height, width, 4), dtype=np.float32)
    picture[row[seen], column[seen]] = (*PLAIN.color, 1.0)
    return picture


def _blend(values: Floats, corners: Ints, weights: Floats) -> Floats:
    """(P, C) of values (V, C), mixed over corners (P, 3)."""
    return np.asarray(np.einsum("pk,pkc->pc", weights, values[corners]))


def _coarser(fine: Floats, finer: int) -> Image:
    """(h, w, 4) of a picture so much finer, its colors no longer times alpha."""
    height, width = fine.shape[0] // finer, fine.shape[1] // finer
    mean = fine.reshape(height, finer, width, finer, 4).mean(axis=(1, 3))
    mean[..., :3] /= np.maximum(mean[..., 3:], 1e-6)
    return np.asarray(np.round(255 * mean), dtype=np.uint8)
