"""Training of the latent diffusion models (paper 000, section 2.3)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from studio.core.errors import CheckpointError
from studio.core.progress import Progress
from studio.face.known import studio_face
from studio.nn.checkpoint import load_checkpoint, save_checkpoint
from studio.nn.denoisers import DiffusionConfig, MotionDiffusion
from studio.nn.diffusion import diffusion_loss, sample
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.latents import Latents, neighbors, padded, resampled
from studio.training.datasets.motion_points import point_rows

from .loop import LoopConfig, Trainer
from .recognizer import codec_of, lent, load_latents

PAPER_UNET = DiffusionConfig(
    denoiser="unet2d",
    motion_dim=512,
    channels=(8, 16, 32, 32),
    prediction="epsilon",
    zero_snr=False,
    schedule="linear",
    min_snr=0.0,
    sampler="ddpm",
    steps=1000,
)


@dataclass(frozen=True)
class DiffusionTraining:
    """Everything that decides the result, in one place.

    Attributes
    ----------
    speed
        Range of the factor a take is sped up by, so that lengths from 16 to 240 are seen.
    measured
        Takes of each label that `fit_reach` compares with.
    farthest
        How much `fit_reach` lengthens motion at most.
    start
        The file of another diffusion model to begin with, see `begin_as`; None: from nothing.
    """

    model: DiffusionConfig = field(
        default_factory=lambda: DiffusionConfig(width=160, layers=4, guidance=1.75, smoothing=0.15)
    )
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=5500, minutes=45.0, learning_rate=1e-3, weight_decay=0.0, ema=0.998, warmup=200
        )
    )
    batch: int = 48
    speed: tuple[float, float] = (0.65, 1.5)
    measured: int = 40
    file: str = "diffusion"
    seed: int = 10
    farthest: float = math.inf
    start: Path | None = None


def paper_training() -> DiffusionTraining:
    """Set up the paper's 2D UNet with noise prediction, in the size a CPU can train."""
    loop = LoopConfig(steps=12000, minutes=105.0, learning_rate=8e-4, weight_decay=0.0, ema=0.998)
    return DiffusionTraining(PAPER_UNET, loop, batch=4, file="diffusion-unet2d", seed=11)


def tuning(start: Path) -> DiffusionTraining:
    """Set up the default's training for what begins with the diffusion model of another set."""
    usual, file = DiffusionTraining(), "diffusion.safetensors"
    loop = replace(usual.loop, steps=2100, minutes=31.0, learning_rate=6e-4, ema=0.99, warmup=50)
    # Few steps leave labels faint, and some clips that show nothing would lengthen the others.
    firm = replace(usual.model, guidance=3.0)
    own = replace(usual, model=firm, loop=loop, batch=32, measured=12, farthest=1.4)
    return replace(own, start=start / file)


class MotionSource:
    """Draws whole takes without speech or second emotion, at varied speed, close in length."""

    def __init__(self, corpus: Corpus, latents: Latents, config: DiffusionTraining) -> None:
        self.takes = corpus.by_length(corpus.takes("train", plain=True))
        self.corpus, self.latents, self.config = corpus, latents, config

    def draw(self, rng: np.random.Generator) -> dict[str, Tensor]:
        takes = self.takes[neighbors(rng, len(self.takes), self.config.batch)]
        speed = rng.uniform(*self.config.speed)
        z, mask = padded([self._clip(int(k), speed) for k in takes])
        return {
            "z": z,
            "mask": mask,
            "label": torch.from_numpy(self.corpus.label[takes]),
            "intensity": torch.from_numpy(self.corpus.intensity[takes]),
        }

    def _clip(self, take: int, speed: float) -> Tensor:
        z = self.latents.take(self.corpus, take)
        low, high = self.config.model.min_frames, self.config.model.max_frames
        return resampled(z, int(np.clip(len(z) / speed, low, high)))


def train_diffusion(
    corpus: Corpus,
    folder: Path,
    out: Path,
    progress: Progress,
    config: DiffusionTraining | None = None,
) -> MotionDiffusion:
    """Train, resuming from `folder`, and write `<config.file>.safetensors` into `out`."""
    config = config or DiffusionTraining()
    codec = codec_of(out, progress)
    autoencoder, latents = load_latents(corpus, folder, codec, progress.part(0.0, 0.1), acted=True)
    model = MotionDiffusion(shape_for(corpus, config.model))
    source = MotionSource(corpus, latents, config)
    fit_space(model, source)
    if config.start is not None:
        begin_as(model, config.start)
    trainer = Trainer(model, config.loop, folder, config.file)
    space = model.space

    def loss(net: nn.Module, step: int) -> Tensor:
        batch = source.draw(np.random.default_rng([config.seed, step, trainer.rank]))
        batch = {name: tensor.to(trainer.device) for name, tensor in batch.items()}
        generator = torch.Generator().manual_seed(config.seed * 10**6 + step)
        z = batch.pop("z")
        x = space.to_motion(z, z[:, 0]) * batch["mask"][..., None]
        return diffusion_loss(net, model.config, x, z[:, 0], generator=generator, **batch)

    model = trainer.run(loss, progress.part(0.1, 0.98))  # type: ignore[assignment]
    fit_reach(model, source, point_rows(autoencoder), progress.part(0.98, 1.0))
    extra = {"corpus": corpus.digest(), "steps": float(trainer.step), **lent(codec, out)}
    save_diffusion(model, corpus.labels, out / f"{config.file}.safetensors", extra)
    return model


