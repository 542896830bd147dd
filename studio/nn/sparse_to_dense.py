"""Landmark displacements to dense ones (S2D-Dec: paper 003, section 3.2), in mm.

As published: one fully connected layer to the coarsest mesh, then five spiral convolutions, four of
them after an up-sampling by four; `published` is that network. Here proportions and a linear path
stand beside it; both lower the error on unseen people (`studio evaluate dense` has the figures),
and on a linear rig little is left for the convolutions:

proportions : displacements are divided by how wide, tall and deep the face is, read off its neutral
    landmarks as weighted spreads, and the dense result is multiplied by it again. What a wide face
    does is then what a narrow one does, wider. Left out where the training data say otherwise.
linear path : landmarks to coordinates on a few orthonormal directions, those to modes of dense
    displacement; a least-squares fit to the training data. What the landmarks show outside these
    directions measures, frame by frame, how far they are from anything seen in training. Each
    coordinate is shrunk by that error over its variance (a Wiener filter): exact landmarks give the
    exact surface, while noisy, generated or dragged ones cannot blow up a weak direction.
spiral path : sees those coordinates and learns the rest in units of the same error. A network fresh
    from `init_linear` is the linear path alone, and no displacement gives exactly none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from studio.core.errors import InputError

from .autoencoder import Form, Tables
from .checkpoint import rebuilt
from .config import SizeOrNone
from .sampling import Entries, Hierarchy
from .spiral import UpStep

Array = NDArray[np.floating]
LEAST_ERROR = 1e-5  # mm; keeps ratio and logarithm of nothing from arising
LOG_UNIT = 5.0  # brings the logarithm of the error to about one


@dataclass(frozen=True)
class SparseToDenseConfig:
    """Sizes of the network.

    Attributes
    ----------
    landmarks
        M.
    channels
        Features at the coarsest mesh, then after each convolution but the last.
    factors
        How many times more vertices each up-sampling brings, finest first.
    spiral
        S, vertices per spiral, at each level.
    modes
        Directions of the linear path, at most 3 * M; 0: no linear path.
    identity_aware
        Whether the neutral landmarks are looked at.
    proportional
        Whether displacements are also divided by the proportions they tell.
    """

    landmarks: int = 68
    channels: tuple[int, ...] = (64, 64, 32, 32, 16)
    factors: tuple[int, ...] = (4, 4, 4, 4)
    spiral: int = 9
    modes: SizeOrNone = 64
    identity_aware: bool = True
    proportional: bool = True

    @classmethod
    def published(cls) -> SparseToDenseConfig:
        """Give the network of the paper: no linear path, blind to identity."""
        return cls(68, (128, 64, 32, 32, 16), modes=0, identity_aware=False, proportional=False)

    @property
    def lengths(self) -> tuple[int, ...]:
        """Spiral length at each level, as `build_hierarchy` takes it."""
        return (self.spiral,) * len(self.factors)


class LinearFit(NamedTuple):
    """What the linear path and the standardization are filled with.

    Attributes
    ----------
    share
        (3, M), how much each landmark counts for the spread along x, y, z; rows of sum one.
    spread
        (3,) mm, the spreads of the average training face.
    into
        (K, 3 * M) orthonormal rows.
    variance
        (K,) mm^2 of the coordinates on them.
    modes
        (K, 3 * V), dense displacement in mm for each mm of a coordinate.
    neutral
        (M, 3) mm, mean neutral landmarks.
    deviation
        In mm, of people around them.
    reach
        In mm, the root mean square of the landmarks' displacements.
    """

    share: Array
    spread: Array
    into: Array
    variance: Array
    modes: Array
    neutral: Array
    deviation: float
    reach: float


class SparseToDense(nn.Module):
    """Landmark displacements (B, M, 3) and neutral landmarks (B, M, 3) in mm -> (B, V, 3) mm.

    Parameters
    ----------
    hierarchy
        Tables of the triangulation, with `config.factors` and `config.lengths`.
    form
        "fast" or "plain", the same function of the same weights; may be set at any time.
    """

    share: Tensor
    spread: Tensor
    into: Tensor
    variance: Tensor
    modes: Tensor
    neutral: Tensor
    deviation: Tensor
    reach: Tensor

    def __init__(
        self, config: SparseToDenseConfig, hierarchy: Hierarchy, *, form: Form = "fast"
    ) -> None:
        super().__init__()
        _check_fit(config, hierarchy)
        self.config, self.form = config, form
        self.tables = Tables(hierarchy)
        numbers, count = 3 * config.landmarks, hierarchy.sizes[0]
        self.register_buffer("share", torch.full((3, config.landmarks), 1.0 / config.landmarks))
        self.register_buffer("spread", torch.ones(3))
        self.register_buffer("into", torch.zeros(config.modes, numbers))
        self.register_buffer("variance", torch.zeros(config.modes))
        self.register_buffer("modes", torch.zeros(config.modes, 3 * count))
        self.register_buffer("neutral", torch.zeros(config.landmarks, 3))
        self.register_buffer("deviation", torch.tensor(1.0))
        self.register_buffer("reach", torch.tensor(1.0))
        self.coarse = (hierarchy.sizes[-1], config.channels[0])
        seen = (config.modes + 1 if config.modes else numbers) + numbers * config.identity_aware
        self.to_coarse = nn.Linear(seen, self.coarse[0] * self.coarse[1])
        self.up = nn.Sequential(*_up_steps(config, hierarchy))

    @classmethod
    def from_state(
        cls, config: SparseToDenseConfig, state: Mapping[str, Tensor], *, form: Form = "fast"
    ) -> SparseToDense:
        """Rebuild from a config and a state dict alone, in evaluation mode.

        Raises CheckpointError if tensors are missing, left over or of another shape.
        """
        return rebuilt(lambda: cls(config, Tables.hierarchy_in(state), form=form), state, "decoder")

    @property
    def half_precision(self) -> tuple[str, ...]:
        """Tensors a checkpoint may hold as float16."""
        return ("to_coarse.weight",)

    @property
    def packed(self) -> tuple[str, ...]:
        """Matrices a checkpoint may pack; the linear path rests on them, half is too coarse."""
        return ("modes",) if self.config.modes else ()

    def init_linear(self, fit: LinearFit) -> None:
        """Fill the standardization and the linear path; with that, silence the spiral one.

        Directions that are missing stay zero.

        Raises
        ------
        InputError
            If the fit has more directions than the config, or belongs to other landmarks or
            vertices.
        """
        rows = len(fit.into)
        if rows > self.config.modes or np.shape(fit.modes)[1:] != self.modes.shape[1:]:
            wanted = f"at most {self.config.modes} modes of {self.modes.shape[1]} numbers"
            raise InputError.of("linear path", wanted, str(np.shape(fit.modes)))
        if np.shape(fit.neutral) != self.neutral.shape:
            wanted = f"{self.config.landmarks} landmarks"
            raise InputError.of("linear path", wanted, str(np.shape(fit.neutral)))
        with torch.no_grad():
            for name in ("into", "variance", "modes"):
                own = cast(Tensor, getattr(self, name)).zero_()
                own[:rows] = _like(getattr(fit, name), own)
            for name in ("share", "spread", "neutral", "deviation", "reach"):
                own = getattr(self, name)
                own.copy_(_like(getattr(fit, name), own))
            if self.config.modes:
                last = cast(UpStep, self.up[-1]).conv.linear
                last.weight.zero_()
                last.bias.zero_()

    def forward(self, displacements: Tensor, neutral_landmarks: Tensor) -> Tensor:
        """Turn (B, M, 3) mm and (B, M, 3) mm into dense displacements (B, V, 3) mm."""
        size = self.proportions(neutral_landmarks)[:, None]  # (B, 1, 3)
        moved = (displacements / size).flatten(1)  # (B, 3*M)
        shape = ((neutral_landmarks - self.neutral) / self.deviation).flatten(1)
        if not self.config.modes:
            return self._rest(moved / self.reach, shape) * self.reach * size
        linear, weight, error = self._linear(moved)
        level = error.clamp_min(LEAST_ERROR).log() / LOG_UNIT
        rest = self._rest(torch.cat([weight, level], dim=1), shape)
        return (linear.view_as(rest) + error[:, :, None] * rest) * size

    def proportions(self, neutral_landmarks: Tensor) -> Tensor:
        """Tell how much wider, taller and deeper than average (B, M, 3) mm are: factors (B, 3)."""
        if not self.config.proportional:
            return neutral_landmarks.new_ones(len(neutral_landmarks), 3)
        share = self.share.T  # (M, 3)
        centered = neutral_landmarks - (share * neutral_landmarks).sum(1, keepdim=True)
        return (share * centered**2).sum(1).sqrt() / self.spread

    def _linear(self, moved: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Map displacements over proportions (B, 3 * M) to dense ones.

        Returns
        -------
        dense : (B, 3 * V)
        coordinates : (B, K) in their deviations
        error : (B, 1) of a landmark's coordinate, mm, as far as it shows
        """
        with torch.autocast(moved.device.type, enabled=False):
            along = moved @ self.into.T  # (B, K)
            off = moved - along @ self.into
            free = self.into.shape[1] - (self.variance > 0).sum()
            error = (off.square().sum(1, keepdim=True) / free.clamp_min(1)).sqrt()
            shrunk = along / (self.variance + error.clamp_min(LEAST_ERROR).square())
            linear = (shrunk * self.variance) @ self.modes
            return linear, shrunk * self.variance.sqrt(), error

    def _rest(self, seen: Tensor, shape: Tensor) -> Tensor:
        """Compute what the spiral path makes of a motion and a neutral: (B, V, 3)."""
        if self.config.identity_aware:
            seen = torch.cat([seen, shape], dim=1)
        return self._up(self.to_coarse(seen))

    def _up(self, features: Tensor) -> Tensor:
        """Features (B, Vc * C) of the coarsest mesh -> displacements (B, V, 3)."""
        if self.form == "plain":
            x = features.view(-1, *self.coarse)
            for step in self.up:
                x = cast(UpStep, step).plain(x)
            return x
        x = features.t().contiguous().view(*self.coarse, -1)  # (Vc, C, B)
        out: Tensor = self.up(x)
        return out.permute(2, 0, 1)


