"""Takes that do not read as asked are drawn again, by a rule."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from studio.core import GenerationRequest
from studio.core.sequence import Floats
from studio.engine.redraw import DRAWS, as_asked, remarks, sub_seed, taken

LABELS = ("anger", "fear", "neutral")
ASKED = GenerationRequest("fear", 5)


def said(label: str, sure: float = 0.9) -> Floats:
    clip = np.full(3, (1 - sure) / 2, dtype=np.float32)
    clip[LABELS.index(label)] = sure
    return clip


def draw(seeds: Sequence[int]) -> Floats:
    """Takes whose numbers are their seeds."""
    return np.stack([np.full((2, 4), seed % 2**20, dtype=np.float32) for seed in seeds])


def test_what_reads_as_asked_is_kept() -> None:
    takes, times = taken(ASKED, LABELS, [5], draw, lambda z: said("fear")[None])
    assert (takes[0, 0, 0], times.tolist()) == (5.0, [1])
    assert remarks("fear", 5, 1) == ()


def test_what_does_not_is_drawn_from_the_next_sub_seed_and_the_others_stay() -> None:
    wanted = sub_seed(5, 2) % 2**20

    def read(takes: Floats) -> Floats:
        return np.stack([said("fear" if take[0, 0] in (8, wanted) else "anger") for take in takes])

    takes, times = taken(ASKED, LABELS, [8, 5], draw, read)
    assert takes[:, 0, 0].tolist() == [8.0, wanted]
    assert times.tolist() == [1, 3]
    assert remarks("fear", 5, 3) == (
        "Seed 5 was drawn again 2 times: what came before did not read as fear.",
    )


def test_it_gives_up_after_so_many_draws() -> None:
    takes, times = taken(ASKED, LABELS, [5], draw, lambda z: said("anger")[None])
    assert takes[0, 0, 0] == sub_seed(5, DRAWS - 1) % 2**20
    assert times.tolist() == [DRAWS]


def test_doubt_and_faint_wishes_are_no_reason() -> None:
    assert as_asked(said("anger", 0.45), LABELS, ASKED)
    assert not as_asked(said("neutral"), LABELS, ASKED)
    assert as_asked(said("neutral"), LABELS, GenerationRequest("fear", 5, intensity=0.2))
    assert not as_asked(said("anger"), LABELS, GenerationRequest("fear", 5, intensity=0.2))
    assert sub_seed(5, 0) == 5
