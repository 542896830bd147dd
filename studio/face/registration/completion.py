"""What a foreign surface shows nothing of, put where the rest of the face says it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from studio.core.geometry import sphere
from studio.core.sequence import Doubles

from .head import Head, Mask
from .sparse import factor

if TYPE_CHECKING:
    from scipy import sparse

_GAP = 0.2  # mm between an eyeball and the rims of its lids
_ON = 2.0  # mm between an eyeball and what of its lids lies on it
_SIZES = np.linspace(0.7, 1.1, 41)  # of an eyeball, beside the person's
_BACK = np.linspace(0.0, 6.0, 25)  # mm that it may lie behind where the lids take it
_INSIDE = 20.0  # how much worse a lid in the eyeball is than one before it
_CALM = 0.01  # mm^2 for a square millimeter of another size or place
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
        out[eye] = _eyeball(person, out, eye, _rim(head, eye))
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


def _eyeball(person: Doubles, face: Doubles, eye: Mask, rim: Mask) -> Doubles:
    """Lay an eyeball behind its lids: along with them, and as large and as far back as fits.

    Parameters
    ----------
    person, face : (V, 3) mm, before and after the fit
    eye, rim : (V,) the eyeball and the vertices of its lids that lie on it at rest
    """
    center, radius = sphere(person[eye])
    lids = face[rim] - (center + (face - person)[rim].mean(axis=0))
    back = -_BACK[:, None] * np.array([0.0, 0.0, 1.0])
    away = np.linalg.norm(lids[:, None] - back, axis=2)  # (lids, steps)
    gaps = away[..., None] - radius * _SIZES - _GAP  # (lids, steps, sizes)
    cost = np.where(gaps < 0, _INSIDE * gaps**2, gaps**2).mean(axis=0)
    cost += _CALM * (_BACK[:, None] ** 2 + (radius * (1 - _SIZES)) ** 2)
    step, size = np.unravel_index(cost.argmin(), cost.shape)
    # What still pokes in decides the size, unless it is a fold of the lid far inside.
    most = float(away[:, step].min() - _GAP) / radius
    scale = max(min(float(_SIZES[size]), most), float(_SIZES.min()))
    shift = (face - person)[rim].mean(axis=0) + back[step]
    return np.asarray(center + shift + scale * (person[eye] - center))


def _rim(head: Head, eye: Mask) -> Mask:
    """Find the outside vertices that lie on an eyeball at rest, (V,)."""
    rest = head.template.vertices.astype(np.float64)
    center, radius = sphere(rest[eye])
    away = np.linalg.norm(rest - center, axis=1) - radius
    return np.asarray(head.outside & (away < _ON))
