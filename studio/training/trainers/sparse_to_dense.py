"""Training of S2D-Dec (paper 003, section 3.2): landmark displacements to dense ones.

The linear path is fitted by least squares first; the network then learns what it leaves over, with
weighted L1 on vertices. Both of the paper's terms compare the same difference (what is added to the
neutral is the displacement), so together they weigh vertex i by beta_1 + beta_2 w_i.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from studio.core.progress import Progress
from studio.core.sequence import Floats, Ints
from studio.face.known import studio_face
from studio.nn.autoencoder import AutoencoderConfig
from studio.nn.checkpoint import save_checkpoint
from studio.nn.sampling import Hierarchy, build_hierarchy
from studio.nn.sparse_to_dense import SparseToDense, SparseToDenseConfig
from studio.nn.spiral import UpStep
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.dense_faces import (
    DenseFaces,
    corpus_faces,
    vertex_weights,
    with_mixtures,
)
from studio.training.datasets.people import SPLITS

from .landmark_fit import fit_linear, fit_size, no_size
from .loop import LoopConfig, Trainer

NAME = "sparse-to-dense"
MIXTURES = 0.5  # random mixtures for each frame of a take
PROBE = 256
KEPT, CHUNK = 12000, 500  # moved frames to learn from, and how many are made at once
SHARES = (1.0, 0.7, 0.4, 0.0)  # of the spiral path, that `shrink_spiral` tries
PROBE_NOISE_MM = 0.1


@dataclass(frozen=True)
class SparseToDenseTraining:
    """Everything that decides the result, in one place.

    Attributes
    ----------
    displacement, surface
        beta_1 and beta_2 of the paper.
    weights
        Family of w, see `dense_faces.vertex_weights`.
    least_noise, most_noise
        In mm, the deviation of what is added to the landmarks the spiral path sees; drawn between
        them for each face, evenly in the logarithm. 0 and 0: exact landmarks.
    """

    model: SparseToDenseConfig = field(default_factory=SparseToDenseConfig)
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=4000, minutes=6.0, learning_rate=1e-3, weight_decay=0.0, save_every=500
        )
    )
    batch: int = 16
    displacement: float = 0.1
    surface: float = 1.0
    weights: str = "one-minus"
    least_noise: float = 0.02
    most_noise: float = 0.5
    seed: int = 7

    @classmethod
    def published(cls, loop: LoopConfig, **changes: Any) -> SparseToDenseTraining:
        """Set up the network of the paper, on exact landmarks."""
        settings = {"least_noise": 0.0, "most_noise": 0.0, **changes}
        return cls(model=SparseToDenseConfig.published(), loop=loop, **settings)


def train_sparse_to_dense(
    corpus: Corpus,
    folder: Path,
    out: Path,
    progress: Progress,
    config: SparseToDenseTraining | None = None,
) -> SparseToDense:
    """Train on the training people, resuming from `folder`.

    Writes `sparse-to-dense.safetensors` into `out`.
    """
    config = config or SparseToDenseTraining()
    train, val = (
        corpus_faces(corpus, np.flatnonzero(corpus.split == SPLITS.index(name)))
        for name in ("train", "val")
    )
    faces = with_mixtures(train, int(MIXTURES * len(train)), config.seed)
    probe = Probe.of(val, PROBE, config.seed)
    model = train_decoder(faces, folder, NAME, progress, config, probe)
    share = shrink_spiral(model, probe)
    figures = probe.figures(model)
    extra: dict[str, str | float] = {"corpus": corpus.digest(), "spiral_share": share, **figures}
    save_decoder(model, out, extra)
    return model


def train_decoder(
    faces: DenseFaces,
    folder: Path,
    name: str,
    progress: Progress,
    config: SparseToDenseTraining,
    probe: Probe | None = None,
    start: SparseToDense | None = None,
) -> SparseToDense:
    """Train a decoder of these frames; `folder` keeps the state of a run that was stopped.

    Parameters
    ----------
    probe : faces to report the error on while it learns
    start : what `fitted_decoder` made of the frames, where that is at hand; it is trained further
    """
    torch.manual_seed(config.seed)
    progress.report(0.0, f"{name}: linear path")
    model = start or fitted_decoder(faces, config)
    trainer = Trainer(model, config.loop, folder, name)
    importance = torch.from_numpy(importances(faces, config)).to(trainer.device)
    batches = FaceBatches(faces, config.loop.steps * config.batch, config.seed, trainer.device)

    def loss(net: nn.Module, step: int) -> Tensor:
        rng = np.random.default_rng([config.seed, step, trainer.rank])
        face, dense = batches.draw(rng, config.batch)
        sparse, neutral = dense[:, batches.landmarks], face[:, batches.landmarks]
        noise = torch.from_numpy(_noise(rng, sparse.shape, config)).to(sparse)
        error = (net(sparse + noise, neutral) - dense).abs().sum(-1)  # (B, V)
        return cast(Tensor, (importance * error).mean())

    report = (lambda: probe.figures(trainer.kept())) if probe else None
    trained = trainer.run(loss, progress.part(0.1, 1.0), report)
    assert isinstance(trained, SparseToDense)
    return trained


def fitted_decoder(faces: DenseFaces, config: SparseToDenseTraining) -> SparseToDense:
    """Make a decoder whose linear path and standardization are those of the frames.

    Its spiral path has learned nothing yet.
    """
    wanted = config.model
    size = no_size(faces)
    if wanted.proportional and wanted.modes:
        size = fit_size(faces, wanted.modes, seed=config.seed)
    model_config = replace(wanted, proportional=size.helps)
    model = SparseToDense(model_config, hierarchy_of(faces, wanted))
    model.init_linear(fit_linear(faces, wanted.modes, size, seed=config.seed))
    return model


@torch.inference_mode()
def shrink_spiral(model: SparseToDense, probe: Probe) -> float:
    """Scale what the spiral path adds as suits other people best; 1 where nothing changed.

    Parameters
    ----------
    probe
        Faces the network was not fitted to.
    """
    last = cast(UpStep, model.up[-1]).conv.linear
    whole = [tensor.clone() for tensor in last.parameters()]

    def scaled(share: float) -> float:
        for tensor, old in zip(last.parameters(), whole, strict=True):
            tensor.copy_(share * old)
        return probe.figures(model)["val_noisy_mm"]

    best = min(SHARES, key=scaled)
    scaled(best)
    return best


def hierarchy_of(faces: DenseFaces, config: SparseToDenseConfig | AutoencoderConfig) -> Hierarchy:
    """Work out the tables of the faces' triangulation, once."""
    return _hierarchy(_Surface(faces.rest, faces.faces), config.factors, config.lengths)


