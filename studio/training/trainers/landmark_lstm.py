"""Training of the landmark LSTM (paper 002) in both its forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from studio.core.progress import Progress
from studio.nn.landmark_lstm import LandmarkLstm, LandmarkLstmConfig
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.landmark_motion import (
    LandmarkBatch,
    LandmarkTakes,
    draw,
    landmark_takes,
)

from .loop import LoopConfig, Trainer
from .motion_gan import save_landmark_model


@dataclass(frozen=True)
class LandmarkLstmTraining:
    """Everything that decides the result, in one place.

    Attributes
    ----------
    own
        Largest share of frames that are predicted from the network's own predictions; it grows to
        this over the first half of the steps (scheduled sampling, in two passes as in Mihaylova and
        Martins 2019).
    velocity
        Weight of the error of increments, each in its own deviations.
    code
        Weight of what keeps the noise, which an encoder finds in the take, like N(0, 1).
    """

    model: LandmarkLstmConfig = field(default_factory=LandmarkLstmConfig)
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=2400, minutes=30.0, learning_rate=3e-3, weight_decay=0.0, ema=0.995
        )
    )
    batch: int = 64
    speed: tuple[float, float] = (0.65, 1.5)
    own: float = 0.75
    velocity: float = 0.1
    code: float = 0.15
    file: str = "landmark-lstm"
    seed: int = 32


def paper_training() -> LandmarkLstmTraining:
    """Train one network a label by the squared error of the next increment, on truth alone."""
    loop = LoopConfig(steps=900, minutes=30.0, learning_rate=1e-3, weight_decay=0.0, ema=0.995)
    model = LandmarkLstmConfig(form="paper")
    return LandmarkLstmTraining(model, loop, own=0.0, velocity=0.0, file="landmark-lstm-paper")


class Learner(nn.Module):
    """The network that ships and the encoder of its noise, which does not."""

    def __init__(self, config: LandmarkLstmConfig, width: int = 64) -> None:
        super().__init__()
        self.lstm = LandmarkLstm(config)
        k = config.components
        self.label = nn.Embedding(config.labels, k)
        self.reader = nn.LSTM(2 * k, width, batch_first=True, bidirectional=True)
        self.code = nn.Linear(2 * width, 2 * config.noise)

    def encoded(self, x: Tensor, label: Tensor, there: Tensor) -> tuple[Tensor, Tensor]:
        """Encode motion x (B, T, K) as mean and log variance (B, N) of the noise.

        The frames that are there are a mask (B, T, 1).
        """
        wide = self.label(label)[:, None].expand_as(x)
        h, _ = self.reader(torch.cat([x, wide], dim=-1) * there)
        mean = (h * there).sum(1) / there.sum(1)
        found, log = self.code(mean).chunk(2, dim=-1)
        return found, log.clamp(-8.0, 2.0)

    def forward(self, batch: LandmarkBatch, own: float, rng: np.random.Generator) -> Losses:
        return losses(self, batch, own, rng)


@dataclass(frozen=True, eq=False)
class Losses:
    """Mean squared errors in deviations, and the divergence of the noise from N(0, 1)."""

    place: Tensor
    step: Tensor
    code: Tensor


def losses(learner: Learner, batch: LandmarkBatch, own: float, rng: np.random.Generator) -> Losses:
    """Compute those of one batch, masked to the frames that are there."""
    model = learner.lstm
    conditioned = model.config.form == "conditioned"
    x = model.space(batch.clips)
    scale = model.space.std if conditioned else model.step_std
    wanted = (x if conditioned else x.diff(dim=1, prepend=x[:, :1])) / scale
    index = torch.arange(x.shape[1], device=x.device)
    there = (index[None] < batch.frames[:, None]).float()[..., None]
    noise, code = _noise(learner, wanted, batch, there, rng)
    given = (batch.label, batch.intensity, batch.frames, noise, batch.neutral)
    before = wanted[:, :-1]
    if own > 0.0:
        with torch.no_grad():
            guess, _ = model(before, *given)
        guess = torch.cat([before[:, :1], guess[:, :-1]], dim=1)
        mine = torch.from_numpy(rng.random(before.shape[:2], dtype=np.float32) < own).to(x.device)
        before = torch.where(mine[..., None], guess, before)
    found, _ = model(before, *given)
    there, off = there[:, 1:], (found - wanted[:, 1:]) * there[:, 1:]
    numbers = there.sum() * x.shape[2]
    jump = off.diff(dim=1) * scale / model.step_std * there[:, 1:]
    return Losses(off.square().sum() / numbers, jump.square().sum() / numbers, code / numbers)


def _noise(
    learner: Learner, x: Tensor, batch: LandmarkBatch, there: Tensor, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Noise (B, N) as the encoder finds it, and its summed divergence; the paper's has none."""
    fresh = torch.from_numpy(
        rng.standard_normal((len(x), learner.lstm.config.noise), dtype=np.float32)
    ).to(x)
    if learner.lstm.config.form == "paper":
        return fresh, torch.zeros(())
    mean, log = learner.encoded(x, batch.label, there)
    code = 0.5 * (mean.square() + log.exp() - 1 - log).sum()
    return mean + (0.5 * log).exp() * fresh, code


def train_landmark_lstm(
    corpus: Corpus,
    folder: Path,
    out: Path,
    progress: Progress,
    config: LandmarkLstmTraining | None = None,
) -> LandmarkLstm:
    """Train, resuming from `folder`, and write `<config.file>.safetensors` into `out`."""
    config = config or LandmarkLstmTraining()
    takes = landmark_takes(corpus, "train")
    torch.manual_seed(config.seed)
    learner = Learner(config.model)
    fit_space(learner.lstm, takes)
    trainer = Trainer(learner, config.loop, folder, config.file)
    frames = (config.model.min_frames, config.model.max_frames)

    def loss(net: nn.Module, step: int) -> Tensor:
        rng = np.random.default_rng([config.seed, step, trainer.rank])
        batch = draw(takes, rng, config.batch, config.speed, frames).to(trainer.device)
        own = config.own * min(1.0, 2.0 * step / config.loop.steps)
        found = net(batch, own, rng)
        total: Tensor = found.place + config.velocity * found.step + config.code * found.code
        return total

    trained = trainer.run(loss, progress)
    model: LandmarkLstm = trained.lstm  # type: ignore[assignment]
    extra: dict[str, str | float] = {"corpus": corpus.digest(), "steps": float(trainer.step)}
    save_landmark_model(out / f"{config.file}.safetensors", "landmark-lstm", model, extra)
    return model


def fit_space(model: LandmarkLstm, takes: LandmarkTakes) -> None:
    """Fit basis, deviations and the mean face on the training takes."""
    clips = torch.cat(takes.clips)
    steps = torch.cat([clip.diff(dim=0) for clip in takes.clips])
    model.fit(clips, steps, takes.neutral)
