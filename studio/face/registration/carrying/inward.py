"""Motion of a foreign face carried onto the template that was fitted to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from studio.core.alignment import head_points
from studio.core.progress import Progress
from studio.core.sequence import Floats
from studio.face.known import studio_face
from studio.face.registration.correspondence import Correspondence

from .action_fit import ActionFit, turned
from .edges import Edges
from .fill import Fill
from .head import HeadMotion
from .laid import laid_on, template_still
from .portions import portions

Index = NDArray[np.intp]
Mask = NDArray[np.bool_]

_EYE_POINTS = 100  # of a foreign eyeball that are looked at; more tell no more of its turn


@dataclass(frozen=True, eq=False)
class _Eye:
    """What an eyeball of the template is turned by.

    Attributes
    ----------
    ball : (P,) its vertices
    points : (Q,) foreign vertices that turn with it
    rest : (Q, 3) mm, where they are at rest, about the center of the ball
    """

    ball: Index
    points: Index
    rest: Floats


@dataclass(frozen=True, eq=False)
class _Inward:
    """What is found once for a correspondence.

    Attributes
    ----------
    fit : the rig's actions on the trusted vertices
    fill : from these to all others
    corners : (P, 3) foreign vertices around the partner of each trusted one
    shares : (P, 3) how far each counts
    still : (H,) rows of the trusted vertices that no expression moves
    eyes : the eyeballs that foreign ones turn
    """

    fit: ActionFit
    fill: Fill
    corners: Index
    shares: Floats
    still: Index
    eyes: tuple[_Eye, ...]

    def motion(self, correspondence: Correspondence, frames: Floats) -> tuple[HeadMotion, Floats]:
        """Find the head's motion, and displacements (T, P, 3) of the trusted vertices."""
        there, rest = self.sampled(frames), self.sampled(correspondence.neutral[None])[0]
        head = HeadMotion.of(there[:, self.still], rest[self.still])
        turn = (correspondence.scale * correspondence.rotation.T).astype(np.float32)
        return head, (head.off(there) - rest) @ turn

    def sampled(self, frames: Floats) -> Floats:
        """Interpolate foreign vertices (T, N, 3) at the partners (T, P, 3)."""
        out = self.shares[:, 0, None] * frames[:, self.corners[:, 0]]
        for corner in (1, 2):
            out += self.shares[:, corner, None] * frames[:, self.corners[:, corner]]
        return out


def carried_in(
    correspondence: Correspondence, vertices: Floats, progress: Progress | None = None
) -> Floats:
    """Carry the motion of a foreign face onto the template fitted to it.

    What has no partner, as the bag of the mouth, follows by the rig's actions and, smoothly, by
    what its surroundings do beside them. The head's motion is kept.

    Parameters
    ----------
    correspondence : how the foreign face lies on the template
    vertices : (T, N, 3) mm, the foreign face in motion, in its own pose
    progress : hears how far it is, and stops it

    Returns
    -------
    (T, V, 3) float32 mm, in the template's pose; the fitted template where nothing moved

    Raises
    ------
    InputError
        For frames of another number of vertices.
    """
    count, message = len(correspondence.neutral), "Carrying motion in"
    parts = portions(vertices, count, "motion to carry", message, progress)
    inward = _inward(correspondence)
    out = np.empty((len(vertices), *correspondence.fitted.shape), dtype=np.float32)
    for part in parts:
        out[part] = _carried(correspondence, inward, vertices[part])
    return out


def _carried(correspondence: Correspondence, inward: _Inward, frames: Floats) -> Floats:
    fitted, neutral = correspondence.fitted, correspondence.neutral
    turn = (correspondence.scale * correspondence.rotation.T).astype(np.float32)
    head, moved = inward.motion(correspondence, frames)
    out = inward.fit.moved(inward.fit.weights(moved))
    field = np.zeros((len(fitted), 3 * len(frames)), dtype=np.float32)
    seen = inward.fit.seen
    field[seen] = _flat(moved - out[:, seen])
    inward.fill(field)
    out += field.reshape(len(fitted), len(frames), 3).transpose(1, 0, 2)
    for eye in inward.eyes:
        away = head.off(frames[:, eye.points]) - neutral[eye.points]
        turns = turned(eye.rest, np.asarray(away @ turn), fitted[eye.ball])
        out[:, eye.ball] = turns.transpose(1, 0, 2)
    out[~moved.any(axis=(1, 2))] = 0.0
    out += fitted
    return head.seen(correspondence.scale, correspondence.rotation, correspondence.shift).on(out)


def _flat(frames: Floats) -> Floats:
    """Lay frames (T, V, 3) side by side: (V, 3T)."""
    return np.ascontiguousarray(frames.transpose(1, 0, 2).reshape(frames.shape[1], -1))


@lru_cache(maxsize=4)
def _inward(correspondence: Correspondence) -> _Inward:
    eyes = _eyes(correspondence)
    known = np.zeros(len(correspondence.fitted), dtype=bool)
    known[laid_on(correspondence).partners.vertices] = True
    for eye in eyes:
        known[eye.ball] = False
    return _prepared(correspondence, known, eyes)


def _prepared(correspondence: Correspondence, known: Mask, eyes: tuple[_Eye, ...]) -> _Inward:
    template, fitted, laid = studio_face().template, correspondence.fitted, laid_on(correspondence)
    seen, partners = np.flatnonzero(known), laid.partners
    own = known[partners.vertices]
    return _Inward(
        ActionFit.of(fitted, seen),
        Fill.of(Edges.of(fitted, template.faces), known, bends=False),
        laid.source[partners.corners[own]],
        partners.shares[own],
        head_points(template_still()[seen]),
        eyes,
    )


def _eyes(correspondence: Correspondence) -> tuple[_Eye, ...]:
    laid, fitted = laid_on(correspondence), correspondence.fitted
    found = []
    for eye in laid.parts.eyes:
        ball, about = laid.about(eye, fitted)
        some = slice(None, None, max(len(eye.vertices) // _EYE_POINTS, 1))
        points, rest = laid.source[eye.vertices[some]], about[some]
        found.append(_Eye(ball, points, rest))
    return tuple(found)
