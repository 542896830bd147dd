"""The services of one window, each given what it needs of the desk."""

from __future__ import annotations

from PySide6.QtCore import QObject

from studio.ui.between.service import BetweenService
from studio.ui.clips.service import OpenService
from studio.ui.desk import Desk
from studio.ui.editing.frames_ahead import FramesAhead
from studio.ui.export.service import ExportService
from studio.ui.generate.motion import MotionService
from studio.ui.generate.service import GenerateService
from studio.ui.generate.takes import TakeService
from studio.ui.live.service import LiveService
from studio.ui.recognize.service import RecognizeService
from studio.ui.recognize.tracks import TrackService
from studio.ui.registration.service import RegistrationService
from studio.ui.session.files import SessionFiles


class Services(QObject):
    """Verbs for everything that takes long; panels and menus speak to them."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        document, lanes = desk.document, desk.lanes
        self.desk = desk
        self.frames = FramesAhead(document, self)
        self.export = ExportService(document, lanes.export, self)
        self.sessions = SessionFiles(document, lanes.save, lanes.session, self)
        self.opening = OpenService(document, lanes.load, self)
        self.recognition = RecognizeService(document, lanes.recognize, desk.models, self)
        self.tracks = TrackService(document, lanes.tracks, desk.models, self)
        self.generation = GenerateService(desk, self)
        self.takes = TakeService(desk, self.generation, self)
        self.motion = MotionService(desk, self)
        self.between = BetweenService(desk, self)
        self.registration = RegistrationService(desk, self)
        self.live = LiveService(document, lanes.live, self)
        for failed in (
            self.live.failed,
            self.frames.failed,
            self.export.failed,
            self.sessions.failed,
            self.opening.failed,
            self.recognition.failed,
            self.tracks.failed,
            self.registration.failed,
        ):
            failed.connect(desk.reported)
        self.opening.opened.connect(lambda _path: self.registration.opened())
        self.export.exported.connect(desk.exported)
        self.sessions.noticed.connect(desk.noticed)
        self.live.noticed.connect(desk.noticed)
        self.sessions.replaced.connect(lanes.put_aside)

    def close(self) -> None:
        """Cancel everything and wait for the threads."""
        self.live.close()
        lanes = [self.desk.models.imports, self.frames.lane, *self.desk.lanes]
        for lane in lanes:
            lane.cancel()
        for lane in lanes:
            lane.close()
        self.takes.close()
