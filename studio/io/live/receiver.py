"""A port that is listened to in a thread of its own, from `open` to `close`."""

from __future__ import annotations

import errno
import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import TypeVar

from studio.core import InputError

from .packet import LONGEST
from .phone import Phone
from .station import Station

Answer = TypeVar("Answer")
HOST, PORT = "127.0.0.1", 11111  # of this computer alone; the app's own port
_ELSEWHERE = "192.0.2.1"  # kept for examples by RFC 5737, so that the way there leads outside
_BUFFER = 1 << 18  # bytes that wait while the thread does not run: half a minute of a phone


def _unheard() -> None:
    """Hear nothing."""


class Receiver:
    """Gives each datagram to a station; what is asked of that is asked between two of them.

    Parameters
    ----------
    host, port
        Where to listen; port 0 leaves it to the system.
    heard
        Called in the thread of the receiver after each newer pose.

    Attributes
    ----------
    place
        The address at which others reach it: `host`, or where that means every network, the one
        that this computer has in the network that it would use.

    Raises
    ------
    InputError
        When there is no such address here, or the port is taken or not allowed.
    """

    def __init__(
        self, host: str = HOST, port: int = PORT, heard: Callable[[], object] = _unheard
    ) -> None:
        self.station = Station()
        self._lock, self._heard = threading.Lock(), heard
        self._socket = _bound(host, port)
        self.host, self.port = host, int(self._socket.getsockname()[1])
        self.place = _reached(host)
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._listen, name="studio-live", daemon=True)
        self._thread.start()

    def __enter__(self) -> Receiver:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def over(self) -> bool:
        """Whether no more can come: never while it listens."""
        return not self._thread.is_alive()

    def ask(self, question: Callable[[Station], Answer]) -> Answer:
        """Ask something of the station, or tell it something, between two datagrams."""
        with self._lock:
            return question(self.station)

    def phones(self) -> list[Phone]:
        """List the phones that were heard."""
        with self._lock:
            return list(self.station.phones.values())

    def calibrate(self, *, on: bool) -> bool:
        """Leave it to others what a phone's face is at rest: a packet says no more than it does."""
        return False

    def close(self) -> None:
        """Listen no more; what was heard stays. A second call does nothing."""
        with suppress(OSError):
            self._wake.send(b"x")
        self._thread.join()
        for one in (self._socket, self._wake, self._woken):
            one.close()

    def _listen(self) -> None:
        while True:
            ready, _, _ = select.select([self._socket, self._woken], [], [])
            if self._woken in ready:
                return
            try:
                data, address = self._socket.recvfrom(LONGEST)
            except OSError:  # on Windows, an answer to something that was sent
                continue
            arrived = time.monotonic()
            with self._lock:
                newest = self.station.take(data, (str(address[0]), int(address[1])), arrived)
            if newest is not None:
                self._heard()


def _reached(host: str) -> str:
    """Find the address of this computer that a phone is told; nothing is sent for that."""
    if host not in ("0.0.0.0", "::", ""):
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked, suppress(OSError):
        asked.connect((_ELSEWHERE, 9))
        return str(asked.getsockname()[0])
    return host


def _bound(host: str, port: int) -> socket.socket:
    """Open a socket at an address of this computer."""
    if not 0 <= port <= 65535:
        raise InputError.of(f"port {port}", "a port from 1 to 65535", str(port))
    try:
        family, kind, proto, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    except (OSError, UnicodeError):
        raise InputError.of(host, "an address of this computer", "none of that name") from None
    found = socket.socket(family, kind, proto)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows lets two listen at a port
            found.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        found.bind(where)
    except OSError as error:
        found.close()
        raise _refusal(host, port, error) from None
    return found


def _refusal(host: str, port: int, error: OSError) -> InputError:
    if error.errno in (errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", -1)):
        return InputError.of(f"port {port}", "a free port", "one at which a program listens")
    if error.errno in (errno.EACCES, getattr(errno, "WSAEACCES", -1)):
        return InputError.of(f"port {port}", "a port that may be used", "one that is not allowed")
    return InputError.of(host, "an address of this computer", error.strerror or "another one")
