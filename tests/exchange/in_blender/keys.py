"""Runs in Blender: opens a GLB and prints the names of its shape keys."""

from __future__ import annotations

import sys

import bpy
import numpy as np

vars(np)["bool"] = bool  # Blender 3.4's glTF asks for it, and NumPy has it no more
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.import_scene.gltf(filepath=sys.argv[-1])
(mesh,) = (each.data for each in bpy.context.scene.objects if each.type == "MESH")
print("keys:", *(key.name for key in mesh.shape_keys.key_blocks))
