"""What the landmark trainings draw, and that they learn, resume and write what opens again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from studio.core import Progress
from studio.face.template import load_template
from studio.nn import landmark_lstm
from studio.nn.landmark_lstm import LandmarkLstmConfig
from studio.nn.motion_gan import MotionGan, MotionGanConfig, generate_landmarks, noise_size
from studio.nn.srvf import decode, exp_map, inner
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.landmark_motion import (
    draw,
    landmark_takes,
    steadied,
    tremor_level,
    tremor_model,
)
from studio.training.evaluation.judging import Judged
from studio.training.evaluation.landmarks import clips_like, load_gan, load_lstm, row
from studio.training.evaluation.recognition_metrics import Verdicts
from studio.training.trainers.landmark_lstm import (
    LandmarkLstmTraining,
    Learner,
    fit_space,
    losses,
    train_landmark_lstm,
)
from studio.training.trainers.loop import LoopConfig
from studio.training.trainers.motion_gan import (
    GanTrainer,
    MotionGanTraining,
    fit_reach,
    motions,
    train_motion_gan,
)

GAN = MotionGanTraining(
    model=MotionGanConfig(
        components=6, width=16, layers=1, whole=4, local=2, grid=30, tremor_taps=5
    ),
    steps=2,
    minutes=0.0,
    batch=4,
    log_every=1,
    save_every=1,
)
LSTM = LandmarkLstmTraining(
    model=LandmarkLstmConfig(components=6, width=8, layers=2, noise=3),
    loop=LoopConfig(steps=2, warmup=1, log_every=1, save_every=1),
    batch=4,
)


def test_takes_are_the_landmarks_of_the_meshes_from_their_first_frame(corpus: Corpus) -> None:
    takes, ids = landmark_takes(corpus, "train"), load_template().landmarks
    assert set(takes.takes.tolist()) == set(corpus.takes("train", plain=True).tolist())
    assert set(takes.subject.tolist()) <= {0, 1, 2}
    lengths = [len(clip) for clip in takes.clips]
    assert lengths == sorted(lengths)
    for k in (0, len(takes) - 1):
        points = corpus.acted(int(takes.takes[k]))[:, ids]
        np.testing.assert_allclose(takes.clips[k], points - points[0], atol=1e-3)
        np.testing.assert_allclose(
            takes.neutral[k], corpus.resting()[takes.subject[k], ids], atol=1e-3
        )
        assert not takes.clips[k][0].any()


def test_a_batch_is_one_speed_and_ends_where_its_clips_end(corpus: Corpus) -> None:
    takes = landmark_takes(corpus, "train")
    batch = draw(takes, np.random.default_rng(0), 4, (2.0, 2.0), (16, 50))
    assert batch.clips.shape[0] == 4 and int(batch.frames.max()) == batch.clips.shape[1] <= 50
    for clip, frames in zip(batch.clips, batch.frames.tolist(), strict=True):
        assert not clip[0].any() and not clip[frames:].any()
    again = draw(takes, np.random.default_rng(0), 4, (2.0, 2.0), (16, 50))
    assert torch.equal(batch.clips, again.clips)


def test_tremor_is_taken_off_a_curve_and_a_blink_is_not() -> None:
    rng = np.random.default_rng(0)
    t = np.arange(400.0)
    blinks = sum(8.0 * np.exp(-((np.abs(t - c) / 2.0) ** 3)) for c in range(30, 400, 60))
    clean = np.stack([blinks, np.zeros(400)], axis=1)
    shaken = clean + 0.1 * rng.normal(size=clean.shape)
    steady = steadied(shaken, tremor_level([shaken]))
    still = np.abs(t[:, None] - np.arange(30, 400, 60)).min(1) > 20
    assert np.abs(steady[still]).mean() < 0.5 * np.abs(shaken[still]).mean()
    assert steady[:, 0].max() > 0.9 * clean.max()


def test_the_tremor_model_shakes_like_what_it_was_fitted_on() -> None:
    rng = np.random.default_rng(1)
    mixing = rng.normal(size=(3, 3))
    white = rng.normal(size=(4000, 3))
    shaken = (white[1:] + white[:-1]) @ mixing.T / np.sqrt(2.0)
    kernel, found = tremor_model(np.array_split(shaken, 20), 9)
    noise = rng.normal(size=(20000, 3))
    made = np.stack([np.convolve(noise[:, k], kernel, "valid") for k in range(3)], 1) @ found.T
    np.testing.assert_allclose(np.cov(made.T), np.cov(shaken.T), rtol=0.15, atol=0.15)
    own = [np.mean(x[1:] * x[:-1]) / np.mean(x**2) for x in (made, shaken)]
    assert own[0] == pytest.approx(own[1], abs=0.1)


def test_motions_stand_for_the_takes_they_were_made_from(corpus: Corpus, tmp_path: Path) -> None:
    trainer = GanTrainer(corpus, tmp_path, GAN)
    model = trainer.model.cpu()
    batch = draw(trainer.takes, np.random.default_rng(0), 4, (1.0, 1.0), (16, 240))
    real = motions(model, batch)
    point = model.reference(batch.frames - 1)
    assert inner(point.float(), real.vector).abs().max() < 1e-5
    curve = decode(exp_map(point, real.vector.double()), model.millimeters(real.size.double()))
    for k, frames in enumerate(batch.frames.tolist()):
        want = model.space(batch.clips[k, :frames])
        torch.testing.assert_close(curve[k, :frames].float(), want, atol=1e-2, rtol=1e-2)


@pytest.mark.slow
def test_the_gan_resumes_where_it_stopped_and_its_file_opens(
    corpus: Corpus, tmp_path: Path
) -> None:
    progress = Progress()
    whole = train_motion_gan(corpus, tmp_path / "a", tmp_path / "a", progress, GAN)
    train_motion_gan(corpus, tmp_path / "b", tmp_path / "b", progress, replace(GAN, steps=1))
    parts = train_motion_gan(corpus, tmp_path / "b", tmp_path / "b", progress, GAN)
    for name, weight in whole.state_dict().items():
        torch.testing.assert_close(parts.state_dict()[name], weight, msg=name)
    rows = (tmp_path / "b" / "motion-gan.jsonl").read_text().splitlines()
    assert [json.loads(text)["step"] for text in rows] == [1, 2]
    model = load_gan(tmp_path / "a" / "motion-gan.safetensors")
    assert isinstance(model, MotionGan)
    noise = torch.randn(1, noise_size(model.config))
    clip = generate_landmarks(model, torch.tensor([1]), torch.ones(1), 20, noise)
    assert clip.shape == (1, 20, 68, 3) and clip.isfinite().all() and not clip[:, 0].any()


def test_generated_motion_is_made_to_reach_as_far_as_recorded(corpus: Corpus) -> None:
    torch.manual_seed(0)
    model = MotionGan(replace(GAN.model, tremor_taps=0)).eval()
    takes = landmark_takes(corpus, "train")
    fit_reach(model, takes)
    for label in set(takes.label.tolist()):
        own = np.flatnonzero(takes.label == label).tolist()
        made = []
        for k in own:
            noise = torch.randn(
                1, noise_size(model.config), generator=torch.Generator().manual_seed(k)
            )
            given = (torch.tensor([label]), torch.from_numpy(takes.intensity[k : k + 1]))
            made.append(generate_landmarks(model, *given, len(takes.clips[k]), noise)[0])
        far, short = (
            np.mean([float(c.flatten(1).norm(dim=1).max()) for c in clips])
            for clips in ([takes.clips[k] for k in own], made)
        )
        assert short == pytest.approx(far, rel=1e-3)


def test_the_papers_reconstruction_draws_its_noise(corpus: Corpus, tmp_path: Path) -> None:
    trainer = GanTrainer(corpus, tmp_path, replace(GAN, coded=False))
    found = trainer.advance()
    assert found["code"] == 0.0 and np.isfinite(list(found.values())).all()


@pytest.mark.parametrize("form", ["conditioned", "paper"])
def test_the_lstm_trains_and_its_file_opens(corpus: Corpus, tmp_path: Path, form: str) -> None:
    config = replace(LSTM, model=replace(LSTM.model, form=form))
    train_landmark_lstm(corpus, tmp_path, tmp_path, Progress(), config)
    model = load_lstm(tmp_path / "landmark-lstm.safetensors")
    takes = landmark_takes(corpus, "test")
    clip = clips_like(model, takes, Progress())[0]
    assert len(clip) == len(takes.clips[0]) and not clip[0].any() and clip.isfinite().all()
    assert landmark_lstm.noise_size(model.config) == 3


def test_what_lies_after_the_end_of_a_clip_is_not_learned(corpus: Corpus) -> None:
    takes = landmark_takes(corpus, "train")
    learner = Learner(LSTM.model)
    fit_space(learner.lstm, takes)
    batch = draw(takes, np.random.default_rng(0), 4, (0.65, 1.5), (16, 240))
    spoilt = batch.clips.clone()
    for k, frames in enumerate(batch.frames.tolist()):
        spoilt[k, frames:] = 99.0
    other = replace(batch, clips=spoilt)
    with torch.no_grad():
        for own in (0.0, 0.5):
            one = losses(learner, batch, own, np.random.default_rng(1))
            two = losses(learner, other, own, np.random.default_rng(1))
            torch.testing.assert_close(one.place, two.place)
            torch.testing.assert_close(one.step, two.step)
            torch.testing.assert_close(one.code, two.code)


def test_clips_that_are_the_takes_themselves_reach_every_aim_exactly(corpus: Corpus) -> None:
    takes = landmark_takes(corpus, "train")
    rng = np.random.default_rng(0)
    chance = rng.dirichlet(np.ones(7), len(takes))
    shown = Judged(rng.normal(size=(len(takes), 5)), Verdicts(takes.label, chance, takes.subject))
    same = Judged(shown.features, shown.verdicts)
    found = row(takes, takes.clips, same, shown)
    assert found["fid"] == pytest.approx(0.0, abs=1e-6)
    assert found["variety"]["value"] == found["jerk"]["value"] == 1.0
    assert found["difference"]["value"] == 0.0
    low, high = found["fid_interval"]
    assert low <= found["fid"] + 1e-9 and high >= found["fid"] - 1e-9
