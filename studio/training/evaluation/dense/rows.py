"""The rows of the sparse-to-dense tables: what each is fitted with, and its errors on a fold."""

from __future__ import annotations

import copy
import hashlib
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from studio.core.progress import Progress
from studio.core.sequence import Floats
from studio.nn.sparse_to_dense import SparseToDenseConfig
from studio.training.datasets.dense_faces import FOLDS, DenseFaces, Fold, Split
from studio.training.trainers.sparse_to_dense import (
    SparseToDenseTraining,
    fitted_decoder,
    train_decoder,
)

from .baselines import (
    DecoderPredictor,
    LinearModel,
    MetLandmarks,
    NeuralPredictor,
    Predictor,
    RbfPredictor,
    dictionary_model,
    principal_model,
    short,
    shorter,
    spread_rows,
    train_neural3dmm,
    with_best_ridge,
)
from .summary import person_errors

TEST_PEOPLE, TEST_FRAMES, VALIDATION_FRAMES = 40, 240, 120
ATOMS = 220
NOISE_MM = 0.1  # a second measurement: landmarks as a good detector finds them
CLIP = 30  # faces at once, when the time is taken

DECODER, MET = "S2D-Dec", "S2D-Dec, landmarks met"
PUBLISHED = "S2D-Dec as published"
LINEAR, BLIND = "its linear path", "its linear path, blind to identity"
PCA_LARGE = "PCA-220"


@dataclass(frozen=True)
class Effort:
    """Steps that the networks of one fold train for.

    0 leaves the row out, but for `decoder`, whose linear path remains. The default takes minutes
    of a GPU and many hours of two CPU cores.

    Attributes
    ----------
    folds : how many folds of a split train networks; the others do what has a closed form
    """

    decoder: int = 3000
    published: int = 3000
    neural: int = 3000
    folds: int = FOLDS

    def of_fold(self, number: int) -> Effort:
        return self if number < self.folds else CLOSED_FORM


QUICK = Effort(decoder=20, published=150, neural=150, folds=1)
CLOSED_FORM = Effort(decoder=0, published=0, neural=0, folds=0)


