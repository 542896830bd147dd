"""From a request to moving landmarks, and from those to a moving face (papers 002 and 003)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Generic, TypeVar

import numpy as np
import torch

from studio.core import GenerationRequest, InputError, Progress
from studio.core.alignment import Rotations, displaced
from studio.core.request import Trained
from studio.core.sequence import Floats, Ints
from studio.engine.kind import Set, Workplace
from studio.engine.loading.models import Models
from studio.engine.pose import FaceTemplate, to_template_pose
from studio.engine.roles import Made, Show
from studio.face.warp import RbfWarp
from studio.nn.sparse_to_dense import SparseToDense

CHUNK = 64  # frames made dense at a time
LEARNED, PULLED = SURFACES = ("s2d", "rbf")
Net = TypeVar("Net", bound=torch.nn.Module)


@dataclass(frozen=True)
class LandmarkLimits:
    """What a landmark generator was trained on.

    It samples in no steps, so that only the surface can be chosen.

    Attributes
    ----------
    fps : float
        Frames a second.
    min_frames, max_frames : int
        Lengths of clips.
    intensities : tuple of float
        The lowest and the highest.
    parameters : frozenset of str
        What it can be told besides what every generator is told.
    """

    fps: float
    min_frames: int
    max_frames: int
    intensities: tuple[float, float]
    parameters: frozenset[str] = frozenset({"surface"})


@dataclass(frozen=True, eq=False)
class Placed:
    """A neutral face to be moved.

    Attributes
    ----------
    face : (V, 3) float32
        In mm in its own pose, kept bit for bit where nothing moves.
    posed : (V, 3) float32
        The same face in mm in the template's pose.
    landmarks : (M, 3) float32
        Of the posed face, in mm.
    rotation : (3, 3) float64
        From the one pose into the other.
    faces : (F, 3) int32
        The triangulation.
    """

    face: Floats
    posed: Floats
    landmarks: Floats
    rotation: Rotations
    faces: Ints

    @classmethod
    def of(cls, face: Floats, template: FaceTemplate) -> Placed:
        """Place a face (V, 3) in mm by the rigid region of the template."""
        posed, rotation = to_template_pose(face[None], template)
        marks = posed[0][template.landmarks]
        return cls(face, posed[0], marks, rotation[0], template.faces)

    @cached_property
    def warp(self) -> RbfWarp:
        """How the surface is pulled along by its landmarks; made once a face."""
        return RbfWarp.of(self.posed, self.landmarks, faces=self.faces)

    def moved(self, dense: Floats) -> Floats:
        """Move the face by displacements (T, V, 3) seen in the template's pose.

        Returns
        -------
        (T, V, 3) float32
            Vertices in mm in the face's own pose.
        """
        return displaced(self.face, dense, self.rotation)


class LandmarkMotion:
    """Surfaces that follow curves of landmarks (T, M, 3) in mm away from the neutral's."""

    def __init__(self, models: Set, template: FaceTemplate) -> None:
        self._models = models
        self.template = template

    def dense(
        self,
        curve: Floats,
        placed: Placed,
        progress: Progress,
        *,
        surface: str | None = None,
        exact: bool = False,
    ) -> Floats:
        """Make a surface follow its landmarks.

        Where the curve is zero the surface does not move at all, nor does by the learned surface
        what no expression moves.

        Parameters
        ----------
        curve : (T, M, 3) float32
            How the landmarks move, in mm.
        placed : Placed
            The face.
        progress : Progress
            Told how far the work is.
        surface : str or None
            "s2d", "rbf", or None for the first that is there.
        exact : bool
            Moves what the learned surface leaves over to the landmarks' neighborhood, so that they
            lie just where the curve says.

        Returns
        -------
        (T, V, 3) float32
            Displacements in mm.
        """
        if self.surface(surface) == PULLED:
            return placed.warp.apply(curve)
        dense = self._models.surface.dense(curve, placed.landmarks, progress)
        dense[:, self.template.regions["rigid"]] = 0.0
        dense[~curve.any(axis=(1, 2))] = 0.0  # to the bit, whatever rounding a batch brings
        if exact:
            dense += placed.warp.apply(curve - dense[:, self.template.landmarks])
        return dense

    def surface(self, wanted: str | None) -> str:
        """Find the surface that is meant.

        Raises
        ------
        InputError
            For one that is not known.
        CheckpointError
            Where the learned one is not there.
        """
        if wanted is None:
            return LEARNED if self._models.has_surface else PULLED
        if wanted not in SURFACES:
            raise InputError.of("surface", " or ".join(SURFACES), wanted)
        if wanted == LEARNED:
            _ = self._models.surface  # raises where it is not there
        return wanted


