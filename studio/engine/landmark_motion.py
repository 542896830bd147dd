"""From a wish to moving landmarks, and from those to a moving face (papers 002 and 003)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from studio.core import CheckpointError, InputError, Progress
from studio.core.alignment import Rotations, displaced
from studio.core.sequence import Floats, Ints
from studio.face.warp import RbfWarp
from studio.nn import landmark_lstm, motion_gan
from studio.nn.sparse_to_dense import SparseToDense

from .generation import Recipe
from .landmark_models import LandmarkModels
from .pose import FaceTemplate, to_template_pose

CHUNK = 64  # frames made dense at a time
SURFACES = ("s2d", "rbf")


@dataclass(frozen=True, eq=False)
class Placed:
    """A neutral face to be moved.

    face : (V, 3) mm in its own pose, kept bit for bit where nothing moves
    posed : (V, 3) and landmarks : (M, 3) mm in the template's pose
    rotation : (3, 3) from the one pose into the other
    """

    face: Floats
    posed: Floats
    landmarks: Floats
    rotation: Rotations
    faces: Ints

    @classmethod
    def of(cls, face: Floats, template: FaceTemplate) -> Placed:
        posed, rotation = to_template_pose(face[None], template)
        marks = posed[0][template.landmarks]
        return cls(face, posed[0], marks, rotation[0], template.faces)

    @cached_property
    def warp(self) -> RbfWarp:
        """How the surface is pulled along by its landmarks; made once a face."""
        return RbfWarp.of(self.posed, self.landmarks, faces=self.faces)

    def moved(self, dense: Floats) -> Floats:
        """Vertices (T, V, 3) in the face's own pose, of displacements in the template's."""
        return displaced(self.face, dense, self.rotation)


class LandmarkMotion:
    """Curves of landmarks (T, M, 3) in mm away from the neutral's, and surfaces that follow them.

    Chance is drawn on the CPU from the seed, one clip at a time, so that a seed gives the same
    clip, alone or among others.
    """

    def __init__(self, models: LandmarkModels, template: FaceTemplate) -> None:
        self.models = models
        self.template = template

    def generated(
        self, recipe: Recipe, seeds: Sequence[int], face: Floats, progress: Progress
    ) -> Iterator[Floats]:
        """The vertices (T, V, 3) of one clip a seed, the first frame the face (V, 3) itself."""
        placed = Placed.of(face, self.template)
        for place, seed in enumerate(seeds):
            part = progress.part(place / len(seeds), (place + 1) / len(seeds))
            curve = self.curve(recipe, seed, placed.landmarks)
            part.report(0.3, "Making faces")
            dense = self.dense(
                curve, placed, part.part(0.3, 1.0), surface=recipe.surface, exact=recipe.exact
            )
            yield placed.moved(dense)

    @torch.inference_mode()
    def curve(self, recipe: Recipe, seed: int, landmarks: Floats) -> Floats:
        """Landmark displacements (T, M, 3) of a recipe for neutral landmarks (M, 3).

        The generator is asked for an intensity it has learned; beyond that, and below it, the
        motion is scaled, down to none at 0.
        """
        low, high = self.models.limits(recipe.model).intensities
        learned = min(max(recipe.intensity, low), high)
        label, intensity = torch.tensor([recipe.label]), torch.tensor([learned])
        chance = torch.Generator().manual_seed(int(seed))
        if recipe.model == "motion-gan":
            gan = self.models.motion_gan()
            noise = torch.randn(1, motion_gan.noise_size(gan.config), generator=chance)
            drawn = motion_gan.generate_landmarks(gan, label, intensity, recipe.frames, noise)
        else:
            lstm = self.models.landmark_lstm()
            noise = torch.randn(1, landmark_lstm.noise_size(lstm.config), generator=chance)
            neutral = torch.tensor(landmarks)[None]
            drawn = landmark_lstm.generate_landmarks(
                lstm, label, intensity, recipe.frames, noise, neutral
            )
        return np.asarray(drawn[0].float().numpy() * np.float32(recipe.intensity / learned))

    def dense(
        self,
        curve: Floats,
        placed: Placed,
        progress: Progress,
        *,
        surface: str | None = None,
        exact: bool = False,
    ) -> Floats:
        """Displacements (T, V, 3) of a face whose landmarks move by (T, M, 3).

        surface : "s2d", "rbf", or None for the first that is there
        exact : moves what the learned surface leaves over to the landmarks' neighbourhood, so that
            they lie just where the curve says
        Where the curve is zero the surface does not move at all, nor does by the learned surface
        what no expression moves.
        """
        chosen = self.surface(surface)
        if chosen == "rbf":
            return placed.warp.apply(curve)
        net = self.models.sparse_to_dense()
        still = _forward(net, np.zeros_like(curve[:1]), placed.landmarks)
        parts = [
            _forward(net, curve[start : start + CHUNK], placed.landmarks) - still
            for start in progress.each(range(0, len(curve), CHUNK), "Making faces")
        ]
        dense = np.concatenate(parts)
        dense[:, self.template.regions["rigid"]] = 0.0
        dense[~curve.any(axis=(1, 2))] = 0.0  # to the bit, whatever rounding a batch brings
        if exact:
            dense += placed.warp.apply(curve - dense[:, self.template.landmarks])
        return dense

    def surface(self, wanted: str | None) -> str:
        """The surface that is meant. Raises `InputError` for one that is not known,
        `CheckpointError` where the learned one is not there."""
        learned = "sparse-to-dense" in self.models.kinds
        if wanted is None:
            return "s2d" if learned else "rbf"
        if wanted not in SURFACES:
            raise InputError.of("surface", " or ".join(SURFACES), wanted)
        if wanted == "s2d" and not learned:
            raise CheckpointError(
                self.models.problems.get(
                    "sparse-to-dense", "the landmark models have no sparse-to-dense model"
                )
            )
        return wanted


@torch.inference_mode()
def _forward(net: SparseToDense, curve: Floats, landmarks: Floats) -> Floats:
    """(T, V, 3) from landmark displacements (T, M, 3) of a face with landmarks (M, 3)."""
    moved = torch.tensor(curve)
    neutral = torch.tensor(landmarks).expand(len(moved), -1, -1)
    answer: torch.Tensor = net(moved, neutral)
    return np.array(answer.float().numpy())
