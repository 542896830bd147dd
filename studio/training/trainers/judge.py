"""Training of the judge of generated clips."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from studio.core.progress import Progress
from studio.nn.checkpoint import save_checkpoint
from studio.nn.judge import JudgeConfig, LstmJudge
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.latents import Latents, padded

from .loop import LoopConfig, Trainer
from .recognizer import codec_of, load_latents, offset_samples


@dataclass(frozen=True)
class JudgeTraining:
    """The judge learns from whole plain takes, as generated clips are whole and plain."""

    model: JudgeConfig = field(default_factory=JudgeConfig)
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=1500, minutes=5.0, learning_rate=2e-3, weight_decay=0.01
        )
    )
    batch: int = 48
    seed: int = 9


def train_judge(
    corpus: Corpus,
    folder: Path,
    out: Path,
    progress: Progress,
    config: JudgeTraining | None = None,
) -> LstmJudge:
    """Train the separate classifier of generated clips; `judge.safetensors` goes into `folder`.

    It reads the latents of the autoencoder in `out`, or of the shipped one where there is none.
    """
    config = config or JudgeTraining()
    codec = codec_of(out, progress)
    _, latents = load_latents(corpus, folder, codec, progress.part(0.0, 0.3), acted=True)
    shape = replace(config.model, labels=len(corpus.labels))
    model = LstmJudge(shape)
    _, offsets, _ = offset_samples(corpus, latents, corpus.takes("train", plain=True), stride=3)
    model.motion.fit(offsets)
    trainer = Trainer(model, config.loop, folder, "judge")
    clips = plain_clips(corpus, latents, "train")

    def loss(net: nn.Module, step: int) -> Tensor:
        rng = np.random.default_rng([config.seed, step, trainer.rank])
        chosen = [clips(int(k)) for k in rng.integers(0, clips.count, config.batch)]
        z, mask = padded([z for z, _ in chosen])
        label = torch.tensor([label for _, label in chosen])
        z = z + 0.02 * z.std() * torch.from_numpy(rng.standard_normal(z.shape, dtype=np.float32))
        logits = net(z.to(trainer.device), z[:, 0].to(trainer.device), mask.sum(1))
        return F.cross_entropy(logits, label.to(trainer.device), label_smoothing=0.05)

    model = trainer.run(loss, progress.part(0.3, 1.0))  # type: ignore[assignment]
    save_checkpoint(
        folder / "judge.safetensors", "judge", shape, model.state_dict(), labels=corpus.labels
    )
    return model


@dataclass(frozen=True, eq=False)
class Clips:
    """Whole takes by number: (latents (T, D), label)."""

    count: int
    get: Callable[[int], tuple[Tensor, int]]

    def __call__(self, index: int) -> tuple[Tensor, int]:
        return self.get(index)


def plain_clips(corpus: Corpus, latents: Latents, split: str) -> Clips:
    """Choose takes without speech and second emotion: what the generator learns and is held to."""
    takes = corpus.takes(split, plain=True)

    def get(index: int) -> tuple[Tensor, int]:
        take = int(takes[index])
        return latents.take(corpus, take), int(corpus.label[take])

    return Clips(len(takes), get)
