"""Runs in Blender: opens a file and saves the vertices of some frames, (T, V, 3) in mm, y up."""

from __future__ import annotations

import sys
from pathlib import Path

import bpy
import numpy as np

vars(np)["bool"] = bool  # Blender 3.4's glTF asks for it, and NumPy has it no more
_OPENERS = {
    ".obj": lambda path: bpy.ops.wm.obj_import(filepath=path),
    ".ply": lambda path: bpy.ops.import_mesh.ply(filepath=path),
    ".stl": lambda path: bpy.ops.import_mesh.stl(filepath=path),
    ".glb": lambda path: bpy.ops.import_scene.gltf(filepath=path),
    ".gltf": lambda path: bpy.ops.import_scene.gltf(filepath=path),
    ".usd": lambda path: bpy.ops.wm.usd_import(filepath=path),
    ".usda": lambda path: bpy.ops.wm.usd_import(filepath=path),
    ".usdc": lambda path: bpy.ops.wm.usd_import(filepath=path),
    ".usdz": lambda path: bpy.ops.wm.usd_import(filepath=path),
    ".abc": lambda path: bpy.ops.wm.alembic_import(filepath=path, as_background_job=False),
    ".pc2": lambda path: _cached(path, "PC2"),
    ".mdd": lambda path: _cached(path, "MDD"),
}
_LACKS = 4  # the status where this Blender is built without an importer
_IN_MILLIMETERS = (".obj", ".pc2", ".mdd")  # what says no unit, and is read with a meter as one
# Importers of bare triangles leave axes and numbers as they are.
_AS_THEY_ARE = (".ply", ".stl")


def main(path: str, out: str, frames: str, fps: str) -> None:
    """Open the file in an empty scene, and look at its meshes from frame to frame."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene, suffix = bpy.context.scene, Path(path).suffix.lower()
    scene.render.fps, scene.render.fps_base = round(float(fps)), round(float(fps)) / float(fps)
    try:
        _OPENERS[suffix](path)
    except AttributeError:
        sys.exit(_LACKS)
    seen = []
    for frame in map(int, frames.split(",")):
        scene.frame_set(frame)
        seen.append(_vertices(suffix))
    np.save(out, np.stack(seen))


def _cached(path: str, kind: str) -> None:
    """Open the mesh beside a point cache, and move it by that."""
    bpy.ops.wm.obj_import(filepath=str(Path(path).with_suffix(".obj")))
    (mesh,) = (each for each in bpy.context.scene.objects if each.type == "MESH")
    cache = mesh.modifiers.new("cache", "MESH_CACHE")
    cache.cache_format, cache.filepath, cache.frame_start = kind, path, 0.0


def _vertices(suffix: str) -> np.ndarray:
    looked, parts = bpy.context.evaluated_depsgraph_get(), []
    for each in sorted(bpy.context.scene.objects, key=lambda each: each.name):
        if each.type == "MESH":
            shown = each.evaluated_get(looked)
            mesh = shown.to_mesh()
            flat = np.empty(3 * len(mesh.vertices))
            mesh.vertices.foreach_get("co", flat)
            matrix = np.array(shown.matrix_world)
            parts.append(flat.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3])
            shown.to_mesh_clear()
    points = np.concatenate(parts)
    if suffix in _AS_THEY_ARE:
        return points
    x, y, z = points.T
    return np.stack([x, z, -y], axis=1) * (1.0 if suffix in _IN_MILLIMETERS else 1000.0)


main(*sys.argv[sys.argv.index("--") + 1 :])
