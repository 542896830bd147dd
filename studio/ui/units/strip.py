"""Action units over time as a heat strip under the timeline, a row a unit."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.core import UnitTracks
from studio.core.sequence import Floats
from studio.face.action_units import UNIT_NAMES
from studio.ui.timeline.player import Player
from studio.ui.timeline.timeline import Timeline

Role = QPalette.ColorRole
_FAINT = 0.35  # of the color, where a unit is below its threshold
_LEAST, _MOST = 5, 9  # pixels of a row
_TALL = 132  # pixels of all rows at most


class UnitStrip(QWidget):
    """A row a unit, the stronger the color, the higher its intensity; a click goes to a frame."""

    def __init__(self, timeline: Timeline, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timeline, self._player = timeline, player
        self.tracks: UnitTracks | None = None
        self._picture = QImage()
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Action units over time")
        timeline.axis_changed.connect(self.update)
        player.playhead.frame_changed.connect(self._follow)
        self.show_tracks(None)

    def show_tracks(self, tracks: UnitTracks | None) -> None:
        """Show units, or hide the strip where there are none."""
        self.tracks = self.rows_of(tracks) if tracks is not None and tracks.names else None
        self.setVisible(self.tracks is not None)
        self._paint_picture()
        shown = self.tracks.shown if self.tracks is not None else {}
        said = (f"AU {unit} up to {top:.1f}" for unit, top in shown.items())
        self.setAccessibleDescription(", ".join(said) or "No unit occurs")
        self.updateGeometry()
        self.update()

    def rows_of(self, tracks: UnitTracks) -> UnitTracks:
        """Leave those of the units that have a row."""
        return tracks

    def row_height(self) -> float:
        """Pixels of one row."""
        count = len(self.tracks.names) if self.tracks is not None else 1
        return float(min(max(_TALL // max(count, 1), _LEAST), _MOST))

    def sizeHint(self) -> QSize:
        count = len(self.tracks.names) if self.tracks is not None else 0
        return QSize(320, round(count * self.row_height()) + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def place_at(self, at: QPointF) -> tuple[int, int] | None:
        """Find the frame and the row at a point; None outside."""
        axis = self._timeline.axis()
        row = int((at.y() - 2) / self.row_height())
        inside = axis.left <= at.x() <= axis.left + axis.width
        if self.tracks is None or not inside or not 0 <= row < len(self.tracks.names):
            return None
        return min(axis.frame(at.x()), len(self.tracks.values) - 1), row

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_picture()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.tracks is None:
            return
        painter, axis = QPainter(self), self._timeline.axis()
        tall = len(self.tracks.names) * self.row_height()
        place = QRectF(axis.left, 2, axis.width, tall)
        painter.setClipRect(place)
        self.paint_rows(painter, place)
        painter.setClipRect(place)
        x = axis.x(self._player.playhead.frame)
        painter.fillRect(QRectF(x - 0.5, 2, 1, tall), self.palette().color(Role.WindowText))
        painter.setClipping(False)
        self._paint_names(painter, axis.left)

    def paint_rows(self, painter: QPainter, place: QRectF) -> None:
        """Draw the rows within a place."""
        if self.tracks is not None:
            axis = self._timeline.axis()
            left, right = axis.x(-0.5), axis.x(len(self.tracks.values) - 0.5)
            wide = QRectF(left, place.top(), right - left, place.height())
            painter.drawImage(wide, self._picture)

    def _paint_names(self, painter: QPainter, left: float) -> None:
        """Name as many rows as there is room for."""
        assert self.tracks is not None
        font = self.font()
        font.setPixelSize(min(max(round(self.row_height()), 8), 11))
        painter.setFont(font)
        painter.setPen(self.palette().color(Role.PlaceholderText))
        every = 1 if self.row_height() >= 8 else 2
        tall = every * self.row_height()
        for place, name in list(enumerate(self.tracks.names))[::every]:
            box = QRectF(0, 2 + place * self.row_height(), left - 8, tall)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._seek(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event)
            return
        found = self.place_at(event.position())
        text = ""
        if found is not None and self.tracks is not None:
            frame, row = found
            value = self.tracks.values[frame, row]
            name = UNIT_NAMES.get(self.tracks.units[row], "")
            text = f"{self.tracks.names[row]} {name}: {value:.1f} of 5 at frame {frame}"
        QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def _seek(self, event: QMouseEvent) -> None:
        found = self.place_at(event.position())
        if found is not None:
            self._player.seek(found[0])

    def _follow(self, _frame: int) -> None:
        if self.tracks is not None:
            self.update()

    def _paint_picture(self) -> None:
        """Color all frames once, in the colors of the theme."""
        if self.tracks is None:
            self._picture = QImage()
            return
        base, full = (_rgb(self.palette().color(role)) for role in (Role.Base, Role.Highlight))
        share = np.sqrt(np.clip(self.tracks.shares, 0.0, 1.0)).T[..., None]
        share = share * np.where(self.tracks.occurs.T, 1.0, _FAINT)[..., None]
        pixels = np.ascontiguousarray((base + share * (full - base)).round().astype(np.uint8))
        rows, columns = pixels.shape[:2]
        made = QImage(pixels.tobytes(), columns, rows, 3 * columns, QImage.Format.Format_RGB888)
        self._picture = made.copy()


def _rgb(color: QColor) -> Floats:
    return np.array([color.red(), color.green(), color.blue()], dtype=np.float32)
