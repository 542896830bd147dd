"""Movies: every frame of the data once, at its time, and nothing left when it goes wrong."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core import Cancelled, InputError, MeshSequence, Progress, StudioError
from studio.core.system.child import child
from studio.document.view import ViewState
from studio.io import write_sequence
from studio.io.sound.sound import Sound
from studio.render.formats import FORMATS, drawing
from studio.render.formats.artist import straight_alpha
from studio.render.formats.drawing import Drawing
from studio.render.formats.ffmpeg import exact_rate, ffmpeg_program, movie_rate
from studio.render.look import Look, parse_size
from studio.render.stills import render_frames

from .faces import ball

SIZE = (48, 40)
SMALL = Drawing(SIZE)


def slow(*case: object) -> object:
    """A further case of what another shows; each starts a program that draws."""
    return pytest.param(*case, marks=pytest.mark.slow)


def ffmpeg(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([ffmpeg_program(), *arguments], capture_output=True, check=False)


def decoded(path: Path, size: tuple[int, int] = SIZE, kind: str = "rgb24") -> np.ndarray:
    """(N, h, w, C) pictures of a movie."""
    out = ffmpeg("-v", "error", "-i", str(path), "-fps_mode", "passthrough", "-f", "rawvideo",
                 "-pix_fmt", kind, "-").stdout  # fmt: skip
    return np.frombuffer(out, np.uint8).reshape(-1, size[1], size[0], 3 if kind == "rgb24" else 4)


def times(path: Path) -> list[Fraction]:
    """Seconds at which each frame starts, exactly."""
    out = ffmpeg("-v", "error", "-i", str(path), "-fps_mode", "passthrough", "-enc_time_base",
                 "demux", "-f", "framecrc", "-").stdout.decode()  # fmt: skip
    unit = Fraction(re.findall(r"#tb 0: (\d+/\d+)", out)[0])
    return [int(line.split(",")[2]) * unit for line in out.splitlines() if line[0] != "#"]


def assert_shows(pictures: np.ndarray, clip: MeshSequence, frames: range) -> None:
    """Each picture is nearer to the still of its own frame than to any other's."""
    stills = render_frames(clip, list(range(clip.n_frames)), SIZE).astype(float)
    assert len(pictures) == len(frames)
    for picture, frame in zip(pictures, frames, strict=True):
        away = np.abs(stills - picture).mean(axis=(1, 2, 3))
        assert int(away.argmin()) == frame and away[frame] < 6


@pytest.mark.parametrize(
    ("fps", "rate"),
    [
        (30, Fraction(30)),
        (59.94, Fraction(60000, 1001)),
        (60000 / 1001, Fraction(60000, 1001)),
        (29.97, Fraction(30000, 1001)),
        (23.976, Fraction(24000, 1001)),
        (12.5, Fraction(25, 2)),
        (60, Fraction(60)),
    ],
)
def test_rates_are_what_cameras_mean(fps: float, rate: Fraction) -> None:
    assert exact_rate(fps) == rate


@given(st.floats(0.01, 1000))
def test_any_rate_is_kept_within_a_ten_thousandth(fps: float) -> None:
    assert abs(float(exact_rate(fps)) - fps) < max(2e-3, 1e-4 * fps)
    assert movie_rate(fps, FORMATS["gif"]) <= 50


def test_an_mp4_holds_every_frame_once_at_its_time(tmp_path: Path) -> None:
    clip, path = replace(ball(7), fps=59.94), tmp_path / "new" / "clip.mp4"
    seen: list[float] = []
    progress = Progress(lambda fraction, _message: seen.append(fraction))
    assert write_sequence(clip, path, options=Drawing((47, 40)), progress=progress) == [path]
    assert times(path) == [k * Fraction(1001, 60000) for k in range(7)]
    assert_shows(decoded(path), clip, range(7))
    assert seen == sorted(seen) and seen[-1] == 1.0 and len(seen) >= 8
    said = ffmpeg("-hide_banner", "-i", str(path)).stderr.decode()
    assert "h264" in said and "yuv420p(tv, bt709" in said and "48x40" in said
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert [p.name for p in path.parent.iterdir()] == ["clip.mp4"]


@pytest.mark.parametrize(("fps", "plays"), [slow(30, 30), (24, 24), (60, 50)])
def test_a_gif_puts_frames_at_the_nearest_hundredths(
    tmp_path: Path, fps: float, plays: int
) -> None:
    path = tmp_path / "clip.gif"
    write_sequence(replace(ball(6), fps=fps), path, frames=(1, 6), options=SMALL)
    starts = times(path)
    assert all(abs(t - Fraction(k, plays)) <= Fraction(1, 200) for k, t in enumerate(starts))
    assert len(starts) == 5 and starts[0] == 0
    assert_shows(decoded(path), ball(6), range(1, 6))


