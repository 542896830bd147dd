"""Many takes of one recipe, a few seeds at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from studio.core import InputError, MeshSequence, Progress
from studio.core.sequence import Floats

from .generator import Generator
from .recipe import DEFAULT_MODEL, Recipe, neutral_of, sampling_of
from .state import MAX_SEED, ClipState

GROUP = 4  # seeds sampled together: more saves little and shows less often
MOST_SEEDS = 10_000
_PART = re.compile(r"(\d{1,10})(?:\s*-\s*(\d{1,10}))?")

Take = tuple[MeshSequence, Recipe]


def generate_takes(
    engine: Generator,
    recipe: Recipe,
    seeds: Sequence[int],
    face: ClipState | Floats | None = None,
    *,
    progress: Progress,
) -> Iterator[list[Take]]:
    """The takes of a recipe for other seeds, a group as soon as it is made.

    Each is what `generate_clip` makes of its recipe, up to the rounding of batched arithmetic.
    face : as in `generate_clip`
    Raises like `generate_clip`.
    """
    neutral, left = neutral_of(engine, recipe, face, progress)
    label, model = str(recipe.get("label", "")), str(recipe.get("model", DEFAULT_MODEL))
    made_by = {"set": engine.name, "checkpoint": engine.checkpoint(model)}
    for start in range(0, len(seeds), GROUP):
        group = seeds[start : start + GROUP]
        part = left.part(start / len(seeds), (start + len(group)) / len(seeds))
        clips = engine.generate_many(
            label, group, neutral=neutral, progress=part, **sampling_of(recipe)
        )
        yield [
            (replace(clip, name=f"{label} {seed}"), {**recipe, "seed": seed, **made_by})
            for clip, seed in zip(clips, group, strict=True)
        ]


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
        if last > MAX_SEED:
            raise InputError.of("seeds", f"whole numbers from 0 to {MAX_SEED}", str(last))
        if last - first >= MOST_SEEDS or len(seeds) + last - first >= MOST_SEEDS:
            raise InputError.of("seeds", f"at most {MOST_SEEDS:,} seeds", part)
        seeds.update(dict.fromkeys(range(first, last + 1)))
    if not seeds:
        raise InputError.of("seeds", "whole numbers and ranges, as 1-5, 9", "nothing")
    return tuple(seeds)
