"""A clip as what a tracker of faces would have written: 52 weights, and how the head is turned."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from studio.core.alignment import apply_rigid, rigid_alignment
from studio.core.progress import Progress
from studio.core.sequence import Doubles, Floats
from studio.face.fit import at_rest, person_in
from studio.face.known import studio_face
from studio.face.registration.shapes import FaceShapes, Index
from studio.face.registration.turning import laid_by_shapes
from studio.face.rig import Rig, load_rig, proportions

from .head import HeadMotion
from .solving import solved

_EXACT = 0.01  # mm, root mean square, that a clip of the rig's own face leaves
_LOOKED = 24  # frames by which the face at rest is found
_SURE = 1e-6  # of what identity and actions cost, for a face that may be one of the rig's
_EVERY = slice(None, None, 7)  # of the vertices tells how a face is turned
_ARM = 100.0  # mm from the middle, that a turn moves by one
_ROUNDS = 3  # in which a face is turned upright and the person found
_CHUNK = 256  # frames of which the error is in memory at once


@dataclass(frozen=True, eq=False)
class Weighed:
    """A clip in the shapes of its face.

    Attributes
    ----------
    weights : (T, 52) float32, in the order of `ARKIT`, 0..1.5
    head : (T, 3) yaw, pitch, roll in degrees, as `Rig.pose` turns a head
    shapes : the face at rest that these are counted from, and what they add to it
    mean_mm, most_mm : how far vertices are from where these put them, on average and at most
    gone_mm : how far the place goes at most about which the head turns
    """

    weights: Floats
    head: Doubles
    shapes: FaceShapes
    mean_mm: float
    most_mm: float
    gone_mm: float


def weighed(shapes: FaceShapes, vertices: Floats, progress: Progress | None = None) -> Weighed:
    """Find the weights and the turns of the head that come nearest to a clip.

    Parameters
    ----------
    shapes : the clip's face at rest, and its shapes
    vertices : (T, N, 3) mm
    progress : hears how far it is, and stops it

    Raises
    ------
    InputError
        For frames of another number of vertices, and where the shapes move nothing.
    """
    found = solved(shapes, vertices, progress)
    far = [
        np.linalg.norm(
            found.head.part(part).off(vertices[part]) - shapes.played(found.weights[part]), axis=2
        )
        for part in _parts(len(vertices))
    ]
    turns, gone = _turns(shapes, found.head)
    mean = sum(float(each.sum(dtype=np.float64)) for each in far) / max(vertices.size // 3, 1)
    most = max((float(each.max(initial=0.0)) for each in far), default=0.0)
    return Weighed(found.weights, turns, shapes, mean, most, gone)


def _parts(count: int) -> list[slice]:
    return [slice(start, start + _CHUNK) for start in range(0, count, _CHUNK)]


def _turns(shapes: FaceShapes, head: HeadMotion) -> tuple[Doubles, float]:
    """Read turns (T, 3) in degrees, and how far the pivot goes, in mm."""
    rig, count = load_rig(), len(head.rotation)
    if not head.moves:
        return np.zeros((count, 3)), 0.0
    if shapes.topology == studio_face().topology:
        axes, pivot = np.eye(3), rig.pivot.astype(np.float64)
    else:
        lay = laid_by_shapes(shapes.neutral, shapes.deltas)
        axes, pivot = lay.rotation, lay.laid(rig.pivot.astype(np.float64)[None])[0]
    back = head.rotation.transpose(0, 2, 1)
    gone = np.einsum("tij,tj->ti", back, pivot - head.shift) - pivot
    return angles(axes.T @ back @ axes), float(np.linalg.norm(gone, axis=1).max(initial=0.0))


def angles(turns: Doubles) -> Doubles:
    """Read yaw, pitch and roll (T, 3) in degrees off rotations (T, 3, 3), as `head_rotation`."""
    yaw = np.arctan2(turns[:, 0, 2], turns[:, 2, 2])
    pitch = np.arcsin(np.clip(-turns[:, 1, 2], -1.0, 1.0))
    roll = np.arctan2(turns[:, 1, 0], turns[:, 1, 1])
    return np.asarray(np.degrees(np.stack([yaw, pitch, roll], axis=1)))


def shapes_at_rest(vertices: Floats, *, first: bool = False) -> tuple[FaceShapes, bool]:
    """Find the face at rest that a clip of the studio's face moves, and give it the rig's actions.

    Parameters
    ----------
    vertices : (T, V, 3) mm, of the studio's triangulation
    first : whether the first frame shows it

    Returns
    -------
    The face with its shapes, in the template's pose, and whether it was estimated: it is known
    where the clip is of a person of the rig, and where the first frame shows it.
    """
    some = np.unique(np.linspace(0, len(vertices) - 1, _LOOKED).round().astype(np.intp))
    looked = vertices[some]
    if first:
        level, _ = _levelled(looked[0], 1.0)
        return _shapes_of(level), False
    known = _average()
    found = solved(known, looked)
    if found.left > _EXACT:
        known = _shapes_of(_levelled(looked[len(looked) // 2], _SURE)[1])
        found = solved(known, looked)
    if found.left <= _EXACT:
        return known, False
    calm = int(found.weights.sum(axis=1).argmin())
    level, _ = _levelled(looked[calm], 1.0)
    return _shapes_of(at_rest(level, load_rig())), True


def _levelled(face: Floats, calm: float) -> tuple[Floats, Floats]:
    """Turn a face (V, 3) into the template's pose; give also the nearest person of the rig."""
    rig, goal = load_rig(), load_rig().rest
    some: slice | Index = _average().still
    for _ in range(_ROUNDS):
        turn = rigid_alignment(face[None, some], goal[some])
        level = apply_rigid(face[None], *turn)[0]
        numbers, rest = person_in(level, _loose(), calm)
        person = rig.neutral(numbers[: len(rig.identity)])
        # What of the face is an expression does not turn it.
        goal, some = person + (level - rest), _EVERY
    return level, person


@lru_cache(maxsize=1)
def _loose() -> Rig:
    """Give the rig's people small turns and shifts too, so that neither passes for an identity."""
    rig = load_rig()
    about = (rig.rest - rig.rest.mean(axis=0)) / np.float32(_ARM)
    axes = np.eye(3, dtype=np.float32)
    ways = [
        *(np.cross(axis, about) for axis in axes),
        *(np.broadcast_to(a, about.shape) for a in axes),
    ]
    return replace(rig, identity=np.concatenate([rig.identity, np.stack(ways)]))


@lru_cache(maxsize=1)
def _average() -> FaceShapes:
    """Take the rig's average face, by which takes of weights are played."""
    return _shapes_of(load_rig().rest)


def _shapes_of(neutral: Floats) -> FaceShapes:
    rig = load_rig()
    actions = rig.actions * proportions(neutral, rig.rest)
    return FaceShapes(neutral, studio_face().template.faces, np.asarray(actions))
