"""Runs in Blender: opens a file and saves the vertices of some frames, (T, V, 3) in mm, y up."""

from __future__ import annotations

import sys
from pathlib import Path

import bpy
import numpy as np

_OPENERS = {
    ".obj": lambda path: bpy.ops.wm.obj_import(filepath=path),
    ".ply": lambda path: bpy.ops.import_mesh.ply(filepath=path),
    ".stl": lambda path: bpy.ops.import_mesh.stl(filepath=path),
    ".glb": lambda path: bpy.ops.import_scene.gltf(filepath=path),
    ".gltf": lambda path: bpy.ops.import_scene.gltf(filepath=path),
    ".usd": lambda path: bpy.ops.wm.usd_import(filepath=path),
    ".usda": lambda path: bpy.ops.wm.usd_import(filepath=path),
    ".usdc": lambda path: bpy.ops.wm.usd_import(filepath=path),
    ".abc": lambda path: bpy.ops.wm.alembic_import(filepath=path),
}
# Importers of bare triangles leave axes and numbers as they are.
_AS_THEY_ARE = (".ply", ".stl")


def main(path: str, out: str, frames: str, fps: str) -> None:
    """Open the file in an empty scene, and look at its meshes from frame to frame."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene, suffix = bpy.context.scene, Path(path).suffix.lower()
    scene.render.fps, scene.render.fps_base = round(float(fps)), round(float(fps)) / float(fps)
    before = {".glb": 0, ".gltf": 0}.get(suffix, 1)  # the number of a file's first frame
    _OPENERS[suffix](path)
    seen = []
    for frame in map(int, frames.split(",")):
        scene.frame_set(frame + before)
        seen.append(_vertices(suffix))
    np.save(out, np.stack(seen))


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
    return np.stack([x, z, -y], axis=1) * (1.0 if suffix == ".obj" else 1000.0)


main(*sys.argv[sys.argv.index("--") + 1 :])
