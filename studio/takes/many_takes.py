"""Many takes of one recipe, a few seeds at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from studio.core import InputError, MeshSequence, Progress
from studio.core.request import SEED
from studio.core.sequence import Floats

from .maker import Generator
from .recipe import DEFAULT_MODEL, Face, Recipe, landmarks_of, sampling_of, start_of

GROUP = 4  # seeds sampled together: more saves little and shows less often
MOST_SEEDS = 10_000
_PART = re.compile(r"(\d{1,10})(?:\s*-\s*(\d{1,10}))?")

Take = tuple[MeshSequence, Recipe]


def generate_takes(
    engine: Generator,
    recipe: Recipe,
    seeds: Sequence[int],
    face: Face | None = None,
    *,
    progress: Progress,
) -> Iterator[list[Take]]:
    """The takes of a recipe for other seeds, a group as soon as it is made.

    Each is what `generate_clip` makes of its recipe, up to the rounding of batched arithmetic.
    face : as in `generate_clip`, or what `start_of` made of it
    Raises like `generate_clip`.
    """
    start, left = start_of(engine, recipe, face, progress)
    label, model = str(recipe.get("label", "")), str(recipe.get("model", DEFAULT_MODEL))
    made_by = {"set": engine.name, "checkpoint": engine.checkpoint(model)}
    for place in range(0, len(seeds), GROUP):
        group = seeds[place : place + GROUP]
        part = left.part(place / len(seeds), (place + len(group)) / len(seeds))
        clips = _sampled(engine, recipe, start, group, part)
        yield [
            (replace(clip, name=f"{label} {seed}"), {**recipe, "seed": seed, **made_by})
            for clip, seed in zip(clips, group, strict=True)
        ]


def _sampled(
    engine: Generator,
    recipe: Recipe,
    start: Floats | MeshSequence | None,
    seeds: Sequence[int],
    progress: Progress,
) -> list[MeshSequence]:
    label, options = str(recipe.get("label", "")), sampling_of(recipe)
    if isinstance(start, MeshSequence):
        marks = landmarks_of(recipe)
        return engine.generate_on(start, marks, label, seeds, progress=progress, **options)
    return engine.generate_many(label, seeds, neutral=start, progress=progress, **options)


def parse_seeds(text: str) -> tuple[int, ...]:
    """Seeds such as ``1-5, 9``, each once, in the order written.

    Raises `InputError` for anything else, a seed out of range, or more than 10,000 of them.
    """
    seeds: dict[int, None] = {}
    for part in filter(None, re.split(r"[,;\s]+", re.sub(r"\s*-\s*", "-", text.strip()))):
        found = _PART.fullmatch(part)
        if found is None:
            raise InputError.of("seeds", "whole numbers and ranges, as 1-5, 9", part[:40])
        first, last = int(found[1]), int(found[2] or found[1])
        if last < first:
            raise InputError.of("seeds", "the smaller seed first", part)
        if last not in SEED:
            raise InputError.of("seeds", f"whole numbers from {SEED.low} to {SEED.high}", str(last))
        if last - first >= MOST_SEEDS or len(seeds) + last - first >= MOST_SEEDS:
            raise InputError.of("seeds", f"at most {MOST_SEEDS:,} seeds", part)
        seeds.update(dict.fromkeys(range(first, last + 1)))
    if not seeds:
        raise InputError.of("seeds", "whole numbers and ranges, as 1-5, 9", "nothing")
    return tuple(seeds)
