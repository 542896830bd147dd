"""The autoencoder: two forms, PCA at the start, a round trip through its tensors."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from studio.core.errors import CheckpointError, InputError
from studio.nn.autoencoder import Autoencoder, AutoencoderConfig, Form
from studio.nn.checkpoint import load_checkpoint, save_checkpoint
from studio.nn.sampling import build_hierarchy
from tests.nn.spiral_meshes import head_with_eyes, open_head

SMALL = AutoencoderConfig(channels=(4, 8), latent=12, spiral=9, factors=(4, 4))
SCALE = 2.5


def built(
    config: AutoencoderConfig = SMALL, mesh: tuple[np.ndarray, np.ndarray] | None = None
) -> Autoencoder:
    vertices, faces = mesh or head_with_eyes()
    torch.manual_seed(0)
    hierarchy = build_hierarchy(vertices, faces, config.factors, config.lengths)
    return Autoencoder(config, hierarchy, vertices, SCALE)


@pytest.fixture(scope="module")
def fresh() -> Autoencoder:
    return built()


@pytest.fixture
def model(fresh: Autoencoder) -> Autoencoder:
    return copy.deepcopy(fresh)


def faces_of(model: Autoencoder, count: int, seed: int = 0) -> Tensor:
    """(B, V, 3) mm: six smooth modes and their squares: more than six components hold."""
    fixed, draw = (torch.Generator().manual_seed(s) for s in (7, seed))
    waves = torch.randn(3, 12, generator=fixed) / 30
    shifts = torch.randn(12, 3, generator=fixed)
    modes = torch.sin(model.mean @ waves)[:, :, None] * shifts  # (V, 12, 3)
    weights = torch.randn(count, 6, generator=draw)
    weights = torch.cat([weights, weights**2 - 1], dim=1)
    return model.mean + torch.einsum("vkc,bk->bvc", modes, weights)


def principal(model: Autoencoder, data: Tensor, rank: int) -> tuple[np.ndarray, ...]:
    """Mean (V, 3), orthonormal components (K, 3V), deviations (K,) in mm."""
    flat = data.flatten(1).double().numpy()
    mean = flat.mean(axis=0)
    _, singular, rows = np.linalg.svd(flat - mean, full_matrices=False)
    spread = singular[:rank] / np.sqrt(len(flat))
    return mean.reshape(-1, 3), rows[:rank], spread


def randomize_skip(model: Autoencoder) -> None:
    with torch.no_grad():
        model.components.normal_(std=model.mean.numel() ** -0.5)
        model.spread.uniform_(0.5, 2.0)


def outcome(model: Autoencoder, x: Tensor, form: Form) -> dict[str, Tensor]:
    """Latents, meshes and every gradient of an L1 loss."""
    model.form = form
    model.zero_grad()
    x = x.clone().requires_grad_()
    latents = model.encode(x)
    meshes = model.decode(latents)
    (meshes - x.detach()).abs().mean().backward()
    grads = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    assert x.grad is not None
    return {"z": latents.detach(), "x": meshes.detach(), "input": x.grad, **grads}


@pytest.mark.parametrize("batch", [1, 3, 9])
def test_both_forms_are_one_function(model: Autoencoder, batch: int) -> None:
    randomize_skip(model)
    model.components.requires_grad_(True)
    x = faces_of(model, batch)
    fast, plain = outcome(model, x, "fast"), outcome(model, x, "plain")
    assert set(fast) == {"z", "x", "input", *dict(model.named_parameters())}
    for name, expected in plain.items():
        error = (fast[name] - expected).abs().max() / expected.abs().max()
        assert error <= 1e-5, f"{name}: {error:.1e}"


def test_both_forms_are_one_function_on_a_larger_mesh() -> None:
    config = AutoencoderConfig(channels=(16, 32, 64), latent=64)
    model = built(config, open_head(1000))
    randomize_skip(model)
    x = faces_of(model, 8)
    fast, plain = outcome(model, x, "fast"), outcome(model, x, "plain")
    for name, expected in plain.items():
        error = (fast[name] - expected).abs().max() / expected.abs().max()
        assert error <= 1e-5, f"{name}: {error:.1e}"


def test_untrained_it_is_principal_component_analysis(model: Autoencoder) -> None:
    data = faces_of(model, 40)
    mean, components, _ = principal(model, data, 5)
    model.init_linear(components, mean)
    flat = data.flatten(1).double().numpy() - mean.ravel()
    with torch.no_grad():
        z, back = model.encode(data), model(data)
    np.testing.assert_allclose(z[:, :5].numpy(), flat @ components.T / SCALE, atol=1e-4)
    assert (z[:, 5:] == 0).all()
    expected = (flat @ components.T @ components).reshape(back.shape) + mean
    np.testing.assert_allclose(back.numpy(), expected, atol=1e-4)
    assert np.abs(expected - data.numpy()).mean() > 0.1


def test_whitened_latents_have_unit_variance_and_decode_alike(model: Autoencoder) -> None:
    data = faces_of(model, 40)
    mean, components, deviations = principal(model, data, 5)
    with torch.no_grad():
        model.init_linear(components, mean)
        expected = model(data)
        model.init_linear(components, mean, deviations)
        z = model.encode(data)[:, :5]
        np.testing.assert_allclose(z.std(dim=0, correction=0), 1, atol=1e-3)
        torch.testing.assert_close(model(data), expected, rtol=0, atol=1e-3)


def test_training_improves_on_principal_components(model: Autoencoder) -> None:
    data = faces_of(model, 64)
    mean, components, deviations = principal(model, data, 4)
    model.init_linear(components, mean, deviations)
    frozen = model.components.clone()
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=3e-3)
    losses = []
    for _ in range(120):
        optimizer.zero_grad()
        loss = (model(data) - data).abs().mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0]
    assert torch.equal(model.components, frozen)
    assert all(p.grad is not None and p.grad.any() for p in model.parameters() if p.requires_grad)


def test_the_same_input_gives_the_same_bits(model: Autoencoder) -> None:
    randomize_skip(model)
    x = faces_of(model, 9)
    first, second = (outcome(model, x, "fast") for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("form", ["fast", "plain"])
def test_a_batch_is_its_meshes_one_by_one(model: Autoencoder, form: Form) -> None:
    randomize_skip(model)
    model.form = form
    x = faces_of(model, 9)
    with torch.no_grad():
        alone = torch.cat([model(mesh[None]) for mesh in x])
        torch.testing.assert_close(model(x), alone, rtol=0, atol=1e-4)


def test_it_is_rebuilt_from_its_tensors_alone(model: Autoencoder) -> None:
    randomize_skip(model)
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    again = Autoencoder.from_state(SMALL, state)
    x = faces_of(model, 9)
    with torch.no_grad():
        assert torch.equal(again(x), model(x))
    assert not again.training
    assert {name for name in state if name.startswith("tables.")} == {
        f"tables.{name}" for name in build_hierarchy(*head_with_eyes(), (4, 4), (9, 9)).arrays()
    }


def test_small_storage_costs_less_than_a_hundredth_of_a_millimeter(
    model: Autoencoder, tmp_path: Path
) -> None:
    data = faces_of(model, 40)
    mean, components, deviations = principal(model, data, 12)
    model.init_linear(components, mean, deviations)
    with torch.no_grad():
        model.to_latent.weight.normal_(std=0.01)
        path, state = tmp_path / "small.safetensors", model.state_dict()
        half, packed = model.half_precision, model.packed
        save_checkpoint(path, "autoencoder", SMALL, state, half=half, packed=packed)
        rounded = Autoencoder.from_state(SMALL, load_checkpoint(path).state)
        assert (rounded(data) - model(data)).abs().max() < 0.01


@pytest.mark.slow
def test_the_default_configuration_fits_in_thirty_mebibytes() -> None:
    model = built(AutoencoderConfig(), open_head(4538))
    small = {*model.half_precision, *model.packed}
    size = sum(
        tensor.numel() * (2 if name in small else tensor.element_size())
        for name, tensor in model.state_dict().items()
    )
    assert model.components.shape == (512, model.mean.numel())
    assert size < 30 * 2**20


def test_mixed_precision_keeps_the_linear_part_exact(model: Autoencoder) -> None:
    data = faces_of(model, 9)
    mean, components, _ = principal(model, data, 8)
    model.init_linear(components, mean)
    with torch.no_grad():
        expected = model(data)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            torch.testing.assert_close(model(data), expected, rtol=0, atol=1e-4)


def test_tables_of_another_mesh_are_refused(model: Autoencoder) -> None:
    state = dict(model.state_dict())
    state["tables.spirals_0"] = state["tables.spirals_0"].roll(1, 0)
    with pytest.raises(RuntimeError, match="another mesh hierarchy"):
        model.load_state_dict(state)


@pytest.mark.parametrize("name", ["mean", "tables.kept_1", "down.0.conv.linear.weight"])
def test_a_missing_tensor_is_one_sentence(model: Autoencoder, name: str) -> None:
    state = dict(model.state_dict())
    del state[name]
    with pytest.raises(CheckpointError, match="do not fit") as caught:
        Autoencoder.from_state(SMALL, state)
    assert "\n" not in str(caught.value)


def test_a_config_of_other_widths_is_refused(model: Autoencoder) -> None:
    wider = AutoencoderConfig(channels=(4, 16), latent=12, factors=(4, 4))
    with pytest.raises(CheckpointError):
        Autoencoder.from_state(wider, model.state_dict())
    shorter = AutoencoderConfig(channels=(4,), latent=12, factors=(4,))
    with pytest.raises(CheckpointError, match="one width and one factor"):
        Autoencoder.from_state(shorter, model.state_dict())


def test_components_of_another_shape_are_refused(model: Autoencoder) -> None:
    with pytest.raises(InputError, match="at most 12 rows"):
        model.init_linear(np.zeros((13, model.mean.numel())))
    with pytest.raises(InputError, match=r"found \(5, 6\)"):
        model.init_linear(np.zeros((5, 6)))
    with pytest.raises(InputError, match="one for each of 5 components"):
        model.init_linear(np.zeros((5, model.mean.numel())), deviations=np.ones(4))


def test_a_mean_of_another_mesh_is_refused() -> None:
    vertices, faces = head_with_eyes()
    hierarchy = build_hierarchy(vertices, faces, (4, 4), (9, 9))
    with pytest.raises(InputError, match="mean face"):
        Autoencoder(SMALL, hierarchy, vertices[:-1], SCALE)
