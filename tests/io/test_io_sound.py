"""WAV files of every kind that recorders write, and what is no WAV file."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.io import wavfile

from studio.core import InputError
from studio.io.sound.sound import Sound
from studio.io.sound.wav import beside, read_sound, wav_bytes

RATE = 8000
WAVE = np.sin(np.arange(800) / 7.0)  # -1..1


def stereo(values: NDArray[np.float64] = WAVE) -> NDArray[np.float64]:
    return np.stack([values, values[::-1]], axis=1)


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("channels", [1, 2])
def test_whole_numbers_of_every_width(tmp_path: Path, width: int, channels: int) -> None:
    shares = stereo()[:, :channels]
    full = 2 ** (8 * width - 1) - 1
    whole = np.rint(shares * full).astype(np.int64)
    if width == 1:
        data = (whole + 128).astype(np.uint8).tobytes()
    else:
        data = b"".join(int(one).to_bytes(width, "little", signed=True) for one in whole.ravel())
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((channels, width, RATE, len(whole), "NONE", "none"))
        file.writeframes(data)
    sound = read_sound(tmp_path / "a.wav")
    assert (sound.rate, sound.channels, sound.samples.dtype) == (RATE, channels, np.int16)
    near = 1.5 / 128 if width == 1 else 2.5 / 2**15
    np.testing.assert_allclose(sound.samples / 2**15, shares, atol=near)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_floating_numbers(tmp_path: Path, kind: type) -> None:
    values = WAVE.astype(kind)
    values[:3] = [np.nan, 2.0, -np.inf]
    wavfile.write(tmp_path / "a.wav", RATE, values)
    samples = read_sound(tmp_path / "a.wav").samples[:, 0]
    assert samples[:3].tolist() == [0, 32767, -32767]
    np.testing.assert_allclose(samples[3:] / 32767, WAVE[3:], atol=1e-4)


def test_many_channels_become_one(tmp_path: Path) -> None:
    six = np.tile(np.int16([[600, 0, 0, 0, 0, 0]]), (10, 1))
    wavfile.write(tmp_path / "a.wav", RATE, six)
    assert read_sound(tmp_path / "a.wav").samples.tolist() == [[100]] * 10


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    sound = Sound(np.int16([[1, -2], [3, 4], [-32768, 32767]]), 44100)
    (tmp_path / "a.wav").write_bytes(wav_bytes(sound))
    again = read_sound(tmp_path / "a.wav")
    assert again.rate == 44100
    np.testing.assert_array_equal(again.samples, sound.samples)


def test_what_is_no_such_file_is_refused_in_words(tmp_path: Path) -> None:
    whole = wav_bytes(Sound(np.ones((40, 1), np.int16), RATE))
    squeezed = whole[:20] + (6).to_bytes(2, "little") + whole[22:]  # A-law
    none = wav_bytes(Sound(np.ones((1, 1), np.int16), RATE))[:44]
    files = {
        "text.wav": (b"hello, this is no sound at all", "another kind of file"),
        "alaw.wav": (squeezed, "compressed sound"),
        "half.wav": (whole[:30], "a damaged file"),
        "none.wav": (none[:40] + bytes(4), "none"),
        "a.mp3": (whole, r"a WAV file .* found \.mp3"),
    }
    for name, (data, found) in files.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError, match=rf"{name}: .*{found}"):
            read_sound(tmp_path / name)
    with pytest.raises(InputError, match=r"gone\.wav"):
        read_sound(tmp_path / "gone.wav")


def test_parts_reach_beyond_the_ends() -> None:
    sound = Sound(np.arange(10, dtype=np.int16)[:, None], 1000)
    assert sound.between(0.002, 0.005).samples[:, 0].tolist() == [2, 3, 4]
    assert sound.between(-0.002, 0.002).samples[:, 0].tolist() == [0, 0, 0, 1]
    assert sound.between(0.008, 0.012).samples[:, 0].tolist() == [8, 9, 0, 0]
    assert sound.between(0.02, 0.022).samples[:, 0].tolist() == [0, 0]


def test_a_sound_beside_a_clip_has_its_name(tmp_path: Path) -> None:
    for name in ("take.obj", "take.WAV", "other.wav"):
        (tmp_path / name).touch()
    (tmp_path / "take.v2").mkdir()
    (tmp_path / "take.v2.wav").touch()
    assert beside(tmp_path / "take.v2") == tmp_path / "take.v2.wav"
    assert beside(tmp_path / "other.obj") == tmp_path / "other.wav"
    assert beside(tmp_path / "none.obj") is None
