"""MediaPipe's canonical face, of the shipped bundle: what landmarks are laid on to tell a pose."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from studio.core.errors import CheckpointError
from studio.core.sequence import Doubles

from .bundle import member

_FILE = "geometry_pipeline_metadata_landmarks.binarypb"
_NUMBERS = 5  # of a vertex: x, y, z and where it lies in a texture


@dataclass(frozen=True, eq=False)
class CanonicalFace:
    """A face at rest that looks along +z, y up.

    Attributes
    ----------
    vertices
        (468, 3) centimeters; the landmarks of the skin have the same numbers.
    weights
        (468,) how much each counts where a pose is told, 0 for most.
    """

    vertices: Doubles
    weights: Doubles


@lru_cache(maxsize=1)
def canonical_face() -> CanonicalFace:
    """Read the face of the bundle, once.

    Raises
    ------
    CheckpointError
        Where it is not there, or damaged.
    """
    try:
        return _parsed(member(_FILE))
    except (ValueError, IndexError, struct.error) as error:
        raise CheckpointError(f"{_FILE}: expected a face, but {error}") from error


def _parsed(data: bytes) -> CanonicalFace:
    """Read the message of MediaPipe's geometry_pipeline_metadata.proto."""
    numbers: list[float] = []
    counted: dict[int, float] = {}
    for field, value in _fields(data):
        if field == 1:
            numbers = [float(one) for kind, one in _fields(bytes(value)) if kind == 3]
        elif field == 2:
            point = dict(_fields(bytes(value)))
            counted[int(point.get(1, 0))] = float(point.get(2, 0.0))
    vertices = np.array(numbers).reshape(-1, _NUMBERS)[:, :3]
    weights = np.zeros(len(vertices))
    weights[list(counted)] = list(counted.values())
    if not weights.any():
        raise ValueError("no point of it tells a pose")
    return CanonicalFace(vertices, weights)


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Give number and value of each field of a protocol buffer."""
    place = 0
    while place < len(data):
        key, place = _varint(data, place)
        field, kind = key >> 3, key & 7
        if kind == 0:
            number, place = _varint(data, place)
            yield field, number
        elif kind == 2:
            length, place = _varint(data, place)
            if place + length > len(data):
                raise ValueError("it is cut off")
            yield field, data[place : place + length]
            place += length
        elif kind == 5:
            yield field, struct.unpack_from("<f", data, place)[0]
            place += 4
        else:
            raise ValueError(f"it holds a field of kind {kind}")


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place
