"""The file formats, by suffix."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from studio.core import MeshSequence
from studio.core.sequence import Ints

from .folder import mesh_names, natural
from .livelink import is_livelink
from .obj import ObjFrames, obj_encoder
from .ply import PlyFrames, ply_encoder
from .stl import StlFrames, stl_encoder
from .units import Doubles, Encoder


class Frames(Protocol):
    """What the frames of a run share, learnt from the first."""

    @property
    def faces(self) -> Ints:
        """(F, 3), the same in all frames."""
        ...

    @property
    def n_vertices(self) -> int: ...

    @property
    def unit(self) -> str | None: ...

    def vertices(self, data: bytes, path: Path) -> Doubles:
        """(V, 3) of a file's content, in its own unit."""
        ...


@dataclass(frozen=True)
class Format:
    """One file format; a file of this very class holds a whole sequence.

    label : what the user sees in a dialog
    """

    name: str
    label: str
    writes: bool = True

    @property
    def suffix(self) -> str:
        return "." + self.name

    @property
    def frames(self) -> bool:
        """Whether each frame is a file."""
        return isinstance(self, MeshFormat)


@dataclass(frozen=True, kw_only=True)
class MeshFormat(Format):
    """A format in which each frame is a file.

    open : reads the first frame of a run
    encoder : given (sequence, unit, mm in it), makes what turns a frame into the pieces of a file
    """

    open: Callable[[bytes, Path], Frames]
    encoder: Callable[[MeshSequence, str, float], Encoder]


FORMATS: dict[str, Format] = {
    f.name: f
    for f in (
        MeshFormat("obj", "Wavefront OBJ frames", open=ObjFrames.open, encoder=obj_encoder),
        MeshFormat("ply", "Stanford PLY frames", open=PlyFrames.open, encoder=ply_encoder),
        MeshFormat("stl", "STL frames", open=StlFrames.open, encoder=stl_encoder),
        Format("npz", "NumPy archive"),
        Format("npy", "NumPy array"),
        Format("csv", "Live Link Face take", writes=False),
    )
}


def format_of(path: Path) -> Format | None:
    """Find the format a suffix stands for."""
    return FORMATS.get(path.suffix.lower().removeprefix("."))


def sniff(path: Path | str) -> str | None:
    """Name the format a file or a folder of frames would be read as; None where none.

    Looks at names, and at the first line of a CSV; never raises.
    """
    path = Path(path)
    try:
        if os.path.isdir(path):
            names = mesh_names(path)
            return os.path.splitext(min(names, key=natural))[1].lower()[1:] if names else None
        found = format_of(path) if os.path.isfile(path) else None
        if found and found.name == "csv":
            with path.open("rb") as file:
                return "csv" if is_livelink(file.read(256).removeprefix(b"\xef\xbb\xbf")) else None
    except OSError:
        return None
    return found.name if found else None


def can_read(path: Path | str) -> bool:
    """Whether `read_sequence` would try to read this; cheap enough for a drag over the window."""
    return sniff(path) is not None
