"""Clips by generators: their recipes, and making them, one or many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from studio.core import (
    FaceChoice,
    GenerationRequest,
    InputError,
    MeshSequence,
    OnEstimate,
    Progress,
    StudioError,
)
from studio.core.request import PARAMETERS
from studio.document.evaluator import Played
from studio.document.state import ClipState

from .faces import Face, clip_face, mesh_of, still_frame, still_of
from .maker import Generator
from .recipe import GeneratorRecipe, recipe_from_dict
from .registered import Subject

SAME_MM = 0.01
GROUP = 4  # seeds sampled together: more saves little and shows less often
_READING, _REGISTERING = 0.3, 0.6  # share of the time that goes into reading a face
_CARRYING = 0.3  # share of what is left then that goes into carrying clips back

Take = tuple[MeshSequence, GeneratorRecipe]


def make_recipe(
    request: GenerationRequest, engine: Generator, clip: ClipState | None = None
) -> GeneratorRecipe:
    """Write the recipe of a request, with every default written out.

    Parameters
    ----------
    request
        What is asked for.
    engine
        Whose generator is meant.
    clip
        The clip whose face is meant where the request says so.

    Returns
    -------
    GeneratorRecipe
        What makes the clip with these models, whatever others take for their defaults.

    Raises
    ------
    InputError
        When that clip is None, or the generator cannot move its face.
    CheckpointError
        If the set has no such generator.
    """
    own = engine.limits(request.model)
    parameters = tuple(name for name in PARAMETERS if name in own.parameters)
    values: dict[str, Any] = dict.fromkeys(PARAMETERS)
    for name in parameters:
        given = getattr(request, name)
        values[name] = getattr(own, name, None) if given is None else given
    whole = replace(request, face=_face(request.face, clip), **values)
    recipe = GeneratorRecipe(whole, parameters, engine.name, engine.checkpoint(request.model))
    check_generator(engine, recipe)
    return recipe


def with_face(recipe: GeneratorRecipe, face: FaceChoice) -> GeneratorRecipe:
    """Say that another face moves."""
    return replace(recipe, request=replace(recipe.request, face=face))


def check_generator(engine: Generator, recipe: GeneratorRecipe) -> None:
    """Refuse a generator that cannot move the recipe's face.

    What moves every vertex knows the studio's triangulation alone.
    """
    model = recipe.request.model
    if recipe.face.by_landmarks and "surface" not in engine.limits(model).parameters:
        wanted = "motion-gan or landmark-lstm for a face of another triangulation"
        raise InputError.of("model", wanted, model)


def _face(choice: FaceChoice, clip: ClipState | None) -> FaceChoice:
    """Take the face that is meant, and nothing of others that were chosen before."""
    if choice.source == "numbers":
        return FaceChoice("numbers", choice.numbers)
    if choice.source == "file":
        return replace(choice, numbers=(), name="", frame=None)
    if choice.source == "template":
        return FaceChoice()
    if clip is None:
        raise InputError("Open or choose a clip first, or generate on the template face.")
    return clip_face(clip)


def changed_fields(
    request: GenerationRequest, engine: Generator | None, clip: ClipState
) -> tuple[str, ...]:
    """Tell what of a generated clip's recipe the request would make otherwise now.

    Names as in the JSON of recipes; without an engine only what depends on none is compared.
    """
    was = clip.recipe or {}
    try:
        recipe_from_dict(was)
    except StudioError:
        return ("recipe",)
    bare = GeneratorRecipe(replace(request, face=_face(request.face, clip))).to_dict()
    now = {name: bare[name] for name in bare if name not in ("set", "checkpoint")}
    if engine is not None:
        with suppress(StudioError):  # then only what depends on no engine can be compared
            now = make_recipe(request, engine, clip).to_dict()
    now.pop("version")  # older recipes have none
    return tuple(name for name, value in now.items() if was.get(name) != value)


def same_take(
    clips: Iterable[ClipState], recipe: GeneratorRecipe, face: ClipState | None = None
) -> ClipState | None:
    """Find the clip that making a recipe would give once more, bit for bit.

    Parameters
    ----------
    clips
        Those there are; one that was edited is another clip by now.
    recipe
        What is asked for.
    face
        The clip whose face is meant, where the recipe says so.

    Returns
    -------
    ClipState or None
        None too where it cannot be told, as of a face that is in no file.
    """
    wanted = recipe.to_dict()
    same = (
        clip
        for clip in clips
        if clip.as_recorded and has_recipe(clip, wanted) and _began_with(clip, recipe.face, face)
    )
    return next(same, None)


def made_again(
    clips: Iterable[ClipState], made: MeshSequence, recipe: Mapping[str, object]
) -> ClipState | None:
    """Find the clip that was made by a recipe, as JSON, and shows just what it gives now."""
    kept = (clip for clip in clips if clip.as_recorded and has_recipe(clip, recipe))
    return next((clip for clip in kept if looks_the_same(made, clip.recording)), None)


def looks_the_same(one: MeshSequence, other: MeshSequence) -> bool:
    """Whether nobody can tell the frames apart; takes made together differ by rounding."""
    if one.topology != other.topology or one.n_frames != other.n_frames:
        return False
    return bool(np.allclose(one.vertices, other.vertices, rtol=0, atol=SAME_MM))


def has_recipe(clip: ClipState, wanted: Mapping[str, object]) -> bool:
    """Whether a clip was made by a recipe, as JSON, with these models."""
    try:
        return clip.recipe is not None and recipe_from_dict(clip.recipe).to_dict() == wanted
    except StudioError:
        return False


def _began_with(clip: ClipState, choice: FaceChoice, face: ClipState | None) -> bool:
    """Whether the face that is meant now is the one that a clip of the same recipe began with."""
    if choice.source == "file":
        try:
            return Path(choice.path).stat().st_mtime <= clip.created
        except OSError:
            return False  # whoever makes it says why
    if choice.source != "clip":
        return True
    if face is None or not face.as_recorded:
        return False
    still = still_frame(face)
    if still is None:  # an estimate, the same from the same file
        return bool(choice.path) and face.created <= clip.created
    return np.array_equal(face.recording.vertices[still], clip.recording.vertices[0])


def request_of(recipe: GeneratorRecipe, before: GenerationRequest) -> GenerationRequest:
    """Ask for a recipe; what it leaves open stays as in the request before."""
    asked, face = recipe.request, replace(before.face, source=recipe.face.source)
    if face.source == "numbers":
        face = replace(face, numbers=recipe.face.numbers)
    elif face.source == "file":
        own = recipe.face
        face = replace(own, numbers=face.numbers, name=face.name, frame=face.frame)
    kept = {name: getattr(before, name) for name in PARAMETERS if name not in recipe.parameters}
    return replace(asked, face=face, **kept)


def start_of(
    engine: Generator, recipe: GeneratorRecipe, face: Face | None, progress: Progress
) -> tuple[Subject | None, Progress]:
    """Get what is to move.

    Parameters
    ----------
    engine, recipe, face
        As in `generate_clip`.
    progress
        Told how far reading is.

    Returns
    -------
    start : Subject or None
        The face, None for the template.
    left : Progress
        Of the work that is left.

    Raises
    ------
    InputError
        Like `generate_clip`; before anything is read where the generator cannot move it.
    """
    check_generator(engine, recipe)
    share = _share(recipe.face, face)
    part, left = progress.part(0.0, share), progress.part(share, 1.0)
    if recipe.face.by_landmarks:
        return Subject(mesh_of(recipe.face, face, part)), left
    return still_of(engine, recipe.face, face, part), left


def _share(choice: FaceChoice, face: Face | None) -> float:
    """Guess what share of the time it takes to get the face that is to move."""
    if isinstance(face, Played):
        known = still_frame(face.clip) is not None or face.clip.registration is not None
        quick = choice.by_landmarks or known
    else:
        quick = face is not None or choice.source in ("template", "numbers")
    return 0.0 if quick else _REGISTERING if choice.registered else _READING


def generate_clip(
    engine: Generator,
    recipe: GeneratorRecipe,
    face: Face | None = None,
    *,
    progress: Progress,
    on_estimate: OnEstimate | None = None,
) -> MeshSequence:
    """Make the clip of a recipe; the same models give the same clip bit for bit.

    Parameters
    ----------
    engine
        Has the models.
    recipe
        What to make.
    face
        Whose face to move: a clip's, a mesh of a single frame, or None for the one that the recipe
        names. Of a generated clip its first frame always serves.
    progress
        Told how far the work is.
    on_estimate
        Told, from this thread, a few times what the clip looks like so far.

    Returns
    -------
    MeshSequence
        The clip, called by its label and seed.

    Raises
    ------
    InputError
        Where the face cannot be had.
    CheckpointError
        For a generator that is not there.
    """
    start, left = start_of(engine, recipe, face, progress)
    seeds = (recipe.request.seed,)
    (clip,) = _sample(engine, recipe, start, seeds, left, on_estimate)
    return clip.renamed(recipe.name)


def generate_takes(
    engine: Generator,
    recipe: GeneratorRecipe,
    seeds: Sequence[int],
    face: Face | None = None,
    *,
    progress: Progress,
) -> Iterator[list[Take]]:
    """Make the takes of a recipe for other seeds, and give each group as soon as it is made.

    Each is what `generate_clip` makes of its recipe, up to the rounding of batched arithmetic.
    The arguments are those of `generate_clip`, and so is what is raised.
    """
    start, left = start_of(engine, recipe, face, progress)
    own = stamped(engine, recipe)
    for place in range(0, len(seeds), GROUP):
        group = seeds[place : place + GROUP]
        part = left.part(place / len(seeds), (place + len(group)) / len(seeds))
        recipes = [replace(own, request=replace(own.request, seed=seed)) for seed in group]
        clips = _sample(engine, recipe, start, group, part)
        yield [(clip.renamed(each.name), each) for clip, each in zip(clips, recipes, strict=True)]


def stamped(engine: Generator, recipe: GeneratorRecipe) -> GeneratorRecipe:
    """Put the models that it is made by now in a recipe."""
    checkpoint = engine.checkpoint(recipe.request.model)
    return replace(recipe, models=engine.name, checkpoint=checkpoint)


def _sample(
    engine: Generator,
    recipe: GeneratorRecipe,
    start: Subject | None,
    seeds: Sequence[int],
    progress: Progress,
    on_estimate: OnEstimate | None = None,
) -> list[MeshSequence]:
    request = recipe.request
    if start is None:
        return engine.sample(request, seeds, on_estimate=on_estimate, progress=progress)
    if recipe.face.by_landmarks:
        marks = recipe.face.landmarks
        return engine.sample_on(request, start.still, marks, seeds, progress=progress)
    show = None if on_estimate is None else _own_estimate(start, on_estimate)
    share = 1.0 if start.found is None else 1.0 - _CARRYING
    sampling, left = progress.part(0.0, share), progress.part(share, 1.0)
    made = engine.sample(request, seeds, face=start.vertices, on_estimate=show, progress=sampling)
    return [
        start.own(clip, left.part(place / len(made), (place + 1) / len(made)))
        for place, clip in enumerate(made)
    ]


def _own_estimate(start: Subject, show: OnEstimate) -> OnEstimate:
    """Show on their own mesh what clips look like so far."""
    return lambda clip: show(start.own(clip, Progress()))
