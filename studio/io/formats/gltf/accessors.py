"""The arrays of a glTF file: strided, sparse, or whole numbers that stand for fractions."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Doubles
from studio.io.units import shown

from .container import Container
from .tree import Json

Index = NDArray[np.int64]
Numbers = NDArray[np.generic]

NUMBERS: dict[object, np.dtype[np.generic]] = {
    5120: np.dtype("<i1"), 5121: np.dtype("<u1"), 5122: np.dtype("<i2"), 5123: np.dtype("<u2"),
    5125: np.dtype("<u4"), 5126: np.dtype("<f4"),
}  # fmt: skip
_COLUMNS: dict[object, int] = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
_EMPTY = 1 << 20  # entries of an array of zeros that takes no byte of the file


@dataclass(frozen=True, eq=False)
class Accessors:
    """Gives the arrays of a file by their numbers.

    Attributes
    ----------
    file
        The file.
    """

    file: Container
    _floats: dict[int, Doubles] = field(default_factory=dict)

    def count(self, index: object) -> int:
        """Say how many entries an array has, which the file has the bytes for."""
        said = self.file.tree.one("accessors", index)
        count = self.file.tree.whole(said, "count")
        if count < 1:
            raise self.file.tree.bad("an accessor of 1 entry or more", "0")
        if "bufferView" in said:
            self._view(said, count, *self._kind(said))
        elif count > _EMPTY:
            wanted = f"an accessor without bytes of {_EMPTY} entries or fewer"
            raise self.file.tree.bad(wanted, str(count))
        return count

    def floats(self, index: int, columns: int) -> Doubles:
        """Give an array (N, C) of numbers; whole numbers as the fractions they stand for."""
        if index not in self._floats:
            said = self.file.tree.one("accessors", index)
            self._floats[index] = self._scaled(self._array(index, said), said)
        found = self._floats[index]
        if found.shape[1] != columns:
            wanted = f"an accessor of {columns} numbers an entry"
            raise self.file.tree.bad(wanted, f"{found.shape[1]} in accessor {index}")
        return found

    def whole(self, index: int, columns: int) -> Index:
        """Give an array (N, C) of whole numbers."""
        found = self._array(index, self.file.tree.one("accessors", index))
        if found.dtype.kind == "f" or found.shape[1] != columns:
            wanted = f"an accessor of {columns} whole numbers an entry"
            raise self.file.tree.bad(wanted, f"{found.shape[1]} of type {found.dtype}")
        return found.astype(np.int64)

    def _scaled(self, array: Numbers, said: Json) -> Doubles:
        numbers = array.astype(np.float64)
        if said.get("normalized") is True and array.dtype.kind != "f":
            numbers = np.maximum(numbers / np.iinfo(array.dtype.name).max, -1.0)
        return numbers

    def _kind(self, said: Json) -> tuple[np.dtype[np.generic], int]:
        """Say the type and the columns of an array."""
        number, shape = said.get("componentType"), said.get("type")
        if not isinstance(number, int) or number not in NUMBERS or shape not in _COLUMNS:
            raise self.file.tree.bad("an accessor of a known type", shown(f"{number} {shape}"))
        return NUMBERS[number], _COLUMNS[shape]

    def _array(self, index: object, said: Json) -> Numbers:
        """Give an array (N, C) as it lies in the file, with what a sparse one changes."""
        count, (dtype, columns) = self.count(index), self._kind(said)
        if "bufferView" in said:
            plain = self._view(said, count, dtype, columns)
        else:
            plain = np.zeros((count, columns), dtype)
        sparse = self.file.tree.inner(said, "sparse")
        return self._changed(plain, sparse) if sparse else plain

    def _changed(self, plain: Numbers, sparse: Json) -> Numbers:
        tree, some = self.file.tree, self.file.tree.whole(sparse, "count")
        at, values = tree.inner(sparse, "indices"), tree.inner(sparse, "values")
        number = at.get("componentType")
        if number not in (5121, 5123, 5125):
            raise tree.bad("places of a sparse accessor as whole numbers", shown(str(number)))
        if not 1 <= some <= len(plain):
            raise tree.bad(f"a sparse accessor of 1 to {len(plain)} entries", str(some))
        places = self._view(at, some, NUMBERS[number], 1)[:, 0].astype(np.int64)
        if places.max() >= len(plain):
            raise tree.bad(f"places below {len(plain)} in a sparse accessor", str(places.max()))
        changed = plain.copy()
        changed[places] = self._view(values, some, plain.dtype, plain.shape[1])
        return changed

    def _view(self, said: Json, count: int, dtype: np.dtype[np.generic], columns: int) -> Numbers:
        """Look at the bytes of an array (count, columns), all of which have to be there."""
        tree = self.file.tree
        view = tree.one("bufferViews", said.get("bufferView"))
        for name in tree.inner(view, "extensions"):
            raise tree.lacks(name)
        data = self.file.buffer(view.get("buffer"))
        start, length = tree.whole(view, "byteOffset", 0), tree.whole(view, "byteLength")
        offset, entry = tree.whole(said, "byteOffset", 0), columns * dtype.itemsize
        stride = tree.whole(view, "byteStride", 0) or entry
        needed = offset + stride * (count - 1) + entry
        if start + length > len(data):
            raise tree.bad(f"a view within the {len(data)} bytes of its buffer", f"{length} bytes")
        if needed > length or stride < entry:
            raise tree.bad(f"an accessor within the {length} bytes of its view", f"{needed} bytes")
        steps = stride, dtype.itemsize
        return np.ndarray((count, columns), dtype, data, start + offset, strides=steps)
