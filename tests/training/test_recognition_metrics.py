"""Figures of a classifier, on verdicts whose figures are known."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.training.evaluation.recognition_metrics import (
    Verdicts,
    accuracy,
    calibration_error,
    difference,
    interval,
    macro_f1,
    report,
    unweighted_recall,
)

seeds = st.integers(0, 2**31 - 1)


def verdicts(seed: int, clips: int = 60, classes: int = 4, skill: float = 2.0) -> Verdicts:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, classes, clips)
    logits = rng.normal(size=(clips, classes)) + skill * np.eye(classes)[truth]
    odds = np.exp(logits)
    return Verdicts(truth, odds / odds.sum(axis=1, keepdims=True), rng.integers(0, 6, clips))


@given(seeds)
def test_figures_agree_with_counting(seed: int) -> None:
    said = verdicts(seed)
    counts = said.counts().sum(axis=0)
    truth, predicted = said.truth, said.predicted
    assert counts[2, 1] == ((truth == 2) & (predicted == 1)).sum()
    assert accuracy(counts) == pytest.approx((truth == predicted).mean())
    recalls = [(predicted[truth == k] == k).mean() for k in np.unique(truth)]
    assert unweighted_recall(counts) == pytest.approx(np.mean(recalls))
    scores = []
    for k in np.union1d(truth, predicted):
        right = ((truth == k) & (predicted == k)).sum()
        scores.append(2 * right / ((truth == k).sum() + (predicted == k).sum()))
    assert macro_f1(counts) == pytest.approx(np.mean(scores))


@given(seeds)
def test_the_interval_holds_the_figure_and_widens_with_fewer_people(seed: int) -> None:
    said = verdicts(seed, clips=240)
    counts = said.counts()
    low, high = interval(accuracy, counts)
    assert low <= accuracy(counts.sum(axis=0)) <= high
    same = np.repeat(counts[:1], 5, axis=0)  # everybody alike: nothing to be unsure of
    assert np.ptp(interval(accuracy, same)) == pytest.approx(0.0)


def test_perfect_verdicts() -> None:
    truth = np.arange(12) % 3
    said = Verdicts(truth, np.eye(3)[truth], np.arange(12) // 4)
    figures = report(said)
    assert (figures["top1"], figures["uar"], figures["macro_f1"], figures["ece"]) == (1, 1, 1, 0)
    assert figures["top1_interval"] == [1.0, 1.0]
    assert figures["confusion"] == (4 * np.eye(3, dtype=int)).tolist()
    assert json.loads(json.dumps(figures)) == figures


def test_calibration_of_a_forecaster_that_is_right_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    sure = rng.uniform(0.5, 1.0, 40000)
    probabilities = np.stack([sure, 1 - sure], axis=1)
    honest = (rng.random(40000) > sure).astype(np.int64)
    assert calibration_error(probabilities, honest) < 0.01
    always_wrong = np.ones(40000, dtype=np.int64)
    assert calibration_error(probabilities, always_wrong) == pytest.approx(sure.mean(), abs=1e-9)


def test_overconfidence_is_the_gap() -> None:
    probabilities = np.tile([0.9, 0.1], (10, 1))
    truth = np.array([0] * 6 + [1] * 4)
    assert calibration_error(probabilities, truth) == pytest.approx(0.3)
    assert calibration_error(np.eye(2)[truth], truth) == 0.0


@given(seeds)
def test_a_difference_is_paired_by_person(seed: int) -> None:
    said = verdicts(seed)
    same = difference(accuracy, said, said)
    assert same == {"value": 0.0, "interval": [0.0, 0.0]}


def test_a_better_classifier_differs_upwards() -> None:
    good, poor = verdicts(1, 300, skill=4.0), verdicts(1, 300, skill=1.0)
    gap = difference(accuracy, good, poor)
    assert 0 < gap["interval"][0] < gap["value"] < gap["interval"][1]
