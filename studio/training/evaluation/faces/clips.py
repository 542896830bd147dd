"""Clips of faces on other triangulations, brought in as those a user opens are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.core.progress import Progress
from studio.core.sequence import Floats, Ints, MeshSequence
from studio.engine.registration import register
from studio.face.facs import LABELS, NEUTRAL, PROTOTYPES, weights_of
from studio.face.registration.carrying import carried_in
from studio.face.registration.correspondence import Correspondence
from studio.training.datasets.acting.course import FPS, eased
from studio.training.datasets.acting.take import Take, draw_take
from studio.training.datasets.ict_head import IctHead, read_ict
from studio.training.datasets.subjects import draw_manner
from studio.training.evaluation.elsewhere import on_template

_SEED = 77  # of people and takes that no corpus has


@dataclass(frozen=True, eq=False)
class Clip:
    """A clip on the template's triangulation, and what it is known to show.

    Attributes
    ----------
    sequence
        The clip.
    rest
        (V, 3) mm, the person's face at rest.
    label
        Number of what it shows.
    person
        Whose it is.
    speech
        Whether the face also talks.
    intensity
        How strongly it acts at most, 0 for neutral.
    """

    sequence: MeshSequence
    rest: Floats
    label: int
    person: int
    speech: bool = False
    intensity: float = 1.0


def brought_in(found: Correspondence, frames: Floats, name: str) -> MeshSequence:
    """Carry frames (T, N, 3) mm of a registered face to the template."""
    return on_template(carried_in(found, frames), name)


def registered(neutral: Floats, faces: Ints, name: str) -> Correspondence:
    """Register a resting face (N, 3) mm."""
    return register(MeshSequence(neutral[None], faces, name=name), progress=Progress())


def scanned_takes(path: Path, people: int, progress: Progress) -> Iterator[Clip]:
    """Let new people of ICT's head act, each every label, and talk besides.

    They move by their own shapes, on their own triangulation; each is registered at rest.
    """
    source = read_ict(path)
    for person in progress.each(range(people), "people of the scanned head"):
        rng = np.random.default_rng([_SEED, person])
        neutral = source.person(rng.standard_normal(len(source.identity)).astype(np.float32))
        found, manner = registered(neutral, source.faces, f"person {person}"), draw_manner(rng)
        for label in (*range(len(LABELS)), NEUTRAL):
            take = draw_take(rng, manner, LABELS[label])
            frames = source.played(neutral, take.whole)
            clip = brought_in(found, frames, f"person {person}, {take.label}")
            yield Clip(clip, found.fitted, label, person, take.speech, _shown(take))


def _shown(take: Take) -> float:
    return float(take.activation.max())


def scanned_prototypes(path: Path, progress: Progress) -> Iterator[Clip]:
    """Show every published prototype of the six emotions on two people of ICT's head."""
    source = read_ict(path)
    for person in progress.each(range(2), "prototypes on the scanned head"):
        rng = np.random.default_rng([_SEED, 1, person])
        neutral = source.person(rng.standard_normal(len(source.identity)).astype(np.float32))
        found = registered(neutral, source.faces, f"person {person}")
        for name, table in PROTOTYPES.items():
            for label in range(NEUTRAL):
                units = dict.fromkeys(table[LABELS[label]].required, 1.0)
                clip = _ramp(source, neutral, weights_of(units), found, name)
                yield Clip(clip, found.fitted, label, person)


def _ramp(
    source: IctHead, neutral: Floats, weights: Floats, found: Correspondence, name: str
) -> MeshSequence:
    """Go from rest to weights (52,) within a second, and hold them for another."""
    curve = eased(np.minimum(np.arange(2 * FPS) / FPS, 1.0)).astype(np.float32)
    return brought_in(found, source.played(neutral, curve[:, None] * weights), name)
