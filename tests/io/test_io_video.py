"""Pictures of a video come upright, in order and at their times; damage costs what it hits."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from imageio_ffmpeg import get_ffmpeg_exe

from studio.core import InputError
from studio.io import sniff
from studio.io.video.film import LONGEST_SIDE, Film
from tests.films import Pixels, write_film, write_sound

RED, BLUE = (255, 0, 0), (0, 0, 255)


def marked(count: int = 24, height: int = 48, width: int = 64) -> list[Pixels]:
    """Gray that brightens frame by frame, with a red upper left corner and a blue right rim."""
    out = []
    for number in range(count):
        picture = np.full((height, width, 3), 8 * number % 200, dtype=np.uint8)
        picture[: height // 3, : width // 3], picture[:, -width // 4 :] = RED, BLUE
        out.append(picture)
    return out


def near(pixel: np.ndarray, color: tuple[int, int, int]) -> bool:
    return bool(np.abs(pixel.astype(int) - color).max() < 40)


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm", ".avi", ".gif"])
def test_every_container_gives_its_pictures_in_order(tmp_path: Path, suffix: str) -> None:
    path = write_film(tmp_path / f"a{suffix}", marked())
    assert sniff(path) == "video"
    with Film(path) as film:
        seconds, pictures = zip(*film, strict=True)
        assert film.remarks == ()
    np.testing.assert_allclose(np.diff(seconds), 1 / 24, atol=1.1e-2)
    assert len(pictures) == 24 and pictures[0].shape == (48, 64, 3)
    assert near(pictures[0][4, 4], RED) and near(pictures[0][20, -4], BLUE)
    middles = [int(picture[30, 30, 1]) for picture in pictures]
    assert np.corrcoef(middles, range(24))[0, 1] > 0.95  # a GIF has 256 colors


@pytest.mark.parametrize("degrees", [90, 180, -90])
def test_a_film_that_says_how_it_is_turned_comes_upright(tmp_path: Path, degrees: int) -> None:
    plain, turned = write_film(tmp_path / "a.mp4", marked()), tmp_path / "turned.mp4"
    copying = ("-y", "-loglevel", "error", "-display_rotation", str(degrees), "-i", str(plain))
    subprocess.run([get_ffmpeg_exe(), *copying, "-c", "copy", str(turned)], check=True)
    with Film(plain) as one, Film(turned) as other:
        first, second = next(iter(one))[1], next(iter(other))[1]
        assert f"It is turned by {degrees % 360} degrees, as it says." in other.remarks
    np.testing.assert_array_equal(second, np.rot90(first, degrees // 90))


def test_times_stay_as_they_are_said(tmp_path: Path) -> None:
    moments = np.cumsum([0.0, *([0.04, 0.1] * 6)]).tolist()
    path = write_film(tmp_path / "a.mkv", marked(13), moments=moments)
    with Film(path) as film:
        seconds = [moment for moment, _ in film]
    np.testing.assert_allclose(seconds, moments, atol=2e-3)


def test_large_pictures_are_looked_at_smaller(tmp_path: Path) -> None:
    path = write_film(tmp_path / "a.mp4", marked(2, 1080, 1920))
    with Film(path) as film:
        shapes = {picture.shape for _, picture in film}
        assert "of 1920 x 1080 pixels" in film.remarks[0]
    assert shapes == {(720, LONGEST_SIDE, 3)}


def noisy(count: int) -> list[Pixels]:
    rng = np.random.default_rng(0)
    return list(rng.integers(0, 255, (count, 48, 64, 3), dtype=np.uint8))


def test_what_is_damaged_in_the_middle_is_read_before_and_after(tmp_path: Path) -> None:
    path = write_film(tmp_path / "a.mkv", noisy(48), keys=6)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 3000] = bytes(3000)
    path.write_bytes(data)
    with Film(path) as film:
        seconds = [moment for moment, _ in film]
        assert 30 < len(seconds) < 48
        assert seconds[0] == 0.0 and seconds[-1] > 1.8 and (np.diff(seconds) > 0).all()


def test_a_film_that_is_cut_off_is_read_to_where_it_ends(tmp_path: Path) -> None:
    path = write_film(tmp_path / "a.mkv", noisy(48))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with Film(path) as film:
        assert 10 < len(list(film)) < 40


def test_what_is_no_video_is_refused_in_a_sentence(tmp_path: Path) -> None:
    text, empty = tmp_path / "text.mp4", tmp_path / "empty.mp4"
    text.write_text("not a video at all\n" * 50)
    empty.touch()
    for path in (text, empty):
        assert sniff(path) is None
        with pytest.raises(InputError, match=rf"^{path.name}: expected a video, found what FFmpeg"):
            Film(path)
    with pytest.raises(InputError, match="expected a video, found no pictures in it"):
        Film(write_sound(tmp_path / "sound.mp4"))


def test_a_film_of_one_picture_is_read(tmp_path: Path) -> None:
    with Film(write_film(tmp_path / "a.mp4", marked(1))) as film:
        assert [moment for moment, _ in film] == [0.0]
