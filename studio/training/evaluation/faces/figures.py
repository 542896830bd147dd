"""The figures of `evaluate faces`: people by rig, other rigs, sculpted and captured faces."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from studio.core.progress import Progress
from studio.face.facs import LABELS, NEUTRAL
from studio.training.datasets.people import ORIGINS
from studio.training.evaluation.motion import captured_figures, motion_folder, spans
from studio.training.evaluation.recognition import BANDS, observed, peak_activation
from studio.training.evaluation.recognition_metrics import (
    Verdicts,
    accuracy,
    calibration_error,
    unweighted_recall,
)
from studio.training.evaluation.study import Ids, Study

from .clips import Clip, scanned_prototypes, scanned_takes
from .strangers import apex_figures, capture_figures

PEOPLE = 20
_TOLD = 0.25  # the least an emotion shows in a clip that has to be named


def faces_figures(study: Study, progress: Progress) -> dict[str, Any]:
    """Work all of them out; what needs data that is not there is a sentence under "skipped"."""
    study.need("recognizer")
    folder = motion_folder().parent
    scanned, apexes = folder / "ict" / "ict.npz", folder / "geometry" / "emovoca.npz"
    capture = folder / "geometry" / "facecap.npz"
    people = 3 if study.quick else PEOPLE
    return {
        "held_out": _held_out(study, progress.part(0.0, 0.4)),
        "scanned": _where(
            scanned,
            lambda: _named(study, scanned_takes(scanned, people, progress.part(0.4, 0.75))),
        ),
        "prototypes": _where(
            scanned,
            lambda: _named(study, scanned_prototypes(scanned, progress.part(0.75, 0.8))),
        ),
        "apexes": _where(apexes, lambda: apex_figures(study, apexes, progress.part(0.8, 0.95))),
        "capture": _where(capture, lambda: capture_figures(study, capture)),
        "captured": captured_figures(study, progress.part(0.95, 1.0)),
    }


def _where(path: Path, figures: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    if not path.is_file():
        return {"skipped": f"no {path.name} in the folder that STUDIO_TEST_DATA names"}
    return figures()


def _held_out(study: Study, progress: Progress) -> dict[str, Any]:
    """Read the test people's takes as a scanner sees them, by the rig a person moves by."""
    corpus, takes = study.corpus, study.takes()
    order = [study.engine.labels.index(label) for label in LABELS]
    rows, strengths, quiet = [], [], []
    for take in progress.each(takes.tolist(), "held-out people"):
        clip = observed(corpus, int(take))
        said = study.engine.recognize(clip)
        rows.append(said.clip[order])
        strengths.append(0.0 if said.strongest is None else said.strongest)
        if corpus.label[take] == NEUTRAL and corpus.speech[take]:
            quiet.append((int(take), _neutral_windows(said.per_frame[:, order], spans(clip))))
    verdicts = Verdicts(corpus.label[takes], np.stack(rows).astype(float), corpus.subject[takes])
    peak = peak_activation(corpus, takes)
    told = (corpus.label[takes] == NEUTRAL) | (peak >= _TOLD)
    origin = corpus.origin[corpus.subject[takes]]
    windows = dict(quiet)
    out: dict[str, Any] = {}
    for number, name in enumerate(ORIGINS):
        mine = origin == number
        if mine.any():
            out[name] = {
                **_summary(verdicts.only(mine & told)),
                "by_intensity": _by_intensity(verdicts, mine, peak),
                "speech_neutral": _share_of(takes[mine], windows),
                "intensity_rank": float(spearmanr(peak[mine], np.array(strengths)[mine]).statistic),
                "autoencoder_mm": _apex_error(study, takes[mine]),
            }
    return out


def _apex_error(study: Study, takes: Ids) -> float:
    """Measure what the autoencoder loses of takes at their height: mean over vertices, in mm."""
    corpus, lost = study.corpus, []
    for take in takes.tolist():
        top = int(corpus.activation[corpus.rows(take)].argmax())
        mesh = corpus.pose(int(corpus.subject[take]), corpus.seen_weights(take)[top : top + 1])
        decoded = study.engine.decode(study.encode(mesh))
        lost.append(np.linalg.norm(decoded - mesh, axis=2).mean())
    return float(np.mean(lost))


def _summary(verdicts: Verdicts) -> dict[str, Any]:
    counts = verdicts.counts().sum(axis=0)
    return {
        "clips": len(verdicts.truth),
        "accuracy": float(accuracy(counts)),
        "recall": float(unweighted_recall(counts)),
        "calibration_error": calibration_error(verdicts.probabilities, verdicts.truth),
        "confusion": counts.astype(int).tolist(),
    }


def _by_intensity(verdicts: Verdicts, mine: np.ndarray, peak: np.ndarray) -> dict[str, Any]:
    out = {}
    for low, high in BANDS:
        rows = mine & (verdicts.truth != NEUTRAL) & (peak >= low) & (peak < high)
        share = float(verdicts.correct[rows].mean()) if rows.any() else None
        out[f"{low:g} to {high:g}"] = {"clips": int(rows.sum()), "accuracy": share}
    return out


def _neutral_windows(per_frame: np.ndarray, windows: list[tuple[int, int]]) -> list[bool]:
    """Tell of each window whether its frames together read neutral."""
    return [int(per_frame[slice(*span)].mean(axis=0).argmax()) == NEUTRAL for span in windows]


def _share_of(takes: Ids, windows: dict[int, list[bool]]) -> float | None:
    found = [one for take in takes.tolist() for one in windows.get(take, [])]
    return float(np.mean(found)) if found else None


def _named(study: Study, clips: Iterable[Clip]) -> dict[str, Any]:
    """Read clips that were brought in, with the rest found by the recognizer and with it given."""
    order = [study.engine.labels.index(label) for label in LABELS]
    truth, alone, known, person, quiet = [], [], [], [], []
    for clip in clips:
        said = study.engine.recognize(clip.sequence)
        if clip.label == NEUTRAL and clip.speech:
            rows = said.per_frame[:, order]
            quiet += _neutral_windows(rows, spans(clip.sequence))
        if clip.label != NEUTRAL and clip.intensity < _TOLD:
            continue
        truth.append(clip.label)
        person.append(clip.person)
        alone.append(said.clip[order])
        known.append(study.engine.recognize(clip.sequence, clip.rest).clip[order])
    who = np.array(person)
    told = [Verdicts(np.array(truth), np.stack(rows).astype(float), who) for rows in (alone, known)]
    return {
        **_summary(told[0]),
        "rest_given": _summary(told[1]),
        "speech_neutral": float(np.mean(quiet)) if quiet else None,
    }
