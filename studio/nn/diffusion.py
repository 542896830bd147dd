"""The noise process: the training loss, and sampling.

DDIM and DDPM are diffusers', which takes seconds to import; who asks for neither does not wait.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Protocol, cast

import torch
from torch import Tensor, nn

from studio.core import InputError, Progress

from .denoisers import DiffusionConfig, MotionDiffusion
from .dpm_solver import LEAST_SIGNAL, Chance, DpmSolver, cumulative_alphas

SAMPLERS = ("dpm", "sde", "ddim", "ddpm")
Steer = Callable[[Tensor], Tensor]
ESTIMATES = 5  # at most as many looks at what a clip will be


@lru_cache(maxsize=16)
def signal_levels(config: DiffusionConfig) -> Tensor:
    """Give the cumulative alphas (N,) of the N noise steps: the share of signal in the variance."""
    return cumulative_alphas(config.schedule, config.train_steps, zero_snr=config.zero_snr)


class Scheduler(Protocol):
    """A way through the noise levels.

    Attributes
    ----------
    timesteps
        (steps,) in the order they are taken.
    alphas_cumprod
        (train_steps,).
    """

    timesteps: Tensor
    alphas_cumprod: Tensor

    def step(self, prediction: Tensor, t: int, x: Tensor, generators: Chance, /) -> Tensor:
        """Take a step from x (B, T, K) at level t, with the prediction (B, T, K).

        What it draws for a row comes from the row's generator.
        """
        ...


def make_scheduler(config: DiffusionConfig, sampler: str, steps: int) -> Scheduler:
    """Set up a scheduler for a number of steps.

    All start at the last level, where a zero terminal SNR model was trained to start from pure
    noise (Lin et al. 2024, section 3.3).

    Raises
    ------
    InputError
        For an unknown sampler or a number of steps it cannot take.
    """
    if sampler not in SAMPLERS:
        raise InputError.of("sampler", f"one of {', '.join(SAMPLERS)}", sampler)
    if not 1 <= steps <= config.train_steps:
        raise InputError.of("steps", f"1 to {config.train_steps}", str(steps))
    if sampler in ("ddim", "ddpm"):
        return _Borrowed(config, sampler, steps)
    signal = signal_levels(config)
    return DpmSolver(
        signal.masked_fill(signal == 0, LEAST_SIGNAL),
        steps,
        config.prediction,
        stochastic=sampler == "sde",
        lowest=_lowest_log_snr(config),
    )


def _lowest_log_snr(config: DiffusionConfig) -> float:
    """Noise prediction cannot be solved from the cosine schedule's last, all but empty steps."""
    cosine = config.schedule == "squaredcos_cap_v2"
    return -5.1 if cosine and config.prediction == "epsilon" else -math.inf


class _Borrowed:
    """A scheduler of diffusers, DDIM or DDPM; see `Scheduler`."""

    def __init__(self, config: DiffusionConfig, sampler: str, steps: int) -> None:
        from diffusers import DDIMScheduler, DDPMScheduler

        self._scheduler: Any = (DDIMScheduler if sampler == "ddim" else DDPMScheduler)(
            num_train_timesteps=config.train_steps,
            beta_schedule=config.schedule,
            prediction_type=config.prediction,
            rescale_betas_zero_snr=config.zero_snr,
            timestep_spacing="trailing",
            clip_sample=False,
        )
        self._scheduler.set_timesteps(steps)
        numbers: Tensor = self._scheduler.timesteps
        self.timesteps = numbers[numbers >= 0]  # what rounds to one more step is no level
        self.alphas_cumprod: Tensor = self._scheduler.alphas_cumprod

    def step(self, prediction: Tensor, t: int, x: Tensor, generators: Chance) -> Tensor:
        drawn = list(generators)
        after = self._scheduler.step(prediction, t, x, generator=drawn, return_dict=False)
        return cast("Tensor", after[0])


