"""A surface over time: the one thing every part of the studio passes to the next."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .by_array import ByArray
from .errors import InputError
from .read_as import Given, ReadAs
from .timing import Timing, checked_rate
from .video.footage import Footage

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Doubles = NDArray[np.float64]
_BITS = 21  # of a vertex's number, three of which go into 64


def read_only(array: NDArray[np.generic]) -> None:
    """Lock an array of any shape (...,) against writing, so that frozen data stays what it was."""
    array.setflags(write=False)


def all_finite(numbers: NDArray[np.floating]) -> bool:
    """Whether none of the numbers (...,) is infinite or NaN."""
    # The sum of their squares takes no memory; it is finite too, unless they are very large.
    return bool(np.isfinite(np.vdot(numbers, numbers)) or np.isfinite(numbers).all())


_finite: ByArray[bool] = ByArray()  # arrays of which no number is infinite or NaN
_names: ByArray[tuple[int, str]] = ByArray()  # of triangles: their vertices, and their hash


def keep_finite(numbers: Floats) -> None:
    """Lock an array (...,) that was found finite, which no clip made of it asks once more."""
    read_only(numbers)
    _finite.put(numbers, True)


def _kept_finite(numbers: Floats) -> bool:
    return bool(_finite.get(numbers)) and not numbers.flags.writeable


def in_one_order(faces: NDArray[np.integer]) -> Ints:
    """List triangles (F, 3) by rising vertices, each from its lowest, wound as they were."""
    if not len(faces):
        return np.zeros((0, 3), np.int32)
    a, b, c = np.asarray(faces, dtype=np.int64).T
    first, second = (a <= b) & (a <= c), b <= c
    turns = (a, b, c), (b, c, a), (c, a, b)
    turned = [np.where(first, x, np.where(second, y, z)) for x, y, z in turns]
    if faces.min() < 0 or faces.max() >> _BITS:
        return np.stack(turned, axis=1)[np.lexsort(turned[::-1])].astype(np.int32)
    # A triangle is one number here, which is sorted several times faster than three columns.
    whole = turned[0] << 2 * _BITS | turned[1] << _BITS | turned[2]
    whole.sort()
    corners = [whole >> shift & (1 << _BITS) - 1 for shift in (2 * _BITS, _BITS, 0)]
    return np.stack(corners, axis=1).astype(np.int32)


def _name_of(faces: Ints, n_vertices: int) -> str:
    """Give the `topology_hash` of locked triangles (F, 3), found once for all that hold them."""
    kept = _names.get(faces)
    if kept is None or kept[0] != n_vertices:
        kept = n_vertices, topology_hash(faces, n_vertices)
        _names.put(faces, kept)
    return kept[1]


def topology_hash(faces: Ints, n_vertices: int) -> str:
    """Name a triangulation (F, 3) by 16 hex digits, however its triangles are listed."""
    return listed_hash(in_one_order(np.asarray(faces)), n_vertices)


def listed_hash(faces: Ints, n_vertices: int) -> str:
    """Name a list of triangles (F, 3) by 16 hex digits, as model files name that of their face."""
    digest = hashlib.sha256(np.int64(n_vertices).tobytes())
    digest.update(np.ascontiguousarray(faces, dtype=np.int32).tobytes())
    return digest.hexdigest()[:16]


@dataclass(frozen=True, eq=False)
class MeshSequence:
    """One surface over time, on a fixed triangulation.

    Attributes
    ----------
    vertices : (T, V, 3) float32, millimeters, y up, +z out of the face, read-only
    faces : (F, 3) int32, counter-clockwise seen from outside, read-only
    fps : frames per second of the recording
    name : what the user sees in lists
    remarks : what a reader filled or repaired, a sentence each
    frame_names : what each of the T frames is called, as a pose is; () where they have only numbers
    origin : (3,) float64, millimeters, read-only; a vertex lies in the world at `vertices` plus
        this, so that a surface far away keeps its detail
    read_as : what the numbers of the file were read as
    footage : the video that it was read from, and what was seen in it; None for other clips

    Raises
    ------
    InputError
        When shapes, indices or numbers cannot be a mesh sequence.
    """

    vertices: Floats
    faces: Ints
    fps: float = 30.0
    name: str = "clip"
    remarks: tuple[str, ...] = ()
    frame_names: tuple[str, ...] = ()
    origin: Doubles = field(default_factory=lambda: np.zeros(3))
    read_as: ReadAs = field(default_factory=ReadAs)
    footage: Footage | None = None

    def __post_init__(self) -> None:
        with np.errstate(over="ignore"):  # infinity is told below
            vertices = np.ascontiguousarray(self.vertices, dtype=np.float32)
        faces = np.asarray(self.faces)
        if vertices.ndim != 3 or vertices.shape[2] != 3 or 0 in vertices.shape:
            raise InputError.of(self.name, "vertices of shape (T, V, 3)", str(vertices.shape))
        if faces.ndim != 2 or faces.shape[1] != 3:
            raise InputError.of(self.name, "faces of shape (F, 3)", str(faces.shape))
        if len(faces) and faces.dtype.kind not in "iu":
            raise InputError.of(self.name, "faces as whole numbers", f"type {faces.dtype}")
        if len(faces) and (faces.min() < 0 or faces.max() >= vertices.shape[1]):
            wrong = faces.min() if faces.min() < 0 else faces.max()
            raise InputError.of(
                self.name, f"vertex indices below {vertices.shape[1]}", f"index {wrong}"
            )
        faces = np.ascontiguousarray(faces, dtype=np.int32)
        if not _kept_finite(vertices) and not all_finite(vertices):
            frame = int(np.argmin(np.isfinite(vertices).all(axis=(1, 2))))
            found = f"NaN or infinity in frame {frame}"
            raise InputError.of(self.name, "finite coordinates", found)
        if self.frame_names and len(self.frame_names) != len(vertices):
            found = str(len(self.frame_names))
            raise InputError.of(self.name, f"names of {len(vertices)} frames", found)
        if self.footage is not None and len(self.footage.shown) != len(vertices):
            # Other frames than those of the video lie on none of its pictures.
            object.__setattr__(self, "footage", None)
        rate = checked_rate(self.name, self.fps)
        origin = np.array(self.origin, dtype=np.float64)
        if origin.shape != (3,) or not np.isfinite(origin).all():
            raise InputError.of(self.name, "an origin of 3 numbers", str(self.origin))
        keep_finite(vertices)
        for array in (faces, origin):
            read_only(array)
        object.__setattr__(self, "vertices", vertices)
        object.__setattr__(self, "faces", faces)
        object.__setattr__(self, "fps", rate)
        object.__setattr__(self, "origin", origin)

    @property
    def n_frames(self) -> int:
        """How many frames there are."""
        return int(self.vertices.shape[0])

    @property
    def n_vertices(self) -> int:
        """How many vertices a frame has."""
        return int(self.vertices.shape[1])

    @property
    def timing(self) -> Timing:
        """How long the clip is, and its pace."""
        return Timing(self.n_frames, self.fps)

    @property
    def duration(self) -> float:
        """Seconds the clip lasts."""
        return self.timing.seconds

    @cached_property
    def topology(self) -> str:
        """Hash of the triangulation; clips that share it can share a model."""
        return _name_of(self.faces, self.n_vertices)

    @property
    def is_shifted(self) -> bool:
        """Whether it lies elsewhere in the world than its vertices say."""
        return bool(self.origin.any())

    @property
    def size(self) -> float:
        """The largest side of the box around the first frame, in mm."""
        return float(np.ptp(self.vertices[0], axis=0).max())

    @property
    def told(self) -> tuple[str, ...]:
        """What a reader filled, repaired or guessed, a sentence each."""
        if "guess" not in (self.read_as.unit_by, self.read_as.rate_by):
            return self.remarks
        guesses = self.read_as.guesses(self.size, self.fps if self.n_frames > 1 else None)
        return (*self.remarks, *guesses)

    @property
    def given(self) -> Given:
        """What has to be said of the file to read it as this again."""
        given, film = self.read_as.given(self.fps), self.footage
        if film is None:
            return given
        span = None
        if film.rest is not None:
            span = round(film.rest[0] * self.fps), round(film.rest[1] * self.fps)
        return replace(given, face=None if film.face == 1 else film.face, rest=span)

    def in_world(self, vertices: Floats) -> Floats | Doubles:
        """Give vertices (..., V, 3) of it where they lie in the world, in mm.

        They are float64 where it is shifted, since float32 would lose their detail, and as they are
        where it is not.
        """
        return vertices + self.origin if self.is_shifted else vertices

    def at(self, origin: Doubles) -> MeshSequence:
        """Put the same vertices around another origin (3,) in mm."""
        return replace(self, origin=origin) if not np.array_equal(origin, self.origin) else self

    def sliced(self, start: int, stop: int) -> MeshSequence:
        """Cut out frames start..stop-1.

        Raises
        ------
        InputError
            If no frame is left.
        """
        names, read_as = self.frame_names[start:stop], replace(self.read_as, numbered=None)
        vertices, film = self.vertices[start:stop], self.footage
        film = None if film is None else replace(film, shown=film.shown[start:stop])
        return replace(self, vertices=vertices, frame_names=names, read_as=read_as, footage=film)

    def renamed(self, name: str) -> MeshSequence:
        """Give the same clip another name."""
        return replace(self, name=name)
