"""Weights of the studio's rig, of what is seen of a face."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage

from studio.core.sequence import Floats
from studio.core.system.paths import shipped
from studio.engine.loading.device import ONE_THREAD
from studio.face.rig import ARKIT
from studio.nn.checkpoint import load_checkpoint
from studio.nn.video.seen_face import SeenFace, SeenFaceConfig

from .posing import posed

KIND, FILE = "seen-face", "seen_face.safetensors"
_LOW, _HIGH = 0.0, 1.0
_CALM_S = 0.3  # of a stretch of rest
_RESTING = 0.1  # share of the frames that the face at rest is taken from
_FEWEST, _MOST = 3, 60  # frames of it
_ROUNDS = 2  # of looking for it: the first knows nothing of the person
_SMOOTH_S = 0.04  # deviation of the window over which weights are averaged
_QUICK = np.array([name.startswith(("eyeBlink", "eyeLook")) for name in ARKIT])


@dataclass(frozen=True, eq=False)
class Weighing:
    """What a face does.

    Attributes
    ----------
    weights
        (T, 52) float32 in `ARKIT` order, 0..1.
    head
        (T, 3) degrees yaw, pitch, roll, from the camera's view.
    resting
        (T,) the frames that show the face at rest, from which the others are counted.
    """

    weights: Floats
    head: Floats
    resting: NDArray[np.bool_]


def seen_of(landmarks: Floats) -> tuple[Floats, Floats]:
    """Lay landmarks (T, 478, 3), as in `Sighting`, in rows, as `SeenFace` takes them.

    Returns
    -------
    (T, S) places on the canonical face, and (T, 3) the turn of the head in degrees
    """
    laid = posed(landmarks)
    flat = laid.points.reshape(len(landmarks), -1)
    return flat.astype(np.float32), laid.head.astype(np.float32)


@lru_cache(maxsize=1)
def load_seen_face() -> SeenFace:
    """Read the shipped network, once.

    Raises
    ------
    CheckpointError
        Where it is not there, or damaged.
    """
    path = shipped("resources") / "face_landmarker" / FILE
    checkpoint = load_checkpoint(path, KIND)
    return checkpoint.fill(SeenFace(checkpoint.config_as(SeenFaceConfig)))


def weigh(landmarks: Floats, fps: float, resting: NDArray[np.bool_] | None = None) -> Weighing:
    """Find the weights of frames that follow each other, and in them the face at rest.

    Parameters
    ----------
    landmarks
        (T, 478, 3), as in `Sighting`, of frames that show the face.
    fps
        Frames a second.
    resting
        (T,) the frames that show the face at rest; estimated unless given.
    """
    network = load_seen_face()
    seen, head = seen_of(landmarks)
    if resting is None:
        resting = _estimated(network, seen, head, fps)
    rest: Floats = seen[resting].mean(axis=0)
    weights, turns = _told(network, seen, rest, head)
    return Weighing(np.clip(_calm(weights, fps), _LOW, _HIGH), _calm(turns, fps), resting)


def _estimated(network: SeenFace, seen: Floats, head: Floats, fps: float) -> NDArray[np.bool_]:
    """Find the frames (T,) in which the face is at rest, by what they show beside each other."""
    rest, resting = network.anybody.numpy(), np.ones(len(seen), dtype=bool)
    for _ in range(_ROUNDS):
        weights, _ = _told(network, seen, rest, head)
        resting = _calmest(weights, fps)
        rest = seen[resting].mean(axis=0)
    return resting


def _told(network: SeenFace, seen: Floats, rest: Floats, head: Floats) -> tuple[Floats, Floats]:
    with ONE_THREAD, torch.inference_mode():
        weights, turns = network(*map(torch.from_numpy, (seen, rest, head)))
    return weights.numpy(), turns.numpy()


def _calmest(weights: Floats, fps: float) -> NDArray[np.bool_]:
    """Find the frames (T,) in which the face does least, and does not move."""
    acts = np.where(_QUICK, 0.3, 1.0) * np.clip(weights, -0.2, 1.0)
    moves = np.gradient(acts, axis=0) if len(acts) > 1 else np.zeros_like(acts)
    busy = (acts**2).sum(axis=1) + (moves**2).sum(axis=1)
    around = ndimage.uniform_filter1d(busy, max(round(_CALM_S * fps), 1), mode="nearest")
    count = min(max(round(_RESTING * len(busy)), _FEWEST), _MOST, len(busy))
    out = np.zeros(len(busy), dtype=bool)
    out[np.argsort(around, kind="stable")[:count]] = True
    return out


def _calm(values: Floats, fps: float) -> Floats:
    """Average values (T, C) with their neighbors in time, by a bell."""
    return np.asarray(ndimage.gaussian_filter1d(values, _SMOOTH_S * fps, axis=0, mode="nearest"))
