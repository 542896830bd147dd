"""Action units: what is drawn, how trackers see it, how it is measured and learned."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from studio.core import InputError, Progress
from studio.face.action_units import UNITS, shape_matrix
from studio.face.rig import ARKIT_INDEX
from studio.nn.checkpoint import load_checkpoint, save_checkpoint
from studio.nn.units.au_transformer import AuTransformer, AuTransformerConfig
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.people import ICT
from studio.training.datasets.units.clips import UnitClip, acted, draw_clips, places
from studio.training.datasets.units.intensities import UnitCourse, draw_intensities
from studio.training.datasets.units.regions import draw_regions
from studio.training.evaluation.units.baselines import RigSolve, one_euro, savitzky_golay
from studio.training.evaluation.units.measures import f1, icc31
from studio.training.evaluation.units.part import UnitStudy, confusion, figures_of, scores
from studio.training.evaluation.units.tables import unit_aims, unit_tables
from studio.training.trainers.units import (
    UnitsTraining,
    WindowSource,
    train_units,
    unit_loss,
    units_training,
)

SMALL = AuTransformerConfig(per_unit=6, width=16, heads=2, layers=1, reach=8)
AT = {unit: place for place, unit in enumerate(UNITS)}


@pytest.fixture(scope="module")
def vertices(corpus: Corpus) -> np.ndarray:
    return np.asarray(draw_regions(corpus.rigs, 12).vertices.numpy())


@pytest.fixture(scope="module")
def clips(corpus: Corpus, vertices: np.ndarray) -> list[UnitClip]:
    return draw_clips(corpus, "train", 2, vertices, Progress())


def test_intensities_are_levels_and_units_that_exclude_each_other_give_way() -> None:
    together = 0
    for seed in range(60):
        course = draw_intensities(np.random.default_rng(seed))
        assert course.intensity.min() >= 0.0
        assert course.intensity.max() <= 5.0
        strong = course.intensity >= 2.5
        assert not (strong[:, AT[24]] & strong[:, AT[26]]).any()
        assert not (strong[:, AT[43]] & strong[:, AT[5]]).any()
        together += int((strong[:, AT[25]] & strong[:, AT[26]]).any())
    assert together
    again = draw_intensities(np.random.default_rng(59))
    assert np.array_equal(course.intensity, again.intensity)


def test_the_rig_does_what_the_label_says() -> None:
    intensity = np.zeros((1, len(UNITS)), dtype=np.float32)
    intensity[0, AT[26]] = 2.5
    weights = acted(np.random.default_rng(0), UnitCourse(intensity, 30.0))
    assert weights[0, ARKIT_INDEX["jawOpen"]] == pytest.approx(0.5 * 0.4)
    assert (shape_matrix() > 0.0).any(axis=1).all()


def test_a_region_lies_where_its_unit_shows(corpus: Corpus) -> None:
    regions = draw_regions(corpus.rigs, 12)
    heights = places(regions.vertices.numpy())[:, 1]
    brows, lips = (heights[regions.points[AT[unit]].numpy()].mean() for unit in (1, 25))
    assert brows > lips + 40.0


def test_a_tracker_is_off_by_more_the_more_noise_there_is(
    clips: list[UnitClip], vertices: np.ndarray
) -> None:
    clip, points = clips[0], places(vertices)
    off = [
        np.abs(clip.coarse(np.random.default_rng(2), points, amount) - clip.clean).mean()
        for amount in (0.25, 1.0)
    ]
    assert off[0] < off[1]
    still = clip.coarse(np.random.default_rng(2), points, 0.0)
    plain = clip.weights @ clip.actions.reshape(len(clip.actions), -1)
    assert np.allclose(still.reshape(len(plain), -1), plain, atol=1e-4)


def test_agreement_is_whole_with_oneself_and_blind_to_an_offset() -> None:
    rows = np.random.default_rng(1).uniform(0.0, 5.0, (50, 3)).astype(np.float32)
    assert icc31(rows, rows) == pytest.approx(1.0)
    assert icc31(rows, rows + 1.0) == pytest.approx(1.0)
    assert np.abs(icc31(rows, rows[::-1])).max() < 0.5
    said, found = np.array([[1, 1], [1, 0], [0, 0]], bool), np.array([[1, 0], [1, 0], [1, 0]], bool)
    assert f1(said, found) == pytest.approx([0.8, 0.0])


def test_what_is_confused_is_counted_where_one_shows_alone() -> None:
    wanted = np.zeros((4, len(UNITS)), dtype=np.float32)
    wanted[:, AT[23]] = 3.0
    found = wanted.copy()
    found[0, AT[24]] = 3.0
    row = next(row for row in confusion(wanted, found) if (row["shown"], row["said"]) == (23, 24))
    assert row["share"] == 0.25
    assert scores(wanted, wanted, np.full(len(UNITS), 0.5))["mean_f1"] == 1.0


def test_the_rig_is_solved_within_bounds_and_calmed_without_a_jump(vertices: np.ndarray) -> None:
    solve = RigSolve(vertices)
    found = solve((solve._basis[AT[12]] * 0.6).reshape(1, -1, 3).astype(np.float32))
    assert found[0].argmax() == AT[12]
    assert found[0, AT[12]] == pytest.approx(3.0, abs=0.3)
    steady = np.full((20, 2), 1.5)
    for way in (one_euro, savitzky_golay):
        assert way(steady, 30.0) == pytest.approx(steady)


@pytest.mark.slow
def test_what_a_step_minimizes_falls(
    corpus: Corpus, clips: list[UnitClip], vertices: np.ndarray
) -> None:
    config = UnitsTraining(model=SMALL, batch=3, window=16)
    torch.manual_seed(2)
    model = AuTransformer(
        replace(SMALL, points=len(vertices), per_unit=12), draw_regions(corpus.rigs, 12)
    )
    windows = WindowSource(clips, places(vertices), config).draw(np.random.default_rng(3))
    actions = torch.from_numpy(corpus.rigs[0][:, vertices].reshape(52, -1))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    losses = []
    for step in range(8):
        loss = unit_loss(model, windows, actions, config, 1000 + step)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.8 * losses[0]
    assert windows.there.any(dim=1).all()


@pytest.mark.slow
def test_it_learns_and_writes_what_it_learned(corpus: Corpus, tmp_path: Path) -> None:
    usual = UnitsTraining()
    config = replace(
        usual,
        model=SMALL,
        loop=replace(
            usual.loop, steps=12, save_every=12, log_every=4, warmup=1, learning_rate=1e-2, ema=0.0
        ),
        batch=3,
        window=16,
        clips=1,
    )
    train_units(corpus, tmp_path, tmp_path, Progress(), config)
    rows = [json.loads(line) for line in (tmp_path / "units.jsonl").read_text().splitlines()]
    losses = [row["loss"] for row in rows if "loss" in row]
    assert losses[-1] < 0.8 * losses[0]
    file = load_checkpoint(tmp_path / "units.safetensors", "units")
    assert file.state["units"].tolist() == list(UNITS)
    assert torch.all(file.state["thresholds"] > 0.0)


def test_forms_of_the_network_are_named() -> None:
    assert not units_training("spatial").model.temporal
    assert units_training("printed").own == 0.0
    assert units_training(without="ict").file == "units-without-ict.safetensors"
    with pytest.raises(InputError, match="form"):
        units_training("other")
    with pytest.raises(InputError, match="without"):
        units_training(without="flame")


@pytest.mark.slow
def test_all_figures_are_worked_out_and_printed(corpus: Corpus, tmp_path: Path) -> None:
    regions = draw_regions(corpus.rigs, 6)
    torch.manual_seed(4)
    model = AuTransformer(replace(SMALL, points=len(regions.vertices)), regions).eval()
    for name in ("units-spatial", "units-without-ict"):
        save_checkpoint(tmp_path / f"{name}.safetensors", "units", model.config, model.state_dict())
    units = UnitStudy(replace(corpus, origin=np.full_like(corpus.origin, ICT)), model, tmp_path, 1)
    figures = figures_of(units, Progress())
    assert {"whole clip", "live", "spatial alone", "rig solve"} <= figures["tracker"].keys()
    assert set(figures["left_out"]) == {"ict, clean", "ict, tracker"}
    assert figures["refined"]["coarse_mm"] > 0.0
    assert len(unit_aims(figures)) == 7
    assert all(table.row_count for table in unit_tables(figures))
