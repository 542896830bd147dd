"""The surfaces that landmark motion becomes, before both classifiers (table 3, row Det-LM)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from studio.core.errors import CheckpointError
from studio.core.progress import Progress
from studio.engine.loading.model_set import BESIDE, ModelSet
from studio.engine.motion.landmarks import LandmarkMotion, Placed
from studio.nn.judge import LstmJudge
from studio.training.datasets.landmark_motion import LandmarkTakes
from studio.training.trainers.landmark_judge import seen

from .generation_metrics import frechet_distance, kernel_distance
from .judging import Judged, judged, load_judge
from .recognition_metrics import Ids, report
from .study import Study

MESHED = 140  # clips that are made meshes of


def mesh_figures(
    study: Study,
    takes: LandmarkTakes,
    made: Mapping[str, list[Tensor]],
    judge: LstmJudge,
    progress: Progress,
) -> dict[str, Any]:
    """Measure accuracy, FID and KID of landmarks read back from the surfaces.

    Beside them what the separate judge of latents makes of these, for some of the takes.

    Parameters
    ----------
    made : displacements (T, M, 3) like each take, by name; one of them the takes themselves

    Raises
    ------
    CheckpointError
        Without the model that makes surfaces of landmarks.
    """
    models = ModelSet.beside(study.folder.with_name(BESIDE), study.template)
    motion = LandmarkMotion(models, study.template)
    motion.surface("s2d")
    chosen = np.linspace(0, len(takes) - 1, min(MESHED, len(takes))).round().astype(int)
    chosen = np.unique(chosen)
    real = seen(judge, [takes.clips[k] for k in chosen], *_whose(takes, chosen))
    out: dict[str, Any] = {"clips": len(chosen), "rows": {}}
    for place, (name, clips) in enumerate(made.items()):
        part = progress.part(place / len(made), (place + 1) / len(made))
        found: list[tuple[Tensor, Any]] = []
        for k in part.each(chosen.tolist(), f"{name}, meshes"):
            found.append(surface(study, motion, takes, int(k), clips[k]))
        shown = seen(judge, [points for points, _ in found], *_whose(takes, chosen))
        out["rows"][name] = row(study, shown, real, [z for _, z in found])
    return out


def surface(
    study: Study, motion: LandmarkMotion, takes: LandmarkTakes, k: int, curve: Tensor
) -> tuple[Tensor, Any]:
    """Read landmarks (T, M, 3) back from the surface of the k-th take's person.

    Beside them its latents (T, D).
    """
    face = study.resting[takes.subject[k]]
    placed = Placed.of(face, study.template)
    dense = motion.dense(curve.numpy(), placed, Progress(), surface="s2d")
    points = dense[:, study.template.landmarks]
    return torch.from_numpy(points - points[:1]), study.encode(face + dense)


def row(study: Study, shown: Judged, real: Judged, latents: list[Any]) -> dict[str, Any]:
    """Collect the figures of one set of surfaces."""
    kid, error = kernel_distance(shown.features, real.features)
    out: dict[str, Any] = {
        "judge": report(shown.verdicts),
        "fid": frechet_distance(shown.features, real.features),
        "kid": kid,
        "kid_error": error,
    }
    try:
        other = load_judge(study.runs / "judge.safetensors")
    except CheckpointError as error_of_file:
        return out | {"latents": str(error_of_file)}
    verdicts = judged(other, latents, shown.verdicts.truth, shown.verdicts.subject).verdicts
    return out | {"latents": report(verdicts)}


def _whose(takes: LandmarkTakes, chosen: Ids) -> tuple[Ids, Ids]:
    return takes.label[chosen], takes.subject[chosen]
