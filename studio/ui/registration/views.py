"""The two surfaces of a fit side by side: theirs on the left, the studio's face on the right."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.core import MeshSequence
from studio.core.sequence import Doubles, Floats
from studio.face.known import regions_of, studio_face
from studio.face.registration.correspondence import Correspondence
from studio.render.marks import Marks
from studio.ui.kit.plain import plain_tip
from studio.ui.view3d.viewport import Viewport

from .fits import Away, Fit


class FitViews(QWidget):
    """Shows a foreign face at rest and the studio's face, before a fit and after it.

    Attributes
    ----------
    neutral, faces
        (N, 3) mm and (F, 3): their surface at rest, in its own pose.
    shown
        (N, 3) mm, the same as it stands in the view: after a fit, as the studio's face does.
    guide
        (V, 3) mm, the studio's face as it stands in the view.
    """

    def __init__(self, mesh: MeshSequence, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.neutral, self.faces = np.asarray(mesh.vertices[0]), mesh.faces
        self.shown, self.guide = self.neutral, studio_face().template.vertices
        self.found: Correspondence | None = None
        self.viewport = Viewport()
        self.viewport.setAccessibleName("Their surface and the studio's face")
        if self.viewport.view is not None:
            self.viewport.view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._fit: Fit | None = None
        self._marks: Marks | None = None
        self._colored = True
        self.own_name, self.guide_name = _caption(name), _caption("The studio's face")
        names = QHBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.own_name, stretch=1)
        names.addWidget(self.guide_name, stretch=1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(names)
        layout.addWidget(self.viewport, stretch=1)
        self._show()

    def show_fit(self, fit: Fit | None) -> None:
        """Show what a fit came to; None shows the two surfaces as they are."""
        self._fit, self.found = fit, None if fit is None else fit.found
        template = studio_face().template.vertices
        self.shown = self.neutral if self.found is None else self.found.laid(self.neutral)
        self.guide = template if self.found is None else self.found.fitted
        said = "The studio's face" if self.found is None else "The studio's face, fitted"
        self.guide_name.setText(said)
        self._show()
        self.viewport.fit()

    def set_colored(self, *, on: bool) -> None:
        """Show the distance in colors, or the surfaces as they are."""
        self._colored = on
        self._show()

    def place(self, point: Doubles) -> Floats:
        """Give where a point (3,) of their surface in its own pose stands in the view."""
        at = np.asarray(point, dtype=np.float32)
        return at if self.found is None else self.found.laid(at)

    def spot_at(self, x: float, y: float) -> Doubles | None:
        """Find the point (3,) of their surface, in its own pose, that is seen at a pixel."""
        sight = self.viewport.sight
        if sight is None or not 0 <= x <= sight.width:
            return None
        spot = sight.spot_at(self.shown, self.faces, x, y)
        if spot is None:
            return None
        face, shares = spot
        return np.asarray(shares @ self.neutral[self.faces[face]].astype(np.float64))

    def close_views(self) -> None:
        """Let go of the GL context; must come before the dialog closes."""
        self._take_marks()
        self.viewport.close_view()

    def _show(self) -> None:
        template = studio_face().template
        own = MeshSequence(self.shown[None], self.faces, name="theirs")
        guide = MeshSequence(self.guide[None], template.faces, name="the studio's")
        view, fit = self.viewport, self._fit
        self._take_marks()
        view.show_sequence(own, regions_of(own.topology))
        view.compare(guide, regions_of(guide.topology))
        if fit is not None and self._colored:
            view.show_measures(Away(fit.own), Away(fit.fitted))
        if self.found is not None:
            self._mark(self.found.laid(self.found.landmarks))

    def _mark(self, points: Floats) -> None:
        """Draw the landmarks (M, 3) that the fit began from."""
        if self.viewport.scene is not None and len(points):
            self._marks = Marks(np.arange(len(points), dtype=np.int32))
            self._marks.show(points)
            self.viewport.scene.renderer.AddActor(self._marks.actor)

    def _take_marks(self) -> None:
        marks, self._marks = self._marks, None
        if marks is not None and self.viewport.scene is not None:
            self.viewport.scene.renderer.RemoveActor(marks.actor)


def _caption(text: str) -> QLabel:
    label = QLabel(text)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setToolTip(plain_tip(text))
    label.setMinimumWidth(0)
    return label
