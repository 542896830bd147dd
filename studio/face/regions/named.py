"""The regions of a face by name, as weights that fade over their borders.

Brows, eyes, nose, mouth and jaw share the front of the face among them: each vertex is of the one
whose landmarks are nearest along the surface, and where two of them meet, one fades into the other.
Over the border of the front all of them fade together. Left and right are the subject's.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from studio.core.errors import InputError
from studio.core.geometry import smoothstep
from studio.core.request import Range
from studio.core.sequence import Doubles, Floats, read_only
from studio.core.surfaces import surface_distance
from studio.face.model import FaceModel

ALL, FACE = "all", "face"
# Their landmarks in iBUG's order, and by how many mm along the surface each reaches farther than
# the brows do, so that lids are of the eyes, cheeks of the mouth, and the chin is of the jaw.
_PARTS: dict[str, tuple[range, float]] = {
    "brows": (range(17, 27), 0.0),
    "eyes": (range(36, 48), 5.0),
    "nose": (range(27, 36), 0.0),
    "mouth": (range(48, 68), 12.0),
    "jaw": (range(4, 13), 8.0),
}
PARTS: tuple[str, ...] = tuple(_PARTS)
SIDES = ("left", "right")
NAMES: tuple[str, ...] = (ALL, FACE, *PARTS, *SIDES)
BORDER = Range(1.0, 60.0)  # mm over which a region fades
_NOT = "not "
_MOVED = ("brows", "eyes", "mouth", "jaw")  # what expressions move is of the front
_APART = {"eye_left": "eyes", "eye_right": "eyes", "tongue": "mouth"}  # surfaces of their own
_NEAR = 32.0  # mm from the landmarks of brows, eyes, nose and mouth: also of the front


def checked_spec(spec: str) -> str:
    """Take the words for a region.

    Parameters
    ----------
    spec
        Names joined by + for what is in any of them, and by & for what is in all of them, each
        also with "not " before it: "mouth+jaw", "brows & left", "not eyes".

    Raises
    ------
    InputError
        Where a name is none of a region.
    """
    for name in (part for term in _terms(spec) for part in term):
        if name.removeprefix(_NOT).strip() not in NAMES:
            wanted = f"regions joined by + or &, each one of {', '.join(NAMES)}"
            raise InputError.of("mask", wanted, spec[:40])
    return spec


def region(face: FaceModel, spec: str, border: float) -> Floats:
    """Tell how much each vertex of a face belongs to a region.

    Parameters
    ----------
    face
        A face that the studio knows.
    spec
        As `checked_spec` takes it. What is in any of several is their sum, at most 1; what is in
        all of several their product; what is in none of one 1 less its weight.
    border
        Over how many mm it fades.

    Returns
    -------
    (V,) float32, 0..1, read-only

    Raises
    ------
    InputError
        Where a name is none of a region.
    """
    return _region(face, checked_spec(spec), float(border))


@lru_cache(maxsize=32)
def _region(face: FaceModel, spec: str, border: float) -> Floats:
    out = np.zeros(face.template.n_vertices, np.float32)
    for term in _terms(spec):
        whole = np.ones_like(out)
        for name in term:
            bare = name.removeprefix(_NOT).strip()
            weights = _named(face, bare, border)
            whole *= weights if name == bare else 1 - weights
        out += whole
    np.minimum(out, 1.0, out=out)
    read_only(out)
    return out


def _terms(spec: str) -> list[list[str]]:
    return [[name.strip() for name in term.split("&")] for term in spec.split("+")]


def _named(face: FaceModel, name: str, border: float) -> Floats:
    if name == ALL:
        return np.ones(face.template.n_vertices, np.float32)
    if name in SIDES:
        left = smoothstep(0.5 + face.template.vertices[:, 0] / np.float32(border))
        return left if name == "left" else 1 - left
    parts = _parts(face, border)
    return np.asarray(parts.sum(axis=0) if name == FACE else parts[PARTS.index(name)])


@lru_cache(maxsize=8)
def _parts(face: FaceModel, border: float) -> Floats:
    """Share the front of a face: (5, V), which add up to 1 there."""
    away, out_of_it = _distances(face)
    # Half of how much farther the nearest other one is, is how far the border between them is.
    others = np.stack([np.delete(away, k, axis=0).min(axis=0) for k in range(len(away))])
    raw = smoothstep(0.5 + (others - away) / (2 * border))
    raw *= (1 - smoothstep(out_of_it / border)) / np.maximum(raw.sum(axis=0), 1e-9)
    for apart, part in _APART.items():
        mask = face.template.regions.get(apart)
        if mask is not None:
            raw[:, mask] = np.eye(len(PARTS))[:, [PARTS.index(part)]]
    return raw.astype(np.float32)


@lru_cache(maxsize=2)
def _distances(face: FaceModel) -> tuple[Doubles, Doubles]:
    """Measure (5, V) mm from each part's landmarks, less its reach, and (V,) mm to the front."""
    template = face.template
    marks = face.template.landmarks
    far = 1e4  # instead of infinity, where a surface is apart from that of the landmarks

    def away(sources: np.ndarray[tuple[int, ...], np.dtype[np.integer]]) -> Doubles:
        return np.minimum(surface_distance(template.vertices, template.faces, sources), far)

    rows = []
    for name, (numbers, reach) in _PARTS.items():
        seeds = marks[list(numbers)]
        if name == "brows" and "brows" in template.regions:
            seeds = np.union1d(seeds, np.flatnonzero(template.regions["brows"]))
        rows.append(away(seeds) - reach)
    inner = [number for name in PARTS[:-1] for number in _PARTS[name][0]]
    front = away(marks[inner]) < _NEAR
    for name in _MOVED:
        front |= template.regions.get(name, front)
    return np.stack(rows), away(np.flatnonzero(front))
