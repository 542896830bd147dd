"""Latents of every take, encoded once: recognizer and diffusion learn from these alone."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
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

_ROUNDING = 2e-3  # of the latents' deviation; float16 keeps 1e-3 of each


@dataclass(frozen=True, eq=False)
class Latents:
    """What the autoencoder makes of a corpus.

    Attributes
    ----------
    z
        (sum T, D) float16, every frame of every take, in the corpus's order.
    rest
        (K, D) float32, the resting face that belongs to each take.
    """

    z: Tensor
    rest: Tensor

    def take(self, corpus: Corpus, take: int) -> Tensor:
        """Give the latents (T, D) float32 of one take."""
        return self.z[corpus.rows(take)].float()


def encode_corpus(
    corpus: Corpus, model: Autoencoder, folder: Path, progress: Progress, *, acted: bool = False
) -> Latents:
    """Encode all takes, or read them from `folder` if they were made by this model and corpus.

    Parameters
    ----------
    acted
        Encode what the plain takes show beside gaze and blinks, from the rig and not scanned, for
        what makes motion; else all takes as they are seen.
    """
    stamp = _stamp(corpus, model)
    path = folder / ("acted.pt" if acted else "latents.pt")
    if path.is_file():
        stored = torch.load(path, weights_only=True)
        if stored["stamp"] == stamp:
            return Latents(stored["z"], stored["rest"])
    linear = linear_is_enough(model, corpus)
    z = torch.empty(len(corpus.weights), model.config.latent, dtype=torch.float16)
    rest = torch.zeros(len(corpus), model.config.latent)
    takes = np.flatnonzero(~(corpus.speech | corpus.blend)) if acted else np.arange(len(corpus))
    frames, face = (
        (corpus.acted, corpus.person_at_rest) if acted else (corpus.vertices, corpus.rest_of)
    )

    def encode(take: int) -> None:
        meshes = np.concatenate([frames(take), face(take)[None]])
        encoded = encode_meshes(model, meshes, linear=linear)
        z[corpus.rows(take)], rest[take] = encoded[:-1].half(), encoded[-1]

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        done = pool.map(encode, takes.tolist())
        for _ in progress.each(takes.tolist(), "encoding takes"):
            next(done)
    folder.mkdir(parents=True, exist_ok=True)
    torch.save({"stamp": stamp, "z": z, "rest": rest}, path)
    return Latents(z, rest)


@torch.inference_mode()
def encode_meshes(model: Autoencoder, meshes: Floats, *, linear: bool = False) -> Tensor:
    """Encode meshes (N, V, 3) in mm, in chunks, as latents (N, D)."""
    device, encode = model.mean.device, model.encode_linear if linear else model.encode
    batch = torch.from_numpy(np.ascontiguousarray(meshes, dtype=np.float32))
    return torch.cat([encode(part.to(device)).cpu() for part in torch.split(batch, 64)])


def linear_is_enough(model: Autoencoder, corpus: Corpus) -> bool:
    """Whether the spiral branch of the encoder moves latents by less than half-precision does.

    Encoding a corpus is then ten times faster without it.
    """
    take = int(corpus.takes("train")[0])
    whole, linear = (
        encode_meshes(model, corpus.vertices(take), linear=way) for way in (False, True)
    )
    return bool((whole - linear).std() < _ROUNDING * whole.std())


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
