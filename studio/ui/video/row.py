"""The video as a slim row under the timeline: where the face is lost, and where it is at rest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.ui.timeline.timeline import Timeline

from .service import VideoService

Role = QPalette.ColorRole
_TALL = 8  # pixels of the band


class VideoRow(QWidget):
    """A band for the frames with the face, a hatched gap where it is lost; hidden for no video.

    What is taken for the face at rest is brighter. A click goes to a frame.
    """

    def __init__(
        self, video: VideoService, timeline: Timeline, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.video, self._timeline = video, timeline
        self.gaps: list[tuple[int, int]] = []  # first and last frame of each
        self.rests: list[tuple[int, int]] = []
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Video over time")
        timeline.axis_changed.connect(self.update)
        video.changed.connect(self._show)
        self._show()

    def sizeHint(self) -> QSize:
        return QSize(320, self.fontMetrics().height() + 2)

    def _show(self) -> None:
        self.gaps, self.rests = runs(self.video.frames_lost), runs(self.video.frames_at_rest)
        self.setVisible(self.video.footage is not None)
        said = [f"no face in frames {first} to {last}" for first, last in self.gaps]
        self.setAccessibleDescription("; ".join(said) or "The face is seen in every frame")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, axis, palette = QPainter(self), self._timeline.axis(), self.palette()
        count = len(self.video.frames_lost)
        if not count:
            return
        painter.setPen(palette.color(Role.PlaceholderText))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, axis.left - 10, self.height()), right, "Video")
        painter.setClipRect(QRectF(axis.left - 2, 0, axis.width + 4, self.height()))
        painter.fillRect(self._box(0, count - 1), palette.color(Role.Mid))
        for first, last in self.rests:
            painter.fillRect(self._box(first, last), palette.color(Role.Highlight))
        for first, last in self.gaps:
            box = self._box(first, last)
            painter.fillRect(box, palette.color(Role.Window))
            hatch = QBrush(palette.color(Role.WindowText), Qt.BrushStyle.BDiagPattern)
            painter.fillRect(box, hatch)

    def _box(self, first: int, last: int) -> QRectF:
        axis = self._timeline.axis()
        left, right = axis.x(first - 0.5), axis.x(last + 0.5)
        return QRectF(left, (self.height() - _TALL) / 2, max(right - left, 1.0), _TALL)

    def told(self, frame: int) -> str:
        """Say what the video shows at a frame."""
        for spans, what in ((self.gaps, "No face is seen"), (self.rests, "The face at rest")):
            for first, last in spans:
                if first <= frame <= last:
                    return f"{what}: frames {first} to {last}"
        return f"The face is seen at frame {frame}"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.video.player.seek(self._timeline.axis().frame(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        frame = self._timeline.axis().frame(event.position().x())
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.video.player.seek(frame)
        QToolTip.showText(event.globalPosition().toPoint(), self.told(frame), self)


def runs(there: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Find the first and the last frame of each stretch of frames (T,) that are on."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], there, [False]]))).reshape(-1, 2)
    return [(int(first), int(stop) - 1) for first, stop in edges]
