"""Landmarks moved by hand, and what the frames of a clip become by it.

An edit lies over a recording and never changes it. What a key moves fades to nothing over some
frames before and after; where the fades of two keys meet, one passes into the other. The surface
follows by a map that is constant for a recording and its landmarks.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from weakref import WeakKeyDictionary, WeakValueDictionary, ref

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence, StudioError
from studio.core.geometry import smoothstep
from studio.core.sequence import Floats, read_only
from studio.face.landmarks import IBUG_68
from studio.face.template import load_template
from studio.face.warp import RbfWarp

FADE, MAX_FADE = 10, 240
_KEPT_BYTES = 2**28  # of edited frames that nobody holds but that undo may ask for next
_TOGETHER = 32  # frames that are moved in one product


@dataclass(frozen=True)
class Landmark:
    """A named vertex."""

    name: str
    vertex: int


@dataclass(frozen=True, eq=False)
class LandmarkKey:
    """Where the landmarks are moved to in a frame.

    offsets : (M, 3) float32 mm from where the recording has them, read-only
    """

    frame: int
    offsets: Floats

    def __post_init__(self) -> None:
        offsets = np.array(self.offsets, dtype=np.float32)
        if offsets.ndim != 2 or offsets.shape[1] != 3 or not np.isfinite(offsets).all():
            raise InputError.of("landmarks", "finite offsets of shape (M, 3)", str(offsets.shape))
        read_only(offsets)
        object.__setattr__(self, "offsets", offsets)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, LandmarkKey)
            and self.frame == other.frame
            and np.array_equal(self.offsets, other.offsets)
        )

    def __hash__(self) -> int:
        return hash((self.frame, self.offsets.tobytes()))


@dataclass(frozen=True)
class LandmarkEdit:
    """The landmarks of a clip and the keys that move them.

    keys : by frame, one a frame at most
    fade : frames from a key to where nothing of it is left

    Raises `InputError` where these do not fit together.
    """

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
        frames = [key.frame for key in self.keys]
        if sorted(set(frames)) != frames:
            raise InputError.of("landmarks", "keys by frame, one a frame", str(frames))
        for key in self.keys:
            if len(key.offsets) != len(self.landmarks):
                wanted = f"offsets of {len(self.landmarks)} landmarks"
                raise InputError.of(f"frame {key.frame}", wanted, str(len(key.offsets)))

    @property
    def vertices(self) -> tuple[int, ...]:
        return tuple(landmark.vertex for landmark in self.landmarks)

    @property
    def frames(self) -> tuple[int, ...]:
        """The frames that have a key."""
        return tuple(key.frame for key in self.keys)

    def influence(self, frames: NDArray[np.integer]) -> Floats:
        """(N, K) what is left of each key in each of N frames, 0..1; at most 1 together."""
        at, keys = np.asarray(frames)[:, None], np.array(self.frames, dtype=np.int64)
        gaps = np.diff(keys)
        spans = np.where(gaps <= 2 * self.fade, gaps, self.fade)
        before, after = np.r_[self.fade, spans], np.r_[spans, self.fade]
        reach = np.where(at < keys, before[: len(keys)], after[: len(keys)])
        left = smoothstep(1.0 - np.abs(at - keys) / np.maximum(reach, 1))
        return left.astype(np.float32)

    def offsets_at(self, frames: NDArray[np.integer]) -> Floats:
        """(N, M, 3) mm the landmarks are moved by in N frames."""
        keyed = [key.offsets for key in self.keys] or [np.zeros((len(self.landmarks), 3), "f4")]
        shares = self.influence(frames) if self.keys else np.zeros((len(frames), 1), "f4")
        return np.asarray(np.tensordot(shares, np.stack(keyed), axes=1), dtype=np.float32)

    def with_key(self, frame: int, offsets: Floats) -> LandmarkEdit:
        """With these offsets (M, 3) in a frame, instead of what it had."""
        others = [key for key in self.keys if key.frame != frame]
        keys = sorted([*others, LandmarkKey(frame, offsets)], key=lambda key: key.frame)
        return replace(self, keys=tuple(keys))

    def without_key(self, frame: int) -> LandmarkEdit:
        return replace(self, keys=tuple(key for key in self.keys if key.frame != frame))

    def with_landmarks(self, landmarks: Sequence[Landmark]) -> LandmarkEdit:
        """On other landmarks; one of the same name keeps what its keys moved it by."""
        place = {landmark.name: k for k, landmark in enumerate(self.landmarks)}
        kept = [place.get(landmark.name, -1) for landmark in landmarks]
        keys = []
        for key in self.keys:
            known = np.concatenate([key.offsets, np.zeros((1, 3), "f4")])
            keys.append(LandmarkKey(key.frame, known[kept]))
        return replace(self, landmarks=tuple(landmarks), keys=tuple(keys) if landmarks else ())


def edited_frames(frames: Floats, warp: RbfWarp, edit: LandmarkEdit) -> Floats:
    """(T, V, 3) frames with the keys of an edit in them, in arrays of their own."""
    shares = edit.influence(np.arange(len(frames)))
    touched = np.flatnonzero(shares.any(axis=1))
    offsets = edit.offsets_at(touched)
    moved = np.flatnonzero(offsets.any(axis=(0, 2)))
    out = np.array(frames, dtype=np.float32)
    for start in range(0, len(touched), _TOGETHER):
        part = slice(start, start + _TOGETHER)
        out[touched[part]] += warp.only(moved).apply(offsets[part][:, moved])
    return out


def landmark_map(recording: MeshSequence, vertices: tuple[int, ...]) -> RbfWarp:
    """How the surface of a recording follows landmarks on some of its vertices.

    Found once a recording and set of landmarks. Raises `InputError` for two at one place.
    """
    with _lock:
        known = _maps.get(recording)
        if known is not None and known[0] == vertices:
            return known[1]
    rest = recording.vertices[0]
    warp = RbfWarp.of(rest, rest[list(vertices)], faces=recording.faces)
    with _lock:
        _maps[recording] = vertices, warp
    return warp


def edited(recording: MeshSequence, edit: LandmarkEdit | None) -> MeshSequence:
    """What plays of a recording under an edit: the very same object for as long as anybody
    holds it. Raises `InputError` where there cannot be a map of the landmarks."""
    if edit is None or not edit.keys or not edit.landmarks:
        return recording
    with _lock:
        known = _edited.setdefault(recording, WeakValueDictionary()).get(edit)
    if known is not None:
        return known
    warp = landmark_map(recording, edit.vertices)
    made = replace(recording, vertices=edited_frames(recording.vertices, warp, edit))
    with _lock:
        made = _edited[recording].setdefault(edit, made)
        _keep(recording, made)
    return made


def _keep(recording: MeshSequence, made: MeshSequence) -> None:
    """Hold the newest for as long as their recording is there, so that undo finds them."""
    _kept.append((ref(recording, _let_go), made))
    held = sum(one.vertices.nbytes for _, one in tuple(_kept))
    while len(_kept) > 1 and held > _KEPT_BYTES:
        held -= _kept.pop(0)[1].vertices.nbytes


def _let_go(gone: ref[MeshSequence]) -> None:
    with _lock:
        _kept[:] = [entry for entry in _kept if entry[0] is not gone]


_lock = threading.RLock()
_maps: WeakKeyDictionary[MeshSequence, tuple[tuple[int, ...], RbfWarp]] = WeakKeyDictionary()
_edited: WeakKeyDictionary[MeshSequence, WeakValueDictionary[LandmarkEdit, MeshSequence]] = (
    WeakKeyDictionary()
)
_kept: list[tuple[ref[MeshSequence], MeshSequence]] = []


@lru_cache(maxsize=1)
def _template_landmarks() -> tuple[Landmark, ...]:
    ids = enumerate(IBUG_68.ids)
    return tuple(Landmark(IBUG_68.label(place), vertex) for place, vertex in ids)


def own_landmarks(recording: MeshSequence) -> tuple[Landmark, ...]:
    """The landmarks a recording has without being told: the 68 on the template, else none."""
    try:
        on_template = load_template().topology == recording.topology
    except (StudioError, OSError):
        return ()
    return _template_landmarks() if on_template else ()
