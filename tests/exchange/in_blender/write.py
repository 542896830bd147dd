"""Runs in Blender: writes a face with shapes, and 60 frames of its take, as GLB."""

from __future__ import annotations

import sys

import bpy
import numpy as np

vars(np)["bool"] = bool  # Blender 3.4's glTF asks for it, and NumPy has it no more


def main(source: str, out: str, smooth: str) -> None:
    """Make the face by hand, with a shape key for each of its shapes, and export it."""
    data = np.load(source)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    mesh = bpy.data.meshes.new("face")
    mesh.from_pydata(_turned(data["neutral"]).tolist(), [], data["faces"].tolist())
    mesh.polygons.foreach_set("use_smooth", [smooth == "smooth"] * len(mesh.polygons))
    face = bpy.data.objects.new("face", mesh)
    bpy.context.scene.collection.objects.link(face)
    face.shape_key_add(name="Basis")
    for name, delta in zip(data["names"], data["deltas"], strict=True):
        key = face.shape_key_add(name=str(name))
        key.slider_min, key.slider_max = -1.0, 2.0
        key.data.foreach_set("co", _turned(data["neutral"] + delta).ravel())
    for frame, weights in enumerate(data["weights"][:60]):
        for key, weight in zip(mesh.shape_keys.key_blocks[1:], weights, strict=True):
            key.value = weight
            key.keyframe_insert("value", frame=frame)
    scene = bpy.context.scene
    scene.render.fps, scene.frame_start, scene.frame_end = 30, 0, 59
    bpy.ops.export_scene.gltf(filepath=out, export_format="GLB", export_morph_normal=False)


def _turned(points: np.ndarray) -> np.ndarray:
    """Take points with y up (N, 3) to where z is up."""
    return points[:, [0, 2, 1]] * np.array([1.0, -1.0, 1.0])


main(*sys.argv[sys.argv.index("--") + 1 :])
