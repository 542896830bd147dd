"""Listening for a while, which Ctrl+C ends without losing what was heard."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass

from studio.core import InputError, Progress
from studio.core.system.streams import say
from studio.io.live.devices import numbered
from studio.io.live.history import Poses
from studio.io.live.phone import Phone
from studio.io.live.receiver import Receiver
from studio.io.live.source import Source
from studio.io.live.station import Station

_LOOK = 0.02  # seconds between two looks at what has come


@dataclass(frozen=True)
class Place:
    """Where a live face comes from: a port, or a camera in its place.

    Attributes
    ----------
    address, port
        Where phones send to.
    camera
        Name or number of a camera, or the path of a video; None: phones are listened to.
    """

    address: str
    port: int
    camera: str | None = None

    def __str__(self) -> str:
        return f"port {self.port}" if self.camera is None else numbered(self.camera)

    @contextmanager
    def opened(self) -> Iterator[Source]:
        """Open it, until the block is left.

        Raises
        ------
        InputError
            When the port is taken, the address none of this computer, or the camera not to be had.
        """
        if self.camera is None:
            with Receiver(self.address, self.port) as receiver:
                _tell(receiver)
                yield receiver
            return
        from studio.engine.video.camera import CameraSource  # loads torch

        with closing(CameraSource(numbered(self.camera), lambda: None)) as camera:
            yield camera


def heard(place: Place, seconds: float) -> Station:
    """Listen so long, or until no more comes, and give what came.

    Raises
    ------
    InputError
        As `Place.opened`.
    """
    with place.opened() as source, suppress(KeyboardInterrupt):
        end = time.monotonic() + seconds
        while time.monotonic() < end and not source.over:
            time.sleep(_LOOK)
    return source.station


def recorded(
    place: Place, seconds: float, wanted: str | None, progress: Progress
) -> tuple[str, Poses]:
    """Record a phone or a camera for so long from its first pose on; its name, and the poses.

    Parameters
    ----------
    place
        Where to listen, or what to watch.
    seconds
        How long, and how long a face is waited for; a video may end before.
    wanted
        The name or the id of the phone; None for the first that is heard.
    progress
        Told how far it is, and what is wrong with what comes.

    Raises
    ------
    InputError
        As `Place.opened`, and when no pose came.
    """
    with place.opened() as source, suppress(KeyboardInterrupt):
        begun: float | None = None
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end and not source.over:
            if begun is None and source.ask(lambda station: _begin(station, wanted)):
                begun, end = now, now + seconds
            share = 0.0 if begun is None else 1.0 - (end - now) / seconds
            progress.report(share, f"Listening at {place}")
            time.sleep(_LOOK)
    station = source.station
    for sentence in station.news():
        progress.remarked(sentence)
    others = [phone for phone in station.phones.values() if phone.recording is None]
    phone = next((one for one in station.phones.values() if one.recording is not None), None)
    poses = phone.recorded() if phone is not None else None
    if phone is None or not poses:
        who = "a phone" if wanted is None else wanted
        wish = f"packets of {who} with a face" if place.camera is None else "pictures of a face"
        raise InputError.of(str(place), wish, ", ".join(one.subject for one in others) or "none")
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
