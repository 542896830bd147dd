"""How generated clips hold up against the real takes of people no model has seen."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from studio.core import GenerationRequest
from studio.core.errors import CheckpointError
from studio.core.progress import Progress
from studio.core.sequence import Floats
from studio.nn.diffusion import sample
from studio.training.datasets.acting.course import FPS
from studio.training.datasets.latents import resampled
from studio.training.datasets.people import ORIGINS

from .asking import asked_figures, drawn
from .generation_metrics import (
    diversity,
    fast_share,
    frechet_distance,
    jerk,
    kernel_distance,
    motion_distance,
    rigid_drift,
)
from .judging import Judged, judged, load_judge
from .recognition_metrics import Ids, accuracy, difference, report
from .study import Study

UNET = "diffusion-unet2d"
SEED = 22
SHAPED = 140  # clips whose vertices are looked at
PAIRS = 60  # pairs of clips a label whose motion is compared
SLOW_CLIPS = 28  # clips the slow sampler is asked for


@dataclass(frozen=True, eq=False)
class Pair:
    """Real takes and the clips generated to match them one by one, as latents (T_i, D)."""

    takes: Ids
    real: list[Floats]
    made: list[Floats]


def generation_figures(study: Study, progress: Progress) -> dict[str, Any]:
    """Measure accuracy, FID, KID and variety before the judge, and what the vertices show."""
    study.need("diffusion")
    takes = study.takes(plain=True)
    made = [make(study, k, "diffusion") for k in progress.part(0, 0.3).each(takes.tolist(), "made")]
    pair = Pair(takes, real_clips(study, takes, progress.part(0.3, 0.45)), made)
    out: dict[str, Any] = {"clips": len(takes), "sampler": _sampler(study, "diffusion")}
    out["motion"] = motion_figures(study, pair, progress.part(0.45, 0.65))
    try:
        out["judge"] = judge_figures(study, pair, progress.part(0.65, 0.8))
    except CheckpointError as error:
        out["judge"] = {"skipped": str(error)}
    out["asked"] = asked_figures(study, progress.part(0.78, 0.8))
    out["start"] = start_figures(study)
    out["speed"] = speed_figures(study, progress.part(0.8, 0.82))
    out["paper"] = paper_figures(study, pair, progress.part(0.82, 1.0))
    return out


def make(study: Study, take: int, model: str) -> Floats:
    """Make latents (T, D) of a clip like a take: of its label, intensity, length and person."""
    corpus, limits = study.corpus, study.generator(model).config
    rows = corpus.rows(take)
    frames = int(np.clip(rows.stop - rows.start, limits.min_frames, limits.max_frames))
    rest = study.encode(corpus.person_at_rest(take)[None])[0]
    request = GenerationRequest(
        corpus.labels[int(corpus.label[take])],
        take,
        frames=frames,
        intensity=float(corpus.intensity[take]),
        model=model,
    )
    return np.asarray(drawn(study, request, [take], rest)[0][0])


def real_clips(study: Study, takes: Ids, progress: Progress) -> list[Floats]:
    """Encode takes as latents (T, D), as the generator learned them: see `Corpus.acted`."""
    each = progress.each(takes.tolist(), "encoding takes")
    return [study.encode(study.corpus.acted(take)) for take in each]


def _sampler(study: Study, model: str) -> dict[str, Any]:
    config = study.generator(model).config
    return {
        "sampler": config.sampler,
        "steps": config.steps,
        "guidance": config.guidance,
        "denoiser": config.denoiser,
    }


# Before the judge


def judge_figures(study: Study, pair: Pair, progress: Progress) -> dict[str, Any]:
    """Measure accuracy, FID, KID and diversity on the features of the judge."""
    judge = load_judge(study.runs / "judge.safetensors")
    real = seen_by(judge, study, pair.real, pair.takes)
    made = seen_by(judge, study, pair.made, pair.takes)
    out: dict[str, Any] = {
        "real": report(real.verdicts),
        "generated": report(made.verdicts),
        "difference": difference(accuracy, made.verdicts, real.verdicts),
        "by_rig": by_rig(study, pair.takes, made),
        "diversity": {
            "real": diversity(real.features, real.verdicts.truth),
            "generated": diversity(made.features, made.verdicts.truth),
        },
        "distances": {"generated": distances(made, real)},
    }
    rng = np.random.default_rng(SEED)
    for name, part in (("val", progress.part(0.0, 0.4)), ("train", progress.part(0.4, 1.0))):
        takes = matching(study, pair.takes, name, rng)
        if len(takes) < 2:
            continue
        others = seen_by(judge, study, real_clips(study, takes, part), takes)
        out["distances"][f"real {name}"] = distances(others, real)
        if len(takes) < len(pair.takes):
            some = rng.permutation(len(pair.takes))[: len(takes)]
            out["distances"][f"generated, {len(takes)}"] = distances(made.only(some), real)
    return out


def by_rig(study: Study, takes: Ids, made: Judged) -> dict[str, float]:
    """Find the share of clips judged right, by the rig that their person moves by."""
    origin = study.corpus.origin[study.corpus.subject[takes]]
    right = made.verdicts.correct
    return {
        name: float(right[origin == number].mean())
        for number, name in enumerate(ORIGINS)
        if (origin == number).any()
    }


def seen_by(judge: Any, study: Study, clips: Sequence[Floats], takes: Ids) -> Judged:
    """Let a judge look at clips (T, D)."""
    return judged(judge, clips, study.corpus.label[takes], study.corpus.subject[takes])


def distances(first: Judged, second: Judged) -> dict[str, Any]:
    """Measure FID and KID of two sets of clips, and how many they are."""
    kid, error = kernel_distance(first.features, second.features)
    return {
        "clips": [len(first.features), len(second.features)],
        "fid": frechet_distance(first.features, second.features),
        "kid": kid,
        "kid_error": error,
    }


def matching(study: Study, takes: Ids, split: str, rng: np.random.Generator) -> Ids:
    """Choose plain takes of another split with the same mix of labels: as many, or all."""
    others = study.corpus.takes(split, plain=True)
    labels, wanted = study.corpus.label[others], study.corpus.label[takes]
    share = min(1.0, min((labels == k).sum() / (wanted == k).sum() for k in np.unique(wanted)))
    chosen = [
        rng.permutation(others[labels == k])[: int(share * (wanted == k).sum())]
        for k in np.unique(wanted)
    ]
    return np.concatenate(chosen)


# On the vertices


def motion_figures(study: Study, pair: Pair, progress: Progress) -> dict[str, Any]:
    """Measure jerk, speed spectrum, drift of rigid regions and variety, generated against real.

    Real takes pass through the autoencoder too, so that the generator alone is compared.
    """
    chosen = np.linspace(0, len(pair.takes) - 1, 14 if study.quick else SHAPED).round().astype(int)
    chosen = np.unique(chosen)
    rigid = study.template.regions["rigid"]
    rows: dict[str, list[list[float]]] = {"real": [], "generated": []}
    for k in progress.each(chosen.tolist(), "vertices"):
        for name, z in (("real", pair.real[k]), ("generated", pair.made[k])):
            vertices = moved(study, int(pair.takes[k]), z)
            rows[name].append([jerk(vertices, FPS), rigid_drift(vertices, rigid)])
    shaken = {name: np.array(found) for name, found in rows.items()}
    label = study.corpus.label[pair.takes]
    return {
        "clips": len(chosen),
        "jerk": {name: float(found[:, 0].mean()) for name, found in shaken.items()},
        "drift_mm": {
            name: {"mean": float(found[:, 1].mean()), "max": float(found[:, 1].max())}
            for name, found in shaken.items()
        },
        "above_5_hz": {
            "real": float(np.mean([fast_share(z, FPS) for z in pair.real])),
            "generated": float(np.mean([fast_share(z, FPS) for z in pair.made])),
        },
        "variety_mm": {
            "real": variety(study, pair.real, label),
            "generated": variety(study, pair.made, label),
        },
    }


def moved(study: Study, take: int, z: Floats) -> Floats:
    """Move the take's person at rest as latents (T, D) move away from the first: (T, V, 3) mm."""
    decoded = study.engine.decode(z)
    return np.asarray(study.corpus.person_at_rest(take) + (decoded - decoded[0]))


