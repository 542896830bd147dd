"""Landmarks under the mouse: what they and the surface do while they are dragged."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from studio.core import Progress
from studio.core.geometry import smoothstep
from studio.core.sequence import Floats
from studio.core.surfaces import surface_distance
from studio.document import ClipState, Evaluator, LandmarkEdit
from studio.document.edits.landmarks import warp_in
from studio.face.known import studio_face
from studio.face.landmarks import IBUG_68
from studio.face.warp import RbfWarp

SOFT = 30.0  # mm along the surface, over which a soft drag fades


@dataclass(frozen=True, eq=False)
class Drag:
    """Some landmarks of a frame, held.

    Attributes
    ----------
    key
        One for each drag.
    frame, under
        The frame that plays, and the one below the edit of the landmarks that it plays.
    chosen, turned
        (K,) landmarks that move, and (K, 3, 3) what they make of the hand's motion.
    start
        (M, 3) mm, how far the landmarks were moved before.
    points
        (V, 3) mm, the frame as it played before.
    warp
        How the surface follows the chosen landmarks.
    played
        Gives the frame (V, 3) that plays with offsets (M, 3) where other edits lie on top of the
        landmarks', else None.
    """

    key: str
    clip_id: str
    frame: int
    under: int
    chosen: NDArray[np.intp]
    turned: Floats
    start: Floats
    points: Floats
    warp: RbfWarp
    played: Callable[[Floats], Floats] | None = None

    def moved(self, by: Floats) -> Floats:
        """Move the chosen landmarks, (K, 3) mm, for a motion (3,) mm of the hand."""
        return np.asarray(self.turned @ by, dtype=np.float32)

    def offsets(self, by: Floats) -> Floats:
        """Tell how far (M, 3) mm all landmarks are from where they lie below their edit.

        The motion of the hand is (3,) mm.
        """
        offsets = self.start.copy()
        offsets[self.chosen] += self.moved(by)
        return offsets

    def surface(self, by: Floats) -> Floats:
        """Compute the frame (V, 3) mm as it is to be seen, for a motion (3,) mm of the hand."""
        if self.played is not None:
            return self.played(self.offsets(by))
        return self.points + self.warp.apply(self.moved(by))


def take_hold(
    clip: ClipState,
    evaluator: Evaluator,
    frame: int,
    held: int,
    chosen: Collection[int],
    *,
    mirror: bool = False,
    soft: bool = False,
) -> Drag:
    """Hold the chosen landmarks of a frame by one of them.

    Parameters
    ----------
    clip, evaluator
        What is edited, and what plays of it.
    frame
        Its number.
    held
        The landmark under the mouse.
    chosen
        All that move.
    mirror
        Takes those on the other side along, the other way round.
    soft
        Takes those near the chosen ones along, less the farther they are on the surface.

    Raises
    ------
    InputError
        Where the landmarks cannot move the surface.
    """
    edit = replace(clip.landmark_edit or LandmarkEdit(clip.landmarks), on=True)
    place = clip.landmark_place
    under = clip.frame_below(place, frame)
    at = np.array([under])
    below = evaluator.below(clip, place, edit, at)
    warp, start = warp_in(below.basis), edit.offsets_at(below, at)[0]
    points, played = edit.apply(below, at, Progress())[0], None
    if replace(clip, edits=clip.edits[place + 1 :]).active_edits:
        played = partial(_played, evaluator, clip, edit, frame, under, points)
        points = played(start)
    shares = _shares(clip, chosen, soft=soft)
    turned = np.broadcast_to(np.eye(3, dtype=np.float32), (len(shares), 3, 3))
    if mirror and can_mirror(clip):
        shares = np.maximum(shares, shares[list(IBUG_68.mirror)])
        turned = _mirrored(points[list(edit.vertices)], held)
    numbers = np.flatnonzero(shares)
    return Drag(
        f"drag:{uuid4().hex}",
        clip.id,
        frame,
        under,
        numbers,
        (shares[:, None, None] * turned)[numbers],
        start,
        points,
        warp.only(numbers),
        played,
    )


def _played(
    evaluator: Evaluator,
    clip: ClipState,
    edit: LandmarkEdit,
    frame: int,
    under: int,
    otherwise: Floats,
    offsets: Floats,
) -> Floats:
    """Compute (V, 3) of a frame as it plays with offsets (M, 3) in the edit of the landmarks.

    While an edit on top is not ready to be computed, this is `otherwise` (V, 3).
    """
    below, above = clip.edits[: clip.landmark_place], clip.edits[clip.landmark_place + 1 :]
    moved = replace(clip, edits=(*below, edit.with_key(under, offsets), *above))
    found = evaluator.frame(moved, frame)
    return otherwise if found is None else found


def can_mirror(clip: ClipState) -> bool:
    """Whether it is known which landmarks of a clip lie across from each other.

    It is where there are 68: the clip's own or those that the user placed.
    """
    return len(clip.landmarks) == len(IBUG_68)


def partners(clip: ClipState, chosen: Collection[int]) -> frozenset[int]:
    """Find the landmarks across from the chosen ones, where that is known."""
    if not can_mirror(clip):
        return frozenset()
    return frozenset(IBUG_68.mirror[landmark] for landmark in chosen) - frozenset(chosen)


def curve_of(clip: ClipState, landmark: int) -> frozenset[int]:
    """Find the landmarks of the curve that one lies on, as a brow.

    Where no curves are known it is that one alone.
    """
    if not can_mirror(clip):
        return frozenset({landmark})
    return frozenset(next(curve for curve in IBUG_68.groups.values() if landmark in curve))


def _shares(clip: ClipState, chosen: Collection[int], *, soft: bool) -> Floats:
    """Say how much of the hand's motion each landmark takes part in: (M,) from 0 to 1."""
    shares = np.zeros(len(clip.landmarks), dtype=np.float32)
    if soft:
        vertices = np.array([landmark.vertex for landmark in clip.landmarks])
        rest, faces = clip.recording.vertices[0], clip.recording.faces
        away = surface_distance(rest, faces, vertices[list(chosen)])[vertices]
        shares[:] = smoothstep(1.0 - away / SOFT)
    shares[list(chosen)] = 1.0
    return shares


def _mirrored(points: Floats, held: int) -> Floats:
    """Say what each landmark does with the motion of the one that is held: (68, 3, 3).

    That is the same on its side, the mirror image on the other, and in the plane between them the
    part along it. The landmarks of the frame are (68, 3).
    """
    face = studio_face()
    rest = face.template.vertices[face.landmarks(IBUG_68.name), 0]
    mirror = np.array(IBUG_68.mirror)
    side = np.where(mirror == np.arange(len(mirror)), 0.0, np.sign(rest))
    across = (side[:, None] * (points - points[mirror])).sum(axis=0).astype(np.float64)
    across /= max(float(np.linalg.norm(across)), 1e-9)
    along = np.eye(3) - np.outer(across, across)
    if side[held] == 0:
        return np.asarray(np.broadcast_to(along, (len(side), 3, 3)), dtype=np.float32)
    turns = {1.0: np.eye(3), -1.0: np.eye(3) - 2 * np.outer(across, across), 0.0: along}
    return np.stack([turns[float(one * side[held])] for one in side]).astype(np.float32)