def test_a_transparent_gif_is_clear_beside_the_face_in_every_frame(tmp_path: Path) -> None:
    write_sequence(ball(3), tmp_path / "a.gif", options=Drawing(SIZE, Look("transparent")))
    alpha = decoded(tmp_path / "a.gif", kind="rgba")[..., 3]
    assert len(alpha) == 3 and set(np.unique(alpha)) == {0, 255}
    assert (alpha[:, :4, :4] == 0).all() and (alpha[:, 18:22, 22:26] == 255).all()
    covered = (alpha > 0).sum(axis=(1, 2))
    assert covered[0] < covered[1] < covered[2]


def test_pictures_are_named_and_their_edges_are_smooth(tmp_path: Path) -> None:
    drawing = Drawing(SIZE, Look("transparent", view=ViewState(azimuth=90.0)))
    named = partial(write_sequence, format="png", name="{name}_{frame:02d}", first=9)
    files = named(ball(4), tmp_path, frames=(2, 4), options=drawing)
    assert files == [tmp_path / "ball_09.png", tmp_path / "ball_10.png"]
    alpha = decoded(files[0], kind="rgba")[0][..., 3]
    assert {0, 255} < set(np.unique(alpha).tolist())
    with pytest.raises(InputError, match=r"no frames beyond the 1 to write, found ball_10.png"):
        named(ball(1), tmp_path, options=SMALL)


@pytest.mark.slow
def test_heat_and_caption_and_background_are_drawn(tmp_path: Path) -> None:
    look = Look("white", ViewState(heat_map=True), caption=True, neutral=ball().vertices[2])
    plain, dressed = Look("white"), look
    first = partial(write_sequence, ball(3), frames=(0, 1))
    a, b = (
        decoded(first(tmp_path / name, options=Drawing(SIZE, each))[0])[0]
        for name, each in (("plain.png", plain), ("dressed.png", dressed))
    )
    assert (a[:2] == 255).all() and (a[-8:, :12] == 255).all()
    assert (b[-8:, :12] < 200).any(), "the caption"
    assert (b[:, -8:] < 200).any(), "the color bar"
    assert np.ptp(a[20, 24].astype(int)) < 30 < np.ptp(b[20, 24].astype(int)), "gray, then not"


def test_a_look_survives_the_way_to_another_process() -> None:
    view = ViewState(azimuth=30.0, orthographic=True, shading="flat", hidden=("tongue",))
    look = Look("dark", view, caption=True)
    assert Look.of(json.loads(json.dumps(look.plain())), None).plain() == look.plain()


def test_colors_at_the_edge_are_not_darkened_twice() -> None:
    half = np.array([[[50, 25, 10, 128], [9, 9, 9, 255], [0, 0, 0, 0]]], np.uint8)
    np.testing.assert_array_equal(
        straight_alpha(half)[0], [[100, 50, 20, 128], [9, 9, 9, 255], [0, 0, 0, 0]]
    )


# When it goes wrong


def stopping(act: object, *, at: float) -> Progress:
    """A progress that acts once when so much is done."""

    def hear(fraction: float, _message: str) -> None:
        if fraction >= at and acts:
            acts.pop()()

    acts = [act]
    return Progress(hear)


@pytest.mark.parametrize("suffix", ["mp4", "gif"])
@pytest.mark.parametrize("at", [0.0, 0.4])
def test_a_cancelled_movie_leaves_nothing(tmp_path: Path, suffix: str, at: float) -> None:
    (tmp_path / f"clip.{suffix}").write_text("the one before")
    progress: Progress = stopping(lambda: progress.cancel(), at=at)
    with pytest.raises(Cancelled):
        write_sequence(ball(30), tmp_path / f"clip.{suffix}", options=SMALL, progress=progress)
    assert [p.read_text() for p in tmp_path.iterdir()] == ["the one before"]


def test_cancelled_pictures_leave_nothing(tmp_path: Path) -> None:
    progress: Progress = stopping(lambda: progress.cancel(), at=0.4)
    with pytest.raises(Cancelled):
        write_sequence(
            ball(30), tmp_path / "a" / "b", format="png", options=SMALL, progress=progress
        )
    assert not list(tmp_path.iterdir())


def running(group: int) -> list[str]:
    """What still runs of a process group, where the system tells."""
    stats = [path.read_text() for path in Path("/proc").glob("[0-9]*/stat") if path.exists()]
    fields = [stat.rpartition(")")[2].split() for stat in stats]
    return [state for state, _parent, of, *_ in fields if int(of) == group and state not in "ZX"]


