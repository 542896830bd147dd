"""How well the autoencoder gives back faces of people it never saw, beside principal components."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.progress import Progress
from studio.core.sequence import Floats
from studio.training.datasets.corpus import Corpus
from studio.training.trainers.autoencoder import MeshSource, Principal, cached_basis

from .study import Study

FRAMES = 600
PCA_SIZES = (38, 220, 512)
NOISE_MM = 0.1


def autoencoder_figures(study: Study, progress: Progress) -> dict[str, Any]:
    """Measure the error in mm on evenly spread test frames.

    Of the autoencoder, and of PCA fitted on the meshes the training drew; from clean meshes and
    from noisy ones.
    """
    progress.report(0.0, "test frames")
    clean = spread_frames(study.corpus, FRAMES // 6 if study.quick else FRAMES)
    noise = np.random.default_rng(0).standard_normal(clean.shape, dtype=np.float32)
    noisy = clean + NOISE_MM * noise
    basis = cached_basis(MeshSource(study.corpus), study.runs)
    regions = study.template.regions
    out: dict[str, Any] = {"frames": len(clean), "noise_mm": NOISE_MM}
    name = f"autoencoder-{study.autoencoder.config.latent}"
    for step, size in enumerate((0, *PCA_SIZES)):
        progress.report(0.2 + 0.2 * step, f"PCA-{size}" if size else name)
        makes = [
            projected(basis, meshes, size) if size else study.engine.decode(study.encode(meshes))
            for meshes in (clean, noisy)
        ]
        figures = error_figures(makes[0], clean, regions)
        figures["mean_from_noisy"] = float(np.linalg.norm(makes[1] - clean, axis=-1).mean())
        out[f"PCA-{size}" if size else name] = figures
    return out


def spread_frames(corpus: Corpus, count: int) -> Floats:
    """Make frames evenly spread over all test takes: (N, V, 3) mm."""
    takes = corpus.takes("test")
    rows = np.concatenate([np.arange(corpus.starts[k], corpus.starts[k + 1]) for k in takes])
    chosen = rows[np.linspace(0, len(rows) - 1, count).round().astype(np.int64)]
    owner = corpus.subject[np.searchsorted(corpus.starts, chosen, side="right") - 1]
    meshes = [
        corpus.pose(int(person), corpus.weights[row : row + 1])[0]
        for person, row in zip(owner, chosen, strict=True)
    ]
    return np.stack(meshes)


def projected(basis: Principal, meshes: Floats, size: int) -> Floats:
    """Give meshes (N, V, 3) back as `size` principal components do."""
    rows = basis.components[:size]
    flat = (meshes - basis.mean).reshape(len(meshes), -1)
    return np.asarray((flat @ rows.T @ rows).reshape(meshes.shape) + basis.mean, dtype=np.float32)


def error_figures(
    made: Floats, meshes: Floats, regions: Mapping[str, NDArray[np.bool_]]
) -> dict[str, Any]:
    """Measure the error of (N, V, 3) per vertex in mm: over all, and the mean of each region."""
    error = np.linalg.norm(made - meshes, axis=-1)
    return {
        "mean": float(error.mean()),
        "std": float(error.std()),
        "median": float(np.median(error)),
        "below_1_mm": float((error < 1.0).mean()),
        "regions": {name: float(error[:, mask].mean()) for name, mask in regions.items()},
    }
