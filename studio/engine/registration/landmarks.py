"""Landmarks of a face on a mesh of any triangulation, found by pictures of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import InputError
from studio.core.progress import Progress
from studio.core.sequence import Doubles, Floats, Ints
from studio.engine.loading.device import ONE_THREAD
from studio.face.known import studio_face
from studio.face.registration.raster import Effort, Spent
from studio.face.registration.similarity import Similarity, similarity
from studio.nn.tflite.face_landmarker import COUNT, INNER_LIPS, IRISES, OVAL

from .agreement import Agreement, agreed
from .search import SURE, Look, likely, rounds, seen
from .sight import Scene, Sight, Spots, Window, settled

_SIZE = 250.0  # of the longest side of a mesh while it is looked at
_GOOD = 4.0  # of doubt; nothing better is looked for
_FAIR = 8.0  # of doubt; nothing better is looked for where that takes longer
_LEVEL = 3.0  # degrees that a face may be turned from the template's pose when it is looked at last
_ROUNDS = 4  # of turning it upright
_FACING = 0.4  # least share of a normal that looks at the eye
_SPREAD = 2.0  # mm between the views at which a landmark is trusted half
_CELLS = 160  # of a window, a side: as fine as a mesh must be for its landmarks to be found
_LAYERS = 20  # of a mesh, one behind the other: a head has 2 to 4, one in much hair has 10
_EFFORT = 1.5e8  # of the pictures until a face is seen: twice what one in loose hair costs
_LEAST = 30  # landmarks; fewer are no face
_HOLLOW = 0.5  # of the residual, that a reflection must leave where the face is one of a mold
# The rims of parted lips are fallen through, the oval slides along the cheek, and not every mesh
# has eyeballs.
_USED = np.setdiff1d(np.arange(COUNT), [*INNER_LIPS, *OVAL, *IRISES])


@dataclass(frozen=True, eq=False)
class MeshLandmarks:
    """The same places on a foreign face and on the template.

    Attributes
    ----------
    number
        (M,) int32, which of the network's 478 landmarks.
    spots
        (M) where they lie on the mesh.
    points
        (M, 3) float32, the same in the pose and the unit of the mesh.
    template
        (M) where they lie on the template.
    confidence
        (M,) float32, 0..1, by how well views from nearby agree.
    presence
        How surely the network sees a face, 0..1.
    covered
        Share of the template's landmarks that lie on the mesh, 0..1: above 0.85 on a whole face.
    residual
        (M,) mm that each stays from the template's after the similarity.
    similarity
        Lays the mesh in the template's pose and size.
    inside_out
        Share of the landmarks where the mesh is wound inward, 0..1; near 1, the mesh is mirrored
        or its triangles are turned.
    hollow
        Whether the landmarks lie as in a mold: a reflected face fits them far better.
    """

    number: Ints
    spots: Spots
    points: Floats
    template: Spots
    confidence: Floats
    presence: float
    covered: float
    residual: Doubles
    similarity: Similarity
    inside_out: float
    hollow: bool

    @property
    def residual_mm(self) -> float:
        """Median of the residual: 2 to 4 on a face, more on what only looks like one."""
        return float(np.median(self.residual))

    @property
    def doubt(self) -> float:
        """The residual in mm, grown by what else speaks against a face: 1 to 6 on one.

        It grows as the network is less sure, as views from nearby disagree, and twofold in a mold.
        """
        trust = self.presence * float(self.confidence.mean())
        return self.residual_mm * (2 if self.hollow else 1) / max(trust, 1e-6)


def find_landmarks(
    vertices: NDArray[np.floating], faces: Ints, progress: Progress | None = None
) -> MeshLandmarks | None:
    """Find the landmarks of the face on a mesh, however it lies.

    Parameters
    ----------
    vertices
        (N, 3) in any unit.
    faces
        (F, 3) triangles, wound either way.
    progress
        Hears how far it is, and may cancel.

    Returns
    -------
    those of the side that fits the template best; None where no side looks like a face

    Raises
    ------
    InputError
        For a mesh without triangles, or vertices of them that are no numbers.
    CheckpointError
        Where the network is not there, or damaged.
    Cancelled
        Where a stop was asked for.
    """
    progress = progress or Progress()
    scene, middle, unit = _centered(vertices, faces)
    if not unit or _area(scene) > _LAYERS * _SIZE**2:
        return None
    with ONE_THREAD:
        best = _best(scene, progress)
    return None if best is None else _moved(best, vertices, faces, middle, unit)


@dataclass(frozen=True, eq=False)
class _Goal:
    """The template's own landmarks, by the same network, so that its bias cancels."""

    window: Window
    found: Agreement
    usable: NDArray[np.bool_]


@lru_cache(maxsize=1)
def _goal() -> _Goal:
    template = studio_face().template
    scene = Scene(template.vertices.astype(np.float64), template.faces)
    front = rounds(scene)[0][0]
    sight = settled(scene, front.rotation, front.window, rounds=4)
    found = agreed(scene, scene, front.rotation, sight)
    usable = np.isin(np.arange(COUNT), _USED) & (found.facing > _FACING)
    return _Goal(sight.window, found, usable)


