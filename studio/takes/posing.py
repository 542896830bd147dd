"""A head held in a pose of its own ARKit shapes, as a clip that comes from rest and goes back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from studio.core import FaceChoice, Given, InputError, MeshSequence, Progress
from studio.core.sequence import Floats
from studio.document.state import ClipState
from studio.face.registration.shapes import FaceShapes
from studio.face.rig import ARKIT_INDEX
from studio.io.shapes import rest_pose, shapes_of

from .faces import place_of
from .reading import read_clip
from .recipe import ClipSource, PoseRecipe

FPS = 30.0
_EASED, _HELD = 20, 20  # frames from rest to the pose, as many back, and those between


def pose_recipe(head: ClipState, weights: Mapping[str, float]) -> PoseRecipe:
    """Write the recipe of a head in a pose.

    Parameters
    ----------
    head
        Poses named by ARKit's shapes, and one at rest.
    weights
        0..1 by the names of the shapes; what is left out, and 0, is at rest.
    """
    path, given = place_of(head, by_hand=not head.as_recorded)
    rest = rest_pose(head.frame_names)
    return PoseRecipe(
        source=ClipSource(head.name, rest, path, given=given),
        weights={name: float(weight) for name, weight in weights.items() if weight},
        name=f"{head.name} posed",
        face=FaceChoice("clip", (), path, head.name, rest, given=given),
    )


def posed(shapes: FaceShapes, recipe: PoseRecipe, head: MeshSequence) -> MeshSequence:
    """Move a head into the pose of a recipe and back; its first and last frame are at rest."""
    weights = np.zeros((1, len(ARKIT_INDEX)), dtype=np.float32)
    for name, weight in recipe.weights.items():
        weights[0, ARKIT_INDEX[name]] = weight
    moved = shapes.neutral + _course()[:, None, None] * (shapes.played(weights)[0] - shapes.neutral)
    said = ", ".join(f"{name} {weight:g}" for name, weight in recipe.weights.items())
    told = (f"Made of {head.name} by its shapes: {said}.",)
    clip = MeshSequence(moved, shapes.faces, FPS, recipe.name or head.name, told)
    return clip.at(head.origin)


def make_pose(recipe: PoseRecipe, progress: Progress) -> MeshSequence:
    """Make the clip of a recipe out of the file that it names.

    Raises
    ------
    InputError
        Where that cannot be had, or is no head with its own shapes.
    """
    source = recipe.source
    if not source.path:
        raise InputError(
            f"The recipe poses {source.name}, which lies in no file; open that head and pose it."
        )
    # Poses have no rate, which nobody needs to be told.
    given = Given(source.given.unit, fps=1.0)
    head = read_clip(Path(source.path), progress, given, reorder=False, poses=True)
    return posed(shapes_of(head), recipe, head.renamed(source.name or head.name))


def _course() -> Floats:
    """Say how far the pose has come in each frame (T,), 0..1: it eases in and out."""
    rising = (1 - np.cos(np.pi * np.arange(_EASED) / _EASED)) / 2
    return np.concatenate([rising, np.ones(_HELD), rising[::-1]]).astype(np.float32)
