"""Another clip that an edit takes frames from, held by the edit itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence, Timing
from studio.core.parameters import Parameter
from studio.core.sequence import Floats, all_finite, keep_finite
from studio.core.timing import checked_rate
from studio.document.edits.edit import Frames
from studio.document.edits.time.mapped import Times, at_rate, sides

CLIP = Parameter("clip", "&Clip", "The other clip; in a file of edits the path of one, beside it")


@dataclass(frozen=True, eq=False)
class OtherClip:
    """The frames of a clip, as they played when the edit was made; equal where all of it is.

    Parameters
    ----------
    name
        What it is called.
    vertices
        (T, V, 3) float32, in mm.
    fps
        Frames a second.
    topology
        Hash of its triangulation.

    Raises
    ------
    InputError
        For an array that holds no frames, and a rate that no clip can have.
    """

    name: str
    vertices: Floats
    fps: float
    topology: str

    def __post_init__(self) -> None:
        vertices = np.asarray(self.vertices, dtype=np.float32)
        if vertices.ndim != 3 or vertices.shape[2] != 3 or not vertices.size:
            raise InputError.of(self.name, "frames (T, V, 3)", str(vertices.shape))
        if not all_finite(vertices):
            raise InputError.of(self.name, "finite numbers", "others")
        keep_finite(vertices)
        object.__setattr__(self, "vertices", vertices)
        object.__setattr__(self, "fps", checked_rate(self.name, self.fps))

    @classmethod
    def of(cls, sequence: MeshSequence) -> Self:
        """Take a clip as it is; its frames are shared."""
        return cls(sequence.name, sequence.vertices, sequence.fps, sequence.topology)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, OtherClip) or self._told != other._told:
            return False
        same = self.vertices is other.vertices
        return same or np.array_equal(self.vertices, other.vertices)

    def __hash__(self) -> int:
        return hash(self._told)

    @cached_property
    def _told(self) -> tuple[object, ...]:
        """What equal ones share, without most of the frames, which are many numbers."""
        first = self.vertices[0].tobytes()
        return self.name, self.fps, self.topology, self.vertices.shape, first

    @property
    def timing(self) -> Timing:
        """How long it is, and its pace."""
        return Timing(len(self.vertices), self.fps)

    def frames_at(self, fps: float) -> int:
        """Count its frames at another rate, those that lie between its first and its last."""
        return at_rate(self.timing, fps).frames

    def moments(self, frames: Frames, fps: float) -> Times:
        """Tell its moments (N,), in its own frames, at frames (N,) since its start of a rate."""
        return frames.astype(np.float64) * (self.fps / fps)

    def at(self, moments: Times, points: NDArray[np.intp] | None = None) -> Floats:
        """Play it; between two frames vertices go straight, and beyond its ends they stay.

        Parameters
        ----------
        moments
            (N,) in its own frames. A whole one is that frame, bit for bit.
        points
            (P,) numbers of vertices; None takes all V.

        Returns
        -------
        (N, P, 3) float32 mm
        """
        low, high, share = sides(moments, self.timing)
        out = self._taken(low, points)
        between = np.flatnonzero(share)
        if len(between):
            later = self._taken(high[between], points)
            out[between] += share[between, None, None] * (later - out[between])
        return out

    def _taken(self, frames: Frames, points: NDArray[np.intp] | None) -> Floats:
        if points is None:
            return np.asarray(self.vertices[frames])
        return np.asarray(self.vertices[frames[:, None], points])


def check_other(clip: OtherClip, recording: MeshSequence, name: str, rest: int = 0) -> None:
    """Refuse another clip that is of another triangulation, or lacks a frame.

    Parameters
    ----------
    clip
        The other one.
    recording, name
        The clip that is edited, and what the user calls it.
    rest
        A frame of the other one that is needed.

    Raises
    ------
    InputError
        With a sentence that begins with the name.
    """
    count = clip.vertices.shape[1]
    if clip.topology != recording.topology:
        found = f"{clip.name} of {count:,} vertices"
        if count == recording.n_vertices:
            found = f"{clip.name}, whose vertices are joined by other triangles"
        wanted = f"another clip of its own {recording.n_vertices:,}-vertex triangulation"
        raise InputError.of(name, wanted, found)
    if not 0 <= rest < len(clip.vertices):
        wanted = f"a frame at rest within the {len(clip.vertices)} frames of {clip.name}"
        raise InputError.of(name, wanted, f"frame {rest}")
