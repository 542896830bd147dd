"""Neutralization (paper 003, section 4.4): an expressive face back to rest by its landmarks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from studio.core.errors import CheckpointError
from studio.core.progress import Progress
from studio.core.sequence import Floats
from studio.face.known import studio_face
from studio.face.landmarks import IBUG_68
from studio.nn.checkpoint import load_checkpoint
from studio.nn.sparse_to_dense import SparseToDense, SparseToDenseConfig
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.dense_faces import DenseFaces, corpus_faces
from studio.training.datasets.people import SPLITS

from .baselines import (
    RIDGES,
    DecoderPredictor,
    LinearModel,
    Predictor,
    principal_model,
    spread_rows,
)
from .summary import moments, summary

Guess = Callable[[Floats], Floats]
RESTS = ("average face", "estimated", "known")
FRAMES, FIT_FRAMES = 480, 6000
STRONG_MM = 1.0  # mean landmark displacement a face needs to count as expressive
GUESS_RIDGES = tuple(10.0**k for k in range(-9, 2))  # mm^2


def neutral_figures(corpus: Corpus, models: Path, progress: Progress) -> dict[str, Any]:
    """Measure the error to the true neutral, mm, of expressive faces of test people.

    The displacement handed to each model leads from the face's landmarks to where they are thought
    to rest: on the average face, as the paper does it; where a linear regression on training people
    says; or where they do rest, as a limit.
    """
    try:
        decoder = shipped_decoder(models)
    except CheckpointError as error:
        return {"skipped": str(error)}
    train, val, test = (people_of(corpus, name) for name in SPLITS)
    progress.report(0.2, "PCA-220")
    principal = principal_model(train, 220)
    guess = resting_landmarks(with_shapes(train, corpus), val)
    out: dict[str, Any] = {"frames": len(test), "nothing": _figures(test, None, test.sparse())}
    for place, name in enumerate(RESTS):
        progress.report(0.5 + 0.15 * place, f"resting landmarks: {name}")
        seen, asked = (_rest(faces, guess, name) for faces in (val, test))
        ridges = [principal.with_ridge(ridge) for ridge in RIDGES]
        best = min(ridges, key=lambda candidate: _figures(val, candidate, seen)["mean"])
        out[f"S2D-Dec, {name}"] = _figures(test, decoder, asked)
        out[f"PCA-220, {name}"] = _figures(test, best, asked)
    return out


def _rest(faces: DenseFaces, guess: Guess, name: str) -> Floats:
    """(N, M, 3) where the landmarks of each frame are thought to rest."""
    own = faces.neutral_landmarks()
    if name == "average face":
        return np.broadcast_to(faces.rest[faces.landmarks], own.shape)
    return own if name == "known" else guess(own + faces.sparse())


def shipped_decoder(folder: Path) -> DecoderPredictor:
    """Load the decoder of a model folder.

    Raises
    ------
    CheckpointError
        If there is none.
    """
    stored = load_checkpoint(folder / "sparse-to-dense.safetensors", "sparse-to-dense")
    model = SparseToDense.from_state(stored.config_as(SparseToDenseConfig), stored.state)
    return DecoderPredictor(model, studio_face().landmarks(IBUG_68.name))


def people_of(corpus: Corpus, split: str) -> DenseFaces:
    """Take expressive frames of a split, evenly spread; more of those to learn from."""
    faces = corpus_faces(corpus, np.flatnonzero(corpus.split == SPLITS.index(split)), every=5)
    strong = np.linalg.norm(faces.sparse(), axis=-1).mean(axis=1) > STRONG_MM
    faces = faces.only(np.flatnonzero(strong))
    return faces.only(spread_rows(faces, FIT_FRAMES if split == "train" else FRAMES))


def with_shapes(faces: DenseFaces, corpus: Corpus, each: int = 4, seed: int = 0) -> DenseFaces:
    """Add the corpus' people without takes, each in some of the frames' mixtures.

    Where landmarks rest is a question of shape, and they are many.
    """
    rng = np.random.default_rng([seed, 10])
    extra = corpus.shape_only
    taken = rng.integers(0, len(faces), each * len(extra))
    owner = len(faces.neutrals) + np.repeat(np.arange(len(extra)), each)
    return replace(
        faces,
        people=corpus.people.joined(extra, rng),
        weights=np.concatenate([faces.weights, faces.weights[taken]]),
        person=np.concatenate([faces.person, owner]),
        expression=np.concatenate([faces.expression, faces.expression[taken]]),
    )


def resting_landmarks(faces: DenseFaces, held: DenseFaces) -> Guess:
    """Learn where the landmarks (N, M, 3) of an expressive face rest (N, M, 3).

    By ridge regression on these people's frames, with the ridge that suits held-out people best.
    """
    rest = faces.neutral_landmarks().reshape(len(faces), -1).astype(np.float64)
    posed = rest + faces.sparse().reshape(len(faces), -1)
    seen, wanted = posed.mean(axis=0), rest.mean(axis=0)
    x, y = posed - seen, rest - wanted
    gram, cross = x.T @ x / len(x), x.T @ y / len(x)

    def guess_with(ridge: float) -> Guess:
        linear = np.linalg.solve(gram + ridge * np.eye(len(gram)), cross)

        def guess(landmarks: Floats) -> Floats:
            found = (landmarks.reshape(len(landmarks), -1) - seen) @ linear + wanted
            return np.asarray(found.reshape(landmarks.shape), dtype=np.float32)

        return guess

    true = held.neutral_landmarks()

    def error(guess: Guess) -> float:
        return float(np.linalg.norm(guess(true + held.sparse()) - true, axis=-1).mean())

    return min(map(guess_with, GUESS_RIDGES), key=error)


def _figures(test: DenseFaces, predictor: Predictor | None, rest: Floats) -> dict[str, Any]:
    """How far from the true neutral the vertices that landmarks can show end up."""
    left = test.dense()
    if predictor:
        left = left + _undoing(test, predictor, rest)
    rows = []
    for person in np.unique(test.person).tolist():
        own = np.flatnonzero(test.person == person)
        rows.append([float(person), *moments(left[own][:, test.shown])])
    return summary([rows])


def _undoing(test: DenseFaces, predictor: Predictor, rest: Floats) -> Floats:
    """(N, V, 3) the displacement from each frame to its neutral, as the model has it."""
    moved = rest - test.neutral_landmarks() - test.sparse()
    if isinstance(predictor, LinearModel):  # it does not look at the neutral
        return predictor(moved, test.rest)
    made = [predictor(moved[k : k + 1], _standing(test, rest[k]))[0] for k in range(len(test))]
    return np.stack(made)


def _standing(test: DenseFaces, rest: Floats) -> Floats:
    """(V, 3) a face whose landmarks rest where they are thought to, as far as models look at it."""
    face = test.rest.copy()
    face[test.landmarks] = rest
    return face
