"""Training of Motion3DGAN (paper 003, section 3.1): conditional WGAN-GP in the tangent space."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor, nn

from studio.core.progress import Progress
from studio.face.facs import LABELS
from studio.face.known import studio_face
from studio.nn.checkpoint import save_checkpoint
from studio.nn.motion_critic import MotionCritic, MotionEncoder, curve_of
from studio.nn.motion_gan import MotionGan, MotionGanConfig, generate_landmarks, marked, noise_size
from studio.nn.srvf import encode, karcher_mean, log_map, retimed
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.landmark_motion import (
    LandmarkBatch,
    LandmarkTakes,
    draw,
    landmark_takes,
    steadied,
    tremor_level,
    tremor_model,
)

from .loop import Figures, Loop, Pace, Part, averaged, cosine

Noise = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class MotionGanTraining(Pace):
    """Everything that decides the result, in one place.

    Attributes
    ----------
    minutes
        As in `Pace`, of processor time.
    warm
        Share of the training in which the generator learns from reconstruction alone.
    critic_steps
        Steps of the critic for one of the generator, after that.
    penalty, penalty_every
        Weight of the gradient penalty (lambda of eq. 2), taken on one step of the critic in so many
        and weighted as many times.
    reconstruction
        Weight of eq. 4 (alpha_2); its noise is what an encoder finds in the take, so that it does
        not work against variety; coded=False draws it, as the paper does.
    code
        Weights of what keeps the encoder's noise like N(0, 1), of the clip's and of the patches'.
        What lasts is to be told once, or else patches drawn apart would not agree.
    """

    model: MotionGanConfig = field(default_factory=MotionGanConfig)
    steps: int = 20000
    minutes: float = 12.0
    save_every: int = 400
    batch: int = 32
    speed: tuple[float, float] = (0.65, 1.5)
    learning_rate: float = 1.2e-3
    critic_rate: float = 1e-3
    warm: float = 0.15
    critic_steps: int = 2
    penalty: float = 10.0
    penalty_every: int = 2
    adversarial: float = 1.0
    reconstruction: float = 5.0
    coded: bool = True
    code: tuple[float, float] = (0.5, 4.0)
    ema: float = 0.995
    seed: int = 31


@dataclass(frozen=True, eq=False)
class Motions:
    """Recorded motion as the networks see it.

    Attributes
    ----------
    vector
        (B, S, K) tangent at the reference.
    size
        (B,) standardized log length.
    label, intensity, frames
        (B,) of each clip.
    """

    vector: Tensor
    size: Tensor
    label: Tensor
    intensity: Tensor
    frames: Tensor

    @property
    def condition(self) -> tuple[Tensor, Tensor, Tensor]:
        """Label, intensity and frames, (B,) each, as the networks take them."""
        return self.label, self.intensity, self.frames


def motions(model: MotionGan, batch: LandmarkBatch) -> Motions:
    """Encode a batch of clips; a clip that does not move at all stands at the reference."""
    curve = model.space(batch.clips.double())
    there = marked(batch.frames, curve.shape[1]).double()
    last = curve.gather(1, (batch.frames - 1)[:, None, None].expand(-1, 1, curve.shape[2]))
    code = encode(curve * there + last * (1 - there))  # still after the end
    point = model.reference(batch.frames - 1)
    vector = log_map(point, code.direction)
    mean, deviation = model.log_length.double()
    size = (code.length.clamp_min(1e-3).log() - mean) / deviation
    return Motions(vector.float(), size.float(), batch.label, batch.intensity, batch.frames)


def steady_takes(model: MotionGan, takes: LandmarkTakes) -> LandmarkTakes:
    """Fit the basis and the tremor; the takes without tremor, in that basis."""
    model.space.fit(torch.cat(takes.clips))
    curves = [model.space(clip).double().numpy() for clip in takes.clips]
    if not model.config.tremor_taps:
        return takes
    level = tremor_level(curves)
    steady = [steadied(curve, level) for curve in curves]
    residuals = [a - b for a, b in zip(curves, steady, strict=True)]
    kernel, mixing = tremor_model(residuals, model.config.tremor_taps)
    model.tremor_filter.copy_(torch.from_numpy(kernel))
    model.tremor.copy_(torch.from_numpy(mixing))
    clips = [model.space.inverse(torch.from_numpy(s - s[0]).float()) for s in steady]
    return LandmarkTakes(
        takes.takes, takes.subject, takes.label, takes.intensity, clips, takes.neutral
    )


def fit_sphere(model: MotionGan, takes: LandmarkTakes, most: int = 700) -> None:
    """Set the reference to the Karcher mean, and the scales of tangent vectors and lengths."""
    some = np.linspace(0, len(takes) - 1, min(most, len(takes))).astype(int)
    codes = [encode(model.space(takes.clips[k].double())) for k in some]
    directions = torch.stack([retimed(code.direction, model.config.grid) for code in codes])
    moving = directions.flatten(1).any(1)
    model.mean.copy_(karcher_mean(directions[moving]))
    logs = torch.stack([code.length for code in codes])[moving].log()
    model.log_length.copy_(torch.stack([logs.mean(), logs.std()]))
    vectors = log_map(model.mean.expand_as(directions[moving]), directions[moving])
    spread = (vectors.square().mean((0, 1)) * model.config.grid).sqrt()
    model.spread.copy_(spread.clamp_min(0.05 * float(spread.max())))


@torch.inference_mode()
def fit_reach(model: MotionGan, takes: LandmarkTakes, *, most: int = 600, seed: int = 0) -> None:
    """Set how far each label's motion reaches to that of recorded takes.

    It is the mean over takes of the farthest frame, which learning by absolute errors leaves short.
    """
    model.reach.fill_(1.0)
    size, k = noise_size(model.config), model.config.labels
    far, short = torch.zeros(k), torch.zeros(k)
    for place in np.linspace(0, len(takes) - 1, min(most, len(takes))).astype(int).tolist():
        clip, own = takes.clips[place], slice(place, place + 1)
        noise = torch.randn(1, size, generator=torch.Generator().manual_seed(seed + place))
        label = torch.from_numpy(takes.label[own])
        strength, frames = torch.from_numpy(takes.intensity[own]), len(clip)
        made = generate_landmarks(model, label, strength, frames, noise)[0]
        far[label] += clip.flatten(1).norm(dim=1).max()
        short[label] += made.flatten(1).norm(dim=1).max()
    seen = (far > 0) & (short > 0)
    model.reach.copy_(torch.where(seen, far / short.clamp_min(1e-6), 1.0))


class GanTrainer(Loop):
    """Generator and encoder against the critic; batches and noise come from the step number."""

    def __init__(self, corpus: Corpus, folder: Path, config: MotionGanTraining) -> None:
        super().__init__(config, folder, "motion-gan", time.process_time)
        torch.manual_seed(config.seed)
        self.config = config
        self.device = torch.device(Accelerator().device)
        self.model = MotionGan(config.model)
        self.recorded = landmark_takes(corpus, "train")
        self.takes = steady_takes(self.model, self.recorded)
        fit_sphere(self.model, self.takes)
        self.critic, self.encoder = MotionCritic(self.model), MotionEncoder(self.model)
        for part in (self.model, self.critic, self.encoder):
            part.to(self.device)
        makers = [*self.model.parameters(), *self.encoder.parameters()]
        betas = (0.5, 0.9)
        self.maker = torch.optim.Adam(makers, lr=config.learning_rate, betas=betas)
        self.judge = torch.optim.Adam(self.critic.parameters(), config.critic_rate, betas)
        self.average = averaged(self.model, config.ema)
        self.resume()

    def parts(self) -> Mapping[str, Part]:
        return {
            "model": self.model,
            "critic": self.critic,
            "encoder": self.encoder,
            "average": self.average,
            "maker": self.maker,
            "judge": self.judge,
        }

    def run(self, progress: Progress) -> MotionGan:
        """Train to the end; the averaged generator, in evaluation mode and on the CPU."""
        self.repeat(progress)
        kept: MotionGan = self.average.module.eval().cpu()  # type: ignore[assignment]
        return kept

    def advance(self) -> Figures:
        """Take some steps of the critic, then one of generator and encoder."""
        rate = max(0.05, cosine(self.done()))
        for optimizer, top in (
            (self.maker, self.config.learning_rate),
            (self.judge, self.config.critic_rate),
        ):
            optimizer.param_groups[0]["lr"] = top * rate
        out = {}
        for turn in range(self.config.critic_steps if self.done() > self.config.warm else 1):
            real, noise = self.drawn(turn)
            out = self._critic_step(real, noise, turn)
        real, noise = self.drawn(self.config.critic_steps)
        return out | self._maker_step(real, noise)

    def drawn(self, turn: int) -> tuple[Motions, Noise]:
        config = self.config
        rng = np.random.default_rng([config.seed, self.step, turn])
        frames = (config.model.min_frames, config.model.max_frames)
        batch = draw(self.takes, rng, config.batch, config.speed, frames).to(self.device)
        real = motions(self.model, batch)
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        many, patches = len(real.size), config.model.patches
        whole = torch.randn(many, config.model.whole, generator=generator)
        local = torch.randn(many, patches, config.model.local, generator=generator)
        return real, (whole.to(self.device), local.to(self.device))

    def _critic_step(self, real: Motions, noise: Noise, turn: int) -> dict[str, float]:
        with torch.no_grad():
            vector, size = self.model(*real.condition, *noise)
        both = [torch.cat(pair) for pair in ((real.vector, vector), (real.size, size))]
        twice = [torch.cat([c, c]) for c in real.condition]
        true, false = self.critic(self.model, *both, *twice).chunk(2)
        gap = true.mean() - false.mean()
        # The scores would drift together; only their difference means anything.
        loss = -gap + 1e-3 * true.square().mean()
        every = self.config.penalty_every
        if (self.step * self.config.critic_steps + turn) % every == 0:
            loss = loss + every * self.config.penalty * self.penalty(real, vector, size)
        self.judge.zero_grad(set_to_none=True)
        loss.backward()
        self.judge.step()
        return {"gap": float(gap.detach())}

    def penalty(self, real: Motions, vector: Tensor, size: Tensor) -> Tensor:
        """Average (|gradient| - 1)^2 of the critic between real and generated (eq. 2, 3).

        The generated tangent vectors are (B, S, K) and their sizes (B,).
        """
        generator = torch.Generator().manual_seed(self.config.seed + self.step)
        share = torch.rand(len(size), generator=generator).to(size)
        q = torch.lerp(real.vector, vector, share[:, None, None]).requires_grad_()
        log = torch.lerp(real.size, size, share).requires_grad_()
        score = self.critic(self.model, q, log, *real.condition)
        by_q, by_log = torch.autograd.grad(score.sum(), [q, log], create_graph=True)
        norm = (by_q.square().sum((1, 2)) + by_log.square() + 1e-12).sqrt()
        return (norm - 1).square().mean()

    def _maker_step(self, real: Motions, noise: Noise) -> dict[str, float]:
        config = self.config
        given, cost = self.encoded(real, noise) if config.coded else (noise, torch.zeros(()))
        twice = [torch.cat([c, c]) for c in real.condition]
        mixed = [torch.cat(pair) for pair in zip(given, noise, strict=True)]
        vector, size = self.model(*twice, *mixed)
        half = len(real.size)
        score = self.critic(self.model, vector[half:], size[half:], *real.condition).mean()
        missed = self.missed(real, vector[:half], size[:half])
        share = min(max(self.done() / config.warm - 1.0, 0.0), 1.0) if config.warm else 1.0
        loss = config.reconstruction * (missed + cost)
        loss = loss - share * config.adversarial * score
        self.maker.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.maker.param_groups[0]["params"], 5.0)
        self.maker.step()
        self.average.update_parameters(self.model)
        return {"missed": float(missed.detach()), "code": float(cost.detach())}

    def missed(self, real: Motions, vector: Tensor, size: Tensor) -> Tensor:
        """Tell how far off a reconstruction is, in deviations: tangent vector, curve and length.

        Strong directions of motion count for more, weak ones are hardly seen. The tangent vectors
        are (B, S, K) and their sizes (B,).
        """
        steps = real.frames - 1
        there = marked(steps, vector.shape[1])
        scale = steps[:, None, None].sqrt() / self.model.spread
        curves = [
            curve_of(self.model, *motion, steps)
            for motion in ((vector, size), (real.vector, real.size))
        ]
        off = (vector - real.vector).abs() * scale + 2.0 * (curves[0] - curves[1]).abs()
        weight = self.model.space.std.sqrt()
        off = off * (weight / weight.mean())
        return (off * there).sum() / (there.sum() * off.shape[2]) + 0.1 * F.l1_loss(size, real.size)

    def encoded(self, real: Motions, noise: Noise) -> tuple[Noise, Tensor]:
        """Draw noise from what the encoder finds.

        Beside it the cost of its divergence from N(0, 1) for each number of the motion.
        """
        whole, local, there = self.encoder(self.model, real.vector, real.size, *real.condition)
        cost, out = torch.zeros(()), []
        parts = ((whole, noise[0], 1.0), (local, noise[1], there))
        for weight, (found, fresh, mask) in zip(self.config.code, parts, strict=True):
            mean, log = found.chunk(2, dim=-1)
            log = log.clamp(-8.0, 2.0)
            fresh = fresh[:, : mean.shape[1]] if mean.dim() == 3 else fresh
            out.append(mean + (0.5 * log).exp() * fresh)
            away = 0.5 * (mean.square() + log.exp() - 1 - log) * mask
            cost = cost + weight * away.sum()
        numbers = (real.frames - 1).sum() * real.vector.shape[2]
        return (out[0], self._filled(out[1], noise[1])), cost / numbers

    def _filled(self, local: Tensor, noise: Tensor) -> Tensor:
        return torch.cat([local, noise[:, local.shape[1] :]], dim=1)


def train_motion_gan(
    corpus: Corpus,
    folder: Path,
    out: Path,
    progress: Progress,
    config: MotionGanTraining | None = None,
) -> MotionGan:
    """Train, resuming from `folder`, and write `motion-gan.safetensors` into `out`."""
    config = config or MotionGanTraining()
    progress.report(0.0, "landmark takes")
    trainer = GanTrainer(corpus, folder, config)
    model = trainer.run(progress)
    fit_reach(model, trainer.recorded)
    extra: dict[str, str | float] = {"corpus": corpus.digest(), "steps": float(trainer.step)}
    save_landmark_model(out / "motion-gan.safetensors", "motion-gan", model, extra)
    return model


def save_landmark_model(
    path: Path, kind: str, model: nn.Module, extra: dict[str, str | float]
) -> None:
    """Write the weights in half precision, the buffers in full."""
    half = [name for name, weight in model.named_parameters() if weight.ndim >= 2]
    topology = studio_face().topology
    save_checkpoint(
        path,
        kind,
        model.config,
        model.state_dict(),
        labels=LABELS,
        topology=topology,
        extra=extra,
        half=half,
    )
