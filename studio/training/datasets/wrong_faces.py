"""Takes made wrong on purpose, to see whether the studio notices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from studio.core.sequence import Floats, MeshSequence

Make = Callable[[Floats, np.random.Generator], Floats]


def wrong(clip: MeshSequence, kind: str, seed: int) -> MeshSequence:
    """Make a clip (T, V, 3) wrong in one of the ways of `WRONGS`, the same for the same seed."""
    made = WRONGS[kind](clip.vertices, np.random.default_rng([83, seed]))
    return replace(clip, vertices=np.ascontiguousarray(made, dtype=np.float32))


def _noise(vertices: Floats, rng: np.random.Generator) -> Floats:
    return np.asarray(vertices + rng.standard_normal(vertices.shape, dtype=np.float32))


def _reversed(vertices: Floats, _rng: np.random.Generator) -> Floats:
    return np.asarray(vertices[::-1])


def _scrambled(vertices: Floats, rng: np.random.Generator) -> Floats:
    """Every displacement mirrored in x where it stands, the frames in random order."""
    away = (vertices - vertices[0]) * np.array([-1, 1, 1], dtype=np.float32)
    return np.asarray(vertices[0] + away[rng.permutation(len(away))])


def _warped(vertices: Floats, rng: np.random.Generator) -> Floats:
    """Bent by smooth waves of 8 mm that grow over the take."""
    from_middle = vertices - vertices[0].mean(axis=0)
    waves = np.sin(from_middle @ rng.normal(0, 1 / 35, (3, 3)).T + rng.uniform(0, 2 * np.pi, 3))
    growing = np.linspace(0.5, 1.0, len(vertices))[:, None, None]
    return np.asarray(vertices + 8.0 * growing * waves)


def _scaled(factor: float) -> Make:
    def make(vertices: Floats, _rng: np.random.Generator) -> Floats:
        middle = vertices[0].mean(axis=0)
        return np.asarray(middle + factor * (vertices - middle))

    return make


def _doubled(vertices: Floats, _rng: np.random.Generator) -> Floats:
    """Every motion away from the first frame twice as large."""
    return np.asarray(vertices[0] + 2 * (vertices - vertices[0]))


WRONGS: dict[str, Make] = {
    "backwards in time": _reversed,
    "1 mm noise": _noise,
    "mirrored and scrambled": _scrambled,
    "bent by 8 mm": _warped,
    "25 % larger": _scaled(1.25),
    "20 % smaller": _scaled(0.8),
    "motion doubled": _doubled,
}
