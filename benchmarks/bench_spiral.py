"""The fast form of the spiral autoencoder beside the plain one, same weights, one run.

The peer is the published form (Gong et al. 2019): gather and one Linear at every vertex, then
resample by scattering sparse entries, on (B, V, C). Both forms share the linear skip, so the ratio
is that of whole passes. Repetitions alternate between the two; figures are medians.

    python benchmarks/bench_spiral.py
"""

from __future__ import annotations

import json
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import torch
from scipy.spatial import ConvexHull
from torch import Tensor

from studio.core.errors import StudioError
from studio.nn.autoencoder import Autoencoder, AutoencoderConfig, Form
from studio.nn.sampling import build_hierarchy

Row = dict[str, Any]
Work = Callable[[], object]

PEER = "SpiralNet++ form"
SCALE = 3.0


def run(repetitions: int = 9, config: AutoencoderConfig | None = None) -> list[Row]:
    """Rows of name, ours_ms, peer, peer_ms, ratio and bar (None where nothing is promised)."""
    vertices, faces = _mesh()
    config = config or AutoencoderConfig()
    model = _model(config, vertices, faces)
    draw = torch.Generator().manual_seed(0)
    meshes = model.mean + SCALE * torch.randn(64, *model.mean.shape, generator=draw)
    return [
        _row("encode + decode, B = 64", 6.0, model, _passing, meshes, repetitions),
        _row("encode + decode, B = 1", None, model, _passing, meshes[:1], 3 * repetitions),
        _row("training step, B = 32", None, model, _training, meshes[:32], repetitions),
    ]


def _row(
    name: str,
    bar: float | None,
    model: Autoencoder,
    work: Callable[[Autoencoder, Form, Tensor], Work],
    meshes: Tensor,
    repetitions: int,
) -> Row:
    ours, peer = alternating([work(model, form, meshes) for form in ("fast", "plain")], repetitions)
    return {
        "name": f"S-AE {name}, {meshes.shape[1]} vertices",
        "ours_ms": ours,
        "peer": PEER,
        "peer_ms": peer,
        "ratio": peer / ours,
        "bar": bar,
    }


def alternating(works: list[Work], repetitions: int) -> list[float]:
    """Median milliseconds of each, taken in turns after one round to warm up."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(repetitions + 1):
        for work, taken in zip(works, times, strict=True):
            start = perf_counter()
            work()
            taken.append(1e3 * (perf_counter() - start))
    return [median(taken[1:]) for taken in times]


def _passing(model: Autoencoder, form: Form, meshes: Tensor) -> Work:
    @torch.inference_mode()
    def work() -> None:
        model.form = form
        model(meshes)

    return work


def _training(model: Autoencoder, form: Form, meshes: Tensor) -> Work:
    learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.Adam(learned, lr=1e-6)

    def work() -> None:
        model.form = form
        optimizer.zero_grad()
        (model(meshes) - meshes).abs().mean().backward()
        optimizer.step()

    return work


def _model(config: AutoencoderConfig, vertices: np.ndarray, faces: np.ndarray) -> Autoencoder:
    torch.manual_seed(0)
    hierarchy = build_hierarchy(vertices, faces, config.factors, config.lengths)
    model = Autoencoder(config, hierarchy, vertices, SCALE)
    torch.nn.init.normal_(model.components, std=model.mean.numel() ** -0.5)
    return model


def _mesh() -> tuple[np.ndarray, np.ndarray]:
    """The template where it is installed, else an egg of its size, open below."""
    try:
        from studio.face.template import load_template
    except ImportError:
        return open_egg(4538)
    try:
        template = load_template()
    except (StudioError, OSError):
        return open_egg(4538)
    return template.vertices, template.faces


def open_egg(count: int) -> tuple[np.ndarray, np.ndarray]:
    """About `count` evenly spread vertices (V, 3) in mm, and outward faces (F, 3)."""
    k = np.arange(round(1.075 * count))
    height = 1 - (2 * k + 1) / len(k)
    across, turn = np.sqrt(1 - height**2), np.pi * (3 - 5**0.5) * k
    points = np.stack([across * np.cos(turn), height, across * np.sin(turn)], axis=1)
    faces = np.asarray(ConvexHull(points).simplices)
    inward = np.linalg.det(points[faces]) < 0
    faces[inward] = faces[inward][:, ::-1]
    faces = faces[(points[faces][:, :, 1] > -0.86).all(axis=1)]
    used, place = np.unique(faces, return_inverse=True)
    return points[used] * (75.0, 110.0, 95.0), place.reshape(-1, 3).astype(np.int32)


if __name__ == "__main__":
    for row in run():
        print(json.dumps({k: round(v, 2) if isinstance(v, float) else v for k, v in row.items()}))
