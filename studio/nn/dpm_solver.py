"""DPM-Solver++ (Lu et al. 2022, https://arxiv.org/abs/2211.01095) and the noise it starts from.

diffusers has the same solver, and its answers are these bit for bit, but its import takes longer
than drawing a clip.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

Chance = Sequence[torch.Generator]

FIRST_BETA, LAST_BETA = 1e-4, 0.02  # of the linear schedule (Ho et al. 2020, section 4)
LARGEST_BETA = 0.999
LEAST_SIGNAL = 2.0**-24  # stands in for no signal at all, where the ratio to the noise is infinite
_OFFSET = 0.008  # keeps the first betas of the cosine from vanishing


def cumulative_alphas(schedule: str, levels: int, *, zero_snr: bool) -> Tensor:
    """Give the share of signal in the variance at each noise level, (N,) from nearly 1 down.

    Parameters
    ----------
    schedule : str
        linear, or squaredcos_cap_v2 (Nichol and Dhariwal 2021, section 3.2).
    levels : int
        N.
    zero_snr : bool
        Shift and scale the roots so that the last level has no signal (Lin et al. 2024,
        algorithm 1).
    """
    if schedule == "linear":
        betas = torch.linspace(FIRST_BETA, LAST_BETA, levels)
    else:
        kept = [_cosine(number / levels) for number in range(levels + 1)]
        betas = torch.tensor(
            [min(1 - after / before, LARGEST_BETA) for before, after in pairwise(kept)]
        )
    signal = torch.cumprod(1 - betas, dim=0)
    if not zero_snr:
        return signal
    roots = signal.sqrt()
    first, last = roots[0].clone(), roots[-1].clone()
    shifted = ((roots - last) * (first / (first - last))) ** 2
    alphas = torch.cat([shifted[:1], shifted[1:] / shifted[:-1]])
    return torch.cumprod(1 - (1 - alphas), dim=0)  # through the betas, whose rounding counts


def _cosine(time: float) -> float:
    return math.cos((time + _OFFSET) / (1 + _OFFSET) * math.pi / 2) ** 2


class DpmSolver:
    """Multistep DPM-Solver++ of second order (algorithm 2), or its stochastic form.

    With noisy motion x_s = alpha_s x_0 + sigma_s noise, lambda = log(alpha / sigma), a step from s
    to the next level t, h = lambda_t - lambda_s, and predictions m_0 of x_0 at s and m_1 at the
    level before s, r = h_before / h::

        D   = m_0 + (m_0 - m_1) / (2 r)                                       (second order)
        x_t = sigma_t / sigma_s x_s + alpha_t (1 - exp(-h)) D                 (deterministic)
        x_t = sigma_t / sigma_s exp(-h) x_s + alpha_t (1 - exp(-2 h)) D
              + sigma_t sqrt(1 - exp(-2 h)) noise                             (stochastic)

    The first step and the last, to no noise at all, are of first order: D = m_0.

    Parameters
    ----------
    signal : (N,) tensor
        Share of signal of each level the model was trained on; none is zero.
    steps : int
        How many levels are visited, evenly from the last one down.
    prediction : str
        What the model predicts: v_prediction or epsilon.
    stochastic : bool
        Whether steps draw noise.
    lowest : float
        Levels with a lambda below it are left out.

    Attributes
    ----------
    timesteps : (steps,) int64 tensor
        The levels in the order they are visited.
    alphas_cumprod : (N,) tensor
        The signal.
    """

    def __init__(
        self,
        signal: Tensor,
        steps: int,
        prediction: Literal["v_prediction", "epsilon"],
        *,
        stochastic: bool = False,
        lowest: float = -math.inf,
    ) -> None:
        self.alphas_cumprod, self.prediction, self.stochastic = signal, prediction, stochastic
        ratio = torch.log(signal.sqrt()) - torch.log((1 - signal).sqrt())
        usable = int((ratio >= lowest).sum())
        numbers = np.arange(usable, 0, -len(signal) / steps).round().astype(np.int64)
        self.timesteps = torch.from_numpy(numbers[numbers > 0] - 1)
        noise = ((1 - signal) / signal) ** 0.5
        self._noise = torch.cat([noise[self.timesteps], torch.zeros(1)])  # sigma / alpha
        self._at = 0
        self._before: Tensor | None = None  # m_1

    def step(self, prediction: Tensor, _t: int, x: Tensor, generators: Chance) -> Tensor:
        """Go from x (B, ...) to the next level, with the model's prediction (B, ...).

        The levels are taken in order. A generator a row draws the noise, if any.
        """
        alpha_s, sigma_s, lambda_s = self._level(self._at)
        alpha_t, sigma_t, lambda_t = self._level(self._at + 1)
        if self.prediction == "epsilon":
            clean = (x - sigma_s * prediction) / alpha_s
        else:
            clean = alpha_s * x - sigma_s * prediction
        h = lambda_t - lambda_s
        kept, gain = sigma_t / sigma_s, alpha_t * (1 - torch.exp(-h))
        if self.stochastic:
            kept, gain = kept * torch.exp(-h), alpha_t * (1 - torch.exp(-2 * h))
        after = kept * x + gain * clean
        if self._before is not None and self._at < len(self.timesteps) - 1:
            h_before = lambda_s - self._level(self._at - 1)[2]
            after = after + 0.5 * gain * (1 / (h_before / h) * (clean - self._before))
        if self.stochastic:
            drawn = torch.stack([torch.randn(x.shape[1:], generator=each) for each in generators])
            after = after + sigma_t * torch.sqrt(1 - torch.exp(-2 * h)) * drawn.to(x)
        self._before, self._at = clean, self._at + 1
        return after

    def _level(self, at: int) -> tuple[Any, Any, Any]:
        """Give alpha, sigma and lambda of a place among the levels visited, each ()."""
        noise = self._noise[at]
        alpha = 1 / (noise**2 + 1) ** 0.5
        sigma = noise * alpha
        return alpha, sigma, torch.log(alpha) - torch.log(sigma)
