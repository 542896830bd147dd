"""A face with its own ARKit shapes: a folder of meshes named by them, or one NPZ or glTF file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from studio.core import InputError, MeshSequence, Progress
from studio.core.sequence import Doubles
from studio.face.registration.shapes import FaceShapes
from studio.face.rig import ARKIT, ARKIT_INDEX

from .files import whole_file
from .reading import read_sequence
from .weights.names import NAMES, key, places
from .writing import write_sequence

NEUTRAL = "neutral"
SHAPES_FILES = (".npz", ".glb")  # suffixes of the one file that `write_shapes_file` writes
_HERE = np.zeros(3)
_NEUTRAL = re.compile(r"neutral|basis|base|rest|default|bind(pose)?|mean|identity")
_ENOUGH = 10  # shapes from which poses are taken for a face with shapes
_SIDE = re.compile(r"(left|right)$")


def has_shapes(names: Sequence[str]) -> bool:
    """Whether poses of these names are a face with its own shapes."""
    return len(_columns(names)) >= _ENOUGH


def rest_pose(names: Sequence[str]) -> int | None:
    """Find which pose of a face with its own shapes is at rest; None of other poses."""
    found = _columns(names)
    rest = _at_rest(names, found) if len(found) >= _ENOUGH else []
    return rest[0] if len(rest) == 1 else None


def shapes_of(clip: MeshSequence) -> FaceShapes:
    """Take the poses of a clip, by the names of its frames, for a face with its shapes.

    Shapes that are split into two sides, of which ARKit has one, are added up.

    Raises
    ------
    InputError
        Where names of shapes are missing, or it is not clear which pose is at rest.
    """
    found = _columns(clip.frame_names)
    if len(found) < _ENOUGH:
        wanted = "poses named by ARKit's shapes, such as jawOpen"
        raise InputError.of(clip.name, wanted, ", ".join(clip.frame_names[:3]) or "no names")
    rest = _at_rest(clip.frame_names, found)
    if len(rest) != 1:
        told = ", ".join(clip.frame_names[at] for at in rest[:3])
        raise InputError.of(clip.name, "one pose at rest, named neutral", told or "none")
    neutral = np.ascontiguousarray(clip.vertices[rest[0]])
    deltas = np.zeros((len(ARKIT), *neutral.shape), dtype=np.float32)
    for place, columns in found.items():
        for at in columns:
            deltas[ARKIT_INDEX[NAMES[place]]] += clip.vertices[at] - neutral
    return FaceShapes(neutral, clip.faces, deltas)


def own_shapes(clip: MeshSequence, path: Path | None = None) -> FaceShapes | None:
    """Take the shapes out of a clip that was read from a path; None of one that has none."""
    try:
        shapes = shapes_of(clip) if has_shapes(clip.frame_names) else None
    except InputError:
        return None  # nobody knows which of its poses is at rest
    if shapes is None or path is None:
        return shapes
    return replace(shapes, path=str(path.absolute()))


def read_shapes(
    path: Path, *, unit: str | None = None, progress: Progress | None = None
) -> FaceShapes:
    """Read a face with its shapes.

    Parameters
    ----------
    path : a folder of meshes, a file each, an NPZ file of `neutral`, `deltas` and `names`, or a
        glTF file with a target for each, whatever moves in it
    unit : of the coordinates; by default what is said or guessed as for any mesh
    progress : hears how far it is, and stops it

    Raises
    ------
    InputError
        Where it is none.
    """
    said = progress or Progress()
    clip = read_sequence(path, unit=unit, progress=said, reorder=False, poses=True)
    return shapes_of(clip)


def write_shapes(
    shapes: FaceShapes, folder: Path, progress: Progress | None = None, *, origin: Doubles = _HERE
) -> None:
    """Write a folder of 53 OBJ files: each shape in full, by its name, and the face at rest.

    Parameters
    ----------
    shapes : the face
    folder : where to, a new one or one of the same files
    progress : hears how far it is, and stops it
    origin : (3,) mm, where in the world the face lies

    Raises
    ------
    InputError, StudioError
        Where it cannot be written.
    """
    clip = _as_poses(shapes, folder.name).at(origin)
    write_sequence(clip, folder, format="obj", progress=progress or Progress())


def _as_poses(shapes: FaceShapes, name: str) -> MeshSequence:
    """Show a face at rest, and then each of its shapes in full."""
    vertices = np.concatenate([shapes.neutral[None], shapes.neutral + shapes.deltas])
    return MeshSequence(vertices, shapes.faces, 1.0, name, frame_names=(NEUTRAL, *ARKIT))


def write_shapes_file(shapes: FaceShapes, path: Path, *, origin: Doubles = _HERE) -> None:
    """Write one file: a GLB with a target for each shape, or an NPZ.

    The latter holds `neutral`, `deltas`, `names`, `faces` and the unit.

    Parameters
    ----------
    shapes : the face
    path : where to
    origin : (3,) mm, where in the world the face lies
    """
    if path.suffix.lower() == ".glb":
        write_sequence(_as_poses(shapes, path.stem).at(origin), path)
        return
    with whole_file(path) as part, part.open("wb") as file:
        np.savez_compressed(
            file,
            neutral=shapes.neutral + origin if origin.any() else shapes.neutral,
            deltas=shapes.deltas,
            names=np.array(ARKIT),
            faces=shapes.faces,
            unit=np.array("mm"),
        )


def _at_rest(names: Sequence[str], found: dict[int, list[int]]) -> list[int]:
    """List the poses that may be at rest, where `_columns` found the others."""
    used = {at for columns in found.values() for at in columns}
    others = [at for at in range(len(names)) if at not in used]
    return [at for at in others if _NEUTRAL.search(key(names[at]))] or others


def _columns(names: Sequence[str]) -> dict[int, list[int]]:
    """Find which poses make up each of ARKit's shapes: its place in `NAMES` -> theirs."""
    whole = {place: [at] for place, at in places(names).items() if place < len(NAMES)}
    taken = {at for columns in whole.values() for at in columns}
    split: dict[int, list[int]] = {}
    for at, name in enumerate(names):
        for place in places([_SIDE.sub("", key(name))]) if at not in taken else ():
            if place < len(NAMES) and place not in whole:
                split.setdefault(place, []).append(at)
    return whole | split
