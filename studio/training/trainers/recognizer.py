"""Training of the recognizer (paper 000, section 2.2)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from studio.core.errors import CheckpointError
from studio.core.progress import Progress
from studio.core.sequence import Floats
from studio.engine import default_set
from studio.engine.loading.sets import LENDER, LENT, digest
from studio.face.known import studio_face
from studio.nn.autoencoder import Autoencoder
from studio.nn.checkpoint import load_checkpoint, save_checkpoint
from studio.nn.recognizer import Recognizer, RecognizerConfig
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.latents import (
    Latents,
    encode_corpus,
    encode_meshes,
    padded,
    resampled,
)
from studio.training.datasets.motion_points import (
    COORDINATES,
    UNIT_MM,
    point_rows,
    shared_noise,
)

from .loop import LoopConfig, Trainer

AUTOENCODER_FILE = "autoencoder.safetensors"
_SHOWN_MM = 1.5  # root mean square of the coordinates, from which on a face shows much
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
    strange_mm
        See `Strangeness`.
    start
        The file of a recognizer of other labels to begin with; None: from nothing.
    """

    model: RecognizerConfig = field(
        default_factory=lambda: RecognizerConfig(motion_dim=COORDINATES, shrink=0.5)
    )
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=3600, minutes=36.0, learning_rate=1e-3, weight_decay=0.02, ema=0.995
        )
    )
    batch: int = 64
    crop: tuple[int, int] = (8, 96)
    speed: tuple[float, float] = (0.7, 1.4)
    noise_mm: float = 0.25
    strange_mm: float = 1.2
    seed: int = 8
    start: Path | None = None


def tuning(start: Path) -> RecognizerTraining:
    """Set up the training of a recognizer that begins with that of another set."""
    usual, file = RecognizerTraining(), "recognizer.safetensors"
    loop = replace(usual.loop, steps=500, minutes=12.0, learning_rate=5e-4, ema=0.98, warmup=30)
    return replace(usual, loop=loop, batch=48, start=start / file)


@dataclass(frozen=True, eq=False)
class Window:
    """A cut of a take: z (T, D), the person's rest (D,), activation (T,) and the label."""

    z: Tensor
    rest: Tensor
    activation: Tensor
    label: int


@dataclass(frozen=True, eq=False)
class Strangeness:
    """What other rigs and other faces bring to the same motion, as an offset of the latents.

    Each window has one of its own, in full where the face shows much and nothing where it rests.

    Attributes
    ----------
    rows
        (D, K) see `point_rows`.
    moves
        (K, D), the least change of the latents that moves a coordinate by 1 mm.
    shared
        (P, P) see `shared_noise`.
    millimeters
        Deviation of a coordinate.
    """

    rows: Tensor
    moves: Tensor
    shared: Floats
    millimeters: float

    @classmethod
    def of(cls, model: Autoencoder, millimeters: float) -> Strangeness:
        rows = point_rows(model)
        return cls(rows, torch.linalg.pinv(rows), shared_noise(), millimeters)

    def __call__(self, z: Tensor, rest: Tensor, rng: np.random.Generator) -> Tensor:
        """Make a window z (T, D) of a person's rest (D,) a stranger's: (T, D)."""
        shown = ((z - rest) @ self.rows).square().mean(1).sqrt() / _SHOWN_MM
        own = rng.standard_normal((len(self.shared), 3), dtype=np.float32)
        off = torch.from_numpy((self.shared @ own).ravel()) * self.millimeters
        return z + shown.clamp_max(1.0)[:, None] * (off @ self.moves)


class WindowSource:
    """Draws windows from takes, with the noise a scan would have, and what strangers bring."""

    def __init__(
        self, corpus: Corpus, latents: Latents, takes: Takes, noise: float, strange: Strangeness
    ) -> None:
        self.corpus, self.latents, self.takes = corpus, latents, takes
        self.noise, self.strange = noise, strange

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
        rest = self.latents.rest[take]
        seen = self.strange(cut[:, :-1], rest, rng) + level * jitter
        return Window(seen, rest, cut[:, -1], int(self.corpus.label[take]))


def latent_noise(model: Autoencoder, millimeters: float) -> float:
    """Find the deviation that vertex noise, independent, of so many mm gives each latent."""
    clean = model.mean.expand(64, *model.mean.shape)
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(clean.shape, generator=generator) * millimeters
    with torch.inference_mode():
        return float((model.encode(clean + noise) - model.encode(clean)).std())


def soft_targets(activation: Tensor, label: Tensor, labels: int, neutral: int) -> Tensor:
    """Make class targets (..., L): the label where the expression shows, neutral where not.

    Below an activation of 0.05 nothing is to be seen, from 0.25 on the label is wholly right.
    """
    share = ((activation - 0.05) / 0.2).clamp(0, 1)
    share = (share * share * (3 - 2 * share))[..., None]
    own = F.one_hot(label, labels).float()
    rest = F.one_hot(torch.full_like(label, neutral), labels).float()
    return share * own + (1 - share) * rest


