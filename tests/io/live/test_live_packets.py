"""Datagrams of Live Link Face: the layout of the app, and what is none of it."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.io.live.packet import CHANNELS, Packet, Refused, decode, encode
from studio.io.weights.names import HEAD, NAMES

from .phones import channels

DEVICE = "5AF2C1D0-57AD-10FA-CE00-E6B5E551084D"
# Where the app puts them, by the enumeration EARFaceBlendShape.
IN_PACKET = {"jawForward": 14, "jawLeft": 15, "jawRight": 16, "jawOpen": 17, "mouthPucker": 20}
IN_PACKET |= {"mouthLeft": 21, "mouthRight": 22, "mouthSmileLeft": 23, "tongueOut": 51}


def app_packet(values: list[float], *, version: int = 6, count: int = CHANNELS) -> bytes:
    """A packet put together by hand, from the layout."""
    texts = b"".join(struct.pack(">i", len(text)) + text for text in (DEVICE.encode(), b"iPhone"))
    time = struct.pack(">ifii", 3_600_000, 0.25, 60, 1)
    body = bytes([count]) + struct.pack(f">{len(values)}f", *values)
    return bytes([version]) + texts + time + body


WHOLE = app_packet([0.5] * CHANNELS)


def why(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        decode(data)
    assert refused.value.words
    return refused.value.why


def test_a_packet_of_the_app_is_read() -> None:
    assert len(WHOLE) == 312  # as a phone named iPhone sends them
    read = decode(WHOLE)
    assert (read.device, read.subject) == (DEVICE, "iPhone")
    assert read.seconds == pytest.approx(60_000 + 0.25 / 60)
    assert encode(read) == WHOLE


@pytest.mark.parametrize("name", IN_PACKET)
def test_left_goes_before_right_in_packets_and_not_in_the_csv(name: str) -> None:
    values = [0.0] * CHANNELS
    values[IN_PACKET[name]] = 1.0
    read = decode(app_packet(values)).values
    assert read is not None
    assert np.flatnonzero(read).tolist() == [NAMES.index(name)]


def test_the_head_follows_the_weights() -> None:
    read = decode(app_packet([float(place) / 10 for place in range(CHANNELS)])).values
    assert read is not None
    np.testing.assert_allclose(read[len(NAMES) : len(NAMES) + len(HEAD)], [5.2, 5.3, 5.4])


def test_packets_of_a_common_sender_are_read() -> None:
    """Its version takes four bytes, of which the last are the length that the id then lacks."""
    head = struct.pack("<I", 6) + b"$" + DEVICE.encode() + struct.pack("!i", 6) + b"Python"
    frames = struct.pack("!II", 1234, 1056060032) + struct.pack("!II", 30, 0)
    read = decode(head + frames + struct.pack("!B61f", CHANNELS, *[0.25] * CHANNELS))
    assert (read.device, read.subject, read.rate) == (DEVICE, "Python", (30, 1))


@pytest.mark.parametrize("tail", [b"", b"\0"])
def test_a_phone_that_sees_no_face_says_so(tail: bytes) -> None:
    assert decode(WHOLE[: -4 * CHANNELS - 1] + tail).values is None


def test_what_is_cut_short_is_told() -> None:
    ends = [size for size in range(len(WHOLE)) if size != len(WHOLE) - 4 * CHANNELS - 1]
    assert {why(WHOLE[:size]) for size in ends} == {"cut"}


def test_other_versions_and_programs_are_told_apart() -> None:
    assert why(app_packet([0.5] * CHANNELS, version=5)) == "version"
    assert why(b"/avatar/parameters/JawOpen\0\0,f\0\0????") == "foreign"
    controls = struct.pack("<HH", 1, 36) + DEVICE.encode() + struct.pack("<ifii", 9, 0, 60, 1)
    controls += struct.pack("<H", 251) + bytes(502) + bytes(24)
    assert len(controls) == 584  # as that mode sends them
    assert why(controls) == "animator"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 11.0, 1e30])
def test_values_that_no_face_has_are_refused(value: float) -> None:
    assert why(app_packet([0.5] * (CHANNELS - 1) + [value])) == "forged"


def test_impossible_content_is_refused() -> None:
    at = WHOLE.index(struct.pack(">ifii", 3_600_000, 0.25, 60, 1))
    times = [(-1, 0.25, 60, 1), (1, np.nan, 60, 1), (1, 2.0, 60, 1), (1, 0, 0, 1), (1, 0, 60, -1)]
    for time in [*times, (1, 0, 100_000, 1)]:
        assert why(WHOLE[:at] + struct.pack(">ifii", *time) + WHOLE[at + 16 :]) == "forged"
    assert why(app_packet([0.5] * 52, count=52)) == "forged"
    assert why(WHOLE + b"\0") == "forged"
    assert why(bytes([6]) + struct.pack(">i", -1) + WHOLE[5:]) == "forged"
    assert why(bytes([6]) + struct.pack(">i", 1 << 30) + WHOLE[5:]) == "forged"
    assert why(WHOLE[:5] + b"\xff" * 36 + WHOLE[41:]) == "forged"


@given(st.binary(max_size=700))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    for one in (data, b"\x06" + data, WHOLE[:60] + data):
        try:
            read = decode(one)
        except Refused:
            continue
        assert read.values is None or np.isfinite(read.values).all()


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_byte_that_is_changed_is_read_or_refused(at: int, change: int) -> None:
    data = bytearray(WHOLE)
    data[at] ^= change
    try:
        read = decode(bytes(data))
    except Refused:
        return
    assert read.seconds >= 0


def test_every_packet_comes_back_as_it_went() -> None:
    for seed, row in enumerate(channels(20)):
        sent = Packet(f"id {seed}", "Zoë", seed, 0.5, (60_000, 1001), row)
        read = decode(encode(sent))
        assert read.values is not None
        np.testing.assert_array_equal(read.values, row)
        assert (read.device, read.subject, read.seconds) == (sent.device, "Zoë", sent.seconds)
