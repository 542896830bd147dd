"""A clip of 60 frames by the landmark models beside one by diffusion, same face, one run.

Ours is the motion GAN with its learned surface; the LSTM and the surface pulled along by RBF stand
below. The peer is the studio's own diffusion model with its usual 20 steps. Models are loaded and
warm; repetitions alternate; figures are medians on two threads.

    python benchmarks/bench_generation.py
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from benchmarks.bench_spiral import alternating
from studio.core import StudioError
from studio.engine import Engine

Row = dict[str, Any]

PEER, FRAMES, THREADS = "diffusion", 60, 2
BAR_MS = 300.0
WAYS = (
    ("motion-gan", "s2d", BAR_MS),
    ("motion-gan", "rbf", None),
    ("landmark-lstm", "s2d", None),
)


def run(repetitions: int = 9, engine: Engine | None = None) -> list[Row]:
    """Rows of name, ours_ms, peer, peer_ms, ratio and bar_ms (None where nothing is promised).

    engine : the shipped models unless given. Raises `StudioError` where the landmark models are
    not among them.
    """
    engine = engine or Engine.open(None, "cpu")
    wanted = {"motion-gan", "landmark-lstm", "sparse-to-dense", PEER}
    if missing := sorted(wanted - engine.kinds):
        raise StudioError(f"bench: {engine.name} has no {missing[0]} model")
    before = torch.get_num_threads()
    torch.set_num_threads(min(THREADS, before))
    try:
        works = [_making(engine, model, surface) for model, surface, _ in WAYS]
        *ours, peer = alternating([*works, _making(engine, PEER, None)], repetitions)
    finally:
        torch.set_num_threads(before)
    return [
        {
            "name": f"{FRAMES} frames by {model}, {surface}",
            "ours_ms": taken,
            "peer": PEER,
            "peer_ms": peer,
            "ratio": peer / taken,
            "bar_ms": bar,
        }
        for (model, surface, bar), taken in zip(WAYS, ours, strict=True)
    ]


def _making(engine: Engine, model: str, surface: str | None) -> Callable[[], object]:
    label = engine.labels[0]
    return partial(engine.generate, label, 1, frames=FRAMES, model=model, surface=surface)


if __name__ == "__main__":
    for row in run():
        print(json.dumps({k: round(v, 2) if isinstance(v, float) else v for k, v in row.items()}))
