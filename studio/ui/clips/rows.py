"""One row of the clip list: what it says, and how it is painted."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QIcon, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.core import MeshSequence, ReadAs, Timing
from studio.document import ClipState
from studio.ui.kit.icons import film_icon, star_icon
from studio.ui.kit.text import label_name
from studio.ui.kit.theme import label_icon

from .thumbnails import FACE, Thumbnails

ROW = Qt.ItemDataRole.UserRole + 1
_PAD, _GAP, _DOT, _STAR = 6, 9, 12, 18
COMPACT_BELOW = 270  # height of a list in which rows are lower, so that a few can be seen
SMALL = QSize(40, 45)
_DAY_S = 86_400
AS_MADE = ReadAs()
Index = QModelIndex | QPersistentModelIndex
Role = QPalette.ColorRole


@dataclass(frozen=True)
class Row:
    """What a row shows of a clip; rows that are equal need no painting anew.

    Attributes
    ----------
    verdict
        The label a clip was read as, None where it has not been read.
    frames
        What plays, None while that is being worked out.
    made
        How it was made of other clips, empty where it was not.
    remarks
        What was filled or repaired when it was read.
    read_as
        What its numbers were read as.
    fitted
        Whether its face, of another triangulation, is fitted to the studio's.
    """

    id: str
    name: str
    label: str | None
    verdict: str | None
    seed: int | None
    starred: bool
    created: float
    source: str
    n_vertices: int
    timing: Timing
    frames: MeshSequence | None
    made: str = ""
    remarks: tuple[str, ...] = ()
    read_as: ReadAs = AS_MADE
    fitted: bool = False

    @classmethod
    def of(cls, clip: ClipState, verdict: str | None, frames: MeshSequence | None = None) -> Row:
        source = str(clip.source) if clip.source is not None else ""
        made = str((clip.recipe or {}).get("made", ""))
        told = (clip.label, verdict, clip.seed, clip.starred, clip.created, source)
        read = clip.recording
        size, fitted = (read.n_vertices, clip.timing), clip.registration is not None
        row = cls(clip.id, clip.name, *told, *size, frames, made, read.remarks, read.read_as)
        return replace(row, fitted=fitted)

    @property
    def misses(self) -> bool:
        """Whether it reads as another label than the one it was made for."""
        return None not in (self.label, self.verdict) and self.label != self.verdict

    @property
    def kind(self) -> str:
        """What the clip is: the label and seed it was made from, or what it was read as."""
        if self.misses:
            return f"Asked {self.label}, reads {self.verdict}"
        if self.label is not None:
            label = label_name(self.label)
            last = made_names().get(self.made) or (None if self.seed is None else str(self.seed))
            return label if last is None else f"{label} · {last}"
        if self.made:
            return made_names().get(self.made, "Made of others")
        if self.verdict is not None:
            return f"Opened · {self.verdict}"
        return "Opened"

    @property
    def size(self) -> str:
        """How long it is, and when it came."""
        frames = f"{self.timing.frames} frames"
        return " · ".join(filter(None, [frames, self.seconds, moment(self.created)]))

    @property
    def seconds(self) -> str:
        return f"{self.timing.seconds:.1f} s"

    @property
    def spoken(self) -> str:
        """All of it in one line, for screen readers."""
        star = "starred" if self.starred else ""
        return ", ".join(filter(None, [self.name, self.kind, self.size, star]))

    @property
    def tip(self) -> str:
        rate = self.read_as.rate_told(self.timing.fps)
        unit = self.read_as.unit_told
        fitted = ", fitted to the studio's face" if self.fitted else ""
        vertices = f"{self.n_vertices:,} vertices{fitted}"
        seed = "" if self.seed is None else f"Seed {self.seed}"
        sizes = [seed, self.size, vertices, rate, unit and f"Unit {unit}"]
        lines = [self.name, self.kind, self.mark, *sizes, self.source, *self.remarks]
        return "\n".join(filter(None, lines))

    @property
    def mark(self) -> str:
        """What the icon says, in words."""
        if self.label is not None:
            return f"Filled dot: made for {self.label}"
        return "" if self.verdict is None else f"Ring: read as {self.verdict}"

    @property
    def icon(self) -> QIcon:
        """A filled dot for the label it was generated for, a ring for the one it was read as."""
        if self.label is not None:
            return label_icon(self.label)
        return label_icon(self.verdict, ring=True) if self.verdict is not None else film_icon()


def made_names() -> dict[str, str]:
    """Give the names of the ways in which clips are made of others."""
    return {
        "transfer": "Transfer",
        "neutral": "Neutralized",
        "blend": "Blend",
        "mix": "Mix",
        "cut": "Cut",
    }


def moment(created: float, now: float | None = None) -> str:
    """Write the time of day of something of the last day, else the date; empty for 0.

    Parameters
    ----------
    created, now
        Seconds since 1970; the clock's own time where `now` is None.
    """
    if created <= 0:
        return ""
    now = time.time() if now is None else now
    form = "%H:%M" if abs(now - created) < _DAY_S else "%Y-%m-%d"
    return time.strftime(form, time.localtime(created))


def row_of(index: Index) -> Row | None:
    """Give what a row shows, None while it has not been filled."""
    row = index.data(ROW)
    return row if isinstance(row, Row) else None


class RowDelegate(QStyledItemDelegate):
    """A small face, and beside it name, kind and length; a star at the right."""

    def __init__(self, thumbnails: Thumbnails, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._thumbnails, self._view = thumbnails, view

    @property
    def compact(self) -> bool:
        return self._view.viewport().height() < COMPACT_BELOW

    @property
    def _face(self) -> QSize:
        return SMALL if self.compact else FACE

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        lines = 2 if self.compact else 3
        text = lines * (QFontMetrics(option.font).height() + 2) + 2 * _PAD - lines
        return QSize(180, max(self._face.height() + 4, text))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = row_of(index)
        if row is None:
            return
        rect, palette = option.rect, option.palette
        painter.save()
        self._paint_ground(painter, option, current=self._view.currentIndex() == index)
        self._paint_face(painter, self._face_box(rect), row, palette)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if row.starred or hovered:
            star_icon(filled=row.starred).paint(painter, star_box(rect))
        self._paint_lines(painter, self._text_box(rect), row, palette)
        painter.restore()

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, _index: Index
    ) -> None:
        box = self._text_box(option.rect)
        height = QFontMetrics(option.font).height() + 8
        editor.setGeometry(box.left() - 4, option.rect.top() + 3, box.width() + 4, height)

    @staticmethod
    def _paint_ground(painter: QPainter, option: QStyleOptionViewItem, *, current: bool) -> None:
        rect, palette = option.rect, option.palette
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, palette.color(Role.Midlight))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, palette.color(Role.AlternateBase))
        if current:
            painter.fillRect(rect.adjusted(0, 0, 3 - rect.width(), 0), palette.highlight())

    def _paint_face(self, painter: QPainter, box: QRect, row: Row, palette: QPalette) -> None:
        image = self._thumbnails.face(row.frames) if row.frames is not None else None
        if image is not None and not image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(box, image)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(Role.AlternateBase))
        painter.drawRoundedRect(box.adjusted(6, 6, -6, -6), 6, 6)

    def _paint_lines(self, painter: QPainter, box: QRect, row: Row, palette: QPalette) -> None:
        line = painter.fontMetrics().height() + 2
        count = 2 if self.compact else 3
        top = box.top() + (box.height() - count * line) // 2
        name = QRect(box.left(), top, box.width() - _STAR - 2, line)
        kind = QRect(box.left() + _DOT + 5, top + line, box.width() - _DOT - 5, line)
        size = QRect(box.left(), top + 2 * line, box.width(), line)
        row.icon.paint(painter, QRect(box.left(), kind.top(), _DOT, line))
        strong = QFont(painter.font())
        strong.setWeight(QFont.Weight.DemiBold)
        # There is no room for how long it is beside both labels.
        said = f"{row.kind} · {row.seconds}" if self.compact and not row.misses else row.kind
        for font, role, place, words in (
            (strong, Role.Text, name, row.name),
            (painter.font(), Role.PlaceholderText if self.compact else Role.Text, kind, said),
            (painter.font(), Role.PlaceholderText, size, "" if self.compact else row.size),
        ):
            painter.setFont(font)
            painter.setPen(palette.color(role))
            side = Qt.TextElideMode.ElideMiddle if place is name else Qt.TextElideMode.ElideRight
            shown = painter.fontMetrics().elidedText(words, side, place.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)

    def _face_box(self, rect: QRect) -> QRect:
        top = rect.top() + (rect.height() - self._face.height()) // 2
        return QRect(QPoint(rect.left() + _PAD, top), self._face)

    def _text_box(self, rect: QRect) -> QRect:
        return rect.adjusted(_PAD + self._face.width() + _GAP, _PAD - 2, -_PAD, 2 - _PAD)


def star_box(rect: QRect) -> QRect:
    """Give the place where a row's star is drawn and can be clicked."""
    corner = QPoint(rect.right() - _PAD - _STAR, rect.top() + _PAD + 2)
    return QRect(corner, QSize(_STAR, _STAR))
