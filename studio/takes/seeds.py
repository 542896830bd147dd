"""Seeds as people write them."""

from __future__ import annotations

import re

from studio.core import InputError
from studio.core.request import SEED

MOST_SEEDS = 10_000
_PART = re.compile(r"(\d{1,10})(?:\s*-\s*(\d{1,10}))?")


def parse_seeds(text: str) -> tuple[int, ...]:
    """Read seeds such as ``1-5, 9``, each once, in the order written.

    Raises
    ------
    InputError
        For anything else, a seed out of range, or more than 10,000 of them.
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
