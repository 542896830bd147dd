"""Vertex lines in text: fixed decimals looked up in tables of digits, a frame at a time.

A number is laid out in words of four bytes, NUL where a shorter number has nothing to say; the
NULs are dropped from the whole frame at once.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint32]

_MOST = 100_000  # the whole part and its sign fit two words: " -99999."


@lru_cache(maxsize=8)
def _wholes(size: int) -> Words:
    """(2 * size, 2) words: " 0." to the largest whole part, then the same with a minus."""
    text = [f"{sign}{k}.".rjust(8, "\0") for sign in (" ", " -") for k in range(size)]
    return np.frombuffer("".join(text).encode(), "<u4").reshape(-1, 2).copy()


@lru_cache(maxsize=8)
def _fractions(width: int) -> Words:
    """(10 ** width,) words: all decimals of a width of at most 4."""
    text = "".join(f"{k:0{width}d}".rjust(4, "\0") for k in range(10**width))
    return np.frombuffer(text.encode(), "<u4").copy()


class VertexLines:
    """Formats frames of V vertices as lines ``v x y z``; its buffer is used again for each frame.

    Parameters
    ----------
    decimals
        1 to 8, of every coordinate.
    """

    def __init__(self, n_vertices: int, decimals: int) -> None:
        self.decimals = decimals
        self.widths = [decimals] if decimals <= 4 else [decimals - 4, 4]
        columns = 2 + 3 * (2 + len(self.widths))
        self._buffer = bytearray(4 * columns * n_vertices)
        self._rows: Words = np.frombuffer(self._buffer, "<u4").reshape(n_vertices, columns)
        self._rows[:, 0] = ord("v")
        self._rows[:, -1] = ord("\n")
        self._numbers = self._rows[:, 1:-1].reshape(n_vertices, 3, -1, copy=False)

    def format(self, vertices: NDArray[np.floating]) -> bytes | bytearray:
        """Write the lines of (V, 3) finite coordinates."""
        whole, fraction, negative = self._parts(vertices)
        largest = int(whole.max(initial=0))
        if largest >= _MOST:
            return self._plain(vertices)
        size = 1 << max(largest.bit_length(), 9)
        self._numbers[..., :2] = _wholes(size)[whole + size * negative]
        for column, width in reversed(list(enumerate(self.widths))):
            fraction, digits = np.divmod(fraction, 10**width) if column else (fraction, fraction)
            self._numbers[..., 2 + column] = _fractions(width)[digits]
        return self._buffer.translate(None, b"\0")

    def _parts(
        self, vertices: NDArray[np.floating]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        """Whole part, decimals as an integer, and whether a minus is due; -0 has none."""
        scaled = np.rint(np.asarray(vertices, dtype=np.float64) * 10.0**self.decimals)
        whole, fraction = np.divmod(np.abs(scaled).astype(np.int64), 10**self.decimals)
        return whole, fraction, scaled < 0

    def _plain(self, vertices: NDArray[np.floating]) -> bytes:
        line = "v " + " ".join([f"%.{self.decimals}f"] * 3) + "\n"
        return "".join(line % tuple(row) for row in vertices.tolist()).encode()
