"""What arrives at a port: phones told apart, and what is no packet of one counted and said once."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import asdict

from studio.core.errors import shortened

from .packet import Packet, Refused, Why, decode
from .phone import SILENT, Phone

Address = tuple[str, int]
MOST_PHONES = 16
_MOST_NEWS = 64

# What is said of a datagram of each kind that is left aside; the cause follows.
_SAID: dict[Why, str] = {
    "version": "Packets of another version of Live Link Face come from {host}",
    "animator": "Packets of another mode of Live Link Face come from {host}",
    "cut": "Packets that are cut short come from {host}",
    "foreign": "Packets of another program come from {host}",
    "forged": "Packets with impossible content come from {host}",
    "stranger": "Packets from {host} bear the id of another phone",
    "crowd": "Packets of one phone more come from {host}",
}


class Station:
    """Takes datagrams in the order in which they arrive; nothing here waits, or knows of sockets.

    Attributes
    ----------
    phones
        By the id of the device, in the order in which they were first heard.
    refused
        How many datagrams were left aside, by kind.
    """

    def __init__(self) -> None:
        self.phones: dict[str, Phone] = {}
        self.refused: Counter[Why] = Counter()
        self._news: deque[str] = deque(maxlen=_MOST_NEWS)
        self._known: set[str] = set()

    def take(self, data: bytes, address: Address, arrived: float) -> Phone | None:
        """Take a datagram.

        Parameters
        ----------
        data
            Its bytes.
        address
            Host and port that it comes from.
        arrived
            When, in seconds of the monotonic clock.

        Returns
        -------
        Phone or None
            The phone of which it is the newest pose; None for any other datagram.
        """
        try:
            return self._taken(decode(data), address, arrived)
        except Refused as refused:
            self._refuse(refused, address)
            return None

    def hear(self, packet: Packet, address: Address, arrived: float) -> Phone | None:
        """Take a packet as `take` does."""
        try:
            return self._taken(packet, address, arrived)
        except Refused as refused:
            self._refuse(refused, address)
            return None

    def tell(self, sentence: str) -> None:
        """Have something said with the news."""
        self._say("", sentence)

    def _refuse(self, refused: Refused, address: Address) -> None:
        """Count a datagram that is left aside, and say so once."""
        self.refused[refused.why] += 1
        said = _SAID[refused.why].format(host=address[0])
        self._say(refused.why, f"{said}: {refused.words}.")

    def news(self) -> tuple[str, ...]:
        """Give the sentences that nobody has heard yet."""
        said = tuple(self._news)
        self._news.clear()
        return said

    def _taken(self, packet: Packet, address: Address, arrived: float) -> Phone | None:
        phone = self.phones.get(packet.device)
        if phone is None:
            self._make_room(arrived)
            self.phones[packet.device] = phone = Phone(packet, address, arrived)
            return phone if packet.values is not None else None
        if phone.address != address:
            if not phone.away(arrived):
                words = f"{named(phone)} sends from {phone.address[0]} port {phone.address[1]}"
                raise Refused("stranger", words)
            phone.address = address
        before = asdict(phone.counts)
        newest = phone.take(packet, arrived)
        self._tell(phone, before)
        return phone if newest else None

    def _make_room(self, arrived: float) -> None:
        """Forget the phone that has been away for longest, where there are too many."""
        if len(self.phones) < MOST_PHONES:
            return
        idle = (p for p in self.phones.values() if p.away(arrived) and p.recording is None)
        oldest = min(idle, key=lambda phone: phone.arrived, default=None)
        if oldest is None:
            raise Refused("crowd", f"the studio listens to {MOST_PHONES} at a time")
        del self.phones[oldest.device]

    def _tell(self, phone: Phone, before: dict[str, int]) -> None:
        name, counts = named(phone), phone.counts
        if counts.late > before["late"]:
            self._say(f"late {phone.device}", f"Packets of {name} come too late and are left out.")
        if counts.jumps > before["jumps"]:
            self._say("", f"The clock of {name} was set; the time goes on.")
        if counts.returns > before["returns"]:
            self._say("", f"{name} is there again after more than {SILENT:g} s.")
        if phone.full:
            self._say(f"full {phone.device}", f"The recording of {name} is full, and ends here.")

    def _say(self, kind: str, sentence: str) -> None:
        """Say a sentence, once for each kind; always where that is empty."""
        if kind not in self._known and len(self._known) < _MOST_NEWS:
            self._known |= {kind} - {""}
            self._news.append(sentence)


def named(phone: Phone) -> str:
    """Name a phone in a sentence."""
    return shortened(phone.subject, 40)
