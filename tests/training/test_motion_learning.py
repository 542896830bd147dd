"""How far generated motion goes is learned from takes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from studio.core import Progress
from studio.face.facs import LABELS
from studio.nn.denoisers import DiffusionConfig, MotionDiffusion
from studio.nn.diffusion import sample
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.latents import Latents
from studio.training.trainers.diffusion import (
    DiffusionTraining,
    MotionSource,
    _height,
    fit_reach,
    fit_space,
)

LATENT = 6
CONFIG = DiffusionConfig(
    latent_dim=LATENT, motion_dim=4, width=16, heads=2, layers=1, steps=3, smoothing=0.1
)


@pytest.fixture(scope="module")
def source(corpus: Corpus) -> MotionSource:
    rng = np.random.default_rng(3)
    z = torch.from_numpy(rng.standard_normal((len(corpus.weights), LATENT), dtype=np.float32))
    rest = torch.zeros(len(corpus), LATENT)
    return MotionSource(corpus, Latents(z, rest), DiffusionTraining(CONFIG, measured=1))


def test_clips_asked_to_be_like_takes_go_as_far_as_these(source: MotionSource) -> None:
    torch.manual_seed(0)
    model = MotionDiffusion(CONFIG).eval()
    fit_space(model, source)
    rows = torch.eye(LATENT)
    fit_reach(model, source, rows, Progress())
    assert (model.reach > 0).all() and float(model.reach.std()) > 0
    rng, corpus = np.random.default_rng(source.config.seed), source.corpus
    for label in range(len(LABELS)):
        take = int(rng.permutation(source.takes[corpus.label[source.takes] == label])[0])
        z, asked = source.latents.take(corpus, take), float(corpus.intensity[take])
        clip = sample(model, label, z[0], len(z), [take], intensity=asked)[0]
        assert _height(clip, rows) == pytest.approx(_height(z, rows), rel=1e-3)
