"""Faces that were registered once, kept by what they hold: the next time costs reading a file.

They lie in the folder of `cache`, share its bounds, and go with what else is cleared there.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from weakref import WeakValueDictionary

import numpy as np

from studio.core import InputError
from studio.core.sequence import Doubles, Floats, Ints
from studio.face.registration.correspondence import (
    VERSION,
    Correspondence,
    read_correspondence,
    write_correspondence,
)

from . import cache

_FILE = "face.npz"
# To be raised with every change in what registration finds.
_FOUND = 3
# What carrying finds out of a face is known by the object.
_in_use: WeakValueDictionary[str, Correspondence] = WeakValueDictionary()


def key(neutral: Floats, faces: Ints, points: Mapping[str, Doubles], origin: Doubles) -> str:
    """Name a face by what registration depends on, and by where it lies.

    Parameters
    ----------
    neutral
        (N, 3) float32 mm, at rest in its own pose.
    faces
        (F, 3) its triangles.
    points
        Those that are given, (3,) mm by name; none where they are found.
    origin
        (3,) mm, where it lies in the world.
    """
    digest = hashlib.blake2b(repr((VERSION, _FOUND, neutral.shape, faces.shape)).encode())
    digest.update(np.ascontiguousarray(neutral, dtype=np.float32).tobytes())
    digest.update(np.ascontiguousarray(faces, dtype=np.int32).tobytes())
    for name, place in (*sorted(points.items()), ("", origin)):
        digest.update(name.encode() + np.asarray(place, dtype=np.float64).tobytes())
    return f"face-{digest.hexdigest()[:32]}"


def in_use() -> list[Correspondence]:
    """List the faces that somebody works with now."""
    return list(_in_use.values())


def load(name: str) -> Correspondence | None:
    """Give a face that was kept, the same one while it is in use; None without a whole entry."""
    found = _in_use.get(name)
    if found is not None:
        return found
    entry = cache.folder() / name
    if not os.path.isdir(entry):
        return None
    try:
        found = read_correspondence(entry / _FILE)
        os.utime(entry)
    except (OSError, InputError):
        shutil.rmtree(entry, ignore_errors=True)
        return None
    _in_use[name] = found
    return found


def save(name: str, found: Correspondence, *, anew: bool = False) -> None:
    """Keep what was found; a disk that refuses costs time later and nothing else.

    Parameters
    ----------
    anew
        Whether it takes the place of what was kept under that name.
    """
    _in_use[name] = found
    if anew:
        shutil.rmtree(cache.folder() / name, ignore_errors=True)
    cache.put(name, lambda part: write_correspondence(found, part / _FILE))
