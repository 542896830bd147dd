"""What S2D-Dec is compared with, fitted on the same frames (paper 003, section 4.2).

PCA-k and DL-3DMM are statistical models of displacements, fitted to the landmarks one face at
a time: the coefficients c that least miss the landmarks, held small by a ridge in units of what
each of them usually is. Neural3DMM is the spiral autoencoder with the landmarks on a latent of 16.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from studio.core.progress import Progress
from studio.core.sequence import Floats, Ints
from studio.face.warp import RbfWarp
from studio.nn.autoencoder import Autoencoder, AutoencoderConfig
from studio.nn.sparse_to_dense import SparseToDense
from studio.training.datasets.dense_faces import DenseFaces, Ids
from studio.training.trainers.loop import LoopConfig, Trainer
from studio.training.trainers.sparse_to_dense import (
    FaceBatches,
    SparseToDenseTraining,
    hierarchy_of,
    importances,
)

Array = NDArray[np.float64]
SHAPES, CODED = 1000, 500  # displacements PCA and the dictionary are made from
RIDGES = tuple(10.0**k for k in range(-8, 3))
LATENT = 16
ROUNDS, ISTA_STEPS, SPARSITY = 12, 20, 0.05


class Predictor(Protocol):
    """Turns moved landmarks of one person into a moved face."""

    @property
    def numbers(self) -> int:
        """How many learned or stored numbers it rests on."""
        ...

    def __call__(self, sparse: Floats, neutral: Floats) -> Floats:
        """(n, M, 3) displacements and one neutral (V, 3), mm -> (n, V, 3) mm."""
        ...


@dataclass(frozen=True, eq=False)
class LinearModel:
    """mean (3V,) + c . atoms (K, 3V), with c from the landmarks.

    Attributes
    ----------
    usual
        (K,) what each coefficient usually is, mm.
    ridge
        In units of mm^2.
    """

    mean: Array
    atoms: Array
    usual: Array
    landmarks: Ints
    ridge: float = 1e-4

    @property
    def numbers(self) -> int:
        return int(self.mean.size + self.atoms.size)

    def with_ridge(self, ridge: float) -> LinearModel:
        return replace(self, ridge=ridge)

    def __call__(self, sparse: Floats, neutral: Floats) -> Floats:
        columns = (self.landmarks[:, None] * 3 + np.arange(3)).ravel()
        shown = self.atoms[:, columns] * self.usual[:, None]
        wanted = sparse.reshape(len(sparse), -1) - self.mean[columns]
        system = shown @ shown.T + self.ridge * np.eye(len(shown))
        found = np.linalg.solve(system, shown @ wanted.T).T * self.usual
        dense = found @ self.atoms + self.mean
        return np.asarray(dense.reshape(len(sparse), -1, 3), dtype=np.float32)


def principal_model(faces: DenseFaces, rank: int, seed: int = 0) -> LinearModel:
    """Fit PCA-k to the displacements of these frames; fewer where they span fewer."""
    rng = np.random.default_rng([seed, 7])
    rows = np.sort(rng.choice(len(faces), min(SHAPES, len(faces)), replace=False))
    shapes = faces.dense(rows).reshape(len(rows), -1).astype(np.float64)
    mean = shapes.mean(axis=0)
    shapes -= mean
    values, vectors = np.linalg.eigh(shapes @ shapes.T)
    real = np.flatnonzero(values > 1e-12 * values[-1])[::-1][:rank]
    atoms = vectors[:, real].T @ shapes
    atoms /= np.linalg.norm(atoms, axis=1, keepdims=True)
    return LinearModel(mean, atoms, np.sqrt(values[real] / len(rows)), faces.landmarks)


def shorter(model: LinearModel, rank: int) -> LinearModel:
    """Keep the first components of a principal model."""
    return replace(model, atoms=model.atoms[:rank], usual=model.usual[:rank])


def dictionary_model(
    faces: DenseFaces, principal: LinearModel, count: int, seed: int = 0
) -> LinearModel:
    """Learn DL-3DMM: atoms of which few make each displacement.

    Sparse coding by iterated soft thresholding and atoms by block descent, in turns. `usual` is the
    root mean square of each code.

    Parameters
    ----------
    principal
        Of the same frames; the learning runs on its coordinates, which keep all distances.
    count
        How many atoms.
    """
    rng = np.random.default_rng([seed, 6])
    rows = rng.choice(len(faces), min(CODED, len(faces)), replace=False)
    shapes = faces.dense(rows).reshape(len(rows), -1) - principal.mean
    points = shapes @ principal.atoms.T  # (N, R)
    atoms = points[rng.choice(len(points), count, replace=len(points) < count)]
    atoms = atoms / np.maximum(np.linalg.norm(atoms, axis=1, keepdims=True), 1e-12)
    penalty = SPARSITY * float(np.sqrt(np.mean(np.sum(points**2, axis=1))))
    codes = np.zeros((len(points), count))
    for _ in range(ROUNDS):
        codes = sparse_codes(points, atoms, codes, penalty)
        atoms = _better_atoms(points, atoms, codes)
    usual = np.sqrt(np.mean(codes**2, axis=0))
    return LinearModel(principal.mean, atoms @ principal.atoms, usual, faces.landmarks)


def sparse_codes(points: Array, atoms: Array, codes: Array, penalty: float) -> Array:
    """Find codes (N, K) near the least of |points - codes . atoms|^2 / 2 + penalty |codes|_1."""
    step = 1.0 / np.linalg.norm(atoms @ atoms.T, 2)
    for _ in range(ISTA_STEPS):
        codes = codes - step * ((codes @ atoms - points) @ atoms.T)
        codes = np.sign(codes) * np.maximum(np.abs(codes) - step * penalty, 0.0)
    return codes


def _better_atoms(points: Array, atoms: Array, codes: Array) -> Array:
    """Each atom in turn moved to its least error, none longer than one (Mairal et al. 2009)."""
    gram, cross = codes.T @ codes, codes.T @ points
    atoms = atoms.copy()
    for k in np.flatnonzero(np.diag(gram) > 1e-12):
        moved = atoms[k] + (cross[k] - gram[k] @ atoms) / gram[k, k]
        atoms[k] = moved / max(float(np.linalg.norm(moved)), 1.0)
    return atoms


def with_best_ridge(
    model: LinearModel, sparse: Floats, dense: Floats, shown: NDArray[np.bool_]
) -> LinearModel:
    """Choose the ridge of least mean error on faces the model was not made from.

    Their landmarks are (N, M, 3) and their vertices (N, V, 3) in mm; those shown are a mask (V,).
    """

    def error(candidate: LinearModel) -> float:
        made = candidate(sparse, dense[0])
        return float(np.linalg.norm((made - dense)[:, shown], axis=-1).mean())

    return min((model.with_ridge(ridge) for ridge in RIDGES), key=error)


class Neural3dmm(nn.Module):
    """The spiral autoencoder that makes an expressive mesh of a neutral one and landmarks.

    The landmarks are put beside its latent: (B, V, 3) and (B, M, 3) mm -> (B, V, 3) mm.
    """

    def __init__(self, faces: DenseFaces, seed: int = 0) -> None:
        super().__init__()
        torch.manual_seed(seed)
        numbers = 3 * len(faces.landmarks)
        config = AutoencoderConfig(latent=LATENT + numbers)
        hierarchy = hierarchy_of(faces, config)
        neutrals = faces.neutrals[np.unique(faces.person)]
        mean = neutrals.mean(axis=0)
        self.net = Autoencoder(config, hierarchy, mean, float((neutrals - mean).std()))
        self.reach = float(np.sqrt(np.mean(faces.sparse(slice(0, None, 97)) ** 2)))

    @property
    def numbers(self) -> int:
        """Learned numbers, without the rows of the latent that the landmarks stand in for."""
        learned = sum(p.numel() for p in self.net.parameters() if p.requires_grad)
        left_out = self.net.config.latent - LATENT
        return learned - left_out * (self.net.to_latent.in_features + 1)

    def forward(self, neutral: Tensor, sparse: Tensor) -> Tensor:
        """Decode landmarks (B, M, 3) of people whose neutral faces are (B, V, 3), in mm."""
        own = self.net.encode(neutral)[:, :LATENT]
        return self.net.decode(torch.cat([own, sparse.flatten(1) / self.reach], dim=1))


def train_neural3dmm(
    faces: DenseFaces, folder: Path, progress: Progress, training: SparseToDenseTraining
) -> Neural3dmm:
    """Train with a weighted L1 on vertices, as the decoder it is compared with."""
    model = Neural3dmm(faces, training.seed)
    trainer = Trainer(model, training.loop, folder, "neural3dmm")
    importance = torch.from_numpy(importances(faces, training)).to(trainer.device)
    count = training.loop.steps * training.batch
    batches = FaceBatches(faces, count, training.seed, trainer.device)

    def loss(net: nn.Module, step: int) -> Tensor:
        rng = np.random.default_rng([training.seed, step])
        neutral, dense = batches.draw(rng, training.batch)
        made = net(neutral, dense[:, batches.landmarks])
        error = (made - neutral - dense).abs().sum(-1)
        return cast(Tensor, (importance * error).mean())

    trained = trainer.run(loss, progress)
    assert isinstance(trained, Neural3dmm)
    return trained


@dataclass(frozen=True, eq=False)
class NeuralPredictor:
    """Neural3DMM as a `Predictor`: what it makes, less the neutral it was given."""

    model: Neural3dmm

    @property
    def numbers(self) -> int:
        return self.model.numbers

    @torch.inference_mode()
    def __call__(self, sparse: Floats, neutral: Floats) -> Floats:
        own = torch.tensor(neutral)[None].expand(len(sparse), -1, -1)
        made: Tensor = self.model(own, torch.tensor(sparse)) - own
        return np.array(made.numpy())


@dataclass(frozen=True, eq=False)
class DecoderPredictor:
    """S2D-Dec as a `Predictor`; `used` counts the numbers of the linear path that are in use."""

    model: SparseToDense
    landmarks: Ints

    @property
    def numbers(self) -> int:
        used = int((self.model.variance > 0).sum())
        linear = used * (self.model.into.shape[1] + self.model.modes.shape[1] + 1)
        return sum(p.numel() for p in self.model.parameters()) + linear

    @torch.inference_mode()
    def __call__(self, sparse: Floats, neutral: Floats) -> Floats:
        marks = torch.tensor(neutral[self.landmarks])[None].expand(len(sparse), -1, -1)
        made: Tensor = self.model(torch.tensor(sparse), marks)
        return np.array(made.numpy())


@dataclass(frozen=True, eq=False)
class RbfPredictor:
    """Radial basis functions about the landmarks of the neutral; nothing is learned.

    Attributes
    ----------
    known
        The maps of the faces met so far.
    """

    faces: Ints
    landmarks: Ints
    numbers: int = 0
    known: dict[bytes, RbfWarp] = field(default_factory=dict, repr=False)

    def __call__(self, sparse: Floats, neutral: Floats) -> Floats:
        return self.warp(neutral).apply(sparse)

    def warp(self, neutral: Floats) -> RbfWarp:
        """Find how a neutral face (V, 3) follows its landmarks, once a face."""
        key = hashlib.sha256(neutral.tobytes()).digest()
        if key not in self.known:
            marks = neutral[self.landmarks]
            self.known[key] = RbfWarp.of(neutral, marks, faces=self.faces)
        return self.known[key]


@dataclass(frozen=True, eq=False)
class MetLandmarks:
    """Another predictor whose landmarks are then met.

    What it misses them by is handed to their neighborhood with radial basis functions.
    """

    inner: Predictor
    rbf: RbfPredictor

    @property
    def numbers(self) -> int:
        return self.inner.numbers

    def __call__(self, sparse: Floats, neutral: Floats) -> Floats:
        dense = self.inner(sparse, neutral)
        missed = sparse - dense[:, self.rbf.landmarks]
        return np.asarray(dense + self.rbf(missed, neutral), dtype=np.float32)


def short(steps: int) -> LoopConfig:
    """Set up the loop of one fold."""
    return LoopConfig(steps=steps, learning_rate=1e-3, weight_decay=0.0, save_every=500)


def spread_rows(faces: DenseFaces, count: int) -> Ids:
    """Choose `count` frames (N,), evenly spread, in the order of the people."""
    order = np.argsort(faces.person, kind="stable")
    taken = np.linspace(0, len(order) - 1, min(count, len(order))).round().astype(np.int64)
    return order[taken]
