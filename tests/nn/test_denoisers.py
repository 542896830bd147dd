"""Laws of the denoisers and of sampling: exact start, seeds, samplers that agree."""

from __future__ import annotations

import math
import sys
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from studio.core import Cancelled, InputError, Progress
from studio.nn.denoisers import DiffusionConfig, MotionDiffusion
from studio.nn.diffusion import (
    SAMPLERS,
    diffusion_loss,
    expected,
    guided,
    make_scheduler,
    pinned,
    sample,
    signal_levels,
    smoothed,
)

pytestmark = pytest.mark.usefixtures("one_thread")
D, K, L = 10, 6, 3
TEMPORAL = DiffusionConfig(
    latent_dim=D, motion_dim=K, labels=L, width=16, heads=2, layers=2, steps=8, min_frames=4
)
UNET = DiffusionConfig(
    denoiser="unet2d",
    latent_dim=D,
    motion_dim=D,
    labels=L,
    channels=(8, 8),
    prediction="epsilon",
    schedule="linear",
    zero_snr=False,
    min_snr=0.0,
    steps=8,
)


def untrained(config: DiffusionConfig) -> MotionDiffusion:
    """A model whose output is not the zero it starts training from."""
    torch.manual_seed(0)
    model = MotionDiffusion(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if not parameter.any():
                parameter.normal_(std=0.1)
    return model


@pytest.fixture(scope="module", params=[TEMPORAL, UNET], ids=["temporal", "unet2d"])
def model(request: pytest.FixtureRequest) -> MotionDiffusion:
    return untrained(request.param)


def inputs(model: MotionDiffusion, batch: int = 2, frames: int = 9) -> list[Tensor]:
    generator = torch.Generator().manual_seed(5)
    return [
        torch.randn(batch, frames, model.config.motion_dim, generator=generator),
        torch.arange(batch) * 300 + 20,
        torch.randn(batch, D, generator=generator),
        torch.arange(batch) % (L + 1),
        torch.linspace(0.5, 1.0, batch),
    ]


def test_the_prediction_has_the_shape_of_the_motion_and_hears_every_condition(
    model: MotionDiffusion,
) -> None:
    given = inputs(model)
    with torch.no_grad():
        base = model(*given)
        assert base.shape == given[0].shape
        for place, other in [
            (1, given[1] + 200),
            (2, -given[2]),
            (3, given[3] + 1),
            (4, given[4] / 2),
        ]:
            changed = [*given]
            changed[place] = other
            assert not torch.allclose(model(*changed), base, atol=1e-5), place


def test_what_lies_in_the_padding_is_never_read(model: MotionDiffusion) -> None:
    x, *rest = inputs(model)
    mask = torch.arange(9)[None] < torch.tensor([[5], [9]])
    noisy = torch.where(mask[..., None], x, torch.full_like(x, 7.0))
    with torch.no_grad():
        torch.testing.assert_close(model(noisy, *rest, mask), model(x, *rest, mask))
        assert not model(x, *rest, mask)[0, 5:].any()


def test_the_temporal_denoiser_needs_no_padding_to_be_the_same() -> None:
    model = untrained(TEMPORAL)
    x, *rest = inputs(model, batch=1)
    mask = torch.arange(9)[None] < 5
    with torch.no_grad():
        padded = model(x, *rest, mask)[:, :5]
        torch.testing.assert_close(model(x[:, :5], *rest), padded, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_seed_names_a_clip_alone_or_in_a_batch(model: MotionDiffusion, sampler: str) -> None:
    z_in = torch.randn(D, generator=torch.Generator().manual_seed(9))
    batch = sample(model, 1, z_in, 9, [3, 4, 5], sampler=sampler)
    again = sample(model, 1, z_in, 9, [3, 4, 5], sampler=sampler)
    alone = sample(model, 1, z_in, 9, [4], sampler=sampler)
    assert torch.equal(batch, again)
    torch.testing.assert_close(alone[0], batch[1], atol=1e-3, rtol=1e-3)
    assert torch.equal(batch[:, 0], z_in.expand(3, -1))
    assert batch.isfinite().all()
    assert (batch[0] - batch[1]).abs().max() > 1e-2


def test_the_label_and_the_guidance_steer(model: MotionDiffusion) -> None:
    z_in = torch.zeros(D)
    one = sample(model, 0, z_in, 9, [1])
    assert not torch.allclose(sample(model, 1, z_in, 9, [1]), one, atol=1e-4)
    assert not torch.allclose(sample(model, 0, z_in, 9, [1], guidance=4.0), one, atol=1e-4)


def test_a_guidance_of_one_is_the_conditioned_model_alone(model: MotionDiffusion) -> None:
    z_in = torch.zeros(D)
    exact = sample(model, 0, z_in, 9, [1], guidance=1.0)
    near = sample(model, 0, z_in, 9, [1], guidance=1.0 + 1e-6)
    torch.testing.assert_close(near, exact, atol=1e-3, rtol=1e-3)


class Gaussian(MotionDiffusion):
    """The exact denoiser of motion drawn from N(mean, 0.5^2): what a perfect training gives."""

    mean = 1.5

    def forward(
        self,
        x: Tensor,
        t: Tensor,
        z_in: Tensor,
        label: Tensor,
        intensity: Tensor,
        mask: Tensor | None = None,
    ) -> Tensor:
        signal = signal_levels(self.config)[t][:, None, None].double()
        alpha, variance = signal.sqrt(), 1 - signal
        gain = alpha * 0.25 / (signal * 0.25 + variance)
        clean = self.mean + gain * (x - alpha * self.mean)
        sigma = variance.clamp_min(1e-12).sqrt()
        noise = (x - alpha * clean) / sigma
        out = alpha * noise - sigma * clean if self.config.prediction == "v_prediction" else noise
        return out.float()


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("prediction", ["v_prediction", "epsilon"])
def test_every_sampler_draws_what_the_process_describes(sampler: str, prediction: str) -> None:
    zero = prediction == "v_prediction"
    config = DiffusionConfig(
        latent_dim=8,
        motion_dim=8,
        width=8,
        heads=2,
        layers=1,
        prediction=prediction,
        schedule="squaredcos_cap_v2" if zero else "linear",
        zero_snr=zero,
    )
    steps = 250 if sampler == "ddpm" else 40
    z = sample(Gaussian(config), 0, torch.zeros(8), 64, range(4), sampler=sampler, steps=steps)
    drawn = z[:, 1:].flatten()
    assert math.isclose(drawn.mean(), 1.5, abs_tol=0.06)
    assert math.isclose(drawn.std(), 0.5, abs_tol=0.06)


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("config", [TEMPORAL, UNET], ids=["v", "epsilon"])
def test_a_pinned_frame_ends_where_it_is_pinned(config: DiffusionConfig, sampler: str) -> None:
    scheduler = make_scheduler(config, sampler, 20)
    clean = torch.linspace(-1, 1, K)
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(3, K, generator=generator)
    for t in scheduler.timesteps.tolist():
        prediction = pinned(config, x, clean, float(scheduler.alphas_cumprod[t]))
        x = scheduler.step(prediction, t, x, [generator] * 3)
        if t == scheduler.timesteps[5]:
            assert (x - clean).abs().max() > 0.3
    torch.testing.assert_close(x, clean.expand(3, -1), atol=0.03, rtol=0)


def test_guidance_is_one_forward_of_both_halves(model: MotionDiffusion) -> None:
    x, _, z_in, _, _ = inputs(model)
    t, ones = torch.full((2,), 400), torch.ones(2)
    with torch.no_grad():
        got = guided(model, x, 400, z_in, 1, 1.0, 3.0)
        shown = model(x, t, z_in, torch.full((2,), 1), ones)
        hidden = model(x, t, z_in, torch.full((2,), L), ones)
    plain = hidden + 3.0 * (shown - hidden)
    for row in range(2):
        spread = shown[row].std() / plain[row].std()
        share = model.config.guidance_rescale
        expected = plain[row] * (share * spread + 1 - share)
        torch.testing.assert_close(got[row], expected, atol=1e-5, rtol=1e-4)


def test_ddim_and_dpm_reach_the_same_clip_with_many_steps() -> None:
    model = untrained(TEMPORAL)
    clips = [
        sample(model, 0, torch.zeros(D), 9, [1], sampler=sampler, steps=200)
        for sampler in ("ddim", "dpm")
    ]
    torch.testing.assert_close(*clips, atol=0.05, rtol=0.05)


@pytest.mark.parametrize("config", [TEMPORAL, UNET], ids=["v", "epsilon"])
def test_the_samplers_walk_the_schedule_that_was_trained(config: DiffusionConfig) -> None:
    levels = signal_levels(config)
    assert (levels.diff() < 0).all()
    assert levels[-1] == 0 if config.zero_snr else levels[-1] > 0
    for sampler in SAMPLERS:
        scheduler = make_scheduler(config, sampler, 20)
        assert scheduler.timesteps[0] == config.train_steps - 1
        torch.testing.assert_close(scheduler.alphas_cumprod, levels, atol=1e-6, rtol=1e-5)


PROCESSES = [
    replace(TEMPORAL, prediction=prediction, zero_snr=zero, schedule=schedule)
    for prediction, zero in (("v_prediction", True), ("v_prediction", False), ("epsilon", False))
    for schedule in ("squaredcos_cap_v2", "linear")
]


def of_diffusers(config: DiffusionConfig) -> dict[str, object]:
    """The same process in the words of diffusers."""
    return {
        "num_train_timesteps": config.train_steps,
        "beta_schedule": config.schedule,
        "prediction_type": config.prediction,
        "rescale_betas_zero_snr": config.zero_snr,
        "timestep_spacing": "trailing",
    }


@pytest.mark.parametrize("config", PROCESSES)
@pytest.mark.parametrize("levels", [50, 1000])
def test_the_noise_is_that_of_diffusers_to_the_bit(config: DiffusionConfig, levels: int) -> None:
    from diffusers import DDPMScheduler  # seconds, which nobody pays who runs another test

    config = replace(config, train_steps=levels)
    theirs = DDPMScheduler(**of_diffusers(config))
    assert torch.equal(signal_levels(config), theirs.alphas_cumprod)


@pytest.mark.parametrize("config", PROCESSES)
@pytest.mark.parametrize("sampler", ["dpm", "sde"])
@pytest.mark.parametrize("steps", [1, 2, 8, 20, 50])
def test_the_solver_is_that_of_diffusers_to_the_bit(
    config: DiffusionConfig, sampler: str, steps: int
) -> None:
    from diffusers import DPMSolverMultistepScheduler

    clipped = config.prediction == "epsilon" and config.schedule != "linear"
    theirs = DPMSolverMultistepScheduler(
        **of_diffusers(config),
        algorithm_type="dpmsolver++" if sampler == "dpm" else "sde-dpmsolver++",
        lambda_min_clipped=-5.1 if clipped else -math.inf,
    )
    theirs.set_timesteps(steps)
    ours = make_scheduler(config, sampler, steps)
    assert torch.equal(ours.timesteps, theirs.timesteps)
    assert torch.equal(ours.alphas_cumprod, theirs.alphas_cumprod)
    drawn = [torch.Generator().manual_seed(seed) for seed in range(2)]
    redrawn = [torch.Generator().manual_seed(seed) for seed in range(2)]
    predicted = torch.Generator().manual_seed(9)
    x = torch.randn(2, 5, K, generator=predicted)
    y = x.clone()
    for t in theirs.timesteps.tolist():
        prediction = torch.randn(x.shape, generator=predicted)
        noise = torch.stack([torch.randn(x.shape[1:], generator=each) for each in redrawn])
        x = ours.step(prediction, t, x, drawn)
        y = theirs.step(prediction, t, y, variance_noise=noise, return_dict=False)[0]
        assert torch.equal(x, y), t


@pytest.mark.parametrize("sampler", ["dpm", "sde"])
def test_the_solver_needs_no_diffusers(sampler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    signal_levels.cache_clear()
    monkeypatch.setitem(sys.modules, "diffusers", None)
    assert sample(untrained(TEMPORAL), 0, torch.zeros(D), 9, [1], sampler=sampler).isfinite().all()
    with pytest.raises(ImportError):
        make_scheduler(TEMPORAL, "ddim", 8)


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("steps", [61, 122, 999])
def test_each_step_is_a_level_that_was_trained(sampler: str, steps: int) -> None:
    numbers = make_scheduler(TEMPORAL, sampler, steps).timesteps
    assert (len(numbers), int(numbers[0]), int(numbers.min())) == (steps, 999, int(numbers[-1]))
    assert numbers[-1] >= 0


def test_noise_prediction_and_zero_signal_exclude_each_other() -> None:
    with pytest.raises(ValueError, match="v_prediction"):
        DiffusionConfig(prediction="epsilon", zero_snr=True)


def loss(model: MotionDiffusion, x: Tensor, mask: Tensor, seed: int) -> Tensor:
    z_in, label = torch.zeros(len(x), D), torch.zeros(len(x), dtype=torch.long)
    generator = torch.Generator().manual_seed(seed)
    return diffusion_loss(model, model.config, x, z_in, label, torch.ones(len(x)), mask, generator)


def test_the_loss_is_repeatable_and_blind_to_padding(model: MotionDiffusion) -> None:
    x = torch.randn(4, 9, model.config.motion_dim)
    mask = torch.arange(9)[None].expand(4, 9) < 6
    padded = torch.where(mask[..., None], x, torch.full_like(x, 50.0))
    with torch.no_grad():
        assert torch.equal(loss(model, x, mask, 1), loss(model, x, mask, 1))
        assert not torch.equal(loss(model, x, mask, 1), loss(model, x, mask, 2))
        torch.testing.assert_close(loss(model, padded, mask, 1), loss(model, x, mask, 1))


def test_training_learns_where_the_motion_of_a_label_goes() -> None:
    torch.manual_seed(0)
    model = MotionDiffusion(TEMPORAL).train()
    optimizer = torch.optim.Adam(model.parameters(), 5e-3)
    generator = torch.Generator().manual_seed(0)
    ramp = torch.linspace(0, 1.5, 8)[None, :, None].expand(16, 8, K)
    label = torch.arange(16) % 2
    x = torch.where(label[:, None, None] == 0, ramp, -ramp)
    mask, z_in = torch.ones(16, 8, dtype=torch.bool), torch.zeros(16, D)
    for _ in range(120):
        optimizer.zero_grad()
        value = diffusion_loss(model, model.config, x, z_in, label, torch.ones(16), mask, generator)
        value.backward()
        optimizer.step()
    model.eval()
    up, down = (sample(model, c, torch.zeros(D), 8, [0, 1], steps=10, guidance=1.0) for c in (0, 1))
    directions = model.space.to_motion(torch.cat([up, down]), torch.zeros(4, D))[:, -1].mean(-1)
    assert (directions[:2] > 0.7).all()
    assert (directions[2:] < -0.7).all()


def test_a_cancelled_sampling_stops_between_steps() -> None:
    progress = Progress(lambda fraction, _: progress.cancel() if fraction > 0.3 else None)
    with pytest.raises(Cancelled):
        sample(untrained(TEMPORAL), 0, torch.zeros(D), 8, [0], progress=progress)


@pytest.mark.parametrize(("key", "value"), [("sampler", "euler"), ("steps", 0), ("steps", 2000)])
def test_a_sampler_that_cannot_be_is_one_sentence(key: str, value: object) -> None:
    with pytest.raises(InputError, match="expected"):
        sample(untrained(TEMPORAL), 0, torch.zeros(D), 8, [0], **{key: value})


@pytest.mark.parametrize("there", [9, 4])
def test_a_model_that_says_nothing_loses_the_variance_of_the_noise(there: int) -> None:
    quiet = replace(TEMPORAL, prediction="epsilon", zero_snr=False, min_snr=0.0)
    model = MotionDiffusion(quiet)  # starts from an output of zero
    x, mask = torch.zeros(200, 9, K), torch.arange(9)[None].expand(200, 9) < there
    assert math.isclose(float(loss(model, x, mask, 0).detach()), 1.0, abs_tol=0.05)


@pytest.mark.parametrize("prediction", ["v_prediction", "epsilon"])
def test_what_a_prediction_amounts_to_is_what_it_was_pinned_to(prediction: str) -> None:
    config = DiffusionConfig(prediction=prediction, zero_snr=False)
    noisy, clean = torch.randn(3, 5), torch.randn(5)
    for signal in (0.05, 0.5, 0.95):
        back = expected(config, noisy, pinned(config, noisy, clean, signal), signal)
        torch.testing.assert_close(back, clean.expand(3, 5), rtol=1e-4, atol=1e-4)


def test_smoothing_takes_the_tremble_and_leaves_the_rest(model: MotionDiffusion) -> None:
    ramp = torch.linspace(0.0, 3.0, 12)[None, :, None].expand(2, 12, D)
    tremble = torch.tensor([1.0, -1.0]).repeat(6)[None, :, None].expand(2, 12, D)
    inner = slice(1, -1)
    assert torch.allclose(smoothed(ramp, 0.2)[:, inner], ramp[:, inner], atol=1e-6)
    assert torch.allclose(smoothed(tremble, 0.1)[:, inner], 0.6 * tremble[:, inner], atol=1e-6)
    assert torch.equal(smoothed(tremble, 0.0), tremble)
    z_in = torch.randn(D, generator=torch.Generator().manual_seed(3))
    calm = MotionDiffusion(replace(model.config, smoothing=0.1)).eval()
    calm.load_state_dict(model.state_dict())
    raw, made = (sample(net, 0, z_in, 9, [5]) for net in (model, calm))
    assert torch.equal(made[:, 0], z_in[None])
    assert torch.allclose(made[:, 2:-1], smoothed(raw, 0.1)[:, 2:-1], atol=1e-5)