@dataclass(frozen=True, eq=False)
class FoldTask:
    """One fold of one split on one set of faces; `folder` keeps trainings and errors."""

    faces: DenseFaces
    fold: Fold
    split: Split
    folder: Path
    effort: Effort = field(default_factory=Effort)

    @property
    def train(self) -> DenseFaces:
        return self.faces.only(self.fold.train)

    @property
    def test(self) -> DenseFaces:
        """Evenly spread frames of what is held out, of evenly spread people."""
        held = self.faces.only(self.fold.test)
        people = np.unique(held.person)
        few = people[:: -(-len(people) // TEST_PEOPLE)]
        held = held.only(np.flatnonzero(np.isin(held.person, few)))
        return held.only(spread_rows(held, TEST_FRAMES))

    def inner(self) -> tuple[DenseFaces, DenseFaces]:
        """Split the training part in two, the last sixth of its groups to choose settings on."""
        train = self.train
        key = train.expression if self.split == "expression" else train.person
        groups = np.unique(key)
        held = np.isin(key, groups[-max(1, len(groups) // 6) :])
        rest = train.only(np.flatnonzero(held))
        return train.only(np.flatnonzero(~held)), rest.only(spread_rows(rest, VALIDATION_FRAMES))

    def stamp(self) -> str:
        """Say what the kept errors were made from, in a few digits."""
        sha = hashlib.sha256(repr((self.effort, self.fold.held_out, TEST_FRAMES)).encode())
        sha.update(np.round(self.faces.weights[::50], 3).tobytes())
        sha.update(np.round(self.faces.neutrals[:, ::500], 1).tobytes())
        sha.update(np.round(self.faces.sparse(slice(0, None, 500)), 1).tobytes())
        return sha.hexdigest()[:12]


Rows = dict[str, Predictor]


def fitted_rows(task: FoldTask, progress: Progress) -> tuple[Rows, Rows]:
    """Fit every row on the training part: for exact landmarks, and for noisy ones.

    They differ in the ridge of the statistical models, the one setting that wants to know the
    noise.
    """
    train, (inner, held) = task.train, task.inner()
    exact: Rows = {}
    noisy: Rows = {}
    progress.report(0.0, "statistical models")
    trials, models = _statistical(inner), _statistical(train)
    sparse, dense = held.sparse(), held.dense()
    for name, model in models.items():
        for rows, seen in ((exact, sparse), (noisy, with_noise(sparse, seed=1))):
            ridge = with_best_ridge(trials[name], seen, dense, held.shown).ridge
            rows[name] = model.with_ridge(ridge)
    others = _networks(task, train, progress.part(0.3, 0.95))
    return exact | others, noisy | others


def _statistical(faces: DenseFaces) -> dict[str, LinearModel]:
    principal = principal_model(faces, 220)
    return {
        PCA_LARGE: principal,
        "PCA-38": shorter(principal, 38),
        "DL-3DMM": dictionary_model(faces, principal, ATOMS),
    }


def _networks(task: FoldTask, train: DenseFaces, progress: Progress) -> Rows:
    effort, marks = task.effort, train.landmarks
    rbf = RbfPredictor(train.faces, marks)
    rows: Rows = {}
    if effort.neural:
        training = SparseToDenseTraining.published(short(effort.neural))
        net = train_neural3dmm(train, task.folder, progress.part(0.0, 0.4), training)
        rows["Neural3DMM + landmarks"] = NeuralPredictor(net)
    rows["RBF"] = rbf
    if effort.published:
        training = SparseToDenseTraining.published(short(effort.published))
        middle = progress.part(0.4, 0.7)
        plain = train_decoder(train, task.folder, "published", middle, training)
        rows[PUBLISHED] = DecoderPredictor(plain, marks)
    small = SparseToDenseConfig(identity_aware=False, proportional=False)
    rows[BLIND] = DecoderPredictor(
        fitted_decoder(train, SparseToDenseTraining(model=small)).eval(), marks
    )
    own = SparseToDenseTraining(loop=short(effort.decoder))
    start = fitted_decoder(train, own)
    rows[LINEAR] = DecoderPredictor(copy.deepcopy(start).eval(), marks)
    last = progress.part(0.75, 1.0)
    decoder = train_decoder(train, task.folder, "decoder", last, own, start=start)
    rows[DECODER] = DecoderPredictor(decoder, marks)
    rows[MET] = MetLandmarks(rows[DECODER], rbf)
    return rows


def with_noise(sparse: Floats, seed: int = 0) -> Floats:
    """Move landmarks (N, M, 3) as a detector does that errs by `NOISE_MM` in each coordinate."""
    noise = np.random.default_rng([seed, 9]).standard_normal(sparse.shape)
    return np.asarray(sparse + NOISE_MM * noise, dtype=np.float32)


def fold_errors(task: FoldTask, progress: Progress) -> dict[str, Any]:
    """Measure the errors of every row on one fold, kept in the task's folder.

    `rows`: name -> `exact`, `all`, `noisy`: for each test person the mean of the error in mm, of
    its square, and the frames; `all` is `exact` over all vertices, the others over those whose
    motion landmarks can show. Beside them `numbers` and `ms`.
    """
    path = task.folder / "errors.json"
    if path.is_file():
        kept: dict[str, Any] = json.loads(path.read_text())
        if kept.get("stamp") == task.stamp():
            return kept
    exact, noisy = fitted_rows(task, progress.part(0.0, 0.9))
    test, rows = task.test, {}
    still, _ = person_errors(None, test, test.sparse())
    for name, predictor in exact.items():
        progress.report(0.9, name)
        shown, whole = person_errors(predictor, test, test.sparse())
        blurred, _ = person_errors(noisy[name], test, with_noise(test.sparse()))
        rows[name] = {
            "exact": shown,
            "all": whole,
            "noisy": blurred,
            "numbers": predictor.numbers,
            "ms": milliseconds(predictor, test),
        }
    about = {"stamp": task.stamp(), "held_out": task.fold.held_out}
    out = {**about, "rows": rows, "still": {"exact": still}}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(out))
    return out


def milliseconds(predictor: Predictor, test: DenseFaces, repeats: int = 3) -> float:
    """Time a face of a clip of one person, the best of a few runs.

    What is prepared once for a neutral is not counted.
    """
    rows = np.zeros(CLIP, dtype=np.int64)
    sparse, neutral = test.sparse(rows), test.neutrals[int(test.person[0])]
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        predictor(sparse, neutral)
        taken.append(time.perf_counter() - began)
    return 1000.0 * min(taken) / CLIP
