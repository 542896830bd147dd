"""One phone: its packets put in order, what of them is missing, and how fast they come."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from statistics import median

import numpy as np

from .history import WINDOW, History, Poses
from .packet import Packet

SILENT = 2.0  # seconds after which a phone is taken to be away
MOST_RECORDED = 1 << 18  # poses: more than an hour at 60 a second
_AHEAD = 1.0  # seconds that a clock may run before ours, or that a packet may be late
_AGREE = 3  # packets in a row that have to say so before another time is believed
_STEPS = 32  # by which the usual one is told
_KNOWN = 5  # steps before which it is not
_RECENT = 1024  # poses kept of a phone that is not recorded


@dataclass
class Counts:
    """What became of the packets of a phone.

    Attributes
    ----------
    received
        Taken, also those without a face.
    faceless
        Of these, those in which the phone saw no face.
    lost
        Never came, told by the gaps in their times.
    reordered
        Were overtaken, and put where they belong.
    late
        Were overtaken by more than `WINDOW` others, or have a time that makes no sense, and were
        left out.
    twice
        Came once more.
    jumps
        How often the phone's clock was set.
    returns
        How often the phone came back after it was away.
    """

    received: int = 0
    faceless: int = 0
    lost: int = 0
    reordered: int = 0
    late: int = 0
    twice: int = 0
    jumps: int = 0
    returns: int = 0


class Phone:
    """Follows the packets of one phone, which `take` is told in the order in which they arrive.

    Attributes
    ----------
    address
        Where they come from.
    newest
        The packet that is the latest by the phone's clock.
    arrived
        When that came, in seconds of the monotonic clock.
    heard
        When anything last came of it.
    recording
        What is being recorded, None where nothing is.
    """

    def __init__(self, packet: Packet, address: tuple[str, int], arrived: float) -> None:
        self.device, self.subject, self.address = packet.device, packet.subject, address
        self.newest, self.arrived = packet, arrived
        self.counts = Counts()
        self.recent = History(_RECENT)
        self.recording: History | None = None
        self._clock = packet.seconds  # of the newest packet, as it says
        self._shift = 0.0  # seconds that make one line of a clock that was set
        self.heard = arrived
        self._strays: list[tuple[float, float]] = []
        self._steps: deque[float] = deque(maxlen=_STEPS)
        self._arrivals: deque[float] = deque(maxlen=2 * _STEPS)
        self._begin(packet, arrived)

    def _begin(self, packet: Packet, arrived: float) -> None:
        self.counts.received += 1
        self._arrivals.append(arrived)
        self._keep(packet, packet.seconds)

    def away(self, now: float) -> bool:
        """Whether nothing has come of it for a while."""
        return now - self.heard > SILENT

    def rate(self, now: float) -> float:
        """Measure how many packets a second come; 0 where it is away."""
        if self.away(now) or len(self._arrivals) < 2:
            return 0.0
        span = self._arrivals[-1] - self._arrivals[0]
        return (len(self._arrivals) - 1) / span if span > 0 else 0.0

    @property
    def full(self) -> bool:
        """Whether a recording has come to its end by itself."""
        return self.recording is not None and len(self.recording) >= MOST_RECORDED

    def record(self, *, recent: bool = False) -> None:
        """Begin to keep every pose from now on.

        Parameters
        ----------
        recent
            Whether those that came before and are still known are kept too.
        """
        self.recording = self.recent.copy(MOST_RECORDED) if recent else History(MOST_RECORDED)

    def recorded(self) -> Poses:
        """End it, and give what was kept; nothing where nothing was recorded."""
        kept, self.recording = self.recording, None
        return (kept or History(1)).poses()

    def take(self, packet: Packet, arrived: float) -> bool:
        """Take a packet of this phone; whether it is the newest that has a face."""
        self.subject = packet.subject
        if self.away(arrived):
            self.counts.returns += 1
            self._arrivals.clear()
        quiet = arrived - self.heard
        self.heard = arrived
        seconds = self._placed(packet.seconds, arrived)
        if seconds is None:
            self.counts.late += 1
            return False
        ahead = packet.seconds - self._clock
        if ahead <= 0:
            return self._overtaken(packet, seconds, arrived, same=ahead == 0)
        self._count_lost(ahead, quiet)
        self._clock, self.newest, self.arrived = packet.seconds, packet, arrived
        self.counts.received += 1
        self._arrivals.append(arrived)
        self._keep(packet, seconds)
        return packet.values is not None

    def _placed(self, seconds: float, arrived: float) -> float | None:
        """Give the time on one line of a moment by the phone's clock; None where it makes no sense.

        A clock that was set, or passed midnight, is believed once some packets in a row agree: one
        alone may be forged, or old.
        """
        if -_AHEAD <= seconds - self._clock <= arrived - self.arrived + _AHEAD:
            self._strays.clear()
            return seconds + self._shift
        before = self._strays[-1] if self._strays else (np.inf, arrived)
        if not 0 < seconds - before[0] <= arrived - before[1] + _AHEAD:
            self._strays.clear()
        self._strays.append((seconds, arrived))
        if len(self._strays) < _AGREE:
            return None
        self.counts.jumps += 1
        self._shift += self._clock + (arrived - self.arrived) - seconds
        # A step that is not the usual one would be told as loss.
        self._clock = seconds - (self._usual or _AHEAD / _STEPS)
        self._strays.clear()
        return seconds + self._shift

    def _overtaken(self, packet: Packet, seconds: float, arrived: float, *, same: bool) -> bool:
        """Put a packet where it belongs among those that came before it; it is not shown then."""
        if same:
            twice = _same(packet, self.newest)
            self.counts.twice += twice
            if not twice:
                self.counts.received += 1
                self.newest, self.arrived = packet, arrived
                self._arrivals.append(arrived)
                self._keep(packet, seconds)
            return not twice and packet.values is not None
        known = self.recent.poses(WINDOW)
        if packet.values is None or not len(known) or seconds < known.seconds[0]:
            self.counts.late += 1
        elif seconds in known.seconds:
            self.counts.twice += 1
        else:
            self.counts.received += 1
            self.counts.reordered += 1
            self.counts.lost = max(self.counts.lost - 1, 0)
            self._keep(packet, seconds)
        return False

    @property
    def _usual(self) -> float | None:
        """The usual time between two packets; None where too few have come."""
        return median(self._steps) if len(self._steps) >= _KNOWN else None

    def _count_lost(self, ahead: float, quiet: float) -> None:
        """Count what did not come before a packet so many seconds ahead of the last one."""
        usual = self._usual
        if quiet <= SILENT and usual:
            self.counts.lost += max(round(ahead / usual) - 1, 0)
        self._steps.append(ahead)

    def _keep(self, packet: Packet, seconds: float) -> None:
        if packet.values is None:
            self.counts.faceless += 1
            return
        self.recent.put(seconds, packet.values)
        if self.recording is not None and not self.full:
            self.recording.put(seconds, packet.values)


def _same(one: Packet, other: Packet) -> bool:
    if one.values is None or other.values is None:
        return one.values is other.values
    return bool(np.array_equal(one.values, other.values))
