"""Generated landmark motion before a classifier, beside real motion (paper 003, table 3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from studio.core.errors import CheckpointError
from studio.core.progress import Progress
from studio.engine.kinds.diffusion import DIFFUSION
from studio.engine.loading.model_set import BESIDE as SET
from studio.nn import landmark_lstm, motion_gan
from studio.nn.checkpoint import load_checkpoint
from studio.nn.judge import LstmJudge
from studio.training.datasets.acting.course import FPS
from studio.training.datasets.landmark_motion import LandmarkTakes, landmark_takes
from studio.training.datasets.latents import resampled
from studio.training.trainers.landmark_judge import landmark_judge, seen

from .generation import make
from .generation_metrics import Array, frechet_distance, jerk, kernel_distance, motion_distance
from .judging import Judged
from .landmark_meshes import mesh_figures
from .recognition_metrics import Ids, accuracy, difference, report, resampled_subjects
from .study import QUICK_SUBJECTS, Study

FEW = 98  # clips the slow generator is asked for
DRAWS = 200  # of the bootstrap of figures that no formula gives
COMPARED = 24  # clips of a label whose motion is compared, and frames they are stretched to
Maker = Callable[[int], Tensor]


def landmark_figures(study: Study, progress: Progress) -> dict[str, Any]:
    """Measure accuracy, FID, KID, variety and jerk of every landmark generator that is there.

    Each clip is asked for like a test take: its label, intensity, length, and person at rest.
    """
    models, missing = landmark_models(study)
    judge = landmark_judge(study.corpus, study.runs.with_name(SET), progress.part(0.0, 0.2))
    takes = some_people(landmark_takes(study.corpus, "test"), study)
    real = seen(judge, takes.clips, takes.label, takes.subject)
    out: dict[str, Any] = {
        "clips": len(takes),
        "rows": {"real": row(takes, takes.clips, real, real)},
        "floor": floors(study, judge, real, takes),
        "missing": missing,
    }
    made = {"real": takes.clips}
    for k, (name, model) in enumerate(models.items()):
        made[name] = clips_like(model, takes, progress.part(0.2 + 0.1 * k, 0.3 + 0.1 * k))
        shown = seen(judge, made[name], takes.label, takes.subject)
        out["rows"][name] = row(takes, made[name], shown, real)
    if DIFFUSION.name in study.models.modules:
        out["few"] = few_figures(study, judge, takes, made, progress.part(0.5, 0.8))
    try:
        out["meshes"] = mesh_figures(study, takes, made, judge, progress.part(0.8, 1.0))
    except CheckpointError as error:
        missing["sparse-to-dense"] = str(error)
    return out


def few_figures(
    study: Study,
    judge: LstmJudge,
    takes: LandmarkTakes,
    made: Mapping[str, list[Tensor]],
    progress: Progress,
) -> dict[str, Any]:
    """Measure the latent diffusion model, which is slow, on a few takes.

    The others' clips for the same takes stand beside it, against the real ones of these.
    """
    chosen = np.unique(np.linspace(0, len(takes) - 1, min(FEW, len(takes))).round().astype(int))
    some = only(takes, chosen)
    maker = diffusion_maker(study, some)
    sets = {name: [clips[k] for k in chosen] for name, clips in made.items()}
    sets["diffusion"] = [maker(k) for k in progress.each(range(len(some)), "diffusion")]
    real = seen(judge, some.clips, some.label, some.subject)
    rows = {}
    for name, clips in sets.items():
        shown = real if name == "real" else seen(judge, clips, some.label, some.subject)
        rows[name] = row(some, clips, shown, real)
    return {"clips": len(some), "rows": rows}


def some_people(takes: LandmarkTakes, study: Study) -> LandmarkTakes:
    """Take all of them, or those of a few people for a quick look."""
    people = np.unique(takes.subject)[: QUICK_SUBJECTS if study.quick else None]
    return only(takes, np.flatnonzero(np.isin(takes.subject, people)))


def only(takes: LandmarkTakes, chosen: Ids) -> LandmarkTakes:
    """Keep some of the takes, by place (N,)."""
    return LandmarkTakes(
        takes.takes[chosen],
        takes.subject[chosen],
        takes.label[chosen],
        takes.intensity[chosen],
        [takes.clips[k] for k in chosen],
        takes.neutral[torch.from_numpy(chosen)],
    )


# Who makes clips


def landmark_models(study: Study) -> tuple[dict[str, Any], dict[str, str]]:
    """Load the generators that are there, by name, and say why others are not.

    Raises
    ------
    CheckpointError
        If there is none.
    """
    folder, own = study.folder.with_name(SET), study.runs.with_name(SET) / "out"
    missing: dict[str, str] = {}
    loaded: dict[str, Any] = {}
    for name, load, path in (
        ("motion-gan", load_gan, folder / "motion-gan.safetensors"),
        ("landmark-lstm", load_lstm, folder / "landmark-lstm.safetensors"),
        ("landmark-lstm-paper", load_lstm, own / "landmark-lstm-paper.safetensors"),
    ):
        try:
            loaded[name] = load(path)
        except CheckpointError as error:
            missing[name] = str(error)
    if not loaded:
        raise CheckpointError(next(iter(missing.values())))
    return loaded, missing


def load_gan(path: Path) -> motion_gan.MotionGan:
    """Load the landmark GAN.

    Raises
    ------
    CheckpointError
        If there is no usable one.
    """
    stored = load_checkpoint(path, "motion-gan")
    return stored.fill(motion_gan.MotionGan(stored.config_as(motion_gan.MotionGanConfig)))


def load_lstm(path: Path) -> landmark_lstm.LandmarkLstm:
    """Load the landmark LSTM.

    Raises
    ------
    CheckpointError
        If there is no usable one.
    """
    stored = load_checkpoint(path, "landmark-lstm")
    config = stored.config_as(landmark_lstm.LandmarkLstmConfig)
    return stored.fill(landmark_lstm.LandmarkLstm(config))


def clips_like(model: Any, takes: LandmarkTakes, progress: Progress) -> list[Tensor]:
    """Make clips (T, M, 3) like each take, its id the seed; those of one length at once."""
    config = model.config
    gan = isinstance(model, motion_gan.MotionGan)
    numbers = (motion_gan if gan else landmark_lstm).noise_size(config)
    lengths = np.array([len(clip) for clip in takes.clips])
    lengths = np.clip(lengths, config.min_frames, config.max_frames)
    out: list[Tensor] = [torch.empty(0)] * len(takes)
    for frames in progress.each(np.unique(lengths).tolist(), "landmark motion"):
        some = np.flatnonzero(lengths == frames)
        for k, clip in zip(some.tolist(), _alike(model, takes, some, frames, numbers), strict=True):
            out[k] = clip
    return out


def _alike(model: Any, takes: LandmarkTakes, some: Ids, frames: int, numbers: int) -> Tensor:
    """(B, T, M, 3) for some takes of one length."""
    noise = torch.stack(
        [
            torch.randn(numbers, generator=torch.Generator().manual_seed(int(seed)))
            for seed in takes.takes[some]
        ]
    )
    label, strength = torch.from_numpy(takes.label[some]), torch.from_numpy(takes.intensity[some])
    if isinstance(model, motion_gan.MotionGan):
        return motion_gan.generate_landmarks(model, label, strength, frames, noise)
    rest = takes.neutral[torch.from_numpy(some)]
    return landmark_lstm.generate_landmarks(model, label, strength, frames, noise, rest)


def diffusion_maker(study: Study, takes: LandmarkTakes) -> Maker:
    """Take the landmarks of what the latent diffusion model makes."""
    ids = study.template.landmarks

    def maker(k: int) -> Tensor:
        decoded = study.engine.decode(make(study, int(takes.takes[k]), "diffusion"))
        return torch.from_numpy(decoded[:, ids] - decoded[:1, ids])

    return maker


# What is measured


def row(
    takes: LandmarkTakes, clips: Sequence[Tensor], shown: Judged, real: Judged
) -> dict[str, Any]:
    """Compute every figure of one set of clips (T, M, 3), made like the takes, against these."""
    gap = difference(accuracy, shown.verdicts, real.verdicts)
    out: dict[str, Any] = {"judge": report(shown.verdicts), "difference": gap}
    if shown is not real:
        out |= distances(shown, real)
    out["variety_mm"], out["variety"] = ratio(variety, takes, clips)
    out["jerk_mm_s3"], out["jerk"] = ratio(jerks, takes, clips)
    return out


def distances(first: Judged, second: Judged) -> dict[str, Any]:
    """Measure FID and KID with 95 % intervals from drawing people.

    The draws repeat people, which moves both figures up, so they are shifted to have the figure as
    their mean.
    """
    kid, error = kernel_distance(first.features, second.features)
    fid = frechet_distance(first.features, second.features)
    draws = []
    for weights in resampled_subjects(len(np.unique(first.verdicts.subject)), DRAWS):
        one, two = (repeated(judged, weights) for judged in (first, second))
        draws.append(frechet_distance(one, two))
    shifted = np.array(draws) - np.mean(draws) + fid
    low, high = np.percentile(shifted, [2.5, 97.5])
    return {
        "fid": fid,
        "fid_interval": [float(low), float(high)],
        "kid": kid,
        "kid_error": error,
    }


def repeated(judged: Judged, weights: Array) -> Array:
    """Repeat each person's clips as often as the person was drawn.

    The weights (S,) say how often; the answer is features (N, F).
    """
    people, who = np.unique(judged.verdicts.subject, return_inverse=True)
    counts = weights[: len(people)].astype(int)
    return np.asarray(np.repeat(judged.features, counts[who], axis=0))


def floors(study: Study, judge: LstmJudge, real: Judged, takes: LandmarkTakes) -> dict[str, Any]:
    """Measure how far real takes of other people are from the real test takes.

    No generator need be closer.
    """
    out = {}
    for split in ("val", "train"):
        others = landmark_takes(study.corpus, split)
        chosen = alike(others.label, takes.label)
        if len(chosen) < 2:
            continue
        clips = [others.clips[k] for k in chosen]
        shown = seen(judge, clips, others.label[chosen], others.subject[chosen])
        kid, error = kernel_distance(shown.features, real.features)
        fid = frechet_distance(shown.features, real.features)
        out[f"real {split}"] = {
            "clips": len(clips),
            "fid": fid,
            "kid": kid,
            "kid_error": error,
            "judge": report(shown.verdicts),
        }
    return out


def alike(label: Ids, wanted: Ids) -> Ids:
    """Choose places (N,) of `label` with the mix of `wanted`: as many, or all there are."""
    rng = np.random.default_rng(7)
    own = {k: rng.permutation(np.flatnonzero(label == k)) for k in np.unique(wanted)}
    share = min(1.0, *(len(places) / (wanted == k).sum() for k, places in own.items()))
    return np.concatenate([p[: int(share * (wanted == k).sum())] for k, p in own.items()])


def ratio(
    measure: Callable[[LandmarkTakes, Sequence[Tensor]], Array],
    takes: LandmarkTakes,
    clips: Sequence[Tensor],
) -> tuple[float, dict[str, Any]]:
    """Compute a figure of clips (T, M, 3), and its ratio to the takes' with a 95 % interval.

    The values the figure is the mean of are drawn with replacement.
    """
    made, true = measure(takes, clips), measure(takes, takes.clips)
    draws = np.random.default_rng(0).integers(0, len(made), (2000, len(made)))
    values = made[draws].mean(1) / true[draws].mean(1)
    low, high = np.percentile(values, [2.5, 97.5])
    value = float(made.mean() / true.mean())
    return float(made.mean()), {"value": value, "interval": [float(low), float(high)]}


def variety(takes: LandmarkTakes, clips: Sequence[Tensor]) -> Array:
    """Measure how far each of some clips (T, M, 3) is from the others of its label, in mm.

    All are stretched to one length.
    """
    found: list[float] = []
    for label in np.unique(takes.label):
        own = np.flatnonzero(takes.label == label)
        some = np.random.default_rng(int(label)).permutation(own)[:COMPARED]
        same = [resampled(clips[k].flatten(1), COMPARED).view(COMPARED, -1, 3) for k in some]
        apart = [[motion_distance(a.numpy(), b.numpy()) for b in same] for a in same]
        found += (np.sum(apart, axis=1) / max(len(same) - 1, 1)).tolist()
    return np.array(found)


def jerks(_takes: LandmarkTakes, clips: Sequence[Tensor]) -> Array:
    """Average the third difference of each clip (T, M, 3) in mm / s^3: (N,)."""
    return np.array([jerk(clip.numpy(), FPS) for clip in clips])
