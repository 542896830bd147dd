"""The classifier of paper 003, table 3: an LSTM and fully connected layers on landmark motion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from studio.core.progress import Progress
from studio.face.facs import LABELS
from studio.nn.checkpoint import save_checkpoint
from studio.nn.judge import JudgeConfig, LstmJudge
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.landmark_motion import draw, landmark_takes
from studio.training.evaluation.judging import Judged, judged, load_judge
from studio.training.evaluation.recognition_metrics import Ids

from .loop import LoopConfig, Trainer

FILE = "landmark-judge"


@dataclass(frozen=True)
class LandmarkJudgeTraining:
    """Everything that decides the result, in one place; its input is (M, 3) laid flat."""

    model: JudgeConfig = field(
        default_factory=lambda: JudgeConfig(latent_dim=204, motion_dim=40, width=64)
    )
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=900, minutes=4.0, learning_rate=2e-3, weight_decay=0.01
        )
    )
    batch: int = 32
    speed: tuple[float, float] = (0.65, 1.5)
    seed: int = 33


def train_landmark_judge(
    corpus: Corpus,
    folder: Path,
    _out: Path,
    progress: Progress,
    config: LandmarkJudgeTraining | None = None,
) -> LstmJudge:
    """Train on the real takes of the training people; writes into `folder`, for it never ships."""
    config = config or LandmarkJudgeTraining()
    takes = landmark_takes(corpus, "train")
    torch.manual_seed(config.seed)
    model = LstmJudge(config.model)
    model.motion.fit(torch.cat(takes.clips).flatten(1))
    trainer = Trainer(model, config.loop, folder, FILE)

    def loss(net: nn.Module, step: int) -> Tensor:
        rng = np.random.default_rng([config.seed, step, trainer.rank])
        drawn = draw(takes, rng, config.batch, config.speed, (16, 240))
        batch = drawn.to(trainer.device)
        x = batch.clips.flatten(2)
        noise = torch.from_numpy(rng.standard_normal(x.shape, dtype=np.float32))
        x = x + 0.02 * x.std() * noise.to(x)
        logits = net(x, x[:, 0], batch.frames)
        return F.cross_entropy(logits, batch.label, label_smoothing=0.05)

    model = trainer.run(loss, progress)  # type: ignore[assignment]
    path = folder / f"{FILE}.safetensors"
    save_checkpoint(path, "judge", config.model, model.state_dict(), labels=LABELS)
    return model


def landmark_judge(corpus: Corpus, folder: Path, progress: Progress) -> LstmJudge:
    """Load the classifier that lies in `folder`, or train one."""
    path = folder / f"{FILE}.safetensors"
    if path.is_file():
        return load_judge(path)
    return train_landmark_judge(corpus, folder, folder, progress)


def seen(judge: LstmJudge, clips: Sequence[Tensor], label: Ids, subject: Ids) -> Judged:
    """Put clips of displacements (T_i, M, 3) before the classifier."""
    flat = [np.ascontiguousarray(clip.flatten(1).numpy()) for clip in clips]
    return judged(judge, flat, label, subject)
