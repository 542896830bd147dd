"""What reads a video is fitted on faces that are filmed, and measured on others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from studio.core import Progress, StudioError
from studio.engine.video.following import follow
from studio.face.rig import ARKIT, ARKIT_INDEX
from studio.render.filming.stage import Stage
from studio.training.datasets.corpus import Corpus
from studio.training.video import camera, renders
from studio.training.video.agreement import agreement, correlation, mean_of
from studio.training.video.clips import corpus_takes, film
from studio.training.video.figures import Row, summary
from studio.training.video.look import draw_shot, worn
from studio.training.video.trainer import Examples, figures_of, learned


def test_agreement_is_that_of_channels_that_do_something() -> None:
    rng = np.random.default_rng(0)
    moved = np.zeros((50, len(ARKIT)), dtype=np.float32)
    jaw, puff = ARKIT_INDEX["jawOpen"], ARKIT_INDEX["cheekPuff"]
    moved[:, [jaw, puff]] = rng.random((50, 2))
    read = moved.copy()
    read[:, puff] = 0.3
    found = agreement(0.5 * read + 0.1, moved)
    assert found == {"jawOpen": pytest.approx(1.0), "cheekPuff": 0.0}
    assert mean_of(found, "jaw") == pytest.approx(1.0) and mean_of(found) == pytest.approx(0.5)
    assert correlation(moved[:, jaw], -moved[:, jaw]) == pytest.approx(-1.0)


def test_correlation_is_told_by_take_and_by_channel(corpus: Corpus) -> None:
    (acted,) = corpus_takes(corpus, corpus.takes("test")[:1].tolist())
    rows = [
        Row(acted, 0.0, read, scores, np.zeros(3), 0.0, 0.0, 0.0, "")
        for read, scores in (
            ({"jawOpen": 1.0, "cheekPuff": 0.2}, {"jawOpen": 0.5, "cheekPuff": 0.1}),
            ({"jawOpen": 0.8}, {"jawOpen": 0.1}),
            ({}, {}),
        )
    ]
    found = summary(rows)
    assert found["correlation_by_take"] == pytest.approx((0.6 + 0.8) / 2)
    assert found["correlation_by_channel"] == pytest.approx((0.9 + 0.2) / 2)
    assert found["scores_by_take"] == pytest.approx((0.3 + 0.1) / 2)
    assert found["scores_by_channel"] == pytest.approx((0.3 + 0.1) / 2)


def test_a_mixture_asks_for_nothing_that_cannot_be() -> None:
    for seed in range(200):
        weights = dict(
            zip(ARKIT, renders.mixture(np.random.default_rng(seed)).tolist(), strict=True)
        )
        assert min(weights.values()) >= 0 and max(weights.values()) <= 1.05
        assert not (weights["jawLeft"] and weights["jawRight"])
        assert not (weights["eyeLookInLeft"] and weights["eyeLookOutLeft"])
        assert weights["mouthClose"] <= weights["jawOpen"]


def test_a_linear_face_is_learned_from_examples() -> None:
    rng = np.random.default_rng(0)
    ways = rng.normal(size=(52, 90)).astype(np.float32)
    weights = rng.random((400, 52)).astype(np.float32)
    rest = np.repeat(rng.normal(size=(8, 90)).astype(np.float32), 50, axis=0)
    head = rng.normal(0, 10, (400, 3)).astype(np.float32)
    seen, at_rest, told, moved, turned = map(
        torch.from_numpy, (rest + weights @ ways, rest, head, weights, head + 2)
    )
    sitting, acting = np.repeat(np.arange(8), 50), np.ones(400, dtype=bool)
    examples = Examples(seen, at_rest, told, moved, turned, weights, sitting, acting)
    figures = figures_of(learned(examples, 0.01), examples)
    assert figures["correlation"] > 0.99 and figures["yaw_off"] < 0.1
    np.testing.assert_allclose(learned(examples, 1.0).anybody, rest[::50].mean(axis=0), atol=1e-5)


def test_nobody_films_unless_it_was_said_who(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera, "_known", [])
    with pytest.raises(StudioError, match="nothing was said to film faces with"):
        camera.open_camera(8, 8)


@pytest.mark.slow
def test_people_of_a_corpus_are_filmed_and_seen(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renders, "_ACTING", 3)
    camera.film_by(Stage)
    made = renders.render_sittings(corpus, "train", 1, 3, Progress())
    assert 4 <= len(made.weights) <= 6 and 1 <= made.resting.sum() <= 3
    assert (made.sitting == 0).all() and np.isfinite(made.landmarks).all()


def test_a_film_of_a_take_is_a_video_in_which_the_face_is_followed(
    corpus: Corpus, tmp_path: Path
) -> None:
    (whole,) = corpus_takes(corpus, corpus.takes("test")[:1].tolist())
    acted = replace(whole, weights=whole.weights[:6], head=whole.head[:6], meshes=whole.meshes[:6])
    path, rng = tmp_path / "take.mp4", np.random.default_rng(1)
    with Stage(320, 180) as stage:
        film(acted, path, stage, rng, Progress())
    found = follow(path, 1, Progress())
    assert found.seen.all() and len(found.seconds) == 6
    assert (found.sizes == (320, 180)).all()


def test_a_poor_camera_makes_poor_pictures_and_the_same_ones_again() -> None:
    shot = replace(draw_shot(np.random.default_rng(0)), blur=0.0, noise=5.0, gain=1.0)
    gray = np.full((40, 40, 3), 100, dtype=np.uint8)
    one, other = (worn(gray, shot, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(one, other)
    assert one.astype(float).std() == pytest.approx(5.0, abs=0.5)
