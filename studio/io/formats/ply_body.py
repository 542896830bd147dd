"""The body of a PLY file, ascii or binary, element by element."""

from __future__ import annotations

import struct
from array import array
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError
from studio.io.units import Doubles, shown

from .numbers import Index, read_numbers
from .ply_header import LENGTH, Element, Header


def _each(starts: Index, counts: Index, size: int = 1) -> Index:
    """Find the places of all entries of lists, given where each list begins.

    Parameters
    ----------
    starts, counts : (R,) places of the lists, and how many entries each has
    size : of an entry

    Returns
    -------
    (N,) places, N the sum of the counts
    """
    before = np.cumsum(counts) - counts
    places = np.repeat(starts - size * before, counts) + size * np.arange(counts.sum())
    return np.asarray(places, dtype=np.int64)


class Binary:
    """Walks through the elements of a binary file."""

    def __init__(self, data: bytes, header: Header, path: Path) -> None:
        self.data, self.order, self.place, self.path = data, header.order, header.size, path

    def table(self, element: Element) -> dict[str, NDArray[np.generic]]:
        if element.has_lists:
            raise InputError.of(
                self.path, f"plain numbers in element {shown(element.name)}", "a list"
            )
        rows = self._take(element.dtype(self.order), element.size)
        return {p.name: rows[p.name] for p in element.properties}

    def skip(self, element: Element) -> None:
        if element.has_lists:
            self._spans(element, None)
        else:
            self.table(element)

    def lists(self, element: Element, name: str) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
        """Read the entries (N,) of a list property of all rows, and the length (R,) of each."""
        alike = self._alike(element, name)
        if alike is not None:
            return alike.reshape(-1), np.full(len(alike), alike.shape[1])
        starts, counts = self._spans(element, name)
        dtype = np.dtype(next(self.order + p.type for p in element.properties if p.name == name))
        first = _each(starts, counts, dtype.itemsize)
        raw = np.frombuffer(self.data, np.uint8)
        return raw[first[:, None] + np.arange(dtype.itemsize)].view(dtype)[:, 0], counts

    def _take(self, dtype: np.dtype[np.void], count: int) -> NDArray[np.void]:
        end = self.place + dtype.itemsize * count
        self._check_end(end)
        rows = np.frombuffer(self.data, dtype, count, self.place)
        self.place = end
        return rows

    def _alike(self, element: Element, name: str) -> NDArray[np.integer] | None:
        """(F, N) where all lists are as long as the first and no other list is there."""
        length = self._first_length(element)
        if not length or sum(p.count is not None for p in element.properties) != 1:
            return None
        fields: list[tuple[str, str] | tuple[str, str, tuple[int]]] = []
        for p in element.properties:
            if p.count:
                fields.append((LENGTH, self.order + p.count))
                fields.append((p.name, self.order + p.type, (length,)))
            else:
                fields.append((p.name, self.order + p.type))
        if length > len(self.data) - self.place:
            return None
        dtype = np.dtype(fields)
        if self.place + dtype.itemsize * element.size > len(self.data):
            return None
        rows = np.frombuffer(self.data, dtype, element.size, self.place)
        if not (rows[LENGTH] == length).all():
            return None
        self.place += dtype.itemsize * element.size
        return np.asarray(rows[name])

    def _first_length(self, element: Element) -> int:
        """How long the first list of the first row is; 0 where it cannot be told."""
        place = self.place
        for p in element.properties if element.size else ():
            dtype = np.dtype(self.order + (p.count or p.type))
            if place + dtype.itemsize > len(self.data):
                return 0
            if p.count:
                length = int(np.frombuffer(self.data, dtype, 1, place)[0])
                return length if 0 < length < len(self.data) - place else 0
            place += dtype.itemsize
        return 0

    def _spans(self, element: Element, name: str | None) -> tuple[Index, Index]:
        """Find where the lists of one property begin, and how long they are; goes past the rows."""
        lists, skip = [], 0
        for p in element.properties:
            if p.count:
                length = struct.Struct(self.order + np.dtype(p.count).char)
                lists.append((skip, length, np.dtype(p.type).itemsize, p.name == name))
            skip = 0 if p.count else skip + np.dtype(p.type).itemsize
        least = skip + sum(before + length.size for before, length, _, _ in lists)
        self._check_end(self.place + least * element.size)
        starts, counts = array("q"), array("q")
        data, place = self.data, self.place
        try:
            for _ in range(element.size):
                for before, length, size, wanted in lists:
                    (count,) = length.unpack_from(data, place + before)
                    place += before + length.size
                    count = count if count > 0 else 0
                    if wanted:
                        starts.append(place)
                        counts.append(count)
                    place += count * size
                place += skip
        except struct.error:
            self._check_end(place + least)
            raise
        self._check_end(place)
        self.place = place
        return np.array(starts, np.int64), np.array(counts, np.int64)

    def _check_end(self, end: int) -> None:
        if end > len(self.data):
            raise InputError.of(self.path, f"{end} bytes", f"{len(self.data)}: it is cut short")


