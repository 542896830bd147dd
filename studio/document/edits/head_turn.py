"""How the head of a recording turns, so that what is moved by hand in a frame turns with it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.core import MeshSequence
from studio.core.geometry import rigid_alignment
from studio.core.sequence import Floats
from studio.face.template import template_of

_POINTS = 120  # that are looked at; more change nothing that can be seen
_ROUNDS = 3
_STILL = 1e-3  # mm that half of the points may leave the way of the others: less than noise
_FLAT = 1e-6  # of their length; points this thin across lie on a line and show no turn


def head_turns(recording: MeshSequence, start: int, frames: NDArray[np.integer]) -> Floats:
    """(N, 3, 3) rotations that take a direction in frame `start` to the same direction of the
    head in each of N frames.

    Of the template's triangulation the region that no expression moves is looked at, of any other
    the whole surface, where the part that moves otherwise than most is left out. Where the head
    does not turn, and in frame `start`, they are the identity bit for bit.
    """
    chosen = _chosen(recording)
    then = recording.vertices[start, chosen]
    now = recording.vertices[np.asarray(frames)[:, None], chosen]
    turns = np.broadcast_to(np.eye(3), (len(now), 3, 3)).copy()
    turned = np.zeros(len(now), dtype=bool) if _on_a_line(then) else ~_still(now - then)
    if turned.any():
        back, _ = rigid_alignment(now[turned], then, rounds=_ROUNDS)
        turns[turned] = back.transpose(0, 2, 1)
    return turns.astype(np.float32)


def _chosen(recording: MeshSequence) -> NDArray[np.intp]:
    """The vertices that are looked at."""
    known, template = np.arange(recording.n_vertices), template_of(recording.topology)
    if template is not None:
        known = np.flatnonzero(template.regions["rigid"])
    return known[:: max(len(known) // _POINTS, 1)]


def _on_a_line(points: Floats) -> bool:
    sizes = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
    return len(sizes) < 2 or bool(sizes[1] <= _FLAT * sizes[0])


def _still(away: Floats) -> NDArray[np.bool_]:
    """(N,) frames in which half of the points or more went the same way.

    away : (N, P, 3) mm that the points have gone
    """
    common = np.median(away, axis=1, keepdims=True)
    return np.asarray(np.median(np.linalg.norm(away - common, axis=2), axis=1) <= _STILL)
