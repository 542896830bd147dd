"""The nodes of a glTF scene: which hang on which, and where they are over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.sequence import Doubles

from .curves import Curve
from .tree import Json, Tree

Curves = dict[tuple[int, str], Curve]


@dataclass(frozen=True, eq=False)
class Scene:
    """The nodes that are shown.

    Attributes
    ----------
    tree
        The file.
    parents
        Of each node that is shown, the node that it hangs on; None for those on nothing. Parents
        come before what hangs on them.
    """

    tree: Tree
    parents: dict[int, int | None]

    @classmethod
    def of(cls, tree: Tree) -> Scene:
        """Go through the scene that the file shows; through all nodes where it has no scenes."""
        scenes, nodes = tree.listed("scenes"), tree.listed("nodes")
        if scenes:
            roots = tree.pointers(tree.one("scenes", tree.whole(tree.root, "scene", 0)), "nodes")
        else:
            held = {at for node in nodes for at in tree.pointers(node, "children")}
            roots = [at for at in range(len(nodes)) if at not in held]
        parents: dict[int, int | None] = {}
        waiting: list[tuple[int, int | None]] = [(root, None) for root in reversed(roots)]
        while waiting:
            at, parent = waiting.pop()
            if at in parents:
                raise tree.bad("nodes that form a tree", f"node {at} twice, or in a circle")
            children = tree.pointers(tree.one("nodes", at), "children")
            parents[at] = parent
            waiting.extend((child, at) for child in reversed(children))
        return cls(tree, parents)

    def over(self, at: int) -> list[int]:
        """List a node and those that it hangs on, the topmost first."""
        found: list[int] = []
        node: int | None = at
        while node is not None:
            found.append(node)
            node = self.parents.get(node)
        return found[::-1]

    def worlds(self, wanted: set[int], curves: Curves, moments: Doubles) -> dict[int, Doubles]:
        """Say where nodes are at moments (T,): (T, 4, 4) each, or (1, 4, 4) of one that stays."""
        needed = {at for node in wanted for at in self.over(node)}
        found: dict[int, Doubles] = {}
        for at in (at for at in self.parents if at in needed):
            own, parent = self._local(at, curves, moments), self.parents[at]
            found[at] = own if parent is None else found[parent] @ own
        return found

    def _local(self, at: int, curves: Curves, moments: Doubles) -> Doubles:
        node, moved = self.tree.one("nodes", at), {}
        for path in ("translation", "rotation", "scale"):
            if (at, path) in curves:
                moved[path] = curves[at, path].at(moments)
        matrix = self.tree.numbers(node, "matrix", 16)
        if matrix is not None and not moved:
            return np.array(matrix).reshape(1, 4, 4).transpose(0, 2, 1)
        return _composed(
            moved.get("translation", self._still(node, "translation", (0.0, 0.0, 0.0))),
            moved.get("rotation", self._still(node, "rotation", (0.0, 0.0, 0.0, 1.0))),
            moved.get("scale", self._still(node, "scale", (1.0, 1.0, 1.0))),
        )

    def _still(self, node: Json, key: str, usual: tuple[float, ...]) -> Doubles:
        return np.array([self.tree.numbers(node, key, len(usual)) or usual])


def _composed(shift: Doubles, turn: Doubles, scale: Doubles) -> Doubles:
    """Make matrices (T, 4, 4) of shifts (T, 3), quaternions (T, 4), scales (T, 3)."""
    count = max(len(shift), len(turn), len(scale))
    matrix = np.tile(np.eye(4), (count, 1, 1))
    matrix[:, :3, :3] = rotations(turn) * scale[:, None]
    matrix[:, :3, 3] = shift
    return matrix


def rotations(turns: Doubles) -> Doubles:
    """Make rotations (T, 3, 3) of quaternions (T, 4) in the order x, y, z, w, of any length."""
    length = np.linalg.norm(turns, axis=1, keepdims=True)
    x, y, z, w = (turns / np.where(length > 0, length, 1.0)).T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    return np.array(rows).transpose(2, 0, 1)


def quaternions(matrices: Doubles) -> Doubles:
    """Make quaternions (T, 4), x, y, z, w, of rotations (T, 3, 3), each near to the one before."""
    from scipy.spatial.transform import Rotation

    turns = np.asarray(Rotation.from_matrix(matrices).as_quat())
    flips = np.sign((turns[1:] * turns[:-1]).sum(axis=1))
    turns[1:] *= np.cumprod(np.where(flips < 0, -1.0, 1.0))[:, None]
    return turns
