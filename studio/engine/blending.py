"""Clips between several generated motions on one face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from studio.core import InputError, MeshSequence, Motion, Options, Progress
from studio.core.sequence import Floats

from . import checks
from .curves import between, passing
from .generation import Recipe
from .landmark_motion import Placed
from .roles import LandmarkMover

if TYPE_CHECKING:
    from .engine import Engine


def blended(
    engine: Engine,
    one: Motion,
    other: Motion,
    shares: Sequence[float],
    neutral: Floats | None,
    progress: Progress,
) -> list[MeshSequence]:
    """Clips on the way from one motion to another."""
    for share in shares:
        checks.number("share", share, 0.0, 1.0)
    moved = _Moved.by(engine, (one, other), neutral, progress.part(0.0, 0.7))
    curves = between(moved.curves[0], moved.curves[1], shares)
    name, left = f"{one.label} to {other.label}", progress.part(0.7, 1.0)
    return [moved.clip(engine, curve, name) for curve in left.each(curves, "Blending")]


def mixed(
    engine: Engine, motions: Sequence[Motion], neutral: Floats | None, progress: Progress
) -> MeshSequence:
    """A clip as long as the first motion, from apex to apex of all of them."""
    if len(motions) < 2:
        raise InputError.of("mix", "two or more expressions", str(len(motions)))
    moved = _Moved.by(engine, motions, neutral, progress.part(0.0, 0.9))
    progress.report(0.9, "Making faces")
    curve = passing(moved.curves, motions[0].frames)
    return moved.clip(engine, curve, ", ".join(each.label for each in motions))


@dataclass(frozen=True, eq=False)
class _Moved:
    """A face and what several motions do to it.

    curves : (T, N, 3) of each, in the template's pose: of the landmarks where all come from
        landmark models, of every vertex otherwise
    surface : how landmark curves are made dense
    """

    placed: Placed
    curves: list[Floats]
    on_landmarks: bool
    surface: str | None
    fps: float

    @classmethod
    def by(
        cls,
        engine: Engine,
        motions: Sequence[Motion],
        neutral: Floats | None,
        progress: Progress,
    ) -> _Moved:
        template = engine.template
        face = checks.face(template.vertices if neutral is None else neutral, template)
        placed = Placed.of(face, template)
        generators = [engine.generator(each.model) for each in motions]
        on_landmarks = all(isinstance(each, LandmarkMover) for each in generators)
        curves = []
        for place, each in enumerate(motions):
            part = progress.part(place / len(motions), (place + 1) / len(motions))
            part.report(0.0, "Sampling")
            mover = generators[place] if on_landmarks else None
            if isinstance(mover, LandmarkMover):
                curves.append(_landmarks(engine, mover, each, placed))
            else:
                curves.append(_vertices(engine, each, placed, part))
        fps = generators[0].limits.fps
        return cls(placed, curves, on_landmarks, motions[0].surface, fps)

    def clip(self, engine: Engine, curve: Floats, name: str) -> MeshSequence:
        """The face moved by a curve like those of the motions."""
        if self.on_landmarks:
            motion = engine.landmarks
            curve = motion.dense(curve, self.placed, Progress(), surface=self.surface)
        return MeshSequence(self.placed.moved(curve), engine.template.faces, self.fps, name)


def _landmarks(engine: Engine, mover: LandmarkMover, motion: Motion, placed: Placed) -> Floats:
    """What the landmarks do (T, M, 3)."""
    options = _options(motion)
    label = checks.label_index(motion.label, engine.labels)
    recipe = Recipe.checked(motion.model, label, (motion.seed,), mover.limits, options)
    return mover.curve(recipe, motion.seed, placed.landmarks)


def _vertices(engine: Engine, motion: Motion, placed: Placed, progress: Progress) -> Floats:
    """What every vertex does (T, V, 3), seen in the template's pose."""
    options = _options(motion) | {"neutral": placed.face, "progress": progress}
    clip = engine.generate(motion.label, motion.seed, **options)
    return (clip.vertices - placed.face) @ placed.rotation.T.astype(np.float32)


def _options(motion: Motion) -> Options:
    return Options(
        frames=motion.frames,
        intensity=motion.intensity,
        model=motion.model,
        guidance=motion.guidance,
        steps=motion.steps,
        sampler=motion.sampler,
        surface=motion.surface,
    )
