"""One datagram of the Live Link Face app, and what is wrong with one that is none.

The layout is that of ``FAppleARKitLiveLinkRemotePublisher`` in Epic's AppleARKitFaceSupport,
version 6, big-endian throughout::

    uint8    version, 6
    string   id of the device (int32 length, then as many bytes of UTF-8)
    string   name of the subject
    int32    frame, float32 part of a frame, int32 and int32 the rate as a fraction
    uint8    61, or nothing where the phone sees no face
    float32  61 values: 52 weights, then yaw, pitch and roll of the head and of both eyes, radians

The values stand in the order of ``EARFaceBlendShape``, where jaw and mouth go left before right;
the app's CSV has them the other way round, and `Packet` has them as the CSV does.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import printable
from studio.core.sequence import Floats
from studio.io.weights.names import NAMES

VERSION, CHANNELS = 6, 61
LONGEST = 2048  # bytes of a datagram that are looked at; a packet has at most 793
WEIGHTS, HEAD = slice(0, len(NAMES)), slice(len(NAMES), len(NAMES) + 3)
Why = Literal["version", "animator", "cut", "foreign", "forged", "stranger", "crowd"]

_LONGEST_NAME = 256  # bytes, as in the app
_LARGEST = 10.0  # of a weight, or an angle in radians
_FASTEST = 1000.0  # frames a second
_OLD = range(1, VERSION)
_TIME = struct.Struct(">ifii")
_LENGTH = struct.Struct(">i")
_ANIMATOR = struct.Struct(
    "<HH"
)  # version and length of the name, as of the MetaHuman Animator mode
_BEHIND = 16 + 2 + 24  # its time, count of controls and pose of the head, in bytes


def _order() -> NDArray[np.intp]:
    """Give the place in the packet of each column of the CSV (61,), which is also the way back."""
    places = np.arange(CHANNELS)
    for one, other in (("jawLeft", "jawRight"), ("mouthLeft", "mouthRight")):
        a, b = NAMES.index(one), NAMES.index(other)
        places[[a, b]] = b, a
    return places


_ORDER = _order()


class Refused(Exception):
    """A datagram is not taken.

    Attributes
    ----------
    why
        The kind of fault, under which it is counted.
    words
        What is wrong with it, the end of a sentence.
    """

    def __init__(self, why: Why, words: str) -> None:
        super().__init__(words)
        self.why, self.words = why, words


@dataclass(frozen=True, eq=False)
class Packet:
    """What a phone says of one frame.

    Attributes
    ----------
    device
        Tells phones apart.
    subject
        What the user of the phone calls it.
    frame, part
        The frame since midnight by the phone's clock, and the part of one.
    rate
        Frames a second of that clock, as a fraction.
    values
        (61,) 52 weights in the order of `NAMES`, turns of head and eyes in radians; None where the
        phone sees no face.
    """

    device: str
    subject: str
    frame: int
    part: float
    rate: tuple[int, int]
    values: Floats | None

    @property
    def seconds(self) -> float:
        """The moment by the phone's clock."""
        return (self.frame + self.part) * self.rate[1] / self.rate[0]


def encode(packet: Packet) -> bytes:
    """Write a packet as the app does."""
    texts = (text.encode("utf-8") for text in (packet.device, packet.subject))
    head = b"".join(_LENGTH.pack(len(text)) + text for text in texts)
    time = _TIME.pack(packet.frame, packet.part, *packet.rate)
    if packet.values is None:
        return bytes([VERSION]) + head + time
    values = np.asarray(packet.values[_ORDER], dtype=">f4").tobytes()
    return bytes([VERSION]) + head + time + bytes([CHANNELS]) + values


def decode(data: bytes) -> Packet:
    """Read a datagram.

    Raises
    ------
    Refused
        Where it is no whole packet of version 6 with values that a face can have.
    """
    _check_version(data)
    device, at = _text(data, 1)
    subject, at = _text(data, at)
    if len(data) < at + _TIME.size:
        raise Refused("cut", "it ends within the time")
    frame, part, numerator, denominator = _TIME.unpack_from(data, at)
    # A widely used sender writes a denominator of 0 below 60 frames a second.
    rate = numerator, denominator or 1
    if frame < 0 or not 0 <= part <= 1 or min(rate) < 1 or rate[0] / rate[1] > _FASTEST:
        raise Refused("forged", "its time is none")
    return Packet(device, subject, frame, part, rate, _values(data, at + _TIME.size))


def _check_version(data: bytes) -> None:
    if not data:
        raise Refused("cut", "it is empty")
    if data[0] == VERSION:
        return
    if _is_animator(data):
        words = "it is of the MetaHuman Animator mode; choose Live Link (ARKit) in the app"
        raise Refused("animator", words)
    if data[0] in _OLD:
        raise Refused("version", f"it is of version {data[0]}; the studio reads {VERSION}")
    raise Refused("foreign", "it is not of Live Link Face")


def _is_animator(data: bytes) -> bool:
    """Whether a datagram has the lengths of the app's other mode: names, time, controls, pose."""
    if len(data) < _ANIMATOR.size + _BEHIND:
        return False
    version, length = _ANIMATOR.unpack_from(data)
    at: int = _ANIMATOR.size + length + 16
    if version != 1 or len(data) < at + 2:
        return False
    (count,) = struct.unpack_from("<H", data, at)
    return len(data) == at + 2 + 2 * int(count) + 24


def _text(data: bytes, at: int) -> tuple[str, int]:
    """Read a text that begins there; it, and where it ends."""
    if len(data) < at + _LENGTH.size:
        raise Refused("cut", "it ends within a name")
    (length,) = _LENGTH.unpack_from(data, at)
    at += _LENGTH.size
    if not 1 <= length <= _LONGEST_NAME:
        raise Refused("forged", f"a name of it has {length} bytes")
    if len(data) < at + length:
        raise Refused("cut", "it ends within a name")
    try:
        return printable(data[at : at + length].decode("utf-8")), at + length
    except UnicodeDecodeError:
        raise Refused("forged", "a name of it is no text") from None


def _values(data: bytes, at: int) -> Floats | None:
    """Read the values (61,) in the order of the CSV; None where there is no face."""
    if len(data) == at or (data[at] == 0 and len(data) == at + 1):
        return None
    if data[at] != CHANNELS:
        raise Refused("forged", f"it has {data[at]} values, and {CHANNELS} are wanted")
    missing = at + 1 + 4 * CHANNELS - len(data)
    if missing > 0:
        raise Refused("cut", f"{missing} bytes of its values are missing")
    if missing < 0:
        raise Refused("forged", "it goes on behind its values")
    values = np.frombuffer(data, ">f4", CHANNELS, at + 1).astype(np.float32)[_ORDER]
    if not np.isfinite(values).all() or np.abs(values).max() > _LARGEST:
        raise Refused("forged", "a value of it is none that a face can have")
    return values