def _like(array: Array | float, own: Tensor) -> Tensor:
    return torch.as_tensor(np.asarray(array), dtype=torch.float32).to(own)


def _up_steps(config: SparseToDenseConfig, hierarchy: Hierarchy) -> list[UpStep]:
    """Coarsest first; the last one stays at the finest mesh and gives coordinates."""
    widths, levels = config.channels, range(len(config.factors))
    steps = [
        UpStep(a, b, hierarchy.spirals[level], hierarchy.up_matrix(level))
        for a, b, level in zip(widths[:-1], widths[1:], reversed(levels), strict=True)
    ]
    count = hierarchy.sizes[0]
    each = np.arange(count)
    stay = Entries(each, each, np.ones(count, dtype=np.float32), (count, count))
    return [*steps, UpStep(widths[-1], 3, hierarchy.spirals[0], stay, last=True)]


def _check_fit(config: SparseToDenseConfig, hierarchy: Hierarchy) -> None:
    steps = len(hierarchy.kept)
    if not len(config.channels) - 1 == len(config.factors) == steps:
        wanted = f"one factor for each of {steps} steps, and one width more"
        raise InputError.of("decoder config", wanted, f"{config.channels}, {config.factors}")
    if config.modes > 3 * config.landmarks:
        wanted = f"at most {3 * config.landmarks} modes"
        raise InputError.of("decoder config", wanted, str(config.modes))
