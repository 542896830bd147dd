"""Takes that do not read as asked are drawn again.

Of a thousand seeds some give a take that shows nothing, or something else. The recognizer reads
the latents of every take; one that it surely reads as another label is drawn again, from a seed
that follows from the asked one. So the same request and models still give the same take.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from studio.core import GenerationRequest
from studio.core.peaks import NEUTRAL
from studio.core.request import SEED
from studio.core.sequence import Floats, Ints

DRAWS = 6  # of one seed, at most
SURE = 0.5  # probability from which on a reading counts
BARELY = 0.35  # intensity up to which a take may read as neutral
_STEP = 1_640_531_527  # spreads sub-seeds over all seeds

Draw = Callable[[Sequence[int]], Floats]
Read = Callable[[Floats], Floats]


def sub_seed(seed: int, draw: int) -> int:
    """Give the seed of a draw; that of the first is the seed itself."""
    return (seed + draw * _STEP) % (int(SEED.high) + 1)


def as_asked(said: Floats, labels: Sequence[str], request: GenerationRequest) -> bool:
    """Whether a take of which the probabilities (L,) are said may be what was asked for."""
    read = labels[int(said.argmax())]
    faint = request.intensity < BARELY and read == NEUTRAL
    return read == request.label or said.max() < SURE or faint


def taken(
    request: GenerationRequest, labels: Sequence[str], seeds: Sequence[int], draw: Draw, read: Read
) -> tuple[Floats, Ints]:
    """Make a take a seed, each drawn again until it reads as asked; the last stays in any case.

    Parameters
    ----------
    labels
        What the recognizer tells apart.
    draw
        Makes the latents (B, T, D) of B seeds.
    read
        Gives the probabilities (B, L) of such latents.

    Returns
    -------
    (B, T, D) float32
        The takes.
    (B,) int
        How often each was drawn.
    """
    takes, times = draw(seeds), np.ones(len(seeds), dtype=np.int32)
    asked = np.arange(len(seeds))
    for again in range(1, DRAWS):
        said = read(takes[asked])
        off = [not as_asked(row, labels, request) for row in said]
        asked = asked[off]
        if not len(asked):
            break
        takes[asked] = draw([sub_seed(seeds[place], again) for place in asked.tolist()])
        times[asked] += 1
    return takes, times


def remarks(label: str, seed: int, drawn: int) -> tuple[str, ...]:
    """Say that a seed was drawn more than once, if it was."""
    if drawn < 2:
        return ()
    times = "once" if drawn == 2 else f"{drawn - 1} times"
    return (f"Seed {seed} was drawn again {times}: what came before did not read as {label}.",)