@dataclass(frozen=True, eq=False)
class _Surface:
    """A mesh that is the same as another if its numbers are."""

    vertices: Floats
    faces: Ints

    @cached_property
    def digest(self) -> bytes:
        return hashlib.sha256(self.vertices.tobytes() + self.faces.tobytes()).digest()

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Surface) and self.digest == other.digest


@lru_cache(maxsize=4)
def _hierarchy(surface: _Surface, factors: tuple[int, ...], lengths: tuple[int, ...]) -> Hierarchy:
    return build_hierarchy(surface.vertices, surface.faces, factors, lengths)


def importances(faces: DenseFaces, config: SparseToDenseTraining) -> np.ndarray:
    """Weigh the vertices: beta_1 + beta_2 w, (V,)."""
    weights = vertex_weights(faces, config.weights)
    return np.asarray(config.displacement + config.surface * weights, dtype=np.float32)


class FaceBatches:
    """Frames of faces to learn from, moved once and kept in half precision.

    Attributes
    ----------
    moved
        (N, V, 3) float16 mm, displacements from the neutral.
    """

    def __init__(
        self, faces: DenseFaces, count: int, seed: int, device: torch.device | str = "cpu"
    ) -> None:
        """Draw `count` frames, `KEPT` at most."""
        rng = np.random.default_rng([seed, 6])
        rows = rng.choice(len(faces), min(count, KEPT, len(faces)), replace=False)
        rows = rows[np.argsort(faces.person[rows], kind="stable")]  # one person after the other
        moved = torch.empty(len(rows), *faces.rest.shape, dtype=torch.float16)
        for start in range(0, len(rows), CHUNK):
            dense = faces.dense(rows[start : start + CHUNK])
            moved[start : start + CHUNK] = torch.from_numpy(dense)
        self.moved = moved.to(device)
        self.neutrals = torch.as_tensor(faces.neutrals, device=device)
        self.person, self.landmarks = (
            torch.as_tensor(part, dtype=torch.int64, device=device)
            for part in (faces.person[rows], faces.landmarks)
        )

    def draw(self, rng: np.random.Generator, count: int) -> tuple[Tensor, Tensor]:
        """Draw neutral faces and displacements from them, (B, V, 3) float32 mm each."""
        at = torch.from_numpy(rng.integers(0, len(self.moved), count)).to(self.moved.device)
        return self.neutrals[self.person[at]], self.moved[at].float()