@dataclass(frozen=True, eq=False)
class Batch:
    """Windows padded to one length, and what is known of them."""

    z: Tensor
    mask: Tensor
    rest: Tensor
    activation: Tensor
    frame_target: Tensor
    clip_target: Tensor

    @classmethod
    def of(cls, windows: list[Window], corpus: Corpus, device: torch.device) -> Batch:
        z, mask = padded([w.z for w in windows])
        activation, _ = padded([w.activation[:, None] for w in windows])
        activation = activation[..., 0]
        label = torch.tensor([w.label for w in windows])
        kinds = len(corpus.labels), corpus.neutral
        frame = soft_targets(activation, label[:, None].expand_as(activation), *kinds)
        clip = soft_targets(activation.amax(1), label, *kinds)
        rest = torch.stack([w.rest for w in windows])
        return cls(*(t.to(device) for t in (z, mask, rest, activation, frame, clip)))


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
    codec = codec_of(out, progress)
    autoencoder, latents = load_latents(corpus, folder, codec, progress.part(0.0, 0.3))
    shape = replace(config.model, labels=len(corpus.labels))
    model = Recognizer(shape)
    if config.start is not None:
        begin_as(model, config.start)
    fit_inputs(model, autoencoder, corpus, latents)
    trainer = Trainer(model, config.loop, folder, "recognizer")
    noise = latent_noise(autoencoder, config.noise_mm)
    strange = Strangeness.of(autoencoder, config.strange_mm)
    source = WindowSource(corpus, latents, corpus.takes("train"), noise, strange)
    plain = replace(strange, millimeters=0.0)
    held_out = WindowSource(corpus, latents, corpus.takes("val"), noise, plain)

    def draw(step: int, source: WindowSource, device: torch.device) -> Batch:
        rng = np.random.default_rng([config.seed, step, trainer.rank])
        windows = source.draw(rng, config.batch, config.crop, config.speed)
        return Batch.of(windows, corpus, device)

    def loss(net: nn.Module, step: int) -> Tensor:
        batch = draw(step, source, trainer.device)
        inner = trainer.accelerator.unwrap_model(net)
        rest = mixed_rest(inner, batch, np.random.default_rng([config.seed, step, 1]))
        frames, clip, strength = net(batch.z, rest, batch.mask)
        per_frame = -(batch.frame_target * frames.log_softmax(-1)).sum(-1)
        per_frame = per_frame + F.smooth_l1_loss(strength, batch.activation, reduction="none")
        framewise = (per_frame * batch.mask).sum() / batch.mask.sum()
        whole: Tensor = -(batch.clip_target * clip.log_softmax(-1)).sum(-1).mean()
        total: Tensor = framewise + whole
        return total

    model = trainer.run(loss, progress.part(0.3, 1.0))  # type: ignore[assignment]
    windows = [draw(10**9 + k, held_out, torch.device("cpu")) for k in range(24)]
    calibrate(model, windows)
    extra = {"corpus": corpus.digest(), "steps": float(trainer.step), **lent(codec, out)}
    save_checkpoint(
        out / "recognizer.safetensors",
        "recognizer",
        shape,
        model.state_dict(),
        labels=corpus.labels,
        topology=studio_face().topology,
        extra=extra,
        half=("rest.weight",),
    )
    return model


def codec_of(out: Path, progress: Progress) -> Path:
    """Find the folder of the autoencoder to build on: `out`, or the shipped set where it has none.

    The latter is said.
    """
    if (out / AUTOENCODER_FILE).is_file():
        return out
    progress.report(0.0, f"{out} has no autoencoder: what is trained is of that in {default_set()}")
    return default_set()


def lent(codec: Path, out: Path) -> dict[str, str | float]:
    """Write what the header of a model in `out` says of an autoencoder that is not its set's."""
    if codec == out:
        return {}
    return {LENDER: codec.name, LENT: digest(codec / AUTOENCODER_FILE)}


def load_latents(
    corpus: Corpus, folder: Path, out: Path, progress: Progress, *, acted: bool = False
) -> tuple[Autoencoder, Latents]:
    """Load the trained autoencoder of `out`, and what it makes of the corpus (`encode_corpus`)."""
    from studio.nn.autoencoder import AutoencoderConfig

    stored = load_checkpoint(out / AUTOENCODER_FILE, "autoencoder")
    model = Autoencoder.from_state(stored.config_as(AutoencoderConfig), stored.state)
    return model, encode_corpus(corpus, model, folder, progress, acted=acted)


def begin_as(model: Recognizer, path: Path) -> None:
    """Begin with how another recognizer reads motion; what it calls it begins anew.

    Raises
    ------
    CheckpointError
        Where that is of another shape.
    """
    stored = load_checkpoint(path, "recognizer")
    other = stored.fill(Recognizer(stored.config_as(RecognizerConfig)))
    own = {name: value for name, value in model.state_dict().items() if "frame_head" in name}
    try:
        model.load_state_dict(other.state_dict() | own)
    except RuntimeError as error:
        raise CheckpointError(f"{path.name}: of another shape than what is trained") from error


def fit_inputs(
    model: Recognizer, autoencoder: Autoencoder, corpus: Corpus, latents: Latents
) -> None:
    """Fit the buffers of the model on training takes: input basis, deviations, rest estimator.

    The estimator also sees the motion of the takes on the shape-only people: from the few people
    who have takes it would learn who they are instead of what a face at rest is.
    """
    z, offsets, steps = offset_samples(corpus, latents, corpus.takes("train"), stride=3)
    model.measure(point_rows(autoencoder), UNIT_MM, steps)
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
    rest = latents.rest[take_of]
    return z, z - rest, z - latents.z[rows - 1].float()


@torch.no_grad()
def calibrate(model: Recognizer, batches: list[Batch]) -> None:
    """Set both temperatures to what makes held-out windows likeliest (Guo et al. 2017)."""
    frames, clips, frame_targets, clip_targets = [], [], [], []
    model.frame_temperature.fill_(1.0)
    model.clip_temperature.fill_(1.0)
    for k, batch in enumerate(batches):
        rest = mixed_rest(model, batch, np.random.default_rng([3, k]))
        per_frame, clip, _ = model(batch.z, rest, batch.mask)
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
