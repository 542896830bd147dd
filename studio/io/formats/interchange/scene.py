"""What a file of a scene holds, as its library gives it, and the clip that it makes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence
from studio.core.errors import shortened
from studio.core.read_as import Teller
from studio.core.sequence import Ints
from studio.io.format import Source
from studio.io.memory import check_room
from studio.io.said import unit_of
from studio.io.topology import checked_faces, fan
from studio.io.units import shown

Array = NDArray[Any]
_METER = 1000.0  # mm
_LISTED = 4  # names of meshes that are told


class Damage(Exception):
    """What a library says of a file that it cannot read."""


@dataclass(frozen=True, eq=False)
class Part:
    """One mesh of a scene.

    Attributes
    ----------
    points
        (T, V, 3) where they lie in the scene; (1, V, 3) where they rest.
    corners, sizes
        (C,) vertex indices of all polygons, counter-clockwise, and (P,) corners of each.
    """

    name: str
    points: Array
    corners: Array
    sizes: Array


@dataclass(frozen=True)
class Facts:
    """What a scene says of itself.

    Attributes
    ----------
    fps
        Frames a second, None where it says none.
    guessed
        Whether that is the usual rate of such files and not said.
    millimeters
        In one unit of the coordinates, None where it says none.
    z_up
        Whether z is up and not y.
    remarks
        What else is to be told.
    """

    fps: float | None = None
    guessed: bool = False
    millimeters: float | None = None
    z_up: bool = False
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Scene:
    """The meshes of a file, and what it says of itself."""

    parts: tuple[Part, ...]
    facts: Facts = field(default_factory=Facts)

    def save(self, path: Path) -> None:
        """Write it for another process."""
        said = {"names": [part.name for part in self.parts], "facts": asdict(self.facts)}
        arrays = {
            f"{what}{k}": getattr(part, what)
            for k, part in enumerate(self.parts)
            for what in ("points", "corners", "sizes")
        }
        np.savez(path, said=np.array(json.dumps(said)), **arrays)

    @classmethod
    def load(cls, path: Path) -> Scene:
        """Read what `save` wrote."""
        with np.load(path) as file:
            said = json.loads(str(file["said"]))
            parts = tuple(
                Part(name, *(file[f"{what}{k}"] for what in ("points", "corners", "sizes")))
                for k, name in enumerate(said["names"])
            )
        facts = said["facts"]
        return cls(parts, Facts(**{**facts, "remarks": tuple(facts["remarks"])}))


def moved(points: Array, turn: Array) -> Array:
    """Move points (V, 3) by a matrix (4, 4) that stands behind rows; as they are by none."""
    if np.array_equal(turn, np.eye(4)):
        return points
    return np.asarray(points @ turn[:3, :3] + turn[3, :3])


def wound(corners: Array, sizes: Array, *, flipped: bool) -> tuple[Array, Array]:
    """Turn the corners (C,) of polygons of (P,) corners the other way round, where they must be."""
    if not flipped or int(sizes.sum()) != len(corners) or (sizes < 0).any():
        return corners, sizes
    ends = np.cumsum(sizes)
    starts = np.repeat(ends - sizes, sizes)
    last = np.repeat(ends, sizes) - 1
    return corners[starts + last - np.arange(len(corners))], sizes


def clip_of(scene: Scene, source: Source) -> MeshSequence:
    """Make the clip of a scene: its meshes as one, y up.

    Raises
    ------
    InputError
        For a scene without vertices, and for numbers that are no mesh.
    """
    path, facts = source.place, scene.facts
    parts = [part for part in scene.parts if part.points.shape[1]]
    if not parts:
        raise InputError.of(path, "a mesh", "none")
    points, faces = _joined(parts, path)
    remarks = list(facts.remarks)
    if len(parts) > 1:
        remarks.append(f"Its {len(parts)} meshes are one: {_named(parts)}.")
    if facts.z_up:
        turned = points[..., [0, 2, 1]]
        turned[..., 2] *= -1
        points = turned
        remarks.append("Its z axis is up: turned so that y is.")
    unit = unit_of(facts.millimeters) if facts.millimeters else None
    if facts.millimeters and unit is None and source.unit is None:
        points, unit = points.astype(np.float64) * (facts.millimeters / _METER), "m"
    place = source.placed(points[0].astype(np.float64), unit)
    by: Teller = "guess" if facts.guessed else "file"
    fps = facts.fps if len(points) > 1 else None
    vertices = place.apply(points, path)
    return source.clip(vertices, faces, place, fps, tuple(remarks), fps_by=by)


def _named(parts: list[Part]) -> str:
    names = [shown(part.name) for part in parts[:_LISTED]]
    more = len(parts) - len(names)
    return shortened(", ".join(names), 120) + (f" and {more} more" if more else "")


def _joined(parts: list[Part], path: Path) -> tuple[Array, Ints]:
    """Put the vertices (T, V, 3) of parts behind each other, and their triangles (F, 3)."""
    frames = max(len(part.points) for part in parts)
    starts = np.cumsum([0, *(part.points.shape[1] for part in parts)])
    wide = any(part.points.dtype != np.float32 for part in parts)
    check_room(path, 3 * (8 if wide else 4) * 3 * frames * int(starts[-1]))
    faces = [_triangles(part, path) + start for part, start in zip(parts, starts, strict=False)]
    if len(parts) == 1:
        return parts[0].points, checked_faces(path, faces[0], int(starts[-1]))
    points = np.empty((frames, starts[-1], 3), np.float64 if wide else np.float32)
    for part, start in zip(parts, starts, strict=False):
        points[:, start : start + part.points.shape[1]] = part.points
    return points, checked_faces(path, np.concatenate(faces), int(starts[-1]))


def _triangles(part: Part, path: Path) -> Ints:
    """Cut the polygons of a part into triangles (F, 3)."""
    corners, sizes = part.corners.astype(np.int64), part.sizes.astype(np.int64)
    if len(sizes) and (sizes.min() < 0 or sizes.sum() != len(corners)):
        wanted = f"{sizes.sum()} corners of faces in {shown(part.name)}"
        raise InputError.of(path, wanted, str(len(corners)))
    # A face of one or two corners has no area.
    kept = sizes > 2
    corners = corners[np.repeat(kept, sizes)]
    return checked_faces(path, fan(corners, sizes[kept]), part.points.shape[1])
