"""Training of the recognizer (paper 000, section 2.2) and of the judge of generated clips."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from studio.core.progress import Progress
from studio.face.facs import LABELS
from studio.face.known import studio_face
from studio.nn.autoencoder import Autoencoder
from studio.nn.checkpoint import save_checkpoint
from studio.nn.judge import JudgeConfig, LstmJudge
from studio.nn.recognizer import Recognizer, RecognizerConfig
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.latents import (
    Latents,
    encode_corpus,
    encode_meshes,
    padded,
    resampled,
)

from .loop import LoopConfig, Trainer

NEUTRAL = LABELS.index("neutral")
Takes = NDArray[np.int64]


@dataclass(frozen=True)
class RecognizerTraining:
    """Everything that decides the result, in one place.

    Attributes
    ----------
    crop
        Frames of a training window, shortest and longest.
    speed
        Range of the factor a window is sped up by.
    noise_mm
        Largest measurement noise, a vertex's deviation in mm.
    """

    model: RecognizerConfig = field(default_factory=lambda: RecognizerConfig(shrink=0.5))
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=4000, minutes=18.0, learning_rate=1e-3, weight_decay=0.02, ema=0.995
        )
    )
    batch: int = 64
    crop: tuple[int, int] = (8, 96)
    speed: tuple[float, float] = (0.7, 1.4)
    noise_mm: float = 0.25
    seed: int = 8


@dataclass(frozen=True, eq=False)
class Window:
    """A cut of a take: z (T, D), the person's rest (D,), activation (T,) and the label."""

    z: Tensor
    rest: Tensor
    activation: Tensor
    label: int


class WindowSource:
    """Draws windows from takes, with the noise a scan would have."""

    def __init__(self, corpus: Corpus, latents: Latents, takes: Takes, noise: float) -> None:
        self.corpus, self.latents, self.takes, self.noise = corpus, latents, takes, noise

    def draw(
        self,
        rng: np.random.Generator,
        count: int,
        crop: tuple[int, int],
        speed: tuple[float, float],
    ) -> list[Window]:
        return [self._one(rng, int(take), crop, speed) for take in rng.choice(self.takes, count)]

    def _one(
        self, rng: np.random.Generator, take: int, crop: tuple[int, int], speed: tuple[float, float]
    ) -> Window:
        z = self.latents.take(self.corpus, take)
        activation = torch.from_numpy(self.corpus.activation[self.corpus.rows(take)])
        frames = max(int(len(z) / rng.uniform(*speed)), 8)
        both = resampled(torch.cat([z, activation[:, None]], dim=1), frames)
        length = min(int(rng.uniform(crop[0], crop[1] + 1)), frames)
        start = int(rng.integers(0, frames - length + 1))
        cut = both[start : start + length]
        jitter = torch.from_numpy(rng.standard_normal((length, z.shape[1]), dtype=np.float32))
        level = self.noise * rng.random()
        rest = self.latents.rest[int(self.corpus.subject[take])]
        return Window(cut[:, :-1] + level * jitter, rest, cut[:, -1], int(self.corpus.label[take]))


def latent_noise(model: Autoencoder, millimeters: float) -> float:
    """Find the deviation that vertex noise, independent, of so many mm gives each latent."""
    clean = model.mean.expand(64, *model.mean.shape)
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(clean.shape, generator=generator) * millimeters
    with torch.inference_mode():
        return float((model.encode(clean + noise) - model.encode(clean)).std())


def soft_targets(activation: Tensor, label: Tensor) -> Tensor:
    """Make class targets (..., L): the label where the emotion shows, neutral where not.

    Below an activation of 0.05 nothing is to be seen, from 0.25 on the label is wholly right.
    """
    share = ((activation - 0.05) / 0.2).clamp(0, 1)
    share = (share * share * (3 - 2 * share))[..., None]
    own = F.one_hot(label, len(LABELS)).float()
    rest = F.one_hot(torch.full_like(label, NEUTRAL), len(LABELS)).float()
    return share * own + (1 - share) * rest


@dataclass(frozen=True, eq=False)
class Batch:
    """Windows padded to one length, and what is known of them."""

    z: Tensor
    mask: Tensor
    rest: Tensor
    frame_target: Tensor
    clip_target: Tensor

    @classmethod
    def of(cls, windows: list[Window], device: torch.device) -> Batch:
        z, mask = padded([w.z for w in windows])
        activation, _ = padded([w.activation[:, None] for w in windows])
        activation = activation[..., 0]
        label = torch.tensor([w.label for w in windows])
        frame = soft_targets(activation, label[:, None].expand_as(activation))
        clip = soft_targets(activation.amax(1), label)
        rest = torch.stack([w.rest for w in windows])
        return cls(*(t.to(device) for t in (z, mask, rest, frame, clip)))


def mixed_rest(model: Recognizer, batch: Batch, rng: np.random.Generator) -> Tensor:
    """Give the neutral (B, T, D) as the model meets it in use.

    Known, estimated from the window, or estimated from the frames so far.
    """
    rest = batch.rest[:, None].expand_as(batch.z).clone()
    estimated = model.rest(batch.z, batch.mask)
    for row in range(len(rest)):
        chance = rng.random()
        if chance < 0.35:
            rest[row] = estimated[row]
        elif chance < 0.65:
            rest[row] = model.rest.running(batch.z[row])
    return rest


