"""Landmarks to surface: exact where the landmarks say so, calm where they do not."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from studio.core.errors import CheckpointError, InputError
from studio.nn.checkpoint import load_checkpoint, save_checkpoint
from studio.nn.sampling import build_hierarchy
from studio.nn.sparse_to_dense import LinearFit, SparseToDense, SparseToDenseConfig
from tests.nn.spiral_meshes import head_with_eyes, open_head

COUNT, RANK = 20, 6
SMALL = SparseToDenseConfig(COUNT, (8, 6, 4), (4, 4), modes=8)
BLIND = SparseToDenseConfig(COUNT, (8, 6, 4), (4, 4), modes=0, identity_aware=False)
MARKS = np.linspace(0, 290, COUNT).astype(np.int64)


def built(config: SparseToDenseConfig = SMALL) -> SparseToDense:
    torch.manual_seed(0)
    hierarchy = build_hierarchy(*head_with_eyes(), config.factors, config.lengths)
    return SparseToDense(config, hierarchy)


def actions() -> np.ndarray:
    """(RANK, V, 3) mm, smooth displacements whose landmarks tell them apart."""
    vertices, _ = head_with_eyes()
    rng = np.random.default_rng(3)
    waves = np.sin(vertices @ rng.normal(size=(3, RANK)) / 30)
    return np.asarray(waves.T[:, :, None] * rng.normal(size=(RANK, 1, 3)))


def exact_fit() -> LinearFit:
    """The linear path of the actions above, for people of any proportions."""
    moves, (vertices, _) = actions(), head_with_eyes()
    marks = moves[:, MARKS].reshape(RANK, -1)
    _, singular, rows = np.linalg.svd(marks, full_matrices=False)
    modes = np.linalg.pinv(marks @ rows.T) @ moves.reshape(RANK, -1)
    neutral = vertices[MARKS]
    return LinearFit(
        np.full((3, COUNT), 1 / COUNT),
        neutral.std(axis=0),
        rows,
        singular**2,
        modes,
        neutral,
        5.0,
        2.0,
    )


@pytest.fixture(scope="module")
def fresh() -> SparseToDense:
    model = built()
    model.init_linear(exact_fit())
    return model


@pytest.fixture
def model(fresh: SparseToDense) -> SparseToDense:
    return copy.deepcopy(fresh)


def people(count: int, seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """Landmark displacements, neutral landmarks and dense displacements of faces that differ in
    proportions and place."""
    rng = np.random.default_rng(seed)
    size = rng.uniform(0.7, 1.4, (count, 1, 3))
    dense = np.einsum("bk,kvc->bvc", rng.normal(size=(count, RANK)), actions()) * size
    neutral = head_with_eyes()[0][MARKS] * size + rng.normal(size=(count, 1, 3))
    parts = dense[:, MARKS], neutral, dense
    displacements, landmarks, whole = (torch.tensor(part, dtype=torch.float32) for part in parts)
    return displacements, landmarks, whole


def woken(model: SparseToDense) -> SparseToDense:
    torch.manual_seed(1)
    torch.nn.init.normal_(model.up[-1].conv.linear.weight, std=0.1)
    return model


@pytest.mark.parametrize("config", [SMALL, BLIND])
@pytest.mark.parametrize("batch", [1, 3, 9])
def test_both_forms_are_one_function(config: SparseToDenseConfig, batch: int) -> None:
    model = built(config)
    if config.modes:
        model.init_linear(exact_fit())
    woken(model)
    displacements, neutral, _ = people(batch)
    noisy, outcomes = displacements + 0.1 * torch.randn_like(displacements), []
    for form in ("fast", "plain"):
        model.form = form
        model.zero_grad()
        out = model(noisy, neutral)
        out.square().mean().backward()
        outcomes.append([out.detach(), *(p.grad for p in model.parameters())])
    for fast, plain in zip(*outcomes, strict=True):
        assert (fast - plain).abs().max() <= 2e-5 * plain.abs().max()


def test_exact_landmarks_give_the_exact_surface_of_any_proportions(model: SparseToDense) -> None:
    displacements, neutral, dense = people(30)
    with torch.no_grad():
        torch.testing.assert_close(model(displacements, neutral), dense, rtol=0, atol=1e-3)


def test_what_the_landmarks_cannot_mean_is_damped(model: SparseToDense) -> None:
    displacements, neutral, dense = people(200)
    chance = torch.Generator().manual_seed(0)
    noisy = displacements + 0.5 * torch.randn(displacements.shape, generator=chance)
    with torch.no_grad():
        shrunk = (model(noisy, neutral) - dense).norm(dim=-1).mean()
        size = model.proportions(neutral)[:, None]
        along = (noisy / size).flatten(1) @ model.into.T
        plain = ((along @ model.modes).view_as(dense) * size - dense).norm(dim=-1).mean()
    assert shrunk < plain


def test_no_displacement_is_exactly_none(model: SparseToDense) -> None:
    _, neutral, _ = people(4)
    with torch.no_grad():
        assert not woken(model)(torch.zeros_like(neutral), neutral).any()


def test_proportions_follow_the_size_and_not_the_place(model: SparseToDense) -> None:
    _, neutral, _ = people(5)
    stretch = torch.tensor([1.2, 0.9, 1.1])
    own = model.proportions(neutral)
    moved = model.proportions(neutral * stretch + torch.tensor([3.0, -20.0, 7.0]))
    torch.testing.assert_close(moved, own * stretch, rtol=1e-4, atol=0)


def test_a_batch_is_its_faces_one_by_one(model: SparseToDense) -> None:
    displacements, neutral, _ = people(9)
    displacements += 0.2 * torch.randn_like(displacements)
    with torch.no_grad():
        together = woken(model)(displacements, neutral)
        alone = [model(displacements[i : i + 1], neutral[i : i + 1]) for i in range(9)]
    torch.testing.assert_close(together, torch.cat(alone), rtol=0, atol=1e-4)


def test_training_improves_on_the_linear_path(model: SparseToDense) -> None:
    """Weights that are never negative are more than their variance tells."""
    rng = np.random.default_rng(0)
    weights = torch.tensor(rng.exponential(size=(64, RANK)) ** 2, dtype=torch.float32)
    moves = torch.tensor(actions(), dtype=torch.float32)
    dense = torch.einsum("bk,kvc->bvc", weights, moves)
    _, neutral, _ = people(1)
    neutral = neutral.expand(64, -1, -1)
    noisy = dense[:, MARKS] + 0.5 * torch.randn(64, COUNT, 3)
    before = {name: buffer.clone() for name, buffer in model.named_buffers()}
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    losses = []
    for _ in range(100):
        optimizer.zero_grad()
        loss = (model(noisy, neutral) - dense).abs().mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0]
    assert all(torch.equal(before[name], buffer) for name, buffer in model.named_buffers())


def test_it_is_rebuilt_from_its_file_alone(model: SparseToDense, tmp_path: Path) -> None:
    woken(model)
    path, state = tmp_path / "small.safetensors", model.state_dict()
    half, packed = model.half_precision, model.packed
    save_checkpoint(path, "sparse-to-dense", SMALL, state, half=half, packed=packed)
    stored = load_checkpoint(path, "sparse-to-dense")
    again = SparseToDense.from_state(stored.config_as(SparseToDenseConfig), stored.state)
    displacements, neutral, _ = people(9)
    with torch.no_grad():
        error = again(displacements, neutral) - model(displacements, neutral)
    assert error.abs().max() < 0.005
    assert not again.training


@pytest.mark.slow
def test_the_default_sizes_suit_a_processor_and_a_download() -> None:
    config = SparseToDenseConfig()
    hierarchy = build_hierarchy(*open_head(4538), config.factors, config.lengths)
    model = SparseToDense(config, hierarchy)
    small = {*model.half_precision, *model.packed}
    size = sum(
        tensor.numel() * (2 if name in small else tensor.element_size())
        for name, tensor in model.state_dict().items()
    )
    assert sum(p.numel() for p in model.parameters()) < 1_000_000
    assert size < 6 * 2**20


def test_a_fit_of_another_shape_is_refused(model: SparseToDense) -> None:
    fit = exact_fit()
    with pytest.raises(InputError, match="at most 8 modes"):
        model.init_linear(fit._replace(into=np.zeros((9, 3 * COUNT))))
    with pytest.raises(InputError, match="20 landmarks"):
        model.init_linear(fit._replace(neutral=np.zeros((19, 3))))
    narrow = SparseToDenseConfig(COUNT, (8, 6), (4, 4))
    with pytest.raises(InputError, match="one width more"):
        SparseToDense(narrow, build_hierarchy(*head_with_eyes(), (4, 4), (9, 9)))


def test_a_missing_tensor_is_one_sentence(model: SparseToDense) -> None:
    state = dict(model.state_dict())
    del state["modes"]
    with pytest.raises(CheckpointError, match="do not fit") as caught:
        SparseToDense.from_state(SMALL, state)
    assert "\n" not in str(caught.value)
