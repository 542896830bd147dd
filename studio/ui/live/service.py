"""Listens for phones while it is asked to, and gives the newest pose of the one that is chosen."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from studio.core import MeshSequence, Progress, StudioError
from studio.core.sequence import Floats
from studio.document import ClipState, Document
from studio.io.live.history import Poses
from studio.io.live.phone import Counts, Phone
from studio.io.live.receiver import HOST, PORT, Receiver
from studio.io.live.recorded import calibrated
from studio.io.live.source import Source
from studio.io.live.station import Station
from studio.takes.live import LiveHead, own_head, studio_head
from studio.ui.kit.lanes import Lane

from .latency import Latency
from .work import Recorded, make_clip, open_camera

LOOK_MS = 250


@dataclass(frozen=True)
class PhoneState:
    """What is known of a phone at a moment.

    Attributes
    ----------
    device, subject
        Its id, and what it is called.
    rate
        Packets a second.
    away, blind
        Whether nothing comes of it, and whether it sees no face.
    counts
        What became of its packets.
    """

    device: str
    subject: str
    rate: float
    away: bool
    blind: bool
    counts: Counts

    @classmethod
    def of(cls, phone: Phone, now: float) -> PhoneState:
        """Look at a phone."""
        blind, counts = phone.newest.values is None, Counts(**vars(phone.counts))
        rate, away = phone.rate(now), phone.away(now)
        return cls(phone.device, phone.subject, rate, away, blind, counts)


class LiveService(QObject):
    """One port, the phones that send to it, the head that one of them moves, and a recording.

    Attributes
    ----------
    phones
        As they were when last looked at, four times a second.
    device
        The id of the phone that is shown; the first that is heard unless it was chosen.
    head_clip
        The id of the clip whose head moves, None for the studio's.
    adding
        Whether a recording is just entering the document.
    latency
        From packets to painted frames; whoever paints tells it by `painted`.
    """

    changed = Signal()  # whether it listens, its phones, what is chosen, whether it records
    posed = Signal(object)  # (V, 3) the head in its newest pose
    measured = Signal()  # rates and counts
    noticed = Signal(str)
    failed = Signal(object)  # Exception
    _woke = Signal()

    def __init__(self, document: Document, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document, self._lane = document, lane
        self.phones: tuple[PhoneState, ...] = ()
        self.refused = 0
        self.device: str | None = None
        self.head_clip: str | None = None
        self.adding = False
        self.latency = Latency()
        self.arrived = 0.0  # of the pose that was last given, by the monotonic clock
        self._source: Source | None = None
        self._head: LiveHead | None = None
        self._rests: dict[str, Floats] = {}
        self._said_rest: set[str] = set()
        self._opening = False
        self._recording: str | None = None
        self._since = 0.0
        self._awake = False
        self._woke.connect(self._show, Qt.ConnectionType.QueuedConnection)
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self._measure)

    # What there is to say

    @property
    def listening(self) -> bool:
        """Whether anything is listened to."""
        return self._source is not None

    @property
    def opening(self) -> bool:
        """Whether a camera is being opened."""
        return self._opening

    @property
    def place(self) -> tuple[str, int]:
        """Where a phone has to send to, or would have to unless told; port 0 for a camera."""
        if isinstance(self._source, Receiver):
            return self._source.place, self._source.port
        return (HOST, PORT) if self._source is None else (self._source.place, 0)

    @property
    def phone(self) -> PhoneState | None:
        """The phone that is shown."""
        return next((one for one in self.phones if one.device == self.device), None)

    @property
    def head(self) -> LiveHead:
        """What the phone moves. Raises `StudioError` where the studio's head cannot be read."""
        if self._head is None:
            self._head = studio_head()
        return self._head

    @property
    def rest(self) -> Floats | None:
        """What is subtracted from the chosen phone's poses, (61,); None where nothing is."""
        return self._rests.get(self.device or "")

    @property
    def calibrated(self) -> bool:
        """Whether the face at rest of the chosen phone was said."""
        return (self.device or "") in self._said_rest

    @property
    def recording(self) -> float | None:
        """For how many seconds it has been recording; None where it does not."""
        return None if self._recording is None else time.monotonic() - self._since

    def recent(self, count: int) -> Poses | None:
        """Give the last poses of the chosen phone."""
        device = self.device
        if self._source is None or device is None:
            return None
        return self._source.ask(lambda station: _recent(station, device, count))

    # Verbs

    def listen(self, host: str = HOST, port: int = PORT) -> None:
        """Listen at an address of this computer; tell, by `failed`, where that cannot be."""
        self.stop()
        try:
            self._begin(Receiver(host.strip(), port, self._wake))
        except StudioError as error:
            self.failed.emit(error)

    def watch(self, camera: str) -> None:
        """Watch a camera, or a video in its place, once its networks are loaded."""
        self.stop()
        self._opening = True
        self._lane.submit(
            open_camera,
            camera.strip(),
            self._wake,
            title=f"Opening {camera.strip()}",
            on_result=self._begin,
            on_error=self._miss,
        )
        self.changed.emit()

    def stop(self) -> None:
        """Listen no more; a recording ends, and stays."""
        self.stop_recording()
        if self._opening:
            self._lane.cancel()
        source, self._source, opening = self._source, None, self._opening
        self._opening = False
        if source is not None:
            source.close()
            self._look.stop()
            self.phones, self.device, self.refused = (), None, 0
        if source is not None or opening:
            self.changed.emit()

    def close(self) -> None:
        """Let go of the port."""
        self.finish()
        self.stop()

    def choose(self, device: str) -> None:
        """Show another phone."""
        if device != self.device:
            self.device = device
            self.latency.clear()
            self.changed.emit()
            self._show()

    def move(self, clip: ClipState | None) -> None:
        """Let the phone move the head of a clip, which has its own shapes; None: the studio's."""
        try:
            named = None if clip is None else clip.recording.renamed(clip.name)
            self._head = studio_head() if named is None else own_head(named)
        except StudioError as error:
            self.failed.emit(error)
            return
        self.head_clip = None if clip is None else clip.id
        self.changed.emit()
        self._show(again=True)

    def calibrate(self, *, on: bool = True) -> None:
        """Call the present pose of the phone the face at rest, or take it as it is sent."""
        poses, device = self.recent(1), self.device
        if device is None or (on and not poses):
            return
        if self._source is not None and self._source.calibrate(on=on):
            self._rests.pop(device, None)
        elif on and poses:
            self._rests[device] = poses.values[0]
        else:
            self._rests.pop(device, None)
        (self._said_rest.add if on else self._said_rest.discard)(device)
        self.changed.emit()
        self._show(again=True)

    def record(self) -> None:
        """Begin to record the phone that is shown."""
        device = self.device
        if self._source is None or device is None or self._recording is not None:
            return
        self._source.ask(lambda station: station.phones[device].record())
        self._recording, self._since = device, time.monotonic()
        self.changed.emit()

    def stop_recording(self) -> None:
        """Make a clip of what was recorded; do nothing where nothing is."""
        made = self._recorded()
        if made is not None:
            title = f"Making the clip of {made.name}"
            self._lane.submit(
                make_clip, made, title=title, on_result=self._add, on_error=self.failed.emit
            )

    def finish(self) -> None:
        """End a recording, and wait for its clip: whoever closes the window is asked about it."""
        made = self._recorded()
        try:
            if made is not None:
                self._add(make_clip(made, progress=Progress()))
        except StudioError as error:
            self.failed.emit(error)

    def painted(self, arrived: float) -> None:
        """Hear that the pose that arrived then is on the screen now."""
        self.latency.add(time.monotonic() - arrived)

    # How

    def _begin(self, source: Source) -> None:
        self._opening, self._source = False, source
        self.latency.clear()
        self._look.start()
        self.changed.emit()

    def _miss(self, error: Exception) -> None:
        self._opening = False
        self.failed.emit(error)
        self.changed.emit()

    def _wake(self) -> None:
        """Ask the window's thread, from the receiver's, to look; it is asked once at a time."""
        if not self._awake:
            self._awake = True
            self._woke.emit()

    def _show(self, *, again: bool = False) -> None:
        self._awake = False
        if self._source is None:
            return
        if self.device is None:
            self._measure()
        found = self._source.ask(partial(_newest, device=self.device or ""))
        if found is None or (found[1] == self.arrived and not again):
            return
        values, self.arrived = found
        self.posed.emit(self.head.shown(calibrated(values, self.rest)))

    def _measure(self) -> None:
        """Look at the phones, and pass on what there is to say of them."""
        if self._source is None:
            return
        now = time.monotonic()
        phones, news, self.refused = self._source.ask(partial(_looked_at, now=now))
        same = [one.device for one in phones] == [one.device for one in self.phones]
        self.phones = phones
        if self.device is None and phones:
            self.device = phones[0].device
        for sentence in news:
            self.noticed.emit(sentence)
        if not same:
            self.changed.emit()
        self.measured.emit()

    def _recorded(self) -> Recorded | None:
        """End a recording, and give what was recorded; None where there is nothing."""
        device, self._recording = self._recording, None
        if device is None or self._source is None:
            return None
        phone = self._source.ask(lambda station: station.phones[device])
        poses = self._source.ask(lambda _station: phone.recorded())
        self.changed.emit()
        if not poses:
            self.noticed.emit(f"{phone.subject} sent no face while it was recorded.")
            return None
        return Recorded(phone.subject, poses, self._rests.get(device), self.head)

    def _add(self, clip: MeshSequence) -> None:
        self.adding = True
        try:
            self.document.open_clip(clip, recorded=True)
        finally:
            self.adding = False
        self.noticed.emit(" ".join((f"Recorded {clip.duration:.1f} s.", *clip.remarks)))


def _recent(station: Station, device: str, count: int) -> Poses | None:
    phone = station.phones.get(device)
    return None if phone is None else phone.recent.poses(count)


def _newest(station: Station, device: str) -> tuple[Floats, float] | None:
    """Give the values (61,) of the newest pose, and when it arrived."""
    phone = station.phones.get(device)
    if phone is None or phone.newest.values is None:
        return None
    return phone.newest.values, phone.arrived


def _looked_at(station: Station, now: float) -> tuple[tuple[PhoneState, ...], tuple[str, ...], int]:
    phones = tuple(PhoneState.of(phone, now) for phone in station.phones.values())
    return phones, station.news(), station.refused.total()