class LearnedSurface:
    """The surface of a set that learned to follow landmarks."""

    def __init__(self, place: Workplace) -> None:
        self._place = place

    def dense(self, curve: Floats, landmarks: Floats, progress: Progress) -> Floats:
        """Move a face, whose landmarks (M, 3) move by (T, M, 3), by (T, V, 3), all in mm."""
        host, still = self._place.host, np.zeros_like(curve[:1])
        rest = host.ask(partial(self._moved, curve=still, landmarks=landmarks))
        parts = []
        for start in progress.each(range(0, len(curve), CHUNK), "Making faces"):
            chunk = curve[start : start + CHUNK]
            parts.append(host.ask(partial(self._moved, curve=chunk, landmarks=landmarks)) - rest)
        return np.concatenate(parts)

    @torch.inference_mode()
    def _moved(self, models: Models, curve: Floats, landmarks: Floats) -> Floats:
        moved = models.tensor(curve)
        neutral = models.tensor(landmarks).expand(len(moved), -1, -1)
        answer: torch.Tensor = models.of(self._place.name, SparseToDense)(moved, neutral)
        return np.array(answer.float().cpu().numpy())


@dataclass(frozen=True, eq=False)
class Wanted:
    """What a network that moves landmarks is asked for.

    Attributes
    ----------
    label, intensity : (1,) tensor
        What is shown, and how strongly.
    frames : int
        The length.
    neutral : (1, M, 3) tensor
        The landmarks at rest in mm, in the template's pose.
    chance : torch.Generator
        On the CPU, seeded.
    """

    label: torch.Tensor
    intensity: torch.Tensor
    frames: int
    neutral: torch.Tensor
    chance: torch.Generator


class LandmarkGenerator(Generic[Net]):
    """A model of a set that moves landmarks; the surface follows.

    Chance is drawn on the CPU from the seed, one clip at a time, so that a seed gives the same
    clip, alone or among others.

    Parameters
    ----------
    place : Workplace
        Where the network is.
    trained : Trained
        Its config.
    net : type
        Its class.
    draw : callable
        Makes displacements (1, T, M, 3) in mm by such a network.
    """

    def __init__(
        self,
        place: Workplace,
        trained: Trained,
        net: type[Net],
        draw: Callable[[Net, Wanted], torch.Tensor],
    ) -> None:
        self._place, self._net, self._draw = place, net, draw
        self._motion = LandmarkMotion(place.others, place.template)
        own = trained
        self.limits = LandmarkLimits(own.fps, own.min_frames, own.max_frames, own.intensities)

    def generated(
        self,
        request: GenerationRequest,
        seeds: Sequence[int],
        face: Floats,
        progress: Progress,
        show: Show | None = None,
    ) -> Iterator[Made]:
        """Make one clip (T, V, 3) a seed, see `roles.Generator`.

        Nothing is shown on the way, because a clip is made in one go.
        """
        placed = Placed.of(face, self._place.template)
        for place, seed in enumerate(seeds):
            part = progress.part(place / len(seeds), (place + 1) / len(seeds))
            curve = self.curve(request, seed, placed.landmarks)
            part.report(0.3, "Making faces")
            left = part.part(0.3, 1.0)
            dense = self._motion.dense(
                curve, placed, left, surface=request.surface, exact=request.exact
            )
            yield Made(placed.moved(dense))

    def curve(self, request: GenerationRequest, seed: int, landmarks: Floats) -> Floats:
        """Make the displacements (T, M, 3) in mm of a request for neutral landmarks (M, 3).

        The network is asked for an intensity it has learned; beyond that, and below it, the motion
        is scaled, down to none at 0.
        """
        low, high = self.limits.intensities
        learned = min(max(request.intensity, low), high)
        wanted = Wanted(
            torch.tensor([self._place.labels.index(request.label)]),
            torch.tensor([learned]),
            request.frames,
            torch.tensor(landmarks)[None],
            torch.Generator().manual_seed(int(seed)),
        )
        drawn = self._place.host.ask(lambda models: self._drawn(models, wanted))
        return np.asarray(drawn * np.float32(request.intensity / learned))

    @torch.inference_mode()
    def _drawn(self, models: Models, wanted: Wanted) -> Floats:
        drawn = self._draw(models.of(self._place.name, self._net), wanted)
        return np.asarray(drawn[0].float().numpy())