def train_recognizer(
    corpus: Corpus,
    folder: Path,
    out: Path,
    progress: Progress,
    config: RecognizerTraining | None = None,
) -> Recognizer:
    """Train, resuming from `folder`, and write `recognizer.safetensors` into `out`."""
    config = config or RecognizerTraining()
    autoencoder, latents = load_latents(corpus, folder, out, progress.part(0.0, 0.3))
    model = Recognizer(config.model)
    fit_inputs(model, autoencoder, corpus, latents)
    trainer = Trainer(model, config.loop, folder, "recognizer")
    noise = latent_noise(autoencoder, config.noise_mm)
    source = WindowSource(corpus, latents, corpus.takes("train"), noise)
    held_out = WindowSource(corpus, latents, corpus.takes("val"), noise)

    def draw(step: int, source: WindowSource, device: torch.device) -> Batch:
        rng = np.random.default_rng([config.seed, step, trainer.rank])
        windows = source.draw(rng, config.batch, config.crop, config.speed)
        return Batch.of(windows, device)

    def loss(net: nn.Module, step: int) -> Tensor:
        batch = draw(step, source, trainer.device)
        inner = trainer.accelerator.unwrap_model(net)
        rest = mixed_rest(inner, batch, np.random.default_rng([config.seed, step, 1]))
        frames, clip = net(batch.z, rest, batch.mask)
        per_frame = -(batch.frame_target * frames.log_softmax(-1)).sum(-1)
        framewise = (per_frame * batch.mask).sum() / batch.mask.sum()
        whole: Tensor = -(batch.clip_target * clip.log_softmax(-1)).sum(-1).mean()
        total: Tensor = framewise + whole
        return total

    model = trainer.run(loss, progress.part(0.3, 1.0))  # type: ignore[assignment]
    windows = [draw(10**9 + k, held_out, torch.device("cpu")) for k in range(24)]
    calibrate(model, windows)
    extra: dict[str, str | float] = {"corpus": corpus.digest(), "steps": float(trainer.step)}
    save_checkpoint(
        out / "recognizer.safetensors",
        "recognizer",
        config.model,
        model.state_dict(),
        labels=LABELS,
        topology=studio_face().topology,
        extra=extra,
        half=("rest.weight",),
    )
    return model


def load_latents(
    corpus: Corpus, folder: Path, out: Path, progress: Progress
) -> tuple[Autoencoder, Latents]:
    """Load the trained autoencoder of `out` and what it makes of the corpus."""
    from studio.nn.autoencoder import AutoencoderConfig
    from studio.nn.checkpoint import load_checkpoint

    stored = load_checkpoint(out / "autoencoder.safetensors", "autoencoder")
    model = Autoencoder.from_state(stored.config_as(AutoencoderConfig), stored.state)
    return model, encode_corpus(corpus, model, folder, progress)


def fit_inputs(
    model: Recognizer, autoencoder: Autoencoder, corpus: Corpus, latents: Latents
) -> None:
    """Fit the buffers of the model on training takes: input basis, deviations, rest estimator.

    The estimator also sees the motion of the takes on the shape-only people: from the few people
    who have takes it would learn who they are instead of what a face at rest is.
    """
    z, offsets, steps = offset_samples(corpus, latents, corpus.takes("train"), stride=3)
    model.fit(offsets, steps)
    people = encode_meshes(autoencoder, corpus.shape_only)
    generator = torch.Generator().manual_seed(0)
    count = 2 * len(offsets)
    who = torch.randint(len(people), (count,), generator=generator)
    motion = offsets[torch.randint(len(offsets), (count,), generator=generator)]
    both = torch.cat([z, people[who] + motion]), torch.cat([offsets, motion])
    model.rest.fit(*both, ridge=1e-3)


def offset_samples(
    corpus: Corpus,
    latents: Latents,
    takes: Takes,
    stride: int,
) -> tuple[Tensor, Tensor, Tensor]:
    """Take every stride-th frame of takes.

    Returns
    -------
    (N, D) tensors
        Latents, their offsets from rest, and their steps in time.
    """
    rows = np.concatenate([np.arange(corpus.rows(k).start + 1, corpus.rows(k).stop) for k in takes])
    rows = rows[::stride]
    take_of = np.searchsorted(corpus.starts, rows, side="right") - 1
    z = latents.z[rows].float()
    rest = latents.rest[corpus.subject[take_of]]
    return z, z - rest, z - latents.z[rows - 1].float()


@torch.no_grad()
def calibrate(model: Recognizer, batches: list[Batch]) -> None:
    """Set both temperatures to what makes held-out windows likeliest (Guo et al. 2017)."""
    frames, clips, frame_targets, clip_targets = [], [], [], []
    model.frame_temperature.fill_(1.0)
    model.clip_temperature.fill_(1.0)
    for k, batch in enumerate(batches):
        rest = mixed_rest(model, batch, np.random.default_rng([3, k]))
        per_frame, clip = model(batch.z, rest, batch.mask)
        frames.append(per_frame[batch.mask])
        frame_targets.append(batch.frame_target[batch.mask])
        clips.append(clip)
        clip_targets.append(batch.clip_target)
    model.frame_temperature.fill_(_temperature(torch.cat(frames), torch.cat(frame_targets)))
    model.clip_temperature.fill_(_temperature(torch.cat(clips), torch.cat(clip_targets)))


def _temperature(logits: Tensor, targets: Tensor) -> float:
    grid = torch.linspace(0.4, 3.0, 105)
    losses = [-(targets * (logits / t).log_softmax(-1)).sum(-1).mean() for t in grid]
    return float(grid[int(torch.stack(losses).argmin())])


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
    """Train the separate classifier of generated clips; `judge.safetensors` goes into `folder`."""
    config = config or JudgeTraining()
    _, latents = load_latents(corpus, folder, out, progress.part(0.0, 0.3))
    model = LstmJudge(config.model)
    _, offsets, _ = offset_samples(corpus, latents, corpus.takes("train"), stride=3)
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
        folder / "judge.safetensors", "judge", config.model, model.state_dict(), labels=LABELS
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
