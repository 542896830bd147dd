"""Figures of a classifier: accuracy, recall, calibration, and how sure one can be of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ids = NDArray[np.int64]
Metric = Callable[[Array], Array]

DRAWS = 2000


@dataclass(frozen=True, eq=False)
class Verdicts:
    """What a classifier said of K clips.

    Attributes
    ----------
    truth
        (K,) class numbers.
    probabilities
        (K, L), rows sum to 1.
    subject
        (K,) whose clip it is; clips of one person are not independent.
    """

    truth: Ids
    probabilities: Array
    subject: Ids

    @property
    def predicted(self) -> Ids:
        return np.asarray(self.probabilities.argmax(axis=1), dtype=np.int64)

    @property
    def correct(self) -> NDArray[np.bool_]:
        """Whether each verdict (K,) is right."""
        return np.asarray(self.predicted == self.truth)

    def only(self, chosen: NDArray[np.bool_]) -> Verdicts:
        """Keep the verdicts on some of the clips, by a mask (K,)."""
        return Verdicts(self.truth[chosen], self.probabilities[chosen], self.subject[chosen])

    def counts(self) -> Array:
        """Count confusion matrices (S, L, L), one a subject in order of their ids."""
        _, who = np.unique(self.subject, return_inverse=True)
        classes = self.probabilities.shape[1]
        out = np.zeros((int(who.max()) + 1, classes, classes))
        np.add.at(out, (who, self.truth, self.predicted), 1.0)
        return out


def accuracy(counts: Array) -> Array:
    """Find the share of right verdicts of confusion matrices (..., L, L), rows the truth."""
    right = np.trace(counts, axis1=-2, axis2=-1)
    return np.asarray(right / np.maximum(counts.sum(axis=(-2, -1)), 1.0))


def unweighted_recall(counts: Array) -> Array:
    """Compute UAR: recall averaged over the classes that occur, each counting alike.

    The counts are (..., L, L), rows the truth; the answer is (...,).
    """
    seen = counts.sum(axis=-1)
    recall = np.diagonal(counts, axis1=-2, axis2=-1) / np.maximum(seen, 1.0)
    return np.asarray(recall.sum(axis=-1) / np.maximum((seen > 0).sum(axis=-1), 1))


def macro_f1(counts: Array) -> Array:
    """Average F1 over the classes that occur or are named.

    The counts are (..., L, L), rows the truth; the answer is (...,).
    """
    right = np.diagonal(counts, axis1=-2, axis2=-1)
    total = counts.sum(axis=-1) + counts.sum(axis=-2)
    score = 2.0 * right / np.maximum(total, 1.0)
    return np.asarray(score.sum(axis=-1) / np.maximum((total > 0).sum(axis=-1), 1))


def calibration_error(probabilities: Array, truth: Ids, bins: int = 15) -> float:
    """Compute the expected calibration error of probabilities (N, L) (Guo et al. 2017, section 2).

    It is the mean gap between confidence and accuracy over equal bins of confidence, weighted by
    how many verdicts fall into each.
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    bin_of = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    gap = np.bincount(bin_of, weights=confidence - right, minlength=bins)
    return float(np.abs(gap).sum() / max(len(truth), 1))


def resampled_subjects(subjects: int, draws: int = DRAWS, seed: int = 0) -> Array:
    """Count how often each of S subjects is drawn when S of them are, with replacement: (N, S)."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(subjects, np.full(subjects, 1.0 / subjects), size=draws).astype(float)


def interval(metric: Metric, counts: Array) -> tuple[float, float]:
    """Find the 95 % interval of a metric by bootstrap over subjects, counts (S, L, L)."""
    drawn = np.einsum("ds,sab->dab", resampled_subjects(len(counts)), counts)
    low, high = np.percentile(metric(drawn), [2.5, 97.5])
    return float(low), float(high)


def difference(metric: Metric, first: Verdicts, second: Verdicts) -> dict[str, Any]:
    """Subtract the metric of the second from that of the first.

    Both are drawn with the same subjects.
    """
    one, two = first.counts(), second.counts()
    draws = resampled_subjects(len(one))
    gaps = metric(np.einsum("ds,sab->dab", draws, one)) - metric(
        np.einsum("ds,sab->dab", draws, two)
    )
    low, high = np.percentile(gaps, [2.5, 97.5])
    value = float(metric(one.sum(axis=0)) - metric(two.sum(axis=0)))
    return {"value": value, "interval": [float(low), float(high)]}


def report(verdicts: Verdicts) -> dict[str, Any]:
    """Compute every figure of a set of verdicts, ready for JSON."""
    counts = verdicts.counts()
    whole = counts.sum(axis=0)
    out: dict[str, Any] = {"clips": len(verdicts.truth), "subjects": len(counts)}
    metrics: dict[str, Metric] = {
        "top1": accuracy,
        "uar": unweighted_recall,
        "macro_f1": macro_f1,
    }
    for name, metric in metrics.items():
        out[name] = float(metric(whole))
        out[f"{name}_interval"] = list(interval(metric, counts))
    out["ece"] = calibration_error(verdicts.probabilities, verdicts.truth)
    out["confusion"] = whole.astype(int).tolist()
    return out
