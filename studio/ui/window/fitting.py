"""Where a face of another triangulation is offered to be fitted, and the assistant that does it."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from studio.core import StudioError
from studio.takes.registered import own_face
from studio.ui.desk import Desk
from studio.ui.kit.forms import open_over
from studio.ui.registration.bar import OfferBar
from studio.ui.registration.service import RegistrationService
from studio.ui.registration.work import known_fit, rest_mesh

from .stage import Stage


class Fitting(QObject):
    """Puts the offer above the view, and opens the assistant over the window."""

    def __init__(
        self, stage: Stage, desk: Desk, service: RegistrationService, window: QWidget
    ) -> None:
        super().__init__(window)
        self.desk, self.service, self._window = desk, service, window
        self.bar = OfferBar(service, self.open_assistant)
        stage.add_bar(self.bar)

    def open_assistant(self) -> None:
        """Open the assistant on the clip on show, where its face is not the studio's."""
        clip = self.desk.document.current_clip
        if clip is None or not self.service.can_fit(clip):
            return
        # VTK is imported once the window has been painted.
        from studio.ui.registration.dialog import FitDialog

        played = self.desk.document.played(clip)
        try:
            mesh = rest_mesh(played)
        except StudioError as error:
            self.desk.report(error)
            return
        known = known_fit(played, mesh)
        mesh = mesh if known is None else own_face(known, clip.name)
        open_over(FitDialog(self.service, clip, mesh, known, self._window))
