"""Movies from the command line: as the suffix or --format says, and refused before any work."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from studio.core import MeshSequence
from studio.io import write_sequence
from studio.render.formats.ffmpeg import ffmpeg_program

from .conftest import Command


@pytest.fixture
def short(take: MeshSequence, tmp_path: Path) -> Path:
    clip = MeshSequence(take.vertices[:3], take.faces, 60.0)
    return write_sequence(clip, tmp_path / "short.npz")[0]


def count_frames(path: Path) -> int:
    done = subprocess.run(
        [ffmpeg_program(), "-v", "error", "-i", path, "-f", "framecrc", "-"],
        capture_output=True,
        check=True,
    )
    return sum(not line.startswith(b"#") for line in done.stdout.splitlines())


def test_convert_writes_a_movie(command: Command, short: Path, tmp_path: Path) -> None:
    ended = command("convert", short, tmp_path / "a.mp4", "--size", "64x48")
    assert (ended.status, ended.err) == (0, "")
    assert ended.out == f"3 frames of 4538 vertices, in {tmp_path / 'a.mp4'}\n"
    assert count_frames(tmp_path / "a.mp4") == 3


def test_convert_says_what_a_gif_cannot(command: Command, short: Path, tmp_path: Path) -> None:
    out = tmp_path / "frames.d"
    ended = command(
        "convert", short, out, "--format", "gif", "--size", "64x48", "--background", "transparent"
    )
    assert "at 50 frames a second, the most a GIF has" in ended.out
    assert count_frames(out / "short.gif") == 3


def test_convert_writes_numbered_pictures(command: Command, short: Path, tmp_path: Path) -> None:
    command("convert", short, tmp_path / "out", "--format", "png", "--size", "64x48")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["frame_0001.png", "frame_0002.png", "frame_0003.png"]


@pytest.mark.slow
def test_generate_writes_a_movie(command: Command, models: Path, tmp_path: Path) -> None:
    chosen = ("--label", "happiness", "--seed", 5, "--frames", 16, "--models", models, "--json")
    ended = command("generate", *chosen, "--out", tmp_path, "--format", "mp4", "--size", "32x32")
    assert (ended.status, ended.err) == (0, "")
    assert json.loads(ended.out)["out"] == str(tmp_path / "happiness_5.mp4")
    assert count_frames(tmp_path / "happiness_5.mp4") == 16


@pytest.mark.parametrize(
    ("out", "options", "wanted"),
    [
        ("a.avi", (), "a.avi: expected one of the formats obj, .* mp4, gif, png, found .avi"),
        ("a.mp4", ("--size", "huge"), "size: expected 720p, 1080p, square, small or a size"),
        ("a.mp4", ("--background", "pink"), "background: expected one of light, dark"),
        ("a.mp4", ("--background", "transparent"), "light, dark or white in an MP4"),
    ],
)
def test_options_that_do_not_fit_are_refused_before_the_clip_is_read(
    command: Command, tmp_path: Path, out: str, options: tuple[str, ...], wanted: str
) -> None:
    ended = command("convert", tmp_path / "nowhere.npz", tmp_path / out, *options)
    assert re.search(wanted, ended.sentence)
    assert not list(tmp_path.iterdir())
