"""Training of the spiral autoencoder (paper 000, section 2.1): L1 on vertices, from PCA up."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from studio.core.progress import Progress
from studio.core.sequence import Floats
from studio.face.known import studio_face
from studio.face.rig import ARKIT
from studio.nn.autoencoder import Autoencoder, AutoencoderConfig
from studio.nn.checkpoint import save_checkpoint
from studio.nn.sampling import build_hierarchy
from studio.nn.spiral import UpStep
from studio.training.datasets.anatomy import Mover, draw_build
from studio.training.datasets.corpus import Corpus

from .loop import LoopConfig, Trainer

POOL = 12_000  # meshes that training draws from
SHARES = (1.0, 0.7, 0.5, 0.3)  # of the spiral branches, that `shrink_branches` tries


@dataclass(frozen=True)
class AutoencoderTraining:
    """Everything that decides the result, in one place.

    Attributes
    ----------
    loop
        The whole network, half of its inputs noisy.
    settle
        Then the decoder alone, on clean ones, so that no latent moves any more.
    """

    model: AutoencoderConfig = field(default_factory=AutoencoderConfig)
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=6000, minutes=5.0, learning_rate=3e-4, weight_decay=0.0
        )
    )
    settle: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=4000, minutes=5.0, learning_rate=1e-4, weight_decay=0.0
        )
    )
    batch: int = 32
    pca_meshes: int = 5000
    share_meshes: int = field(
        default=1024, metadata={"help": "meshes that say how much the spiral branches may add"}
    )
    seed: int = 7
    noise_mm: float = field(default=0.1, metadata={"help": "vertex noise on half of the inputs"})


class MeshSource:
    """Draws training meshes out of a pool.

    Half are of people of the training split at frames of their takes; half, of shape-only people,
    each with a build of its own, at random mixtures of actions.
    """

    def __init__(self, corpus: Corpus, seed: int = 7) -> None:
        self.corpus = corpus
        self._seed = seed

    @cached_property
    def _pool(self) -> Floats:
        rng = np.random.default_rng([self._seed, 20])
        return np.concatenate([*self._of_takes(rng), *self._of_mixtures(rng)])

    def draw(self, rng: np.random.Generator, count: int) -> Floats:
        """Draw meshes (N, V, 3) float32 mm."""
        return self._pool[rng.integers(0, len(self._pool), count)]

    def _of_takes(self, rng: np.random.Generator) -> Iterator[Floats]:
        corpus = self.corpus
        takes = corpus.takes("train")
        each = -(-POOL // 2 // len(takes))
        for take in takes.tolist():
            rows, person = corpus.rows(take), int(corpus.subject[take])
            chosen = rng.integers(rows.start, rows.stop, each) - rows.start
            yield corpus.pose(person, corpus.seen_weights(take)[chosen])

    def _of_mixtures(self, rng: np.random.Generator) -> Iterator[Floats]:
        corpus = self.corpus
        each = -(-POOL // 2 // len(corpus.shape_only))
        for face in corpus.shape_only:
            mover = Mover(face, corpus.rigs, draw_build(rng, len(corpus.rigs)))
            yield mover(_mixtures(rng, each))


def _mixtures(rng: np.random.Generator, count: int) -> Floats:
    on = rng.random((count, len(ARKIT))) < rng.uniform(0.0, 0.3, (count, 1))
    return np.where(on, rng.uniform(0.0, 1.3, on.shape), 0.0).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Principal:
    """Principal components of meshes: mean (V, 3), rows (K, 3V) orthonormal, deviations (K,)."""

    mean: Floats
    components: Floats
    deviations: Floats
    scale: float


def principal_components(meshes: Floats, count: int) -> Principal:
    """Find the PCA of (N, V, 3) through the Gram matrix, which is smaller than the covariance."""
    mean = meshes.mean(axis=0)
    flat = (meshes - mean).reshape(len(meshes), -1)
    scale = float(np.sqrt(np.mean(flat**2)))
    values, vectors = np.linalg.eigh(flat @ flat.T)
    top = np.argsort(values)[::-1][:count]
    rows = vectors[:, top].T @ flat
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return Principal(mean, rows, np.sqrt(values[top] / len(meshes)), scale)


def train_autoencoder(
    corpus: Corpus,
    folder: Path,
    out: Path,
    progress: Progress,
    config: AutoencoderTraining | None = None,
) -> Autoencoder:
    """Train, resuming from `folder`, and write `autoencoder.safetensors` into `out`."""
    config = config or AutoencoderTraining()
    source = MeshSource(corpus)
    progress.report(0.0, "principal components")
    basis = cached_basis(source, folder, config)
    template = studio_face().template
    hierarchy = build_hierarchy(
        template.vertices,
        template.faces,
        factors=config.model.factors,
        lengths=config.model.lengths,
    )
    model = Autoencoder(config.model, hierarchy, basis.mean, basis.scale)
    # One factor for all latents keeps distances between latents proportional to millimeters.
    level = np.full(config.model.latent, basis.deviations[:32].mean())
    model.init_linear(basis.components, deviations=level)
    trainer = Trainer(model, config.loop, folder, "autoencoder")
    probe = torch.from_numpy(_probe(corpus))

    def loss(net: nn.Module, step: int) -> Tensor:
        rng = np.random.default_rng([config.seed, step, trainer.rank])
        clean = torch.from_numpy(source.draw(rng, config.batch)).to(trainer.device)
        noisy = clean.clone()
        half = len(clean) // 2
        noise = rng.standard_normal(clean[:half].shape, dtype=np.float32) * config.noise_mm
        noisy[:half] += torch.from_numpy(noise).to(noisy)
        error: Tensor = (net(noisy) - clean).abs().mean()
        return error

    def report() -> dict[str, float]:
        return {"val_mm": mean_error(trainer.kept(), probe)}

    trained = trainer.run(loss, progress.part(0.0, 0.6), report)
    assert isinstance(trained, Autoencoder)
    trained = settle_decoder(trained, source, folder, progress.part(0.6, 1.0), config)
    shrink_branches(trained, torch.from_numpy(_probe(corpus, config.share_meshes)))
    extra: dict[str, str | float] = {
        "corpus": corpus.digest(),
        "steps": float(trainer.step),
        "val_mm": mean_error(trained, probe),
    }
    save_autoencoder(trained, out, extra)
    return trained


def settle_decoder(
    model: Autoencoder,
    source: MeshSource,
    folder: Path,
    progress: Progress,
    config: AutoencoderTraining,
) -> Autoencoder:
    """Fit the spiral decoder to what the encoder, held fixed, makes of clean meshes.

    Latents stay what they are, so models trained on them stay valid. Training has to be asked of
    the decoder only: the inputs of the other half are noisy, and its best answer to both is not
    its best to clean ones.
    """
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    for part in (model.up, model.from_latent):
        part.requires_grad_(True)
    trainer = Trainer(model, config.settle, folder, "autoencoder-settle")
    probe = torch.from_numpy(_probe(source.corpus))

    def loss(net: nn.Module, step: int) -> Tensor:
        rng = np.random.default_rng([config.seed, 1, step, trainer.rank])
        clean = torch.from_numpy(source.draw(rng, config.batch)).to(trainer.device)
        error: Tensor = (net(clean) - clean).norm(dim=-1).mean()
        return error

    settled = trainer.run(loss, progress, lambda: {"val_mm": mean_error(trainer.kept(), probe)})
    assert isinstance(settled, Autoencoder)
    return settled


@torch.inference_mode()
def shrink_branches(model: Autoencoder, probe: Tensor) -> tuple[float, float]:
    """Scale what the spiral branches add, in encoder and decoder, as suits validation people best.

    Gives the factors, 1 where nothing changed. The branches fit the training people's own shapes a
    little too well; a share of what they add carries over to others.

    Parameters
    ----------
    probe
        Meshes (N, V, 3) mm of people the network was not fitted to.
    """
    branches = (model.to_latent, cast(UpStep, model.up[-1]).conv.linear)
    whole = [[tensor.clone() for tensor in branch.parameters()] for branch in branches]

    def scaled(*factors: float) -> float:
        for branch, kept, factor in zip(branches, whole, factors, strict=True):
            for tensor, old in zip(branch.parameters(), kept, strict=True):
                tensor.copy_(factor * old)
        return mean_error(model, probe)

    best = min(itertools.product(SHARES, SHARES), key=lambda pair: scaled(*pair))
    scaled(*best)
    return best


def save_autoencoder(model: Autoencoder, out: Path, extra: dict[str, str | float]) -> None:
    """Write `autoencoder.safetensors`; what half precision would harm stays whole."""
    save_checkpoint(
        out / "autoencoder.safetensors",
        "autoencoder",
        model.config,
        model.state_dict(),
        topology=studio_face().topology,
        extra=extra,
        half=model.half_precision,
        packed=model.packed,
    )


@torch.inference_mode()
def mean_error(model: nn.Module, meshes: Tensor) -> float:
    """Average the distance in mm of meshes (N, V, 3) from what the autoencoder makes of them."""
    model.eval()
    device = next(model.buffers()).device
    parts = [
        (model(m.to(device)) - m.to(device)).norm(dim=-1).mean(1) for m in torch.split(meshes, 64)
    ]
    return float(torch.cat(parts).mean())


def _probe(corpus: Corpus, count: int = 256) -> Floats:
    """Frames of validation takes, evenly spread."""
    rng = np.random.default_rng(11)
    takes = rng.choice(corpus.takes("val"), count)
    meshes = np.empty((count, *corpus.neutrals.shape[1:]), dtype=np.float32)
    for place in np.argsort(corpus.subject[takes], kind="stable").tolist():
        take = int(takes[place])
        weights = corpus.seen_weights(take)
        frame = int(rng.integers(len(weights)))
        meshes[place] = corpus.pose(int(corpus.subject[take]), weights[frame : frame + 1])[0]
    return meshes


def cached_basis(
    source: MeshSource, folder: Path, config: AutoencoderTraining | None = None
) -> Principal:
    """Find principal components of meshes that training draws, kept in `folder`.

    Kept ones are taken only if they were made with `config`; None takes any of this corpus.
    """
    path, corpus = folder / "pca.npz", source.corpus.digest()
    wanted = config or AutoencoderTraining()
    made = f"{wanted.pca_meshes} meshes, {wanted.model.latent} rows, seed {wanted.seed}"
    if path.is_file():
        with np.load(path) as data:
            same = "made" in data and str(data["corpus"]) == corpus
            if same and (config is None or str(data["made"]) == made):
                rows = data["mean"], data["components"], data["deviations"]
                return Principal(*rows, float(data["scale"]))
    meshes = source.draw(np.random.default_rng([wanted.seed, 0]), wanted.pca_meshes)
    basis = principal_components(meshes, wanted.model.latent)
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(path, corpus=corpus, made=made, **vars(basis))
    return basis