def _best(scene: Scene, progress: Progress) -> MeshLandmarks | None:
    """Look from more and more sides until there is a face, or pictures have cost what they may."""
    best: MeshLandmarks | None = None
    try:
        for number, places in enumerate(rounds(scene)):
            part = progress.part(number / 3, (number + 1) / 3)
            for look in likely(scene, places, part):
                progress.check()
                found = _looked(scene, look)
                if found is not None and (best is None or found.doubt < best.doubt):
                    best = found
                if best is not None and best.doubt < _GOOD:
                    return best
            if best is not None and best.doubt < _FAIR:
                return best
    except Spent:
        pass
    return best


def _looked(scene: Scene, look: Look) -> MeshLandmarks | None:
    """Tell the landmarks at a place; None where there is no face."""
    near = scene.coarse(look.window.size / _CELLS)
    sight = seen(near, look)
    if sight is None:
        return None
    with scene.effort.spared():  # what is seen is looked at, hair and all
        return _told(scene, near, *_level(near, look.rotation, sight))


def _level(scene: Scene, rotation: Doubles, sight: Sight) -> tuple[Doubles, Sight]:
    """Turn a mesh as the template lies, and look at what the template's window shows of it."""
    for done in range(_ROUNDS):
        points = scene.under(rotation, sight) @ rotation.T
        both = np.isfinite(points[:, 0]) & _goal().usable
        if both.sum() < _LEAST:
            break
        laid, _ = similarity(points[both], _goal().found.points[both], np.ones(both.sum()))
        if done and _degrees(laid.rotation) < _LEVEL:
            break
        window = _goal().window
        shown = Window((window.middle - laid.shift[:2]) / laid.scale, window.size / laid.scale)
        again = scene.sight(laid.rotation @ rotation, shown)
        if again.presence < SURE:
            break
        rotation, sight = laid.rotation @ rotation, again
    return rotation, sight


def _told(scene: Scene, near: Scene, rotation: Doubles, sight: Sight) -> MeshLandmarks | None:
    """Tell the landmarks of a mesh that is seen from the front; None where there are few."""
    goal, found = _goal(), agreed(scene, near, rotation, sight)
    known = np.isfinite(found.points[:, 0]) & np.isfinite(found.spread)
    which = goal.usable & known & (np.abs(np.nan_to_num(found.facing)) > _FACING)
    if which.sum() < _LEAST:
        return None
    points, wanted = found.points[which], goal.found.points[which]
    laid, _ = similarity(points, wanted, np.ones(len(points)))
    trust = 1 / (1 + (laid.scale * found.spread[which] / _SPREAD) ** 2)
    laid, residual = similarity(points, wanted, trust)
    _, reflected = similarity(points, wanted, trust, mirrored=True)
    return MeshLandmarks(
        number=np.flatnonzero(which).astype(np.int32),
        spots=found.spots.chosen(which),
        points=points.astype(np.float32),
        template=goal.found.spots.chosen(which),
        confidence=trust.astype(np.float32),
        presence=found.presence,
        covered=float(which.sum() / goal.usable.sum()),
        residual=residual,
        similarity=laid,
        inside_out=float((found.facing[which] < 0).mean()),
        hollow=bool(np.median(reflected) < _HOLLOW * np.median(residual)),
    )


def _centered(vertices: NDArray[np.floating], faces: Ints) -> tuple[Scene, Doubles, float]:
    """Put a mesh about the origin, a fixed size large; its middle (3,) and unit were others."""
    corners, place = np.unique(faces, return_inverse=True)
    used = np.asarray(vertices, dtype=np.float64)[corners]
    wrong = int((~np.isfinite(used)).any(axis=1).sum())
    if wrong or not len(faces):
        found = f"{wrong} vertices that are no numbers" if wrong else "no triangles"
        raise InputError.of("face", "triangles between finite vertices", found)
    low, high = used.min(axis=0), used.max(axis=0)
    middle, unit = (low + high) / 2, float((high - low).max()) / _SIZE
    numbered = place.reshape(faces.shape).astype(np.int32)
    return Scene((used - middle) / (unit or 1.0), numbered, Effort(_EFFORT)), middle, unit


def _area(scene: Scene) -> float:
    """Add up the triangles of a mesh."""
    a, b, c = (scene.vertices[scene.faces[:, corner]] for corner in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum()) / 2


def _moved(
    found: MeshLandmarks,
    vertices: NDArray[np.floating],
    faces: Ints,
    middle: Doubles,
    unit: float,
) -> MeshLandmarks:
    """Say of a mesh where it lies what was found after `_centered`."""
    laid = found.similarity
    scale = laid.scale / unit
    return replace(
        found,
        points=found.spots.on(vertices, faces).astype(np.float32),
        similarity=Similarity(scale, laid.rotation, laid.shift - scale * laid.rotation @ middle),
    )


def _degrees(rotation: Doubles) -> float:
    """By how much a rotation (3, 3) turns."""
    return float(np.degrees(np.arccos(np.clip((np.trace(rotation) - 1) / 2, -1, 1))))
