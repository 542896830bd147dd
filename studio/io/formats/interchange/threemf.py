"""3MF, the meshes of 3D printing: zipped XML, read without a tree of it."""

from __future__ import annotations

import contextlib
import zipfile
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import ParseError, XMLParser

import numpy as np

from studio.core import InputError, MeshSequence
from studio.core.read_as import MILLIMETERS
from studio.io.format import FORMATS, Format, Source
from studio.io.formats.arrays import DAMAGE, other_kind
from studio.io.said import unit_named
from studio.io.units import Doubles

from .scene import Facts, Part, Scene, clip_of, moved, wound

_MARK = b"PK\3\4"
_MODEL = ".model"
_CHUNK = 1 << 20
_PACKED, _LARGE = 50, 256 << 20  # times that a file grows, and bytes from which that counts
_DEEPEST = 16  # objects made of objects
_PLACED = 1000  # meshes that the file lays out
Name = tuple[str, str]  # of an object: its file in the archive, and its number
Use = tuple[Name, Doubles]  # an object, and the matrix (4, 4) behind rows that places it


@dataclass(frozen=True)
class _Object:
    """A mesh, what it is made of besides, and its title."""

    title: str
    points: array[float] = field(default_factory=lambda: array("d"))
    corners: array[int] = field(default_factory=lambda: array("q"))
    uses: list[Use] = field(default_factory=list)


class _Model:
    """Hears the elements of a file of the archive one after the other."""

    def __init__(self, place: str) -> None:
        self.place, self.unit = place, "millimeter"
        self.objects: dict[Name, _Object] = {}
        self.items: list[Use] = []
        self._now = _Object("")

    def start(self, tag: str, said: Mapping[str, str]) -> None:
        match tag.rpartition("}")[2]:
            case "model":
                self.unit = said.get("unit", self.unit)
            case "object":
                self._now = _Object(said.get("name", said["id"]))
                self.objects[self.place, said["id"]] = self._now
            case "vertex":
                self._now.points.extend([float(said[axis]) for axis in "xyz"])
            case "triangle":
                self._now.corners.extend([int(said[corner]) for corner in ("v1", "v2", "v3")])
            case "component":
                self._now.uses.append(self._use(said))
            case "item":
                self.items.append(self._use(said))

    def _use(self, said: Mapping[str, str]) -> Use:
        elsewhere = (value for key, value in said.items() if key.endswith("}path"))
        turn = np.eye(4)
        if "transform" in said:
            turn[:, :3] = np.array(said["transform"].split(), float).reshape(4, 3)
        return (next(elsewhere, self.place).lstrip("/"), said["objectid"]), turn

    def doctype(self, name: str, pubid: str, system: str) -> None:
        """Refuse what could name entities that grow without end."""
        raise ValueError("a document type")

    def close(self) -> None:
        """Have nothing to give at the end."""


def _read(source: Source) -> MeshSequence:
    path = source.place
    try:
        with _opened(path) as archive:
            models = [_model(archive, info, source) for info in archive.infolist()]
            found = [model for model in models if model is not None]
            objects = {name: each for model in found for name, each in model.objects.items()}
            items = [item for model in found for item in model.items]
            known = dict[Name, tuple[int, int]]()
            sizes = [_sizes(name, objects, known) for name, _ in items]
            if (meshes := sum(many for _, many in sizes)) > _PLACED:
                raise InputError.of(path, f"at most {_PLACED:,} meshes", f"{meshes:,}")
            source.check_room(100 * sum(vertices for vertices, _ in sizes))
            parts = [part for use in items for part in _parts(use, objects)]
    except (ParseError, AssertionError, *DAMAGE):
        raise InputError.of(path, "a 3MF file", "a damaged file") from None
    if not parts:
        raise InputError.of(path, "a mesh", "none")
    unit = unit_named(found[0].unit)
    return clip_of(
        Scene(tuple(parts), Facts(millimeters=MILLIMETERS[unit] if unit else None)), source
    )


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    with path.open("rb") as file:
        head = file.read(len(_MARK))
    if head != _MARK:
        raise InputError.of(path, "a 3MF file", other_kind(head, _MARK))
    with zipfile.ZipFile(path) as archive:
        yield archive


def _model(archive: zipfile.ZipFile, info: zipfile.ZipInfo, source: Source) -> _Model | None:
    """Read a file of an archive; None of one that holds no model."""
    if not info.filename.lower().endswith(_MODEL):
        return None
    if info.file_size > max(_LARGE, _PACKED * info.compress_size):
        wanted = f"a file packed {_PACKED} times at most"
        raise InputError.of(source.place, wanted, f"{info.file_size >> 20} MB")
    source.check_room(3 * info.file_size)
    model = _Model(info.filename.lstrip("/"))
    parser = XMLParser(target=model)
    with archive.open(info) as member:
        while data := member.read(_CHUNK):
            parser.feed(data)
            source.progress.check()
    parser.close()
    return model


def _sizes(
    name: Name, objects: Mapping[Name, _Object], known: dict[Name, tuple[int, int]], depth: int = 0
) -> tuple[int, int]:
    """Count the vertices and the meshes of an object and of all that it is made of.

    Raises
    ------
    ValueError
        Where it has no end.
    """
    if depth > _DEEPEST:
        raise ValueError("objects made of themselves")
    if name not in known:
        each = objects[name]
        below = [_sizes(one, objects, known, depth + 1) for one, _ in each.uses]
        vertices, meshes = len(each.points) // 3, int(bool(each.points))
        known[name] = vertices + sum(v for v, _ in below), meshes + sum(m for _, m in below)
    return known[name]


def _parts(use: Use, objects: Mapping[Name, _Object]) -> Iterator[Part]:
    """Give the meshes of an object where it is placed."""
    name, turn = use
    each = objects[name]
    if each.points:
        points = moved(np.array(each.points).reshape(-1, 3), turn)
        corners, flipped = np.array(each.corners), bool(np.linalg.det(turn[:3, :3]) < 0)
        sizes = np.full(len(corners) // 3, 3)
        yield Part(each.title, points[None], *wound(corners, sizes, flipped=flipped))
    for one, inner in each.uses:
        yield from _parts((one, inner @ turn), objects)


FORMATS.add(
    Format(
        name="3mf",
        label="3MF",
        noun="a 3MF file",
        read=_read,
        sniff=lambda head: head.startswith(_MARK),
        carries="one frame, its meshes where they are placed, and unit",
    )
)