def variety(study: Study, clips: Sequence[Floats], label: Ids, frames: int = 12) -> float:
    """Measure the mean distance in mm between the motions of clips (T, D) of one label.

    Stretched to one length and averaged over labels; over random pairs, the same ones for every
    set of clips.
    """
    import torch

    rng = np.random.default_rng(SEED)
    found = []
    for k in np.unique(label):
        own = np.flatnonzero(label == k)
        if len(own) < 2:
            continue
        some = rng.permutation(own)[: 8 if study.quick else 24]
        motions = []
        for index in some:
            z = resampled(torch.tensor(clips[index]), frames).numpy()
            decoded = study.engine.decode(z)
            motions.append(decoded - decoded[0])
        pairs = [rng.choice(len(some), 2, replace=False) for _ in range(PAIRS)]
        found.append(np.mean([motion_distance(motions[a], motions[b]) for a, b in pairs]))
    return float(np.mean(found))


def start_figures(study: Study) -> dict[str, Any]:
    """Measure through the engine, on turned faces: the first frame, and the same seed twice."""
    from .recognition import observed

    exact, same = [], []
    for index, label in enumerate(study.corpus.labels):
        take = int(study.takes()[index])
        face = observed(study.corpus, take).vertices[0]
        clips = [study.engine.generate(label, index, frames=24, neutral=face) for _ in range(2)]
        exact.append(np.array_equal(clips[0].vertices[0], face))
        same.append(np.array_equal(clips[0].vertices, clips[1].vertices))
    return {"clips": len(exact), "exact": all(exact), "same_seed_same_clip": all(same)}


