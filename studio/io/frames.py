"""Formats in which each frame is a file: a run of them into one clip, and back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np

from studio.core import InputError, MeshSequence
from studio.core.sequence import Floats, Ints
from studio.core.system.disk import read_whole

from .format import Destination, Reader, Source, Writer
from .units import Doubles, Encoder, Placement

# A text is held as bytes, as places of its words and as numbers while it is parsed.
_PARSING = 12
_HANDS = min(os.cpu_count() or 1, 4)  # threads that read frames
_SOON = 4 << 20  # bytes that are read before a first frame is worth showing


class Frames(Protocol):
    """What the frames of a run share, learnt from the first."""

    @property
    def faces(self) -> Ints:
        """Faces (F, 3)."""
        ...

    @property
    def n_vertices(self) -> int: ...

    @property
    def unit(self) -> str | None:
        """One of `studio.core.read_as.MILLIMETERS`; None where the file does not say."""
        ...

    def vertices(self, data: bytes, path: Path) -> Doubles:
        """Give the vertices (V, 3) of one frame, in the unit of the file."""
        ...


AnyFrames = TypeVar("AnyFrames", bound=Frames)
Over = Callable[[AnyFrames, Iterable[tuple[bytes, Path]]], AnyFrames]


def frames_reader(
    open: Callable[[bytes, Path], AnyFrames], over: Over[AnyFrames] | None = None
) -> Reader:
    """Make what reads a run of frames.

    Parameters
    ----------
    open
        Learns from the first frame, given its bytes and its path.
    over
        Learns what only a look at all the other frames tells.
    """

    def read(source: Source) -> MeshSequence:
        first, *others = source.paths
        source.check_room(_PARSING * first.stat().st_size)
        data, progress = read_whole(first, "a mesh"), source.progress
        shared = open(data, first)
        if others and source.size > _SOON:
            # Its corners may come apart in a later frame; it looks the same.
            vertices, place = _placed(source, shared, data)
            source.show(place.apply(vertices, first), shared.faces, len(source.paths))
        try:
            return _read_all(source, shared, data)
        except InputError:
            if over is None or not others:
                raise
        watched = progress.each(others, "Comparing frames")
        shared = over(shared, ((read_whole(path, "a mesh"), path) for path in watched))
        return _read_all(source, shared, data)

    return read


def _read_all(source: Source, shared: Frames, data: bytes) -> MeshSequence:
    """Read every frame, several at a time: most of the work is done outside the interpreter."""
    start, place = _placed(source, shared, data)
    out: Floats = np.empty((len(source.paths), shared.n_vertices, 3), np.float32)

    def fill(k: int) -> None:
        path = source.paths[k]
        # The first is at hand, and a single mesh may be a large one.
        vertices = shared.vertices(read_whole(path, "a mesh"), path) if k else start
        out[k] = place.apply(vertices, path)

    if len(out) == 1:
        fill(0)
        return source.clip(out, shared.faces, place)
    hands = ThreadPoolExecutor(min(len(out), _HANDS))
    try:
        filled = hands.map(fill, range(len(out)))
        for _ in source.progress.each(filled, f"Reading {source.place.name}", total=len(out)):
            pass
    finally:
        hands.shutdown(cancel_futures=True)
    return source.clip(out, shared.faces, place)


def _placed(source: Source, shared: Frames, data: bytes) -> tuple[Doubles, Placement]:
    """Read the first frame (V, 3), and find where the run goes; asks for room for all before."""
    source.check_room(12 * len(source.paths) * shared.n_vertices)
    vertices = shared.vertices(data, source.paths[0])
    return vertices, source.placed(vertices, shared.unit)


def frames_writer(encoder: Callable[[MeshSequence, str, float], Encoder]) -> Writer:
    """Make what writes each frame into a file of its own.

    Parameters
    ----------
    encoder
        Given a sequence, a unit and the mm in it, makes what turns a frame (V, 3), where it lies in
        the world, into the pieces of a file.
    """

    def write(sequence: MeshSequence, to: Destination) -> None:
        encode = encoder(sequence, to.unit, to.scale)
        frames = zip(to.paths, sequence.vertices, strict=True)
        steps = to.progress.each(frames, f"Writing {to.place.name}", total=len(to.paths))
        for path, frame in steps:
            # Not unbuffered, which takes a frame for written when half of it fitted on the disk.
            with path.open("wb") as file:
                file.write(b"".join(encode(sequence.in_world(frame))))

    return write
