"""Small valid glTF files, of everything that the reader knows."""

from __future__ import annotations

import base64
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .reader import Write, holding, spelled

_CODES = {"u1": 5121, "i2": 5122, "u2": 5123, "f4": 5126}
_SHAPES = {1: "SCALAR", 3: "VEC3", 4: "VEC4", 16: "MAT4"}
Json = dict[str, Any]


def gltf_files() -> dict[str, Write]:
    """Write files by name: joints, targets, sparse and strided arrays, and buffers beside."""
    tree, blob = _jointed()
    held = "data:application/octet-stream;base64," + base64.b64encode(blob).decode()
    buffer: Json = {"byteLength": len(blob)}
    return {
        "jointed.glb": holding(packed(tree | {"buffers": [buffer]}, blob)),
        "held.gltf": spelled(json.dumps(tree | {"buffers": [buffer | {"uri": held}]})),
        "beside.gltf": _beside(tree, blob),
    }


def packed(tree: Json, blob: bytes) -> bytes:
    """Put a file into one piece, whatever its JSON says."""
    text = json.dumps(tree).encode()
    return joined(text, blob)


def joined(text: bytes, blob: bytes) -> bytes:
    """Put JSON and a buffer into one piece."""
    text, blob = text + b" " * (-len(text) % 4), blob + b"\0" * (-len(blob) % 4)
    head = struct.pack("<4sII", b"glTF", 2, 28 + len(text) + len(blob))
    chunk = struct.pack("<I4s", len(text), b"JSON") + text
    return head + chunk + struct.pack("<I4s", len(blob), b"BIN\0") + blob


def _beside(tree: Json, blob: bytes) -> Write:
    def write(path: Path) -> None:
        path.with_suffix(".bin").write_bytes(blob)
        buffer = {"byteLength": len(blob), "uri": f"{path.stem}.bin"}
        path.write_text(json.dumps(tree | {"buffers": [buffer]}), encoding="utf-8")

    return write


def _jointed() -> tuple[Json, bytes]:
    """Make two meshes, one on joints, both with targets, and two animations."""
    chance, arrays, views, blob = np.random.default_rng(1), list[Json](), list[Json](), bytearray()

    def view(data: bytes, **said: int) -> int:
        blob.extend(b"\0" * (-len(blob) % 4))
        place = {"buffer": 0, "byteOffset": len(blob), "byteLength": len(data)}
        views.append(place | said)
        blob.extend(data)
        return len(views) - 1

    def array(numbers: NDArray[np.generic], **said: object) -> int:
        columns = 1 if numbers.ndim == 1 else numbers.shape[1]
        kind = {"componentType": _CODES[numbers.dtype.str[1:]], "type": _SHAPES[columns]}
        place = {"bufferView": view(numbers.tobytes()), "count": len(numbers)}
        arrays.append(kind | place | said)
        return len(arrays) - 1

    def some(*shape: int) -> NDArray[np.float32]:
        return chance.uniform(-1, 1, shape).astype(np.float32)

    faces = array(np.array([0, 1, 2, 0, 2, 3, 0, 3, 1, 1, 3, 4], np.uint16))
    corners, moved, turns = array(some(5, 3)), array(some(5, 3)), some(3, 4)
    strided = view(np.rint(3000 * some(5, 8)).astype(np.int16).tobytes(), byteStride=16)
    short: Json = {"componentType": 5122, "type": "VEC3", "count": 5, "normalized": True}
    arrays.append(short | {"bufferView": strided})
    places, values = view(bytes([1, 3])), view(some(2, 3).tobytes())
    few = {
        "count": 2,
        "indices": {"bufferView": places, "componentType": 5121},
        "values": {"bufferView": values},
    }
    arrays.append({"componentType": 5126, "type": "VEC3", "count": 5, "sparse": few})
    whole, sparse = len(arrays) - 2, len(arrays) - 1
    follows = {
        "JOINTS_0": array(np.array([[0, 1, 0, 0]] * 5, np.uint8)),
        "WEIGHTS_0": array(np.array([[99, 156, 0, 0]] * 5, np.uint8), normalized=True),
    }
    times = array(np.array([0.0, 0.1, 0.2], np.float32))
    spline = {"input": times, "output": array(some(18)), "interpolation": "CUBICSPLINE"}
    line = {"input": times, "output": array(turns)}
    step = {"input": times, "output": array(some(3, 3)), "interpolation": "STEP"}
    back = array(np.stack([np.eye(4)] * 2).astype(np.float32).reshape(2, 16))
    targets = [{"POSITION": moved}, {"POSITION": sparse}]
    tree: Json = {
        "asset": {"version": "2.0", "extras": {"fps": 30, "unit": "m"}},
        "extensionsRequired": ["KHR_mesh_quantization"],
        "scene": 0,
        "scenes": [{"nodes": [0, 2]}],
        "nodes": [
            {"mesh": 0, "children": [1], "matrix": np.eye(4).ravel().tolist()},
            {"mesh": 1, "skin": 0, "weights": [0.1, 0.2]},
            {"children": [3], "translation": [0, 1, 0], "rotation": [0, 0, 0, 1]},
            {"scale": [1, 1, 1]},
        ],
        "skins": [{"joints": [2, 3], "inverseBindMatrices": back}],
        "meshes": [
            _mesh({"POSITION": whole}, faces, targets, mode=4),
            _mesh({"POSITION": corners} | follows, faces, targets, mode=5),
        ],
        "animations": [
            {"name": "first", "samplers": [spline, line], "channels": [
                {"sampler": 0, "target": {"node": 1, "path": "weights"}},
                {"sampler": 1, "target": {"node": 3, "path": "rotation"}},
            ]},
            {"samplers": [step], "channels": [
                {"sampler": 0, "target": {"node": 2, "path": "translation"}},
            ]},
        ],
        "accessors": arrays,
        "bufferViews": views,
    }  # fmt: skip
    return tree, bytes(blob)


def _mesh(attributes: Json, indices: int, targets: list[Json], mode: int) -> Json:
    primitive = {"attributes": attributes, "indices": indices, "targets": targets, "mode": mode}
    return {"primitives": [primitive], "extras": {"targetNames": ["jawOpen", "smile"]}}
