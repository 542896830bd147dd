"""Laws of the two landmark generators: exact start, seeds, conditions, padding, lengths."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from studio.nn import landmark_lstm, motion_gan
from studio.nn.checkpoint import load_checkpoint, save_checkpoint
from studio.nn.landmark_basis import LandmarkBasis
from studio.nn.landmark_lstm import LandmarkLstm, LandmarkLstmConfig
from studio.nn.motion_critic import MotionCritic, MotionEncoder, curve_of
from studio.nn.motion_gan import MotionGan, MotionGanConfig
from studio.nn.srvf import encode, inner

pytestmark = pytest.mark.usefixtures("one_thread")

Make = Callable[[list[int], float, int, list[int]], Tensor]
M, K, L = 6, 5, 3
GAN = MotionGanConfig(
    landmarks=M, components=K, labels=L, width=16, layers=2, patch=3, whole=4, local=2, grid=20,
    tremor_taps=3, min_frames=4, max_frames=30,
)  # fmt: skip
LSTMS = {
    form: LandmarkLstmConfig(
        form=form, landmarks=M, components=K, labels=L, width=8, layers=2, noise=4, max_frames=30
    )
    for form in ("conditioned", "paper")
}


@pytest.fixture(scope="module")
def gan() -> MotionGan:
    torch.manual_seed(0)
    model = MotionGan(GAN).eval()
    model.tremor.copy_(0.1 * torch.eye(K))
    model.tremor_filter.copy_(torch.tensor([0.25, 0.5, 0.25]))
    return model


@pytest.fixture(scope="module", params=["motion-gan", *LSTMS])
def make(request: pytest.FixtureRequest, gan: MotionGan) -> Make:
    """(batch of labels, intensity, frames, seeds) -> (B, T, M, 3), for each generator."""
    if request.param == "motion-gan":
        size = motion_gan.noise_size(GAN)
        return lambda label, intensity, frames, seeds: motion_gan.generate_landmarks(
            gan, *conditions(label, intensity), frames, drawn(seeds, size)
        )
    torch.manual_seed(1)
    config = LSTMS[request.param]
    model = LandmarkLstm(config).eval()
    size, rest = landmark_lstm.noise_size(config), torch.randn(M, 3)
    return lambda label, intensity, frames, seeds: landmark_lstm.generate_landmarks(
        model, *conditions(label, intensity), frames, drawn(seeds, size),
        rest.expand(len(label), M, 3),
    )  # fmt: skip


def conditions(label: list[int], intensity: float) -> tuple[Tensor, Tensor]:
    return torch.tensor(label), torch.full((len(label),), intensity)


def drawn(seeds: list[int], size: int) -> Tensor:
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    return torch.stack([torch.randn(size, generator=generator) for generator in generators])


@pytest.mark.parametrize("frames", [2, 4, 17, 30])
def test_any_number_of_frames_starts_exactly_at_the_neutral(make: Make, frames: int) -> None:
    x = make([0, 1, 2], 0.7, frames, [1, 2, 3])
    assert x.shape == (3, frames, M, 3) and x.dtype == torch.float32
    assert x.isfinite().all()
    assert not x[:, 0].any()
    assert x[:, 1:].any()


def test_a_seed_names_a_motion_alone_or_in_a_batch(make: Make) -> None:
    batch = make([0, 1, 2], 0.7, 12, [1, 2, 3])
    assert torch.equal(batch, make([0, 1, 2], 0.7, 12, [1, 2, 3]))
    torch.testing.assert_close(make([1], 0.7, 12, [2])[0], batch[1], atol=1e-5, rtol=1e-4)


def test_the_label_steers(make: Make) -> None:
    assert not torch.allclose(make([0], 0.7, 12, [1]), make([1], 0.7, 12, [1]), atol=1e-4)


@pytest.mark.parametrize("make", ["motion-gan", "conditioned"], indirect=True)
def test_noise_and_intensity_matter(make: Make) -> None:
    once = make([0], 0.7, 12, [1])
    assert not torch.allclose(make([0], 0.7, 12, [2]), once, atol=1e-4)
    assert not torch.allclose(make([0], 0.3, 12, [1]), once, atol=1e-4)


@pytest.mark.parametrize("make", ["paper"], indirect=True)
def test_in_the_papers_form_a_label_has_one_motion(make: Make) -> None:
    assert torch.equal(make([0], 0.7, 12, [1]), make([0], 0.3, 12, [2]))


def test_the_neutral_face_matters_to_the_conditioned_network() -> None:
    model = LandmarkLstm(LSTMS["conditioned"]).eval()
    label, strength = conditions([0, 0], 0.7)
    noise = drawn([1, 1], 4)
    rest = torch.stack([torch.zeros(M, 3), torch.ones(M, 3)])
    x = landmark_lstm.generate_landmarks(model, label, strength, 9, noise, rest)
    assert not torch.allclose(x[0], x[1], atol=1e-4)


def test_step_by_step_and_at_once_are_the_same() -> None:
    for config in LSTMS.values():
        model = LandmarkLstm(config).eval()
        label, strength = conditions([0, 2], 0.7)
        before, noise, rest = torch.randn(2, 7, K), drawn([1, 2], 4), torch.randn(2, M, 3)
        frames = torch.tensor([8, 8])
        with torch.no_grad():
            whole, _ = model(before, label, strength, frames, noise, rest)
            state, rows = None, []
            for t in range(7):
                row, state = model(
                    before[:, t : t + 1], label, strength, frames, noise, rest, state, t
                )
                rows.append(row)
        torch.testing.assert_close(torch.cat(rows, 1), whole, atol=1e-5, rtol=1e-4)


def test_the_generator_stays_tangent_and_blind_to_what_is_not_there(gan: MotionGan) -> None:
    label, strength = conditions([0, 1], 0.7)
    whole, local = drawn([1, 2], 4), drawn([3, 4], 20).view(2, 10, 2)
    with torch.no_grad():
        v, size = gan(label, strength, torch.tensor([9, 20]), whole, local)
        alone, own = gan(label[:1], strength[:1], torch.tensor([9]), whole[:1], local[:1])
    point = gan.reference(torch.tensor([8, 19]))
    torch.testing.assert_close(inner(point, point), torch.ones(2, dtype=torch.float64))
    torch.testing.assert_close(inner(point.float(), v), torch.zeros(2), atol=1e-6, rtol=0)
    assert not v[0, 8:].any() and not point[0, 8:].any()
    torch.testing.assert_close(v[0, :8], alone[0], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(size[0], own[0])


def test_the_length_scales_the_motion_and_nothing_else(gan: MotionGan) -> None:
    steps = torch.tensor([8])
    v = 0.3 * torch.randn(1, 8, K)
    short, long = (curve_of(gan, v, torch.tensor([size]), steps) for size in (0.0, 1.0))
    torch.testing.assert_close(long, short * float(gan.log_length[1].exp()))


def test_critic_and_encoder_never_read_what_is_not_there(gan: MotionGan) -> None:
    torch.manual_seed(2)
    critic, encoder = MotionCritic(gan, 8, 2).eval(), MotionEncoder(gan, 8, 2).eval()
    label, strength = conditions([0, 1], 0.7)
    frames, size = torch.tensor([9, 20]), torch.zeros(2)
    v = torch.randn(2, 19, K)
    v[0, 8:] = 0
    with torch.no_grad():
        both = critic(gan, v, size, label, strength, frames)
        alone = critic(gan, v[:1, :8], size[:1], label[:1], strength[:1], frames[:1])
        torch.testing.assert_close(both[0], alone[0], atol=1e-5, rtol=1e-4)
        whole, local, there = encoder(gan, v, size, label, strength, frames)
    assert whole.shape == (2, 8) and local.shape == (2, 7, 4)
    assert there.sum(1)[:, 0].tolist() == [3, 7]


def test_the_basis_keeps_lengths_and_gives_back_what_it_was_fitted_on() -> None:
    x = torch.randn(50, 2) @ torch.randn(2, 3 * M)
    basis = LandmarkBasis(M, 2).fit(x.view(50, M, 3))
    coordinates = basis(x.view(50, M, 3))
    torch.testing.assert_close(basis.inverse(coordinates).flatten(1), x, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(coordinates.norm(dim=1), x.norm(dim=1))
    torch.testing.assert_close(coordinates.square().mean(0).sqrt(), basis.std)
    curve = coordinates[:, None].double().transpose(0, 1)
    assert float(encode(curve).length) > 0


def test_both_come_back_from_their_files(tmp_path: Path, gan: MotionGan) -> None:
    save_checkpoint(tmp_path / "gan.safetensors", "motion-gan", GAN, gan.state_dict())
    stored = load_checkpoint(tmp_path / "gan.safetensors", "motion-gan")
    again = stored.fill(MotionGan(stored.config_as(MotionGanConfig)))
    noise = drawn([1], motion_gan.noise_size(GAN))
    inputs = (*conditions([1], 0.5), 9, noise)
    assert torch.equal(
        motion_gan.generate_landmarks(again, *inputs), motion_gan.generate_landmarks(gan, *inputs)
    )
    for config in LSTMS.values():
        model = LandmarkLstm(config)
        save_checkpoint(tmp_path / "lstm", "landmark-lstm", config, model.state_dict())
        found = load_checkpoint(tmp_path / "lstm", "landmark-lstm")
        assert found.config_as(LandmarkLstmConfig) == config
        assert not found.fill(LandmarkLstm(config)).training


def test_a_form_of_another_name_is_refused() -> None:
    with pytest.raises(ValueError, match="conditioned or paper"):
        LandmarkLstmConfig(form="other")
