"""The sound beside a clip: in step with the picture, seen under the timeline, moved by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.core import StudioError
from studio.document import Document, Playhead
from studio.document.beside.sound import ClipSound
from studio.document.edits.time.reverse import ReverseEdit
from studio.io import write_sequence
from studio.io.sound.sound import Sound
from studio.io.sound.wav import wav_bytes
from studio.ui.clips.drops import sort
from studio.ui.services import Services
from studio.ui.settings.settings import Settings
from studio.ui.sound import service
from studio.ui.sound.follower import Follower
from studio.ui.sound.peaks import Peaks
from studio.ui.sound.service import BENT, EVERY_FRAME, NO_DEVICE, SoundService
from studio.ui.sound.wave_row import WaveRow
from studio.ui.timeline.player import Player
from studio.ui.timeline.timeline import Timeline
from tests.document.clips import square

from .test_markers import MOVE, PRESS, RELEASE, mouse

RATE, FPS, LENGTH = 8000, 25.0, 75


def telling() -> Sound:
    """A sound of three seconds whose samples tell their places, in quarters of a thousandth."""
    return Sound((np.arange(LENGTH / FPS * RATE) + 1).astype(np.int16)[:, None], RATE)


def played(
    playhead: Playhead, seconds: float, *, lead: float = 0.04, period: float = 0.02
) -> list[tuple[float, int, float | None]]:
    """The time, the frame on show and the second that is heard, at each sample of each period.

    A device that asks for 20 ms at a time, up to 4 ms late, and plays them `lead` later; a window
    that looks 125 times a second.
    """
    follower, rng = Follower(telling()), np.random.default_rng(0)
    follower.lead = lead
    out, shown, now = list[tuple[float, int, float | None]](), dict[float, int](), 0.0
    playhead.play(now)
    for tick in range(int(seconds / 0.008)):
        playhead.tick(tick * 0.008)
        follower.clock = playhead.clock
        shown[tick * 0.008] = playhead.frame
        while now <= tick * 0.008:
            late = float(rng.uniform(0, 0.004))
            samples = follower.take(round(period * RATE), now + late)[:, 0]
            middle = int(samples[len(samples) // 2])
            heard = None if middle == 0 else (middle - 1) / RATE
            out.append((now + lead + period / 2, -1, heard))
            now += period
    ticks = np.array(sorted(shown))
    return [
        (at, shown[float(ticks[np.searchsorted(ticks, at, "right") - 1])], heard)
        for at, _, heard in out
        if at < ticks[-1]
    ]


def test_what_is_heard_is_what_is_seen_within_40_ms() -> None:
    playhead = Playhead()
    playhead.set_clip(LENGTH, FPS, 10, 60)
    found = played(playhead, 7.0)
    steps = [(heard - frame / FPS) for _, frame, heard in found[3:] if heard is not None]
    assert len(steps) > 300, "it is heard nearly always"
    # A frame lasts 40 ms, so what is heard with it is up to that much behind its beginning.
    inside = [step for step in steps if -0.04 <= step <= 0.08]
    assert len(inside) >= len(steps) - 6, "but where it jumps at the end of the range"


@pytest.mark.parametrize("speed", [0.5, 2.0])
def test_at_another_speed_the_sound_runs_as_fast(speed: float) -> None:
    playhead = Playhead()
    playhead.set_clip(LENGTH, FPS)
    playhead.set_speed(speed)
    found = [(at, heard) for at, _, heard in played(playhead, 1.2)[5:] if heard is not None]
    (t0, h0), (t1, h1) = found[0], found[-1]
    assert (h1 - h0) / (t1 - t0) == pytest.approx(speed, rel=0.02)
    assert h0 == pytest.approx(t0 * speed, abs=0.03)


def test_it_is_silent_backwards_in_every_frame_mode_and_where_the_picture_stands() -> None:
    playhead = Playhead()
    playhead.set_clip(LENGTH, FPS)
    playhead.set_loop("ping-pong")
    turn = (LENGTH - 1) / FPS
    for at, _, heard in played(playhead, 5.5)[5:]:
        if abs(at - turn) > 0.05:
            assert (heard is None) == (at > turn)
    playhead = Playhead()
    playhead.set_clip(LENGTH, FPS)
    playhead.set_mode("every frame")
    assert all(heard is None for *_, heard in played(playhead, 0.5))
    follower = Follower(telling())
    assert not follower.take(100, 0.0).any(), "nobody has told it of a clock"
    playhead.pause()
    follower.clock = playhead.clock
    assert not follower.take(100, 0.0).any()


def test_after_a_seek_it_goes_on_from_there_without_a_click() -> None:
    playhead, follower = Playhead(), Follower(telling())
    playhead.set_clip(LENGTH, FPS)
    playhead.play(0.0)
    follower.clock = playhead.clock
    follower.take(800, 0.0)
    playhead.seek(50, 0.1)
    follower.clock = playhead.clock
    samples = follower.take(800, 0.1)[:, 0].astype(int)
    assert abs(samples[-1] - (50 / FPS + 0.1) * RATE) < 3
    assert np.abs(np.diff(samples)).max() < 2.5 * 16000 / 96, "it fades in"


def test_a_device_that_asks_late_and_then_at_once_hears_no_stutter() -> None:
    playhead, follower = Playhead(), Follower(telling())
    playhead.set_clip(LENGTH, FPS)
    playhead.play(0.0)
    follower.clock = playhead.clock
    asked = [k * 0.02 + (0.02 * (4 - k % 5) if k > 20 else 0.0) for k in range(60)]
    heard = np.concatenate([follower.take(160, now)[:, 0] for now in asked]).astype(int)
    steps = np.diff(heard[200:])
    assert steps.min() >= 0 and steps.max() <= 2, "one sample after the other"
    assert abs(heard[-1] - len(heard)) < 0.01 * RATE


def test_peaks_are_those_of_the_samples_at_any_zoom() -> None:
    rng = np.random.default_rng(1)
    samples = rng.integers(-30000, 30000, (100_000, 2), dtype=np.int16)
    peaks = Peaks(samples)
    for first, width, columns in ((0, 1, 50), (5000, 33, 700), (0, 4096, 24), (0, 20_000, 5)):
        edges = first + width * np.arange(columns + 1.0)
        low, high = peaks.between(edges)
        for k in range(columns):
            part = samples[int(edges[k]) : int(edges[k + 1])]
            near = samples[max(int(edges[k]) - 256, 0) : int(edges[k + 1]) + 256]
            if len(part):
                assert near.min() <= low[k] <= high[k] <= near.max()
                assert width >= 2048 or (low[k], high[k]) == (part.min(), part.max())
    assert not peaks.between(np.array([-20.0, -10.0, -1.0]))[1].any()


@pytest.fixture
def row(settings: Settings, qtbot: QtBot) -> Iterator[WaveRow]:
    """A clip of three seconds with its sound, 200 pixels a second."""
    document = Document()
    document.open_clip(square(LENGTH + 1, fps=FPS), Path("a.obj"), ClipSound(telling(), 0.0, "a"))
    player, timeline = Player(document, settings), Timeline()
    timeline.set_clip(LENGTH + 1, FPS)
    left = timeline.axis().left
    timeline.resize(round(left) + 616, 120)
    sounds = SoundService(document, player, timeline)
    row = WaveRow(sounds, timeline)
    row.resize(timeline.width(), 40)
    for widget in (timeline, row):
        qtbot.addWidget(widget)
    row.show()
    yield row
    player.stop()
    sounds.close()


def offset(row: WaveRow) -> float:
    found = row.sounds.offset
    assert found is not None
    return found


def test_the_wave_stands_where_the_sound_is(row: WaveRow) -> None:
    lines = row.lines()
    assert abs(len(lines) - 600) <= 2
    heights = [line.length() for line in lines]
    assert heights[-10] > 3 * heights[60] > 0, "it grows"
    row.sounds.move(1.5)
    later = [line.length() for line in row.lines()]
    assert max(later[:295]) <= 1.0 < min(later[350:]), "flat before it begins"
    assert row.accessibleDescription() == "Begins at 1.50 s of the recording"


def test_a_drag_and_the_arrow_keys_move_it_a_step_each(row: WaveRow) -> None:
    document, x = row.sounds.document, row._timeline.axis().left
    mouse(row, PRESS, x + 300)
    for moved in (2, 30, 50):
        mouse(row, MOVE, x + 300 + moved)
    mouse(row, RELEASE, x + 350)
    assert offset(row) == pytest.approx(50 / 200, abs=0.01)
    assert document.undo_name == "Move sound"
    document.undo()
    assert offset(row) == 0.0
    row.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        QTest.keyClick(row, key)
    assert offset(row) == pytest.approx(1 / FPS)


def test_the_device_asks_for_what_is_heard(row: WaveRow, qtbot: QtBot) -> None:
    follower = row.sounds.follower
    assert follower is not None
    row.sounds.player.play()
    qtbot.waitUntil(lambda: follower._next is not None and follower._next > 0)
    row.sounds.player.stop()
    qtbot.waitUntil(lambda: follower._next is None)
    row.sounds.set_on(on=False)
    assert row.sounds._device is None and "not heard" in row.accessibleDescription()
    assert not row.sounds.settings.sound


def test_what_there_is_to_know_is_said_once(row: WaveRow, qtbot: QtBot) -> None:
    said = list[str]()
    row.sounds.noticed.connect(said.append)
    document = row.sounds.document
    clip = str(document.state.current)
    row.sounds.player.set_mode("every frame")
    for _ in range(2):
        row.sounds.player.play()
        row.sounds.player.stop()
        document.add_edit(clip, ReverseEdit())
    assert said == [EVERY_FRAME, BENT]


def test_without_a_device_clips_play_on(
    row: WaveRow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_follower: Follower, *, progress: object) -> None:
        raise StudioError("no sound device was found")

    said, sounds = list[str](), row.sounds
    monkeypatch.setattr(service, "open_device", none)
    sounds.set_on(on=False)
    sounds.noticed.connect(said.append)
    for on in (True, False, True):
        sounds.set_on(on=on)
        qtbot.waitUntil(lambda: not sounds.opening.busy)
    assert said == [NO_DEVICE]
    sounds.player.play()
    qtbot.waitUntil(lambda: sounds.player.playhead.frame > 1)


def test_a_file_goes_beside_the_clip_on_show(row: WaveRow, qtbot: QtBot, tmp_path: Path) -> None:
    sounds, document = row.sounds, row.sounds.document
    failed = list[Exception]()
    sounds.failed.connect(failed.append)
    sounds.remove()
    assert row.isHidden() and sounds.heard is None
    (tmp_path / "b.wav").write_bytes(wav_bytes(telling()))
    sounds.add_first([tmp_path / "b.wav", tmp_path / "c.wav"])
    qtbot.waitUntil(lambda: not sounds.reading.busy)
    clip = document.current_clip
    assert clip is not None and clip.sound is not None and clip.sound.name == "b.wav"
    assert not row.isHidden()
    document.undo()
    assert row.isHidden()
    (tmp_path / "b.wav").write_bytes(b"nothing of the kind")
    sounds.add(tmp_path / "b.wav")
    qtbot.waitUntil(lambda: bool(failed))
    document.set_current(None)
    sounds.add(tmp_path / "b.wav")
    assert "a clip on show that it goes beside" in str(failed[1])


def test_a_sound_of_the_same_name_comes_with_a_clip(
    services: Services, qtbot: QtBot, tmp_path: Path
) -> None:
    for name, sound in (("a", wav_bytes(telling())), ("b", b"no sound"), ("c", b"")):
        write_sequence(square(3), tmp_path / f"{name}.npz")
        if sound:
            (tmp_path / f"{name}.wav").write_bytes(sound)
    said, document = list[str](), services.opening.document
    services.opening.remarked.connect(said.append)
    services.opening.open_paths([tmp_path / f"{name}.npz" for name in "abc"])
    qtbot.waitUntil(lambda: len(document.state.clips) == 3)
    a, b, c = document.state.clips
    assert a.sound is not None and a.sound.name == "a.wav"
    assert b.sound is None and c.sound is None
    assert said[0] == "a.npz: a.wav beside it is its sound."
    assert said[1].startswith("b.npz: Not its sound: b.wav: expected a WAV file")
    assert len(said) == 2 and not document.has_unsaved_work


def test_what_is_dropped_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "folder.wav").mkdir()
    found = sort([tmp_path / "a.npz", tmp_path / "b.WAV", tmp_path / "folder.wav"])
    assert found.clips == (tmp_path / "a.npz", tmp_path / "folder.wav")
    assert found.sounds == (tmp_path / "b.WAV",)
