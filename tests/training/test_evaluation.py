"""From a corpus to trained models to tables: every step once, in small."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from rich.console import Console

from studio.core import CheckpointError, Progress
from studio.engine import Engine
from studio.face.facs import LABELS
from studio.face.template import load_template
from studio.nn.autoencoder import AutoencoderConfig
from studio.nn.checkpoint import load_checkpoint
from studio.nn.denoisers import DiffusionConfig
from studio.nn.judge import JudgeConfig
from studio.nn.recognizer import RecognizerConfig
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.latents import encode_corpus
from studio.training.datasets.motion_points import COORDINATES
from studio.training.datasets.wrong_faces import WRONGS
from studio.training.evaluation.evaluate import evaluate, print_tables
from studio.training.evaluation.recognition import observed, telling_frame
from studio.training.evaluation.recognition_memory import measure
from studio.training.evaluation.tables import aims
from studio.training.trainers import autoencoder, judge
from studio.training.trainers.autoencoder import AutoencoderTraining, train_autoencoder
from studio.training.trainers.diffusion import DiffusionTraining, train_diffusion
from studio.training.trainers.familiarity import FamiliarityTraining, limits, train_familiarity
from studio.training.trainers.judge import JudgeTraining, train_judge
from studio.training.trainers.loop import LoopConfig
from studio.training.trainers.recognizer import (
    RecognizerTraining,
    load_latents,
    train_recognizer,
)

SIZE = {"latent_dim": 16, "motion_dim": 8}
READER = RecognizerConfig(latent_dim=16, motion_dim=COORDINATES, width=16, heads=2)
LOOP = LoopConfig(steps=3, warmup=2, save_every=10)
PARTS = ("autoencoder", "recognition", "generation")


@pytest.fixture(scope="module")
def trained(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A model set and a run folder, each model trained for three steps."""
    runs = tmp_path_factory.mktemp("runs")
    out, quiet = runs / "set", Progress()
    spiral = AutoencoderConfig(channels=(4, 4, 4), latent=16, spiral=5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(autoencoder, "POOL", 100)
        settings = AutoencoderTraining(spiral, LOOP, LOOP, 4, 60, 60)
        train_autoencoder(corpus, runs, out, quiet, settings)
    train_recognizer(corpus, runs, out, quiet, RecognizerTraining(READER, LOOP, 4))
    train_judge(corpus, runs, out, quiet, JudgeTraining(JudgeConfig(**SIZE, width=8), LOOP, 4))
    motion = DiffusionConfig(**SIZE, width=16, heads=2, layers=2, steps=3)
    train_diffusion(corpus, runs, out, quiet, DiffusionTraining(motion, LOOP, batch=4))
    return out, runs


@pytest.fixture(scope="module")
def results(corpus: Corpus, trained: tuple[Path, Path]) -> dict[str, Any]:
    return evaluate(corpus, *trained, Progress(), quick=True, parts=PARTS)


@pytest.mark.slow
def test_a_trained_set_opens_and_serves(trained: tuple[Path, Path], corpus: Corpus) -> None:
    engine = Engine.open(trained[0], "cpu")
    assert engine.labels == LABELS
    assert engine.kinds >= {"autoencoder", "recognizer", "diffusion"}
    said = engine.recognize(observed(corpus, int(corpus.takes("test")[0])))
    assert said.clip.sum() == pytest.approx(1.0, abs=1e-5)


@pytest.mark.slow
def test_a_resumed_training_ends_at_once_with_the_same_weights(
    trained: tuple[Path, Path], corpus: Corpus
) -> None:
    out, runs = trained
    path = out / "recognizer.safetensors"
    before = load_checkpoint(path).state
    train_recognizer(corpus, runs, out, Progress(), RecognizerTraining(READER, LOOP, 4))
    after = load_checkpoint(path).state
    assert after.keys() == before.keys()
    assert all(torch.equal(after[name], before[name]) for name in before)


@pytest.mark.slow
def test_latents_are_kept_for_this_model_and_corpus_only(
    trained: tuple[Path, Path], corpus: Corpus, tmp_path: Path
) -> None:
    out, runs = trained
    model, latents = load_latents(corpus, runs, out, Progress())
    take = int(corpus.takes("val")[0])
    fresh = model.encode(torch.from_numpy(corpus.vertices(take))).detach()
    torch.testing.assert_close(latents.take(corpus, take), fresh, rtol=2e-3, atol=2e-2)
    (tmp_path / "latents.pt").write_bytes((runs / "latents.pt").read_bytes())
    with torch.no_grad():
        model.to_latent.bias.add_(1.0)
    moved = encode_corpus(corpus, model, tmp_path, Progress())
    torch.testing.assert_close(moved.rest, latents.rest + 1.0, rtol=1e-3, atol=1e-3)


@pytest.mark.slow
def test_the_judge_is_of_the_shipped_autoencoder_where_there_is_no_other(
    trained: tuple[Path, Path], corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge, "default_set", lambda: trained[0])
    kept = (trained[1] / "acted.pt").read_bytes()
    (tmp_path / "acted.pt").write_bytes(kept)
    said: list[str] = []
    size = JudgeTraining(JudgeConfig(**SIZE, width=8), LOOP, 4)
    heard = Progress(lambda _, message: said.append(message))
    train_judge(corpus, tmp_path, tmp_path / "out", heard, size)
    assert any(str(trained[0]) in message and "no autoencoder" in message for message in said)
    assert (tmp_path / "acted.pt").read_bytes() == kept  # the latents of that autoencoder
    assert (tmp_path / "judge.safetensors").is_file() and not (tmp_path / "out").exists()


@pytest.mark.slow
def test_familiarity_is_fitted_on_some_people_and_counted_on_others(
    trained: tuple[Path, Path], corpus: Corpus, tmp_path: Path
) -> None:
    out = tmp_path / "set"
    shutil.copytree(trained[0], out)
    config = FamiliarityTraining(face_dim=4, takes_per_person=1, false_alarms=0.25)
    train_familiarity(corpus, trained[1], out, Progress(), config)
    assert Engine.open(out, "cpu").kinds >= {"familiarity"}
    part = evaluate(corpus, out, trained[1], Progress(), quick=True, parts=("familiarity",))[
        "familiarity"
    ]
    assert part["takes"] == 10
    # Four people, each slid in a way of his own, do not tell what is usual: all may be alarms.
    assert 0 <= part["false_alarms"] <= part["wrong"]["bent by 8 mm"]["noticed"] == 1
    assert part["wrong"].keys() == WRONGS.keys()
    print_tables({"familiarity": part}, Console(file=io.StringIO()))


def test_limits_let_the_wanted_share_of_takes_through() -> None:
    usual = np.random.default_rng(0).gamma(4.0, size=(1000, 4)).astype(np.float32)
    found = limits(usual, FamiliarityTraining(false_alarms=0.05))
    assert ((usual > found).any(axis=1)).mean() == pytest.approx(0.05, abs=0.002)


@pytest.mark.slow
def test_every_part_gives_figures_that_go_into_json(results: dict[str, Any]) -> None:
    assert json.loads(json.dumps(results)).keys() == {"about", *PARTS}
    assert not any("skipped" in results[name] for name in PARTS)
    assert results["about"]["test_takes"] == 28
    assert results["generation"]["paper"]["skipped"].startswith("no diffusion-unet2d")


@pytest.mark.slow
def test_the_autoencoder_starts_from_principal_components(results: dict[str, Any]) -> None:
    part = results["autoencoder"]
    assert part["autoencoder-16"]["mean"] < 1.2 * part["PCA-38"]["mean"]
    assert part["PCA-38"]["mean"] <= part["autoencoder-16"]["mean"]
    assert part["PCA-38"]["regions"].keys() == load_template().regions.keys()


@pytest.mark.slow
def test_recognition_counts_every_test_take(results: dict[str, Any]) -> None:
    part = results["recognition"]
    for way in ("clip", "window", "clip_known_rest", "window_known_rest"):
        confusion = np.array(part[way]["confusion"])
        assert confusion.sum(axis=1).tolist() == [4] * len(LABELS)
        assert part[way]["top1"] == pytest.approx(np.trace(confusion) / 28)
    bands = [row["clips"] for name, row in part["by"].items() if name.startswith("peak")]
    assert sum(bands) == 24 and part["by"]["neutral"]["clips"] == 4


@pytest.mark.slow
def test_generated_clips_start_at_the_neutral_and_keep_the_skull(results: dict[str, Any]) -> None:
    part = results["generation"]
    asked = part["asked"]
    assert asked["seeds"]["seeds"] == 70 and 0 <= asked["seeds"]["dead"] <= 70
    assert all(np.shape(row) == (7,) for row in asked["strength"]["apex_mm"].values())
    assert 0.0 < asked["long"]["alive"] <= 1.0
    assert part["start"] == {"clips": 7, "exact": True, "same_seed_same_clip": True}
    assert 0.0 <= part["motion"]["drift_mm"]["generated"]["max"] < 5.0
    assert part["judge"]["real"]["clips"] == part["judge"]["generated"]["clips"] == part["clips"]


@pytest.mark.slow
def test_tables_print_every_part_and_every_aim(results: dict[str, Any]) -> None:
    text = io.StringIO()
    shown = {**results, "captured": {"skipped": "no captured takes"}}
    print_tables(shown, Console(file=text, width=160))
    for words in ("PCA-512", "Confusion, causal window", "real train", "captured: no captured"):
        assert words in text.getvalue()
    assert len(aims(results)) == 2 + 4 + 10


@pytest.mark.slow
def test_what_is_missing_is_skipped_with_a_sentence(
    corpus: Corpus, trained: tuple[Path, Path], tmp_path: Path
) -> None:
    name = "autoencoder.safetensors"
    (tmp_path / name).write_bytes((trained[0] / name).read_bytes())
    parts = ("recognition", "memory", "generation", "captured")
    found = evaluate(corpus, tmp_path, tmp_path, Progress(), quick=True, parts=parts)
    assert all("\n" not in found[part]["skipped"] for part in parts)
    assert found["recognition"]["skipped"].startswith("no recognizer model")
    print_tables(found, Console(file=io.StringIO()))
    (tmp_path / name).unlink()
    with pytest.raises(CheckpointError):
        evaluate(corpus, tmp_path, tmp_path, Progress(), parts=parts)


def test_an_observed_take_is_the_take_in_another_pose_with_noise(corpus: Corpus) -> None:
    from studio.core.alignment import apply_rigid, rigid_alignment

    take = int(corpus.takes("test")[3])
    seen, clean = observed(corpus, take), corpus.vertices(take)
    np.testing.assert_array_equal(seen.vertices, observed(corpus, take).vertices)
    turns = [rigid_alignment(seen.vertices[k : k + 1], clean[k]) for k in range(len(clean))]
    angles = [np.degrees(np.arccos(np.clip((np.trace(r[0]) - 1) / 2, -1, 1))) for r, _ in turns]
    assert max(angles) > 0.3
    laid = np.concatenate(
        [apply_rigid(seen.vertices[k : k + 1], *turn) for k, turn in enumerate(turns)]
    )
    assert 0.09 < (laid - clean).std() < 0.26


def test_the_telling_frame() -> None:
    curve = np.array([0.0, 0.4, 0.9, 0.2], dtype=np.float32)
    assert telling_frame(curve, neutral=False) == 2
    assert telling_frame(0 * curve, neutral=True) == 3


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="peak memory is in /proc")
@pytest.mark.slow
def test_memory_is_measured_above_the_models(trained: tuple[Path, Path]) -> None:
    row = measure(trained[0], 12)
    assert row["frames"] == 12
    assert 0.0 <= row["added_mib"] < 300.0
    assert row["clip_mib"] == pytest.approx(12 * 4538 * 12 / 2**20)
