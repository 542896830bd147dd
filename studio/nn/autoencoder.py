"""Spiral autoencoder of face meshes (S-AE: paper 000, section 2.1) beside a linear one.

A mesh becomes its displacement from a mean face in units of one scalar deviation. Encoder: three
spiral convolutions with down-sampling, then a fully connected layer to the latent. Decoder: the
mirror. Beside both runs a linear skip through one tied matrix, meant to hold principal components:
the spiral branches then learn what a linear model misses. Starting from `init_linear`, the
untrained network is PCA.

One deviation for all vertices, and not one each: orthonormal components stay orthonormal, so the
tied matrix projects, and an error in these units is an error in mm wherever it occurs. The skip
keeps full precision under autocast, because the accuracy of the result rests on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from studio.core.errors import InputError

from .checkpoint import rebuilt
from .sampling import Hierarchy
from .spiral import DownStep, UpStep

Form = Literal["fast", "plain"]
Array = NDArray[np.floating]


@dataclass(frozen=True)
class AutoencoderConfig:
    """Sizes of the network.

    Attributes
    ----------
    channels
        Features after each down-sampling step; the decoder mirrors them.
    latent
        D, numbers per mesh.
    spiral
        S, vertices per spiral, at each level.
    factors
        How many times fewer vertices each step leaves.
    """

    channels: tuple[int, ...] = (32, 64, 64)
    latent: int = 512
    spiral: int = 9
    factors: tuple[int, ...] = (4, 4, 4)

    @property
    def lengths(self) -> tuple[int, ...]:
        """Spiral length at each level, as `build_hierarchy` takes it."""
        return (self.spiral,) * len(self.factors)


class Tables(nn.Module):
    """The arrays of a hierarchy as buffers, so that a checkpoint rebuilds without a template."""

    def __init__(self, hierarchy: Hierarchy) -> None:
        super().__init__()
        for name, array in hierarchy.arrays().items():
            self.register_buffer(name, torch.tensor(array))

    @staticmethod
    def hierarchy_in(state: Mapping[str, Tensor], prefix: str = "tables.") -> Hierarchy:
        """Read the hierarchy (index tables) from a model's state dict.

        Raises
        ------
        InputError
            If a table is missing.
        """
        own = {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
        return Hierarchy.from_arrays({name: tensor.cpu().numpy() for name, tensor in own.items()})

    def _load_from_state_dict(self, state: dict[str, Any], prefix: str, *rest: Any) -> None:
        """Refuse other tables: the steps were derived from these."""
        errors = rest[-1]
        for name, own in self.named_buffers():
            given = state.get(prefix + name)
            if given is not None and not torch.equal(given.to(own.device, own.dtype), own):
                errors.append(f"{prefix}{name} belongs to another mesh hierarchy")
        super()._load_from_state_dict(state, prefix, *rest)


class Autoencoder(nn.Module):
    """Meshes (B, V, 3) in mm <-> latents (B, D).

    Parameters
    ----------
    hierarchy
        Tables of the triangulation, with `config.factors` and `config.lengths`.
    mean
        (V, 3) mm, what the zero latent of an untrained network decodes to.
    scale
        In mm per unit of displacement, e.g. the root mean square over a corpus.
    form
        "fast" or "plain", the same function of the same weights; may be set at any time.
    """

    mean: Tensor
    scale: Tensor
    spread: Tensor

    def __init__(
        self,
        config: AutoencoderConfig,
        hierarchy: Hierarchy,
        mean: Array,
        scale: float,
        *,
        form: Form = "fast",
        train_skip: bool = False,
    ) -> None:
        super().__init__()
        _check_fit(config, hierarchy, mean)
        self.config, self.form = config, form
        self.tables = Tables(hierarchy)
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float32))
        self.register_buffer("scale", torch.tensor(float(scale)))
        self.register_buffer("spread", torch.ones(config.latent))
        empty = torch.zeros(config.latent, 3 * len(mean))
        self.components = nn.Parameter(empty, requires_grad=train_skip)
        self.down = nn.Sequential(*_down_steps(config, hierarchy))
        self.up = nn.Sequential(*_up_steps(config, hierarchy))
        self.coarse = (hierarchy.sizes[-1], config.channels[-1])
        self.to_latent = nn.Linear(self.coarse[0] * self.coarse[1], config.latent)
        self.from_latent = nn.Linear(config.latent, self.coarse[0] * self.coarse[1])

    @classmethod
    def from_state(
        cls, config: AutoencoderConfig, state: Mapping[str, Tensor], *, form: Form = "fast"
    ) -> Autoencoder:
        """Rebuild from a config and a state dict alone, in evaluation mode.

        Raises CheckpointError if tensors are missing, left over or of another shape.
        """

        def build() -> Autoencoder:
            hierarchy, mean = Tables.hierarchy_in(state), state["mean"].cpu().numpy()
            return cls(config, hierarchy, mean, 1.0, form=form)

        return rebuilt(build, state, "autoencoder")

    @property
    def half_precision(self) -> tuple[str, ...]:
        """Tensors a checkpoint may hold as float16."""
        return "to_latent.weight", "from_latent.weight"

    @property
    def packed(self) -> tuple[str, ...]:
        """Name the matrices that a checkpoint may pack.

        As float16 the components would move a vertex by 2 um, a fifth of the error of the whole.
        """
        return ("components",)

    def init_linear(
        self, components: Array, mean: Array | None = None, deviations: Array | None = None
    ) -> None:
        """Load principal components into the skip and silence the spiral branches.

        Parameters
        ----------
        components
            (K, 3 * V), orthonormal rows, K <= D; rows that are missing stay zero.
        mean
            (V, 3) mm, where it differs from the one given at construction.
        deviations
            (K,) mm, the deviation of each component's coefficient. Where given, the latents come
            out with unit variance; put a floor under it, or noise is blown up.
        """
        rows = torch.as_tensor(np.asarray(components), dtype=torch.float32)
        if rows.ndim != 2 or len(rows) > self.config.latent or rows.shape[1] != self.mean.numel():
            wanted = f"at most {self.config.latent} rows of {self.mean.numel()} numbers"
            raise InputError.of("principal components", wanted, str(tuple(rows.shape)))
        if deviations is not None and np.shape(deviations) != (len(rows),):
            found = str(np.shape(deviations))
            raise InputError.of("deviations", f"one for each of {len(rows)} components", found)
        with torch.no_grad():
            self.components.zero_()[: len(rows)] = rows.to(self.components)
            self.spread.fill_(1.0)
            if deviations is not None:
                spread = torch.as_tensor(np.asarray(deviations), dtype=torch.float32)
                self.spread[: len(rows)] = spread.to(self.spread) / self.scale
            if mean is not None:
                self.mean.copy_(torch.as_tensor(np.asarray(mean)).reshape(self.mean.shape))
            for layer in (self.to_latent, cast(UpStep, self.up[-1]).conv.linear):
                layer.weight.zero_()
                layer.bias.zero_()

    def forward(self, vertices: Tensor) -> Tensor:
        """Encode and decode meshes (B, V, 3) in mm."""
        return self.decode(self.encode(vertices))

    def encode(self, vertices: Tensor) -> Tensor:
        """Encode meshes (B, V, 3) in mm as latents (B, D)."""
        out: Tensor = self.encode_linear(vertices) + self.to_latent(
            self._down(self._units(vertices))
        )
        return out

    def encode_linear(self, vertices: Tensor) -> Tensor:
        """Encode meshes (B, V, 3) in mm as latents (B, D), without what the spiral branch adds."""
        x = self._units(vertices)
        with torch.autocast(x.device.type, enabled=False):
            return F.linear(x.flatten(1), self.components) / self.spread

    def _units(self, vertices: Tensor) -> Tensor:
        return (vertices - self.mean) / self.scale

    def decode(self, latents: Tensor) -> Tensor:
        """Decode latents (B, D) into meshes (B, V, 3) in mm."""
        with torch.autocast(latents.device.type, enabled=False):
            linear = (latents * self.spread) @ self.components
        x = linear.view(-1, *self.mean.shape) + self._up(self.from_latent(latents))
        return torch.addcmul(self.mean, x, self.scale)

    def _down(self, x: Tensor) -> Tensor:
        """Displacements (B, V, 3) -> features (B, Vc * C) of the coarsest mesh."""
        if self.form == "plain":
            return self._plain(self.down, x).flatten(1)
        out: Tensor = self.down(x.permute(1, 2, 0).contiguous())  # (V, 3, B) -> (Vc, C, B)
        return out.flatten(0, 1).t().contiguous()

    def _up(self, features: Tensor) -> Tensor:
        """Features (B, Vc * C) -> displacements (B, V, 3)."""
        if self.form == "plain":
            return self._plain(self.up, features.view(-1, *self.coarse))
        x = features.t().contiguous().view(*self.coarse, -1)  # (Vc, C, B)
        out: Tensor = self.up(x)
        return out.permute(2, 0, 1)

    def _plain(self, steps: nn.Sequential, x: Tensor) -> Tensor:
        for step in steps:
            x = cast(DownStep | UpStep, step).plain(x)
        return x


def _down_steps(config: AutoencoderConfig, hierarchy: Hierarchy) -> list[DownStep]:
    widths = (3, *config.channels)
    return [
        DownStep(widths[i], widths[i + 1], hierarchy.spirals[i], hierarchy.kept[i])
        for i in range(len(config.channels))
    ]


def _up_steps(config: AutoencoderConfig, hierarchy: Hierarchy) -> list[UpStep]:
    widths = (3, *config.channels)
    return [
        UpStep(widths[i + 1], widths[i], hierarchy.spirals[i], hierarchy.up_matrix(i), last=i == 0)
        for i in reversed(range(len(config.channels)))
    ]


def _check_fit(config: AutoencoderConfig, hierarchy: Hierarchy, mean: Array) -> None:
    steps = len(hierarchy.kept)
    if not len(config.channels) == len(config.factors) == steps:
        wanted = f"one width and one factor for each of {steps} steps"
        raise InputError.of("autoencoder config", wanted, f"{config.channels}, {config.factors}")
    if mean.shape != (hierarchy.sizes[0], 3):
        raise InputError.of("mean face", f"shape ({hierarchy.sizes[0]}, 3)", str(mean.shape))
