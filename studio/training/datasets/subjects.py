"""People of the corpus: adult faces and each one's way of moving."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Floats
from studio.face.facs import PROTOTYPES
from studio.face.rig import ARKIT, ARKIT_INDEX
from studio.face.template import Template

from .anny_face import PHENOTYPES, AnnyHead, aligned

Array = NDArray[np.float64]
LOCAL_SPREAD = 0.25  # deviation of a local change, of its full range
ASYMMETRY = 0.05  # deviation between the two sides of a local change


@dataclass(frozen=True, eq=False)
class Manner:
    """How one person moves, constant over the person's takes.

    Attributes
    ----------
    gain
        (52,) how strongly each action answers.
    rest
        (52,) what the resting face shows, small.
    preset
        The prototype table the person mostly follows.
    pace
        Scale of onset and offset times.
    blink_rate
        Blinks a second.
    """

    gain: Floats
    rest: Floats
    preset: str
    pace: float
    blink_rate: float


def phenotypes(rng: np.random.Generator, count: int) -> dict[str, Array]:
    """Draw adult phenotypes: two-peaked gender, every age from young to old, mixed ancestry."""
    out = {name: rng.beta(2.0, 2.0, count) for name in PHENOTYPES}
    out["gender"] = rng.beta(0.6, 0.6, count)
    out["age"] = rng.uniform(0.62, 1.0, count)
    out["height"] = rng.uniform(0.35, 0.65, count)
    mix = rng.dirichlet([0.5, 0.5, 0.5], count)
    return out | {"african": mix[:, 0], "asian": mix[:, 1], "caucasian": mix[:, 2]}


def local_changes(rng: np.random.Generator, count: int, names: tuple[str, ...]) -> dict[str, Array]:
    """Draw local changes; left and right share their value but for a small asymmetry."""
    stems = sorted({name[2:] if name[:2] in ("l-", "r-") else name for name in names})
    shared = {stem: rng.normal(0.0, LOCAL_SPREAD, count) for stem in stems}
    out = {}
    for name in names:
        stem = name[2:] if name[:2] in ("l-", "r-") else name
        side = rng.normal(0.0, ASYMMETRY, count) if stem != name else 0.0
        out[name] = np.clip(shared[stem] + side, -0.9, 0.9)
    return out


def rig_population(head: AnnyHead, template: Template) -> Floats:
    """Draw the faces (N, V, 3) in mm that the rig's directions of shape are found in.

    They are the same whatever corpus is built: a face made with the rig's sliders stays that face.
    """
    return draw_neutrals(np.random.default_rng([2026, 1]), 1600, head, template, kept=400)


def draw_neutrals(
    rng: np.random.Generator,
    count: int,
    head: AnnyHead,
    template: Template,
    *,
    kept: int | None = None,
) -> Floats:
    """Draw the rest faces of new people, laid on the template by the skull: (N, V, 3) mm.

    With `kept` the first of them alone.
    """
    phenotype = phenotypes(rng, count)
    local = local_changes(rng, count, head.local_names)
    parts = []
    last = count if kept is None else kept
    for start in range(0, last, 64):
        rows = slice(start, min(start + 64, last))
        meshes = head.meshes(
            {k: v[rows] for k, v in phenotype.items()}, {k: v[rows] for k, v in local.items()}
        )
        parts.append(aligned(meshes, template))
    return np.concatenate(parts)


def draw_manner(rng: np.random.Generator) -> Manner:
    """Draw one person's habits; left and right differ a little in gain and at rest."""
    gain = np.exp(rng.normal(0.0, 0.12, len(ARKIT)))
    rest = np.where(rng.random(len(ARKIT)) < 0.2, rng.exponential(0.05, len(ARKIT)), 0.0)
    for name, index in ARKIT_INDEX.items():
        if name.endswith("Right"):
            twin = ARKIT_INDEX[name.removesuffix("Right") + "Left"]
            gain[index] = gain[twin] * np.exp(rng.normal(0.0, 0.1))
            rest[index] = rest[twin] * np.exp(rng.normal(0.0, 0.3))
    for name in ("jawOpen", "tongueOut", "mouthClose", "eyeBlinkLeft", "eyeBlinkRight"):
        rest[ARKIT_INDEX[name]] *= 0.2
    return Manner(
        gain.astype(np.float32),
        np.clip(rest, 0.0, 0.2).astype(np.float32),
        str(rng.choice(list(PROTOTYPES))),
        float(np.exp(rng.normal(0.0, 0.2))),
        float(rng.uniform(0.1, 0.45)),
    )
