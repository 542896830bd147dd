"""Teeth, gums and lashes: what a face is fitted with for the eye, beside its own vertices.

Nothing of them belongs to the topology, and nothing that reads a face sees them. The upper teeth
stand still in the head, the lower ones follow the jaw as one rigid piece, and each lash keeps its
place on the rim of its lid.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from studio.core import MeshSequence, Progress
from studio.core.alignment import Fit, head_points
from studio.core.errors import InputError
from studio.core.geometry import sphere
from studio.core.sequence import Doubles, Floats, Ints
from studio.core.system.paths import shipped

from .known import known
from .lips import Lips
from .rig import proportions
from .studio_face import NAME as STUDIO
from .template import Template, load_template

Mask = NDArray[np.bool_]
Number = TypeVar("Number", bound=np.floating)
Held = tuple[Floats, Floats]

_SILENT = Progress()
BLADE = 5  # points of a lash: two at the root, two on the way, one at the tip
JAW = ("jawOpen", "jawForward", "jawLeft", "jawRight")
_NARROW, _WIDE = 0.80, 1.25  # how much smaller or larger than the average face's teeth may be
_FRONT = 0.92  # cosine from the axis of the gaze, within which an eyeball's front lies
_BEHIND = 26.0  # mm behind the middle of the eyeball, where lashes are hinged


@dataclass(frozen=True, eq=False)
class Teeth:
    """Teeth and gums of the average face.

    Attributes
    ----------
    points, normals : (M, 3) float32 mm at rest, and unit normals
    faces : (K, 3) int32
    first : () int32, the first vertex of those that move with the jaw; all after it do
    gum : (M,) whether a vertex is gum
    shade : (M,) float32 share of the light that reaches a vertex
    anchors : (A, 3) float32 mm, points of the lower arch
    moves : (4, A, 3) float32 mm, what each of `JAW` at 1 adds to them
    read_ids, reader : (J,) template vertices, and (4, 3 J) weights of `JAW` a mm that these moved
    place_ids, place_weights : (P,) template vertices around the upper arch, and what each counts
    """

    points: Floats
    normals: Floats
    faces: Ints
    first: NDArray[np.int32]
    gum: Mask
    shade: Floats
    anchors: Floats
    moves: Floats
    read_ids: Ints
    reader: Floats
    place_ids: Ints
    place_weights: Floats


@dataclass(frozen=True, eq=False)
class Lashes:
    """Lashes as blades on the rims of the four lids, of `BLADE` points each.

    Attributes
    ----------
    rim : (H, 4) int32 template vertices, one after the other on the rim of a lid; a lash has its
        root between the middle two
    share : (H,) float32 of the way from the second to the third
    left : (H,) whether it is a lash of the left eye
    local : (H, BLADE, 3) float32 mm from the root: along the rim, away from the hinge, and across
    faces : (K, 3) int32
    """

    rim: Ints
    share: Floats
    left: Mask
    local: Floats
    faces: Ints


@dataclass(frozen=True, eq=False)
class Fittings:
    """What the studio's face is fitted with for the eye.

    Attributes
    ----------
    edges : (E, 2) int32 template vertices, the edges that are drawn round
    """

    teeth: Teeth
    lashes: Lashes
    lips: Lips
    edges: Ints

    def counts(self) -> dict[str, int]:
        """Count the vertices of teeth with their gums, and of lashes, in the order written."""
        return {"teeth": len(self.teeth.points), "lashes": self.lashes.local.size // 3}

    def write(self, path: Path) -> None:
        """Write all as one npz file, what needs no more in half precision."""
        half = {"normals", "shade", "moves", "reader", "share", "local", "place_weights", "follow"}
        half |= {"opened"}
        arrays: dict[str, Any] = {"edges": self.edges}
        for name in _KINDS:
            part = getattr(self, name)
            for field in fields(part):
                array = getattr(part, field.name)
                small = array.astype(np.float16) if field.name in half else array
                arrays[f"{name}_{field.name}"] = small
        np.savez_compressed(path, **arrays)

    @classmethod
    def read(cls, path: Path) -> Fittings:
        """Read what `write` wrote.

        Raises
        ------
        InputError
            When the file cannot be that.
        """
        try:
            with np.load(path, allow_pickle=False) as data:
                parts: dict[str, Any] = {
                    name: kind(
                        **{each.name: _full(data[f"{name}_{each.name}"]) for each in fields(kind)}
                    )
                    for name, kind in _KINDS.items()
                }
                return cls(**parts, edges=data["edges"])
        except (OSError, KeyError, ValueError) as error:
            raise InputError.of(path, "the studio's teeth and lashes", str(error)) from error


_KINDS: dict[str, Any] = {"teeth": Teeth, "lashes": Lashes, "lips": Lips}


def _full(array: NDArray[Any]) -> NDArray[Any]:
    return array.astype(np.float32) if array.dtype == np.float16 else array


@lru_cache(maxsize=1)
def load_fittings() -> Fittings:
    """Read the shipped teeth and lashes, once."""
    return Fittings.read(shipped("resources") / "face" / "fittings.npz")


@dataclass(frozen=True, eq=False)
class Eye:
    """An eyeball of a face.

    Attributes
    ----------
    ids, weights : (N,) its vertices, and what each counts in the sum that is its middle
    front : (M,) those of them around its pupil
    radius : mm, at rest
    """

    ids: NDArray[np.intp]
    weights: Floats
    front: NDArray[np.intp]
    radius: float

    @classmethod
    def of(cls, template: Template, name: str) -> Eye:
        """Look at the eyeball of a template that a region is."""
        ids = np.flatnonzero(template.regions[name])
        points = template.vertices[ids].astype(np.float64)
        center, radius = sphere(points)
        # The calmest weights that add up to 1 and give the middle, whatever way the eyeball moves.
        system = np.column_stack([points - center, np.ones(len(ids))])
        weights = np.linalg.pinv(system)[-1]
        away = (points - center) / np.linalg.norm(points - center, axis=1, keepdims=True)
        front = ids[away[:, 2] > _FRONT]
        return cls(ids, weights.astype(np.float32), front, float(radius))

    def center(self, frame: Floats) -> Floats:
        """Find the middle (3,) of the eyeball in a frame (V, 3)."""
        return np.asarray(self.weights @ frame[self.ids])


class FittedFace:
    """The teeth, lashes and lips of one person, placed by a face at rest.

    Parameters
    ----------
    neutral : (V, 3) mm on the template's topology; a mouth that stands open in it is reckoned with
    """

    def __init__(self, neutral: Floats) -> None:
        self.fittings, self._template = load_fittings(), load_template()
        teeth, rest = self.fittings.teeth, self._template.vertices
        self._still = head_points(self._template.regions["rigid"])
        turn, shift = Fit(rest[self._still])(neutral[self._still])
        self._neutral = neutral @ turn.T + shift
        self._skull = Fit(self._neutral[self._still])
        self._proportions = proportions(self._neutral, rest)
        scale, place = self._placing()
        self._points = (teeth.points * scale + place).astype(np.float32)
        self._anchors = (teeth.anchors * scale + place).astype(np.float32)
        self._moves = teeth.moves * self._proportions
        self._arch = Fit(self._anchors)
        self._gap, ajar = self.fittings.lips.rest_gap(self._neutral, rest)
        self._ajar = np.array([ajar, 0.0, 0.0, 0.0])
        self.eyes = tuple(Eye.of(self._template, name) for name in ("eye_right", "eye_left"))

    def held(self, frame: Floats) -> Held:
        """Find how the head is held in a frame (V, 3): the way that lays it on the face at rest.

        Returns
        -------
        turn (3, 3) and shift (3,), as `rigid_alignment` gives them
        """
        return self._skull(frame[self._still])

    def teeth(self, frame: Floats, held: Held) -> tuple[Floats, Floats]:
        """Give the points (M, 3) mm and normals (M, 3) of the teeth in a frame (V, 3)."""
        teeth, (turn, shift) = self.fittings.teeth, held
        opened, slid = self.jaw(frame, held)
        points, normals = np.empty_like(self._points), np.empty_like(teeth.normals)
        for part, way, by in (
            (np.s_[: teeth.first], turn, -shift @ turn),
            (np.s_[teeth.first :], opened.T @ turn, (slid - shift) @ turn),
        ):
            np.matmul(self._points[part], way, out=points[part])
            points[part] += by
            np.matmul(teeth.normals[part], way, out=normals[part])
        return points, normals

    def lashes(self, frame: Floats, held: Held) -> Floats:
        """Give the points (H * BLADE, 3) mm of the lashes in a frame (V, 3)."""
        lashes = self.fittings.lashes
        right, left = (hinge(eye.center(frame), held[0][2]) for eye in self.eyes)
        center = np.where(lashes.left[:, None], left, right)
        root, axes = lid_frames(frame[lashes.rim], lashes.share, center)
        blades = lashes.local @ axes + root[:, None]
        return np.asarray(blades.reshape(-1, 3), dtype=np.float32)

    def lips(self, frame: Floats, held: Held) -> Floats:
        """Give a frame (V, 3) whose lips meet where they would at rest."""
        return self.fittings.lips.closed(frame, self._gap, held[0][1])

    def jaw(self, frame: Floats, held: Held) -> Held:
        """Find the turn (3, 3) and shift (3,) mm of the lower teeth against the head at rest.

        Rigid, as the jaw is, and the nearest to the way on which the rig moves it.
        """
        teeth, (turn, shift) = self.fittings.teeth, held
        here = frame[teeth.read_ids] @ turn.T + shift
        weights = self._read(self._neutral[teeth.read_ids], here) + self._ajar
        weights[0] = max(weights[0], 0.0)  # it does not bite through the upper one
        moved = np.tensordot(weights, self._moves, axes=1)
        # The way back of the one that lays what has moved on the arch at rest.
        turn, shift = self._arch(self._anchors + moved)
        return turn.T, -shift @ turn

    def _placing(self) -> tuple[Floats, Floats]:
        """Find the scale (3,) and shift (3,) that take the average teeth to this person.

        Each axis by itself, in least squares over the skin around the upper arch.
        """
        teeth = self.fittings.teeth
        there = self._neutral[teeth.place_ids].astype(np.float64)
        here = self._template.vertices[teeth.place_ids].astype(np.float64)
        share = teeth.place_weights / teeth.place_weights.sum()
        middle, goal = share @ here, share @ there
        here, there = here - middle, there - goal
        scale = (share @ (here * there)) / (share @ here**2)
        scale = np.clip(scale, _NARROW, _WIDE)
        return scale.astype(np.float32), (goal - scale * middle).astype(np.float32)

    def _read(self, before: Floats, after: Floats) -> Doubles:
        """Read the weights (4,) of `JAW` off vertices (J, 3) of two faces."""
        moved = ((after - before) / self._proportions).ravel()
        return np.asarray(self.fittings.teeth.reader @ moved)


def has_fittings(topology: str) -> bool:
    """Whether teeth and lashes are known for a face of this triangulation."""
    face = known(topology)
    return face is not None and face.name == STUDIO


def with_fittings(sequence: MeshSequence, progress: Progress = _SILENT) -> MeshSequence:
    """Add teeth, gums and lashes to a clip as vertices after its own, by the first frame.

    Raises
    ------
    InputError
        For a clip that is not on the studio's face.
    """
    template = load_template()
    if not has_fittings(sequence.topology):
        found = f"another one of {sequence.n_vertices}"
        wanted = f"the studio's own {template.n_vertices} vertices, for teeth and lashes"
        raise InputError.of(sequence.name, wanted, found)
    face = FittedFace(sequence.vertices[0])
    parts = face.fittings.counts()
    own, whole = template.n_vertices, sum(parts.values())
    vertices = np.empty((sequence.n_frames, own + whole, 3), dtype=np.float32)
    vertices[:, :own] = sequence.vertices
    for k in progress.each(range(sequence.n_frames), "Fitting teeth and lashes"):
        frame = sequence.vertices[k]
        held = face.held(frame)
        vertices[k, own:] = np.concatenate([face.teeth(frame, held)[0], face.lashes(frame, held)])
    teeth, lashes = face.fittings.teeth.faces, face.fittings.lashes.faces
    faces = np.concatenate([sequence.faces, teeth + own, lashes + own + parts["teeth"]])
    return replace(sequence, vertices=vertices, faces=faces)


def hinge(center: Floats, forward: Floats | Doubles) -> Floats:
    """Find the point (3,) that lashes turn about as a lid closes, behind the eyeball's middle (3,).

    A lid turns about the middle itself. Lashes that did so would end in the cheek.
    """
    return np.asarray(center - np.float32(_BEHIND) * forward, dtype=np.float32)


def lid_frames(
    rim: Floats, share: Floats | Doubles, center: Floats | Doubles
) -> tuple[Floats, Floats]:
    """Find where lashes are rooted, and how they are held: by the rim and their hinge.

    Parameters
    ----------
    rim : (H, 4, 3) mm, points one after the other on the rim of a lid
    share : (H,) of the way from the second to the third, where each root lies
    center : (3,) or (H, 3) mm, what they turn about

    Returns
    -------
    roots (H, 3) mm; unit axes (H, 3, 3): along the rim, away from the hinge, across both
    """
    part = np.asarray(share, dtype=np.float32)[:, None]
    root = (1 - part) * rim[:, 1] + part * rim[:, 2]
    along = unit(rim[:, 3] - rim[:, 0])
    away: Floats = np.asarray(root - center)
    away = unit(away - np.einsum("hc,hc->h", away, along)[:, None] * along)
    return root, np.stack([along, away, _across(along, away)], axis=1)


def _across(one: Floats, two: Floats) -> Floats:
    """(N, 3) perpendicular to both; a tenth of the time of `np.cross`."""
    a, b = one.T, two.T
    return np.stack(
        [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]], axis=1
    )


def unit(vectors: NDArray[Number]) -> NDArray[Number]:
    """Scale vectors (..., 3) to a length of 1; one without a length stays as it is."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-9))
