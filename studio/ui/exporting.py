"""Clips into files, in the background: what was asked for, and the job that does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.core import Progress
from studio.document import ClipState, Document
from studio.io.naming import FRAME_PATTERN

from .jobs import Lane
from .text import tr

GEOMETRY = ("obj", "ply", "stl", "npz")


@dataclass(frozen=True)
class ExportRequest:
    """One clip to write.

    path : the file, or the folder of the frames
    unit : mm, cm or m
    start, stop : frames start..stop-1 are written; without a stop, to the end
    pattern, first : names of the frames and the number of the first, as in `write_sequence`
    """

    clip_id: str
    path: Path
    format_name: str
    unit: str = "mm"
    start: int = 0
    stop: int | None = None
    pattern: str = FRAME_PATTERN
    first: int = 1

    def covers(self, clip: ClipState) -> bool:
        """Whether the export is a safe copy of the whole clip."""
        whole = self.start == 0 and self.stop in (None, clip.sequence.n_frames)
        return whole and self.format_name in GEOMETRY


Order = tuple[ExportRequest, ClipState]


class Exporting(QObject):
    """Writes frames of the document's clips, never of the view.

    exported : the file or the folder of each export that is complete
    """

    exported = Signal(object)  # Path
    failed = Signal(object)  # Exception

    def __init__(self, document: Document, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document, self.lane = document, lane

    def export(self, *requests: ExportRequest) -> None:
        """Write clips one after the other, each whole or not at all, instead of what is being
        written now. When one fails or a stop comes, those before it stay."""
        state = self.document.state
        orders = [(request, state.clip(request.clip_id)) for request in requests]
        if not orders:
            return
        one = tr("Exporting {name}").format(name=orders[0][1].name)
        many = tr("Exporting {count} clips").format(count=len(orders))
        self.lane.submit(
            write_clips,
            orders,
            title=one if len(orders) == 1 else many,
            on_result=lambda _paths: self._take(orders),
            on_error=self.failed.emit,
        )

    def _take(self, orders: Sequence[Order]) -> None:
        for request, clip in orders:
            if request.covers(clip):
                self.document.mark_kept(clip.id)
            self.exported.emit(request.path)


def write_clips(orders: Sequence[Order], *, progress: Progress) -> list[Path]:
    """Write each clip; where they lie."""
    count = len(orders)
    return [
        write_clip(request, clip, progress=progress.part(k / count, (k + 1) / count))
        for k, (request, clip) in enumerate(orders)
    ]


def write_clip(request: ExportRequest, clip: ClipState, *, progress: Progress) -> Path:
    """Frames of a clip as files; where they lie."""
    from studio.io import write_sequence

    chosen = slice(request.start, request.stop)
    sequence = replace(clip.sequence, vertices=clip.sequence.vertices[chosen], name=clip.name)
    write_sequence(
        sequence,
        request.path,
        format=request.format_name,
        unit=request.unit,
        name=request.pattern,
        first=request.first,
        progress=progress,
    )
    return request.path
