"""Runs in Blender: writes a face with shapes and 60 frames of its take in a format by name."""

from __future__ import annotations

import sys
from pathlib import Path

import bpy
import numpy as np

vars(np)["bool"] = bool  # Blender 3.4's glTF asks for it, and NumPy has it no more
_FRAMES = 60
_LACKS = 4  # the status where this Blender is built without an exporter


def main(source: str, out: str, shading: str = "flat") -> None:
    """Make the face with a shape key for each of its shapes, and export it by the suffix."""
    data = np.load(source)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.fps, scene.frame_start, scene.frame_end = 30, 0, _FRAMES - 1
    mesh = bpy.data.meshes.new("face")
    mesh.from_pydata(_turned(data["neutral"]).tolist(), [], data["faces"].tolist())
    mesh.polygons.foreach_set("use_smooth", [shading == "smooth"] * len(mesh.polygons))
    face = bpy.data.objects.new("face", mesh)
    scene.collection.objects.link(face)
    face.shape_key_add(name="Basis")
    for name, delta in zip(data["names"], data["deltas"], strict=True):
        key = face.shape_key_add(name=str(name))
        key.slider_min, key.slider_max = -1.0, 2.0
        key.data.foreach_set("co", _turned(data["neutral"] + delta).ravel())
    for frame, weights in enumerate(data["weights"][:_FRAMES]):
        for key, weight in zip(mesh.shape_keys.key_blocks[1:], weights, strict=True):
            key.value = weight
            key.keyframe_insert("value", frame=frame)
    try:
        _export(out)
    except AttributeError:
        sys.exit(_LACKS)


def _export(out: str) -> None:
    suffix = Path(out).suffix
    if suffix == ".glb":
        bpy.ops.export_scene.gltf(filepath=out, export_format="GLB", export_morph_normal=False)
    elif suffix == ".fbx":
        # With either of these on, keys of shapes are no animation to it.
        takes = {"bake_anim_use_nla_strips": False, "bake_anim_use_all_actions": False}
        bpy.ops.export_scene.fbx(filepath=out, bake_anim_simplify_factor=0.0, **takes)
    elif suffix == ".abc":
        last = _FRAMES - 1
        bpy.ops.wm.alembic_export(filepath=out, start=0, end=last, as_background_job=False)
    elif suffix == ".usda":  # points at each time, and y up
        bpy.ops.wm.usd_export(
            filepath=out, export_animation=True, export_shapekeys=False, convert_orientation=True
        )
    else:  # blend shapes of a skeleton, and z up
        bpy.ops.wm.usd_export(filepath=out, export_animation=True)


def _turned(points: np.ndarray) -> np.ndarray:
    """Take points with y up (N, 3) to where z is up."""
    return points[:, [0, 2, 1]] * np.array([1.0, -1.0, 1.0])


main(*sys.argv[sys.argv.index("--") + 1 :])
