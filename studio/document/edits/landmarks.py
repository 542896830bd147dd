"""Landmarks moved by hand, and what the frames of a clip become by it.

What a key moves turns with the head and fades to nothing over some frames before and after; where
the fades of two keys meet, one passes into the other. The surface follows its landmarks by a map
that is found once a recording and set of landmarks.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence, Progress, Timing
from studio.core.alignment import head_turns
from studio.core.geometry import smoothstep
from studio.core.sequence import Floats, read_only
from studio.face.known import known
from studio.face.landmarks import IBUG_68
from studio.face.model import FaceModel
from studio.face.warp import RbfWarp

from .edit import CHUNK, Basis, Beginning, Below, Frames, Group, head_points
from .keyed import Heads, KeyedEdit
from .span import check_frames

FADE, MAX_FADE = 10, 240
FARTHEST = 1e6  # mm; what the surface makes of more may be no number


@dataclass(frozen=True)
class Landmark:
    """A named vertex."""

    name: str
    vertex: int


@dataclass(frozen=True, eq=False)
class LandmarkKey:
    """Where the landmarks are moved to in a frame.

    Parameters
    ----------
    frame
        Its number.
    offsets
        (M, 3) float32 mm from where the recording has them, read-only.
    turning
        Whether they turn with the head in the frames they fade over, so that what was moved to the
        left of the face stays there; in older sessions they do not.
    """

    frame: int
    offsets: Floats
    turning: bool = False

    def __post_init__(self) -> None:
        offsets = np.array(self.offsets, dtype=np.float32)
        if offsets.ndim != 2 or offsets.shape[1] != 3 or not np.isfinite(offsets).all():
            raise InputError.of("landmarks", "finite offsets of shape (M, 3)", str(offsets.shape))
        if offsets.size and np.abs(offsets).max() > FARTHEST:
            raise InputError.of("landmarks", f"offsets up to {FARTHEST:g} mm", "a larger one")
        read_only(offsets)
        object.__setattr__(self, "offsets", offsets)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, LandmarkKey)
            and (self.frame, self.turning) == (other.frame, other.turning)
            and np.array_equal(self.offsets, other.offsets)
        )

    def __hash__(self) -> int:
        return hash((self.frame, self.turning, self.offsets.tobytes()))


@dataclass(frozen=True)
class LandmarkEdit(KeyedEdit):
    """The landmarks of a clip and the keys that move them.

    Parameters
    ----------
    landmarks
        With a name and a vertex of its own for each.
    keys
        By frame, one a frame at most.
    fade
        Frames from a key to where nothing of it is left.

    Raises
    ------
    InputError
        Where these do not fit together.
    """

    kind: ClassVar[str] = "landmarks"
    title: ClassVar[str] = "Landmarks"
    tip: ClassVar[str] = "Moves the surface by landmarks that are dragged in the view"
    group: ClassVar[Group] = "face"

    landmarks: tuple[Landmark, ...]
    keys: tuple[LandmarkKey, ...] = ()
    fade: int = FADE

    def __post_init__(self) -> None:
        if not 1 <= self.fade <= MAX_FADE:
            raise InputError.of("fade", f"1 to {MAX_FADE} frames", str(self.fade))
        for what in ("name", "vertex"):
            values = [getattr(landmark, what) for landmark in self.landmarks]
            if len(set(values)) != len(values):
                twice = next(value for value in values if values.count(value) > 1)
                raise InputError.of("landmarks", f"a {what} of its own for each", f"{twice} twice")
        self.check_order()
        for key in self.keys:
            if len(key.offsets) != len(self.landmarks):
                wanted = f"offsets of {len(self.landmarks)} landmarks"
                raise InputError.of(f"frame {key.frame}", wanted, str(len(key.offsets)))

    @classmethod
    def begun(cls, at: Beginning) -> LandmarkEdit:
        """Take the landmarks of the face; refuse one whose landmarks nobody has placed."""
        known = own_landmarks(at.recording)
        if not known:
            raise InputError.of(at.name, "landmarks, which Edit landmarks places", "none")
        return cls(known)

    @property
    def vertices(self) -> tuple[int, ...]:
        """The vertices that are the landmarks."""
        return tuple(landmark.vertex for landmark in self.landmarks)

    def influence(self, frames: NDArray[np.integer]) -> Floats:
        """Tell what is left of each key in each frame (N,): (N, K), 0..1; at most 1 together."""
        at, keys = np.asarray(frames)[:, None], np.array(self.frames, dtype=np.int64)
        gaps = np.diff(keys)
        spans = np.where(gaps <= 2 * self.fade, gaps, self.fade)
        before, after = np.r_[self.fade, spans], np.r_[spans, self.fade]
        reach = np.where(at < keys, before[: len(keys)], after[: len(keys)])
        left = smoothstep(1.0 - np.abs(at - keys) / np.maximum(reach, 1))
        return left.astype(np.float32)

    # As an edit

    @property
    def summary(self) -> str:
        """What a list of edits says of it: how many keys it has."""
        return f"{self.title} · {len(self.keys)} {'key' if len(self.keys) == 1 else 'keys'}"

    @property
    def changes(self) -> bool:
        """Whether there are landmarks, and keys that move them."""
        return bool(self.keys) and bool(self.landmarks)

    def touches(self, frames: Frames) -> NDArray[np.bool_]:
        """Tell which of the frames (N,) a key reaches, as (N,) bool."""
        return np.asarray(self.influence(frames).any(axis=1))

    @property
    def basis_key(self) -> Hashable:
        """The vertices of the landmarks."""
        return self.vertices

    def find_basis(self, recording: MeshSequence) -> RbfWarp:
        """Find how the surface of a recording follows the landmarks, from its first frame."""
        rest = recording.vertices[0]
        return RbfWarp.of(rest, rest[list(self.vertices)], faces=recording.faces)

    def check(self, recording: MeshSequence, before: Timing, name: str) -> None:
        """Refuse a clip without the vertices of the landmarks or the frames of the keys."""
        for landmark in self.landmarks:
            if not 0 <= landmark.vertex < recording.n_vertices:
                wanted = f"landmarks on its {recording.n_vertices} vertices"
                raise InputError.of(name, wanted, f"vertex {landmark.vertex}")
        check_frames("landmark keys", self.frames, before, name)

    def needs(self, frames: Frames, before: Timing) -> Frames:
        """Ask for the frames themselves and those of the keys, from where their moves turn."""
        turning = [key.frame for key in self.keys if key.turning]
        return np.union1d(frames, turning).astype(np.intp)

    def chunks(self, timing: Timing) -> Sequence[Frames]:
        """Group the frames that keys reach, however far apart, then those that stay as they are.

        What a matrix product rounds depends on how many rows it has; so the frames that are moved
        together are the same whatever else is computed with them.
        """
        reached = self.touches(np.arange(timing.frames))
        groups = (np.flatnonzero(reached), np.flatnonzero(~reached))
        return [
            group[start : start + CHUNK]
            for group in groups
            for start in range(0, len(group), CHUNK)
        ]

    def apply(self, below: Below, frames: Frames, progress: Progress) -> Floats:
        """Move the landmarks of frames (N,) and the surface with them: (N, V, 3) in mm."""
        out = below.at(frames)
        touched = np.flatnonzero(self.touches(frames))
        offsets = self.offsets_at(below, frames[touched])
        moved = np.flatnonzero(offsets.any(axis=(0, 2)))
        progress.check()
        if len(moved):
            out[touched] += warp_in(below.basis).only(moved).apply(offsets[:, moved])
        return out

    def offsets_at(self, below: Below, frames: Frames) -> Floats:
        """Tell how far the landmarks are moved.

        Parameters
        ----------
        below
            The frames below, with those that `needs` names.
        frames
            (N,) numbers of frames.

        Returns
        -------
        (N, M, 3) float32 mm
        """
        out = np.zeros((len(frames), len(self.landmarks), 3), dtype=np.float32)
        for share, key in zip(self.influence(frames).T, self.keys, strict=True):
            at = np.flatnonzero(share)
            if len(at) and key.offsets.any():
                out[at] += share[at, None, None] * _turned(below, key, frames[at])
        return out

    # Its keys over time

    def shares(self, frames: Frames) -> Floats:
        """Tell what is left of each key in frames (N,), as (N, K) in 0..1."""
        return self.influence(frames)

    def carried(self, key: LandmarkKey, frame: int, then: Heads, now: Heads) -> LandmarkKey:
        """Turn what a key moves as the head is turned from its frame to another one."""
        if not key.turning:
            return replace(key, frame=frame)
        (turn,) = head_turns(now(frame)[None], then(key.frame))
        return replace(key, frame=frame, offsets=key.offsets @ turn.T)

    # Changed

    def with_key(self, frame: int, offsets: Floats) -> LandmarkEdit:
        """Put offsets (M, 3) mm, which turn with the head, in a frame, instead of what it had."""
        return self.put([LandmarkKey(frame, offsets, turning=True)])

    def keyed(self, below: Below, frame: int) -> LandmarkEdit:
        """Set a key in a frame, which leaves the landmarks where they are moved to there."""
        return self.with_key(frame, self.offsets_at(below, np.array([frame]))[0])

    def grown(self, factor: float) -> LandmarkEdit:
        """Move the landmarks so many times as far."""
        keys = tuple(replace(key, offsets=key.offsets * factor) for key in self.keys)
        return replace(self, keys=keys) if factor != 1.0 else self

    def with_landmarks(self, landmarks: Sequence[Landmark]) -> LandmarkEdit:
        """Take other landmarks; one of the same name keeps what its keys moved it by."""
        place = {landmark.name: k for k, landmark in enumerate(self.landmarks)}
        kept = [place.get(landmark.name, -1) for landmark in landmarks]
        keys = []
        for key in self.keys:
            known = np.concatenate([key.offsets, np.zeros((1, 3), "f4")])
            keys.append(replace(key, offsets=known[kept]))
        return replace(self, landmarks=tuple(landmarks), keys=tuple(keys) if landmarks else ())


def warp_in(basis: Basis | None) -> RbfWarp:
    """Take a basis for the map that `LandmarkEdit.find_basis` found."""
    if not isinstance(basis, RbfWarp):
        raise TypeError(f"landmarks are moved by an RbfWarp, not by {type(basis).__name__}")
    return basis


def _turned(below: Below, key: LandmarkKey, frames: Frames) -> Floats:
    """Tell what a key is worth in frames (N,): (N, M, 3) mm, or (M, 3) for all.

    The latter where it does not turn.
    """
    if not key.turning:
        return key.offsets
    points = head_points(below.recording)
    (then,) = below.at(np.array([key.frame]), points)
    turns = head_turns(below.at(frames, points), then)
    return np.asarray(key.offsets @ turns.transpose(0, 2, 1))


@lru_cache(maxsize=4)
def _landmarks_of(face: FaceModel) -> tuple[Landmark, ...]:
    return ibug_landmarks(face.landmarks(IBUG_68.name).tolist())


def ibug_landmarks(vertices: Sequence[int]) -> tuple[Landmark, ...]:
    """Name the 68 of iBUG, at vertices in their order."""
    return tuple(Landmark(IBUG_68.label(place), vertex) for place, vertex in enumerate(vertices))


def own_landmarks(recording: MeshSequence) -> tuple[Landmark, ...]:
    """Find the landmarks a recording has without being told: the 68 on a known face, else none."""
    face = known(recording.topology)
    return _landmarks_of(face) if face is not None else ()


def says_nothing(edit: LandmarkEdit, recording: MeshSequence) -> bool:
    """Whether an edit says no more than the recording does without it."""
    return replace(edit, on=True) == LandmarkEdit(own_landmarks(recording))


def placed_by(recipe: Mapping[str, object]) -> LandmarkEdit | None:
    """Find where a take of this recipe has its landmarks.

    Returns
    -------
    None on the studio's own triangulation.

    Raises
    ------
    InputError
        Where the recipe says something else than numbers of vertices.
    """
    face = recipe.get("face")
    vertices = vertex_numbers(face.get("landmarks", [])) if isinstance(face, Mapping) else []
    return LandmarkEdit(ibug_landmarks(vertices)) if vertices else None


def vertex_numbers(found: object) -> list[int]:
    """Read the vertices that a recipe calls its landmarks.

    Raises
    ------
    InputError
        For anything else than whole numbers.
    """
    if not isinstance(found, list | tuple) or any(type(vertex) is not int for vertex in found):
        raise InputError.of("recipe, landmarks", "numbers of vertices", str(found)[:40])
    return list(found)
