"""The probabilities of a clip as a picture for print: curves or areas, axes and a legend."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from studio.core import Probabilities
from studio.io.files import whole_file
from studio.ui.kit.text import label_name
from studio.ui.kit.theme import label_color
from studio.ui.timeline.axis import FrameAxis, nice_step
from studio.ui.timeline.curve_display import CurveLook
from studio.ui.timeline.layer import paint_areas, paint_curves

SIZE = QSize(3000, 1500)  # pixels: ten by five inches at 300 dots an inch
_DOTS_PER_METER = 11811
_INK, _FAINT, _GRID = QColor("#1F2124"), QColor("#5A5F66"), QColor("#DADBDE")
_TEXT, _TITLE, _LINE = 44, 60, 5.0
_PLOT = QRectF(210, 250, 2150, 1010)


@dataclass(frozen=True, eq=False)
class Chart:
    """What is drawn.

    Attributes
    ----------
    start, stop : int
        Frames start..stop-1.
    title, subtitle : str
        In words; an empty subtitle leaves no gap.
    """

    probabilities: Probabilities
    fps: float
    start: int
    stop: int
    look: CurveLook
    title: str
    subtitle: str = ""


def write_chart(path: Path, chart: Chart) -> None:
    """Write a chart as a PNG file, whole or not at all.

    Raises
    ------
    StudioError
        Where the system refuses.
    """
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    draw_chart(chart).save(buffer, "PNG")  # type: ignore[call-overload]
    with whole_file(path) as part:
        part.write_bytes(buffer.data().data())


def draw_chart(chart: Chart) -> QImage:
    """Draw a chart on white, whatever the theme of the window."""
    image = QImage(SIZE, QImage.Format.Format_RGB32)
    image.setDotsPerMeterX(_DOTS_PER_METER)
    image.setDotsPerMeterY(_DOTS_PER_METER)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    span = max(chart.stop - chart.start - 1, 1)
    n_frames = len(chart.probabilities.per_frame)
    axis = FrameAxis(n_frames, _PLOT.left(), _PLOT.width(), float(chart.start), float(span))
    _draw_titles(painter, chart)
    _draw_axes(painter, chart, axis)
    if chart.look.shape == "stacked":
        paint_areas(painter, _PLOT, axis, chart.probabilities)
    else:
        _draw_threshold(painter, chart.look.threshold)
        paint_curves(painter, _PLOT, axis, chart.probabilities, _LINE)
    _draw_legend(painter, chart)
    painter.end()
    return image


def _font(pixels: int, *, bold: bool = False) -> QFont:
    font = QFont()
    font.setPixelSize(pixels)
    font.setBold(bold)
    return font


def _draw_titles(painter: QPainter, chart: Chart) -> None:
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    room = SIZE.width() - _PLOT.left() - 60
    for text, font, color, top in (
        (chart.title, _font(_TITLE, bold=True), _INK, 50.0),
        (chart.subtitle, _font(_TEXT), _FAINT, 135.0),
    ):
        painter.setFont(font)
        painter.setPen(color)
        fitting = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(_PLOT.left(), top, room, 80), left, fitting)


def _draw_axes(painter: QPainter, chart: Chart, axis: FrameAxis) -> None:
    painter.setFont(_font(_TEXT))
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    for percent in range(0, 101, 25):
        y = _PLOT.bottom() - percent / 100 * _PLOT.height()
        painter.setPen(QPen(_GRID, 2))
        painter.drawLine(QLineF(_PLOT.left(), y, _PLOT.right(), y))
        painter.setPen(_FAINT)
        painter.drawText(QRectF(0, y - 40, _PLOT.left() - 24, 80), right, f"{percent} %")
    seconds = (chart.stop - 1 - chart.start) / chart.fps
    step = nice_step(seconds / 10)
    count = int(chart.start / chart.fps / step)
    while (count := count + 1) * step * chart.fps <= chart.stop - 1 + 1e-6:
        _draw_second(painter, count * step, step, axis.x(count * step * chart.fps))
    if chart.start == 0:
        _draw_second(painter, 0.0, step, axis.x(0))
    painter.setPen(_FAINT)
    below = QRectF(_PLOT.left(), _PLOT.bottom() + 100, _PLOT.width(), 70)
    painter.drawText(below, Qt.AlignmentFlag.AlignCenter, "time, seconds")


def _draw_second(painter: QPainter, second: float, step: float, x: float) -> None:
    painter.setPen(QPen(_FAINT, 3))
    painter.drawLine(QLineF(x, _PLOT.bottom(), x, _PLOT.bottom() + 16))
    digits = 0 if step >= 1 else 1 if step >= 0.1 else 2
    box = QRectF(x - 120, _PLOT.bottom() + 22, 240, 70)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{second:.{digits}f}")


def _draw_threshold(painter: QPainter, threshold: float) -> None:
    if threshold > 0:
        y = _PLOT.bottom() - threshold * _PLOT.height()
        painter.setPen(QPen(_FAINT, 3, Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(_PLOT.left(), y, _PLOT.right(), y))


def _draw_legend(painter: QPainter, chart: Chart) -> None:
    """Draw labels with the probability of each over what is drawn, the topmost area first."""
    left, row = _PLOT.right() + 70, 86.0
    middle = Qt.AlignmentFlag.AlignVCenter
    known = list(zip(chart.probabilities.labels, chart.probabilities.clip.tolist(), strict=True))
    order = known[::-1] if chart.look.shape == "stacked" else known
    for place, (label, value) in enumerate(order):
        y = _PLOT.top() + place * row
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(label_color(label)))
        painter.drawRoundedRect(QRectF(left, y + 20, 40, 40), 8, 8)
        painter.setFont(_font(_TEXT, bold=label == chart.probabilities.label))
        painter.setPen(_INK)
        box = QRectF(left + 60, y, SIZE.width() - left - 110, 80)
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignLeft, label_name(label))
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, f"{100 * value:.0f} %")
