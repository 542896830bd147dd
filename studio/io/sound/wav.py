"""Sound out of WAV files, and into them."""

from __future__ import annotations

import io
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError
from studio.core.system.disk import refusal, regular
from studio.io.memory import check_room

from .sound import Samples, Sound

SUFFIXES = (".wav", ".wave")
_WANTED = "a WAV file of 8 to 32 bits or of floating numbers"
_LARGEST = np.iinfo(np.int16).max


def is_sound(path: Path) -> bool:
    """Whether a file is called as one that `read_sound` reads."""
    return path.suffix.lower() in SUFFIXES and not os.path.isdir(path)


def beside(path: Path) -> Path | None:
    """Find the sound that lies beside a clip under the same name; None where there is none."""
    stem = path.name if os.path.isdir(path) else path.stem
    places = (path.parent / f"{stem}{suffix}" for suffix in SUFFIXES)
    return next((place for place in places if os.path.isfile(place)), None)


def read_sound(path: Path) -> Sound:
    """Read a WAV file of whole numbers of 8, 16, 24 or 32 bits, or of floating numbers.

    What has more than 16 bits is brought to these; more than two channels become their mean.

    Raises
    ------
    InputError
        With one sentence, where it is another file or a damaged one, or does not fit into memory.
    """
    from scipy.io import wavfile

    size = regular(path, _WANTED)
    if not is_sound(path):
        raise InputError.of(path, _WANTED, path.suffix or "no suffix")
    check_room(path, 4 * size)
    try:
        with warnings.catch_warnings():
            # Parts of the file that hold no samples, such as titles, are passed over.
            warnings.simplefilter("ignore", wavfile.WavFileWarning)
            rate, found = wavfile.read(path)
        return Sound(_as_samples(found), int(rate))
    except OSError as error:
        raise InputError.of(path, _WANTED, refusal(error, "read")) from error
    except InputError as error:
        raise InputError(f"{path.name}: {error}") from error
    except Exception as error:  # whatever SciPy raises on what is no such file
        raise InputError.of(path, _WANTED, _finding(error)) from error


def wav_bytes(sound: Sound) -> bytes:
    """Write a sound as a WAV file of 16 bits."""
    from scipy.io import wavfile

    file = io.BytesIO()
    wavfile.write(file, sound.rate, np.ascontiguousarray(sound.samples))
    return file.getvalue()


def _finding(error: Exception) -> str:
    said = str(error)
    if "ormat" in said and "Unknown wave file" in said:
        return "compressed sound"
    return "another kind of file" if "not understood" in said else "a damaged file"


def _as_samples(found: NDArray[Any]) -> Samples:
    """Bring (N,) or (N, C) numbers of any of the kinds to 16 bits and at most two channels."""
    samples = found if found.ndim == 2 else found[:, None]
    if samples.shape[1] > 2:
        samples = samples.astype(np.float64).mean(axis=1, keepdims=True).astype(found.dtype)
    if samples.dtype == np.uint8:
        return np.asarray((samples.astype(np.int16) - 128) << 8, dtype=np.int16)
    if samples.dtype == np.int32:  # 24 bits stand in the upper ones
        return np.asarray(samples >> 16, dtype=np.int16)
    if samples.dtype == np.int16:
        return np.array(samples)
    if samples.dtype.kind != "f":
        raise ValueError("samples of another kind")
    share = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0).clip(-1.0, 1.0)
    return np.asarray(np.rint(share * _LARGEST), dtype=np.int16)
