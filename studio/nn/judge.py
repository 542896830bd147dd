"""A second, separately trained classifier that judges generated clips."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from .motion import Projection


@dataclass(frozen=True)
class JudgeConfig:
    """Shape of an `LstmJudge`; `features` is the size of what FID and KID are computed on."""

    latent_dim: int = 512
    motion_dim: int = 64
    labels: int = 7
    width: int = 96
    features: int = 128
    dropout: float = 0.2


class LstmJudge(nn.Module):
    """Bidirectional LSTM over latent motion, then two fully connected layers.

    It shares nothing with the recognizer or the generator, so what it says of generated clips is
    an outside opinion.
    """

    def __init__(self, config: JudgeConfig) -> None:
        super().__init__()
        self.config = config
        self.motion = Projection(config.latent_dim, config.motion_dim)
        self.lstm = nn.LSTM(config.motion_dim, config.width, batch_first=True, bidirectional=True)
        self.penultimate = nn.Linear(4 * config.width, config.features)
        self.dropout = nn.Dropout(config.dropout)
        self.head = nn.Linear(config.features, config.labels)

    def forward(self, z: Tensor, neutral: Tensor, lengths: Tensor) -> Tensor:
        """Judge clips z (B, T, D) of people with resting latents (B, D) by logits (B, L).

        Parameters
        ----------
        lengths
            (B,) frames that count; what follows is padding.
        """
        return self.head(self.dropout(self.features(z, neutral, lengths)))

    def features(self, z: Tensor, neutral: Tensor, lengths: Tensor) -> Tensor:
        """Compute the penultimate features (B, F)."""
        x = self.motion(z - neutral[:, None])
        packed = pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
        out, (last, _) = self.lstm(packed)
        padded, _ = nn.utils.rnn.pad_packed_sequence(out, batch_first=True)
        mean = padded.sum(1) / lengths.to(padded)[:, None]
        joined = torch.cat([last[0], last[1], mean], dim=-1)
        return torch.relu(self.penultimate(joined))