def diffusion_loss(
    model: nn.Module,
    config: DiffusionConfig,
    x: Tensor,
    z_in: Tensor,
    label: Tensor,
    intensity: Tensor,
    mask: Tensor,
    generator: torch.Generator,
) -> Tensor:
    """Average the weighted squared error of the prediction at random noise levels.

    The weight is min(SNR, gamma) over SNR + 1 for velocity and over SNR for noise (Hang et al.
    2023, section 3.4); gamma 0 is the paper's loss.

    Parameters
    ----------
    model
        A `MotionDiffusion`, or what a trainer wrapped it in.
    config
        Its config.
    x
        Clean motion (B, T, K) from `model.space.to_motion`; other shapes as in the model.
    generator
        On the CPU; draws steps, noise and the labels left out.
    """
    t = torch.randint(config.train_steps, (len(x),), generator=generator).to(x.device)
    noise = torch.randn(x.shape, generator=generator).to(x)
    kept = torch.rand(len(x), generator=generator).to(x.device) >= config.label_dropout
    signal = signal_levels(config).to(x.device)[t][:, None, None]
    alpha, sigma = signal.sqrt(), (1 - signal).sqrt()
    noisy = alpha * x + sigma * noise
    target = alpha * noise - sigma * x if config.prediction == "v_prediction" else noise
    shown = torch.where(kept, label, torch.full_like(label, config.labels))
    error = (model(noisy, t, z_in, shown, intensity, mask) - target).square().mean(-1)  # (B, T)
    per_clip = (error * mask).sum(1) / mask.sum(1).clamp_min(1)
    loss: Tensor = (_loss_weight(config, signal[:, 0, 0]) * per_clip).mean()
    return loss


def _loss_weight(config: DiffusionConfig, signal: Tensor) -> Tensor:
    if not config.min_snr:
        return torch.ones_like(signal)
    snr = signal / (1 - signal).clamp_min(1e-8)
    base = snr + 1 if config.prediction == "v_prediction" else snr
    return snr.clamp_max(config.min_snr) / base


def seeded_noise(
    seeds: Sequence[int], frames: int, dims: int
) -> tuple[list[torch.Generator], Tensor]:
    """Make a CPU generator a seed and the initial noise (B, T, K) they draw.

    A row depends on its own seed alone, and on no device.
    """
    generators = [torch.Generator().manual_seed(int(seed)) for seed in seeds]
    noise = [torch.randn(frames, dims, generator=generator) for generator in generators]
    return generators, torch.stack(noise)


@torch.inference_mode()
def sample(
    model: MotionDiffusion,
    label: int,
    z_in: Tensor,
    frames: int,
    seeds: Sequence[int],
    *,
    intensity: float = 1.0,
    sampler: str | None = None,
    steps: int | None = None,
    guidance: float | None = None,
    steer: Steer | None = None,
    on_estimate: Callable[[Tensor], object] | None = None,
    progress: Progress | None = None,
) -> Tensor:
    """Sample latents (B, T, D) of new clips, one a seed; the first frame is z_in itself.

    Parameters
    ----------
    label
        Index in 0..L.
    z_in
        (D,).
    sampler, steps, guidance
        None takes the model's own.
    steer
        Changes the clean motion (B, T, K) that each step expects, the first frame included.
    on_estimate
        Told, at most `ESTIMATES` times, the latents (B, T, D) that the model expects by then;
        listening changes nothing in the answer.

    Raises
    ------
    Cancelled
        Between steps, where a stop was asked for.
    InputError
        For an unknown sampler.
    """
    config = model.config
    count = config.steps if steps is None else steps
    scheduler = make_scheduler(config, sampler or config.sampler, count)
    strength = config.guidance if guidance is None else guidance
    generators, noise = seeded_noise(seeds, frames, config.motion_dim)
    x = noise.to(z_in)
    still = model.space.still()
    rows = z_in.expand(len(x), -1)
    looks = _looks(count) if on_estimate is not None else frozenset()
    timesteps = list(enumerate(scheduler.timesteps.tolist()))
    for number, t in (progress or Progress()).each(timesteps, "sampling"):
        prediction = guided(model, x, t, rows, label, intensity, strength)
        signal = float(scheduler.alphas_cumprod[t])
        if steer is None:
            prediction[:, 0] = pinned(config, x[:, 0], still, signal)
        else:
            clean = expected(config, x, prediction, signal)
            prediction = pinned(config, x, steer(clean), signal)
        if on_estimate is not None and number in looks:
            on_estimate(_latents(model, expected(config, x, prediction, signal), rows, label))
        x = scheduler.step(prediction, t, x, generators)
    return _latents(model, x, rows, label)


