"""Measures of action units on clips whose units are known."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.core.progress import Progress
from studio.core.sequence import Floats
from studio.nn.units.au_transformer import AuTransformer
from studio.nn.units.decoding import read_clip
from studio.training.datasets.units.clips import UnitClip

OCCURS = 0.5  # intensity from which on a unit's ordinal level is at least 1
_TRIED = np.concatenate([np.arange(0.2, 1.5, 0.05), np.arange(1.5, 4.0, 0.25)])


def f1(wanted: NDArray[np.bool_], found: NDArray[np.bool_]) -> Floats:
    """F1 of each unit over frames (T, N): (N,), 1 for a unit that neither says occurs."""
    hits = (wanted & found).sum(axis=0)
    both = wanted.sum(axis=0) + found.sum(axis=0)
    return np.asarray(np.where(both, 2.0 * hits / np.maximum(both, 1), 1.0), dtype=np.float32)


def icc31(wanted: Floats, found: Floats) -> Floats:
    """ICC(3,1) of each unit over frames (T, N) (Shrout and Fleiss 1979): (N,), consistency."""
    both = np.stack([wanted, found]).astype(np.float64)  # (2, T, N)
    count = both.shape[1]
    total = both.mean(axis=(0, 1))
    frames = 2.0 * ((both.mean(axis=0) - total) ** 2).sum(axis=0)
    raters = count * ((both.mean(axis=1) - total) ** 2).sum(axis=0)
    rest = ((both - total) ** 2).sum(axis=(0, 1)) - frames - raters
    between, error = frames / (count - 1), rest / (count - 1)
    return np.asarray((between - error) / np.maximum(between + error, 1e-12), dtype=np.float32)


def seen_as(clips: list[UnitClip], points: Floats, amount: float, seed: int = 4) -> list[Floats]:
    """Give what is looked at of each clip: (T, K, 3) mm, clean where the amount of noise is 0."""
    rng = np.random.default_rng(seed)
    if not amount:
        return [clip.clean.astype(np.float32) for clip in clips]
    return [clip.coarse(rng, points, amount) for clip in clips]


def intensities(
    model: AuTransformer,
    clips: list[UnitClip],
    seen: list[Floats],
    progress: Progress,
    *,
    causal: bool = False,
) -> list[Floats]:
    """Read clips: (T, N) intensities of each."""
    out = []
    for clip, moved in progress.each(list(zip(clips, seen, strict=True)), "reading units"):
        answer = read_clip(model, torch.from_numpy(moved), clip.course.fps, causal=causal)
        out.append(model.intensity(answer)[0].numpy())
    return out


def truth(clips: list[UnitClip]) -> Floats:
    """Put the intensities of clips one after the other: (T, N), T frames of all."""
    return np.concatenate([clip.course.intensity for clip in clips])


def mean_f1(model: AuTransformer, clips: list[UnitClip], points: Floats) -> dict[str, float]:
    """Look at clips while training goes on: mean F1, clean and as trackers see, points (K, 3)."""
    wanted, out = truth(clips) >= OCCURS, {}
    for name, amount in (("f1_clean", 0.0), ("f1_tracker", 1.0)):
        found = np.concatenate(
            intensities(model, clips, seen_as(clips, points, amount), Progress())
        )
        out[name] = float(f1(wanted, found >= OCCURS).mean())
    return out


def best_limits(wanted: Floats, found: Floats) -> Floats:
    """Find for each unit (N,) the threshold on found (T, N) that gives the best F1."""
    tried = _tried(wanted >= OCCURS, found)
    return np.asarray(_TRIED[tried.argmax(axis=0)], dtype=np.float32)


def _tried(wanted: NDArray[np.bool_], found: Floats) -> Floats:
    """F1 of each unit (L, N) at each threshold that is tried on found (T, N)."""
    return np.stack([f1(wanted, found >= limit) for limit in _TRIED])


def thresholds(
    model: AuTransformer, clips: list[UnitClip], points: Floats, progress: Progress
) -> Tensor:
    """Find from which intensity on a unit occurs: (2, N), live and in whole clips.

    What gives the best F1 on clean clips and on those of trackers together.
    """
    wanted = truth(clips) >= OCCURS
    rows = []
    for place, causal in enumerate((True, False)):
        part = progress.part(place / 2, (place + 1) / 2)
        scores = []
        for amount in (0.0, 1.0):
            seen = seen_as(clips, points, amount)
            found = np.concatenate(intensities(model, clips, seen, part, causal=causal))
            scores.append(_tried(wanted, found))
        rows.append(_TRIED[np.mean(scores, axis=0).argmax(axis=0)])
    return torch.tensor(np.array(rows), dtype=torch.float32)
