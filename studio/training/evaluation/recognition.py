"""How well the engine recognizes the takes of people no model has seen."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.alignment import apply_rigid
from studio.core.probabilities import Probabilities
from studio.core.progress import Progress
from studio.core.sequence import Floats, MeshSequence
from studio.face.known import studio_face
from studio.face.rig import head_rotation, load_rig
from studio.training.datasets.acting.course import FPS
from studio.training.datasets.corpus import Corpus

from .recognition_metrics import Verdicts, report
from .study import Ids, Study

NOISE_MM = (0.1, 0.25)
SEED = 21
BANDS = ((0.0, 0.3), (0.3, 0.6), (0.6, 1.0), (1.0, 2.0))  # of the most that takes show
WAYS = ("clip", "window", "clip_known_rest", "window_known_rest")


def observed(corpus: Corpus, take: int) -> MeshSequence:
    """Make a take as a scanner gives it: the head moves, every vertex jitters by 0.1 to 0.25 mm."""
    rng = np.random.default_rng([SEED, take])
    vertices = corpus.vertices(take)
    noise = rng.standard_normal(vertices.shape, dtype=np.float32)
    vertices = vertices + np.float32(rng.uniform(*NOISE_MM)) * noise
    turns = head_rotation(corpus.head[corpus.rows(take)].astype(np.float64))
    pivot = load_rig().pivot.astype(np.float64)
    moved = apply_rigid(vertices, turns, pivot - turns @ pivot)
    return MeshSequence(moved, studio_face().template.faces, FPS, f"take {take}")


def telling_frame(activation: Floats, *, neutral: bool) -> int:
    """Find the frame a live verdict is asked at.

    It is that which shows most, by activation (T,); of a neutral take, the last.
    """
    return len(activation) - 1 if neutral else int(np.argmax(activation))


def recognition_figures(study: Study, progress: Progress) -> dict[str, Any]:
    """Measure whole clip and causal window, with the resting face estimated and with it given."""
    study.need("recognizer")
    takes = study.takes()
    rows: dict[str, list[Floats]] = {name: [] for name in WAYS}
    for take in progress.each(takes.tolist(), "recognizing"):
        for name, row in _asked(study, int(take)).items():
            rows[name].append(row)
    order = [study.engine.labels.index(label) for label in study.corpus.labels]
    verdicts = {
        name: Verdicts(
            study.corpus.label[takes],
            np.stack(found).astype(np.float64)[:, order],
            study.corpus.subject[takes],
        )
        for name, found in rows.items()
    }
    out: dict[str, Any] = {name: report(found) for name, found in verdicts.items()}
    out |= {"labels": list(study.corpus.labels), "noise_mm": list(NOISE_MM)}
    whole, window = verdicts["clip"], verdicts["window"]
    peak = peak_activation(study.corpus, takes)
    out["hard_to_tell"] = int(((peak < 0.25) & (whole.truth != study.corpus.neutral)).sum())
    out["by"] = {
        name: {
            "clips": int(mask.sum()),
            "clip": _share(whole, mask),
            "window": _share(window, mask),
        }
        for name, mask in _groups(study.corpus, takes, peak).items()
    }
    return out


def _asked(study: Study, take: int) -> dict[str, Floats]:
    corpus = study.corpus
    sequence = observed(corpus, take)
    neutral = bool(corpus.label[take] == corpus.neutral)
    frame = telling_frame(corpus.activation[corpus.rows(take)], neutral=neutral)
    rest = corpus.rest_of(take)
    alone: Probabilities = study.engine.recognize(sequence)
    known = study.engine.recognize(sequence, rest)
    found = (alone.clip, alone.per_frame[frame], known.clip, known.per_frame[frame])
    return dict(zip(WAYS, found, strict=True))


def peak_activation(corpus: Corpus, takes: Ids) -> Floats:
    """Find the most that a take shows of its emotion: (K,)."""
    return np.array([corpus.activation[corpus.rows(k)].max() for k in takes.tolist()], "f4")


def _groups(corpus: Corpus, takes: Ids, peak: Floats) -> dict[str, NDArray[np.bool_]]:
    emotion = corpus.label[takes] != corpus.neutral
    speech, blend = corpus.speech[takes], corpus.blend[takes]
    bands = {
        f"peak {low:g} to {high:g}": emotion & (peak >= low) & (peak < high) for low, high in BANDS
    }
    return bands | {
        "neutral": ~emotion,
        "with speech": speech,
        "without speech": ~speech,
        "with a second emotion": blend,
    }


def _share(verdicts: Verdicts, mask: NDArray[np.bool_]) -> float | None:
    return float(verdicts.correct[mask].mean()) if mask.any() else None
