"""Clips made of others: transfer, neutral, blend and mix, as recipes that make them again.

made : transfer, neutral, blend or mix; a recipe without it is a generator's
transfer : `source` shown on `face`; neutral : `source` without its expression
blend : from the motion of recipe `one` to that of `other`, `share` of the way, on `face`
mix : the motions of the recipes `parts` from apex to apex, on `face`
source : ``from`` is recipe, with the `recipe` of a generated clip; or clip, with its `name`, the
    `frame` called neutral or null, and the `path` it was read from or null
face, set : as in any recipe; label : what all of it shows, where it is one thing
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np

from studio.core import (
    GenerationRequest,
    InputError,
    MeshSequence,
    Motion,
    OnEstimate,
    Progress,
)
from studio.core.sequence import Floats
from studio.document.evaluator import Played
from studio.document.state import ClipState
from studio.face.known import studio_face

from .maker import Generator
from .recipe import (
    Face,
    Recipe,
    asked,
    clip_face,
    generate_clip,
    make_recipe,
    neutral_of,
    number_in,
    sampling_of,
    still_frame,
)

MADE = ("transfer", "neutral", "blend", "mix")
FEWEST, MOST = 2, 6  # expressions in a mix
_NEEDED = {
    "transfer": ("source", "face"),
    "neutral": ("source",),
    "blend": ("one", "other", "share"),
    "mix": ("parts",),
}


class Maker(Generator, Protocol):
    """What is asked of an engine to make clips of others."""

    def transfer(
        self,
        source: MeshSequence,
        face: Floats,
        rest: Floats | None = ...,
        progress: Progress | None = ...,
    ) -> MeshSequence: ...

    def neutralised(
        self, sequence: MeshSequence, rest: Floats | None = ..., progress: Progress | None = ...
    ) -> MeshSequence: ...

    def interpolated(
        self,
        one: Motion,
        other: Motion,
        shares: Sequence[float],
        *,
        neutral: Floats | None = ...,
        progress: Progress | None = ...,
    ) -> list[MeshSequence]: ...

    def mixed(
        self,
        motions: Sequence[Motion],
        *,
        neutral: Floats | None = ...,
        progress: Progress | None = ...,
    ) -> MeshSequence: ...


def is_made(recipe: Recipe | None) -> bool:
    """Whether a recipe makes a clip of others."""
    return recipe is not None and "made" in recipe


# The recipes


def transfer_recipe(
    engine: Generator, source: ClipState, target: ClipState | Path
) -> dict[str, object]:
    """What one clip shows, on the face of another or on one in a file."""
    if isinstance(target, Path):
        face: dict[str, object] = {"from": "file", "path": str(target)}
        name = f"{source.name} on {target.stem}"
    else:
        face, name = clip_face(target), f"{source.name} on {target.name}"
    found = {"made": "transfer", "source": _source(source), "face": face}
    label = {} if source.label is None else {"label": source.label}
    return {**found, **label, "name": name, "set": engine.name}


def neutral_recipe(engine: Generator, source: ClipState) -> dict[str, object]:
    """A clip without the expression that it shows."""
    found = {"made": "neutral", "source": _source(source), "face": clip_face(source)}
    return {**found, "label": "neutral", "name": f"{source.name} at rest", "set": engine.name}


def blend_recipe(
    engine: Generator, one: ClipState, other: ClipState, share: float
) -> dict[str, object]:
    """A motion between those of two generated clips, on the face of the first.

    Raises `InputError` for clips that were not generated.
    """
    for clip in (one, other):
        if clip.recipe is None or is_made(clip.recipe):
            raise InputError.of(clip.name, "a generated clip to blend", "another kind of clip")
    name = f"{one.name} to {other.name}, {share:.0%}"
    label = {"label": one.label} if one.label == other.label else {}
    return {
        "made": "blend",
        **label,
        "one": dict(one.recipe or {}),
        "other": dict(other.recipe or {}),
        "share": share,
        "face": clip_face(one),
        "name": name,
        "set": engine.name,
    }


def mix_recipe(
    engine: Generator,
    wanted: GenerationRequest,
    labels: Sequence[str],
    clip: ClipState | None = None,
) -> dict[str, object]:
    """The settings' motion through the apexes of several labels.

    clip : as in `make_recipe`, which this raises like
    """
    parts = [make_recipe(replace(wanted, label=label), engine, clip) for label in labels]
    faces = [part.pop("face") for part in parts]
    name = f"{' '.join(labels)} {wanted.seed}"
    found = {"made": "mix", "parts": parts, "face": faces[0], "name": name, "set": engine.name}
    return _checked(found)


def _source(clip: ClipState) -> dict[str, object]:
    by_hand = not clip.as_recorded  # then no file and no recipe holds all of it
    if clip.recipe is not None and clip.neutral_frame is None and not by_hand:
        return {"from": "recipe", "recipe": dict(clip.recipe)}
    path = None if clip.source is None or by_hand else str(clip.source)
    return {"from": "clip", "name": clip.name, "frame": clip.neutral_frame, "path": path}


# The clips


def remake(
    engine: Maker,
    recipe: Recipe,
    face: Face | None = None,
    source: Played | None = None,
    *,
    progress: Progress,
    on_estimate: OnEstimate | None = None,
) -> MeshSequence:
    """The clip of any recipe.

    face : whose face is moved, as in `generate_clip`; source : the clip that is transferred or
        neutralised, where it is at hand
    Raises `InputError` where what the recipe names cannot be had, and like `generate_clip`.
    """
    if not is_made(recipe):
        return generate_clip(engine, recipe, face, progress=progress, on_estimate=on_estimate)
    _checked(recipe)
    if recipe["made"] in ("transfer", "neutral"):
        made = _of_source(engine, recipe, face, source, progress)
    else:
        neutral, left = neutral_of(engine, recipe, face, progress)
        made = _of_motions(engine, recipe, neutral, left)
    return made.renamed(str(recipe.get("name", recipe["made"])))


def _of_source(
    engine: Maker,
    recipe: Recipe,
    face: Face | None,
    source: Played | None,
    progress: Progress,
) -> MeshSequence:
    sequence, rest = _read_source(engine, recipe, source, progress.part(0.0, 0.3))
    left = progress.part(0.3, 1.0)
    if recipe["made"] == "neutral":
        return engine.neutralised(sequence, rest, left)
    neutral, left = neutral_of(engine, recipe, face, left)
    target = studio_face().template.vertices if neutral is None else neutral
    return engine.transfer(sequence, target, rest, left)


def _of_motions(
    engine: Maker, recipe: Recipe, neutral: Floats | None, progress: Progress
) -> MeshSequence:
    if recipe["made"] == "mix":
        motions = [_motion(part) for part in _recipes(recipe["parts"])]
        return engine.mixed(motions, neutral=neutral, progress=progress)
    one, other = (_motion(part) for part in _recipes([recipe["one"], recipe["other"]]))
    share = number_in(recipe, "share", 0.5)
    return engine.interpolated(one, other, [share], neutral=neutral, progress=progress)[0]


def _read_source(
    engine: Maker, recipe: Recipe, source: Played | None, progress: Progress
) -> tuple[MeshSequence, Floats | None]:
    """The clip a recipe starts from, and its face at rest (V, 3) where that is known."""
    if source is not None:
        sequence = source.sequence(progress)
        return sequence, _frame(sequence, still_frame(source.clip))
    (named,) = _recipes([recipe["source"]])
    if named.get("from") == "recipe":
        (inner,) = _recipes([named.get("recipe")])
        sequence = remake(engine, inner, progress=progress)
        rests = not is_made(inner) or inner["made"] != "transfer"
        return sequence, _frame(sequence, 0 if rests else None)
    path, frame = named.get("path"), named.get("frame")
    if path is None:
        raise InputError(
            f"The recipe starts from {named.get('name', 'a clip')}, which lies in no file; "
            "open that clip and make it again from there."
        )
    from studio.io import read_sequence

    sequence = read_sequence(Path(str(path)), progress=progress)
    return sequence, _frame(sequence, frame if isinstance(frame, int) else None)


def _frame(sequence: MeshSequence, frame: int | None) -> Floats | None:
    if frame is None:
        return None
    if not 0 <= frame < sequence.n_frames:
        raise InputError.of(sequence.name, f"a frame {frame}", f"{sequence.n_frames} frames")
    return np.asarray(sequence.vertices[frame])


def _motion(recipe: Recipe) -> Motion:
    label, seed = asked(recipe)
    return Motion(label, seed, **sampling_of(recipe))


def _recipes(values: object) -> list[Mapping[str, object]]:
    if not isinstance(values, list | tuple) or not all(isinstance(v, Mapping) for v in values):
        raise InputError.of("recipe", "names with values", str(values))
    return list(values)


def check_made(recipe: Recipe) -> None:
    """Raises `InputError` where a recipe of a clip made of others cannot be one."""
    _checked(recipe)


def _checked(recipe: Recipe) -> dict[str, object]:
    """The recipe, once it is clear that nothing it needs is missing."""
    if recipe["made"] not in MADE:
        raise InputError.of("recipe", f"a clip made by {', '.join(MADE)}", str(recipe["made"]))
    for name in _NEEDED[str(recipe["made"])]:
        if name not in recipe:
            raise InputError.of("recipe", f"a {name} for {recipe['made']}", "none")
    if recipe["made"] == "mix":
        count = len(_recipes(recipe["parts"]))
        if not FEWEST <= count <= MOST:
            raise InputError.of("mix", f"{FEWEST} to {MOST} expressions", str(count))
    return dict(recipe)
