"""Latents of every take, encoded once: recognizer and diffusion learn from these alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.core.progress import Progress
from studio.core.sequence import Floats
from studio.nn.autoencoder import Autoencoder

from .corpus import Corpus


@dataclass(frozen=True, eq=False)
class Latents:
    """What the autoencoder makes of a corpus.

    Attributes
    ----------
    z
        (sum T, D) float16, every frame of every take, in the corpus's order.
    rest
        (S, D) float32, each person's resting face.
    """

    z: Tensor
    rest: Tensor

    def take(self, corpus: Corpus, take: int) -> Tensor:
        """Give the latents (T, D) float32 of one take."""
        return self.z[corpus.rows(take)].float()


def encode_corpus(corpus: Corpus, model: Autoencoder, folder: Path, progress: Progress) -> Latents:
    """Encode all takes, or read them from `folder` if they were made by this model and corpus."""
    stamp = _stamp(corpus, model)
    path = folder / "latents.pt"
    if path.is_file():
        stored = torch.load(path, weights_only=True)
        if stored["stamp"] == stamp:
            return Latents(stored["z"], stored["rest"])
    z = torch.empty(len(corpus.weights), model.config.latent, dtype=torch.float16)
    for take in progress.each(range(len(corpus)), "encoding takes"):
        z[corpus.rows(take)] = encode_meshes(model, corpus.vertices(take)).half()
    rest = encode_meshes(model, corpus.resting())
    folder.mkdir(parents=True, exist_ok=True)
    torch.save({"stamp": stamp, "z": z, "rest": rest}, path)
    return Latents(z, rest)


@torch.inference_mode()
def encode_meshes(model: Autoencoder, meshes: Floats) -> Tensor:
    """Encode meshes (N, V, 3) in mm, in chunks, as latents (N, D)."""
    device = model.mean.device
    batch = torch.from_numpy(np.ascontiguousarray(meshes, dtype=np.float32))
    return torch.cat([model.encode(part.to(device)).cpu() for part in torch.split(batch, 64)])


def _stamp(corpus: Corpus, model: Autoencoder) -> str:
    weights = sum(float(p.detach().double().abs().sum()) for p in model.parameters())
    return f"{corpus.digest()}-{weights:.6f}"


def resampled(z: Tensor, frames: int) -> Tensor:
    """Resample (T, D) to (frames, D), linear in time, first and last frame kept."""
    at = torch.linspace(0.0, len(z) - 1.0, frames)
    low = at.floor().long().clamp_max(max(len(z) - 2, 0))
    share = (at - low)[:, None].to(z)
    return z[low] * (1 - share) + z[(low + 1).clamp_max(len(z) - 1)] * share


def padded(clips: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Put clips (T_i, D) in one batch (B, T, D), with its mask (B, T)."""
    lengths = torch.tensor([len(clip) for clip in clips])
    mask = torch.arange(int(lengths.max()))[None] < lengths[:, None]
    return torch.nn.utils.rnn.pad_sequence(clips, batch_first=True), mask


def neighbors(rng: np.random.Generator, total: int, count: int) -> NDArray[np.int64]:
    """Draw places (N,) of different ones among `total` in a row, near each other.

    They are of a random stretch four times as long.
    """
    pool = min(4 * count, total)
    start = int(rng.integers(0, total - pool + 1))
    return start + rng.choice(pool, count, replace=False)
