"""Frames between motions, and clips that pass into others, from their recipes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from studio.core import InputError, MeshSequence, Progress
from studio.core.joining import ends_of, joined, passed
from studio.core.request import FEWEST_FRAMES
from studio.core.sequence import Floats
from studio.document.edits.baked import BakedEdit
from studio.face.registration.carrying import carried_back
from studio.takes.maker import Maker
from studio.takes.registered import Source

from .recipe import InbetweenRecipe, MorphRecipe


def settled_label(
    engine: Maker, recipe: InbetweenRecipe, source: Source, progress: Progress
) -> InbetweenRecipe:
    """Say in a recipe what its clip shows, where it leaves that open.

    Raises
    ------
    InputError
        Where the clip cannot be read.
    """
    if recipe.request.label or not recipe.request.strength:
        return recipe
    read = engine.recognize(source.sequence, source.rest, progress)
    label = read.labels[int(read.clip.argmax())]
    progress.remarked(f"The frames in between show {label}, as the clip does.")
    return recipe.with_label(label)


def bake(
    engine: Maker,
    recipe: InbetweenRecipe,
    source: Source,
    other: Source | None,
    progress: Progress,
) -> BakedEdit:
    """Make the frames of a recipe, as an edit of the clip.

    Parameters
    ----------
    engine
        Has the models.
    recipe
        What to make.
    source, other
        The clips that it names.
    progress
        Told how far the work is.

    Returns
    -------
    BakedEdit
        With the recipe, its label written out. All frames but its own stay bit for bit; what is
        joined comes with the edit.

    Raises
    ------
    InputError
        Where the clips do not fit each other, or the range does not fit the clip.
    """
    recipe = settled_label(engine, recipe, source, progress.part(0.0, 0.1))
    clip, follows = _own(source), _own(other or source)
    start, stop = _span(recipe, clip)
    if recipe.way == "join":
        follows = _beside(clip, follows)
    before, after = _sides(recipe, source, other or source)
    rests = _rest(engine, source, progress), _rest(engine, other or source, progress)
    left = progress.part(0.1, 0.8 if source.found is not None else 1.0)
    made = engine.inbetween(
        before, after, recipe.frames, recipe.request, rests=rests, progress=left
    )
    known = follows.vertices[stop:] if recipe.way == "fill" else follows.vertices
    ends = ends_of(clip.vertices[:start], known)
    made = _shown(source, made, (before, after), ends, progress.part(0.8, 1.0))
    if recipe.way == "join":
        made = np.concatenate([made, known])
    return BakedEdit(start, stop, made, recipe.to_dict())


def inbetween_clip(
    engine: Maker,
    recipe: InbetweenRecipe,
    source: Source,
    other: Source | None,
    progress: Progress,
) -> MeshSequence:
    """Make the clip of a recipe whole; see `bake`."""
    edit, clip = bake(engine, recipe, source, other, progress), _own(source)
    parts = clip.vertices[: edit.start], edit.vertices, clip.vertices[edit.stop :]
    vertices = np.concatenate(parts)
    names = clip.frame_names if len(vertices) == clip.n_frames else ()
    return replace(clip, vertices=vertices, frame_names=names)


def morphed_clip(
    engine: Maker, recipe: MorphRecipe, source: Source, other: Source, progress: Progress
) -> MeshSequence:
    """Make the clip of a recipe that passes from one into another, on the mesh of the first.

    Raises
    ------
    InputError
        Where one cannot pass into the other.
    """
    rests = _rest(engine, source, progress), _rest(engine, other, progress)
    found = source.found
    left = progress.part(0.0, 1.0 if found is None else 0.7)
    made = engine.morph(source.sequence, other.sequence, recipe.request, rests=rests, progress=left)
    if found is None or source.own is None:
        return made
    vertices = carried_back(found, made.vertices, progress.part(0.7, 1.0))
    own = replace(source.own, vertices=vertices, frame_names=(), remarks=(), footage=None)
    return own.renamed(made.name)


def _own(source: Source) -> MeshSequence:
    """Give a clip as it came."""
    return source.sequence if source.own is None else source.own


def _span(recipe: InbetweenRecipe, clip: MeshSequence) -> tuple[int, int]:
    """Find the frames of a clip that go, of a way that fills a range; else its end."""
    if recipe.way != "fill":
        return clip.n_frames, clip.n_frames
    if not 0 < recipe.start < recipe.stop < clip.n_frames:
        wanted = f"a range within its {clip.n_frames} frames with one left on each side"
        raise InputError.of(clip.name, wanted, f"{recipe.start} to {recipe.stop - 1}")
    return recipe.start, recipe.stop


def _sides(
    recipe: InbetweenRecipe, source: Source, other: Source
) -> tuple[MeshSequence, MeshSequence]:
    """Give what is known before and behind, on the studio's face."""
    clip = source.sequence
    if recipe.way != "fill":
        return clip, other.sequence
    return clip.sliced(0, recipe.start), clip.sliced(recipe.stop, clip.n_frames)


def _beside(clip: MeshSequence, other: MeshSequence) -> MeshSequence:
    """Take a clip to the place where another lies, so that it can follow it."""
    if other.topology != clip.topology:
        wanted = f"a clip of the same triangulation as {clip.name}"
        raise InputError.of(other.name, wanted, f"{other.n_vertices} vertices")
    shift = (other.origin - clip.origin).astype(np.float32)
    return replace(other, vertices=other.vertices + shift, origin=clip.origin)


def _rest(engine: Maker, source: Source, progress: Progress) -> Floats | None:
    """Give the face at rest (V, 3) of a clip; None where it is too short to tell."""
    if source.rest is not None or source.sequence.n_frames < FEWEST_FRAMES:
        return source.rest
    return engine.resting_face(source.sequence, progress.part(0.1, 0.1))


def _shown(
    source: Source,
    made: Floats,
    sides: tuple[MeshSequence, MeshSequence],
    ends: Floats,
    progress: Progress,
) -> Floats:
    """Show frames (N, V, 3) of the studio's face on the clip's own mesh, between its ends.

    What of the mesh carrying does not hold passes from one end (4, W, 3) to the other.
    """
    if source.found is None:
        return made
    near = ends_of(sides[0].vertices, sides[1].vertices)
    carried = carried_back(source.found, np.concatenate([made, near]), progress)
    left = ends - carried[len(made) :]
    share = passed(len(made))[:, None, None]
    passing = left[1] + share * (left[2] - left[1])
    return carried[: len(made)] + joined(passing, left)
