"""Transfer and neutralization on people no model has seen, where the truth is known.

The corpus says what any person looks like at any weights, so a take of one test person on the face
of another has a right answer, and every expressive face has its face at rest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from studio.core import MeshSequence, Progress
from studio.core.sequence import Floats
from studio.engine.motion.transfer import WAYS

from .recognition_metrics import resampled_subjects
from .study import Study

TAKES = 2  # of each test person
COMPONENTS = (38, 220)
Errors = dict[str, list[float]]


def application_figures(study: Study, progress: Progress) -> dict[str, Any]:
    """Measure errors in mm with 95 % intervals over people, and what rigid regions move."""
    study.need("recognizer")
    takes = _some(study)
    subjects = study.corpus.subject[takes]
    transfer, rigid = _transfer(study, takes, progress.part(0.0, 0.5))
    neutral = _neutral(study, takes, progress.part(0.5, 1.0))
    return {
        "takes": len(takes),
        "transfer": {name: _summary(errors, subjects) for name, errors in transfer.items()},
        "transfer_rigid_mm": rigid,
        "neutral": {name: _summary(errors, subjects) for name, errors in neutral.items()},
    }


def _some(study: Study) -> NDArray[np.int64]:
    """Choose the first takes (N,) of each test person that are not neutral, of different labels."""
    corpus, chosen = study.corpus, []
    takes = study.takes(plain=True)
    takes = takes[corpus.label[takes] != study.engine.labels.index("neutral")]
    for place, person in enumerate(np.unique(corpus.subject[takes])):
        own = takes[corpus.subject[takes] == person]
        chosen += [own[(place + 5 * k) % len(own)] for k in range(TAKES)]
    return np.array(chosen)


def _transfer(study: Study, takes: NDArray[np.int64], progress: Progress) -> tuple[Errors, float]:
    """Errors of takes on the next test person's face, by way; the most a rigid vertex moves."""
    corpus, engine, still = study.corpus, study.engine, study.template.regions["rigid"]
    people = np.unique(corpus.subject[takes])
    errors: Errors = {"doing nothing": [], "every vertex, unscaled": []}
    most = 0.0
    for take in progress.each(list(takes), "Transferring"):
        person = corpus.subject[take]
        other = people[(np.searchsorted(people, person) + 1) % len(people)]
        source = MeshSequence(corpus.vertices(take), study.template.faces)
        rest, face = corpus.neutrals[person], corpus.neutrals[other]
        truth = corpus.pose(other, corpus.weights[corpus.rows(take)].astype(np.float32))
        moving = truth[:, ~still] - face[~still]
        known = {"rest known": rest, "rest estimated": None}
        _add(errors, "doing nothing", moving)
        copied = source.vertices - rest
        _add(errors, "every vertex, unscaled", moving - copied[:, ~still])
        for way in WAYS:
            for name, given in known.items():
                made = engine.transfer(source, face, given, way=way).vertices
                _add(errors, f"{way}, {name}", made[:, ~still] - truth[:, ~still])
                most = max(most, float(np.abs(made[:, still] - face[still]).max()))
    return errors, most


def _neutral(study: Study, takes: NDArray[np.int64], progress: Progress) -> Errors:
    """Errors of neutralized faces at the height of the expression, beside doing nothing and PCA."""
    corpus, engine, still = study.corpus, study.engine, study.template.regions["rigid"]
    errors: Errors = {}
    pca = {count: _identities(study, count) for count in COMPONENTS}
    for take in progress.each(list(takes), "Neutralizing"):
        person = corpus.subject[take]
        clip = MeshSequence(corpus.vertices(take), study.template.faces)
        rest = study.resting[person][~still]
        at = int(np.linalg.norm(clip.vertices[:, ~still] - rest, axis=-1).mean(axis=1).argmax())
        one = clip.sliced(at, at + 1)
        made = {
            "doing nothing": one.vertices[0],
            **{f"PCA-{n} of faces at rest": near(one.vertices[0]) for n, near in pca.items()},
            "from the face alone": engine.neutralize(one).vertices[0],
            "from the clip": engine.neutralize(clip).vertices[at],
            "estimate from the clip": engine.resting_face(clip),
            "rest known": engine.neutralize(clip, study.resting[person]).vertices[at],
        }
        for name, face in made.items():
            _add(errors, name, face[~still] - rest)
    return errors


def _identities(study: Study, count: int) -> Callable[[Floats], Floats]:
    """Find the nearest combination of the training people's principal directions at rest."""
    corpus = study.corpus
    faces = np.concatenate([study.resting[corpus.split == 0], corpus.shape_only])
    flat = faces.reshape(len(faces), -1).astype(np.float64)
    mean = flat.mean(axis=0)
    # Through the people, who are fewer than the coordinates.
    squares, along = np.linalg.eigh((flat - mean) @ (flat - mean).T)
    kept = np.flatnonzero(squares > 1e-9 * squares[-1])[-count:]  # few people span fewer
    rows = along[:, kept].T @ (flat - mean) / np.sqrt(squares[kept, None])

    def nearest(face: Floats) -> Floats:
        away = face.reshape(-1) - mean
        return np.asarray((mean + (away @ rows.T) @ rows).reshape(face.shape), dtype=np.float32)

    return nearest


def _add(errors: Errors, name: str, away: Floats) -> None:
    """Note the mean distance of (..., V, 3)."""
    errors.setdefault(name, []).append(float(np.linalg.norm(away, axis=-1).mean()))


def _summary(errors: list[float], subjects: NDArray[np.int64]) -> dict[str, Any]:
    people, place = np.unique(subjects, return_inverse=True)
    means = np.bincount(place, errors) / np.bincount(place)
    draws = resampled_subjects(len(people))
    low, high = np.percentile(draws @ means / draws.sum(axis=1), [2.5, 97.5])
    return {"mm": float(np.mean(errors)), "interval": [float(low), float(high)]}


def application_tables(part: dict[str, Any]) -> list[Table]:
    """Make tables of the errors for a terminal."""
    said = {
        "transfer": f"Transfer, {part['takes']} takes on another test person's face; rigid "
        f"vertices move {part['transfer_rigid_mm']:.3g} mm at most",
        "neutral": "Neutralization at the height of the expression",
    }
    tables = []
    for name, title in said.items():
        table = Table(title=title, title_justify="left", title_style="bold")
        table.add_column("way")
        table.add_column("mean per-vertex error, mm", justify="right")
        for way, row in part[name].items():
            low, high = row["interval"]
            table.add_row(way, f"{row['mm']:.3f} ({low:.3f} to {high:.3f})")
        tables.append(table)
    return tables
