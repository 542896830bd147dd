"""Every figure of a model set on people and takes it has not seen, as one JSON-able object."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from studio.core.errors import CheckpointError
from studio.core.progress import Progress
from studio.training.datasets.corpus import Corpus
from studio.training.evaluation.dense.evaluate import dense_part
from studio.training.evaluation.identity.part import identity_figures
from studio.training.evaluation.own_faces.figures import own_face_figures
from studio.training.evaluation.registration.figures import registration_figures
from studio.training.evaluation.units.part import unit_figures
from studio.training.video.figures import video_figures

from .applications import application_figures
from .autoencoder import autoencoder_figures
from .faces.figures import faces_figures
from .familiarity import familiarity_figures
from .generation import generation_figures
from .landmarks import landmark_figures
from .motion import captured_figures
from .recognition import recognition_figures
from .recognition_memory import memory_figures
from .study import Study
from .tables import print_tables

__all__ = ["evaluate", "print_tables"]

Part = Callable[[Study, Progress], dict[str, Any]]

# name -> how long it takes, as a share of the whole, and what works it out
PARTS: dict[str, tuple[float, Part]] = {
    "autoencoder": (0.06, autoencoder_figures),
    "recognition": (0.25, recognition_figures),
    "familiarity": (0.2, familiarity_figures),
    "memory": (0.08, memory_figures),
    "generation": (0.3, generation_figures),
    "captured": (0.11, captured_figures),
    "landmarks": (0.3, landmark_figures),
    "faces": (0.6, faces_figures),
    "dense": (2.0, dense_part),
    "applications": (0.15, application_figures),
    "units": (0.6, unit_figures),
    "identity": (0.6, identity_figures),
    "video": (1.0, video_figures),
}
# Those that take long: one trains networks of its own for each fold, one registers many faces, one
# reads clips frame after frame by several networks, one sees hundreds of people as a tracker does,
# one films and reads videos.
ON_REQUEST = ("dense", "faces", "units", "identity", "video")
USUAL = tuple(name for name in PARTS if name not in ON_REQUEST)
OWN_FACES = "own-faces"
# What needs no corpus, and is done only where it is named.
ALONE: dict[str, Callable[..., dict[str, Any]]] = {
    "registration": registration_figures,
    OWN_FACES: own_face_figures,
}


def evaluate(
    corpus: Corpus,
    models: Path,
    runs: Path,
    progress: Progress,
    *,
    quick: bool = False,
    parts: tuple[str, ...] = USUAL,
) -> dict[str, Any]:
    """Evaluate a model set on the test split, whose people no training has seen.

    A part whose model is not there is a sentence under "skipped".

    Parameters
    ----------
    models
        Folder of the set.
    runs
        Where the judge and the principal components lie.
    quick
        Ten people and few clips, for a look while training goes on.
    parts
        Which of `PARTS` to work out.

    Raises
    ------
    CheckpointError
        If the set has no usable autoencoder.
    """
    study = Study.open(corpus, models, runs, quick=quick)
    out: dict[str, Any] = {"about": about(study)}
    total, before = sum(PARTS[name][0] for name in parts), 0.0
    for name in parts:
        share, figures = PARTS[name]
        after = before + share / total
        began = time.monotonic()
        try:
            out[name] = figures(study, progress.part(before, after))
        except CheckpointError as error:
            out[name] = {"skipped": str(error)}
        out[name]["seconds_taken"] = round(time.monotonic() - began, 1)
        before = after
    return out


def evaluate_alone(
    parts: tuple[str, ...], progress: Progress, *, quick: bool = False, paths: Sequence[Path] = ()
) -> dict[str, Any]:
    """Work out parts of `ALONE`; `quick` is a rough look, and `paths` are faces to move."""
    out: dict[str, Any] = {}
    for place, name in enumerate(parts):
        began = time.monotonic()
        share = progress.part(place / len(parts), (place + 1) / len(parts))
        faces = {"paths": paths} if name == OWN_FACES else {}
        out[name] = ALONE[name](share, quick=quick, **faces)
        out[name]["seconds_taken"] = round(time.monotonic() - began, 1)
    return out


def about(study: Study) -> dict[str, Any]:
    """Say what was evaluated, on what."""
    corpus = study.corpus
    return {
        "set": study.folder.name,
        "kinds": sorted(study.models.modules),
        "corpus": corpus.digest(),
        "test_subjects": int((corpus.split == 2).sum()),
        "test_takes": len(corpus.takes("test")),
        "takes_looked_at": len(study.takes()),
        "quick": study.quick,
        "device": study.engine.device,
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
    }