def _noise(
    rng: np.random.Generator, shape: tuple[int, ...], config: SparseToDenseTraining
) -> np.ndarray:
    """(B, M, 3) mm, white, of another strength for each face."""
    if not config.most_noise:
        return np.zeros(shape, dtype=np.float32)
    low, high = np.log([config.least_noise, config.most_noise])
    strength = np.exp(rng.uniform(low, high, (shape[0], 1, 1)))
    return np.asarray(strength * rng.standard_normal(shape), dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Probe:
    """A few faces with exact and with noisy landmarks, to see how training goes."""

    sparse: Tensor
    noise: Tensor
    neutral: Tensor
    dense: Tensor
    shown: Tensor

    @classmethod
    def of(cls, faces: DenseFaces, count: int, seed: int) -> Probe:
        rng = np.random.default_rng([seed, 5])
        rows = rng.choice(len(faces), min(count, len(faces)), replace=False)
        dense = torch.from_numpy(faces.dense(rows))
        sparse = dense[:, faces.landmarks]
        neutral = torch.from_numpy(faces.neutral_landmarks(rows))
        noise = torch.from_numpy(rng.standard_normal(sparse.shape, dtype=np.float32))
        shown = torch.from_numpy(np.flatnonzero(faces.shown))
        return cls(sparse, PROBE_NOISE_MM * noise, neutral, dense, shown)

    @torch.inference_mode()
    def figures(self, model: nn.Module) -> dict[str, float]:
        """Average the error in mm over the vertices that landmarks can show."""
        model.eval()
        device = next(model.buffers()).device
        out = {}
        for key, noise in (("val_mm", torch.zeros_like(self.noise)), ("val_noisy_mm", self.noise)):
            wholes = (self.sparse + noise, self.neutral, self.dense)
            errors = []
            for parts in zip(*(torch.split(whole, 64) for whole in wholes), strict=True):
                sparse, neutral, dense = (part.to(device) for part in parts)
                off = (model(sparse, neutral) - dense)[:, self.shown.to(device)]
                errors.append(off.norm(dim=-1).mean(1))
            out[key] = float(torch.cat(errors).mean())
        return out


def save_decoder(model: SparseToDense, out: Path, extra: dict[str, str | float]) -> None:
    """Write `sparse-to-dense.safetensors`; what half precision would harm stays finer."""
    save_checkpoint(
        out / f"{NAME}.safetensors",
        NAME,
        model.config,
        model.state_dict(),
        topology=studio_face().topology,
        extra=extra,
        half=model.half_precision,
        packed=model.packed,
    )
