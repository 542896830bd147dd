"""The timeline: where frames lie, what a mouse does, what is read off."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from studio.core import Probabilities
from studio.ui.kit.theme import label_color
from studio.ui.timeline.axis import FrameAxis, time_text
from studio.ui.timeline.curves import curve, leaders
from studio.ui.timeline.layer import polygon, without_flats
from studio.ui.timeline.playback_bar import PlaybackBar
from studio.ui.timeline.timeline import Timeline

from .readout import hover_text

LEFT = Qt.MouseButton.LeftButton
LABELS = ("anger", "happiness", "neutral")
axes = st.builds(FrameAxis, st.integers(2, 5000), st.floats(0, 90), st.floats(50, 3000))


def probabilities(n_frames: int) -> Probabilities:
    """Neutral, then happiness from the middle on."""
    rows = np.full((n_frames, 3), 0.05, dtype=np.float32)
    rows[: n_frames // 2, 2] = 0.9
    rows[n_frames // 2 :, 1] = 0.9
    return Probabilities(LABELS, rows, rows.mean(axis=0))


@pytest.fixture
def timeline(qtbot: QtBot) -> Timeline:
    timeline = Timeline()
    qtbot.addWidget(timeline)
    timeline.resize(700, timeline.sizeHint().height())
    timeline.set_clip(101, 25)
    with qtbot.waitExposed(timeline):
        timeline.show()
    return timeline


def at(timeline: Timeline, frame: int, part: str = "plot") -> QPoint:
    box = getattr(timeline._layout(), part)
    return QPointF(timeline.axis().x(frame), box.center().y()).toPoint()


def image(timeline: Timeline) -> QImage:
    return timeline.grab().toImage()


@given(axes, st.data())
def test_a_frame_and_its_column_are_each_other_s(axis: FrameAxis, data: st.DataObject) -> None:
    frame = data.draw(st.integers(0, axis.n_frames - 1))
    assert axis.frame(axis.x(frame)) == frame


@given(axes, st.floats(-1e4, 1e4))
def test_any_column_is_a_frame_of_the_clip(axis: FrameAxis, x: float) -> None:
    assert 0 <= axis.frame(x) < axis.n_frames


@given(axes, st.floats(20, 90))
def test_labels_have_room_and_ticks_divide_them(axis: FrameAxis, room: float) -> None:
    major, minor = axis.steps(room)
    assert major * axis.pixels_per_frame >= room * (1 - 1e-9)
    assert major % minor == 0
    assert str(major).strip("0") in ("1", "2", "5")
    assert minor == major or minor * axis.pixels_per_frame >= 5


def test_time_text() -> None:
    assert time_text(0, 30) == "0:00.00"
    assert time_text(45, 30) == "0:01.50"
    assert time_text(3661, 60) == "1:01.02"


def test_peak_of_one_frame_survives_a_narrow_timeline() -> None:
    values = np.zeros(4000, dtype=np.float32)
    values[1234] = 0.8
    axis = FrameAxis(4000, 10, 600)
    points = curve(values, axis, top=0, height=100)
    assert len(points) <= 2 * 600
    assert points[:, 1].min() == pytest.approx(20, abs=1e-4)
    peak = points[points[:, 1].argmin(), 0]
    assert abs(peak - axis.x(1234)) <= 2


def test_short_curve_goes_through_every_frame() -> None:
    values = np.array([0, 0.5, 1, 0.25], dtype=np.float32)
    axis = FrameAxis(4, 30, 300)
    points = curve(values, axis, top=10, height=40)
    np.testing.assert_allclose(points[:, 0], [axis.x(f) for f in range(4)])
    np.testing.assert_allclose(points[:, 1], [50, 30, 10, 40])


@given(axes, st.integers(0, 2**32 - 1))
def test_runs_of_the_likeliest_label_cover_the_axis(axis: FrameAxis, seed: int) -> None:
    rows = np.random.default_rng(seed).random((axis.n_frames, 4), dtype=np.float32)
    runs = leaders(rows, axis)
    assert runs[0][0] == axis.left
    assert runs[-1][1] == pytest.approx(axis.left + axis.width)
    assert all(a[1] == b[0] and a[2] != b[2] for a, b in itertools.pairwise(runs))


def test_polygon_holds_the_points() -> None:
    points = np.random.default_rng(0).random((50, 2))
    made = [(p.x(), p.y()) for p in polygon(points).toList()]
    np.testing.assert_array_equal(made, points)
    assert polygon(np.zeros((0, 2))).isEmpty()


def test_press_and_drag_scrub_anywhere(timeline: Timeline, qtbot: QtBot) -> None:
    heard: list[int] = []
    timeline.scrubbed.connect(heard.append)
    qtbot.mousePress(timeline, LEFT, pos=at(timeline, 20))
    qtbot.mouseMove(timeline, at(timeline, 60, "ruler"))
    qtbot.mouseMove(timeline, QPoint(5000, 10))
    qtbot.mouseRelease(timeline, LEFT, pos=QPoint(5000, 10))
    qtbot.mouseMove(timeline, at(timeline, 5))
    assert heard == [20, 60, 100]


def test_handles_set_the_range_once_a_drag(timeline: Timeline, qtbot: QtBot) -> None:
    heard: list[tuple[int, int]] = []
    timeline.range_changed.connect(lambda a, b: heard.append((a, b)))
    for start, stop in ((0, 30), (100, 70)):
        qtbot.mousePress(timeline, LEFT, pos=at(timeline, start, "lane"))
        qtbot.mouseMove(timeline, at(timeline, 50, "lane"))
        qtbot.mouseMove(timeline, at(timeline, stop, "lane"))
        qtbot.mouseRelease(timeline, LEFT, pos=at(timeline, stop, "lane"))
    assert heard == [(30, 101), (30, 71)]


def test_handles_never_cross(timeline: Timeline, qtbot: QtBot) -> None:
    timeline.set_range(40, 60)
    qtbot.mousePress(timeline, LEFT, pos=at(timeline, 40, "lane"))
    qtbot.mouseMove(timeline, at(timeline, 90, "lane"))
    qtbot.mouseRelease(timeline, LEFT, pos=at(timeline, 90, "lane"))
    assert timeline.range == (59, 60)
    qtbot.mousePress(timeline, LEFT, pos=at(timeline, 59, "lane") + QPoint(2, 0))
    qtbot.mouseMove(timeline, at(timeline, 80, "lane"))
    qtbot.mouseRelease(timeline, LEFT, pos=at(timeline, 80, "lane"))
    assert timeline.range == (59, 81)


def test_double_click_on_the_lane_takes_the_whole_clip(timeline: Timeline, qtbot: QtBot) -> None:
    timeline.set_range(40, 60)
    with qtbot.waitSignal(timeline.range_changed) as heard:
        qtbot.mouseDClick(timeline, LEFT, pos=at(timeline, 50, "lane"))
    assert heard.args == [0, 101]


def test_out_of_range_numbers_are_clamped(timeline: Timeline) -> None:
    timeline.set_frame(9999)
    assert timeline.frame == 100
    timeline.set_range(-5, 9999)
    assert timeline.range == (0, 101)
    timeline.set_range(50, 50)
    assert timeline.range == (50, 51)
    timeline.set_clip(1, 30)
    assert (timeline.frame, timeline.range) == (0, (0, 1))


def test_hover_reads_values_from_the_likeliest(timeline: Timeline) -> None:
    timeline.set_tracks(probabilities(101))
    assert hover_text(timeline, 75) == [
        "Frame 75 · 0:03.00",
        "happiness 90 %",
        "anger 5 %",
        "neutral 5 %",
    ]
    timeline.set_tracks(None)
    assert hover_text(timeline, 75) == ["Frame 75 · 0:03.00"]


def test_frames_with_names_are_called_by_them(timeline: Timeline) -> None:
    timeline.set_clip(3, 1.0, ("anger", "neutral", "a very long name of a smile <b>"))
    assert timeline.hover_heads(1) == ["Frame 1 · 0:01.00", "neutral"]
    plain = image(timeline)
    timeline.set_frame(2)
    named = image(timeline)
    timeline.set_clip(3, 1.0)
    assert timeline.hover_heads(1) == ["Frame 1 · 0:01.00"]
    timeline.set_frame(2)
    assert len({bytes(each.constBits()) for each in (plain, named, image(timeline))}) == 3


def test_curves_are_painted_in_their_colors_and_cleared(timeline: Timeline) -> None:
    timeline.set_tracks(probabilities(101))
    plot = timeline._layout().plot
    x, y = round(timeline.axis().x(75)), plot.bottom() - 0.9 * plot.height()
    want = QColor(label_color("happiness"))

    def painted() -> bool:
        seen = image(timeline)
        ratio = seen.devicePixelRatio()
        rows = range(int((y - 3) * ratio), int((y + 4) * ratio))
        found = [seen.pixelColor(int(x * ratio), row) for row in rows]
        return any(
            abs(c.red() - want.red()) + abs(c.green() - want.green()) + abs(c.blue() - want.blue())
            < 60
            for c in found
        )

    assert painted()
    timeline.set_tracks(None)
    assert not painted()


def test_moving_playhead_keeps_the_painted_layer(timeline: Timeline) -> None:
    timeline.set_tracks(probabilities(101))
    before = image(timeline)
    layer = timeline._static_layer().cacheKey()
    timeline.set_frame(60)
    assert image(timeline) != before
    assert timeline._static_layer().cacheKey() == layer
    timeline.resize(500, timeline.height())
    assert timeline._static_layer().cacheKey() != layer


def test_fewer_rows_than_frames_do_not_break_it(timeline: Timeline) -> None:
    timeline.set_tracks(probabilities(40))
    image(timeline)
    assert hover_text(timeline, 90) == ["Frame 90 · 0:03.60"]


def test_empty_and_tiny_timelines_can_be_painted(timeline: Timeline) -> None:
    timeline.set_clip(1, 30)
    timeline.set_tracks(probabilities(2))
    for width in (1, 40, 90, 3000):
        timeline.resize(width, timeline.height())
        image(timeline)
    timeline.setEnabled(False)
    image(timeline)


def test_bar_buttons_speak(qtbot: QtBot) -> None:
    bar = PlaybackBar()
    qtbot.addWidget(bar)
    bar.set_frame(5, 100, 30)
    heard: list[object] = []
    bar.play_toggled.connect(lambda: heard.append("play"))
    bar.step.connect(heard.append)
    bar.jumped.connect(lambda frame: heard.append(("to", frame)))
    for button in (bar.play, bar.next, bar.previous, bar.first, bar.last):
        button.click()
    bar.set_range(10, 21)
    bar.first.click()
    bar.last.click()
    assert heard == ["play", 1, -1, ("to", 0), ("to", 99), ("to", 10), ("to", 20)]


def test_bar_choices_speak_and_setters_do_not(qtbot: QtBot) -> None:
    bar = PlaybackBar()
    qtbot.addWidget(bar)
    heard: list[object] = []
    for signal in (bar.loop_changed, bar.speed_changed, bar.mode_changed):
        signal.connect(heard.append)
    bar.set_loop("once")
    bar.set_mode("every frame")
    bar.set_speed(0.33)
    assert heard == []
    assert bar.speed.currentData() == 0.33
    bar.loop.setCurrentIndex(bar.loop.findData("ping-pong"))
    bar.mode.setCurrentIndex(bar.mode.findData("real time"))
    bar.speed.setCurrentIndex(bar.speed.findData(2.0))
    assert heard == ["ping-pong", "real time", 2.0]


def test_bar_tells_frame_time_and_both_frame_rates(qtbot: QtBot) -> None:
    bar = PlaybackBar()
    qtbot.addWidget(bar)
    bar.set_frame(45, 100, 30)
    assert bar.where.text().split() == ["45", "/", "99", "0:01.50"]
    assert bar.rate.text() == "30 fps"
    bar.set_speed(2.0)
    bar.set_effective_fps(41.26)
    assert bar.rate.text() == "41.3 of 60 fps"
    bar.set_effective_fps(None)
    assert bar.rate.text() == "30 fps"


def test_play_button_changes_name_and_picture(qtbot: QtBot) -> None:
    bar = PlaybackBar()
    qtbot.addWidget(bar)
    bar.show()
    paused = bar.play.grab().toImage()
    bar.set_playing(True)
    assert bar.play.accessibleName() == "Pause"
    assert bar.play.grab().toImage() != paused
    bar.set_playing(False)
    assert bar.play.accessibleName() == "Play"
    assert bar.play.grab().toImage() == paused


def test_a_curve_without_its_level_runs_is_the_same_curve() -> None:
    rng = np.random.default_rng(0)
    y = np.repeat(rng.uniform(0, 80, 40), rng.integers(1, 30, 40))
    points = np.stack([np.arange(len(y), dtype=np.float64), y], axis=1)
    fewer = without_flats(points)
    assert len(fewer) < 0.25 * len(points)
    again = np.interp(points[:, 0], fewer[:, 0], fewer[:, 1])
    np.testing.assert_allclose(again, y, atol=0.126)
