"""A face of about a hundred vertices and untrained models for it: small, but real ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from studio.core import MeshSequence, topology_hash
from studio.core.sequence import Floats, Ints
from studio.engine import Engine
from studio.nn.autoencoder import Autoencoder, AutoencoderConfig
from studio.nn.checkpoint import save_checkpoint
from studio.nn.denoisers import DiffusionConfig, MotionDiffusion
from studio.nn.landmark_lstm import LandmarkLstm, LandmarkLstmConfig
from studio.nn.motion_gan import MotionGan, MotionGanConfig
from studio.nn.recognizer import Recognizer, RecognizerConfig
from studio.nn.sampling import build_hierarchy
from studio.nn.sparse_to_dense import SparseToDense, SparseToDenseConfig

LABELS = ("anger", "happiness", "neutral")
QUARTER = np.array([[0, 0, 1], [0, 1, 0], [-1, 0, 0]], dtype=np.float32)
LATENT = 16
AUTOENCODER = AutoencoderConfig(channels=(4, 4), latent=LATENT, spiral=5, factors=(2, 2))
RECOGNIZER = RecognizerConfig(
    latent_dim=LATENT, motion_dim=8, labels=3, width=16, heads=2, window=8
)
LEARNED = (0.3, 1.0)  # intensities, so that some can be asked for beyond them
DIFFUSION = DiffusionConfig(
    latent_dim=LATENT,
    motion_dim=8,
    labels=3,
    width=16,
    heads=2,
    layers=2,
    steps=6,
    max_frames=80,
    intensities=LEARNED,
)
UNET = DiffusionConfig(
    denoiser="unet2d",
    latent_dim=LATENT,
    motion_dim=LATENT,
    labels=3,
    channels=(8, 8),
    prediction="epsilon",
    schedule="linear",
    zero_snr=False,
    steps=4,
)
MOTION_GAN = MotionGanConfig(
    components=8,
    labels=3,
    width=16,
    layers=2,
    whole=4,
    local=2,
    grid=20,
    max_frames=80,
    intensities=LEARNED,
)
LANDMARK_LSTM = LandmarkLstmConfig(components=8, labels=3, width=16, layers=2, max_frames=80)
SURFACE = SparseToDenseConfig(channels=(4, 4, 4), factors=(2, 2), spiral=5, modes=0)


@dataclass(frozen=True, eq=False)
class Face:
    """What the engine asks of a template."""

    vertices: Floats
    faces: Ints
    topology: str
    regions: Mapping[str, NDArray[np.bool_]]
    landmarks: Ints


def make_face() -> Face:
    """A bumpy open dome in mm, its upper part rigid."""
    rings, around = 8, 12
    height, turn = np.meshgrid(
        np.linspace(0.15, 1.5, rings), np.arange(around) * 2 * np.pi / around
    )
    height, turn = height.T.ravel(), turn.T.ravel()
    radius = 80.0 * (1 + 0.1 * np.sin(3 * turn) * np.sin(2 * height))
    points = np.stack(
        [np.sin(height) * np.sin(turn), np.cos(height), np.sin(height) * np.cos(turn)], axis=1
    )
    points = (points * radius[:, None]).astype(np.float32)
    here = np.arange((rings - 1) * around)
    right = here // around * around + (here + 1) % around
    lower = np.stack([here, here + around, right], axis=1)
    upper = np.stack([right, here + around, right + around], axis=1)
    faces = np.concatenate([lower, upper]).astype(np.int32)
    rigid = points[:, 1] > 40.0
    landmarks = np.arange(len(points) - 68, len(points), dtype=np.int32)
    return Face(points, faces, topology_hash(faces, len(points)), {"rigid": rigid}, landmarks)


FACE = make_face()


def write_set(folder: Path, face: Face = FACE, *, paper: bool = True) -> Path:
    """A complete model set of untrained models, the same at every call.

    Without the paper's denoiser, who opens it does not wait for the import of diffusers.
    """
    torch.manual_seed(0)
    latent = _autoencoder(face)
    save = {"labels": LABELS, "topology": face.topology}
    save_checkpoint(
        folder / "autoencoder.safetensors",
        "autoencoder",
        AUTOENCODER,
        latent.state_dict(),
        topology=face.topology,
    )
    recognizer = Recognizer(RECOGNIZER)
    recognizer.rest.weight.copy_(0.3 * torch.eye(LATENT))
    save_checkpoint(
        folder / "recognizer.safetensors", "recognizer", RECOGNIZER, recognizer.state_dict(), **save
    )
    both = {"diffusion": DIFFUSION, "diffusion-unet2d": UNET}
    for name, config in list(both.items())[: 1 + paper]:
        model = _diffusion(config)
        save_checkpoint(
            folder / f"{name}.safetensors", "diffusion", config, model.state_dict(), **save
        )
    return folder


def write_landmarks(folder: Path, face: Face = FACE) -> Path:
    """Untrained models of landmark motion, the same at every call."""
    torch.manual_seed(1)
    gan, lstm = MotionGan(MOTION_GAN), LandmarkLstm(LANDMARK_LSTM)
    tables = build_hierarchy(face.vertices, face.faces, SURFACE.factors, SURFACE.lengths)
    surface = SparseToDense(SURFACE, tables)
    surface.reach.fill_(5.0)
    lstm.space.std.fill_(8.0)
    with torch.no_grad():
        gan.out.weight.normal_(std=0.5)
        for name, parameter in lstm.named_parameters():
            if name.endswith(("label.weight", "out.weight")):
                parameter.normal_(std=2.0)
    for name, model in (("motion-gan", gan), ("landmark-lstm", lstm), ("sparse-to-dense", surface)):
        save_checkpoint(
            folder / f"{name}.safetensors",
            name,
            model.config,
            model.state_dict(),
            labels=LABELS if hasattr(model.config, "labels") else (),
            topology=face.topology,
        )
    return folder


def _autoencoder(face: Face) -> Autoencoder:
    hierarchy = build_hierarchy(face.vertices, face.faces, AUTOENCODER.factors, AUTOENCODER.lengths)
    model = Autoencoder(AUTOENCODER, hierarchy, face.vertices, 5.0)
    rows = np.linalg.qr(np.random.default_rng(0).normal(size=(face.vertices.size, LATENT)))[0].T
    model.init_linear(rows, deviations=np.full(LATENT, 20.0))
    return model


def _diffusion(config: DiffusionConfig) -> MotionDiffusion:
    """An untrained model whose output is not the zero that training starts from."""
    model = MotionDiffusion(config)
    with torch.no_grad():
        for parameter in model.parameters():
            if not parameter.any():
                parameter.normal_(std=0.05)
    return model


def open_tiny(folder: Path) -> Engine:
    return Engine.open(write_set(folder), "cpu", template=FACE)


def moving_face(frames: int, seed: int = 0, fps: float = 30.0) -> MeshSequence:
    """A clip in which the lower part moves smoothly and the head turns."""
    rng = np.random.default_rng(seed)
    time = np.linspace(0, 3, frames)[:, None, None]
    way = rng.normal(size=(1, *FACE.vertices.shape)) * ~FACE.regions["rigid"][None, :, None]
    vertices = FACE.vertices + 4.0 * np.sin(time + rng.random()) * way
    angle = 0.3 * np.sin(time[:, 0, 0] * 2)
    turn = np.zeros((frames, 3, 3))
    turn[:, 0, 0], turn[:, 0, 2] = np.cos(angle), np.sin(angle)
    turn[:, 2, 0], turn[:, 2, 2] = -np.sin(angle), np.cos(angle)
    turn[:, 1, 1] = 1
    moved = vertices @ turn.transpose(0, 2, 1) + np.array([10.0, -5.0, 3.0])
    return MeshSequence(moved.astype(np.float32), FACE.faces, fps, "take")


def foreign_mesh() -> tuple[MeshSequence, Ints]:
    """The face in meters and turned, its vertices and triangles in another order; its landmarks."""
    order = np.random.default_rng(5).permutation(len(FACE.vertices))
    place = np.argsort(order).astype(np.int32)
    points = 0.001 * FACE.vertices[order] @ QUARTER.T + np.float32([1, 2, 3])
    mesh = MeshSequence(points[None], place[FACE.faces][::-1], name="foreign")
    return mesh, place[FACE.landmarks]


def still(sequence: MeshSequence, fps: float) -> MeshSequence:
    """The same frames said to be of another rate."""
    return replace(sequence, fps=fps)
