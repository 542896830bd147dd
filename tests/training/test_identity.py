"""People to be told apart: who is learned from, what a tracker sees, and how errors are counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from studio.core import InputError, Progress
from studio.nn.identity.head import IdentityConfig
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.identity.cast import Cast
from studio.training.datasets.identity.views import Views, marks, tracked
from studio.training.datasets.people import ICT, MIXED, STUDIO, sliders
from studio.training.datasets.scanning import Scan
from studio.training.evaluation.identity.measures import equal_error, pairs, shown_to
from studio.training.evaluation.identity.part import People, figures_of
from studio.training.evaluation.identity.tables import identity_aims, identity_tables
from studio.training.trainers.identity import IdentityTraining, learned, train_identity
from studio.training.trainers.loop import LoopConfig


def test_the_slider_is_known_of_the_studio_s_heads_alone_and_the_same_each_time() -> None:
    origin = np.array([STUDIO, ICT, STUDIO, MIXED, ICT])
    found = sliders((7,), origin)
    assert np.isnan(found[origin == ICT]).all()
    assert ((found[origin == STUDIO] >= 0) & (found[origin == STUDIO] <= 1)).all()
    np.testing.assert_array_equal(found, sliders((7,), origin))


def test_nobody_is_in_two_splits_and_a_face_alone_acts_takes_of_its_own_split(
    corpus: Corpus,
) -> None:
    cast = Cast(corpus)
    everybody = [cast.people(split) for split in ("train", "val", "test")]
    assert len(np.unique(np.concatenate(everybody))) == sum(map(len, everybody))
    for split, people in zip(("train", "val", "test"), everybody, strict=True):
        for person in people.tolist():
            assert np.isin(cast.takes(person), corpus.takes(split)).all()


def test_a_tracker_sees_a_face_nearly_as_it_is_and_faces_made_alike_are_closer(
    corpus: Corpus,
) -> None:
    cast, weights = Cast(corpus), np.zeros((3, 52), dtype=np.float32)
    faces = [cast.mover(person)(weights)[0] for person in (0, 1)]
    seen = tracked(np.random.default_rng(1), cast.mover(0), weights, Scan())
    away = np.linalg.norm(seen - faces[0], axis=2).mean()
    assert 0.05 < away < 3.0
    alike = [cast.mover(person, 0.25)(weights)[0] for person in (0, 1)]
    apart, less = (np.linalg.norm(two[0] - two[1], axis=1).mean() for two in (faces, alike))
    assert less == pytest.approx(0.25 * apart, rel=1e-3)


def test_the_equal_error_is_where_both_errors_meet() -> None:
    same, other = np.array([0.9, 0.8, 0.7, 0.2]), np.array([0.1, 0.15, 0.3, 0.05])
    error, limit = equal_error(same, other)
    assert error == pytest.approx(0.25)
    assert 0.2 < limit <= 0.3
    assert equal_error(same[:3], other)[0] == 0.0


def views(people: list[int], seed: int) -> Views:
    """Eight takes of each person, whose latents differ more by what is shown than by who it is."""
    chance = torch.Generator().manual_seed(seed)
    own = torch.randn(len(people), 1, 1, 6, generator=chance).expand(-1, 8, 3, -1)
    shown = 5.0 * torch.randn(len(people), 8, 3, 6, generator=chance)
    z = torch.cat([own, shown], -1).reshape(-1, 3, 12)
    z += 0.02 * torch.randn(z.shape, generator=chance)
    person = torch.tensor(people).repeat_interleave(8)
    count = len(person)
    points = torch.randn(count, 3, len(marks()), 3, generator=chance)
    slid = torch.arange(count) % 2 == 0
    return Views(z.half(), person, torch.zeros(count, dtype=torch.long), slid, points.half())


def tiny(steps: int) -> IdentityTraining:
    model = IdentityConfig(latent_dim=12, width=6, hidden=8, slider_width=4)
    loop = LoopConfig(steps=steps, warmup=2, save_every=5, log_every=5, learning_rate=1e-3)
    return IdentityTraining(model=model, loop=loop, batch=32)


def told(corpus: Corpus) -> Cast:
    """The corpus with sliders, by turns far down and far up."""
    rows = np.arange(6) % 2 * 0.8 + 0.1
    more = np.arange(len(corpus.shape_only)) % 2 * 0.8 + 0.1
    return Cast(replace(corpus, slider=rows, shape_slider=more))


def test_what_is_learned_tells_strangers_apart_and_goes_on_where_it_stopped(
    corpus: Corpus, tmp_path: Path
) -> None:
    cast, seen, checked = told(corpus), views([*range(3), *range(6, 14)], 1), views([3, 4, 5], 2)
    at_once = learned(cast, seen, checked, tmp_path / "whole", Progress(), tiny(10))
    assert equal_error(*pairs(shown_to(at_once, checked)))[0] < 0.1
    again = learned(cast, seen, checked, tmp_path / "whole", Progress(), tiny(10))
    for one, other in zip(at_once.parameters(), again.parameters(), strict=True):
        torch.testing.assert_close(one, other)
    part = figures_of(People(at_once, cast, {"tracker": views([4, 5, 13], 3)}))
    assert part["tracker"]["people"] == 3 and part["unseen"]["people"] == 2
    assert part["tracker"]["ways"]["head, one frame at the apex"]["chance"] == pytest.approx(1 / 3)
    assert len(identity_tables(part)) == 3
    assert next(aim[0] for aim in identity_aims(part)).startswith("identity")


def test_a_corpus_that_does_not_know_the_sliders_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="sliders are known"):
        train_identity(corpus, tmp_path, tmp_path, Progress())
