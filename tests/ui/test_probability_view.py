"""The probability bars: values, the leader, names for a screen reader."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from studio.ui.kit.theme import label_color
from studio.ui.recognize.bars import ProbabilityBars

LABELS = ("anger", "happiness", "surprise")


@pytest.fixture
def bars(qtbot: QtBot) -> ProbabilityBars:
    bars = ProbabilityBars()
    qtbot.addWidget(bars)
    bars.set_labels(LABELS)
    bars.resize(320, 160)
    with qtbot.waitExposed(bars):
        bars.show()
    return bars


def filled(bars: ProbabilityBars, place: int) -> float:
    """Share of the track that carries the label's own hue."""
    bar = bars.bars[place]
    seen, track = bar.grab().toImage(), bar.track()
    ratio, want = seen.devicePixelRatio(), QColor(label_color(bar.label)).hsvHue()
    row = int(track.center().y() * ratio)
    columns = range(int((track.left() + 1) * ratio), int((track.right() - 1) * ratio))
    colors = [seen.pixelColor(x, row) for x in columns]
    close = [c.hsvSaturation() > 60 and abs(c.hsvHue() - want) < 12 for c in colors]
    return float(np.mean(close))


def test_bars_are_as_long_as_their_values(bars: ProbabilityBars) -> None:
    row = np.array([0.25, 0.65, 0.10], dtype=np.float32)
    bars.show_row(row)
    assert [filled(bars, k) for k in range(3)] == pytest.approx(row, abs=0.03)
    assert [bar.text() for bar in bars.bars] == ["25 %", "65 %", "10 %"]


def test_only_the_likeliest_leads(bars: ProbabilityBars) -> None:
    for best in (2, 0):
        row = np.full(3, 0.2, dtype=np.float32)
        row[best] = 0.6
        bars.show_row(row)
        assert [bar.leading for bar in bars.bars] == [k == best for k in range(3)]


def test_names_for_a_screen_reader_carry_the_value(bars: ProbabilityBars) -> None:
    bars.show_row(np.array([0.0, 1.0, 0.0], dtype=np.float32))
    assert [b.accessibleName() for b in bars.bars] == [
        "Anger 0 %",
        "Happiness 100 %",
        "Surprise 0 %",
    ]


def test_no_row_empties_the_bars(bars: ProbabilityBars) -> None:
    bars.show_row(np.array([0.2, 0.2, 0.6], dtype=np.float32))
    bars.show_row(None)
    assert [bar.text() for bar in bars.bars] == ["–"] * 3
    assert not any(bar.leading for bar in bars.bars)
    assert filled(bars, 2) == 0


def test_other_labels_replace_the_bars_and_the_same_keep_them(bars: ProbabilityBars) -> None:
    kept = bars.bars
    bars.set_labels(list(LABELS))
    assert bars.bars == kept
    bars.set_labels(("fear", "disgust"))
    assert bars.labels == ("fear", "disgust")
    bars.show_row(np.array([0.3, 0.7], dtype=np.float32))
    assert bars.bars[1].leading


def test_row_of_another_length_is_an_error(bars: ProbabilityBars) -> None:
    with pytest.raises(ValueError):
        bars.show_row(np.array([1.0], dtype=np.float32))
