"""What the generator makes of what it is asked: strength, seeds, and clips of full length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from studio.core import GenerationRequest, Progress
from studio.core.errors import CheckpointError
from studio.core.sequence import Floats
from studio.engine.generation import DiffusionGenerator, read_latents
from studio.face.facs import PROTOTYPES, weights_of
from studio.face.known import studio_face
from studio.face.registration.head import load_head
from studio.face.rig import load_rig
from studio.training.datasets.acting.course import FPS
from studio.training.datasets.acting.recipes import RECIPES, recipe_weights

from .elsewhere import on_template
from .recognition_metrics import Ids
from .study import Study

INTENSITIES = (0.2, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5)
SEEDS = 1000
FRAMES = 60
LONG = 240
_FEW = 6  # seeds of each label whose vertices are looked at
_ALIVE = 0.25  # of the most that a clip shows, from which on a frame shows something


def drawn(
    study: Study, request: GenerationRequest, seeds: Sequence[int], rest: Floats
) -> tuple[Floats, Ids]:
    """Let the set draw as it does for users: latents (B, T, D), how often each was drawn (B,)."""
    maker = study.engine.models.generator(request.model)
    if not isinstance(maker, DiffusionGenerator):
        raise CheckpointError(f"{request.model} makes no latents")
    latents, draws = maker.drawn(request, seeds, rest, Progress())
    return latents, draws.astype(np.int64)


def asked_figures(study: Study, progress: Progress) -> dict[str, Any]:
    """Ask for every strength, for a thousand seeds, and for long clips, on the studio's face."""
    few = 2 if study.quick else _FEW
    return {
        "strength": strength_figures(study, few, progress.part(0.0, 0.3)),
        "seeds": seed_figures(study, progress.part(0.3, 0.8)),
        "long": long_figures(study, few, progress.part(0.8, 1.0)),
    }


def strength_figures(study: Study, few: int, progress: Progress) -> dict[str, Any]:
    """Compare strengths that are asked for with what moves and with what is read."""
    face = studio_face().template.vertices
    rest = study.encode(face[None])[0]
    asked, read, moved, rising = [], [], {}, []
    for label in progress.each(_shown(study), "every strength"):
        sizes = np.empty((len(INTENSITIES), few))
        for row, intensity in enumerate(INTENSITIES):
            request = GenerationRequest(label, 0, frames=FRAMES, intensity=intensity)
            for place, latents in enumerate(drawn(study, request, range(few), rest)[0]):
                vertices = _vertices(study, face, latents)
                sizes[row, place] = apex_mm(vertices - face)
                said = study.engine.recognize(on_template(vertices), face)
                asked.append(intensity)
                read.append(0.0 if said.strongest is None else said.strongest)
        rising.append(np.diff(sizes, axis=0) > 0)
        moved[label] = sizes
    full = INTENSITIES.index(1.0)
    wanted = {label: full_mm(label) for label in moved}
    return {
        "intensities": list(INTENSITIES),
        "apex_mm": {label: rows.mean(axis=1).tolist() for label, rows in moved.items()},
        "prototype_mm": wanted,
        "of_prototype": {
            label: float(rows[full].mean() / wanted[label]) for label, rows in moved.items()
        },
        "rank": float(spearmanr(asked, read).statistic),
        "rising": float(np.mean(rising)),
    }


def seed_figures(study: Study, progress: Progress) -> dict[str, Any]:
    """Draw a thousand seeds, and count those that do not read as asked in the end."""
    rest = study.encode(studio_face().template.vertices[None])[0]
    seeds = range(70 if study.quick else SEEDS)
    again, dead = 0, 0
    for number, label in enumerate(progress.each(_shown(study), "a thousand seeds")):
        own = list(seeds)[number :: len(study.corpus.labels) - 1]
        request = GenerationRequest(label, 0, frames=FRAMES)
        latents, draws = drawn(study, request, own, rest)
        said = read_latents(study.models, rest, FPS, latents)
        again += int((draws > 1).sum())
        dead += int((said.argmax(axis=1) != study.engine.labels.index(label)).sum())
    return {"seeds": len(seeds), "drawn_again": again, "dead": dead}


def long_figures(study: Study, few: int, progress: Progress) -> dict[str, Any]:
    """Find the share of frames of the longest clips in which something shows."""
    rest = study.encode(studio_face().template.vertices[None])[0]
    alive = []
    for label in progress.each(_shown(study), "clips of full length"):
        request = GenerationRequest(label, 0, frames=LONG)
        for latents in drawn(study, request, range(few), rest)[0]:
            size = np.linalg.norm(latents - latents[0], axis=1)
            alive.append(float((size >= _ALIVE * size.max()).mean()))
    return {"frames": LONG, "clips": len(alive), "alive": float(np.mean(alive))}


def apex_mm(offsets: Floats) -> float:
    """Find how far the skin goes at most: p99 over its vertices, of offsets (T, V, 3) in mm."""
    skin = offsets[:, load_head().outside]
    return float(np.percentile(np.linalg.norm(skin, axis=2), 99, axis=1).max())


def full_mm(label: str) -> float:
    """Find the same of what a label is drawn from, in full.

    Of an emotion, the mean of the published prototypes; of an extreme expression, its recipe.
    """
    rig = load_rig()
    if label in RECIPES:
        full = [recipe_weights(label)]
    else:
        tables = [table[label].required for table in PROTOTYPES.values()]
        full = [weights_of(dict.fromkeys(units, 1.0)) for units in tables]
    return float(np.mean([apex_mm(rig.pose(weights[None]) - rig.rest) for weights in full]))


def _shown(study: Study) -> list[str]:
    """Name the labels that something shows by."""
    labels = study.corpus.labels
    return [label for label in labels if label != labels[study.corpus.neutral]]


def _vertices(study: Study, face: Floats, latents: Floats) -> Floats:
    decoded = study.engine.decode(latents)
    return np.asarray(face + (decoded - decoded[0]), dtype=np.float32)
