"""Clips into files, in the background: what was asked for, and the job that does it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.core import Progress
from studio.core.parameters import Value
from studio.document import ClipState, Document, Played
from studio.io import Format
from studio.io.naming import FRAME_PATTERN
from studio.render.formats import FORMATS
from studio.render.look import SIZES, Look
from studio.ui.kit.lanes import Lane


@dataclass(frozen=True)
class ExportRequest:
    """One clip to write.

    Attributes
    ----------
    path
        The file, or the folder of the frames.
    unit
        "mm", "cm" or "m", of geometry.
    start, stop
        Frames start..stop-1 are written; without a stop, to the end.
    pattern, first
        Names of the frames and the number of the first, as in `write_sequence`.
    size, look
        Of pictures, as in `Drawing`.
    fittings
        Whether teeth, gums and lashes are added to meshes.
    settings
        What the format is told, by the names of its parameters.
    """

    clip_id: str
    path: Path
    format_name: str
    unit: str = "mm"
    start: int = 0
    stop: int | None = None
    pattern: str = FRAME_PATTERN
    first: int = 1
    size: tuple[int, int] = SIZES["720p"]
    look: Look = field(default_factory=Look)
    fittings: bool = False
    settings: Mapping[str, Value] = field(default_factory=dict)

    @property
    def format(self) -> Format:
        return FORMATS[self.format_name]

    def frames(self, clip: ClipState) -> tuple[int, int]:
        """Give the start and the stop of the frames of a clip that are written."""
        return self.start, clip.timing.frames if self.stop is None else self.stop

    def covers(self, clip: ClipState) -> bool:
        """Whether the export is a safe copy of the whole clip."""
        whole = self.frames(clip) == (0, clip.timing.frames)
        return whole and self.format.lossless and not self.fittings


Order = tuple[ExportRequest, Played]


class ExportService(QObject):
    """Writes frames of the document's clips, never of the view.

    Attributes
    ----------
    exported
        Tells the file or the folder of each export that is complete.
    """

    exported = Signal(object)  # Path
    remarked = Signal(str)  # what is lost in what was written
    failed = Signal(object)  # Exception

    def __init__(self, document: Document, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document, self.lane = document, lane
        self._waiting: deque[list[Order]] = deque()
        lane.stopped.connect(self._waiting.clear)

    def export(self, *requests: ExportRequest) -> None:
        """Write clips one after the other, each whole or not at all, after what is being written.

        The clips are written as they are now. When one fails, those before it stay.
        """
        clips = [self.document.state.clip(request.clip_id) for request in requests]
        orders = list(zip(requests, map(self.document.played, clips), strict=True))
        if orders:
            self._waiting.append(orders)
        if not self.lane.busy:
            self._write_next()

    def _write_next(self) -> None:
        if not self._waiting:
            return
        orders = self._waiting.popleft()
        title = f"Exporting {orders[0][1].clip.name}"
        if len(orders) > 1:
            title = f"Exporting {len(orders)} clips"
        if self._waiting:
            title = f"{title} ({len(self._waiting)} more)"
        self.lane.submit(
            write_clips,
            orders,
            title=title,
            on_result=lambda said: self._take(orders, said),
            on_error=self._miss,
        )

    def _take(self, orders: Sequence[Order], said: Sequence[str]) -> None:
        for request, played in orders:
            if request.covers(played.clip):
                self.document.mark_kept(played.clip)
            self.exported.emit(request.path)
        for sentence in said:
            self.remarked.emit(sentence)
        self._write_next()

    def _miss(self, error: Exception) -> None:
        self.failed.emit(error)
        self._write_next()


def write_clips(orders: Sequence[Order], *, progress: Progress) -> list[str]:
    """Write each clip.

    Returns
    -------
    What is to be said of what was written, a sentence each.
    """
    said, count = list[str](), len(orders)
    progress = replace(progress, remarked=said.append)
    for k, (request, played) in enumerate(orders):
        write_clip(request, played, progress=progress.part(k / count, (k + 1) / count))
    return said


def write_clip(request: ExportRequest, played: Played, *, progress: Progress) -> Path:
    """Write frames of a clip as files.

    Returns
    -------
    The file, or the folder they lie in.
    """
    from studio.io import write_sequence
    from studio.render.formats.drawing import Drawing

    sequence = played.named(progress.part(0.0, 0.0))
    heard = played.clip.heard
    added: dict[str, object] | None = None
    if heard is not None and request.format.sounds and not heard.whole:
        progress.remarked("The sound is silent where edits slow, turn or hold the clip.")
    elif heard is not None and not request.format.sounds:
        progress.remarked(f"The sound is not in {request.path.name}: only an MP4 holds it.")
    if request.fittings:
        from studio.face.fittings import load_fittings, with_fittings

        sequence = with_fittings(sequence, progress.part(0.0, 0.0))
        added = {"fittings": load_fittings().counts()}
    write_sequence(
        sequence,
        request.path,
        format=request.format_name,
        unit=request.unit,
        name=request.pattern,
        first=request.first,
        frames=request.frames(played.clip),
        options=Drawing(request.size, request.look, heard.sound if heard else None),
        settings=request.settings,
        beside=added,
        face=played.clip.registration,
        progress=progress,
    )
    return request.path
