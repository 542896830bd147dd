"""Arrays of any usual shape as frames, faces, a frame rate and a unit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError
from studio.core.sequence import Ints
from studio.io.topology import checked_faces, fan, restarted
from studio.io.units import shown

_NUMBERS = "fiu"
_LEAST = 9  # numbers in a row that are taken for the coordinates of vertices
_FRAMES = "an array of shape (T, V, 3)"


def frames_of(array: object, path: Path) -> tuple[NDArray[np.generic], str]:
    """Take an array as frames: (T, V, 3), (T, V*3), (T, 3, V), one frame, or one clip of a batch.

    Returns
    -------
    frames : (T, V, 3)
    remark : what had to be turned, empty where nothing had

    Raises
    ------
    InputError
        For one that cannot be.
    """
    if not isinstance(array, np.ndarray):
        raise InputError.of(path, "an array of numbers", "another kind of file")
    if array.dtype.kind not in _NUMBERS:
        raise InputError.of(path, "an array of numbers", f"type {array.dtype}")
    shape, one = array.shape, _one_clip(array)
    flat = one.ndim == 2 and one.shape[1] != 3
    if 0 in shape or not 1 <= one.ndim <= 3:
        raise InputError.of(path, _FRAMES, str(shape))
    if one.shape[-1] == 3 and one.ndim > 1:
        return one.reshape(-1, *one.shape[-2:]), ""
    if (flat or one.ndim == 1) and one.shape[-1] >= _LEAST and one.shape[-1] % 3 == 0:
        return one.reshape(-1 if flat else 1, one.shape[-1] // 3, 3), ""
    if one.ndim > 1 and one.shape[-2] == 3:
        turned = np.swapaxes(one, -1, -2)
        return turned.reshape(-1, *turned.shape[-2:]), f"The array {shape} holds x, y and z apart."
    raise InputError.of(path, _FRAMES, str(shape))


def _one_clip(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """Take the axes of a batch of one away."""
    while array.ndim > 3 and array.shape[0] == 1:
        array = array[0]
    if array.ndim == 4 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim == 3 and 3 not in array.shape[1:] and 1 in array.shape[:2]:
        array = array[0] if array.shape[0] == 1 else array[:, 0]
    return array


def face_array(faces: object, n_vertices: int, path: Path) -> Ints:
    """Take an array as faces (F, 3): triangles, or polygons of as many corners, -1 for none.

    Raises
    ------
    InputError
        For one that cannot be.
    """
    if not isinstance(faces, np.ndarray):
        raise InputError.of(path, "faces as an array", "another kind of file")
    if not faces.size:
        return np.zeros((0, 3), np.int32)
    whole = faces.dtype.kind in "iu" or (
        faces.dtype.kind == "f" and bool((np.abs(faces) < 2**31).all() and (faces % 1 == 0).all())
    )
    if faces.ndim != 2 or faces.shape[1] < 3 or not whole:
        wanted = "faces of shape (F, 3) as whole numbers"
        raise InputError.of(path, wanted, f"shape {faces.shape} of type {faces.dtype}")
    corners = faces.astype(np.int64)
    if corners.shape[1] > 3:
        sizes = np.full(len(corners), corners.shape[1])
        corners = fan(*restarted(corners.ravel(), sizes)).astype(np.int64)
    return checked_faces(path, corners, n_vertices)


def rate_of(value: NDArray[np.generic], path: Path) -> float | None:
    """Take an array (...,) as frames a second: one number, a fraction of two, or as many alike.

    Raises
    ------
    InputError
        For one that cannot be.
    """
    numbers, wanted = value.ravel(), "fps as one number or a fraction of two"
    if value.dtype.kind in "US":
        numbers = np.array(text_of(value, "fps", path).lower().removesuffix("fps").split("/"))
    try:
        rates = [float(number) for number in numbers[:2]]
        alike = value.dtype.kind in _NUMBERS and bool((numbers == numbers[:1]).all())
        if len(numbers) < 2 or alike:
            return rates[0] if rates else None
        if len(numbers) == 2 and rates[1]:
            return rates[0] / rates[1]
    except ValueError:
        raise InputError.of(path, wanted, shown(str(numbers[0]))) from None
    found = "a division by zero" if len(numbers) == 2 else f"an array of shape {value.shape}"
    raise InputError.of(path, wanted, found)


def text_of(value: NDArray[np.generic], what: str, path: Path) -> str:
    """Take an array (...,) as one word.

    Raises
    ------
    InputError
        For several, or none.
    """
    if value.size != 1:
        raise InputError.of(path, f"{what} as one word", f"an array of shape {value.shape}")
    word = value.ravel()[0]
    return word.decode("utf-8", "replace") if isinstance(word, bytes) else str(word)
