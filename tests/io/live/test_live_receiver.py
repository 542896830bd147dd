"""A port that is listened to: over loopback, with senders of our own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from studio.core import Cancelled, InputError, Progress
from studio.io.live.packet import encode
from studio.io.live.receiver import Receiver
from studio.io.live.sending import packets, send

from .phones import channels

PATIENCE = 60.0


class Heard:
    """Counts what a receiver hears, and waits for it."""

    def __init__(self) -> None:
        self.count, self._more = 0, threading.Condition()

    def __call__(self) -> None:
        with self._more:
            self.count += 1
            self._more.notify_all()

    def wait(self, count: int) -> None:
        with self._more:
            assert self._more.wait_for(lambda: self.count >= count, PATIENCE)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def receiver(heard: Heard) -> Iterator[Receiver]:
    with Receiver(port=0, heard=heard) as receiver:
        yield receiver


def slow(_seconds: float) -> None:
    """As fast as the system may lose none."""
    threading.Event().wait(0.001)


def test_a_clip_that_is_sent_arrives(receiver: Receiver, heard: Heard) -> None:
    values = channels(40)
    receiver_before = receiver.phones()
    sent = send(values, 60.0, "127.0.0.1", receiver.port, subject="Ann", wait=slow)
    heard.wait(40)
    (phone,) = receiver.phones()
    assert (receiver_before, sent, phone.subject) == ([], 40, "Ann")
    recent = receiver.ask(lambda station: station.phones[phone.device].recent.poses())
    np.testing.assert_array_equal(recent.values, values)
    np.testing.assert_allclose(np.diff(recent.seconds), 1 / 60, atol=1e-6)


def test_two_phones_and_strangers_send_at_once(receiver: Receiver, heard: Heard) -> None:
    rows = channels(20)
    first, second = (list(packets(rows, 60, device=name, subject=name)) for name in ("a", "b"))
    with socket.socket(type=socket.SOCK_DGRAM) as one, socket.socket(type=socket.SOCK_DGRAM) as two:
        for a, b in zip(first, second, strict=True):
            one.sendto(encode(a), ("127.0.0.1", receiver.port))
            two.sendto(b"rubbish", ("127.0.0.1", receiver.port))
            two.sendto(b"", ("127.0.0.1", receiver.port))
            two.sendto(bytes(5000), ("127.0.0.1", receiver.port))
            two.sendto(encode(b), ("127.0.0.1", receiver.port))
            slow(0)
        heard.wait(40)
    assert {phone.device: phone.counts.received for phone in receiver.phones()} == {
        "a": 20,
        "b": 20,
    }
    assert receiver.station.refused["foreign"] >= 20


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_it_knows_at_which_address_others_reach_it(host: str, heard: Heard) -> None:
    with Receiver(host, port=0, heard=heard) as receiver:
        send(channels(3), 60.0, receiver.place, receiver.port, wait=slow)
        heard.wait(3)
        assert host == "0.0.0.0" or receiver.place == host


def test_a_port_that_is_taken_is_one_sentence(receiver: Receiver) -> None:
    with pytest.raises(InputError, match=f"port {receiver.port}: expected a free port"):
        Receiver(port=receiver.port)


@pytest.mark.parametrize(
    ("host", "port"), [("203.0.113.7", 0), ("no such host.invalid", 0), ("127.0.0.1", 70_000)]
)
def test_addresses_that_are_none_are_one_sentence(host: str, port: int) -> None:
    with pytest.raises(InputError):
        Receiver(host, port)
    if port:
        with pytest.raises(InputError):
            send(channels(1), 60.0, host, port)


def test_a_closed_port_is_free_again(heard: Heard) -> None:
    receiver = Receiver(port=0, heard=heard)
    send(channels(5), 60.0, "127.0.0.1", receiver.port, wait=slow)
    heard.wait(5)
    receiver.close()
    receiver.close()
    assert not any(thread.name == "studio-live" for thread in threading.enumerate())
    assert len(receiver.phones()) == 1  # what was heard stays
    Receiver(port=receiver.port).close()


def test_sending_goes_round_until_it_is_stopped(receiver: Receiver, heard: Heard) -> None:
    progress, waits = Progress(), list[float]()

    def count(seconds: float) -> None:
        waits.append(seconds)
        slow(seconds)
        if len(waits) == 25:
            progress.cancel()

    with pytest.raises(Cancelled):
        send(
            channels(10), 50.0, "127.0.0.1", receiver.port, loop=True, progress=progress, wait=count
        )
    heard.wait(25)
    (phone,) = receiver.phones()
    assert (phone.counts.received, phone.counts.lost) == (25, 0)
    assert max(waits) <= 25 / 50


def test_nobody_has_to_listen(receiver: Receiver) -> None:
    port = receiver.port
    receiver.close()
    assert send(channels(5), 60.0, "127.0.0.1", port, wait=slow) == 5
