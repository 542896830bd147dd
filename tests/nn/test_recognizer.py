"""Laws of the recognizer, on a tiny one: causal, blind to padding, the same live as in one pass."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.nn.attention import banded_attention
from studio.nn.judge import JudgeConfig, LstmJudge
from studio.nn.motion import Projection, RestEstimator
from studio.nn.recognizer import Recognizer, RecognizerConfig

pytestmark = pytest.mark.usefixtures("one_thread")
TINY = RecognizerConfig(
    latent_dim=12, motion_dim=6, labels=3, width=16, heads=2, layers=3, window=5
)


@pytest.fixture(scope="module")
def model() -> Recognizer:
    torch.manual_seed(1)
    return Recognizer(TINY).eval()


def latents(frames: int, batch: int = 1, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(batch, frames, TINY.latent_dim, generator=generator)


def plain_banded(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, window: int) -> torch.Tensor:
    """The definition, one frame at a time."""
    out = torch.zeros_like(v)
    for t in range(q.shape[1]):
        near = slice(max(0, t - window + 1), t + 1)
        score = torch.einsum("bhc,bshc->bhs", q[:, t], k[:, near]) / q.shape[-1] ** 0.5
        out[:, t] = torch.einsum("bhs,bshc->bhc", score.softmax(-1), v[:, near])
    return out


@settings(max_examples=20, deadline=None)
@given(frames=st.integers(1, 40), window=st.integers(1, 12))
def test_banded_attention_is_its_definition(frames: int, window: int) -> None:
    generator = torch.Generator().manual_seed(frames * 100 + window)
    q, k, v = (torch.randn(2, frames, 3, 4, generator=generator) for _ in range(3))
    got = banded_attention(q, k, v, window, None)
    torch.testing.assert_close(got, plain_banded(q, k, v, window), atol=1e-5, rtol=1e-5)


@settings(max_examples=12, deadline=None)
@given(frames=st.integers(4, 40), cut=st.integers(1, 39))
def test_a_row_has_seen_no_later_frame(model: Recognizer, frames: int, cut: int) -> None:
    cut = min(cut, frames - 1)
    z = latents(frames)
    changed = z.clone()
    changed[:, cut:] += 5.0
    neutral = torch.zeros(1, TINY.latent_dim)
    with torch.no_grad():
        before, clip_before, strong_before = model(z, neutral)
        after, clip_after, strong_after = model(changed, neutral)
    torch.testing.assert_close(after[:, :cut], before[:, :cut], atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(strong_after[:, :cut], strong_before[:, :cut], atol=1e-5, rtol=1e-5)
    assert not torch.allclose(after[:, cut:], before[:, cut:], atol=1e-3)
    assert not torch.allclose(clip_after, clip_before, atol=1e-4)


@pytest.mark.parametrize("frames", [4, 5, 6, 11, 23])
def test_padding_changes_nothing(model: Recognizer, frames: int) -> None:
    z = latents(frames)
    padded = torch.cat([z, 9.0 + latents(8, seed=2)], dim=1)
    mask = torch.arange(frames + 8)[None] < frames
    neutral = latents(1, seed=3)[:, 0]
    with torch.no_grad():
        rows, clip, _ = model(z, neutral)
        padded_rows, padded_clip, _ = model(padded, neutral, mask)
    torch.testing.assert_close(padded_rows[:, :frames], rows, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(padded_clip, clip, atol=1e-5, rtol=1e-5)


def test_a_growing_stream_gives_the_rows_of_the_whole_clip(model: Recognizer) -> None:
    z = latents(24)
    with torch.no_grad():
        running = model.rest.running(z[0])[None]
        whole, _, _ = model.probabilities(z, running)
        for stop in range(1, 25):
            part = model.rest.running(z[0, :stop])[None]
            rows, _, _ = model.probabilities(z[:, :stop], part)
            torch.testing.assert_close(rows[:, -1], whole[:, stop - 1], atol=1e-5, rtol=1e-5)


def test_probabilities_are_tempered_logits(model: Recognizer) -> None:
    z, neutral = latents(9, batch=2), torch.zeros(2, TINY.latent_dim)
    hot = Recognizer(TINY).eval()
    hot.load_state_dict(model.state_dict())
    hot.frame_temperature.fill_(2.0)
    with torch.no_grad():
        rows, clip, _ = hot.probabilities(z, neutral)
        logits, _, _ = model(z, neutral)
    torch.testing.assert_close(rows, (logits / 2.0).softmax(-1))
    torch.testing.assert_close(clip.sum(-1), torch.ones(2))


def test_a_clip_names_nothing_that_no_frame_shows(model: Recognizer) -> None:
    z, neutral = latents(20, batch=4), torch.zeros(4, TINY.latent_dim)
    with torch.no_grad():
        frames, clip, strength = model(z, neutral)
    assert (clip <= frames.amax(1) + 1e-5).all()
    assert (clip >= frames.amin(1) - 1e-5).all()
    assert (strength >= 0).all()


def test_all_coordinates_share_one_unit() -> None:
    model, rows = Recognizer(TINY), torch.randn(12, 6, generator=torch.Generator().manual_seed(3))
    steps = latents(50, seed=4)[0]
    model.measure(rows, 2.0, steps)
    tokens = model.tokens(latents(9, seed=5), torch.zeros(1, 12))
    torch.testing.assert_close(tokens[..., :6], latents(9, seed=5) @ rows / 2.0)
    velocity = torch.diff(tokens[..., :6], dim=1) / model.step_unit
    torch.testing.assert_close(tokens[:, 1:, 6:], velocity)


def test_a_state_round_trip_gives_the_same_recognizer(model: Recognizer) -> None:
    again = Recognizer(TINY).eval()
    again.load_state_dict(model.state_dict())
    z, neutral = latents(7), torch.ones(1, TINY.latent_dim)
    with torch.no_grad():
        torch.testing.assert_close(again(z, neutral), model(z, neutral))


def test_the_motion_is_read_relative_to_the_neutral(model: Recognizer) -> None:
    z, shift = latents(8), 3.0
    neutral = latents(1, seed=4)[:, 0]
    with torch.no_grad():
        here = model(z, neutral)
        there = model(z + shift, neutral + shift)
    torch.testing.assert_close(there, here, atol=1e-4, rtol=1e-4)


@settings(max_examples=15, deadline=None)
@given(kept=st.integers(1, 12))
def test_a_fitted_projection_loses_what_the_left_out_directions_hold(kept: int) -> None:
    generator = torch.Generator().manual_seed(kept)
    spread = torch.linspace(3.0, 0.5, 12)
    samples = torch.randn(400, 12, generator=generator) * spread + 1.0
    projection = Projection(12, kept).fit(samples, floor=1e-3)
    coordinates = projection(samples)
    torch.testing.assert_close(
        coordinates.std(0, unbiased=False), torch.ones(kept), rtol=1e-3, atol=1e-3
    )
    torch.testing.assert_close(coordinates.mean(0), torch.zeros(kept), rtol=0, atol=1e-4)
    if kept == 12:
        torch.testing.assert_close(projection.inverse(coordinates), samples, rtol=1e-4, atol=1e-4)
    back = projection(projection.inverse(coordinates))
    torch.testing.assert_close(back, coordinates, rtol=1e-3, atol=1e-3)


def people(generator: torch.Generator, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Resting latents in six directions, expression offsets in the six others."""
    rest = torch.zeros(count, 12)
    rest[:, :6] = torch.randn(count, 6, generator=generator)
    offset = torch.zeros(count, 12)
    offset[:, 6:] = torch.randn(count, 6, generator=generator)
    return rest, offset


