"""A corpus of a few people made from the shipped rig, so that no head model is needed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from studio.core import Progress
from studio.face.rig import load_rig
from studio.training.datasets.corpus import Corpus, CorpusConfig, draw_takes


@pytest.fixture(scope="package", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def tiny_corpus(seed: int = 5) -> Corpus:
    """Six people, two takes a label: three to train on, one to watch, two to test."""
    config = CorpusConfig(seed, {"train": 3, "val": 1, "test": 2}, takes_per_label=2, shape_only=8)
    rig, rng = load_rig(), np.random.default_rng(seed)
    faces = [rig.neutral(0.7 * rng.normal(size=12)) for _ in range(6 + config.shape_only)]
    return Corpus(
        np.stack(faces[:6]),
        np.stack(faces[6:]),
        rig.actions,
        **draw_takes(config, 6, Progress()),
        split=np.array([0, 0, 0, 1, 2, 2]),
    )


@pytest.fixture(scope="package")
def corpus() -> Corpus:
    return tiny_corpus()
