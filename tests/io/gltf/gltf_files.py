"""glTF files made by hand, a piece at a time."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

CORNERS = np.array([[0, 0, 0.1], [0.1, 0, 0], [0, 0.1, 0], [-0.1, 0, 0]], np.float32)
FACES = np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1]], np.uint16)
_CODES = {"i1": 5120, "u1": 5121, "i2": 5122, "u2": 5123, "u4": 5125, "f4": 5126}
_SHAPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}


@dataclass
class Made:
    """A file in the making: its JSON and its one buffer."""

    tree: dict[str, Any] = field(default_factory=lambda: {"asset": {"version": "2.0"}})
    blob: bytes = b""

    def view(self, data: bytes, **said: object) -> int:
        self.blob += b"\0" * (-len(self.blob) % 4)
        place = {"buffer": 0, "byteOffset": len(self.blob), "byteLength": len(data)}
        self.blob += data
        return self.add("bufferViews", place | said)

    def add(self, kind: str, item: dict[str, Any]) -> int:
        self.tree.setdefault(kind, []).append(item)
        return len(self.tree[kind]) - 1

    def array(self, array: NDArray[np.generic], **said: object) -> int:
        return self.add(
            "accessors", _head(array) | {"bufferView": self.view(array.tobytes())} | said
        )

    def sparse(self, array: NDArray[np.generic]) -> int:
        """Add an array of zeros but for the rows that are not."""
        places = np.flatnonzero(array.any(axis=1)).astype(np.uint8)
        changed = {
            "count": len(places),
            "indices": {"bufferView": self.view(places.tobytes()), "componentType": 5121},
            "values": {"bufferView": self.view(array[places].tobytes())},
        }
        return self.add("accessors", _head(array) | {"sparse": changed})

    def mesh(
        self,
        deltas: dict[str, NDArray[np.float32]] | None = None,
        corners: NDArray[np.generic] = CORNERS,
        faces: NDArray[np.integer] | None = FACES,
        **said: object,
    ) -> int:
        """Add a mesh with a target for each name."""
        primitive: dict[str, Any] = {"attributes": {"POSITION": self.array(corners)}}
        if faces is not None:
            primitive["indices"] = self.array(faces.ravel())
        mesh: dict[str, Any] = {"primitives": [primitive | said]}
        if deltas:
            primitive |= {"targets": [{"POSITION": self.array(one)} for one in deltas.values()]}
            mesh |= {"primitives": [primitive | said], "extras": {"targetNames": list(deltas)}}
        return self.add("meshes", mesh)

    def moved(
        self,
        path: str,
        times: NDArray[np.float32],
        values: NDArray[np.float32],
        node: int = 0,
        way: str = "LINEAR",
        **said: object,
    ) -> int:
        """Add an animation of one property."""
        flat = values if path != "weights" else values.ravel()
        sampler = {"input": self.array(times), "output": self.array(flat), "interpolation": way}
        channel = {"sampler": 0, "target": {"node": node, "path": path}}
        return self.add("animations", {"samplers": [sampler], "channels": [channel]} | said)

    @property
    def glb(self) -> bytes:
        """The file in one piece."""
        blob = self.blob + b"\0" * (-len(self.blob) % 4)
        text = json.dumps({"buffers": [{"byteLength": len(self.blob)}]} | self.tree).encode()
        text += b" " * (-len(text) % 4)
        head = struct.pack("<4sII", b"glTF", 2, 28 + len(text) + len(blob))
        chunk = struct.pack("<I4s", len(text), b"JSON") + text
        return head + chunk + struct.pack("<I4s", len(blob), b"BIN\0") + blob

    def write(self, path: Path) -> Path:
        path.write_bytes(self.glb)
        return path

    def written_apart(self, path: Path, uri: str) -> Path:
        """Write JSON that names its buffer by a URI."""
        buffer = {"uri": uri, "byteLength": len(self.blob)}
        path.write_text(json.dumps(self.tree | {"buffers": [buffer]}), encoding="utf-8")
        return path


def _head(array: NDArray[np.generic]) -> dict[str, Any]:
    columns = 1 if array.ndim == 1 else array.shape[1]
    kind = _CODES[array.dtype.str[1:]]
    return {"componentType": kind, "count": len(array), "type": _SHAPES[columns]}


def face(deltas: dict[str, NDArray[np.float32]] | None = None) -> Made:
    """Make a small face in a scene of one node."""
    made = Made()
    made.add("nodes", {"mesh": made.mesh(deltas), "name": "face"})
    made.add("scenes", {"nodes": [0]})
    return made


def deltas(*names: str) -> dict[str, NDArray[np.float32]]:
    """Make a target for each name, of multiples of a tenth of a millimeter."""
    chance = np.random.default_rng(5)
    moved = chance.integers(-99, 99, (len(names), *CORNERS.shape)) / 10_000
    return dict(zip(names, moved.astype(np.float32), strict=True))
