"""Landmark takes of the corpus: what the landmark generators learn from and are compared with."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, uniform_filter1d
from torch import Tensor

from studio.core.sequence import Floats
from studio.face.facs import NEUTRAL
from studio.face.known import studio_face
from studio.face.landmarks import IBUG_68

from .corpus import Corpus
from .latents import neighbors, padded, resampled

Ids = NDArray[np.int64]
Array = NDArray[np.float64]
LAYOUT = IBUG_68.name


@dataclass(frozen=True, eq=False)
class LandmarkTakes:
    """Plain takes of one split, none with speech or a second emotion, shortest first.

    Attributes
    ----------
    takes
        (N,) ids in the corpus.
    subject, label, intensity
        (N,) of each take.
    clips
        N of (T, M, 3) float32, mm from the landmarks of their first frame.
    neutral
        (N, M, 3) landmarks of each one's resting face, mm.
    """

    takes: Ids
    subject: Ids
    label: Ids
    intensity: Floats
    clips: list[Tensor]
    neutral: Tensor

    def __len__(self) -> int:
        return len(self.takes)


@dataclass(frozen=True, eq=False)
class LandmarkBatch:
    """Clips of near lengths, zero from their ends on.

    Attributes
    ----------
    clips
        (B, T, M, 3) in mm.
    frames, label, intensity
        (B,) of each clip.
    neutral
        (B, M, 3) in mm.
    """

    clips: Tensor
    frames: Tensor
    label: Tensor
    intensity: Tensor
    neutral: Tensor

    def to(self, device: torch.device) -> LandmarkBatch:
        """Move all to another device."""
        return LandmarkBatch(**{name: tensor.to(device) for name, tensor in vars(self).items()})


def landmark_takes(corpus: Corpus, split: str) -> LandmarkTakes:
    """Read the plain takes of a split, without gaze and blinks."""
    takes = corpus.by_length(corpus.takes(split, plain=True))
    ids = studio_face().landmarks(LAYOUT)
    subject = corpus.subject[takes]
    rest, clips = np.empty((len(takes), len(ids), 3), dtype=np.float32), []
    for place, take in enumerate(takes.tolist()):
        rest[place] = corpus.person_at_rest(take, ids)
        moved = corpus.acted(take, ids)
        clips.append(torch.from_numpy(moved - moved[0]))
    return LandmarkTakes(
        takes,
        subject,
        corpus.label[takes],
        corpus.intensity[takes],
        clips,
        torch.from_numpy(rest),
    )


def draw(
    takes: LandmarkTakes,
    rng: np.random.Generator,
    count: int,
    speed: tuple[float, float],
    frames: tuple[int, int],
) -> LandmarkBatch:
    """Draw some takes of near lengths, all at one random speed, within `frames`.

    A neutral take, whose intensity is 0, comes with any: asked for at 1, it is neutral too.
    """
    count = min(count, len(takes))
    chosen = neighbors(rng, len(takes), count)
    factor = rng.uniform(*speed)
    clips = []
    for k in chosen.tolist():
        flat = takes.clips[k].flatten(1)
        clips.append(resampled(flat, int(np.clip(len(flat) / factor, *frames))))
    batch = batch_of(takes, chosen, clips)
    any_strength = torch.from_numpy(rng.random(count, dtype=np.float32))
    neutral = batch.label == NEUTRAL
    return replace(batch, intensity=torch.where(neutral, any_strength, batch.intensity))


def batch_of(takes: LandmarkTakes, chosen: Ids, clips: list[Tensor]) -> LandmarkBatch:
    """Put clips (T_i, 3M) of takes, by their places, in one batch."""
    flat, mask = padded(clips)
    return LandmarkBatch(
        flat.view(*flat.shape[:2], -1, 3),
        mask.sum(1),
        torch.from_numpy(takes.label[chosen]),
        torch.from_numpy(takes.intensity[chosen]),
        takes.neutral[torch.from_numpy(chosen)],
    )


def steadied(curve: Array, level: float, *, base: float = 2.5, reach: int = 7) -> Array:
    """Take the tremor off a curve (T, K).

    What is left beside a smooth curve is kept only where it is larger than tremor, so that blinks
    stay as fast as they are. `level` is the mean square of tremor (see `tremor_level`).
    """
    smooth = gaussian_filter1d(curve, base, axis=0, mode="nearest")
    beside = curve - smooth
    power = uniform_filter1d((beside**2).sum(1), reach, mode="nearest")
    share = np.clip(1.0 - 2.0 * level / np.maximum(power, 1e-12), 0.0, 1.0)
    return np.asarray(smooth + share[:, None] * beside)


def tremor_level(curves: list[Array], *, base: float = 2.5) -> float:
    """Measure the squared distance of curves (T, K) from their smooth selves, frames' median."""
    squares = [
        ((c - gaussian_filter1d(c, base, axis=0, mode="nearest")) ** 2).sum(1) for c in curves
    ]
    return float(np.median(np.concatenate(squares)))


def tremor_model(residuals: list[Array], taps: int) -> tuple[Array, Array]:
    """Find what makes white noise shake like residuals (T, K): a filter (N,) and a mixing (K, K).

    The filter is the symmetric one with the residuals' mean spectrum; mixed rows of independent
    filtered noise have the residuals' covariance.
    """
    pieces = [r[s : s + 32] for r in residuals for s in range(0, len(r) - 31, 32)]
    window = np.hanning(32)[:, None]
    power = np.sum([(np.abs(np.fft.rfft(p * window, axis=0)) ** 2).sum(1) for p in pieces], axis=0)
    kernel = np.roll(np.fft.irfft(np.sqrt(power)), 16)[16 - taps // 2 : 17 + taps // 2]
    kernel = np.asarray(kernel / np.linalg.norm(kernel))
    joined = np.concatenate(residuals)
    values, vectors = np.linalg.eigh(joined.T @ joined / len(joined))
    mixing = np.asarray((vectors * np.sqrt(np.clip(values, 0.0, None))) @ vectors.T)
    return kernel, mixing