def _looks(steps: int) -> frozenset[int]:
    """Choose the steps after which to look, spread evenly; never the last, which is the answer."""
    apart = max(-(-steps // (ESTIMATES + 1)), 1)
    return frozenset(range(apart - 1, steps - 1, apart))


def _latents(model: MotionDiffusion, x: Tensor, rows: Tensor, label: int) -> Tensor:
    """Latents (B, T, D) of motion (B, T, K) of a label that starts at rows (B, D)."""
    latents = smoothed(model.space.to_latent(x, rows), model.config.smoothing)
    latents = torch.lerp(rows[:, None], latents, model.reach[label])
    latents[:, 0] = rows
    return latents


def expected(config: DiffusionConfig, noisy: Tensor, prediction: Tensor, signal: float) -> Tensor:
    """Find the clean motion (B, T, K) that a prediction for noisy motion amounts to.

    The inverse of `pinned`; noisy and prediction are (B, T, K), signal the share 0..1.
    """
    alpha, sigma = math.sqrt(signal), math.sqrt(max(1 - signal, 0.0))
    if config.prediction == "v_prediction":
        return alpha * noisy - sigma * prediction
    return (noisy - sigma * prediction) / max(alpha, 1e-3)


def smoothed(z: Tensor, share: float) -> Tensor:
    """Mix each frame of (B, T, D) with its neighbors; the ends count as their own."""
    if share == 0.0:
        return z
    around = torch.cat([z[:, :1], z, z[:, -1:]], dim=1)
    return share * (around[:, :-2] + around[:, 2:]) + (1 - 2 * share) * z


def pinned(config: DiffusionConfig, noisy: Tensor, clean: Tensor, signal: float) -> Tensor:
    """Make the prediction that says: these noisy frames (B, ..., K) are `clean` (..., K).

    It steers the first frame to z_in, or whatever is known, along the same path as the others, so
    that they join it smoothly.
    """
    alpha, sigma = math.sqrt(signal), math.sqrt(max(1 - signal, 1e-12))
    if config.prediction == "v_prediction":
        return (alpha * noisy - clean) / sigma
    return (noisy - alpha * clean) / sigma


def guided(
    model: MotionDiffusion,
    x: Tensor,
    t: int,
    z_in: Tensor,
    label: int,
    intensity: float,
    strength: float,
) -> Tensor:
    """Guide without a classifier, in one batched forward (Ho and Salimans 2022).

    The answer is rescaled to the spread of the conditioned prediction (Lin et al. 2024,
    section 3.4).

    Parameters
    ----------
    x : (B, T, K) noisy motion at step t
    z_in : (B, D) latents of the first frame
    strength : 1 is the plain conditioned prediction

    Returns
    -------
    (B, T, K)
    """
    none = model.config.labels
    labels = [label] if strength == 1.0 else [label, none]
    copies, batch = len(labels), len(x)
    both: Tensor = model(
        x.repeat(copies, 1, 1),
        torch.full((copies * batch,), t, device=x.device),
        z_in.repeat(copies, 1),
        torch.tensor(labels, device=x.device).repeat_interleave(batch),
        torch.full((copies * batch,), intensity, device=x.device),
    )
    if copies == 1:
        return both
    with_label, without = both.chunk(2)
    out = without + strength * (with_label - without)
    spread = with_label.std((1, 2), keepdim=True) / out.std((1, 2), keepdim=True).clamp_min(1e-8)
    share = model.config.guidance_rescale
    return out * (share * spread + (1 - share))
