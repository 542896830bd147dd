"""The scanned-head model of USC's ICT-FaceKit as a second set of faces for the accuracy tables.

Its identity modes and expressions come from light-stage scans, on another triangulation than the
studio's. People are drawn as standard normals of the identity modes; expressions are the prototypes
of six emotions and random mixtures of the actions of one region. No frame carries anything beside
its own expression, so that of a region which is held out nothing was ever seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.core.sequence import Floats
from studio.face.facs import LABELS, PROTOTYPES, weights_of
from studio.face.rig import ARKIT

from .anatomy import VertexIds
from .dense_faces import DenseFaces
from .ict_head import read_ict

FILE = Path("ict") / "ict.npz"
NARROW_FACE = 6706  # vertices of the face without ears, neck and inner parts
PEOPLE, FRAMES = 40, 8
EMOTIONS = LABELS[:-1]

# Stems of the actions that a mixture of a region is drawn from.
REGIONS: dict[str, tuple[str, ...]] = {
    "brows": ("browDown", "browInnerUp", "browOuterUp"),
    "eyes": ("eyeBlink", "eyeSquint", "eyeWide", "eyeLook"),
    "jaw": ("jaw", "mouthClose"),
    "rounding": (
        *("mouthFunnel", "mouthPucker", "mouthRoll", "mouthShrug", "mouthLeft", "mouthRight"),
    ),
    "lips": (
        *("mouthDimple", "mouthFrown", "mouthLowerDown", "mouthPress", "mouthSmile"),
        *("mouthStretch", "mouthUpperUp"),
    ),
    "cheeks": ("cheekPuff", "cheekSquint", "noseSneer"),
}
NAMES: tuple[str, ...] = (*EMOTIONS, *REGIONS)


@dataclass(frozen=True, eq=False)
class LinearPeople:
    """People who all move by the same shapes, each on a straight line.

    Attributes
    ----------
    neutrals
        (S, V, 3) float32 mm.
    actions
        (A, V, 3) float32 mm, what a weight of 1 adds.
    """

    neutrals: Floats
    actions: Floats

    def moved(self, person: int, weights: Floats, vertices: VertexIds | None = None) -> Floats:
        """Tell how far weights (n, A) move anybody: (n, V, 3) mm, or (n, N, 3)."""
        actions = self.actions if vertices is None else self.actions[:, vertices]
        flat = weights @ actions.reshape(len(actions), -1)
        return np.asarray(flat.reshape(len(weights), -1, 3), dtype=np.float32)


def ict_faces(path: Path, seed: int = 2026, people: int = PEOPLE) -> DenseFaces:
    """Make people, each in every expression `FRAMES` times, on the narrow face area in mm.

    Raises
    ------
    InputError
        When the file is missing or is not that model.
    """
    head = read_ict(path).part(NARROW_FACE)
    rng = np.random.default_rng([seed, 8])
    neutrals = np.stack(
        [head.person(rng.standard_normal(len(head.identity), np.float32)) for _ in range(people)]
    )
    owner = np.repeat(np.arange(people), len(NAMES) * FRAMES)
    label = np.tile(np.repeat(np.arange(len(NAMES)), FRAMES), people)
    weights = np.stack([_weights(rng, NAMES[k]) for k in label.tolist()])
    return DenseFaces(
        head.neutral,
        head.faces,
        LinearPeople(neutrals, head.actions),
        weights.astype(np.float32),
        owner,
        label,
        NAMES,
        head.landmarks,
        np.ones(len(head.neutral), dtype=bool),
    )


def _weights(rng: np.random.Generator, name: str) -> Floats:
    """Weights of one frame of an expression, at any stage of it."""
    if name in REGIONS:
        return _mixture(rng, np.array([a.startswith(REGIONS[name]) for a in ARKIT]))
    prototypes = list(PROTOTYPES.values())
    chosen = prototypes[int(rng.integers(len(prototypes)))][name]
    units = dict.fromkeys(chosen.required, 1.0)
    units |= {unit: 1.0 for unit, share in chosen.optional.items() if rng.random() < share}
    full = weights_of({unit: float(rng.uniform(0.5, 1.0)) for unit in units})
    return np.asarray(full * rng.uniform(0.2, 1.0), dtype=np.float32)


def _mixture(rng: np.random.Generator, mask: np.ndarray) -> Floats:
    on = mask & (rng.random(len(mask)) < 0.5)
    if not on.any():
        on[rng.choice(np.flatnonzero(mask))] = True
    return np.where(on, rng.uniform(0.1, 1.0, len(mask)), 0.0).astype(np.float32)
