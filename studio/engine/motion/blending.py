"""Clips between several generated motions on one face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from studio.core import GenerationRequest, InputError, MeshSequence, Progress
from studio.core.request import SHARE
from studio.core.sequence import Floats
from studio.engine import checks
from studio.engine.loading.model_set import ModelSet
from studio.engine.roles import Generator, LandmarkMover

from .curves import between, passing
from .landmarks import LandmarkMotion, Placed


def blended(
    models: ModelSet,
    one: GenerationRequest,
    other: GenerationRequest,
    shares: Sequence[float],
    face: Floats | None,
    progress: Progress,
) -> list[MeshSequence]:
    """Make clips on the way from one motion to another.

    Parameters
    ----------
    models : ModelSet
        Makes the motions.
    one, other : GenerationRequest
        The motions.
    shares : sequence of float
        0..1, how far each clip is on the way; see `curves.between`.
    face : (V, 3) float32 or None
        The face that moves, in mm; None: the template's.
    progress : Progress
        Told how far the work is.

    Returns
    -------
    list of MeshSequence
        One clip a share.

    Raises
    ------
    InputError
        Where a share lies out of its range, and as `Engine.sample` does.
    """
    for share in shares:
        SHARE.check("share", share)
    moved = _Moved.by(models, (one, other), face, progress.part(0.0, 0.7))
    curves = between(moved.curves[0], moved.curves[1], shares)
    name, left = f"{one.label} to {other.label}", progress.part(0.7, 1.0)
    return [moved.clip(models, curve, name) for curve in left.each(curves, "Blending")]


def mixed(
    models: ModelSet, requests: Sequence[GenerationRequest], face: Floats | None, progress: Progress
) -> MeshSequence:
    """Make a clip as long as the first motion, from apex to apex of all of them.

    Parameters
    ----------
    models : ModelSet
        Makes the motions.
    requests : sequence of GenerationRequest
        The motions, two or more.
    face : (V, 3) float32 or None
        The face that moves, in mm; None: the template's.
    progress : Progress
        Told how far the work is.

    Raises
    ------
    InputError
        Where there are fewer than two motions, and as `Engine.sample` does.
    """
    if len(requests) < 2:
        raise InputError.of("mix", "two or more expressions", str(len(requests)))
    moved = _Moved.by(models, requests, face, progress.part(0.0, 0.9))
    progress.report(0.9, "Making faces")
    curve = passing(moved.curves, requests[0].frames)
    return moved.clip(models, curve, ", ".join(each.label for each in requests))


@dataclass(frozen=True, eq=False)
class _Moved:
    """A face and what several motions do to it.

    Attributes
    ----------
    placed : Placed
        The face.
    curves : list of (T, N, 3) float32
        Of each motion, in mm and in the template's pose: of the landmarks where all come from
        landmark models, of every vertex otherwise.
    on_landmarks : bool
        Which of the two.
    surface : str or None
        How landmark curves are made dense.
    fps : float
        Frames a second.
    """

    placed: Placed
    curves: list[Floats]
    on_landmarks: bool
    surface: str | None
    fps: float

    @classmethod
    def by(
        cls,
        models: ModelSet,
        requests: Sequence[GenerationRequest],
        face: Floats | None,
        progress: Progress,
    ) -> _Moved:
        template = models.template
        start = template.vertices if face is None else face
        placed = Placed.of(checks.face(start, template), template)
        generators = [models.generator(each.model) for each in requests]
        on_landmarks = all(isinstance(each, LandmarkMover) for each in generators)
        curves = []
        for place, (maker, each) in enumerate(zip(generators, requests, strict=True)):
            part = progress.part(place / len(requests), (place + 1) / len(requests))
            part.report(0.0, "Sampling")
            checks.label(each.label, models.labels)
            checks.request(each, (each.seed,), maker.limits)
            if on_landmarks and isinstance(maker, LandmarkMover):
                curves.append(maker.curve(each, each.seed, placed.landmarks))
            else:
                curves.append(_vertices(maker, each, placed, part))
        fps = generators[0].limits.fps
        return cls(placed, curves, on_landmarks, requests[0].surface, fps)

    def clip(self, models: ModelSet, curve: Floats, name: str) -> MeshSequence:
        """Move the face by a curve (T, N, 3) like those of the motions."""
        if self.on_landmarks:
            motion = LandmarkMotion(models, models.template)
            curve = motion.dense(curve, self.placed, Progress(), surface=self.surface)
        return MeshSequence(self.placed.moved(curve), models.template.faces, self.fps, name)


def _vertices(
    maker: Generator, request: GenerationRequest, placed: Placed, progress: Progress
) -> Floats:
    """Make the curve (T, V, 3) of every vertex, seen in the template's pose."""
    (made,) = maker.generated(request, (request.seed,), placed.face, progress)
    return np.asarray((made.vertices - placed.face) @ placed.rotation.T.astype(np.float32))
