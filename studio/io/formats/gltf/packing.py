"""A GLB file put together: arrays into one buffer, and the JSON that points at them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError
from studio.core.sequence import Floats

from .accessors import NUMBERS
from .container import BINARY_CHUNK, CHUNK, HEAD, JSON_CHUNK, MAGIC
from .tree import Json

VERTICES, CORNERS = 34962, 34963  # what a view is for, as OpenGL names it
_CODES = {dtype: code for code, dtype in NUMBERS.items()}
_SHAPES = {1: "SCALAR", 3: "VEC3", 4: "VEC4"}
_MOST = 2**32 - 1  # bytes that the head of a file can say


@dataclass(eq=False)
class Packing:
    """A file that is being put together."""

    accessors: list[Json] = field(default_factory=list)
    views: list[Json] = field(default_factory=list)
    pieces: list[bytes] = field(default_factory=list)
    size: int = 0

    def array(
        self, array: NDArray[np.generic], target: int | None = None, *, bounds: bool = False
    ) -> int:
        """Add an array (N,) or (N, C), with its lowest and highest numbers where asked for."""
        said = _said(array)
        said["bufferView"] = self._view(array, target)
        return self._accessor(said, array, bounds=bounds)

    def changes(self, delta: Floats) -> int:
        """Add what a target (V, 3) adds, of few vertices by their numbers."""
        moved = np.flatnonzero(delta.any(axis=1))
        number = np.dtype(np.uint16 if len(delta) < 2**16 else np.uint32)
        if len(moved) * (number.itemsize + 12) >= len(delta) * 12:
            return self.array(delta, VERTICES, bounds=True)
        moved = moved if len(moved) else np.zeros(1, np.intp)  # a target of nothing
        places, values = moved.astype(number), delta[moved]
        said = _said(delta)
        said["sparse"] = {
            "count": len(moved),
            "indices": {"bufferView": self._view(places), "componentType": _CODES[number]},
            "values": {"bufferView": self._view(values)},
        }
        return self._accessor(said, delta, bounds=True)

    def _accessor(self, said: Json, array: NDArray[np.generic], *, bounds: bool) -> int:
        if bounds:
            flat = array.reshape(len(array), -1)
            said |= {"min": flat.min(axis=0).tolist(), "max": flat.max(axis=0).tolist()}
        self.accessors.append(said)
        return len(self.accessors) - 1

    def _view(self, array: NDArray[np.generic], target: int | None = None) -> int:
        data = np.ascontiguousarray(array).tobytes()
        said: Json = {"buffer": 0, "byteOffset": self.size, "byteLength": len(data)}
        self.views.append(said if target is None else said | {"target": target})
        self.pieces += [data, bytes(-len(data) % 4)]
        self.size += len(data) + -len(data) % 4
        return len(self.views) - 1

    def write(self, path: Path, tree: Json, named: str) -> None:
        """Write the file.

        Parameters
        ----------
        tree
            All but the arrays.
        named
            What a refusal speaks of.
        """
        held = {"accessors": self.accessors, "bufferViews": self.views}
        whole = tree | held | {"buffers": [{"byteLength": self.size}]}
        text = json.dumps(whole, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        length = HEAD.size + 2 * CHUNK.size + len(text) + self.size
        if length > _MOST:
            raise InputError.of(named, "a GLB file of up to 4 GiB", f"{length / 2**30:.1f} GiB")
        with path.open("wb") as file:
            file.write(HEAD.pack(MAGIC, 2, length) + CHUNK.pack(len(text), JSON_CHUNK) + text)
            file.write(CHUNK.pack(self.size, BINARY_CHUNK))
            file.writelines(self.pieces)


def _said(array: NDArray[np.generic]) -> Json:
    columns = 1 if array.ndim == 1 else array.shape[1]
    code = _CODES[array.dtype.newbyteorder("<")]
    return {"componentType": code, "count": len(array), "type": _SHAPES[columns]}
