"""The loose parts of a foreign head: eyeballs, teeth and tongue, lashes and hair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.geometry import smoothstep, sphere
from studio.core.sequence import Doubles, Floats
from studio.core.surfaces import vertex_normals
from studio.face.known import studio_face
from studio.face.registration.sparse import factor

from .edges import Edges

Index = NDArray[np.intp]
Mask = NDArray[np.bool_]

EYES = ("eye_left", "eye_right")
_EYE_AWAY = 14.0  # mm that the center of an eyeball may be from the template's
_EYE_RADIUS = 8.0, 22.0  # mm
_EYE_ROUND = 0.12  # of the radius, that the points of an eyeball may leave the sphere by
_EYE_LEAST = 12  # vertices of one
_WITHIN = 0.97  # of the radius: what is inside of it turns with the ball, as an iris does
_LIPS = slice(60, 68)  # of iBUG's landmarks, the inner rims
_MOUTH_DEEP, _MOUTH_HIGH = 85.0, 32.0  # mm that a mouth reaches behind the lips, above and below
_WIDE, _FRONT = 0.75, 4.0  # of the width of the lips to either side; mm before their rims
_INSIDE = 0.8  # of a part's vertices that lie below the skin, in a part of the mouth
_SOFT = 24.0  # mm above and below the lips' line, over which a part of both jaws passes over
_SLOPE = 0.2  # mm that teeth meet higher, a millimeter farther back
_THROAT = 45.0, 85.0  # mm behind the lips, where nothing moves any more
# mm from the template's tongue; mm across, and what share of its vertices must be near.
_TONGUE, _WIDEST_TOOTH, _TONGUE_PART = 6.0, 14.0, 0.15
# The cosine of the normals, from which it is the tongue; mm over which its motion fades out.
_FACING, _FADING = 0.5, 5.0
_ARCH, _BOTH = 25.0, 0.3  # mm across, and of the vertices on either side, in a part of both jaws


@dataclass(frozen=True, eq=False)
class Eyeball:
    """A foreign eyeball and all that turns with it.

    Attributes
    ----------
    name : the template's region that it turns with
    vertices : (P,)
    center : (3,) mm, in the template's pose
    """

    name: str
    vertices: Index
    center: Doubles


@dataclass(frozen=True, eq=False)
class Parts:
    """What of a head is no skin.

    Attributes
    ----------
    eyes : the eyeballs that are parts of their own
    mouth : (P,) vertices of teeth, gums and tongue
    jaw : (P,) 0..1, how far each follows the lower jaw
    tongue : (P,) 0..1, how far each follows the template's tongue instead
    others : (Q,) vertices of all other parts
    """

    eyes: tuple[Eyeball, ...]
    mouth: Index
    jaw: Floats
    tongue: Floats
    others: Index


def parts_of(edges: Edges, normals: Floats, skin: Mask, fitted: Floats) -> Parts:
    """Tell the loose parts apart by where they are.

    Parameters
    ----------
    edges : of the foreign surface in the template's pose
    normals : (N, 3) of its vertices
    skin : (N,) which are skin
    fitted : (V, 3) mm, the template fitted to the face
    """
    laid, piece = edges.rest, edges.piece
    loose = np.flatnonzero(~skin)
    order = loose[np.argsort(piece[loose], kind="stable")]
    groups = np.split(order, np.flatnonzero(np.diff(piece[order])) + 1) if len(order) else []
    eyes = _eyeballs(laid, groups, fitted)
    taken = np.zeros(len(laid), dtype=bool)
    for eye in eyes:
        taken[eye.vertices] = True
    groups = [group for group in groups if not taken[group[0]]]
    inside = in_mouth(laid, fitted)
    mouth = [group for group in groups if inside[group].mean() >= _INSIDE]
    where = np.concatenate(mouth) if mouth else np.zeros(0, dtype=np.intp)
    jaw = [_jaw_share(laid[group], lip_line(fitted)) for group in mouth]
    tongue = [_tongue_share(edges, group, normals[group], fitted) for group in mouth]
    taken[where] = True
    return Parts(
        eyes,
        where,
        np.concatenate([*jaw, np.zeros(0)]).astype(np.float32),
        np.concatenate([*tongue, np.zeros(0)]).astype(np.float32),
        loose[~taken[loose]],
    )


def _eyeballs(laid: Doubles, groups: list[Index], fitted: Floats) -> tuple[Eyeball, ...]:
    regions = studio_face().template.regions
    found = []
    for name in EYES:
        middle, _ = sphere(np.asarray(fitted[regions[name]], dtype=np.float64))
        near = [
            group
            for group in groups
            if len(group) >= 3
            and np.linalg.norm(laid[group] - middle, axis=1).min() < _EYE_RADIUS[1] + _EYE_AWAY
        ]
        balls = [(group, *sphere(laid[group])) for group in near if _is_ball(laid[group], middle)]
        if not balls:
            continue
        _, center, radius = max(balls, key=lambda ball: ball[2])
        turning = [group for group, _, _ in balls]
        for group in near:
            away = np.linalg.norm(laid[group] - center, axis=1)
            if away.max() < _WITHIN * radius and not any(group is ball for ball in turning):
                turning.append(group)
        found.append(Eyeball(name, np.concatenate(turning), center))
    return tuple(found)


def _is_ball(points: Doubles, middle: Doubles) -> bool:
    """Whether points (P, 3) are an eyeball near the template's, or a good part of one."""
    if len(points) < _EYE_LEAST:
        return False
    center, radius = sphere(points)
    off = np.abs(np.linalg.norm(points - center, axis=1) - radius)
    wide = np.linalg.norm(np.ptp(points, axis=0)) > 1.8 * radius
    return bool(
        _EYE_RADIUS[0] < radius < _EYE_RADIUS[1]
        and np.linalg.norm(center - middle) < _EYE_AWAY
        and off.mean() < _EYE_ROUND * radius
        and wide
    )


