"""What leaves the window of a reading: a table, a chart, or the verdict as text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from studio.core import Probabilities, Progress
from studio.core.course import Course
from studio.document import ClipState
from studio.io.tables.probabilities import write_probabilities
from studio.ui.desk import Desk
from studio.ui.kit.text import label_name
from studio.ui.timeline.curve_display import CurveDisplay, CurveLook

from .chart import Chart, write_chart
from .service import RecognizeService, Verdict
from .verdict import certainty, sentence
from .work import rest_words


@dataclass(frozen=True, eq=False)
class Told:
    """A reading of a clip as it is on show.

    Attributes
    ----------
    raw, shown : Probabilities
        As the recognizer gave them, and as smoothed for display.
    look : CurveLook
        How they are drawn.
    model : str
        Name of the model set that gave them.
    doubt : str
        Why the verdict is to be taken with care, empty for no reason known.
    """

    clip: ClipState
    verdict: Verdict
    raw: Probabilities
    shown: Probabilities
    look: CurveLook
    model: str
    doubt: str

    @property
    def frames(self) -> tuple[int, int]:
        """The clip's range, frames start..stop-1."""
        return self.clip.range

    def text(self) -> str:
        """Write the verdict for a mail or a note."""
        label = label_name(self.verdict.label)
        line = f"{self.clip.name}: {label}, {certainty(self.verdict)} ({self.model})"
        return "\n".join(filter(None, [line, sentence(self.course.text()), self.doubt]))

    @property
    def course(self) -> Course:
        """Which label leads over which stretch of the range."""
        return self.verdict.course(self.clip.timing.fps)

    def facts(self, *, smooth: bool) -> dict[str, object]:
        """Collect what the head of a table says."""
        start, stop = self.frames
        known = self.verdict.probabilities
        facts: dict[str, object] = {
            "clip": self.clip.name,
            "source": self.clip.source.name if self.clip.source is not None else "generated",
            "frames": f"{start} to {stop - 1} of {self.clip.timing.frames}",
            "fps": f"{self.clip.timing.fps:g}",
            "model": self.model,
            "verdict": f"{known.label} {known.confidence:.4f}, {certainty(self.verdict)}",
            "over time": self.course.text(),
            "face at rest": rest_words(self.clip),
            "smoothing": smoothing_text(self.look) if smooth else "none",
        }
        return facts | ({"caution": self.doubt} if self.doubt else {})


def smoothing_text(look: CurveLook) -> str:
    """Say in words how curves were smoothed."""
    if look.seconds <= 0:
        return "none"
    place = (
        "mean over {seconds:g} s around each frame"
        if look.centered
        else "mean over {seconds:g} s before each frame"
    )
    return place.format(seconds=look.seconds)


class ProbabilityExport(QObject):
    """Writes in the background what the panel shows."""

    def __init__(
        self,
        desk: Desk,
        recognition: RecognizeService,
        curves: CurveDisplay,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._recognition, self.curves = desk, recognition, curves

    def told(self) -> Told | None:
        """Give the reading on show, None where there is none."""
        clip, verdict = self._desk.document.current_clip, self.verdict
        raw, shown, engine = self.curves.raw, self.curves.shown, self._desk.models.engine
        if clip is None or verdict is None or raw is None or shown is None or engine is None:
            return None
        doubt = self._recognition.doubt
        return Told(clip, verdict, raw, shown, self.curves.look, engine.name, doubt)

    @property
    def verdict(self) -> Verdict | None:
        return self._recognition.current_verdict

    def copy_verdict(self) -> str:
        """Put the verdict on the clipboard as text, and return that text."""
        told = self.told()
        if told is None:
            return ""
        QGuiApplication.clipboard().setText(told.text())
        return told.text()

    def write_table(self, path: Path, *, smooth: bool = False) -> None:
        """Write the numbers of the range as CSV: raw, or for `smooth` as drawn."""
        told = self.told()
        if told is not None:
            self._submit(path, _write_table, path, told, smooth)

    def write_chart(self, path: Path) -> None:
        """Write the curves of the range as drawn, as a PNG."""
        told = self.told()
        if told is not None:
            self._submit(path, _write_chart, path, told)

    def _submit(self, path: Path, function: Callable[..., Path], *args: object) -> None:
        self._desk.lanes.figures.submit(
            function,
            *args,
            title=f"Writing {path.name}",
            on_result=self._desk.exported.emit,
            on_error=self._desk.report,
        )


def _write_table(path: Path, told: Told, smooth: bool, *, progress: Progress) -> Path:
    progress.report(0.0, "Writing numbers")
    numbers = told.shown if smooth else told.raw
    fps, facts = told.clip.timing.fps, told.facts(smooth=smooth)
    write_probabilities(path, numbers, fps, told.frames, facts)
    return path


def _write_chart(path: Path, told: Told, *, progress: Progress) -> Path:
    progress.report(0.0, "Drawing a chart")
    drawn = replace(told.shown, summary=told.verdict.probabilities.clip)
    title = f"{told.clip.name} · {label_name(told.verdict.label)}, {certainty(told.verdict)}"
    smooth = ""
    if told.look.seconds > 0:
        smooth = f"smoothing: {smoothing_text(told.look)}"
    notes = [told.model, smooth, told.doubt.split(":")[0]]
    subtitle = " · ".join(note for note in notes if note)
    start, stop = told.frames
    chart = Chart(drawn, told.clip.timing.fps, start, stop, told.look, title, subtitle)
    write_chart(path, chart)
    return path
