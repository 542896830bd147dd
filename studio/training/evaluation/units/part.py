"""Figures of action units on people no training has seen, in the form of paper 004's table 4."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch

from studio.core.progress import Progress
from studio.core.sequence import Floats
from studio.core.unit_tracks import MOST
from studio.face.action_units import PRESETS, SHARED, UNITS
from studio.face.rig import ARKIT, load_rig
from studio.nn.checkpoint import load_checkpoint
from studio.nn.units.au_transformer import AuTransformer, AuTransformerConfig
from studio.nn.units.decoding import read_clip
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.people import ICT, STUDIO
from studio.training.datasets.units.clips import UnitClip, draw_clips, places
from studio.training.evaluation.study import Study

from .baselines import GAINS, WAYS, RigSolve, Way, gains
from .measures import OCCURS, best_limits, f1, icc31, intensities, seen_as, truth

NOISES = {"clean": 0.0, "tracker": 1.0}
EACH, QUICK_EACH = 4, 1
ABLATED = {
    "both, briefly": "units-brief",
    "spatial alone": "units-spatial",
    "temporal alone": "units-temporal",
    "as printed": "units-printed",
}
LEFT_OUT = {"ict": ("units-without-ict", ICT), "studio": ("units-without-studio", STUDIO)}
EASY, HARD = (1, 2, 4, 7, 10, 12, 17, 25, 26), (6, 9, 14, 15, 23, 24)
Read = Callable[[list[UnitClip], list[Floats]], list[Floats]]


@dataclass(frozen=True, eq=False)
class UnitStudy:
    """Clips of test people and of validation people, and what is looked at of them."""

    corpus: Corpus
    model: AuTransformer
    runs: Path
    each: int

    @cached_property
    def vertices(self) -> np.ndarray:
        return np.asarray(self.model.vertices.numpy())

    @cached_property
    def points(self) -> Floats:
        """Where the points lie on the average face: (K, 3) mm."""
        return places(self.vertices)

    @cached_property
    def test(self) -> list[UnitClip]:
        return draw_clips(self.corpus, "test", self.each, self.vertices, Progress())

    @cached_property
    def validation(self) -> list[UnitClip]:
        return draw_clips(self.corpus, "val", self.each, self.vertices, Progress())

    def seen(self, clips: list[UnitClip], noise: str) -> list[Floats]:
        """Give what is looked at of each clip: (T, K, 3) mm."""
        return seen_as(clips, self.points, NOISES[noise])


def unit_figures(study: Study, progress: Progress) -> dict[str, Any]:
    """Measure what reads units, see `figures_of`; networks of runs are looked for in its folder.

    Raises
    ------
    CheckpointError
        Where the set has no such model.
    """
    study.need("units")
    model = study.models.of("units", AuTransformer).cpu()
    each = QUICK_EACH if study.quick else EACH
    return figures_of(UnitStudy(study.corpus, model, study.runs, each), progress)


def figures_of(units: UnitStudy, progress: Progress) -> dict[str, Any]:
    """Measure a network, simpler ways, each module alone, a rig left out, and refined points.

    Thresholds of every way are those that are best on validation people.
    """
    out: dict[str, Any] = {
        "units": list(UNITS),
        "clips": len(units.test),
        "frames": len(truth(units.test)),
        "people": len({clip.person for clip in units.test}),
        "share": np.mean(truth(units.test) >= OCCURS, axis=0).tolist(),
    }
    for place, noise in enumerate(NOISES):
        part = progress.part(0.4 * place, 0.4 * (place + 1))
        out[noise] = _of_noise(units, noise, part)
    out["left_out"] = _left_out(units, progress.part(0.8, 0.9))
    out["refined"] = refined(units, progress.part(0.9, 1.0))
    return out


def _of_noise(units: UnitStudy, noise: str, progress: Progress) -> dict[str, Any]:
    ways = _ways(units, noise)
    out: dict[str, Any] = {}
    test, wanted = units.seen(units.test, noise), truth(units.test)
    tuning, known = units.seen(units.validation, noise), truth(units.validation)
    for name, read in progress.each(list(ways.items()), f"units, {noise}"):
        limits = best_limits(known, np.concatenate(read(units.validation, tuning)))
        found = np.concatenate(read(units.test, test))
        out[name] = scores(wanted, found, limits)
    out["confusion"] = confusion(wanted, np.concatenate(ways["whole clip"](units.test, test)))
    return out


def _ways(units: UnitStudy, noise: str) -> dict[str, Read]:
    """All that reads units: the network whole and live, parts of it, and the rig solved."""
    out: dict[str, Read] = {
        "whole clip": _network(units.model, causal=False),
        "live": _network(units.model, causal=True),
    }
    for name, file in ABLATED.items():
        path = units.runs / f"{file}.safetensors"
        if path.is_file():
            out[name] = _network(load_units(path), causal=False)
    solve = RigSolve(units.vertices)
    out |= {name: _solved(solve, way) for name, way in WAYS.items()}
    tuned = np.concatenate([solve(moved) for moved in units.seen(units.validation, noise)])
    gain = gains(tuned, truth(units.validation).astype(np.float64))
    out[GAINS] = lambda _clips, seen: [
        np.clip(gain * solve(moved), 0.0, MOST).astype(np.float32) for moved in seen
    ]
    return out


def _network(model: AuTransformer, *, causal: bool) -> Read:
    return lambda clips, seen: intensities(model, clips, seen, Progress(), causal=causal)


def _solved(solve: RigSolve, way: Way) -> Read:
    def read(clips: list[UnitClip], seen: list[Floats]) -> list[Floats]:
        pairs = zip(clips, seen, strict=True)
        return [np.asarray(way(solve(moved), clip.course.fps), np.float32) for clip, moved in pairs]

    return read


def load_units(path: Path) -> AuTransformer:
    """Load a network of a run.

    Raises
    ------
    CheckpointError
        Where it is none.
    """
    file = load_checkpoint(path, "units")
    return file.fill(AuTransformer(file.config_as(AuTransformerConfig)))


def scores(wanted: Floats, found: Floats, limits: Floats) -> dict[str, Any]:
    """Score intensities (T, N) against what is shown: F1, ICC(3,1) and mean absolute error."""
    each = f1(wanted >= OCCURS, found >= limits)
    agreed = icc31(wanted, found)
    place = {unit: at for at, unit in enumerate(UNITS)}
    means = {
        name: float(np.mean([each[place[unit]] for unit in preset]))
        for name, preset in PRESETS.items()
    }
    return {
        "f1": each.tolist(),
        "mean_f1": float(each.mean()),
        "presets": means,
        "icc": agreed.tolist(),
        "mean_icc": float(agreed.mean()),
        "off": float(np.abs(wanted - found).mean()),
        "limits": limits.tolist(),
    }


def confusion(wanted: Floats, found: Floats) -> list[dict[str, Any]]:
    """Tell how often units of one shape are taken for each other, by intensities (T, N).

    For each pair, of the frames that show the one and not the other, the share in which the other
    is said to be there.
    """
    out = []
    for group in SHARED:
        for one in group:
            for other in group:
                a, b = UNITS.index(one), UNITS.index(other)
                alone = (wanted[:, a] >= 1.0) & (wanted[:, b] < OCCURS)
                if one != other and alone.any():
                    said = float((found[alone, b] >= 1.0).mean())
                    out.append({"shown": one, "said": other, "share": said})
    return out


def _left_out(units: UnitStudy, progress: Progress) -> dict[str, Any]:
    """Read people of a rig with a network that has seen nothing of it, and with the usual one."""
    out: dict[str, Any] = {}
    for rig, (file, origin) in LEFT_OUT.items():
        path = units.runs / f"{file}.safetensors"
        chosen = [clip for clip in units.test if units.corpus.origin[clip.person] == origin]
        if not path.is_file() or not chosen:
            continue
        stranger = load_units(path)
        points = np.asarray(stranger.vertices.numpy())
        own = UnitStudy(units.corpus, stranger, units.runs, units.each)
        theirs = [clip for clip in own.test if units.corpus.origin[clip.person] == origin]
        wanted = truth(chosen)
        for noise, amount in NOISES.items():
            rows = {}
            for name, model, clips, at in (
                ("without it", stranger, theirs, places(points)),
                ("with it", units.model, chosen, units.points),
            ):
                seen = seen_as(clips, at, amount)
                found = np.concatenate(intensities(model, clips, seen, progress))
                rows[name] = scores(wanted, found, model.thresholds[1].numpy())
            out[f"{rig}, {noise}"] = rows
    return out


def refined(units: UnitStudy, progress: Progress) -> dict[str, float]:
    """Hold the refined points against the coarse ones: error, and jitter, as ratios."""
    actions = load_rig().actions[:, units.vertices].reshape(len(ARKIT), -1)
    sums = np.zeros(4)
    seen = units.seen(units.test, "tracker")
    for clip, moved in progress.each(list(zip(units.test, seen, strict=True)), "refining"):
        with torch.inference_mode():
            answer = read_clip(units.model, torch.from_numpy(moved), clip.course.fps, causal=False)
        clean = clip.clean.astype(np.float32)
        made = (answer.weights[0].numpy() @ actions).reshape(clean.shape)
        for place, points in enumerate((moved, made)):
            off = points - clean
            sums[place] += np.linalg.norm(off, axis=2).mean()
            sums[2 + place] += np.linalg.norm(np.diff(off, n=2, axis=0), axis=2).mean()
    mean = sums / len(units.test)
    return {
        "coarse_mm": float(mean[0]),
        "refined_mm": float(mean[1]),
        "error_ratio": float(mean[1] / mean[0]),
        "jitter_ratio": float(mean[3] / mean[2]),
    }
