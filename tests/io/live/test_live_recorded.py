"""Recordings: the time in them stays, gaps are gaps, and files hold what arrived."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.core.sequence import Floats
from studio.io.live.history import History, Poses
from studio.io.live.packet import HEAD, WEIGHTS
from studio.io.live.phone import Phone
from studio.io.live.recorded import take_of, write_poses
from studio.io.live.sending import packets, values_of
from studio.io.weights import read_weights

from .phones import AT, channels, hear, take_of_phone


def poses(values: Floats, fps: float = 60.0, keep: slice | list[int] = slice(None)) -> Poses:
    seconds = 40_000 + np.arange(len(values)) / fps
    return Poses(seconds[keep], values[keep])


@pytest.mark.parametrize("fps", [24.0, 29.97, 30.0, 60.0])
def test_an_unbroken_recording_stays_as_it_came(fps: float) -> None:
    values = channels(80)
    take = take_of(poses(values, fps))
    assert (take.fps, take.remarks) == (fps, ())
    np.testing.assert_array_equal(take.weights, values[:, WEIGHTS])
    np.testing.assert_allclose(take.head, np.degrees(values[:, HEAD]), rtol=1e-6)


def test_single_frames_are_filled_and_long_gaps_hold_the_last_pose() -> None:
    values = channels(300)
    keep = [frame for frame in range(300) if frame != 20 and not 100 <= frame < 200]
    take = take_of(poses(values, keep=keep))
    assert len(take.weights) == 300  # nothing is closed up
    between = (values[19, WEIGHTS] + values[21, WEIGHTS]) / 2
    np.testing.assert_allclose(take.weights[20], between, atol=1e-6)
    held = np.broadcast_to(values[99, WEIGHTS], (100, 52))
    np.testing.assert_array_equal(take.weights[100:200], held)
    np.testing.assert_array_equal(take.weights[200:], values[200:, WEIGHTS])
    assert take.remarks[0].startswith("1 frame that") and "1.7 s" in take.remarks[1]
    assert len(take.remarks) == 2


def test_what_a_face_is_at_rest_is_subtracted() -> None:
    values = channels(10) * 0.5 + 0.2
    rest = np.full(61, 0.2, dtype=np.float32)
    take = take_of(poses(values), rest)
    np.testing.assert_allclose(take.weights, values[:, WEIGHTS] - 0.2, atol=1e-6)
    assert np.abs(take_of(Poses(np.zeros(1), rest[None]), rest).weights).max() == 0


def test_uneven_times_are_laid_on_a_grid() -> None:
    chance = np.random.default_rng(4)
    seconds = np.arange(120) / 60 + chance.uniform(-0.003, 0.003, 120)
    slope = np.repeat(seconds[:, None], 61, axis=1).astype(np.float32) / 4
    take = take_of(Poses(seconds, slope))
    expected = (seconds[0] + np.arange(len(take.weights)) / take.fps) / 4
    assert take.fps == pytest.approx(60, rel=0.02) and "uneven" in take.remarks[0]
    np.testing.assert_allclose(take.weights[:, 0], expected, atol=0.006 / 4)


def test_the_file_is_what_the_app_would_write(tmp_path: Path) -> None:
    values, path = channels(60), tmp_path / "take.csv"
    write_poses(poses(values, 30.0), path)
    read = read_weights(path)
    assert (read.fps, read.remarks) == (30.0, ())
    np.testing.assert_allclose(read.weights, values[:, WEIGHTS], atol=1e-7)
    sent = values_of(read)
    np.testing.assert_allclose(sent[:, : HEAD.stop], values[:, : HEAD.stop], atol=1e-6)
    assert path.read_text().splitlines()[1].startswith("11:06:40:00.000,61,")


def test_a_recording_survives_that_the_phone_is_gone() -> None:
    sent = take_of_phone(60)
    station = hear(sent[:10])
    phone = station.phones["one"]
    phone.record()
    hear(sent[10:], station)
    assert phone.away(100.0)
    kept = phone.recorded()
    assert len(kept) == 50 and phone.recording is None
    assert len(phone.recorded()) == 0


def test_a_recording_ends_where_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.io.live.phone.MOST_RECORDED", 20)
    sent = take_of_phone(60)
    station = hear(sent[:1])
    station.phones["one"].record()
    hear(sent[1:], station)
    assert station.phones["one"].full
    (said,) = station.news()
    assert "full" in said
    assert len(station.phones["one"].recorded()) == 20


def test_a_history_keeps_the_last_poses_alone() -> None:
    history, rows = History(10), channels(100)
    for second, row in enumerate(rows):
        assert history.put(float(second), row)
    assert 10 <= len(history) <= 20
    assert not history.put(50.0, rows[0])
    np.testing.assert_array_equal(history.poses(3).values, rows[-3:])


def test_packets_carry_the_rate_as_a_fraction() -> None:
    made = list(packets(channels(3), 59.94, start=600))
    assert [one.frame for one in made] == [600, 601, 602]
    assert made[0].rate == (2997, 50)
    assert Phone(made[0], AT, 0.0).newest.seconds == pytest.approx(600 / 59.94)
