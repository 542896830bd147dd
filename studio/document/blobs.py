"""Arrays as `.npy` in pieces, named by what is in them. Nothing in such a file is ever executed."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from studio.core.by_array import ByArray

Array = NDArray[Any]
Tick = Callable[[int], object]  # told the bytes of each piece; may raise to stop
_PIECE = 4 << 20
_KINDS = "biuf"


def _pieces(array: Array) -> list[memoryview]:
    """Cut the bytes of a contiguous array, a few megabytes at a time, without a copy."""
    view: memoryview = array.reshape(-1).view(np.uint8).data
    return [view[k : k + _PIECE] for k in range(0, len(view), _PIECE)]


def write_array(file: IO[bytes], array: Array, tick: Tick) -> None:
    """Write an array (...,) of numbers as `.npy`."""
    array = np.ascontiguousarray(array)
    if array.dtype.kind not in _KINDS:
        raise TypeError(f"an array of {array.dtype} cannot be stored in a session")
    header = {"descr": array.dtype.str, "fortran_order": False, "shape": array.shape}
    np.lib.format.write_array_header_1_0(file, header)
    for piece in _pieces(array):
        tick(len(piece))
        file.write(piece)


def read_array(file: IO[bytes], size: int, tick: Tick) -> Array:
    """Read an array that fills some bytes of a file.

    Parameters
    ----------
    file
        Stands at the beginning of the array.
    size
        How many bytes it fills, header included.
    tick
        Told the bytes of each piece.

    Returns
    -------
    (...,) of the type and shape that the header says, read-only

    Raises
    ------
    ValueError
        For objects (pickles), for other layouts and where the header claims another size; no memory
        is taken before that is clear.
    """
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError("another version of the array format")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.kind not in _KINDS or fortran:
        raise ValueError("an array of objects" if dtype.hasobject else f"an array of {dtype}")
    if file.tell() + math.prod(shape) * dtype.itemsize != size:
        raise ValueError("an array of another size than it says")
    array = np.empty(shape, dtype)
    for piece in _pieces(array):
        tick(len(piece))
        if _fill(file, piece) != len(piece):
            raise ValueError("an array that ends early")
    array.setflags(write=False)
    return array


def _fill(file: IO[bytes], piece: memoryview) -> int:
    done = 0
    while done < len(piece):
        got = file.readinto(piece[done:])  # type: ignore[attr-defined]
        if not got:
            break
        done += got
    return done


class Fingerprints:
    """Names arrays by their content; each is read once as long as it lives.

    Only arrays locked against writing are remembered. Safe to share between threads.
    """

    def __init__(self) -> None:
        self._known: ByArray[str] = ByArray()

    def __call__(self, array: Array, tick: Tick) -> str:
        """Name the type, the shape and the numbers of an array by 32 hex digits."""
        known = self._known.get(array)
        if known is not None:
            return known
        name = fingerprint(array, tick)
        if not array.flags.writeable:
            self._known.put(array, name)
        return name


def fingerprint(array: Array, tick: Tick) -> str:
    """Hash the type, the shape and the numbers of an array (...,) to 32 hex digits."""
    array = np.ascontiguousarray(array)
    digest = hashlib.sha256(repr((array.dtype.str, array.shape)).encode())
    for piece in _pieces(array):
        tick(len(piece))
        digest.update(piece)
    return digest.hexdigest()[:32]
