"""Distances from training data, on data whose distances are known."""

from __future__ import annotations

import pytest
import torch

from studio.nn.familiarity import MEASURES, FamiliarityConfig, FamiliarityModel, stamp
from studio.nn.recognizer import Recognizer, RecognizerConfig

CONFIG = FamiliarityConfig(latent_dim=12, motion_dim=4, face_dim=3)


@pytest.fixture
def fitted() -> tuple[FamiliarityModel, torch.Tensor, torch.Tensor]:
    """A model, the tokens (N, 2K) and the faces (S, D) it was fitted on."""
    torch.manual_seed(0)
    mix = torch.randn(8, 8)
    tokens, faces = torch.randn(4000, 8) @ mix + 3, torch.randn(300, 12) * torch.linspace(5, 1, 12)
    return FamiliarityModel(CONFIG).fit(tokens, faces, shrink=1e-6), tokens, faces


def test_training_data_lie_at_about_one_in_every_measure(
    fitted: tuple[FamiliarityModel, torch.Tensor, torch.Tensor],
) -> None:
    model, tokens, faces = fitted
    found = model.distances(tokens, faces[0], torch.zeros(len(tokens)))
    assert found[:, :2].square().mean(0).tolist() == pytest.approx([1, 1], abs=1e-2)
    one, none = tokens[:1], torch.zeros(1)
    away = torch.stack([model.distances(one, face, none)[0, 2] for face in faces])
    assert away.square().mean().item() == pytest.approx(1, abs=1e-2)


def test_each_measure_answers_to_its_own_input(
    fitted: tuple[FamiliarityModel, torch.Tensor, torch.Tensor],
) -> None:
    model, tokens, faces = fitted
    rows, error = tokens[:5], torch.full((5,), 0.2)
    plain = model(rows, faces[0], error)
    moved, fast = rows.clone(), rows.clone()
    moved[:, :4] += 100
    fast[:, 4:] += 100
    for place, found in enumerate(
        (
            model(moved, faces[0], error),
            model(fast, faces[0], error),
            model(rows, faces[0] + 100, error),
            model(rows, faces[0], error + 100),
        )
    ):
        others = [k for k in range(len(MEASURES)) if k != place]
        assert (found[:, place] > 10 * plain[:, place]).all(), MEASURES[place]
        torch.testing.assert_close(found[:, others], plain[:, others])


def test_limits_divide(fitted: tuple[FamiliarityModel, torch.Tensor, torch.Tensor]) -> None:
    model, tokens, faces = fitted
    error = torch.full((3,), 0.6)
    before = model(tokens[:3], faces[0], error)
    model.limits.copy_(torch.tensor([2.0, 4.0, 5.0, 0.3]))
    torch.testing.assert_close(model(tokens[:3], faces[0], error), before / model.limits)
    assert model(tokens[:3], faces[0], error)[0, 3].item() == pytest.approx(2.0)


def test_a_stamp_is_that_of_the_weights() -> None:
    torch.manual_seed(0)
    one = Recognizer(RecognizerConfig(latent_dim=8, motion_dim=4, width=16, heads=2))
    before = stamp(one)
    assert stamp(one) == before
    with torch.no_grad():
        one.pool.bias.add_(1e-3)
    assert stamp(one) != before
