"""The landmark tables from a corpus and untrained models: every row once, in small."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from rich.console import Console

from studio.core import CheckpointError, Progress
from studio.face.facs import LABELS
from studio.face.template import load_template
from studio.nn.judge import JudgeConfig
from studio.nn.landmark_lstm import LandmarkLstm
from studio.nn.motion_gan import MotionGan
from studio.training.datasets.corpus import Corpus
from studio.training.evaluation import landmarks as evaluation_landmarks
from studio.training.evaluation.evaluate import evaluate, print_tables
from studio.training.evaluation.landmarks import landmark_figures
from studio.training.evaluation.study import Study
from studio.training.evaluation.tables import aims
from studio.training.trainers.landmark_judge import LandmarkJudgeTraining, train_landmark_judge
from studio.training.trainers.loop import LoopConfig
from studio.training.trainers.motion_gan import save_landmark_model
from tests.engine import tiny
from tests.engine.tiny import write_landmarks, write_set

pytestmark = pytest.mark.slow
JUDGE = LandmarkJudgeTraining(
    JudgeConfig(latent_dim=204, motion_dim=8, width=8, features=6), LoopConfig(steps=2), batch=4
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, corpus: Corpus) -> Path:
    """Model sets and a classifier, as the trainings leave them."""
    top = tmp_path_factory.mktemp("landmarks")
    latent = write_set(top / "models" / "anny-basic", load_template())
    for path in latent.glob("[!a]*.safetensors"):
        path.unlink()  # of the other models: they know three labels
    own = write_landmarks(top / "models" / "anny-landmarks", load_template())
    torch.manual_seed(0)
    gan = MotionGan(replace(tiny.MOTION_GAN, labels=len(LABELS)))
    lstm = LandmarkLstm(replace(tiny.LANDMARK_LSTM, labels=len(LABELS)))
    save_landmark_model(own / "motion-gan.safetensors", "motion-gan", gan, {})
    save_landmark_model(own / "landmark-lstm.safetensors", "landmark-lstm", lstm, {})
    runs = top / "runs" / "anny-landmarks"
    train_landmark_judge(corpus, runs, runs, Progress(), JUDGE)
    return top


@pytest.fixture(scope="module")
def results(place: Path, corpus: Corpus) -> dict[str, Any]:
    models, runs = place / "models" / "anny-basic", place / "runs" / "anny-basic"
    return evaluate(corpus, models, runs, Progress(), quick=True, parts=("landmarks",))


def test_every_generator_has_a_row_and_what_is_missing_a_sentence(results: dict[str, Any]) -> None:
    part = results["landmarks"]
    assert json.loads(json.dumps(part))["clips"] == part["clips"] > 0
    assert list(part["rows"]) == ["real", "motion-gan", "landmark-lstm"]
    assert "landmark-lstm-paper" in part["missing"]
    assert list(part["meshes"]["rows"]) == ["real", "motion-gan", "landmark-lstm"]
    for row in part["rows"].values():
        low, high = row["judge"]["top1_interval"]
        assert low <= row["judge"]["top1"] <= high
        low, high = row["variety"]["interval"]
        assert low <= row["variety"]["value"] <= high
    assert set(part["floor"]) <= {"real val", "real train"}


def test_the_tables_and_aims_name_what_was_measured(results: dict[str, Any]) -> None:
    console = Console(file=io.StringIO(), width=200)
    print_tables(results, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    for words in ("Landmark motion before a classifier", "Det-LM", "of real"):
        assert words in text
    named = [what for what, *_ in aims(results)]
    assert "motion-gan, accuracy of real" in named and "FID below landmark-lstm" in named


def test_without_a_generator_nothing_is_trained_and_one_sentence_said(
    place: Path, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation_landmarks, "SET", "nowhere")
    study = Study.open(corpus, place / "models" / "anny-basic", place / "runs" / "x", quick=True)
    with pytest.raises(CheckpointError, match=r"motion-gan.safetensors: no such file"):
        landmark_figures(study, Progress())
    assert not (place / "runs" / "nowhere").exists()
