"""How often the studio calls unfamiliar what is not, and misses what is."""

from __future__ import annotations

from typing import Any

import numpy as np

from studio.core.familiarity import Familiarity
from studio.core.progress import Progress
from studio.core.sequence import MeshSequence
from studio.io import read_sequence
from studio.training.datasets.wrong_faces import WRONGS, wrong

from .motion import captured_paths, spans
from .recognition import observed
from .study import Study

EVERY = 3  # one in so many takes is looked at: of each person a few
WRONG_EVERY = 30  # one in so many is made wrong in every way


def familiarity_figures(study: Study, progress: Progress) -> dict[str, Any]:
    """Count false alarms on unseen people, and what is noticed of wrong and of captured takes."""
    study.need("familiarity")
    every = study.takes().tolist()
    takes = every[::EVERY]
    first = progress.part(0.0, 0.5)
    alarms = [_score(study, observed(study.corpus, k)) for k in first.each(takes, "unseen people")]
    out: dict[str, Any] = {
        "takes": len(takes),
        "false_alarms": float(np.mean([score > 0.5 for score in alarms])),
        "by_person": _by_person(study, takes, alarms),
        "wrong": {},
        "captured": {},
    }
    second = progress.part(0.5, 0.85)
    for kind in second.each(list(WRONGS), "takes made wrong"):
        clips = (wrong(observed(study.corpus, k), kind, k) for k in every[::WRONG_EVERY])
        scores = [_score(study, clip) for clip in clips]
        out["wrong"][kind] = {"takes": len(scores), "noticed": _share(scores)}
    for path in progress.part(0.85, 1.0).each(captured_paths(study), "captured takes"):
        out["captured"][path.name] = captured(study, read_sequence(path))
    return out


def captured(study: Study, clip: MeshSequence) -> dict[str, Any]:
    """Score a captured take, and the share of its two-second windows above one half."""
    known = _known(study, clip)
    windows = [known.over(*span) for span in spans(clip)]
    return {
        "score": round(known.over(), 3),
        "cause": known.cause(),
        "windows": len(windows),
        "noticed": _share(windows),
    }


def _known(study: Study, clip: MeshSequence) -> Familiarity:
    known = study.engine.familiarity(clip)
    if known is None:
        raise RuntimeError("the set knows no familiarity, though it was asked for")
    return known


def _score(study: Study, clip: MeshSequence) -> float:
    return _known(study, clip).over()


def _share(scores: list[float]) -> float:
    return float(np.mean([score > 0.5 for score in scores]))


def _by_person(study: Study, takes: list[int], scores: list[float]) -> dict[str, float]:
    """Name the people with any false alarm, and the share of their takes."""
    people = study.corpus.subject[takes]
    shares = {
        f"A{person:03d}": _share([s for s, p in zip(scores, people, strict=True) if p == person])
        for person in np.unique(people).tolist()
    }
    return {person: share for person, share in shares.items() if share > 0}
