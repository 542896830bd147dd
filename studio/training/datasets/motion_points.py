"""Where motion is read: points of the face, each the mean of the skin around a landmark, in mm.

Principal directions of the training people's motion tell how *those* move: on a rig that training
has not seen, they read much into little. How far brows, lids, nose, lips and chin go is the same
measure on every face.
"""

from __future__ import annotations

import numpy as np
import torch
from scipy.spatial.distance import cdist
from torch import Tensor

from studio.core.sequence import Floats
from studio.face.registration.head import load_head
from studio.nn.autoencoder import Autoencoder

WIDTH_MM = 4.0  # of the bell that weighs the skin around a landmark
# What the same weights move a point by from one build, rig and scan to another, root mean square
# over the points: `nuisance` measures 1.1 on both rigs.
UNIT_MM = 1.0
_LANDMARKS = (4, 8, 12, *range(17, 68))  # chin and jaw, brows, nose, eyes, lips
COORDINATES = 3 * len(_LANDMARKS)


_SHARED_MM, _OWN = 25.0, 0.3


def shared_noise() -> Floats:
    """Give the factor (P, P) that turns noise of each point alone into noise of neighbors.

    Where another rig or registration moves a point too far, it moves those around it as well:
    all but `_OWN` of the variance is shared over `_SHARED_MM`.
    """
    head = load_head()
    marks = head.template.vertices[head.template.landmarks[list(_LANDMARKS)]].astype(np.float64)
    away = cdist(marks, marks)
    covariance = (1.0 - _OWN) * np.exp(-((away / _SHARED_MM) ** 2)) + _OWN * np.eye(len(marks))
    return np.linalg.cholesky(covariance).astype(np.float32)


def point_weights() -> Floats:
    """Weigh the vertices of each point: (P, V), rows of 1."""
    head = load_head()
    rest = head.template.vertices
    marks = rest[head.template.landmarks[list(_LANDMARKS)]]
    away = np.linalg.norm(marks[:, None] - rest, axis=2)
    weight = np.exp(-((away / WIDTH_MM) ** 2)) * head.outside
    return np.asarray(weight / weight.sum(axis=1, keepdims=True), dtype=np.float32)


@torch.no_grad()
def point_rows(model: Autoencoder) -> Tensor:
    """Find what each latent moves each point by, in mm.

    Returns
    -------
    (D, K) tensor
        A row a latent, in it K / 3 points with x, y and z together.

    It is what the linear part of the decoder does, which carries all but hundredths of a
    millimeter.
    """
    moves = model.components.view(len(model.components), -1, 3) * model.spread[:, None, None]
    rows = torch.einsum("dvc,pv->dpc", moves * model.scale, torch.from_numpy(point_weights()))
    return rows.flatten(1).contiguous()
