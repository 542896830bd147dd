"""Listening for a while, which Ctrl+C ends without losing what was heard."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import asdict

from studio.core import InputError, Progress
from studio.core.system.streams import say
from studio.io.live.history import Poses
from studio.io.live.phone import Phone
from studio.io.live.receiver import Receiver
from studio.io.live.station import Station

_LOOK = 0.02  # seconds between two looks at what has come


def heard(address: str, port: int, seconds: float) -> Station:
    """Listen so long, and give what came.

    Raises
    ------
    InputError
        When the port is taken, or the address none of this computer.
    """
    with Receiver(address, port) as receiver, suppress(KeyboardInterrupt):
        _tell(receiver)
        threading.Event().wait(seconds)
    return receiver.station


def recorded(
    address: str, port: int, seconds: float, wanted: str | None, progress: Progress
) -> tuple[str, Poses]:
    """Record a phone for so long from its first pose on; its name, and the poses.

    Parameters
    ----------
    address, port
        Where to listen.
    seconds
        How long, and how long a phone is waited for.
    wanted
        The name or the id of the phone; None for the first that is heard.
    progress
        Told how far it is, and what is wrong with what comes.

    Raises
    ------
    InputError
        As `heard`, and when no pose came.
    """
    with Receiver(address, port) as receiver, suppress(KeyboardInterrupt):
        _tell(receiver)
        begun: float | None = None
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end:
            if begun is None and receiver.ask(lambda station: _begin(station, wanted)):
                begun, end = now, now + seconds
            share = 0.0 if begun is None else 1.0 - (end - now) / seconds
            progress.report(share, f"Listening at {address} port {port}")
            time.sleep(_LOOK)
    station = receiver.station
    for sentence in station.news():
        progress.remarked(sentence)
    others = [phone for phone in station.phones.values() if phone.recording is None]
    phone = next((one for one in station.phones.values() if one.recording is not None), None)
    poses = phone.recorded() if phone is not None else None
    if phone is None or not poses:
        who = "a phone" if wanted is None else wanted
        found = ", ".join(one.subject for one in others) or "none"
        raise InputError.of(f"port {port}", f"packets of {who} with a face", found)
    if others:
        names = ", ".join(one.subject for one in others)
        progress.remarked(f"Other phones were heard, and not recorded: {names}.")
    return phone.subject, poses


def _tell(receiver: Receiver) -> None:
    """Say what the phone is to be told, where that is another address than was asked for."""
    if receiver.place != receiver.host:
        say(f"A phone in this network sends to {receiver.place} port {receiver.port}.")


def facts(phone: Phone) -> dict[str, object]:
    """Say of a phone what it is and what became of its packets."""
    rate = round(phone.rate(phone.heard), 1)
    return {"phone": phone.subject, "id": phone.device, "rate": rate, **asdict(phone.counts)}


def _begin(station: Station, wanted: str | None) -> bool:
    """Record the phone that is wanted, once it is there; whether it is."""
    fits = (p for p in station.phones.values() if wanted in (None, p.subject, p.device))
    phone = next(fits, None)
    if phone is not None:
        phone.record(recent=True)
    return phone is not None
