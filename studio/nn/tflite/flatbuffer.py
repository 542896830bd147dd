"""Reading of FlatBuffers, the form of .tflite files: tables whose fields are found by number.

Every place lies inside the file, or a `ValueError` says that it does not.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Table:
    """One table of a FlatBuffer.

    Attributes
    ----------
    data
        The whole file.
    place
        Where the table begins in it.
    """

    data: bytes
    place: int

    @classmethod
    def root(cls, data: bytes) -> Table:
        """Find the table that holds the others."""
        return cls(data, _number(data, "<I", 0))

    def number(self, field: int, kind: str, otherwise: int = 0) -> int:
        """Read a number.

        Parameters
        ----------
        field
            Which of the table, counted from 0 in its schema.
        kind
            How `struct` names its type: "b", "B", "i" or "I".
        otherwise
            What it is where the file leaves it out.
        """
        place = self._field(field)
        return otherwise if place is None else _number(self.data, f"<{kind}", place)

    def table(self, field: int) -> Table | None:
        """Read a table in a field, None where the file leaves it out."""
        place = self._field(field)
        return None if place is None else Table(self.data, _followed(self.data, place))

    def tables(self, field: int) -> list[Table]:
        """Read a list of tables."""
        start, count = self._vector(field, 4)
        places = range(start, start + 4 * count, 4)
        return [Table(self.data, _followed(self.data, place)) for place in places]

    def array(self, field: int, dtype: Any) -> NDArray[Any]:
        """Read a list of numbers (N,), read-only and without a copy."""
        kind = np.dtype(dtype)
        start, count = self._vector(field, kind.itemsize)
        return np.frombuffer(self.data, kind, count, start)

    def _field(self, field: int) -> int | None:
        layout = self.place - _number(self.data, "<i", self.place)
        known = _number(self.data, "<H", layout)
        entry = 4 + 2 * field
        offset = _number(self.data, "<H", layout + entry) if entry + 2 <= known else 0
        return self.place + offset if offset else None

    def _vector(self, field: int, size: int) -> tuple[int, int]:
        """Find where a list begins, and how many items of this size it has."""
        place = self._field(field)
        if place is None:
            return 0, 0
        start = _followed(self.data, place)
        count = _number(self.data, "<I", start)
        if start + 4 + count * size > len(self.data):
            raise ValueError(f"a list of {count} items runs over the end of the file")
        return start + 4, count


def _followed(data: bytes, place: int) -> int:
    return place + _number(data, "<I", place)


def _number(data: bytes, kind: str, place: int) -> int:
    if not 0 <= place <= len(data) - struct.calcsize(kind):
        raise ValueError(f"byte {place} lies outside the file")
    return int(struct.unpack_from(kind, data, place)[0])