def save_diffusion(
    model: MotionDiffusion, labels: tuple[str, ...], path: Path, extra: dict[str, str | float]
) -> None:
    """Write the weights in half precision, the buffers of the space in full."""
    state = model.state_dict()
    half = [name for name in state if name.startswith("net.") and state[name].ndim >= 2]
    save_checkpoint(
        path,
        "diffusion",
        model.config,
        state,
        labels=labels,
        topology=studio_face().topology,
        extra=extra,
        half=half,
    )


def shape_for(corpus: Corpus, shape: DiffusionConfig) -> DiffusionConfig:
    """Fit a config to what the takes of a corpus show, and how strongly."""
    strong = corpus.intensity[corpus.intensity > 0].tolist()
    span = (round(min(strong), 2), round(max(strong), 2))
    return replace(shape, labels=len(corpus.labels), intensities=span)


@torch.no_grad()
def begin_as(model: MotionDiffusion, path: Path) -> None:
    """Begin with the weights of another diffusion model, in this one's coordinates of motion.

    Labels begin anew, all but "none".

    Raises
    ------
    CheckpointError
        Where that is of another shape.
    """
    stored = load_checkpoint(path, "diffusion")
    other = stored.fill(MotionDiffusion(stored.config_as(DiffusionConfig)))
    old, new = other.space.projection, model.space.projection
    # One's coordinates of the other's, as far as both reach.
    ways = new.basis.T @ old.basis if new.basis is not None and old.basis is not None else None
    turn = torch.eye(len(new.std)) if ways is None else ways
    state = other.net.state_dict()
    state["embed.weight"] = state["embed.weight"] @ (new.std[:, None] * turn / old.std).T
    state["out.weight"] = (turn * old.std / new.std[:, None]) @ state["out.weight"]
    state["out.bias"] = (turn * old.std / new.std[:, None]) @ state["out.bias"]
    spread = other.space.rest_std / model.space.rest_std
    state["rest.weight"] = state["rest.weight"] / spread
    labels = model.net.state_dict()["condition.label.weight"]
    labels[-1] = state["condition.label.weight"][-1]
    try:
        model.net.load_state_dict(state | {"condition.label.weight": labels})
    except RuntimeError as error:
        raise CheckpointError(f"{path.name}: of another shape than what is trained") from error


def fit_space(model: MotionDiffusion, source: MotionSource) -> None:
    """Fit basis and deviations of the motion on the training takes."""
    clips = [source.latents.take(source.corpus, int(k)) for k in source.takes]
    offsets = torch.cat([(z - z[:1])[::2] for z in clips])
    _, first = np.unique(source.corpus.subject[source.takes], return_index=True)
    model.space.fit(offsets, source.latents.rest[source.takes[first]])


def fit_reach(
    model: MotionDiffusion, source: MotionSource, rows: Tensor, progress: Progress
) -> None:
    """Set `model.reach`: the height of training takes over that of clips asked to be like them.

    Parameters
    ----------
    rows
        (D, K) what each latent moves each coordinate of the face by.
    """
    corpus, rng = source.corpus, np.random.default_rng(source.config.seed)
    low, high = model.config.min_frames, model.config.max_frames
    model.reach.fill_(1.0)
    for label in progress.each(range(len(corpus.labels)), "how far motion goes"):
        own = source.takes[corpus.label[source.takes] == label]
        real = made = 0.0
        for take in rng.permutation(own)[: source.config.measured].tolist():
            z = source.latents.take(corpus, take)
            asked = float(corpus.intensity[take])
            frames = int(np.clip(len(z), low, high))
            clip = sample(model, label, z[0].to(model.reach), frames, [take], intensity=asked)[0]
            real, made = real + _height(z, rows), made + _height(clip.cpu(), rows)
        if made:
            model.reach[label] = min(real / made, source.config.farthest)


def _height(z: Tensor, rows: Tensor) -> float:
    """Find how far the face goes at most in a take (T, D), root mean square in mm."""
    return float(((z - z[:1]) @ rows).square().mean(-1).max().sqrt())
