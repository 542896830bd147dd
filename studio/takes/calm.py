"""Which frames of a clip may show its face at rest, told by how it moves alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.core import MeshSequence
from studio.core.alignment import apply_rigid, trimmed_alignment
from studio.core.sequence import Doubles, Floats
from studio.face.registration.correspondence import Correspondence
from studio.io.shapes import rest_pose

_MOST, _POINTS = 96, 400  # frames and vertices that are looked at, spread over the clip
_RIGID = 0.3  # of the vertices, that move with the head alone
_SAME = 0.003  # of the size of the face, within which frames show the same
_OFTEN = 0.2  # of the frames, that show the face which is shown most often
_MOVED = 95  # percentile of the vertices: an expression moves few of them


def calm_frames(clip: MeshSequence) -> tuple[int, ...]:
    """Find the frames that may show a face at rest, the likeliest first.

    Where the first frame is quiet, it is the first, then the quiet one whose face is shown most
    often, then the quiet one farthest from that, for clips that hold an expression most of the
    time; frames that show the same are named once. Of a face with its own shapes it is
    the pose at rest.
    """
    named = rest_pose(clip.frame_names)
    if named is not None or clip.n_frames == 1:
        return (named or 0,)
    count, last = min(clip.n_frames, _MOST), clip.n_frames - 1
    looked = np.unique(np.linspace(0, last, count).round().astype(np.intp))
    faces = _level(clip, np.concatenate([looked, np.where(looked < last, looked + 1, last - 1)]))
    here, beside = faces[: len(looked)], faces[len(looked) :]
    speed = _apart(here, beside)
    quiet = np.flatnonzero(speed <= np.median(speed))
    near = [np.quantile(_apart(here, here[one]), _OFTEN) for one in quiet]
    calm = int(quiet[np.argmin(near)])
    other = int(quiet[_apart(here[quiet], here[calm]).argmax()])
    found: list[int] = []
    for one in (0, calm, other) if 0 in quiet else (calm, 0, other):
        if all(_apart(here[one][None], here[before])[0] > _SAME * clip.size for before in found):
            found.append(one)
    return tuple(int(looked[one]) for one in found)


def frame_of_face(clip: MeshSequence, found: Correspondence) -> int | None:
    """Find the frame of a clip whose face was registered; None for none, and of a single mesh."""
    if clip.n_frames == 1 or clip.topology != found.topology:
        return None
    start = clip.vertices[:, :8] == found.neutral[:8]
    for frame in np.flatnonzero(start.all(axis=(1, 2))):
        if np.array_equal(clip.vertices[frame], found.neutral):
            return int(frame)
    return None


def _level(clip: MeshSequence, frames: NDArray[np.intp]) -> Doubles:
    """Take points (T, P, 3) of frames without the motion of the head."""
    points = np.arange(0, clip.n_vertices, max(clip.n_vertices // _POINTS, 1))
    faces = clip.vertices[np.ix_(frames, points)]
    return np.asarray(apply_rigid(faces, *trimmed_alignment(faces, faces[0], _RIGID)))


def _apart(faces: Floats | Doubles, other: Floats | Doubles) -> Doubles:
    """Measure how far apart faces (T, P, 3) are, (T,) mm."""
    away = np.linalg.norm(faces - other, axis=-1)
    return np.asarray(np.percentile(away, _MOVED, axis=-1))
