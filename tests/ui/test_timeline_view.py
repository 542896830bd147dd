"""The timeline's zoom, its stacked areas and its peaks."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.core import Probabilities
from studio.core.peaks import Peak, find_peaks, next_peak
from studio.ui.kit.theme import label_color
from studio.ui.timeline.axis import CLOSEST, FrameAxis, Zoom
from studio.ui.timeline.curve_display import CurveLook
from studio.ui.timeline.curves import UNCERTAIN, curve, leaders, stacked
from studio.ui.timeline.marks import ROOM, with_room
from studio.ui.timeline.timeline import Timeline

from .readout import hover_text

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
LABELS = ("anger", "happiness", "neutral")
FRAMES = 400


def two_smiles(n_frames: int = FRAMES) -> Probabilities:
    """Neutral with happiness around a quarter and three quarters of the clip."""
    at = np.arange(n_frames) / n_frames
    smile = 0.9 * (np.exp(-(((at - 0.25) / 0.05) ** 2)) + np.exp(-(((at - 0.75) / 0.05) ** 2)))
    rows = np.stack([np.full(n_frames, 0.02), smile, 0.98 - smile], axis=1).astype(np.float32)
    return Probabilities(LABELS, rows, rows.mean(axis=0))


@pytest.fixture
def timeline(qtbot: QtBot) -> Timeline:
    timeline = Timeline()
    qtbot.addWidget(timeline)
    timeline.resize(700, timeline.sizeHint().height())
    timeline.set_clip(FRAMES, 25)
    timeline.set_tracks(two_smiles())
    with qtbot.waitExposed(timeline):
        timeline.show()
    return timeline


def at(timeline: Timeline, frame: float) -> QPointF:
    return QPointF(timeline.axis().x(frame), timeline._layout().plot.bottom() - 3)


def turn(
    timeline: Timeline, place: QPointF, x: int = 0, y: int = 0, *, shift: bool = False
) -> None:
    keys = Qt.KeyboardModifier
    wheel = QWheelEvent(
        place,
        place,
        QPoint(),
        QPoint(x, y),
        Qt.MouseButton.NoButton,
        keys.ShiftModifier if shift else keys.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(timeline, wheel)


def zooms(n_frames: int, seed: int) -> Zoom:
    """A view reached by a few random turns of the wheel."""
    rng = np.random.default_rng(seed)
    zoom = Zoom.fit(n_frames)
    for _ in range(6):
        zoom = zoom.by(rng.uniform(0.2, 2.0), rng.uniform(0, n_frames)).moved(rng.normal(0, 50))
    return zoom


many_zooms = st.builds(zooms, st.integers(2, 5000), st.integers(0, 2**32 - 1))


@settings(deadline=None)
@given(many_zooms)
def test_a_view_lies_in_the_clip(zoom: Zoom) -> None:
    full = zoom.n_frames - 1
    assert 0 <= zoom.first <= zoom.first + zoom.span <= full + 1e-6
    assert zoom.span >= min(CLOSEST, full)


@settings(deadline=None)
@given(many_zooms, st.floats(0, 1), st.floats(0.3, 3))
def test_zooming_keeps_what_is_under_the_mouse(zoom: Zoom, share: float, factor: float) -> None:
    at = zoom.first + share * zoom.span
    after = zoom.by(factor, at)
    free = 0 < after.first < zoom.n_frames - 1 - after.span
    if free:
        assert (at - after.first) / after.span == pytest.approx(share, abs=1e-6)


@settings(deadline=None)
@given(many_zooms, st.data())
def test_frame_and_column_are_each_other_s_at_any_zoom(zoom: Zoom, data: st.DataObject) -> None:
    axis = FrameAxis(zoom.n_frames, 60, 600, zoom.first, zoom.span)
    start, stop = axis.visible
    frame = data.draw(st.integers(start, stop - 1))
    assert axis.frame(axis.x(frame)) == frame


@settings(deadline=None)
@given(many_zooms, st.data())
def test_the_view_finds_the_playhead(zoom: Zoom, data: st.DataObject) -> None:
    frame = data.draw(st.integers(0, zoom.n_frames - 1))
    for found in (zoom.revealing(frame), zoom.paged(frame)):
        assert found.first - 1e-6 <= frame <= found.first + found.span + 1e-6
        assert found.span == zoom.span
    assert zoom.paged(round(zoom.first + zoom.span / 2)) == zoom


@settings(deadline=None)
@given(many_zooms, st.integers(0, 2**32 - 1))
def test_stacked_areas_fill_the_plot(zoom: Zoom, seed: int) -> None:
    rows = np.random.default_rng(seed).random((zoom.n_frames, 5), dtype=np.float32)
    rows /= rows.sum(axis=1, keepdims=True)
    axis = FrameAxis(zoom.n_frames, 60, 300, zoom.first, zoom.span)
    x, borders = stacked(rows, axis, 10, 80)
    assert borders.shape == (6, len(x))
    np.testing.assert_allclose(borders[0], 90)
    np.testing.assert_allclose(borders[-1], 10, atol=1e-3)
    assert (np.diff(borders, axis=0) <= 1e-9).all()
    assert (np.diff(x) > 0).all()


@settings(deadline=None)
@given(many_zooms, st.integers(0, 2**32 - 1))
def test_runs_cover_any_view(zoom: Zoom, seed: int) -> None:
    rows = np.random.default_rng(seed).random((zoom.n_frames, 4), dtype=np.float32)
    axis = FrameAxis(zoom.n_frames, 60, 300, zoom.first, zoom.span)
    runs = leaders(rows, axis, threshold=0.6)
    assert runs[0][0] == axis.left
    assert runs[-1][1] == pytest.approx(360)
    assert all(a[1] == b[0] and a[2] != b[2] for a, b in itertools.pairwise(runs))


def test_what_stays_below_the_threshold_is_no_label_s_run() -> None:
    rows = np.tile(np.float32([0.3, 0.4, 0.3]), (50, 1))
    rows[20:30] = [0.1, 0.8, 0.1]
    axis = FrameAxis(50, 0, 490)
    assert [index for *_, index in leaders(rows, axis, 0.5)] == [UNCERTAIN, 1, UNCERTAIN]
    assert [index for *_, index in leaders(rows, axis)] == [1]


def test_a_curve_close_up_goes_through_its_frames() -> None:
    values = np.random.default_rng(3).random(4000, dtype=np.float32)
    axis = FrameAxis(4000, 20, 600, 1000.0, 40.0)
    points = curve(values, axis, 0, 100)
    np.testing.assert_allclose(points[:, 0], [axis.x(f) for f in range(1000, 1042)])
    np.testing.assert_allclose(points[:, 1], 100 * (1 - values[1000:1042]), rtol=1e-5)


def test_each_stretch_has_one_peak_and_a_level_has_none() -> None:
    peaks = find_peaks(two_smiles())
    assert [peak.frame for peak in peaks if peak.label == 1] == [100, 300]
    assert {peak.label for peak in peaks} == {1}, "anger never rises, and rest has no peak"
    flat = Probabilities(LABELS, np.tile(np.float32([0.05, 0.9, 0.05]), (60, 1)), np.ones(3))
    assert find_peaks(flat) == ()


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_a_peak_is_the_highest_of_its_stretch(n_frames: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.dirichlet([0.4] * 4, n_frames).astype(np.float32)
    peaks = find_peaks(Probabilities(("a", "b", "c", "d"), rows, rows.mean(axis=0)))
    for peak in peaks:
        assert peak.value == rows[peak.frame, peak.label] >= 0.5 - 1e-3
        around = rows[max(peak.frame - 1, 0) : peak.frame + 2, peak.label]
        assert peak.value >= around.max() - 1e-3


def test_next_peak_goes_round() -> None:
    peaks = [Peak(10, 0, 0.9), Peak(10, 1, 0.6), Peak(50, 2, 0.8)]
    assert [next_peak(peaks, frame, 1) for frame in (0, 10, 50, 60)] == [10, 50, 10, 10]
    assert [next_peak(peaks, frame, -1) for frame in (60, 50, 10, 0)] == [50, 10, 50, 50]
    assert next_peak([], 5, 1) is None


@pytest.mark.parametrize("shape", ["lines", "stacked"])
def test_a_click_near_a_peak_jumps_to_its_frame(
    timeline: Timeline, qtbot: QtBot, shape: str
) -> None:
    timeline.set_look(CurveLook(shape))
    heard: list[int] = []
    timeline.scrubbed.connect(heard.append)
    place = next(dot for peak, dot in timeline._dots() if peak.frame == 100)
    near = place.toPoint() + QPoint(4, 2)
    timeline._show_cursor(QPointF(near))
    assert timeline.cursor().shape() == Qt.CursorShape.PointingHandCursor
    qtbot.mousePress(timeline, LEFT, pos=near)
    qtbot.mouseMove(timeline, near + QPoint(1, 1))
    qtbot.mouseRelease(timeline, LEFT, pos=near + QPoint(1, 1))
    assert heard == [100]
    qtbot.mousePress(timeline, LEFT, pos=near)
    qtbot.mouseMove(timeline, at(timeline, 200).toPoint())
    qtbot.mouseRelease(timeline, LEFT, pos=at(timeline, 200).toPoint())
    assert heard == [100, 100, 200], "a drag from a peak scrubs"


def test_wheel_zooms_around_the_mouse_and_moves_along(timeline: Timeline) -> None:
    place = at(timeline, 120)
    before = timeline.axis().place(place.x())
    for _ in range(5):
        turn(timeline, place, y=120)
    assert timeline.zoom.span < FRAMES / 2
    assert timeline.axis().place(place.x()) == pytest.approx(before, abs=0.05)
    first = timeline.zoom.first
    turn(timeline, place, y=-120, shift=True)
    assert timeline.zoom.first > first
    turn(timeline, place, x=120)
    assert timeline.zoom.first == pytest.approx(first)
    for _ in range(20):
        turn(timeline, place, y=-120)
    assert timeline.zoom.whole


def test_middle_button_moves_and_double_click_fits(timeline: Timeline, qtbot: QtBot) -> None:
    for _ in range(5):
        turn(timeline, at(timeline, 200), y=120)
    held = timeline.axis().place(300)
    qtbot.mousePress(timeline, MIDDLE, pos=QPoint(300, 80))
    qtbot.mouseMove(timeline, QPoint(340, 80))
    assert timeline.axis().place(340) == pytest.approx(held, abs=0.05)
    qtbot.mouseRelease(timeline, MIDDLE, pos=QPoint(340, 80))
    qtbot.mouseDClick(timeline, LEFT, pos=at(timeline, 200).toPoint())
    assert timeline.zoom.whole


def test_zooming_without_a_mouse_keeps_the_playhead_in_sight(timeline: Timeline) -> None:
    timeline.set_frame(390)
    for _ in range(10):
        timeline.zoom_by(0.5)
        assert timeline.zoom.first <= 390 <= timeline.zoom.first + timeline.zoom.span
    assert timeline.zoom.span == pytest.approx(CLOSEST)
    timeline.fit()
    assert timeline.zoom.whole


def test_view_follows_the_playhead_and_a_new_clip_is_seen_whole(timeline: Timeline) -> None:
    for _ in range(8):
        turn(timeline, at(timeline, 50), y=120)
    span = timeline.zoom.span
    timeline.set_frame(350)
    assert timeline.zoom.first <= 350 <= timeline.zoom.first + span
    assert timeline.zoom.span == span
    timeline.set_clip(100, 30)
    assert timeline.zoom.whole


def test_stacked_areas_are_painted_in_the_labels_colors(timeline: Timeline) -> None:
    timeline.set_look(CurveLook("stacked"))
    seen = timeline.grab().toImage()
    ratio, plot = seen.devicePixelRatio(), timeline._layout().plot
    for frame, label in ((98, "happiness"), (200, "neutral")):
        x, y = timeline.axis().x(frame + 6), plot.top() + 0.6 * plot.height()
        found = seen.pixelColor(int(x * ratio), int(y * ratio))
        want = QColor(label_color(label))
        away = [abs(getattr(found, c)() - getattr(want, c)()) for c in ("red", "green", "blue")]
        assert sum(away) < 180, label


def test_hover_says_what_is_uncertain_and_unfamiliar(timeline: Timeline) -> None:
    timeline.set_look(CurveLook(threshold=0.95))
    assert hover_text(timeline, 100)[1] == "uncertain"
    doubt = np.zeros(FRAMES, dtype=np.float32)
    doubt[90:] = 0.8
    timeline.set_unfamiliar(doubt)
    assert hover_text(timeline, 100)[1:3] == ["uncertain", "unfamiliar"]
    timeline.set_look(CurveLook())
    assert hover_text(timeline, 10)[1] == "neutral 98 %"
    timeline.grab()


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 600), st.floats(0.5, 1)), min_size=1, max_size=60))
def test_dots_keep_clear_of_each_other_and_the_highest_stays(
    places: list[tuple[float, float]],
) -> None:
    dots = [(Peak(k, 0, value), QPointF(x, 0)) for k, (x, value) in enumerate(places)]
    kept = with_room(dots)
    assert max(peak.value for peak, _ in kept) == max(value for _, value in places)
    columns = sorted(place.x() for _, place in kept)
    assert all(after - before >= ROOM for before, after in itertools.pairwise(columns))
    for _, place in dots:
        assert min(abs(place.x() - x) for x in columns) < ROOM