# Speed, and the paper's sampler


def speed_figures(study: Study, progress: Progress, repeats: int = 5) -> dict[str, Any]:
    """Time 60 frames with the default sampler, decoding included: median of 5 after one, in s."""
    times = []
    for seed in progress.each(range(repeats + 1), "timing"):
        began = time.perf_counter()
        study.engine.generate(study.corpus.labels[0], seed, frames=60)
        times.append(time.perf_counter() - began)
    return {"frames": 60, "seconds": float(np.median(times[1:])), "device": study.engine.device}


def paper_figures(study: Study, pair: Pair, progress: Progress) -> dict[str, Any]:
    """Measure the 2D UNet with DDPM in 1000 steps.

    Its time for 60 frames, extrapolated from a few steps, and its clips beside the default's on
    the same few takes.
    """
    try:
        study.need(UNET)
        judge = load_judge(study.runs / "judge.safetensors")
    except CheckpointError as error:
        return {"skipped": str(error)}
    out: dict[str, Any] = {"sampler": _sampler(study, UNET), "speed": paper_speed(study)}
    label = study.corpus.label[pair.takes]
    each = max((7 if study.quick else SLOW_CLIPS) // len(study.corpus.labels), 1)
    chosen = np.concatenate([np.flatnonzero(label == k)[:each] for k in np.unique(label)])
    takes = pair.takes[chosen]
    made = [make(study, k, UNET) for k in progress.each(takes.tolist(), "DDPM in 1000 steps")]
    real = seen_by(judge, study, pair.real, pair.takes)
    slow = seen_by(judge, study, made, takes)
    fast = seen_by(judge, study, [pair.made[k] for k in chosen], takes)
    out |= {"clips": len(takes), "unet2d": distances(slow, real), "default": distances(fast, real)}
    out["unet2d"]["top1"] = float(slow.verdicts.correct.mean())
    out["default"]["top1"] = float(fast.verdicts.correct.mean())
    return out


def paper_speed(study: Study, timed: int = 8) -> dict[str, Any]:
    """Time 60 frames from `timed` DDPM steps after a warm-up, and the decoding, in s."""
    net = study.generator(UNET)
    z_in = study.models.tensor(study.encode(study.template.vertices[None])[0])
    clocked = []
    for steps in (1, timed):
        began = time.perf_counter()
        z = sample(net, 0, z_in, 60, [0], sampler="ddpm", steps=steps).cpu()
        clocked.append(time.perf_counter() - began)
    began = time.perf_counter()
    study.engine.decode(z[0].numpy())
    decoding = time.perf_counter() - began
    a_step = clocked[1] / timed
    return {"timed_steps": timed, "a_step": a_step, "seconds": 1000 * a_step + decoding}
