"""What the trainings draw and aim at, before any network is trained."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from studio.face.facs import LABELS
from studio.face.template import load_template
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.latents import Latents, padded, resampled
from studio.training.datasets.motion_points import shared_noise
from studio.training.evaluation.autoencoder import projected
from studio.training.trainers import autoencoder
from studio.training.trainers.autoencoder import MeshSource, principal_components
from studio.training.trainers.recognizer import (
    Strangeness,
    WindowSource,
    _temperature,
    soft_targets,
)

NEUTRAL = LABELS.index("neutral")


@given(st.integers(4, 40), st.integers(4, 60))
def test_resampling_keeps_both_ends_and_straight_lines(length: int, frames: int) -> None:
    line = torch.linspace(2.0, 5.0, length)[:, None] * torch.tensor([1.0, -2.0])
    out = resampled(line, frames)
    assert out.shape == (frames, 2)
    torch.testing.assert_close(out[[0, -1]], line[[0, -1]])
    torch.testing.assert_close(out[:, 0], torch.linspace(2.0, 5.0, frames), rtol=1e-4, atol=1e-4)


def test_resampling_to_its_own_length_changes_nothing() -> None:
    z = torch.randn(17, 3)
    torch.testing.assert_close(resampled(z, 17), z)


def test_padding_marks_what_is_there() -> None:
    z, mask = padded([torch.ones(3, 2), torch.ones(5, 2)])
    assert z.shape == (2, 5, 2)
    assert mask.sum(1).tolist() == [3, 5]
    assert z[0, 3:].abs().sum() == 0


@given(st.floats(0, 1), st.sampled_from(range(len(LABELS))))
def test_soft_targets_are_probabilities_that_follow_the_activation(level: float, k: int) -> None:
    row = soft_targets(torch.tensor([level]), torch.tensor([k]), 7, 6)[0]
    assert float(row.sum()) == pytest.approx(1.0, abs=1e-6)
    assert float(row.min()) >= 0.0
    if level <= 0.05:
        assert int(row.argmax()) == NEUTRAL and float(row.max()) > 0.999
    if level >= 0.25:
        assert float(row[k]) == pytest.approx(1.0, abs=1e-5)


def test_the_temperature_undoes_a_scale() -> None:
    generator = torch.Generator().manual_seed(0)
    logits = 2.0 * torch.randn(4000, 5, generator=generator)
    drawn = torch.multinomial(logits.softmax(-1), 1, generator=generator)[:, 0]
    targets = torch.nn.functional.one_hot(drawn, 5).float()
    assert _temperature(logits, targets) == pytest.approx(1.0, abs=0.08)
    assert _temperature(2.0 * logits, targets) == pytest.approx(2.0, abs=0.15)


def test_principal_components_are_orthonormal_and_enough_of_them_are_exact() -> None:
    rng = np.random.default_rng(0)
    mixed = rng.normal(size=(30, 4)) @ rng.normal(size=(4, 60))
    meshes = (mixed.reshape(30, 20, 3) + 10.0).astype(np.float32)
    basis = principal_components(meshes, 4)
    np.testing.assert_allclose(basis.components @ basis.components.T, np.eye(4), atol=1e-4)
    np.testing.assert_allclose(projected(basis, meshes, 4), meshes, atol=1e-3)
    errors = [np.abs(projected(basis, meshes, k) - meshes).mean() for k in range(5)]
    assert all(a > b for a, b in pairwise(errors))
    assert (np.diff(basis.deviations) <= 0).all()


def test_meshes_to_learn_from_are_of_training_and_shape_only_people(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autoencoder, "POOL", 60)
    source = MeshSource(corpus)
    drawn = source.draw(np.random.default_rng(1), 40)
    assert drawn.shape == (40, 4538, 3) and np.isfinite(drawn).all()
    np.testing.assert_array_equal(drawn, source.draw(np.random.default_rng(1), 40))
    skull = load_template().regions["rigid"]
    known = np.concatenate([corpus.neutrals, corpus.shape_only])[:, skull]
    owner = [int(np.abs(known - mesh[skull]).max(axis=(1, 2)).argmin()) for mesh in drawn]
    allowed = {0, 1, 2, *range(len(corpus.neutrals), len(known))}
    assert set(owner) <= allowed and len(set(owner)) > 5 and set(owner) & {0, 1, 2}


def test_windows_are_cuts_of_takes_with_their_own_rest(corpus: Corpus) -> None:
    time = torch.arange(len(corpus.weights), dtype=torch.float16)[:, None]
    owner = torch.from_numpy(corpus.subject).float()[:, None].repeat(1, 2)
    latents = Latents(time.repeat(1, 2) / 100.0, owner)
    takes = corpus.takes("train")
    as_they_are = Strangeness(torch.zeros(2, 3), torch.zeros(3, 2), np.eye(1, dtype="f4"), 0.0)
    source = WindowSource(corpus, latents, takes, 0.0, as_they_are)
    for window in source.draw(np.random.default_rng(0), 40, (8, 30), (0.7, 1.4)):
        assert 8 <= len(window.z) <= 30
        assert len(window.activation) == len(window.z)
        assert (torch.diff(window.z[:, 0]) >= 0).all()
        person = int(window.rest[0])
        assert person in (0, 1, 2)
        own = takes[(corpus.subject[takes] == person) & (corpus.label[takes] == window.label)]
        spans = [(latents.take(corpus, k)[[0, -1], 0]) for k in own.tolist()]
        assert any(s[0] <= window.z[0, 0] and window.z[-1, 0] <= s[1] + 1e-4 for s in spans)


def test_a_stranger_moves_as_others_do_but_for_an_offset_and_rests_as_before() -> None:
    rows = torch.eye(4)[:, :3]
    rest = torch.tensor([1.0, 2.0, 3.0, 4.0])
    z = rest + torch.tensor([0.0, 0.5, 9.0])[:, None] * torch.tensor([3.0, 3.0, 3.0, 0.0])
    alone = np.eye(1, dtype=np.float32)
    strange = Strangeness(rows, torch.linalg.pinv(rows), alone, 0.8)
    seen = strange(z, rest, np.random.default_rng(0))
    off = (seen - z) @ rows
    torch.testing.assert_close(seen[0], rest)
    torch.testing.assert_close(off[1], off[2])
    assert 0.1 < float(off[2].abs().mean()) < 2.4


def test_noise_of_points_is_that_of_their_neighbors() -> None:
    shared = shared_noise()
    covariance = shared @ shared.T
    chin, brow, corner, lid = 1, 3, 22, 23  # the right ones of brows and lids
    np.testing.assert_allclose(np.diag(covariance), 1.0, atol=1e-5)
    assert covariance[corner, lid] > 0.5
    assert 0.0 <= covariance[chin, brow] < 0.05
