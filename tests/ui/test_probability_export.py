"""What leaves the window of a reading: table, chart, text; and how it is drawn."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from studio.core import Probabilities
from studio.core.smoothing import moving_average, smoothed
from studio.ui.kit.theme import label_color
from studio.ui.recognize.chart import SIZE
from studio.ui.settings.settings import Settings
from studio.ui.timeline.curve_display import CurveDisplay
from studio.ui.window.main_window import MainWindow

from .fakes import LABELS, ball
from .windows import settle


@pytest.fixture
def reading(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """A window whose clip has been read, its range set."""
    clip = window.document.open_clip(ball(40, name="strange, smile"))
    window.document.set_range(clip, 10, 30)
    settle(qtbot, window)
    return window


def facts_of(path: Path) -> dict[str, str]:
    lines = [line for line in path.read_text("utf-8").splitlines() if line.startswith("# ")]
    return dict(line[2:].split(": ", 1) for line in lines)


def table_of(path: Path) -> dict[str, list[float]]:
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines))
    return {name: [float(row[name]) for row in rows] for name in rows[0]}


@hypothesis_settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 20), st.booleans(), st.integers(0, 2**32 - 1))
def test_an_average_is_one_over_the_window_and_rows_still_sum_to_one(
    n_frames: int, width: int, centered: bool, seed: int
) -> None:
    rows = np.random.default_rng(seed).dirichlet(np.ones(4), n_frames).astype(np.float32)
    got = moving_average(rows, width, centered=centered)
    np.testing.assert_allclose(got.sum(axis=1), 1.0, atol=1e-5)
    for t in range(n_frames):
        after = width // 2 if centered else 0
        before = width // 2 if centered else width - 1
        part = rows[max(t - before, 0) : t + after + 1]
        np.testing.assert_allclose(got[t], part.mean(axis=0), atol=1e-5)


def test_a_causal_average_knows_no_later_frame() -> None:
    rows = np.random.default_rng(1).dirichlet(np.ones(3), 50).astype(np.float32)
    whole = moving_average(rows, 8, centered=False)
    np.testing.assert_allclose(moving_average(rows[:20], 8, centered=False), whole[:20], atol=1e-6)


def test_smoothing_leaves_the_verdict_and_nothing_is_itself() -> None:
    rows = np.random.default_rng(1).dirichlet(np.ones(7), 50).astype(np.float32)
    known = Probabilities(LABELS, rows, rows[3])
    assert smoothed(known, 30, 0.0, centered=True) is known
    np.testing.assert_array_equal(smoothed(known, 30, 0.5, centered=True).clip, known.clip)


def test_the_table_is_the_raw_range_with_its_story(
    reading: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    reading.stage.curves.set_smoothing(0.4, centered=True)
    path = tmp_path / "new folder" / "table.csv"
    reading.probability_export.write_table(path)
    settle(qtbot, reading)
    raw = reading.stage.curves.raw
    assert raw is not None
    table = table_of(path)
    assert tuple(table) == ("frame", "time_s", *LABELS)
    np.testing.assert_array_equal(table["frame"], np.arange(10, 30))
    np.testing.assert_allclose(table["time_s"], np.arange(10, 30) / 30, atol=1e-4)
    read = np.stack([table[label] for label in LABELS], axis=1)
    np.testing.assert_allclose(read, raw.per_frame[10:30], atol=1e-6)
    facts = facts_of(path)
    assert (facts["clip"], facts["model"]) == ("strange, smile", "small")
    assert facts["smoothing"] == "none"
    assert "frames 10 to 29" in facts["verdict"]
    assert facts["over time"] == "happiness throughout"
    assert facts["caution"].startswith("Unfamiliar")


def test_the_smoothed_table_says_how(reading: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    reading.stage.curves.set_smoothing(0.4, centered=False)
    path = tmp_path / "table.csv"
    reading.probability_export.write_table(path, smooth=True)
    settle(qtbot, reading)
    shown = reading.stage.curves.shown
    assert shown is not None
    table = table_of(path)
    np.testing.assert_allclose(table["happiness"], shown.per_frame[10:30, 3], atol=1e-6)
    assert facts_of(path)["smoothing"] == "mean over 0.4 s before each frame"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs a full disk to write to")
def test_a_full_disk_leaves_the_old_table(reading: MainWindow, qtbot: QtBot) -> None:
    heard: list[Exception] = []
    reading.desk.reported.connect(heard.append)
    reading.probability_export.write_chart(Path("/dev/full/chart.png"))
    settle(qtbot, reading)
    assert len(heard) == 1


@pytest.mark.parametrize("shape", ["lines", "stacked"])
def test_the_chart_is_a_large_picture_with_the_labels_colors(
    reading: MainWindow, qtbot: QtBot, tmp_path: Path, shape: str
) -> None:
    reading.stage.curves.set_shape(shape)
    path = tmp_path / "chart.png"
    reading.probability_export.write_chart(path)
    settle(qtbot, reading)
    image = QImage(str(path))
    assert image.size() == SIZE
    assert image.pixelColor(5, 5) == QColor("white")
    wanted = QColor(label_color("happiness")).rgb()
    small = image.scaled(600, 300)
    near = [
        abs(QColor(small.pixel(x, y)).hsvHue() - QColor.fromRgb(wanted).hsvHue()) < 8
        for x in range(0, 480, 4)
        for y in range(0, 300, 3)
        if QColor(small.pixel(x, y)).hsvSaturation() > 90
    ]
    assert any(near)


def test_copying_puts_the_verdict_and_the_doubt_on_the_clipboard(reading: MainWindow) -> None:
    reading.registry["recognition.copy"].trigger()
    text = QGuiApplication.clipboard().text()
    assert text.startswith("strange, smile: ")
    assert "frames 10 to 29" in text and "Unfamiliar" in text


def test_without_a_reading_there_is_nothing_to_take(window: MainWindow) -> None:
    for name in ("copy", "table", "smooth_table", "chart", "next_peak", "previous_peak"):
        assert not window.registry[f"recognition.{name}"].isEnabled()
    assert window.probability_export.copy_verdict() == ""


def test_peaks_are_reached_from_the_menu(reading: MainWindow) -> None:
    frames = sorted({peak.frame for peak in reading.stage.timeline.peaks})
    assert frames
    reading.player.seek(0)
    reading.registry["recognition.next_peak"].trigger()
    assert reading.player.playhead.frame == frames[0]


def test_how_curves_look_is_remembered_and_told(fresh: MainWindow, settings: Settings) -> None:
    panel, timeline = fresh.recognition.display, fresh.stage.timeline
    panel.threshold.setValue(65)
    panel.seconds.setValue(0.5)
    panel.window_place.setCurrentIndex(1)
    fresh.registry["recognition.shape.stacked"].trigger()
    look = CurveDisplay(fresh.document, settings).look
    assert (look.shape, look.threshold, look.seconds, look.centered) == (
        "stacked",
        0.65,
        0.5,
        False,
    )
    assert timeline._shown.look == look


def test_an_uncertain_frame_has_no_leader(reading: MainWindow, qtbot: QtBot) -> None:
    reading.player.seek(0)
    bars = reading.recognition.bars
    reading.stage.curves.set_threshold(0.0)
    assert sum(bar.leading for bar in bars.bars) == 1
    reading.stage.curves.set_threshold(0.95)
    assert not any(bar.leading for bar in bars.bars)
    assert reading.recognition.reading.text() == "Frame 0 reads uncertain"
