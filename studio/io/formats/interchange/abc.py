"""Alembic: baked points of each frame, by its own library.

Files say no unit, and programs take them for centimeters; ours name theirs in the description.
Polygons run clockwise seen from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from studio.core import InputError, MeshSequence, StudioError
from studio.core.read_as import MILLIMETERS
from studio.io.format import FORMATS, Destination, Format
from studio.io.formats.precision import tell_rounding
from studio.io.memory import check_room
from studio.io.said import unit_said
from studio.io.traits import Extra
from studio.io.units import shown

from .apart import reader_apart
from .room import find_room
from .scene import Array, Damage, Facts, Part, Scene, moved, wound
from .times import beat_of

_FPS = 24.0
_SECOND = "Its times are 1 apart, which are no seconds."
_EPSILON = 1e-4  # of a step


def load(path: Path) -> Scene:
    """Read the meshes of an archive that are seen, moved as they are there.

    Raises
    ------
    InputError, Damage
        For a file that is none, and for meshes that cannot be a clip.
    """
    from alembic3d import Abc

    try:
        archive = Abc.IArchive(str(path))
        info = Abc.GetArchiveInfo(archive)
        meshes = list(_meshes(archive.getTop(), ()))
        times = {time for mesh in meshes for track in mesh.tracks for time in track.times}
        beat = beat_of(path, times, 1.0, float(info.get("dccFPS", _FPS)))
        counted = len(times) > 1 and all(b - a == 1 for a, b in pairwise(sorted(times)))
        moments = sorted(times) if counted else beat.times
        points = sum(len(mesh.points.first) for mesh in meshes)
        check_room(path, 24 * len(moments) * points)
        parts = tuple(mesh.part(moments, path) for mesh in meshes)
    except RuntimeError:
        raise Damage from None
    unit = unit_said([str(info.get("userDescription", "")).encode()])
    millimeters = MILLIMETERS[unit] if unit else None
    if counted:
        return Scene(parts, Facts(None, False, millimeters, False, (_SECOND,)))
    return Scene(parts, Facts(beat.fps, False, millimeters, False, beat.remarks))


@dataclass(frozen=True, eq=False)
class _Track:
    """What a thing is over time.

    Attributes
    ----------
    value
        Gives its sample of a number.
    times
        Of the samples, in seconds, rising.
    """

    value: Callable[[int], Array]
    times: list[float]

    @classmethod
    def of(cls, schema: Any, value: Callable[[int], Array]) -> _Track:
        """Learn when the samples are; none of what never changes."""
        many, sampling = schema.getNumSamples(), schema.getTimeSampling()
        steady = schema.isConstant() or many < 2
        return cls(value, [] if steady else [sampling.getSampleTime(k) for k in range(many)])

    @property
    def first(self) -> Array:
        return self.value(0)

    def at(self, time: float) -> Array:
        """Give its value (...,) at a moment, straight from the sample before to the one after."""
        if not self.times:
            return self.first
        place = float(np.interp(time, self.times, np.arange(len(self.times))))
        before = int(place + _EPSILON)
        share = place - before
        one = self.value(before)
        if share < _EPSILON:
            return one
        other = self.value(before + 1)
        if one.shape != other.shape:
            return one
        return np.asarray((1 - share) * one + share * other)


@dataclass(frozen=True, eq=False)
class _Mesh:
    """A mesh of an archive: its points, its faces, and what moves it, the nearest last."""

    name: str
    points: _Track
    faces: Callable[[int], tuple[Array, Array]]
    moves: tuple[_Track, ...]
    changes: bool

    @property
    def tracks(self) -> tuple[_Track, ...]:
        return self.points, *self.moves

    def part(self, moments: list[float], path: Path) -> Part:
        """Give its points at moments; raises `InputError` where its faces change."""
        corners, sizes = self.faces(0)
        for k in range(1, len(self.points.times)) if self.changes else ():
            if not all(map(np.array_equal, self.faces(k), (corners, sizes))):
                wanted = f"the same faces in all frames of {shown(self.name)}"
                raise InputError.of(path, wanted, "others")
        frames, flipped = list[Array](), False
        for time in moments:
            turn = np.eye(4)
            for move in self.moves:
                turn = move.at(time) @ turn
            points = self.points.at(time)
            if frames and points.shape != frames[0].shape:
                wanted = f"{len(frames[0])} points in each frame of {shown(self.name)}"
                raise InputError.of(path, wanted, str(len(points)))
            frames.append(moved(points, turn))
            flipped = bool(np.linalg.det(turn[:3, :3]) < 0)
        return Part(self.name, np.stack(frames), *wound(corners, sizes, flipped=not flipped))


def _meshes(parent: Any, moves: tuple[_Track, ...]) -> Iterator[_Mesh]:
    """List the meshes below an object that is moved, those that are hidden left out."""
    from alembic3d import AbcGeom

    for k in range(parent.getNumChildren()):
        head, below = parent.getChildHeader(k), moves
        name = head.getName()
        if AbcGeom.IsAncestorInvisible(parent.getChild(k)):
            continue
        if AbcGeom.IXform.matches(head):
            schema = AbcGeom.IXform(parent, name).getSchema()
            below = (*moves, _Track.of(schema, _matrix_of(schema)))
            if not schema.getInheritsXforms():
                below = below[-1:]
        for kind in (AbcGeom.IPolyMesh, AbcGeom.ISubD):
            if kind.matches(head):
                yield _mesh(name, kind(parent, name).getSchema(), moves)
        yield from _meshes(parent.getChild(k), below)


def _mesh(name: str, schema: Any, moves: tuple[_Track, ...]) -> _Mesh:
    def points(k: int) -> Array:
        return np.array(schema.getValue(k).getPositions(), np.float32).reshape(-1, 3)

    def faces(k: int) -> tuple[Array, Array]:
        sample = schema.getValue(k)
        corners, sizes = sample.getFaceIndices(), sample.getFaceCounts()
        return np.array(corners, np.int64), np.array(sizes, np.int64)

    changes = str(schema.getTopologyVariance()).endswith("kHeterogenousTopology")
    return _Mesh(name, _Track.of(schema, points), faces, moves, changes)


def _matrix_of(schema: Any) -> Callable[[int], Array]:
    def matrix(k: int) -> Array:
        rows = schema.getValue(k).getMatrix()
        return np.array([[rows[i][j] for j in range(4)] for i in range(4)])

    return matrix


def _write(sequence: MeshSequence, to: Destination) -> None:
    if to.unit != "cm":
        said = f"programs take Alembic for centimeters, and these are {to.unit}"
        to.progress.remarked(f"{to.place.name}: {said}.")
    tell_rounding(sequence, to)
    find_room(to.paths[0], sequence)
    try:
        _write_archive(sequence, to)
    except RuntimeError:
        raise StudioError(f"{to.place}: cannot be written by Alembic's library") from None


def _write_archive(sequence: MeshSequence, to: Destination) -> None:
    import imath
    from alembic3d import Abc, AbcCoreAbstract, AbcGeom

    def whole(numbers: Array) -> Any:
        out = imath.IntArray(len(numbers))
        np.asarray(out)[:] = numbers
        return out

    said = "Expression Studio", f"unit: {to.unit}"
    archive = Abc.CreateArchiveWithInfo(str(to.paths[0]), sequence.fps, *said)
    pace = AbcCoreAbstract.TimeSampling(1 / sequence.fps, 0.0)
    schema = AbcGeom.OPolyMesh(archive.getTop(), "face").getSchema()
    schema.setTimeSampling(archive.addTimeSampling(pace))
    corners = whole(sequence.faces[:, ::-1].ravel())
    sizes = whole(np.full(len(sequence.faces), 3))
    points = imath.V3fArray(sequence.n_vertices)
    for k, frame in enumerate(to.progress.each(list(sequence.vertices), "Writing")):
        np.asarray(points)[:] = sequence.in_world(frame) / np.float64(to.scale)
        first = (points, corners, sizes) if k == 0 else (points,)
        schema.set(AbcGeom.OPolyMeshSchemaSample(*first))


def _marked(head: bytes) -> bool:
    return head.startswith(b"Ogawa")


FORMATS.add(
    Format(
        name="abc",
        label="Alembic",
        noun="an Alembic file",
        read=reader_apart("abc", "an Alembic file of the kind Ogawa", _marked),
        write=_write,
        sniff=_marked,
        lossless=True,
        measure=lambda shape, _settings: 12 * shape.frames * shape.vertices + 16 * shape.faces,
        carries="every vertex of every frame, exactly, faces and frame rate",
        loses="It says no unit that other programs read; most take it for centimeters.",
        extra=Extra("alembic", "alembic3d"),
    )
)
