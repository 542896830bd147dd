"""Clips as the judge sees them: its verdicts and the features that FID and KID compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from studio.core.sequence import Floats
from studio.nn.checkpoint import load_checkpoint
from studio.nn.judge import JudgeConfig, LstmJudge
from studio.training.datasets.latents import padded

from .recognition_metrics import Array, Ids, Verdicts

BATCH = 64


@dataclass(frozen=True, eq=False)
class Judged:
    """K clips before the judge.

    Attributes
    ----------
    features
        (K, F), the penultimate layer.
    verdicts
        What it made of them.
    """

    features: Array
    verdicts: Verdicts

    def only(self, chosen: Ids) -> Judged:
        """Keep some of the clips, by index (N,)."""
        mask = np.zeros(len(self.features), dtype=bool)
        mask[chosen] = True
        return Judged(self.features[mask], self.verdicts.only(mask))


def load_judge(path: Path) -> LstmJudge:
    """Load the judge that training left.

    Raises
    ------
    CheckpointError
        If it is not there.
    """
    stored = load_checkpoint(path, "judge")
    return stored.fill(LstmJudge(stored.config_as(JudgeConfig)))


@torch.inference_mode()
def judged(judge: LstmJudge, clips: Sequence[Floats], label: Ids, subject: Ids) -> Judged:
    """Put latent clips (T_i, D) before the judge; each one's first frame is its resting face."""
    features, verdicts = [], []
    for start in range(0, len(clips), BATCH):
        z, mask = padded([torch.tensor(clip) for clip in clips[start : start + BATCH]])
        seen = judge.features(z, z[:, 0], mask.sum(1))
        features.append(seen.double().numpy())
        verdicts.append(judge.head(seen).softmax(-1).double().numpy())
    return Judged(np.concatenate(features), Verdicts(label, np.concatenate(verdicts), subject))
