"""The assistant: a foreign face beside the studio's, how well they fit, and points to set."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.core import MeshSequence, StudioError
from studio.core.sequence import Doubles, Floats
from studio.document import ClipState
from studio.face.registration.clicked import LEAST, POINTS
from studio.face.registration.correspondence import Correspondence
from studio.ui.kit.forms import quiet, scrolling
from studio.ui.log.messages import sentence

from .fits import Fit, fit_and_measure, measured
from .grip import PointGrip
from .panel import PointPanel, VerdictPanel
from .points import Place, PointEditor, corners
from .service import RegistrationService
from .views import FitViews
from .words import without_options

_WIDE, _HIGH, _SIDE = 1120, 660, 270  # pixels; the least is far less


class FitDialog(QDialog):
    """Fits the face of a clip while one looks at it; nothing changes until it is accepted.

    Parameters
    ----------
    service
        Fits, and takes what is accepted.
    clip
        Whose face is fitted.
    mesh
        The frame that shows the face at rest.
    known
        How that lies on the studio's, as far as is known.

    Attributes
    ----------
    fit
        What was found last, None while nothing is.
    busy
        Whether a face is being fitted for it.
    """

    def __init__(
        self,
        service: RegistrationService,
        clip: ClipState,
        mesh: MeshSequence,
        known: Correspondence | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.service, self.clip, self.mesh = service, clip, mesh
        self.fit: Fit | None = None
        self.setWindowTitle("Fit to the studio's face")
        self.editor = PointEditor(tuple(POINTS), self)
        self.views = FitViews(mesh, clip.name)
        self.verdict, self.points = VerdictPanel(), PointPanel(self.editor)
        self.colored = QCheckBox("&Colors show the distance")
        self.colored.setToolTip("In mm between the two surfaces; dark is far")
        self.colored.setChecked(True)
        self.progress = QProgressBar(textVisible=False, maximum=1000)
        self.progress.setAccessibleName("How far the fit is")
        self.told = quiet()
        self._make_buttons()
        self._arrange()
        self.corners = corners()
        self.grip = PointGrip(self.editor, self.views, self.corners)
        self._asked: Mapping[str, Place] = {}
        self.busy = False
        self._connect()
        self._begin(known)

    def _make_buttons(self) -> None:
        self.again = QPushButton("&Fit again")
        self.again.setToolTip("Fit by the points that are set, or by itself where none is")
        self.stop = QPushButton("S&top")
        self.stop.setToolTip("Stop fitting")
        for button in (self.again, self.stop):
            button.setAutoDefault(False)
        self.buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole
        self.accept_fit = self.buttons.addButton("&Accept", role.AcceptRole)
        self.accept_fit.setProperty("accent", True)
        self.accept_fit.setToolTip("Read and move the clip by this fit; Undo takes it back")
        cancel = self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        cancel.setToolTip("Close this; the clip stays as it was")

    def _arrange(self) -> None:
        side, column = QWidget(), QVBoxLayout()
        side.setLayout(column)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(10)
        column.addWidget(self.verdict)
        column.addWidget(self.colored)
        column.addWidget(self.points, stretch=1)
        area, right = scrolling(side), QVBoxLayout()
        for part in (area, self.points.verbs):
            part.setFixedWidth(_SIDE)
            right.addWidget(part)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        middle, foot = QHBoxLayout(), QHBoxLayout()
        middle.setSpacing(10)
        middle.addWidget(self.views, stretch=1)
        middle.addLayout(right)
        foot.addWidget(self.again)
        foot.addWidget(self.stop)
        foot.addWidget(self.progress)
        foot.addWidget(self.told, stretch=1)
        foot.addWidget(self.buttons)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addLayout(middle, stretch=1)
        layout.addLayout(foot)
        screen = self.screen().availableGeometry()
        self.resize(min(_WIDE, screen.width() - 40), min(_HIGH, screen.height() - 60))

    def _connect(self) -> None:
        self.editor.changed.connect(self._show)
        self.colored.toggled.connect(lambda on: self.views.set_colored(on=on))
        self.again.clicked.connect(self._fit_again)
        self.stop.clicked.connect(self.service.stop)
        self.service.progressed.connect(self._show_progress)
        self.service.stopped.connect(self._take_stop)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        self.finished.connect(self._end)

    # Fitting

    def _begin(self, known: Correspondence | None) -> None:
        """Show the fit that there is, or find one."""
        if known is None:
            self._fit_again()
            return
        points = known.points.items()
        self.editor.begin({name: _place(at - known.origin) for name, at in points})
        self._ask(measured, known)

    def _fit_again(self) -> None:
        points = {name: np.array(place) for name, place in self.editor.places.items()}
        self._ask(fit_and_measure, self.service.registrar, self.mesh, points)

    def _ask(self, job: Callable[..., Fit], *args: object) -> None:
        self.busy, self._asked = True, dict(self.editor.places)
        self.progress.setValue(0)
        self.service.ask(self.clip, job, *args, on_result=self._take, on_error=self._miss)
        self._show()

    def _take(self, fit: Fit) -> None:
        self.busy, self.fit = False, fit
        self.views.show_fit(fit)
        found = fit.found
        places = found.unlaid(found.fitted[list(self.corners.values())])
        named = zip(self.corners, places, strict=True)
        self.editor.suggest({name: _place(at) for name, at in named})
        self._show()

    def _miss(self, error: Exception) -> None:
        """Say why there is no fit; the points that are set stay."""
        self.busy, self.fit = False, None
        self.views.show_fit(None)
        self.editor.suggest({})
        said = without_options(str(error)) if isinstance(error, StudioError) else sentence(error)
        self._show()
        self.verdict.say("No fit", f"{said} {_HELP}")
        if not isinstance(error, StudioError):
            self.service.failed.emit(error)

    def _take_stop(self) -> None:
        if self.busy:
            self.busy = False
            self._show()

    def _accept(self) -> None:
        if self.fit is not None and self.accept_fit.isEnabled():
            self.service.take(self.clip.id, self.fit.found, by_hand=True)
            self.accept()

    def _end(self) -> None:
        self.views.close_views()
        self.service.leave(busy=self.busy)

    # Showing

    @property
    def _changed(self) -> bool:
        """Whether points were set, moved or taken away since the last fit was asked for."""
        return dict(self.editor.places) != dict(self._asked)

    def _show(self) -> None:
        count = len(self.editor.places)
        enough = count == 0 or count >= LEAST
        self.again.setEnabled(not self.busy and enough)
        self.again.setVisible(not self.busy)
        for part in (self.stop, self.progress):
            part.setVisible(self.busy)
        good = self.fit is not None and self.fit.found.verdict.accepted
        self.accept_fit.setEnabled(good and not self.busy and not self._changed)
        self.told.setText(self._told(count))
        self._say()

    def _say(self) -> None:
        if self.fit is None:
            title = "Looking for a face…" if self.busy else "No fit yet"
            self.verdict.say(title, "" if self.busy else _HELP)
            return
        verdict = self.fit.found.verdict
        if verdict.accepted:
            self.verdict.say("A good fit", verdict.remark, verdict)
        else:
            self.verdict.say("Not a good fit", f"{verdict.reason} {_HELP}", verdict)

    def _told(self, count: int) -> str:
        if self.busy:
            return ""
        if 0 < count < LEAST:
            return f"Set {LEAST - count} more to fit by points."
        if self._changed:
            return "The points were changed; fit again to use them."
        if count == 0 and self.fit is not None and self.fit.found.verdict.accepted:
            return "Points are needed only where the fit is wrong."
        return f"Click {self.editor.current} on the left; the right shows where it is."

    def _show_progress(self, share: float) -> None:
        self.progress.setValue(round(1000 * share))


_HELP = "Set points on the left as the right shows them, or correct those that lie wrong."


def _place(at: Doubles | Floats) -> Place:
    x, y, z = (float(number) for number in at)
    return x, y, z
