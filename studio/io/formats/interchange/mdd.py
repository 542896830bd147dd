"""MDD, the point cache of LightWave, Maya and Blender, big-endian, with a time for each frame."""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import IO

import numpy as np

from studio.core import InputError, MeshSequence
from studio.io.format import FORMATS, Format, Source
from studio.io.traits import BytesPer

from .cache import Head, cache_reader, cache_writer, checked
from .times import rate_of

_COUNTS = struct.Struct(">ii")  # frames, points


def _head_of(file: IO[bytes], source: Source) -> Head:
    data = file.read(_COUNTS.size)
    if len(data) < _COUNTS.size:
        found = "one that is cut short" if data else "an empty file"
        raise InputError.of(source.place, "an MDD point cache", found)
    frames, points = _COUNTS.unpack(data)
    head = checked(Head(frames, points, _COUNTS.size + 4 * frames), source)
    fps, remark = rate_of(np.frombuffer(file.read(4 * frames), ">f4").astype(np.float64))
    return replace(head, fps=fps, remark=remark)


def _head_for(sequence: MeshSequence) -> bytes:
    times = np.arange(sequence.n_frames) / sequence.fps
    return _COUNTS.pack(sequence.n_frames, sequence.n_vertices) + times.astype(">f4").tobytes()


FORMATS.add(
    Format(
        name="mdd",
        label="MDD, a point cache and its mesh",
        read=cache_reader(_head_of, ">f4"),
        write=cache_writer(_head_for, ">f4"),
        companion="obj",
        timeless=True,
        lossless=True,
        bytes_per=BytesPer(vertex=12),
        carries="every vertex of every frame, exactly, and times; the faces in a mesh beside it",
        loses="The unit is kept in a file beside it, which only this program reads.",
    )
)
