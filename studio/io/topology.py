"""One triangulation for all frames: polygons into triangles, and frames that must agree."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError
from studio.core.sequence import Ints

Index = NDArray[np.int64]


def fan(corners: NDArray[np.integer], sizes: NDArray[np.integer]) -> NDArray[np.integer]:
    """Cut each polygon of 3 or more corners into a fan of triangles (F, 3) from its first.

    Parameters
    ----------
    corners
        The vertex indices of all polygons, one after the other.
    sizes
        Corners of each polygon.
    """
    cuts = sizes - 2
    polygon = np.repeat(np.arange(len(sizes)), cuts)
    start = (np.cumsum(sizes) - sizes)[polygon]
    step = np.arange(len(polygon)) - (np.cumsum(cuts) - cuts)[polygon]
    place = np.stack([start, start + step + 1, start + step + 2], axis=1)
    return np.asarray(corners)[place.astype(np.int64)].reshape(-1, 3)


def restarted(
    corners: NDArray[np.integer], sizes: NDArray[np.integer]
) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
    """Cut strips or fans where -1 begins another, and drop those too short for a triangle.

    Parameters
    ----------
    corners : (C,) vertex indices of all of them, one after the other
    sizes : (N,) entries of each, those of -1 included

    Returns
    -------
    corners, sizes : (C,) and (N,) of those that are left
    """
    # A list of unsigned numbers holds -1 as its largest.
    restart = (corners == -1) | (corners == np.uint32(0xFFFFFFFF))
    run = np.repeat(np.arange(len(sizes)), sizes) + np.cumsum(restart)
    length = np.bincount(run[~restart], minlength=len(sizes) + int(restart.sum()))
    kept = ~restart & (length[run] > 2)
    return corners[kept], length[length > 2]


def strips(corners: NDArray[np.integer], sizes: NDArray[np.integer]) -> NDArray[np.integer]:
    """Cut strips into the triangles (F, 3) of three corners in a row, all wound like the first.

    Those of which two corners are one vertex only lead from one place to another, and are left out.

    Parameters
    ----------
    corners : (C,) vertex indices of all strips, one after the other
    sizes : (N,) corners of each strip, 3 or more
    """
    strip = np.repeat(np.arange(len(sizes)), sizes)
    odd = (np.arange(len(corners)) - (np.cumsum(sizes) - sizes)[strip]) % 2
    a, b, c = corners[:-2], corners[1:-1], corners[2:]
    turned = odd[:-2].astype(bool)
    made = np.stack([np.where(turned, b, a), np.where(turned, a, b), c], axis=1)
    kept = (strip[:-2] == strip[2:]) & (a != b) & (b != c) & (c != a)
    return np.asarray(made[kept])


def same_vertices(path: Path, wanted: int, found: int) -> None:
    """Compare the vertex counts of a frame and of the first.

    Raises
    ------
    InputError
        Where they differ.
    """
    if wanted != found:
        raise InputError.of(path, f"{wanted} vertices as in the first frame", str(found))


def same_faces(path: Path, wanted: Ints, found: Ints) -> None:
    """Compare the faces (F, 3) of a frame with those of the first.

    Raises
    ------
    InputError
        Where they differ.
    """
    if len(wanted) != len(found):
        raise InputError.of(path, f"{len(wanted)} triangles as in the first frame", str(len(found)))
    if not np.array_equal(wanted, found):
        raise InputError.of(path, "the faces of the first frame", "other ones")


def checked_faces(path: Path, faces: NDArray[np.integer], n_vertices: int) -> Ints:
    """(F, 3) int32; raises `InputError` where an index is not below the vertex count."""
    if len(faces) and (faces.min() < 0 or faces.max() >= n_vertices):
        wrong = faces.min() if faces.min() < 0 else faces.max()
        raise InputError.of(path, f"vertex indices from 0 to {n_vertices - 1}", str(wrong))
    return np.ascontiguousarray(faces, dtype=np.int32)