def test_the_rest_estimator_finds_the_resting_face_in_a_moving_clip() -> None:
    generator = torch.Generator().manual_seed(0)
    rest, offset = people(generator, 600)
    estimator = RestEstimator(12).fit(rest + offset, offset, ridge=1e-4)
    person, _ = people(generator, 1)
    _, moves = people(generator, 50)
    moves[20:26] *= 0.05
    found = estimator((person + moves)[None])[0]
    assert (found - person[0]).norm() < 0.05 * (person + moves).mean(0).sub(person[0]).norm() + 0.05
    order = torch.randperm(50, generator=generator)
    torch.testing.assert_close(estimator((person + moves)[None, order])[0], found)


def test_the_running_estimate_ends_where_the_whole_one_is() -> None:
    generator = torch.Generator().manual_seed(3)
    rest, offset = people(generator, 300)
    estimator = RestEstimator(12).fit(rest + offset, offset)
    z = (rest + offset)[:77]
    running = estimator.running(z)
    for stop in (1, 2, 3, 30, 77):
        torch.testing.assert_close(running[stop - 1], estimator(z[None, :stop])[0])
    mask = torch.arange(77)[None] < 40
    torch.testing.assert_close(estimator(z[None], mask)[0], running[39])


@pytest.mark.parametrize("course", ["random", "calmer", "wilder", "equal"])
@pytest.mark.parametrize("share", [0.1, 0.4, 1.0])
def test_the_running_estimate_is_the_mean_of_the_quietest_frames(course: str, share: float) -> None:
    generator = torch.Generator().manual_seed(5)
    rest, offset = people(generator, 300)
    estimator = RestEstimator(12, share=share).fit(rest + offset, offset)
    z = (rest + offset)[:90]
    size = estimator.offset(z).norm(dim=-1)
    if course == "equal":
        z = z[torch.arange(90) % 2]  # of equal sizes the earlier frames count
    elif course != "random":
        z = z[size.argsort(descending=course == "calmer")]
    offset = estimator.offset(z)
    at_rest, size = (z - offset).double(), offset.norm(dim=-1)
    expected = []
    for stop in range(1, 91):
        count = int((torch.tensor(stop) * share).ceil().clamp_min(3))
        expected.append(at_rest[size[:stop].argsort(stable=True)[:count]].mean(0).float())
    torch.testing.assert_close(estimator.running(z), torch.stack(expected), atol=1e-7, rtol=1e-6)


def test_the_judge_reads_no_padding_and_shows_its_features() -> None:
    torch.manual_seed(0)
    config = JudgeConfig(latent_dim=12, motion_dim=6, labels=3, width=8, features=10)
    judge = LstmJudge(config).eval()
    z = latents(12, batch=3)
    lengths = torch.tensor([12, 5, 8])
    with torch.no_grad():
        logits = judge(z, z[:, 0], lengths)
        alone = judge(z[1:2, :5], z[1:2, 0], torch.tensor([5]))
    torch.testing.assert_close(logits[1:2], alone, atol=1e-5, rtol=1e-5)
    assert judge.features(z, z[:, 0], lengths).shape == (3, 10)
