"""What the frames of a recording become under an edit.

The frames of a whole clip are worked out once and shared by all who ask for as long as anybody
holds them. One frame alone is a matter of a moment, so that a window can show it at once.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from weakref import WeakKeyDictionary, WeakValueDictionary, ref

import numpy as np
from numpy.typing import NDArray

from studio.core import MeshSequence, Progress
from studio.core.sequence import Floats
from studio.face.warp import RbfWarp

from .head_turn import head_turns
from .landmarks import LandmarkEdit, LandmarkKey

_KEPT_BYTES = 2**28  # of edited frames that nobody holds but that undo may ask for next
_TOGETHER = 32  # frames that are moved in one product
_QUIET = Progress()


def moves(edit: LandmarkEdit | None) -> bool:
    """Whether an edit changes anything of a recording."""
    return edit is not None and bool(edit.keys) and bool(edit.landmarks)


def edited(
    recording: MeshSequence, edit: LandmarkEdit | None, *, progress: Progress = _QUIET
) -> MeshSequence:
    """What plays of a recording under an edit: the very same object for as long as anybody
    holds it. Raises `InputError` where there cannot be a map of the landmarks, and `Cancelled`."""
    if edit is None or not moves(edit):
        return recording
    # Where two ask at once, the second waits for what the first is working out.
    with turn_of(recording):
        known = if_known(recording, edit)
        if known is not None:
            return known
        warp = landmark_map(recording, edit.vertices)
        frames = edited_frames(recording, warp, edit, progress=progress)
        made = replace(recording, vertices=frames)
        with _lock:
            _edited.setdefault(recording, WeakValueDictionary())[edit] = made
            _keep(recording, made)
        return made


def if_known(recording: MeshSequence, edit: LandmarkEdit | None) -> MeshSequence | None:
    """As `edited`, but None where that has yet to be worked out."""
    if edit is None or not moves(edit):
        return recording
    with _lock:
        known = _edited.get(recording)
        return known.get(edit) if known is not None else None


def edited_frame(recording: MeshSequence, edit: LandmarkEdit | None, frame: int) -> Floats | None:
    """(V, 3) of one frame, in a moment; None where it takes a map that is not known yet."""
    known = if_known(recording, edit)
    if known is not None or edit is None:
        return np.asarray((known or recording).vertices[frame])
    with _lock:
        vertices, warp = _maps.get(recording, ((), None))
    if warp is None or vertices != edit.vertices:
        return None
    return frame_by(recording, warp, edit, frame)


def frame_by(recording: MeshSequence, warp: RbfWarp, edit: LandmarkEdit, frame: int) -> Floats:
    """(V, 3) of one frame under an edit, by the map of its landmarks."""
    moved = _moved(recording, warp, edit, np.array([frame]))[0]
    return np.asarray(recording.vertices[frame] + moved)


def edited_frames(
    recording: MeshSequence, warp: RbfWarp, edit: LandmarkEdit, *, progress: Progress = _QUIET
) -> Floats:
    """(T, V, 3) frames of a recording with the keys of an edit in them, in an array of their
    own."""
    frames = recording.vertices
    touched = np.flatnonzero(edit.influence(np.arange(len(frames))).any(axis=1))
    out = np.empty(frames.shape, dtype=np.float32)
    for start in range(0, len(frames), _TOGETHER):
        progress.report(0.5 * start / len(frames))
        out[start : start + _TOGETHER] = frames[start : start + _TOGETHER]
    for start in range(0, len(touched), _TOGETHER):
        progress.report(0.5 + 0.5 * start / len(touched))
        part = touched[start : start + _TOGETHER]
        out[part] += _moved(recording, warp, edit, part)
    return out


def offsets_at(recording: MeshSequence, edit: LandmarkEdit, frames: NDArray[np.integer]) -> Floats:
    """(N, M, 3) mm that the landmarks are moved by in N frames."""
    out = np.zeros((len(frames), len(edit.landmarks), 3), dtype=np.float32)
    for share, key in zip(edit.influence(frames).T, edit.keys, strict=True):
        at = np.flatnonzero(share)
        if len(at) and key.offsets.any():
            out[at] += share[at, None, None] * _turned(recording, key, frames[at])
    return out


def _turned(recording: MeshSequence, key: LandmarkKey, frames: NDArray[np.integer]) -> Floats:
    """(N, M, 3) mm that a key is worth in N frames, or (M, 3) for all, where it does not turn."""
    if not key.turning:
        return key.offsets
    turns = head_turns(recording, key.frame, frames)
    return np.asarray(key.offsets @ turns.transpose(0, 2, 1))


def _moved(
    recording: MeshSequence, warp: RbfWarp, edit: LandmarkEdit, frames: NDArray[np.integer]
) -> Floats:
    """(N, V, 3) mm that the surface moves by in N frames."""
    offsets = offsets_at(recording, edit, frames)
    moved = np.flatnonzero(offsets.any(axis=(0, 2)))
    if not len(moved):
        return np.zeros((len(frames), len(warp.weights), 3), dtype=np.float32)
    return warp.only(moved).apply(offsets[:, moved])


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


def turn_of(recording: MeshSequence) -> threading.RLock:
    """What whoever works out frames of a recording holds meanwhile."""
    with _lock:
        return _turns.setdefault(recording, threading.RLock())


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
_turns: WeakKeyDictionary[MeshSequence, threading.RLock] = WeakKeyDictionary()
_maps: WeakKeyDictionary[MeshSequence, tuple[tuple[int, ...], RbfWarp]] = WeakKeyDictionary()
_edited: WeakKeyDictionary[MeshSequence, WeakValueDictionary[LandmarkEdit, MeshSequence]] = (
    WeakKeyDictionary()
)
_kept: list[tuple[ref[MeshSequence], MeshSequence]] = []
