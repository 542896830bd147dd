"""What generating a clip does in the background: a plain function of immutable inputs."""

from __future__ import annotations

from studio.core import MeshSequence, OnEstimate, Progress
from studio.document import Played
from studio.takes.generate import generate_clip
from studio.takes.recipe import GeneratorRecipe
from studio.ui.models.protocol import Models


def sample_clip(
    engine: Models,
    recipe: GeneratorRecipe,
    face_of: Played | None,
    *,
    progress: Progress,
    show: OnEstimate,
) -> MeshSequence:
    """Generate the clip of a recipe.

    Parameters
    ----------
    face_of
        The clip whose face it moves, None where the recipe names the face.
    show
        Given what the clip looks like so far.
    """
    return generate_clip(engine, recipe, face_of, progress=progress, on_estimate=show)
