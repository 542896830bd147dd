"""Errors kept person by person, and what is said of them: mean, deviation, interval, ratio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Floats
from studio.training.datasets.dense_faces import DenseFaces
from studio.training.evaluation.recognition_metrics import resampled_subjects

from .baselines import Predictor

PersonErrors = list[list[float]]  # person, mean error mm, mean squared error mm^2, frames
LEAST_MM = 1e-5  # what single precision holds of a coordinate of a head


def person_errors(
    predictor: Predictor | None, test: DenseFaces, sparse: Floats
) -> tuple[PersonErrors, PersonErrors]:
    """Measure the error of each test person, with landmarks (N, M, 3) that may be noisy.

    Over the vertices whose motion landmarks can show, and over all. A predictor of None leaves the
    face as it is.
    """
    shown: PersonErrors = []
    whole: PersonErrors = []
    for person in np.unique(test.person).tolist():
        rows = np.flatnonzero(test.person == person)
        dense = test.dense(rows)
        made = predictor(sparse[rows], test.neutrals[person]) if predictor else 0.0
        shown.append([person, *moments((made - dense)[:, test.shown])])
        whole.append([person, *moments(made - dense)])
    return shown, whole


def moments(difference: Floats) -> list[float]:
    """Sum up (n, V, 3): mean distance, mean squared distance and frames."""
    error = np.linalg.norm(difference.astype(np.float64), axis=-1)
    return [float(error.mean()), float((error**2).mean()), float(len(error))]


def by_person(parts: Sequence[PersonErrors]) -> np.ndarray:
    """Sum errors, squares and frames of each person over the folds: (S, 3)."""
    table: dict[float, np.ndarray] = {}
    for person, mean, square, frames in (row for part in parts for row in part):
        own = table.setdefault(person, np.zeros(3))
        own += frames * np.array([mean, square, 1.0])
    return np.stack([table[person] for person in sorted(table)])


def mean_error(part: PersonErrors) -> float:
    """Average the error over all frames, in mm."""
    total = by_person([part]).sum(axis=0)
    return float(total[0] / total[2])


def summary(parts: Sequence[PersonErrors]) -> dict[str, Any]:
    """Give mean and deviation over vertices and frames, in mm.

    With a 95 % interval of the mean by bootstrap over people.
    """
    sums = by_person(parts)
    total = sums.sum(axis=0)
    mean = total[0] / total[2]
    drawn = resampled_subjects(len(sums)) @ sums
    low, high = np.percentile(drawn[:, 0] / drawn[:, 2], [2.5, 97.5])
    deviation = np.sqrt(max(total[1] / total[2] - mean**2, 0.0))
    return {"mean": float(mean), "std": float(deviation), "interval": [float(low), float(high)]}


def ratio(own: Sequence[PersonErrors], other: Sequence[PersonErrors]) -> dict[str, Any]:
    """Divide the mean error of one by that of the other, both drawn with the same people.

    With a 95 % interval; errors below `LEAST_MM` count as that.
    """
    sums = [by_person(parts)[:, [0, 2]] for parts in (own, other)]
    draws = resampled_subjects(len(sums[0]))

    def mean(total: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.maximum(total[..., 0] / total[..., 1], LEAST_MM)

    low, high = np.percentile(mean(draws @ sums[0]) / mean(draws @ sums[1]), [2.5, 97.5])
    value = mean(sums[0].sum(axis=0)) / mean(sums[1].sum(axis=0))
    return {"value": float(value), "interval": [float(low), float(high)]}
