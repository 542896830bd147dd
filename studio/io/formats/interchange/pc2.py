"""PC2, the point cache of 3ds Max and Blender, little-endian.

Its sample rate is frames a sample; how many frames there are a second it does not say.
"""

from __future__ import annotations

import math
import struct
from dataclasses import replace
from typing import IO

from studio.core import InputError, MeshSequence
from studio.io.format import FORMATS, Format, Source
from studio.io.formats.arrays import other_kind
from studio.io.traits import BytesPer

from .cache import Head, cache_reader, cache_writer, checked

_MARK = b"POINTCACHE2\0"
_HEAD = struct.Struct("<12siiffi")  # mark, version, points, first frame, frames a sample, samples
_VERSION = 1


def _head_of(file: IO[bytes], source: Source) -> Head:
    path, data = source.place, file.read(_HEAD.size)
    if not data.startswith(_MARK) or len(data) < _HEAD.size:
        raise InputError.of(path, "a PC2 point cache", other_kind(data[: len(_MARK)], _MARK))
    _mark, version, points, _first, step, frames = _HEAD.unpack(data)
    if version != _VERSION:
        raise InputError.of(path, f"a PC2 file of version {_VERSION}", str(version))
    head = checked(Head(frames, points, _HEAD.size), source)
    if step == 1:
        return head
    if not (math.isfinite(step) and step > 0):
        raise InputError.of(path, "a sample rate above 0", f"{step:g}")
    said = f"It has a sample each {step:g} frames"
    if source.fps is not None or source.beside.fps is not None:
        return replace(head, remark=f"{said}.")
    told, fps = f"{said}, of {source.default_fps:g} a second.", source.default_fps / step
    return replace(head, fps=fps, fps_by="guess", remark=told)


def _head_for(sequence: MeshSequence) -> bytes:
    counts = sequence.n_vertices, 0.0, 1.0, sequence.n_frames
    return _HEAD.pack(_MARK, _VERSION, *counts)


FORMATS.add(
    Format(
        name="pc2",
        label="PC2, a point cache and its mesh",
        read=cache_reader(_head_of, "<f4"),
        write=cache_writer(_head_for, "<f4"),
        companion="obj",
        timeless=True,
        lossless=True,
        bytes_per=BytesPer(vertex=12),
        carries="every vertex of every frame, exactly; the faces in a mesh beside it",
        loses="Unit and frame rate are kept in a file beside it, which only this program reads.",
    )
)
