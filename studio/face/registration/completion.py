"""What a foreign surface shows nothing of, put where the rest of the face says it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Doubles

from .head import Head, Mask
from .sparse import factor

if TYPE_CHECKING:
    from scipy import sparse

_GAP = 0.3  # mm between an eyeball and the inner side of its lids
_NEIGHBORS = 24  # vertices of the skin that a part of its own goes along with


def completed(head: Head, person: Doubles, fitted: Doubles, known: Mask) -> Doubles:
    """Carry what the fit changed on known vertices on to the others.

    Parameters
    ----------
    head : the template
    person : (V, 3) mm, the person of the rig that the fit began from
    fitted : (V, 3) mm, the fit
    known : (V,) which of its vertices are to be believed

    Returns
    -------
    (V, 3) mm: known vertices as fitted; the rest of the skin moved from the person by a harmonic
    map of what its surroundings moved; eyeballs and tongue moved as a whole
    """
    skin = head.template.regions["skin"]
    moved = np.where(known[:, None], fitted - person, 0.0)
    moved = _harmonic(head.laplacian, moved, known, skin)
    out = person + moved
    for name in ("eye_left", "eye_right"):
        eye = head.template.regions[name]
        out[eye] = _eyeball(person, out, eye, head.outside)
    tongue = head.template.regions["tongue"]
    out[tongue] = person[tongue] + _shift(person, out, tongue, skin & ~head.outside)
    return out


def _harmonic(laplacian: sparse.csr_array, moved: Doubles, known: Mask, skin: Mask) -> Doubles:
    from scipy import sparse

    free = np.flatnonzero(skin & ~known)
    held = np.flatnonzero(skin & known)
    if not len(free) or not len(held):
        return moved
    rows = laplacian[free]
    inner = rows[:, free] + 1e-9 * sparse.eye_array(len(free))
    out = moved.copy()
    out[free] = factor(inner).solve(-(rows[:, held] @ moved[held]))
    return out


def _shift(before: Doubles, after: Doubles, part: Mask, around: Mask) -> NDArray[np.float64]:
    """How the vertices nearest to a part have moved on the whole, (3,) mm."""
    from scipy.spatial import cKDTree

    ids = np.flatnonzero(around)
    away, near = cKDTree(before[ids]).query(before[part].mean(axis=0), k=4 * _NEIGHBORS)
    weight = 1.0 / (np.asarray(away) + 5.0) ** 2
    moved = (after - before)[ids[near]]
    return np.asarray((weight[:, None] * moved).sum(axis=0) / weight.sum())


def _eyeball(person: Doubles, face: Doubles, eye: Mask, outside: Mask) -> Doubles:
    """Move an eyeball along with its lids, and back so far that no lid lies in it."""
    center, radius = _sphere(person[eye])
    ids = np.flatnonzero(outside)
    away = np.linalg.norm(person[ids] - center, axis=1) - radius
    lids = ids[away < 4.0]
    if not len(lids):
        return person[eye]
    center = center + (face - person)[lids].mean(axis=0)
    inward = np.zeros(3)
    for _ in range(10):
        from_center = face[lids] - (center + inward)
        depth = radius + _GAP - np.linalg.norm(from_center, axis=1)
        if depth.max() < 0.02:
            break
        inward[2] -= min(float(depth.max()), 1.0)
    return np.asarray(person[eye] + (center + inward - _sphere(person[eye])[0]))


def _sphere(points: Doubles) -> tuple[Doubles, float]:
    """Fit the sphere nearest to points (P, 3): its center (3,) and its radius."""
    system = np.concatenate([2 * points, np.ones((len(points), 1))], axis=1)
    found = np.linalg.lstsq(system, (points**2).sum(axis=1), rcond=None)[0]
    return found[:3], float(np.sqrt(found[3] + found[:3] @ found[:3]))
