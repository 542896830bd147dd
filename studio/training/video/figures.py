"""What becomes of takes that are filmed and read from the video: weights, pose, verdict."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from studio.core.progress import Progress
from studio.core.sequence import Doubles, Floats, MeshSequence
from studio.engine import Engine
from studio.engine.video.following import follow
from studio.engine.video.weighing import weigh
from studio.face.known import studio_face
from studio.face.rig import load_rig
from studio.training.datasets.people import SPLITS
from studio.training.evaluation.study import Study

from .agreement import WELL_SEEN, agreement, mean_of
from .camera import open_camera
from .clips import SIZE, Acted, captured, corpus_takes, film

ACTIVE = 0.05  # deviation from which on a channel of a take does something
_TAKES, _QUICK = 42, 7  # of the corpus, that are filmed
_SEED = 20


@dataclass(frozen=True, eq=False)
class Row:
    """One take, and what was read of it.

    Attributes
    ----------
    read, scores
        Correlation by channel, of the weights that were read and of the scores alone.
    off
        (3,) degrees yaw, pitch and roll, mean.
    read_mm, scores_mm, rest_mm
        Mean distance of the skin's vertices from where the true weights put them: by what was read,
        by the scores alone, and by a face that does not move.
    verdict
        What the recognizer says of what was read.
    """

    acted: Acted
    lost: float
    read: dict[str, float]
    scores: dict[str, float]
    off: Doubles
    read_mm: float
    scores_mm: float
    rest_mm: float
    verdict: str


def video_figures(study: Study, progress: Progress) -> dict[str, Any]:
    """Film takes of people whom nothing was trained on, and read the videos."""
    study.need("recognizer")
    corpus, rng = study.corpus, np.random.default_rng(_SEED)
    people = np.flatnonzero(corpus.split == SPLITS.index("test")).tolist()
    takes = rng.permutation(corpus.takes("test", plain=True))
    chosen = _of_each_label(takes, corpus.label[takes], _QUICK if study.quick else _TAKES)
    acted = chain(captured(corpus, people, _SEED), corpus_takes(corpus, chosen))
    rows = _rows(acted, study.engine, rng, progress)
    filmed = [row for row in rows if not row.acted.label]
    return {
        "takes": len(rows),
        "size": list(SIZE),
        "channels": _channels(rows),
        "all": summary(rows),
        "captured": summary(filmed),
        "corpus": summary([row for row in rows if row.acted.label]),
        "rigs": {
            name: summary([row for row in rows if row.acted.rig == name])
            for name in sorted({row.acted.rig for row in rows})
        },
    }


def _of_each_label(takes: np.ndarray, labels: np.ndarray, count: int) -> list[int]:
    """Choose as many takes of each label as there may be."""
    kinds = np.unique(labels)
    each = max(count // len(kinds), 1)
    return [int(take) for kind in kinds for take in takes[labels == kind][:each]]


def _rows(acted: Iterable[Acted], engine: Engine, rng: Any, progress: Progress) -> list[Row]:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, open_camera(*SIZE) as stage:
        path = Path(folder) / "take.mp4"
        for one in acted:
            progress.report(min(len(rows) / 60, 1.0), f"Filming {one.name}")
            film(one, path, stage, rng, Progress())
            rows.append(_row(one, path, engine))
    return rows


def _row(acted: Acted, path: Path, engine: Engine) -> Row:
    followed = follow(path, 1, Progress())
    seen = np.flatnonzero(followed.seen[: len(acted.weights)])
    scores = followed.scores[seen]
    found = weigh(followed.landmarks[seen], acted.fps)
    moved, head = acted.weights[seen], acted.head[seen]
    rig, faces = load_rig(), studio_face().template.faces
    clip = MeshSequence(rig.pose(found.weights, head=found.head), faces, acted.fps)
    return Row(
        acted,
        1 - len(seen) / len(acted.weights),
        agreement(found.weights, moved, ACTIVE),
        agreement(scores, moved, ACTIVE),
        np.abs(found.head - head).mean(axis=0),
        _apart(found.weights, moved),
        _apart(scores, moved),
        _apart(np.zeros_like(moved), moved),
        engine.recognize(clip).label if len(seen) >= 4 else "",
    )


def _apart(one: Floats, other: Floats) -> float:
    """Mean mm between the skins of the studio's face under weights (T, 52)."""
    rig, skin = load_rig(), studio_face().template.regions["skin"]
    moved = (one - other) @ rig.actions[:, skin].reshape(len(rig.actions), -1)
    return float(np.linalg.norm(moved.reshape(len(one), -1, 3), axis=2).mean())


def summary(rows: list[Row]) -> dict[str, Any]:
    """Average over takes; correlation by take, and of the means of the channels."""
    if not rows:
        return {}
    known = [row for row in rows if row.acted.label]
    read = _channel_means(rows, "read")
    return {
        "takes": len(rows),
        "correlation_by_take": _take_mean(rows, "read"),
        "correlation_by_channel": mean_of(read),
        "scores_by_take": _take_mean(rows, "scores"),
        "scores_by_channel": mean_of(_channel_means(rows, "scores")),
        "well_seen": {stem: mean_of(read, stem) for stem in WELL_SEEN},
        "head_off": np.mean([row.off for row in rows], axis=0).tolist(),
        "mm": float(np.mean([row.read_mm for row in rows])),
        "scores_mm": float(np.mean([row.scores_mm for row in rows])),
        "rest_mm": float(np.mean([row.rest_mm for row in rows])),
        "lost": float(np.mean([row.lost for row in rows])),
        "emotion": float(np.mean([row.verdict == row.acted.label for row in known]))
        if known
        else None,
    }


def _take_mean(rows: list[Row], field: str) -> float:
    """Average over the takes what the channels that do something in each correlate by."""
    return float(np.nanmean([mean_of(getattr(row, field)) for row in rows]))


def _channel_means(rows: list[Row], field: str) -> dict[str, float]:
    """Average each channel's correlation over the takes in which it does something."""
    found: dict[str, list[float]] = {}
    for row in rows:
        for name, value in getattr(row, field).items():
            found.setdefault(name, []).append(value)
    return {name: float(np.mean(values)) for name, values in found.items()}


def _channels(rows: list[Row]) -> dict[str, dict[str, float]]:
    read, scores = _channel_means(rows, "read"), _channel_means(rows, "scores")
    takes = {name: sum(name in row.read for row in rows) for name in read}
    return {
        name: {"read": read[name], "scores": scores[name], "takes": takes[name]} for name in read
    }
