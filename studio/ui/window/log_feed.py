"""Tells the log what became of the document, the jobs and the models."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from html import unescape

from PySide6.QtCore import QObject, QUrl

from studio.document import ClipState, DocumentState
from studio.ui.desk import Desk
from studio.ui.kit.bind import bind
from studio.ui.kit.lanes import Lane
from studio.ui.log.log import Log
from studio.ui.models.protocol import Models

_LINK = re.compile(r'<a\s+href="([^"]*)">.*?</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


def plain(html: str) -> tuple[str, str]:
    """Split a notice of the status bar into text without its links, and where the links lead."""
    links = [QUrl(unescape(link)) for link in _LINK.findall(html)]
    text = unescape(_TAG.sub("", _LINK.sub("", html))).strip()
    return text, "\n".join(u.toLocalFile() if u.isLocalFile() else u.toString() for u in links)


class LogFeed(QObject):
    """Writes the log for as long as its parent lives."""

    def __init__(self, log: Log, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self.log, self._lanes = log, desk.lanes
        self._began: dict[Lane, float] = {}
        self._seconds: dict[Lane, float] = {}
        for lane in desk.lanes:
            self._time(lane)
        desk.models.engine_changed.connect(self._tell_engine)
        bind(self, desk.document.changed, self._tell_clips)

    def tell_notice(self, html: str) -> None:
        """Log what the status bar says, links as details."""
        text, links = plain(html)
        self.log.add(text, details=links)

    def _time(self, lane: Lane) -> None:
        def start(_title: str) -> None:
            self._began[lane] = time.perf_counter()

        def finish() -> None:
            self._seconds[lane] = time.perf_counter() - self._began.get(lane, time.perf_counter())

        lane.started.connect(start)
        lane.finished.connect(finish)

    def _took(self, lane: Lane) -> str:
        """Say how long the lane's last job was, once."""
        seconds = self._seconds.pop(lane, None)
        return "" if seconds is None else f", in {seconds:.1f} s"

    def _tell_engine(self, engine: Models | None) -> None:
        if engine is None:
            return
        text = f"Models {engine.name} are ready on {engine.device.upper()}"
        self.log.add(text + self._took(self._lanes.models))
        for problem in engine.problems.values():
            self.log.add(problem, "warning")

    def _tell_clips(self, before: DocumentState, after: DocumentState) -> None:
        old = {clip.id for clip in before.clips}
        kept = {clip.id for clip in after.clips}
        for clip in after.clips:
            if clip.id not in old:
                self._tell_clip(clip)
        for clip in before.clips:
            if clip.id not in kept:
                self.log.add(f"Closed {clip.name}")

    def _tell_clip(self, clip: ClipState) -> None:
        frames = clip.timing.frames
        if clip.recipe is not None:
            text = f"Generated {clip.name}, {frames} frames"
            self.log.add(text + self._took(self._lanes.generate), details=_recipe(clip.recipe))
            return
        text = (
            f"Opened {clip.name}: {frames} frames, {clip.recording.n_vertices:,} vertices, "
            f"{clip.timing.fps:.4g} fps"
        )
        self.log.add(text + self._took(self._lanes.load), details=str(clip.source or ""))


def _recipe(recipe: Mapping[str, object]) -> str:
    said = {name: value for name, value in recipe.items() if name != "version"}
    return ", ".join(f"{name} {value}" for name, value in said.items() if value is not None)
