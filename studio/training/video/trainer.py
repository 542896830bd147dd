"""Training of what reads weights off landmarks, on rendered faces."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.core.errors import InputError
from studio.core.progress import Progress
from studio.core.sequence import Floats
from studio.engine.video.weighing import FILE, KIND, seen_of
from studio.nn.checkpoint import save_checkpoint
from studio.nn.video.seen_face import SeenFace, SeenFaceConfig
from studio.training.datasets.corpus import Corpus

from .agreement import WELL_SEEN, agreement, mean_of
from .renders import Renders, render_sittings


@dataclass(frozen=True)
class SeenFaceTraining:
    """Everything that decides the result, in one place.

    Attributes
    ----------
    sittings
        People filmed under one light: to learn from, and to look at.
    ridge
        Cost of the square of a number of the linear map.
    """

    sittings: tuple[int, int] = (420, 50)
    ridge: float = 20.0
    seed: int = 1


@dataclass(frozen=True, eq=False)
class Examples:
    """Renders as the network sees them.

    Attributes
    ----------
    seen, rest, head
        (N, S), (N, S) and (N, 3), as `SeenFace` takes them.
    weights, turns
        (N, 52) and (N, 3) degrees that it shall tell.
    scores
        (N, 52) as MediaPipe's network tells them.
    sitting
        (N,) which each belongs to.
    acting
        (N,) whether the face is not at rest.
    """

    seen: Tensor
    rest: Tensor
    head: Tensor
    weights: Tensor
    turns: Tensor
    scores: Floats
    sitting: NDArray[np.int64]
    acting: NDArray[np.bool_]

    @classmethod
    def of(cls, renders: Renders) -> Examples:
        """Lay renders in rows, each beside the mean of its sitting's pictures at rest."""
        seen, head = seen_of(renders.landmarks)
        rest = np.zeros_like(seen)
        for sitting in np.unique(renders.sitting):
            rows = renders.sitting == sitting
            rest[rows] = seen[rows & renders.resting].mean(axis=0)
        return cls(
            torch.from_numpy(seen),
            torch.from_numpy(rest),
            torch.from_numpy(head),
            torch.from_numpy(renders.weights),
            torch.from_numpy(renders.head),
            renders.scores,
            renders.sitting,
            ~renders.resting,
        )

    @property
    def rests(self) -> Tensor:
        """(K, S) the face at rest of each sitting."""
        return self.rest[np.unique(self.sitting, return_index=True)[1]]


def train_seen_face(
    corpus: Corpus,
    runs: Path,
    out: Path,
    progress: Progress,
    config: SeenFaceTraining | None = None,
) -> SeenFace:
    """Film the training people, and learn to read their weights.

    What was filmed is kept in `runs`, and taken from there the next time. Writes
    `seen_face.safetensors` to `out`.

    Raises
    ------
    InputError
        Where the corpus has no people to learn from.
    """
    config = config or SeenFaceTraining()
    if not len(corpus.takes("train")) or not len(corpus.takes("val")):
        raise InputError.of("corpus", "people to train on and to look at", "none")
    filmed = [
        Examples.of(_filmed(corpus, split, count, runs, config.seed, progress.part(low, high)))
        for split, count, low, high in (
            ("train", config.sittings[0], 0.0, 0.7),
            ("val", config.sittings[1], 0.7, 0.8),
        )
    ]
    progress.report(0.9, "Learning to read weights")
    network = learned(filmed[0], config.ridge)
    figures = figures_of(network, filmed[1])
    progress.remarked(f"correlation on people not trained on: {figures['correlation']:.3f}")
    extra: dict[str, str | float] = {"corpus": corpus.digest(), **figures}
    save_checkpoint(out / FILE, KIND, network.config, network.state_dict(), extra=extra)
    return network


def _filmed(
    corpus: Corpus, split: str, sittings: int, runs: Path, seed: int, progress: Progress
) -> Renders:
    """Take what was filmed before, or film it."""
    path = runs / f"video_{split}_{sittings}_{seed}_{corpus.digest()}.npz"
    if path.is_file():
        return Renders.load(path)
    made = render_sittings(corpus, split, sittings, seed, progress)
    runs.mkdir(parents=True, exist_ok=True)
    made.save(path)
    return made


def learned(examples: Examples, ridge: float) -> SeenFace:
    """Find the linear map, and the face at rest of an average person."""
    network = SeenFace(SeenFaceConfig(examples.seen.shape[1]))
    network.anybody.copy_(examples.rests.mean(dim=0))
    inputs = network.inputs(examples.seen, examples.rest, examples.head)
    return network.fit(inputs, examples.weights, examples.turns, examples.head, ridge).eval()


def figures_of(network: SeenFace, examples: Examples) -> dict[str, float]:
    """Measure a network on people that it has not seen."""
    with torch.inference_mode():
        weights, turns = network(examples.seen, examples.rest, examples.head)
    acting = examples.acting
    read, moved = weights.numpy()[acting], examples.weights.numpy()[acting]
    found = agreement(read, moved)
    off: Floats = (turns - examples.turns).abs().mean(dim=0).numpy()
    return {
        "correlation": mean_of(found),
        "scores_alone": mean_of(agreement(examples.scores[acting], moved)),
        **{f"correlation_{stem}": mean_of(found, stem) for stem in WELL_SEEN},
        **dict(zip(("yaw_off", "pitch_off", "roll_off"), off.tolist(), strict=True)),
    }
