"""The mesh beside a file that holds vertices alone."""

from __future__ import annotations

from dataclasses import replace

from studio.core import InputError, MeshSequence

from .format import FORMATS, Source


def companion_of(source: Source) -> MeshSequence:
    """Read the mesh beside a file that holds no faces: same name, any format of frames.

    Formats that forget the order of the vertices are left aside.

    Raises
    ------
    InputError
        Where there is none.
    """
    there = {path.name.lower(): path for path in source.place.parent.iterdir()}
    for kind in FORMATS.readers:
        for suffix in kind.suffixes if kind.lossless and not kind.single else ():
            path = there.get(f"{source.place.stem}{suffix}".lower())
            if kind.read and path is not None and path.is_file():
                return kind.read(replace(source, place=path, paths=(path,)))
    raise InputError.of(source.place, "a mesh of the same name beside it", "none")