def lip_line(fitted: Floats) -> Doubles:
    """(3,) The middle between the lips."""
    rims = studio_face().template.landmarks[_LIPS]
    return np.asarray(fitted[rims].mean(axis=0), dtype=np.float64)


def in_mouth(laid: Doubles, fitted: Floats) -> Mask:
    """Find the vertices (N,) that lie behind the lips, in reach of the mouth."""
    rims = studio_face().template.landmarks
    half = _WIDE * float(np.ptp(fitted[rims[48:60], 0]))
    x, y, z = (laid - lip_line(fitted)).T
    # The arch of the teeth runs behind the lips: what is farther to the side is farther back.
    front = _FRONT - 0.5 * np.abs(x)
    across = (np.abs(x) < half) & (np.abs(y) < _MOUTH_HIGH)
    return np.asarray(across & (z < front) & (z > -_MOUTH_DEEP))


def _jaw_share(part: Doubles, line: Doubles) -> Doubles:
    """Tell how far vertices (P, 3) of a part of the mouth follow the lower jaw."""
    below = part[:, 1] < line[1] + _SLOPE * (line[2] - part[:, 2])
    if np.ptp(part[:, 0]) > _ARCH and _BOTH < below.mean() < 1 - _BOTH:
        return jaw_blend(part, line)
    return np.full(len(part), float(below.mean() > 0.5))


def _tongue_share(edges: Edges, part: Index, normals: Floats, fitted: Floats) -> Doubles:
    """Tell how far vertices (P,) of a part of the mouth are the tongue: near the template's."""
    from scipy import sparse
    from scipy.spatial import cKDTree

    template = studio_face().template
    tongue, points = np.flatnonzero(template.regions["tongue"]), edges.rest[part]
    away, beside = map(np.asarray, cKDTree(fitted[tongue]).query(points))
    near = np.exp(-((away / _TONGUE) ** 2))
    if np.ptp(points[:, 0]) <= _WIDEST_TOOTH or (near > 0.5).mean() <= _TONGUE_PART:
        return np.zeros(len(part))
    # Gums may be of one part with the tongue: they face it, and the motion fades out toward them.
    facing = vertex_normals(fitted, template.faces)[tongue[beside]]
    near *= smoothstep(np.einsum("pd,pd->p", normals, facing) / _FACING)
    laplace, mass = edges.laplacian
    spread = sparse.diags_array(mass[part]) + _FADING**2 * laplace[part][:, part]
    share = np.asarray(factor(spread).solve(mass[part] * near)).clip(0.0, 1.0)
    # Its tip moves all the way, however small it is.
    return np.asarray(share * (near.max() / max(share.max(), 1e-9)))


def jaw_blend(points: Doubles, line: Doubles) -> Doubles:
    """Tell how far what lies between skull and jaw follows the jaw.

    Parameters
    ----------
    points : (P, 3) mm
    line : (3,) mm, between the lips

    Returns
    -------
    (P,) 0 above the lips' line and in the throat, 1 below it
    """
    _, height, depth = (line - points).T
    below = smoothstep((height + _SLOPE * depth + _SOFT) / (2 * _SOFT))
    deep = smoothstep((depth - _THROAT[0]) / (_THROAT[1] - _THROAT[0]))
    return np.asarray(below * (1 - deep))