def gone(group: int) -> bool:
    """Whether nothing of a process group is left, soon: who lost its parent ends by itself."""
    end = time.monotonic() + 10.0
    while running(group) and time.monotonic() < end:
        time.sleep(0.02)
    return not running(group)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_killed_artist_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    artists: list[subprocess.Popen[bytes]] = []
    start = child

    @contextmanager
    def remembered(module: str) -> Iterator[subprocess.Popen[bytes]]:
        with start(module) as process:
            artists.append(process)
            yield process

    monkeypatch.setattr(drawing, "child", remembered)
    progress = stopping(lambda: artists[0].kill(), at=0.2)
    with pytest.raises(StudioError, match=r"clip.mp4: cannot be written: .* ended \(SIGKILL\)$"):
        write_sequence(ball(200), tmp_path / "clip.mp4", options=SMALL, progress=progress)
    assert not list(tmp_path.iterdir())
    assert gone(artists[0].pid)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(("name", "format"), [("clip.mp4", "mp4"), slow("clip", "png")])
def test_nothing_is_left_when_whoever_asked_is_killed(
    tmp_path: Path, name: str, format: str
) -> None:
    code = (
        "import os, signal; from tests.render.faces import ball;"
        "from studio.core import Progress; from studio.io import write_sequence;"
        "from studio.render.formats.drawing import Drawing;"
        "hear = lambda f, m: f > 0.1 and os.kill(os.getpid(), signal.SIGKILL);"
        f"write_sequence(ball(200), {str(tmp_path / name)!r}, format={format!r},"
        "options=Drawing((48, 40)), progress=Progress(hear))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, check=False)
    assert done.returncode == -signal.SIGKILL
    until = time.monotonic() + 20
    while list(tmp_path.iterdir()) and time.monotonic() < until:
        time.sleep(0.05)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("Error writing trailer: No space left on device", "no space left on the disk"),
        slow("clip: Permission denied", "no permission to write there"),
        ("Unknown encoder", "ffmpeg says: Unknown encoder"),
    ],
)
def test_what_ffmpeg_complains_of_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, reason: str
) -> None:
    program, folder = tmp_path / "ffmpeg", tmp_path / "out"
    # It begins to write, as the real one does, before the disk is full.
    begin = 'for out; do :; done; echo half > "$out"'
    program.write_text(f'#!/bin/sh\n{begin}; echo "{says}" >&2; exit 1\n')
    program.chmod(0o755)
    folder.mkdir()
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(program))
    with pytest.raises(StudioError, match=f"clip.mp4: cannot be written: {reason}$"):
        write_sequence(ball(), folder / "clip.mp4", options=SMALL)
    assert not list(folder.iterdir())


@pytest.mark.parametrize(
    ("name", "drawing", "wanted"),
    [
        ("a.avi", SMALL, "a.avi: expected one of the formats obj, .*, found .avi"),
        ("a.mp4", Drawing(SIZE, Look("transparent")), "a.mp4: .* not transparent in an MP4"),
        ("a.mp4", Drawing((0, 40)), "16 to 8192 pixels"),
        ("a.png", SMALL, "a.png: expected a folder for 4 frames"),
    ],
)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, name: str, drawing: Drawing, wanted: str
) -> None:
    with pytest.raises(InputError, match=wanted):
        write_sequence(ball(), tmp_path / name, options=drawing)
    assert not list(tmp_path.iterdir())


def test_a_range_a_clip_does_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a range within its 4 frames, found 2 to 8"):
        write_sequence(ball(), tmp_path / "a.gif", frames=(2, 9), options=SMALL)
    assert not list(tmp_path.iterdir())


def test_sizes_have_names() -> None:
    assert parse_size("1080p") == (1920, 1080)
    assert parse_size("640X480") == (640, 480)
    for wrong in ("", "big", "640", "640x", "-1x20", "9x9", "99999x20", "¹0x20"):
        with pytest.raises(InputError, match="size: expected"):
            parse_size(wrong)


def test_an_mp4_keeps_the_sound_of_the_frames_that_it_shows(tmp_path: Path) -> None:
    """A click in frame 12 of 30 is heard in the third frame of a movie of frames 10 to 19."""
    clip, rate = ball(30), 48_000
    samples = np.zeros((rate, 2), dtype=np.int16)
    at = round(12 / clip.fps * rate)
    samples[at : at + 480] = np.int16([20_000, -20_000])
    drawn = Drawing(SIZE, sound=Sound(samples, rate))
    write_sequence(clip, tmp_path / "a.mp4", options=drawn, frames=(10, 20))
    assert len(decoded(tmp_path / "a.mp4")) == 10
    out = ffmpeg("-v", "error", "-i", str(tmp_path / "a.mp4"), "-f", "s16le", "-").stdout
    heard = np.frombuffer(out, "<i2").reshape(-1, 2)
    loud = np.flatnonzero(np.abs(heard[:, 0]) > 5000)
    assert abs(loud[0] / rate - 2 / clip.fps) < 0.005
    assert heard[loud[100], 0] > 0 > heard[loud[100], 1], "left and right"
    assert abs(len(heard) / rate - 10 / clip.fps) < 0.05
