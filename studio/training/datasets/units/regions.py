"""Where each action unit shows: soft masks over the face, and the points that are looked at."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from studio.core.sequence import Floats
from studio.face.action_units import UNITS, shape_matrix
from studio.face.registration.head import load_head
from studio.nn.units.au_transformer import Regions

_LEAST = 0.12  # of its farthest vertex, that a vertex must move by to belong to a unit's region


def draw_regions(rigs: Floats, points: int) -> Regions:
    """Find the regions of all units.

    Parameters
    ----------
    rigs : (R, 52, V, 3)
        What the actions of each rig move, in mm.
    points
        Points P of each region, far from each other and where the unit moves the skin.
    """
    mask = soft_masks(rigs)
    rest = load_head().template.vertices
    chosen = [_spread(rest, row, points) for row in mask]
    vertices = np.unique(np.concatenate(chosen))
    weights = [np.sqrt(row[ids]) for row, ids in zip(mask, chosen, strict=True)]
    return Regions(
        torch.tensor(UNITS),
        torch.from_numpy(vertices),
        torch.from_numpy(np.stack([np.searchsorted(vertices, ids) for ids in chosen])),
        torch.from_numpy(np.stack(weights).astype(np.float32)),
    )


def soft_masks(rigs: Floats) -> Floats:
    """Tell how much each unit moves each vertex of the outside: (N, V), 1 where it moves most."""
    moved = np.einsum("na,ravc->rnvc", shape_matrix(), rigs)
    far = np.linalg.norm(moved, axis=3) * load_head().outside
    share = far / far.max(axis=2, keepdims=True)
    return np.asarray(share.mean(axis=0), dtype=np.float32)


def _spread(rest: Floats, mask: Floats, count: int) -> NDArray[np.int64]:
    """Choose vertices that lie far from each other, the more, the more they move: (P,) ids."""
    allowed = np.where(mask >= _LEAST, np.sqrt(mask), 0.0)
    out = [int(allowed.argmax())]
    away = np.full(len(rest), np.inf)
    while len(out) < count:
        away = np.minimum(away, np.linalg.norm(rest - rest[out[-1]], axis=1))
        out.append(int((away * allowed).argmax()))
    return np.sort(np.array(out))
