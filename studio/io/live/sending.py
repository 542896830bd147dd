"""Weights of a clip sent as the packets of a phone, at the pace of the clip."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np

from studio.core import InputError, Progress
from studio.core.sequence import Floats
from studio.io.weights.names import NAMES
from studio.io.weights.take import WeightTake
from studio.io.weights.writing import eye_turns

from .packet import CHANNELS, HEAD, WEIGHTS, Packet, encode
from .receiver import PORT

DEVICE = "5AF2C1D0-57AD-10FA-CE00-E6B5E551084D"  # the id of a phone that is none
_LARGEST_DENOMINATOR = 1001  # as of 59.94 frames a second
_DAY = 86400


def values_of(take: WeightTake) -> Floats:
    """Give the channels of a take (T, 61) as `Packet` has them; eyes turn as its weights look."""
    values = np.zeros((len(take.weights), CHANNELS), dtype=np.float32)
    order = [take.names.index(name) for name in NAMES]
    values[:, WEIGHTS] = take.weights[:, order]
    values[:, HEAD] = np.radians(take.head)
    values[:, HEAD.stop :] = eye_turns(values[:, WEIGHTS])
    return values


def packets(
    values: Floats, fps: float, *, device: str = DEVICE, subject: str = "Studio", start: int = 0
) -> Iterator[Packet]:
    """Make packets of values (T, 61), the first of which is frame `start` of the phone's clock."""
    rate = Fraction(fps).limit_denominator(_LARGEST_DENOMINATOR)
    for frame, row in enumerate(values, start):
        yield Packet(device, subject, frame, 0.0, (rate.numerator, rate.denominator), row)


def send(
    values: Floats,
    fps: float,
    host: str,
    port: int = PORT,
    *,
    subject: str = "Studio",
    device: str = DEVICE,
    loop: bool = False,
    progress: Progress | None = None,
    wait: Callable[[float], object] = time.sleep,
) -> int:
    """Send values (T, 61) at their pace; how many packets went out.

    Parameters
    ----------
    values
        As `values_of` gives them.
    fps
        Packets a second.
    host, port
        Where to.
    subject, device
        What the phone is called, and its id.
    loop
        Whether to begin anew at the end until `progress` is cancelled.
    progress
        Told how far it is.
    wait
        Waits so many seconds.

    Raises
    ------
    InputError
        When there is no such address.
    """
    progress, sent = progress or Progress(), 0
    family, where = _place(host, port)
    start = round(time.time() % _DAY * fps)
    with socket.socket(family, socket.SOCK_DGRAM) as out:
        begun = time.monotonic()
        while True:
            made = packets(values, fps, device=device, subject=subject, start=start + sent)
            for packet in progress.each(made, f"Sending to {host} port {port}", total=len(values)):
                wait(max(begun + sent / fps - time.monotonic(), 0.0))
                _put(out, encode(packet), where)
                sent += 1
            if not loop:
                return sent


def _put(out: socket.socket, data: bytes, where: tuple[str, int]) -> None:
    try:
        out.sendto(data, where)
    except ConnectionError:
        pass  # nobody listens there yet, as a phone does not know either
    except OSError as error:
        raise InputError.of(where[0], "a network that reaches it", str(error.strerror)) from None


def _place(host: str, port: int) -> tuple[int, tuple[str, int]]:
    if not 1 <= port <= 65535:
        raise InputError.of(f"port {port}", "a port from 1 to 65535", str(port))
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    except (OSError, UnicodeError):
        raise InputError.of(host, "an address of a computer", "none of that name") from None
    return family, (str(where[0]), int(where[1]))
