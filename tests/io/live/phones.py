"""A phone of the tests: its packets, and the moments at which they arrive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from studio.core.sequence import Floats
from studio.io.live.packet import CHANNELS, Packet, encode
from studio.io.live.station import Station

FPS = 60
AT = ("10.0.0.7", 50_000)
Sent = tuple[float, Packet]


def channels(count: int, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).uniform(0, 1, (count, CHANNELS)).astype(np.float32)


def packet(frame: int, *, device: str = "one", subject: str = "iPhone") -> Packet:
    values = np.full(CHANNELS, (frame % 100) / 100, dtype=np.float32)
    return Packet(device, subject, frame, 0.0, (FPS, 1), values)


def take_of_phone(count: int, *, first: int = 1000, device: str = "one") -> list[Sent]:
    """Packets of frames in a row, each with the moment at which it arrives."""
    frames = range(first, first + count)
    return [((frame - first) / FPS, packet(frame, device=device)) for frame in frames]


def delayed(sent: Iterable[Sent], seconds: float) -> list[Sent]:
    return [(moment + seconds, one) for moment, one in sent]


def set_back(sent: Iterable[Sent], frames: int) -> list[Sent]:
    return [(moment, replace(one, frame=one.frame - frames)) for moment, one in sent]


def heard(station: Station, sent: Iterable[Sent], at: tuple[str, int] = AT) -> Iterator[bool]:
    """Give packets to a station; whether each is the newest pose."""
    for moment, one in sent:
        yield station.take(encode(one), at, moment) is not None


def hear(sent: Iterable[Sent], station: Station | None = None) -> Station:
    station = station or Station()
    for _ in heard(station, sent):
        pass
    return station
