"""A corpus of a few people made from the shipped rig, so that no head model is needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from studio.core import Progress
from studio.face.rig import load_rig
from studio.training.datasets.acting import take
from studio.training.datasets.corpus import Corpus, draw_takes
from studio.training.datasets.people import CorpusConfig


@pytest.fixture(scope="package", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def tiny_corpus(seed: int = 5) -> Corpus:
    """Six people, two short takes a label: three to train on, one to watch, two to test.

    Takes that are scanned share two ways of sliding, which take a while to find.
    """
    people = {"train": (3, 0, 0), "val": (1, 0, 0), "test": (2, 0, 0)}
    config = CorpusConfig(seed, people, takes_per_label=2, shape_only=8)
    origin, split = config.origins(ict=False)
    rig, rng = load_rig(), np.random.default_rng(seed)
    faces = [rig.neutral(0.7 * rng.normal(size=12)) for _ in range(6 + config.shape_only)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(take, "FRAMES", (24, 60))
        drawn = draw_takes(config, origin, 1, Progress())
    made = Corpus(
        np.stack(faces[:6]),
        np.stack(faces[6:]),
        rig.actions[None],
        **drawn,
        origin=origin,
        split=split,
    )
    return replace(made, drift=np.where(made.drift < 0, -1, made.drift % 2))


@pytest.fixture(scope="package")
def corpus() -> Corpus:
    return tiny_corpus()
