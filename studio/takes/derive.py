"""Clips made of others: transfer, neutralize, blend and mix, as recipes that make them again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from studio.core import (
    FaceChoice,
    GenerationRequest,
    InputError,
    MeshSequence,
    OnEstimate,
    Progress,
)
from studio.core.sequence import Floats
from studio.document.evaluator import Played
from studio.document.state import ClipState
from studio.face.known import studio_face

from .faces import Face, clip_face, place_of, still_frame, still_of
from .generate import generate_clip, make_recipe, stamped
from .maker import Generator, Maker
from .reading import frame_of, read_clip
from .recipe import (
    BlendRecipe,
    ClipSource,
    DerivedRecipe,
    GeneratorRecipe,
    MixRecipe,
    NeutralizeRecipe,
    Recipe,
    TransferRecipe,
    recipe_from_dict,
)

# The recipes


def transfer_recipe(
    engine: Generator, source: ClipState, target: ClipState | FaceChoice
) -> TransferRecipe:
    """Write the recipe of what one clip shows, on the face of another or on one that is named."""
    if isinstance(target, ClipState):
        face, name = clip_face(target), target.name
    else:
        named = {"file": Path(target.path).stem, "numbers": "the made face"}
        face, name = target, named.get(target.source, "the template")
    return TransferRecipe(
        source=_source(source),
        name=f"{source.name} on {name}",
        label=source.label,
        face=face,
        models=engine.name,
    )


def neutralize_recipe(engine: Generator, source: ClipState) -> NeutralizeRecipe:
    """Write the recipe of a clip without its expression."""
    return NeutralizeRecipe(
        source=_source(source),
        name=f"{source.name} at rest",
        label="neutral",
        face=clip_face(source),
        models=engine.name,
    )


def blend_recipe(engine: Generator, one: ClipState, other: ClipState, share: float) -> BlendRecipe:
    """Write the recipe of a motion between those of two generated clips, on the first's face.

    Raises
    ------
    InputError
        For clips that were not generated.
    """
    return BlendRecipe(
        one=_generated(one),
        other=_generated(other),
        share=share,
        name=f"{one.name} to {other.name}, {share:.0%}",
        label=one.label if one.label == other.label else None,
        face=clip_face(one),
        models=engine.name,
    )


def mix_recipe(
    engine: Generator,
    request: GenerationRequest,
    labels: Sequence[str],
    clip: ClipState | None = None,
) -> MixRecipe:
    """Write the recipe of a request's motion through the apexes of several labels.

    The clip is as in `make_recipe`, and so is what is raised.
    """
    whole = [make_recipe(replace(request, label=label), engine, clip) for label in labels]
    bare = [replace(part, request=replace(part.request, face=FaceChoice())) for part in whole]
    return MixRecipe(
        parts=tuple(bare),
        name=f"{' '.join(labels)} {request.seed}",
        face=whole[0].face if whole else FaceChoice(),
        models=engine.name,
    )


def _generated(clip: ClipState) -> GeneratorRecipe:
    recipe = None if clip.recipe is None else recipe_from_dict(clip.recipe)
    if not isinstance(recipe, GeneratorRecipe):
        raise InputError.of(clip.name, "a generated clip to blend", "another kind of clip")
    return recipe


def _source(clip: ClipState) -> ClipSource:
    by_hand = not clip.as_recorded  # then no file and no recipe holds all of it
    if clip.recipe is not None and clip.neutral_frame is None and not by_hand:
        return ClipSource(recipe=recipe_from_dict(clip.recipe))
    path, given = place_of(clip, by_hand=by_hand)
    return ClipSource(clip.name, clip.neutral_frame, path, given=given)


# The clips


def make_clip(
    engine: Maker,
    recipe: Recipe,
    face: Face | None = None,
    source: Played | None = None,
    *,
    progress: Progress,
    on_estimate: OnEstimate | None = None,
) -> MeshSequence:
    """Make the clip of any recipe.

    Parameters
    ----------
    engine, recipe, face, progress, on_estimate
        As in `generate_clip`.
    source
        The clip that is transferred or neutralized, where it is at hand.

    Returns
    -------
    MeshSequence
        The clip, called as the recipe says.

    Raises
    ------
    InputError
        Where what the recipe names cannot be had; and like `generate_clip`.
    """
    if isinstance(recipe, GeneratorRecipe):
        return generate_clip(engine, recipe, face, progress=progress, on_estimate=on_estimate)
    if isinstance(recipe, BlendRecipe):
        return make_blends(engine, recipe, [recipe.share], face, progress=progress)[0][0]
    if isinstance(recipe, MixRecipe):
        start = still_of(engine, recipe.face, face, progress.part(0.0, 0.3))
        requests = [part.request for part in recipe.parts]
        made = engine.mix(requests, face=_vertices(start), progress=progress.part(0.3, 1.0))
        made = _beside(start, made)
    else:
        made = _of_source(engine, recipe, face, source, progress)
    return _called(made, recipe)


def make_blends(
    engine: Maker,
    recipe: BlendRecipe,
    shares: Sequence[float],
    face: Face | None = None,
    *,
    progress: Progress,
) -> list[tuple[MeshSequence, BlendRecipe]]:
    """Make the clips of a recipe at several shares of the way.

    The motions are sampled once. Each clip is what `make_clip`, which this raises like, makes of
    the recipe beside it.
    """
    start = still_of(engine, recipe.face, face, progress.part(0.0, 0.3))
    one, other, left = recipe.one.request, recipe.other.request, progress.part(0.3, 1.0)
    clips = engine.interpolate(one, other, shares, face=_vertices(start), progress=left)
    recipes = [replace(recipe, share=share) for share in shares]
    return [
        (_called(_beside(start, clip), each), each)
        for clip, each in zip(clips, recipes, strict=True)
    ]


def made_now(engine: Generator, recipe: Recipe) -> Recipe:
    """Put the models that make it now in a recipe."""
    if isinstance(recipe, GeneratorRecipe):
        return stamped(engine, recipe)
    return replace(recipe, models=engine.name)


def _of_source(
    engine: Maker,
    recipe: TransferRecipe | NeutralizeRecipe,
    face: Face | None,
    source: Played | None,
    progress: Progress,
) -> MeshSequence:
    sequence, rest = _read_source(engine, recipe.source, source, progress.part(0.0, 0.3))
    left = progress.part(0.3, 1.0)
    if isinstance(recipe, NeutralizeRecipe):
        return engine.neutralize(sequence, rest, left)
    start = still_of(engine, recipe.face, face, left.part(0.0, 0.2))
    target = _vertices(start)
    target = studio_face().template.vertices if target is None else target
    made = engine.transfer(sequence, target, rest, left.part(0.2, 1.0), way=recipe.way)
    return _beside(start, made)


def _vertices(start: MeshSequence | None) -> Floats | None:
    return None if start is None else np.asarray(start.vertices[0])


def _beside(start: MeshSequence | None, clip: MeshSequence) -> MeshSequence:
    """Put a clip where the face that it moves lies in the world."""
    return clip.at(np.zeros(3) if start is None else start.origin)


def _called(clip: MeshSequence, recipe: DerivedRecipe) -> MeshSequence:
    return clip.renamed(recipe.name) if recipe.name else clip


def _read_source(
    engine: Maker, named: ClipSource, source: Played | None, progress: Progress
) -> tuple[MeshSequence, Floats | None]:
    """Read the clip that another is made of, and its face at rest (V, 3) where that is known."""
    if source is not None:
        return _with_rest(source.sequence(progress), still_frame(source.clip))
    if named.recipe is not None:
        sequence = make_clip(engine, named.recipe, progress=progress)
        # What was handed over begins as the other clip did, all else at rest.
        return _with_rest(sequence, None if isinstance(named.recipe, TransferRecipe) else 0)
    if not named.path:
        raise InputError(
            f"The recipe starts from {named.name}, which lies in no file; "
            "open that clip and make it again from there."
        )
    topology, path = engine.topology, Path(named.path)
    work = "to work on"
    clip = read_clip(path, progress, named.given, purpose=work, topology=topology)
    return _with_rest(clip, named.frame)


def _with_rest(sequence: MeshSequence, frame: int | None) -> tuple[MeshSequence, Floats | None]:
    if frame is None:
        return sequence, None
    return sequence, np.asarray(frame_of(sequence, frame).vertices[0])
