"""A contact sheet as a picture to keep or to send."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QRect, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from studio.core import Progress
from studio.ui.clips.thumbnails import SCALE, TILE

COLUMNS = 6
_MARGIN, _TITLE, _CAPTION = 24, 64, 40
_PAPER, _INK, _QUIET = "#FFFFFF", "#1F2124", "#6E737A"


def sheet_picture(tiles: Sequence[tuple[QImage, str]], title: str) -> QImage:
    """Draw pictures with their captions, at most six a row, under a title; dark on white paper."""
    columns = max(min(len(tiles), COLUMNS), 1)
    rows = math.ceil(len(tiles) / columns)
    width, height = SCALE * TILE.width(), SCALE * TILE.height() + _CAPTION
    sheet = QImage(
        2 * _MARGIN + columns * width,
        _MARGIN + _TITLE + rows * height,
        QImage.Format.Format_RGB32,
    )
    sheet.fill(QColor(_PAPER))
    painter = QPainter(sheet)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    font = QFont()
    font.setPixelSize(26)
    painter.setFont(font)
    painter.setPen(QColor(_INK))
    line = QRect(_MARGIN, 8, sheet.width() - 2 * _MARGIN, _TITLE - 8)
    shown = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, line.width())
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
    font.setPixelSize(20)
    painter.setFont(font)
    painter.setPen(QColor(_QUIET))
    for place, (image, caption) in enumerate(tiles):
        row, column = divmod(place, columns)
        box = QRect(_MARGIN + column * width, _TITLE + row * height, width, height)
        painter.drawImage(QRect(box.left(), box.top(), width, height - _CAPTION), image)
        below = QRect(box.left(), box.bottom() - _CAPTION, width, _CAPTION)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, caption)
    painter.end()
    return sheet


def write_picture(picture: QImage, path: Path, *, progress: Progress) -> Path:
    """Write a PNG whole or not at all.

    Raises
    ------
    StudioError
        Where the system refuses.
    """
    from studio.io.files import whole_file

    progress.report(0.0)
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    # The stubs ask for bytes, which the call refuses.
    picture.save(buffer, "PNG")  # type: ignore[call-overload]
    with whole_file(path) as part:
        # Written by Python, which knows why a disk refuses; Qt only says that it does.
        part.write_bytes(buffer.data().data())
    return path
