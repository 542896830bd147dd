"""What is heard while a cut plays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.core.geometry import smoothstep
from studio.io.sound.sound import Sound

from .laid import Laid

_LARGEST = np.iinfo(np.int16)


def sounded(cut: Laid) -> Sound | None:
    """Mix the sounds of the parts of a cut, which pass into each other as its frames do.

    The first that there is says how many samples a second there are, and how many channels; others
    are brought to these.

    Returns
    -------
    From the first frame to the end of the last; None where no part has a sound.
    """
    all_heard = [span.clip.heard for span in cut.spans]
    first = next((heard.sound for heard in all_heard if heard is not None), None)
    if first is None:
        return None
    count = round(cut.timing.seconds * first.rate)
    mixed = np.zeros((max(count, 1), first.channels), dtype=np.float32)
    fades = [*(span.overlap for span in cut.spans[1:]), 0]
    for span, fade, heard in zip(cut.spans, fades, all_heard, strict=True):
        if heard is None:
            continue
        part = _like(heard.sound, first)
        at = round(span.at / cut.fps * first.rate)
        part = part[: len(mixed) - at]
        into, out = (round(frames / cut.fps * first.rate) for frames in (span.overlap, fade))
        part[:into] *= _rising(into)[: len(part)]
        part[len(part) - out :] *= 1 - _rising(out)[-len(part) :]
        mixed[at : at + len(part)] += part
    return Sound(np.rint(mixed.clip(_LARGEST.min, _LARGEST.max)).astype(np.int16), first.rate)


def _rising(count: int) -> NDArray[np.float32]:
    """Go from silence to all of a sound: (count, 1)."""
    share = (np.arange(count, dtype=np.float32) + 1) / np.float32(count + 1)
    return np.asarray(smoothstep(share)[:, None], dtype=np.float32)


def _like(sound: Sound, first: Sound) -> NDArray[np.float32]:
    """Bring a sound to the rate and the channels of another: (N, C)."""
    samples = sound.samples.astype(np.float32)
    if sound.channels != first.channels:
        samples = np.repeat(samples.mean(axis=1, keepdims=True), first.channels, axis=1)
    if sound.rate == first.rate:
        return samples
    places = np.arange(round(sound.seconds * first.rate)) / first.rate * sound.rate
    known = np.arange(len(samples))
    columns = [np.interp(places, known, column) for column in samples.T]
    return np.stack(columns, axis=1).astype(np.float32)
