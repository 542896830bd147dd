"""What every room of the window works with: document, background jobs, models, messages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.document import Document
from studio.takes.maker import Registrar
from studio.ui.kit.lanes import BEHIND, Lane
from studio.ui.models.protocol import OpenEngine, open_engine
from studio.ui.models.registrar import ShippedRegistrar
from studio.ui.models.service import ModelService


class Lanes(QObject):
    """The background jobs of a window, one kind a lane; iterating keeps the order shown.

    Batches, which write files while the window is used for something else, work behind, and so does
    what is read of a live face, which is to be seen as soon as it comes.
    """

    asked_changed = Signal()  # a job the user asked for began or ended

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.load = Lane("load", self)
        self.models = Lane("models", self)
        self.recognize = Lane("recognize", self)
        self.tracks = Lane("tracks", self)
        self.units = Lane("units", self)
        self.people = Lane("people", self)
        self.beside = Lane("beside", self)
        self.distance = Lane("distance", self)
        self.generate = Lane("generate", self)
        self.face = Lane("face", self)
        self.sheet = Lane("sheet", self)
        self.batch = Lane("batch", self, nice=BEHIND)
        self.many = Lane("many", self, nice=BEHIND)
        self.export = Lane("export", self)
        self.save = Lane("save", self)
        self.session = Lane("session", self)
        self.picture = Lane("picture", self)
        self.figures = Lane("figures", self)
        self.landmarks = Lane("landmarks", self)
        self.channels = Lane("channels", self)
        self.registration = Lane("registration", self)
        self.cut = Lane("cut", self)
        self.cut_ahead = Lane("cut_ahead", self, nice=BEHIND)
        self.video = Lane("video", self)
        self.pictures = Lane("pictures", self)
        self.live = Lane("live", self)
        self.live_reading = Lane("live_reading", self, nice=BEHIND)
        for lane in self.asked:
            lane.started.connect(lambda _title: self.asked_changed.emit())
            lane.finished.connect(self.asked_changed)

    def __iter__(self) -> Iterator[Lane]:
        return (part for part in vars(self).values() if isinstance(part, Lane))

    @property
    def asked(self) -> tuple[Lane, ...]:
        """What the user asks for, where the others follow what is on show."""
        made = (
            self.generate,
            self.face,
            self.sheet,
            self.batch,
            self.many,
            self.registration,
            self.cut,
            self.video,
        )
        written = (self.export, self.save, self.picture, self.figures)
        return (self.load, self.session, self.live, *made, *written)

    @property
    def newest(self) -> Lane | None:
        """The lane whose job the user asked for last, of those that run."""
        busy = (lane for lane in self.asked if lane.busy)
        return max(busy, key=lambda lane: lane.since, default=None)

    def put_aside(self) -> None:
        """Stop what works for a document that another one replaces; the rest goes on."""
        read = (self.recognize, self.tracks, self.units, self.people, self.registration)
        made = (self.generate, self.face, self.sheet, self.cut, self.cut_ahead, self.video)
        shown = (self.landmarks, self.channels, self.beside, self.distance, self.pictures)
        for lane in (self.load, *read, *made, *shown):
            lane.stop()


class Desk(QObject):
    """What the rooms of a window share, lent to services and panels, which take what they need.

    Parameters
    ----------
    document : Document
        What is open.
    open_engine, models_folder, device
        As in `ModelService`.
    registrar : Registrar or None
        Fits faces of other triangulations; None for what the studio ships.
    """

    reported = Signal(object)  # Exception
    noticed = Signal(str)  # a sentence for the status bar
    exported = Signal(object)  # Path of a file or folder that was written for the user

    def __init__(
        self,
        document: Document,
        *,
        open_engine: OpenEngine = open_engine,
        models_folder: Path | None = None,
        device: str = "auto",
        registrar: Registrar | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.registrar = registrar or ShippedRegistrar()
        self.document, self.lanes = document, Lanes(self)
        self.models = ModelService(
            self.lanes.models, open_engine, folder=models_folder, device=device, parent=self
        )
        self.models.noticed.connect(self.noticed)
        self.models.failed.connect(self.reported)

    def report(self, error: Exception) -> None:
        """Tell the user what went wrong."""
        self.reported.emit(error)

    def notice(self, sentence: str) -> None:
        """Say something for a while, in the status bar and the log."""
        self.noticed.emit(sentence)
