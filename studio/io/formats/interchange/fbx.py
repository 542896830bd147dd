"""FBX: meshes with blend shapes and skins, baked at the rate of the file, by ufbx; read only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.io.format import FORMATS, Format
from studio.io.memory import check_room
from studio.io.traits import Extra
from studio.io.units import Doubles, shown

from .apart import reader_apart
from .scene import Array, Damage, Facts, Part, Scene, wound
from .times import Beat, every_frame

_MILLIMETERS = 1000.0  # in a meter
_MARK = b"Kaydara FBX Binary"
_FPS = 30.0
_held: list[Any] = []


def _hold(thing: Any) -> Any:
    """Keep something of ufbx to the end: it crashes where a thing that was let go is met again."""
    _held.append(thing)
    return thing


def _all(things: Any) -> list[Any]:
    """List things of ufbx, which are kept."""
    return [_hold(thing) for thing in _hold(things)]


def load(path: Path) -> Scene:
    """Read the meshes of a file over its first take, y up.

    Raises
    ------
    InputError, Damage
        For a file that is none, and for meshes that cannot be a clip.
    """
    import ufbx

    try:
        file = _hold(ufbx.load_file(str(path), target_axes=ufbx.axes_right_handed_y_up))
        return _scene(file, path)
    except ufbx.UfbxError:
        raise Damage from None


def _scene(file: Any, path: Path) -> Scene:
    import ufbx

    settings = _hold(file.settings)
    beat, remarks = _beat(_all(file.anim_stacks), settings.frames_per_second, path)
    meshes = [_Mesh.of(mesh) for mesh in _all(file.meshes)]
    nodes = [_all(mesh.instances) for mesh in _all(file.meshes)]
    seen = [(k, n) for k, each in enumerate(nodes) for n, node in enumerate(each) if node.visible]
    check_room(path, 24 * len(beat.times) * sum(len(meshes[k].rest) for k, _ in seen))
    frames: list[list[Doubles]] = [[] for _ in seen]
    anim = _hold(file.anim)
    for time in beat.times:
        now = _all(_hold(ufbx.evaluate_scene(file, anim, time)).meshes)
        there = [_all(mesh.instances) for mesh in now]
        for points, (k, n) in zip(frames, seen, strict=True):
            points.append(meshes[k].at(now[k], _matrix(there[k][n].geometry_to_world)))
    parts = []
    for points, (k, n) in zip(frames, seen, strict=True):
        flipped = bool(np.linalg.det(_matrix(nodes[k][n].geometry_to_world)[:, :3]) < 0)
        faces = wound(meshes[k].corners, meshes[k].sizes, flipped=flipped)
        parts.append(Part(nodes[k][n].name, np.stack(points), *faces))
    unit = _MILLIMETERS * settings.unit_meters
    return Scene(tuple(parts), Facts(beat.fps, False, unit or None, False, remarks))


def _beat(takes: list[Any], fps: float, path: Path) -> tuple[Beat, tuple[str, ...]]:
    """Give the moments of the first take, and what is to be told of it."""
    if not takes:
        return Beat([0.0]), ()
    said = ""
    if len(takes) > 1:
        said = f"It has {len(takes)} takes; the first, {shown(takes[0].name)}, is read."
    fps = fps if np.isfinite(fps) and fps > 0 else _FPS
    beat = every_frame(path, takes[0].time_begin, takes[0].time_end, fps)
    return beat, (said,) if said else ()


@dataclass(frozen=True, eq=False)
class _Mesh:
    """What of a mesh is the same at every moment.

    Attributes
    ----------
    rest
        (V, 3) without its shapes.
    corners, sizes
        (C,) of all polygons, and (P,) corners of each.
    shapes
        For each blend shape in the order of `_keys`, the vertices (N,) that it moves, and how far
        (N, 3).
    skin
        (B, V) how much each vertex follows each bone; None without bones.
    """

    rest: Doubles
    corners: Array
    sizes: Array
    shapes: list[tuple[NDArray[np.int64], Doubles]]
    skin: Doubles | None

    @classmethod
    def of(cls, mesh: Any) -> _Mesh:
        rest = _rows(mesh.vertices)
        corners = np.array(list(mesh.vertex_indices), np.int64)
        sizes = np.array([face.num_indices for face in mesh.faces], np.int64)
        found = [_hold(key.shape) for key in _keys(mesh)]
        shapes = [
            (np.array(list(shape.offset_vertices), np.int64), _rows(shape.position_offsets))
            for shape in found
        ]
        bones = _bones(mesh)
        skin = np.zeros((len(bones), len(rest)))
        for k, bone in enumerate(bones):
            np.add.at(skin, (k, list(bone.vertices)), list(bone.weights))
        return cls(rest, corners, sizes, shapes, skin if bones else None)

    def at(self, now: Any, place: Doubles) -> Doubles:
        """Give the points (V, 3) in the world at a moment, of an instance at a place (3, 4)."""
        points = self.rest.copy()
        for (vertices, offsets), key in zip(self.shapes, _keys(now), strict=True):
            if key.effective_weight:
                points[vertices] += key.effective_weight * offsets
        still = _by(place, points)
        if self.skin is None:
            return still
        whole = self.skin.sum(axis=0)
        moved = np.zeros_like(points)
        for weights, bone in zip(self.skin, _bones(now), strict=True):
            moved += weights[:, None] * _by(_matrix(bone.geometry_to_world), points)
        follows = whole > 0
        moved[follows] /= whole[follows, None]
        return np.where(follows[:, None], moved, still)


def _keys(mesh: Any) -> Iterator[Any]:
    """List the shapes of a mesh, each with the weight that it has now."""
    for deformer in _all(mesh.blend_deformers):
        for channel in _all(deformer.channels):
            yield from _all(channel.keyframes)


def _bones(mesh: Any) -> list[Any]:
    """List what moves the skin of a mesh; nothing without one."""
    skins = _all(mesh.skin_deformers)
    return _all(skins[0].clusters) if skins else []


def _by(matrix: Doubles, points: Doubles) -> Doubles:
    """Move points (V, 3) by a matrix (3, 4)."""
    return np.asarray(points @ matrix[:, :3].T + matrix[:, 3])


def _matrix(matrix: Any) -> Doubles:
    """Give a matrix (3, 4) that stands before columns."""
    columns = matrix.c0, matrix.c1, matrix.c2, matrix.c3
    return np.array([[column.x, column.y, column.z] for column in columns]).T


def _rows(vectors: Any) -> Doubles:
    """Copy vectors (N, 3) out of the memory of ufbx."""
    if not len(vectors):
        return np.zeros((0, 3))
    return np.array(_hold(memoryview(_hold(vectors))), np.float64)


def _marked(head: bytes) -> bool:
    return head.startswith(_MARK) or b"FBX" in head


FORMATS.add(
    Format(
        name="fbx",
        label="FBX",
        read=reader_apart("fbx", "an FBX file", _marked),
        sniff=_marked,
        carries="the first take, its blend shapes and bones baked, unit, axes and frame rate",
        extra=Extra("fbx", "ufbx"),
        instead="GLB or USD",
    )
)
