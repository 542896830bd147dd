"""A clip of the studio's face as weights of the 52 shapes that ARKit names."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from studio.core import MeshSequence
from studio.core.alignment import apply_rigid, rigid_alignment
from studio.core.progress import Progress
from studio.core.sequence import Floats, Ints

from .morphs import Head, Morphs

_LOOKED = 24  # frames, spread over the clip, by which its face at rest is found
_ROUNDS = 8  # in which rest and shapes take what the weights leave
_FAR = 20.0  # times the bound, from where on a clip is no motion of the shapes
_CLEAR = 0.8  # of the bound, within which nothing better is looked for


def is_ours(clip: MeshSequence) -> bool:
    """Whether a clip is of the studio's face, its vertices in order."""
    from studio.face.known import studio_face

    template = studio_face().template
    return clip.n_vertices == template.n_vertices and clip.topology == template.topology


def actions(clip: MeshSequence, bound: float, progress: Progress) -> Morphs:
    """Solve a clip of the studio's face, nearest in least squares.

    Parameters
    ----------
    clip
        Whoever it is of, at rest in any of its frames or in none.
    bound
        mm, within which it need not be nearer.
    """
    frames, faces = clip.vertices, clip.faces
    looked = np.unique(np.linspace(0, len(frames) - 1, _LOOKED).round().astype(np.intp))
    some = frames[looked]
    rests = _rests(some, faces)
    best = _solved(rest := next(rests), _shapes(rest), some, faces)
    for rest in rests:
        progress.check()
        found = _solved(rest, _shapes(rest), some, faces)
        best = found if found.error < best.error else best
        if best.error <= _CLEAR * bound:
            break
    stride = 1.0
    for _ in range(_ROUNDS if best.error < _FAR * bound else 0):
        progress.check()
        if best.error <= _CLEAR * bound:
            break
        better = _adjusted(best, some, faces, stride)
        if better.error < best.error:
            best, stride = better, 2.0 * stride
        elif stride == 1.0:
            break
        else:
            stride = 1.0
    deltas = np.asarray(best.deltas, dtype=np.float32)
    return _solved(best.base, deltas, frames, faces, progress)


def _rests(frames: Floats, faces: Ints) -> Iterator[Floats]:
    """Guess the face at rest (V, 3): a frame as it is, or less the expression that it shows."""
    from studio.face.fit import at_rest
    from studio.face.rig import load_rig

    rig = load_rig()
    yield frames[0]
    first = _laid(frames[0], rig.rest)
    calm = at_rest(first, rig)
    yield calm
    shown = _solved(calm, _shapes(calm), frames, faces).weights.sum(axis=1)
    if shown.argmin():
        calmest = _laid(frames[shown.argmin()], rig.rest)
        yield calmest
        yield at_rest(calmest, rig)


def _laid(face: Floats, rest: Floats) -> Floats:
    """Lay a face (V, 3) on the one at rest, whatever way it is held."""
    rotation, shift = rigid_alignment(face[None], rest, rounds=3)
    return np.asarray(apply_rigid(face[None], rotation, shift)[0])


def _shapes(rest: Floats) -> Floats:
    """Give what each weight of 1 adds to a face at rest, (52, V, 3) mm."""
    from studio.face.rig import load_rig, proportions

    rig = load_rig()
    return np.asarray(rig.actions * proportions(rest, rig.rest))


def _adjusted(found: Morphs, frames: Floats, faces: Ints, stride: float) -> Morphs:
    """Solve again, with what is left of all frames in the rest, and shapes turned to what is seen.

    Parameters
    ----------
    stride
        So many times what is left: where a weight is at its bound, little of it shows.
    """
    still = frames if found.head is None else found.head.off(frames)
    shown = found.weights @ found.deltas.reshape(len(found.deltas), -1)
    shown = shown.reshape(still.shape)
    left = still.mean(axis=0) - shown.mean(axis=0) - found.base
    rest = found.base + np.float32(stride) * left
    shown = (shown - shown.mean(axis=0)).reshape(-1, 3)
    moved = (still - still.mean(axis=0)).reshape(-1, 3)
    turn = np.linalg.lstsq(shown.T @ shown, shown.T @ moved, rcond=1e-6)[0]
    return _solved(rest, found.deltas @ turn.astype(np.float32), frames, faces)


def _solved(
    rest: Floats, deltas: Floats, frames: Floats, faces: Ints, progress: Progress | None = None
) -> Morphs:
    from studio.face.registration.carrying.solving import solved
    from studio.face.registration.shapes import FaceShapes
    from studio.face.rig import ARKIT

    found = solved(FaceShapes(rest, faces, deltas), frames, progress)
    head = Head.of(found.head.rotation, found.head.shift) if found.head.moves else None
    still = frames if head is None else head.off(frames)
    return Morphs("arkit", rest, ARKIT, deltas, found.weights, head).measured(still)
