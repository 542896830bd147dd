"""The picture under the playhead, with the landmarks on it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.core.sequence import Floats

from .outlines import OUTLINES
from .service import VideoService

Role = QPalette.ColorRole
_NOTHING = "Open a video of a face to see it here, beside the 3D face."
_LOST = "No face is seen here"


class VideoScreen(QWidget):
    """Paints what the service has on show."""

    def __init__(self, video: VideoService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.video = video
        self.setAccessibleName("Video")
        self.setMinimumHeight(110)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        video.pictured.connect(self.update)
        video.changed.connect(self._describe)
        self._describe()

    def sizeHint(self) -> QSize:
        return QSize(300, 180)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 110)

    def place(self) -> QRectF:
        """Where the picture lies in the widget."""
        video = self.video
        if video.picture is not None:
            wide, high = video.picture[1].width(), video.picture[1].height()
        elif video.footage is not None:
            wide, high = video.footage.sizes[video.number].tolist()
        else:
            wide, high = 16, 9
        share = min(self.width() / wide, self.height() / high)
        left, top = (self.width() - wide * share) / 2, (self.height() - high * share) / 2
        return QRectF(left, top, wide * share, high * share)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, video, place = QPainter(self), self.video, self.place()
        painter.fillRect(self.rect(), self.palette().color(Role.Base))
        if video.picture is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, video.picture[1])
        if video.landmarks is not None:
            paint_landmarks(painter, place, video.landmarks, self.palette())
        told = self._told()
        if told:
            over = video.picture is not None
            self._paint_words(painter, place if over else QRectF(self.rect()), told, over=over)

    def _told(self) -> str:
        """Say why there is nothing to see, or no face."""
        video = self.video
        if video.footage is None:
            return _NOTHING
        return video.problem or (_LOST if video.lost else "")

    def _paint_words(self, painter: QPainter, place: QRectF, words: str, *, over: bool) -> None:
        """Write in the middle, or on a band at the foot of the picture."""
        wrap = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        if not over:
            painter.setPen(self.palette().color(Role.PlaceholderText))
            painter.drawText(place.adjusted(14, 8, -14, -8), wrap, words)
            return
        line = self.fontMetrics().height() + 8
        band = QRectF(place.left(), place.bottom() - line, place.width(), line)
        ground = self.palette().color(Role.Window)
        ground.setAlpha(215)
        painter.fillRect(band, ground)
        painter.setPen(self.palette().color(Role.WindowText))
        painter.drawText(band, wrap, words)

    def _describe(self) -> None:
        film = self.video.footage
        self.setAccessibleDescription(self._told() if film is None else film.place.name)
        self.update()


def paint_landmarks(painter: QPainter, place: QRectF, landmarks: Floats, palette: QPalette) -> None:
    """Draw landmarks (478, 2), shares of the picture, as points and outlines."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    points = [
        QPointF(place.left() + x * place.width(), place.top() + y * place.height())
        for x, y in landmarks.tolist()
    ]
    color = palette.color(Role.Highlight).lighter(135)
    color.setAlpha(150)
    painter.setPen(QPen(color, 1.4, c=Qt.PenCapStyle.RoundCap))
    painter.drawPoints(points)
    color.setAlpha(255)
    painter.setPen(QPen(color, 1.3))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for outline in OUTLINES:
        painter.drawPolygon(QPolygonF([points[number] for number in outline]))
    painter.restore()
