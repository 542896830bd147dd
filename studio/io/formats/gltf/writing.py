"""A clip as a GLB file: a mesh with targets, curves of their weights, and the head on its node."""

from __future__ import annotations

import numpy as np

from studio.core import InputError, MeshSequence
from studio.core.sequence import Doubles, Floats
from studio.core.surfaces import vertex_normals
from studio.io.format import Destination
from studio.io.memory import check_room

from .actions import actions, is_ours
from .asked import ARKIT_WAY, AUTO, FRAMES, PCA
from .morphs import METER, Morphs, components, each_frame, poses
from .packing import CORNERS, VERTICES, Packing
from .tree import Json

_HEAP = 40  # bytes of memory for each coordinate of a clip
_DOWN = np.array([0.0, 0.0, 1.0], np.float32)  # normal of a vertex without triangles


def write(sequence: MeshSequence, to: Destination) -> None:
    """Write the clip; what it lost is told to the progress."""
    check_room(to.place, _HEAP * sequence.vertices.size)
    to.progress.report(0.0, f"Writing {to.place.name}")
    morphs = _morphs(sequence, to)
    to.progress.report(0.7, f"Writing {to.place.name}")
    packing = Packing()
    tree = _tree(sequence, morphs, packing)
    packing.write(to.paths[0], tree, to.place.name)
    to.progress.report(1.0, f"Writing {to.place.name}")


def _morphs(sequence: MeshSequence, to: Destination) -> Morphs:
    """Choose the targets, and say how far they are from the clip."""
    vertices, way = sequence.vertices, str(to.settings["morphs"])
    bound = float(to.settings["bound"])
    if sequence.frame_names:
        from studio.io.shapes import rest_pose

        return poses(vertices, sequence.frame_names, rest_pose(sequence.frame_names) or 0)
    if way == FRAMES or len(vertices) == 1:
        return each_frame(vertices)
    if way == ARKIT_WAY and not is_ours(sequence):
        wanted = "a clip of the studio's face for morphs=arkit; pca and frames take any"
        raise InputError.of(to.place, wanted, f"{sequence.n_vertices:,} other vertices")
    found = None
    if way != PCA and is_ours(sequence):
        found = actions(sequence, bound, to.progress.part(0.0, 0.5))
    if found is None or (way == AUTO and found.error > bound):
        found = components(vertices, bound, to.progress.part(0.5, 0.7))
    many = "component" if len(found.names) == 1 else "components"
    what = f"{len(found.names)} {'shapes of ARKit' if found.way == ARKIT_WAY else many}"
    over = f", more than the bound of {bound:g} mm" if found.error > bound else ""
    away = f"no vertex is farther than {found.error:.2g} mm from where it was{over}"
    to.progress.remarked(f"{to.place.name}: Its motion is that of {what}; {away}.")
    return found


def _tree(sequence: MeshSequence, morphs: Morphs, packing: Packing) -> Json:
    """Make the JSON, and pack the arrays that it points at."""
    node: Json = {"name": sequence.name, "mesh": 0}
    said: Json = {"fps": sequence.fps, "unit": "m", "morphs": morphs.way}
    if sequence.read_as.rate_by == "guess":
        said["fps_guessed"] = True
    if morphs.error:
        said["error_mm"] = morphs.error
    tree: Json = {
        "asset": {"version": "2.0", "generator": "Expression Studio"},
        "scene": 0,
        "scenes": [{"nodes": [0], "extras": said}],
        "nodes": [node],
        "meshes": [_mesh(sequence, morphs, packing)],
        "materials": [_material()],
    }
    if sequence.is_shifted:
        # A node of its own, whose place is no float32: the mesh keeps its detail.
        lifted = (sequence.origin / METER).tolist()
        tree["nodes"].append({"name": "place", "children": [0], "translation": lifted})
        tree["scenes"][0]["nodes"] = [1]
    if len(morphs.weights) > 1:
        tree["animations"] = [_animation(sequence, morphs, packing)]
    return tree


def _material() -> Json:
    surface = {
        "baseColorFactor": [0.8, 0.7, 0.64, 1.0],
        "metallicFactor": 0,
        "roughnessFactor": 0.6,
    }
    return {"name": "skin", "pbrMetallicRoughness": surface, "doubleSided": True}


def _mesh(sequence: MeshSequence, morphs: Morphs, packing: Packing) -> Json:
    base, faces = _meters(morphs.base), sequence.faces
    attributes = {"POSITION": packing.array(base, VERTICES, bounds=True)}
    primitive: Json = {"attributes": attributes, "mode": 4 if len(faces) else 0, "material": 0}
    if len(faces):
        normals = vertex_normals(morphs.base, faces)
        normals[~normals.any(axis=1)] = _DOWN
        attributes["NORMAL"] = packing.array(normals, VERTICES)
        number = np.uint16 if len(base) < 2**16 else np.uint32
        primitive["indices"] = packing.array(faces.ravel().astype(number), CORNERS)
    mesh: Json = {"name": sequence.name, "primitives": [primitive]}
    if morphs.names:
        changes = (packing.changes(_meters(delta)) for delta in morphs.deltas)
        primitive["targets"] = [{"POSITION": change} for change in changes]
        mesh["extras"] = {"targetNames": list(morphs.names)}
        first = morphs.weights[0] if len(morphs.weights) else np.zeros(len(morphs.names))
        mesh["weights"] = first.tolist()
    return mesh


def _animation(sequence: MeshSequence, morphs: Morphs, packing: Packing) -> Json:
    times = (np.arange(sequence.n_frames) / sequence.fps).astype(np.float32)
    curves = {"weights": morphs.weights.ravel()}
    if morphs.head is not None:
        curves["rotation"] = morphs.head.turns
        curves["translation"] = _meters(morphs.head.shift)
    at = packing.array(times, bounds=True)
    samplers = [
        {"input": at, "output": packing.array(curve), "interpolation": "LINEAR"}
        for curve in curves.values()
    ]
    channels = [
        {"sampler": number, "target": {"node": 0, "path": path}}
        for number, path in enumerate(curves)
    ]
    return {"name": sequence.name, "samplers": samplers, "channels": channels}


def _meters(array: Floats | Doubles) -> Floats:
    return (array.astype(np.float64) / METER).astype(np.float32)
