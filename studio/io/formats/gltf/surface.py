"""The meshes of a glTF file as parts of one surface, with what moves their vertices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from studio.core.errors import printable
from studio.core.sequence import Doubles
from studio.io.topology import fan, strips

from .accessors import Accessors, Index
from .tree import Json, Tree

Array = TypeVar("Array", Doubles, Index)

_POINTS, _TRIANGLES, _STRIP, _FAN = 0, 4, 5, 6
_SETS = 4  # of joints that a vertex may hang on, four each


@dataclass(frozen=True, eq=False)
class Skin:
    """How vertices follow joints.

    Attributes
    ----------
    nodes
        The joints.
    back
        (J, 4, 4) from where the mesh was bound into each joint.
    """

    nodes: tuple[int, ...]
    back: Doubles


@dataclass(frozen=True, eq=False)
class Mesh:
    """A mesh, all its primitives one after the other.

    Attributes
    ----------
    rest
        (V, 3) as the file has it.
    faces
        (F, 3)
    names
        Of its K targets.
    deltas
        (K, 3 V) what a weight of 1 adds.
    joints, weights
        (V, N) those that each vertex follows, and how much, which adds up to 1; N is 0 without any.
    remarks
        What was left out or joined, a sentence each.
    """

    rest: Doubles
    faces: Index
    names: tuple[str, ...]
    deltas: Doubles
    joints: Index
    weights: Doubles
    remarks: tuple[str, ...]

    @classmethod
    def of(cls, arrays: Accessors, said: Json) -> Mesh:
        """Read a mesh."""
        tree, pieces = arrays.file.tree, _Pieces(arrays)
        modes = [tree.whole(one, "mode", _TRIANGLES) for one in tree.listed("primitives", said)]
        for one in tree.listed("primitives", said):
            pieces.add(one)
        faces = np.concatenate([np.zeros((0, 3), np.int64), *pieces.faces])
        solid = any(mode in (_TRIANGLES, _STRIP, _FAN) for mode in modes)
        if solid and not len(faces):
            raise tree.bad("triangles", "none")
        names = target_names(tree, said, pieces.targets)
        rest, deltas, joints, weights = pieces.joined(len(names))
        whole = weights.sum(axis=1, keepdims=True)
        weights = weights / np.where(whole > 0, whole, 1.0)
        lines = any(_POINTS < mode < _TRIANGLES for mode in modes)
        remarks = ("Its lines are left out.",) if lines else ()
        mesh = cls(rest, faces, names, deltas, joints, weights, remarks)
        loose = solid and not any("indices" in one for one in tree.listed("primitives", said))
        return mesh.welded() if loose else mesh

    def welded(self) -> Mesh:
        """Join vertices that are the same in all that moves them, of triangles that share none."""
        targets = self.deltas.reshape(len(self.names), -1, 3).transpose(1, 0, 2)
        held = (self.rest, targets.reshape(len(self.rest), -1), self.joints, self.weights)
        rows = np.concatenate(held, axis=1)
        _, first, one = np.unique(rows, axis=0, return_index=True, return_inverse=True)
        order = np.argsort(first)
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        kept = first[order]
        told = "Its triangles share no vertices; those that are at one place at all times are one."
        return replace(
            self,
            rest=self.rest[kept],
            faces=place[one.ravel()][self.faces],
            deltas=targets[kept].transpose(1, 0, 2).reshape(len(self.names), -1),
            joints=self.joints[kept],
            weights=self.weights[kept],
            remarks=(*self.remarks, told),
        )


class _Pieces:
    """The primitives of a mesh; those that share their vertices share them here."""

    def __init__(self, arrays: Accessors) -> None:
        self.arrays, self.tree = arrays, arrays.file.tree
        self.faces: list[Index] = []
        self.targets: list[int | None] = []
        self._starts: dict[object, int] = {}
        self._blocks: list[tuple[Doubles, list[Doubles], Index, Doubles]] = []
        self._count = 0

    def add(self, said: Json) -> None:
        tree, mode = self.tree, self.tree.whole(said, "mode", _TRIANGLES)
        if _POINTS < mode < _TRIANGLES:
            return
        if mode > _FAN:
            raise tree.bad("points, lines or triangles", f"mode {mode}")
        attributes, targets = tree.inner(said, "attributes"), tree.listed("targets", said)
        if "POSITION" not in attributes:
            raise tree.bad("vertices with a POSITION", "none")
        _refuse_packed(tree, said, attributes)
        self._same_targets([tree.whole(one, "POSITION", 0) if one else None for one in targets])
        count = self.arrays.count(attributes["POSITION"])
        corners = np.arange(count)
        if "indices" in said:
            corners = self.arrays.whole(tree.whole(said, "indices"), 1)[:, 0]
            if corners.max() >= count:
                raise tree.bad(f"vertex indices from 0 to {count - 1}", str(corners.max()))
        start = self._start(attributes, targets, count)
        if mode != _POINTS:
            self.faces.append(_triangles(tree, corners, mode) + start)

    def _same_targets(self, targets: list[int | None]) -> None:
        if self._blocks and len(targets) != len(self.targets):
            wanted = f"{len(self.targets)} targets as in the mesh's first part"
            raise self.tree.bad(wanted, str(len(targets)))
        self.targets = targets

    def _start(self, attributes: Json, targets: list[Json], count: int) -> int:
        """Say where the vertices of a primitive begin, which are read once."""
        held = {name: at for name, at in attributes.items() if name[:6] in ("POSITI", "JOINTS")}
        name = str((held, targets))
        if name in self._starts:
            return self._starts[name]
        rest = self.arrays.floats(self.tree.whole(attributes, "POSITION"), 3)
        moved = [self._delta(target, count) for target in targets]
        self._blocks.append((rest, moved, *self._skinned(attributes, count)))
        self._starts[name] = self._count
        self._count += count
        return self._starts[name]

    def _delta(self, target: Json, count: int) -> Doubles:
        if "POSITION" not in target:
            return np.zeros((count, 3))
        return self._sized(self.arrays.floats(self.tree.whole(target, "POSITION"), 3), count)

    def _skinned(self, attributes: Json, count: int) -> tuple[Index, Doubles]:
        joints, weights = [np.zeros((count, 0), np.int64)], [np.zeros((count, 0))]
        for number in range(_SETS):
            if f"JOINTS_{number}" in attributes and f"WEIGHTS_{number}" in attributes:
                at = self.tree.whole(attributes, f"JOINTS_{number}")
                share = self.tree.whole(attributes, f"WEIGHTS_{number}")
                joints.append(self._sized(self.arrays.whole(at, 4), count))
                weights.append(self._sized(self.arrays.floats(share, 4), count))
        return np.concatenate(joints, axis=1), np.concatenate(weights, axis=1)

    def _sized(self, array: Array, count: int) -> Array:
        if len(array) != count:
            raise self.tree.bad(f"{count} entries as there are vertices", str(len(array)))
        return array

    def joined(self, targets: int) -> tuple[Doubles, Doubles, Index, Doubles]:
        """Put all vertices behind each other: rest, deltas, joints and weights."""
        if not self._blocks:
            none = np.zeros((0, 3))
            return none, np.zeros((targets, 0)), np.zeros((0, 0), np.int64), np.zeros((0, 0))
        rest = np.concatenate([block[0] for block in self._blocks])
        deltas = [
            np.concatenate([block[1][k] for block in self._blocks]).ravel() for k in range(targets)
        ]
        width = max(block[2].shape[1] for block in self._blocks)
        joints = np.concatenate([_widened(block[2], width) for block in self._blocks])
        weights = np.concatenate([_widened(block[3], width) for block in self._blocks])
        return rest, np.array(deltas).reshape(targets, rest.size), joints, weights


def _widened(array: Array, width: int) -> Array:
    return np.pad(array, ((0, 0), (0, width - array.shape[1])))


def _refuse_packed(tree: Tree, said: Json, attributes: Json) -> None:
    """Refuse vertices that lie in an extension alone, which need not be required to be there."""
    place = tree.one("accessors", attributes["POSITION"])
    for name in tree.inner(said, "extensions"):
        if "compression" in name and "bufferView" not in place:
            raise tree.lacks(name)


def _triangles(tree: Tree, corners: Index, mode: int) -> Index:
    """Make triangles (F, 3) of the corners of a primitive."""
    sizes = np.array([len(corners)])
    if mode == _TRIANGLES:
        if len(corners) % 3:
            raise tree.bad("corners of triangles in threes", str(len(corners)))
        return corners.reshape(-1, 3)
    if len(corners) < 3:
        return np.zeros((0, 3), np.int64)
    return np.asarray((strips if mode == _STRIP else fan)(corners, sizes), np.int64)


def target_names(tree: Tree, said: Json, targets: Sequence[int | None]) -> tuple[str, ...]:
    """Name the targets of a mesh as the file does, no two alike; by number where it does not."""
    numbered = tuple(f"target {k}" for k in range(1, len(targets) + 1))
    for found in _spoken_names(tree, said, targets):
        if isinstance(found, list) and len(found) == len(targets):
            spelled = [printable(str(name)) for name in found]
            return _distinct([one or other for one, other in zip(spelled, numbered, strict=True)])
    return numbered


def _spoken_names(tree: Tree, said: Json, targets: Sequence[int | None]) -> Iterator[object]:
    for item in (said, *tree.listed("primitives", said)):
        extras = item.get("extras")
        yield extras.get("targetNames") if isinstance(extras, dict) else None
    named = [tree.name(tree.one("accessors", at)) for at in targets if at is not None]
    yield named if named and all(named) and len(set(named)) == len(named) else None


def _distinct(names: list[str]) -> tuple[str, ...]:
    """Put a number behind names that are there already."""
    found: dict[str, None] = {}
    for name in names:
        free, number = name, 2
        while free in found:
            free, number = f"{name} ({number})", number + 1
        found[free] = None
    return tuple(found)
