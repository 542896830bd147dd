"""The meshes that a glTF scene shows, each where its node puts it."""

from __future__ import annotations

import numpy as np

from studio.io.format import Source

from .accessors import Accessors
from .motion import Part
from .nodes import Scene
from .surface import Mesh, Skin
from .tree import Json

_HELD = 48  # bytes of a vertex at rest and in each target while it is read


def parts_of(source: Source, arrays: Accessors, scene: Scene) -> tuple[Part, ...]:
    """Read the meshes of a scene.

    Raises
    ------
    InputError
        Where there are none, or they do not fit into memory.
    """
    tree = arrays.file.tree
    shown = {at: node for at in scene.parents if "mesh" in (node := tree.one("nodes", at))}
    meshes = {tree.whole(node, "mesh"): tree.one("meshes", node["mesh"]) for node in shown.values()}
    source.check_room(sum(_room(arrays, said) for said in meshes.values()))
    read = {at: Mesh.of(arrays, said) for at, said in meshes.items()}
    parts = [_part(arrays, scene, at, node, read[node["mesh"]]) for at, node in shown.items()]
    parts = [part for part in parts if len(part.mesh.rest)]
    if not parts:
        raise tree.bad("a mesh in the scene", "none")
    return tuple(parts)


def _room(arrays: Accessors, said: Json) -> int:
    """Count the bytes that a mesh takes, before any of it is read."""
    tree = arrays.file.tree
    found = 0
    for one in tree.listed("primitives", said):
        at = tree.inner(one, "attributes").get("POSITION")
        if at is not None:
            found += _HELD * arrays.count(at) * (2 + len(tree.listed("targets", one)))
    return found


def _part(arrays: Accessors, scene: Scene, at: int, node: Json, mesh: Mesh) -> Part:
    tree, count = arrays.file.tree, len(mesh.names)
    said = tree.one("meshes", node["mesh"])
    weights = tree.numbers(node, "weights", count) or tree.numbers(said, "weights", count)
    still = np.array(weights or [0.0] * count)
    return Part(at, mesh, _skin(arrays, scene, node, mesh), still)


def _skin(arrays: Accessors, scene: Scene, node: Json, mesh: Mesh) -> Skin | None:
    """Read the skin of a mesh; None where its vertices follow the node."""
    tree = arrays.file.tree
    if "skin" not in node or not mesh.joints.shape[1]:
        return None
    said = tree.one("skins", node["skin"])
    joints = tree.pointers(said, "joints")
    for at in joints:
        if at not in scene.parents:
            raise tree.bad("joints that are nodes of the scene", f"node {at}")
    if not joints or mesh.joints.max(initial=0) >= len(joints):
        raise tree.bad(f"joints below {len(joints)}", str(mesh.joints.max(initial=0)))
    back = np.tile(np.eye(4), (len(joints), 1, 1))
    if "inverseBindMatrices" in said:
        found = arrays.floats(tree.whole(said, "inverseBindMatrices"), 16)
        if len(found) < len(joints):
            raise tree.bad(f"{len(joints)} matrices of joints", str(len(found)))
        back = found[: len(joints)].reshape(-1, 4, 4).transpose(0, 2, 1)
    return Skin(tuple(joints), back)