class Ascii:
    """Walks through the elements of an ascii file, all of whose numbers are read at once."""

    def __init__(self, data: bytes, header: Header, path: Path) -> None:
        self.data, self.place, self.path = data, header.size, path

    def table(self, element: Element) -> dict[str, NDArray[np.generic]]:
        if element.has_lists:
            raise InputError.of(
                self.path, f"plain numbers in element {shown(element.name)}", "a list"
            )
        width = len(element.properties)
        rows = self._numbers(self._lines(element.size))
        if len(rows) != width * element.size:
            wanted = f"{element.size} lines of {width} numbers in element {shown(element.name)}"
            raise InputError.of(self.path, wanted, f"{len(rows)} numbers")
        rows = rows.reshape(-1, width)
        return {p.name: rows[:, k] for k, p in enumerate(element.properties)}

    def skip(self, element: Element) -> None:
        self._lines(element.size)

    def lists(self, element: Element, name: str) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
        """Read the entries (N,) of a list property of all rows, and the length (R,) of each."""
        numbers = self._numbers(self._lines(element.size))
        width = 1 + int(numbers[0]) if len(numbers) and 0 < numbers[0] < 1e6 else 1
        if len(element.properties) == 1 and len(numbers) == width * element.size:
            rows = numbers.reshape(-1, width)
            if (rows[:, 0] == width - 1).all():
                return self._whole(rows[:, 1:].ravel()), np.full(element.size, width - 1)
        starts, counts = self._spans(numbers, element, name)
        return self._whole(numbers[_each(starts, counts)]), counts

    def _spans(self, numbers: Doubles, element: Element, name: str) -> tuple[Index, Index]:
        """Find where the lists of one property begin among the numbers, and how long they are."""
        starts, counts = array("q"), array("q")
        place, values = 0, numbers.tolist()
        wanted = [(p.count is not None, p.name == name) for p in element.properties]
        for _ in range(element.size):
            for is_list, is_wanted in wanted:
                if place >= len(values):
                    raise self._short(element)
                count = self._length(values[place]) if is_list else 1
                place += is_list
                if is_wanted:
                    starts.append(place)
                    counts.append(count)
                place += count
        if place > len(values):
            raise self._short(element)
        return np.array(starts, np.int64), np.array(counts, np.int64)

    def _length(self, number: float) -> int:
        if not 0 <= number < 2**31:
            raise InputError.of(self.path, "the length of a list", str(number))
        return int(number)

    def _lines(self, count: int) -> bytes:
        """Take the next lines, as they stand; counted in one pass over the line ends."""
        start = self.place
        ends = np.flatnonzero(np.frombuffer(self.data, np.uint8, offset=start) == 10)
        if count > len(ends) + 1:
            raise InputError.of(self.path, f"{count} more lines", f"{len(ends)}: it is cut short")
        inside = 0 < count <= len(ends)
        self.place = start + (int(ends[count - 1]) + 1 if inside else 0)
        if count == len(ends) + 1:
            self.place = len(self.data)
        return self.data[start : self.place]

    def _numbers(self, text: bytes) -> Doubles:
        try:
            return read_numbers(text)
        except ValueError as error:
            raise InputError.of(self.path, "numbers", str(error)) from None

    def _whole(self, values: Doubles) -> NDArray[np.integer]:
        if not (np.abs(values) < 2**31).all() or (values != np.rint(values)).any():
            raise InputError.of(self.path, "vertex indices as whole numbers", "others")
        return values.astype(np.int64)

    def _short(self, element: Element) -> InputError:
        return InputError.of(self.path, f"{element.size} of element {shown(element.name)}", "fewer")
