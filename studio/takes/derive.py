"""Clips made of others: transfer, neutralize, blend and mix, as recipes that make them again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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

from .faces import Face, clip_face, place_of, said_of, settled, still_frame, still_of
from .generate import generate_clip, make_recipe, stamped, start_of, with_face
from .latent.making import inbetween_clip, morphed_clip, settled_label
from .latent.recipe import InbetweenRecipe, MorphRecipe
from .maker import Generator, Maker
from .posing import make_pose
from .recipe import (
    BlendRecipe,
    ClipSource,
    Derived,
    GeneratorRecipe,
    MixRecipe,
    NeutralizeRecipe,
    PoseRecipe,
    Recipe,
    TransferRecipe,
    recipe_from_dict,
)
from .registered import Source, Subject
from .sources import source_in_file, source_of

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
        source=clip_source(source),
        name=f"{source.name} on {name}",
        label=source.label,
        face=face,
        models=engine.name,
    )


def neutralize_recipe(engine: Generator, source: ClipState) -> NeutralizeRecipe:
    """Write the recipe of a clip without its expression."""
    return NeutralizeRecipe(
        source=clip_source(source),
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


def clip_source(clip: ClipState) -> ClipSource:
    """Say where a clip that another is made of comes from, as a recipe does."""
    by_hand = not clip.as_recorded  # then no file and no recipe holds all of it
    if clip.recipe is not None and clip.neutral_frame is None and not by_hand:
        return ClipSource(recipe=recipe_from_dict(clip.recipe))
    path, given = place_of(clip, by_hand=by_hand)
    frame = clip.neutral_frame
    return ClipSource(clip.name, frame, path, given=given, registered=said_of(clip))


# What they name, read


@dataclass(frozen=True, eq=False)
class Prepared:
    """A recipe, and what it names, read and where need be registered.

    Attributes
    ----------
    recipe
        It says of each face whether it was registered.
    face, source, other
        As `make_clip` takes them.
    """

    recipe: Recipe
    face: Subject | None = None
    source: Source | None = None
    other: Source | None = None

    @property
    def registrations(self) -> dict[str, Subject | Source | None]:
        """What may have been registered: the face, and the clip that another is made of."""
        return {"face": self.face, "clip": self.source, "other clip": self.other}


def prepared(engine: Maker, recipe: Recipe, *, progress: Progress) -> Prepared:
    """Read what a recipe names, so that it can say what was registered before it is followed.

    Raises like `make_clip`.
    """
    source, left = None, progress
    if isinstance(recipe, PoseRecipe):
        return Prepared(recipe)
    if isinstance(recipe, InbetweenRecipe | MorphRecipe):
        return _prepared_latent(engine, recipe, progress)
    if isinstance(recipe, TransferRecipe | NeutralizeRecipe):
        source = _read_source(engine, recipe.source, None, progress.part(0.0, 0.5))
        left = progress.part(0.5, 1.0)
        if source.found is None:
            recipe = replace(recipe, source=replace(recipe.source, registered=None))
    if isinstance(recipe, NeutralizeRecipe):
        if source is not None and source.found is None:
            recipe = replace(recipe, face=replace(recipe.face, registered=None))
        return Prepared(recipe, None, source)
    if isinstance(recipe, GeneratorRecipe):
        start, _ = start_of(engine, recipe, None, left)
        return Prepared(with_face(recipe, settled(recipe.face, start)), start)
    start = still_of(engine, recipe.face, None, left)
    face = settled(recipe.face, start)
    if isinstance(recipe, BlendRecipe):
        one, other = (with_face(end, face) for end in (recipe.one, recipe.other))
        return Prepared(replace(recipe, face=face, one=one, other=other), start)
    return Prepared(replace(recipe, face=face), start, source)


# The clips


def make_clip(
    engine: Maker,
    recipe: Recipe,
    face: Face | None = None,
    source: Played | Source | None = None,
    *,
    other: Played | Source | None = None,
    progress: Progress,
    on_estimate: OnEstimate | None = None,
) -> MeshSequence:
    """Make the clip of any recipe.

    Parameters
    ----------
    engine, recipe, face, progress, on_estimate
        As in `generate_clip`.
    source, other
        The clip that another is made of, and the second one, where they are at hand.

    Returns
    -------
    MeshSequence
        The clip, called as the recipe says.

    Raises
    ------
    InputError
        Where what the recipe names cannot be had; and like `generate_clip`.
    """
    if isinstance(recipe, PoseRecipe):
        return make_pose(recipe, progress)
    if isinstance(recipe, GeneratorRecipe):
        return generate_clip(engine, recipe, face, progress=progress, on_estimate=on_estimate)
    if isinstance(recipe, BlendRecipe):
        return make_blends(engine, recipe, [recipe.share], face, progress=progress)[0][0]
    if isinstance(recipe, InbetweenRecipe | MorphRecipe):
        made = _latent(engine, recipe, source, other, progress)
    elif isinstance(recipe, MixRecipe):
        start = still_of(engine, recipe.face, face, progress.part(0.0, 0.3))
        requests = [part.request for part in recipe.parts]
        made = engine.mix(requests, face=_vertices(start), progress=progress.part(0.3, 0.9))
        made = _own(start, made, progress.part(0.9, 1.0))
    elif isinstance(recipe, TransferRecipe | NeutralizeRecipe):
        made = _of_source(engine, recipe, face, source, progress)
    else:
        raise TypeError(f"no clip is made by {type(recipe).__name__}")
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
    one, other, left = recipe.one.request, recipe.other.request, progress.part(0.3, 0.9)
    clips = engine.interpolate(one, other, shares, face=_vertices(start), progress=left)
    last, made = progress.part(0.9, 1.0), []
    for place, (share, clip) in enumerate(zip(shares, clips, strict=True)):
        part = last.part(place / len(clips), (place + 1) / len(clips))
        each = replace(recipe, share=share)
        made.append((_called(_own(start, clip, part), each), each))
    return made


def made_now(engine: Generator, recipe: Recipe) -> Recipe:
    """Put the models that make it now in a recipe."""
    if isinstance(recipe, GeneratorRecipe):
        return stamped(engine, recipe)
    return replace(recipe, models=engine.name)


def _of_source(
    engine: Maker,
    recipe: TransferRecipe | NeutralizeRecipe,
    face: Face | None,
    source: Played | Source | None,
    progress: Progress,
) -> MeshSequence:
    read = _read_source(engine, recipe.source, source, progress.part(0.0, 0.4))
    left, last = progress.part(0.4, 0.9), progress.part(0.9, 1.0)
    if isinstance(recipe, NeutralizeRecipe):
        return read.changed(engine.neutralize(read.sequence, read.rest, left), last)
    start = still_of(engine, recipe.face, face, left.part(0.0, 0.4))
    target = _vertices(start)
    target = studio_face().template.vertices if target is None else target
    part = left.part(0.4, 1.0)
    made = engine.transfer(read.sequence, target, read.rest, part, way=recipe.way)
    return _own(start, made, last)


def _prepared_latent(
    engine: Maker, recipe: InbetweenRecipe | MorphRecipe, progress: Progress
) -> Prepared:
    parts = progress.part(0.0, 0.5), progress.part(0.5, 1.0)
    source, other = read_both(engine, recipe, None, None, parts[0])
    face = recipe.face if source.found is not None else replace(recipe.face, registered=None)
    recipe = replace(recipe, source=_settled_source(recipe.source, source), face=face)
    if recipe.other is not None and other is not None:
        recipe = replace(recipe, other=_settled_source(recipe.other, other))
    if isinstance(recipe, InbetweenRecipe):
        recipe = settled_label(engine, recipe, source, parts[1])
    return Prepared(recipe, None, source, other)


def _settled_source(named: ClipSource, read: Source) -> ClipSource:
    """Say of a clip that was read what holds: only one of another triangulation is registered."""
    return named if read.found is not None else replace(named, registered=None)


def read_both(
    engine: Maker,
    recipe: InbetweenRecipe | MorphRecipe,
    source: Played | Source | None,
    other: Played | Source | None,
    progress: Progress,
) -> tuple[Source, Source | None]:
    """Read the clip that a recipe begins with, and the second one where it names one.

    Raises
    ------
    InputError
        Where they cannot be had.
    """
    first = _read_source(engine, recipe.source, source, progress.part(0.0, 0.5))
    if recipe.other is None:
        return first, None
    return first, _read_source(engine, recipe.other, other, progress.part(0.5, 1.0))


def _latent(
    engine: Maker,
    recipe: InbetweenRecipe | MorphRecipe,
    source: Played | Source | None,
    other: Played | Source | None,
    progress: Progress,
) -> MeshSequence:
    first, second = read_both(engine, recipe, source, other, progress.part(0.0, 0.3))
    left = progress.part(0.3, 1.0)
    if isinstance(recipe, InbetweenRecipe):
        return inbetween_clip(engine, recipe, first, second, left)
    return morphed_clip(engine, recipe, first, second or first, left)


def _vertices(start: Subject | None) -> Floats | None:
    return None if start is None else start.vertices


def _own(start: Subject | None, clip: MeshSequence, progress: Progress) -> MeshSequence:
    """Show a clip on the mesh of whom it moves, where that lies in the world."""
    return clip.at(np.zeros(3)) if start is None else start.own(clip, progress)


def _called(clip: MeshSequence, recipe: Derived) -> MeshSequence:
    return clip.renamed(recipe.name) if recipe.name else clip


def _read_source(
    engine: Maker, named: ClipSource, source: Played | Source | None, progress: Progress
) -> Source:
    """Read the clip that another is made of, and its face at rest where that is known."""
    if isinstance(source, Source):
        return source
    if source is not None:
        clip, found = source.sequence(progress), source.clip.registration
        frame = still_frame(source.clip)
        return source_of(engine, clip, frame, named.registered, found=found, progress=progress)
    if named.recipe is not None:
        sequence = make_clip(engine, named.recipe, progress=progress.part(0.0, 0.6))
        # What was handed over begins as the other clip did, all else at rest.
        frame = None if isinstance(named.recipe, TransferRecipe) else 0
        by, left = named.recipe.face.registered, progress.part(0.6, 1.0)
        return source_of(engine, sequence, frame, by, progress=left)
    return source_in_file(engine, named, progress)
