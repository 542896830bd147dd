"""How probabilities are shown: lines or areas, smoothed or raw, and what counts as uncertain."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from studio.core import Probabilities, Timing, Tracks
from studio.core.sequence import Floats
from studio.core.smoothing import Read, smoothed
from studio.document import Document
from studio.render.comparing.difference import shared_moments
from studio.ui.settings.curves import CurveSettings, Shape


@dataclass(frozen=True)
class CurveLook:
    """The settings of the curves at one moment.

    Attributes
    ----------
    shape : Shape
        Lines, or areas that lie on each other.
    threshold : float
        A frame whose likeliest label is below it reads "uncertain"; 0 for never.
    seconds : float
        Time that is averaged over, 0 for none.
    centered : bool
        Whether the average lies around each frame, or else ends with it.
    """

    shape: Shape = "lines"
    threshold: float = 0.0
    seconds: float = 0.0
    centered: bool = True


class CurveDisplay(QObject):
    """Keeps the curves of the clip on show as they are to be drawn.

    They are the probabilities, or the tracks that are drawn instead of them.
    """

    shown_changed = Signal(object)  # Probabilities, smoothed, or None
    drawn_changed = Signal(object)  # Tracks as drawn on the timeline, or None
    beside_changed = Signal(object)  # Tracks of the compared clip at the same moments, or None
    unfamiliar_changed = Signal(object)  # (T,) 0..1 of the clip on show, or None
    look_changed = Signal(object)  # CurveLook

    def __init__(
        self, document: Document, settings: CurveSettings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.document, self.settings = document, settings
        self.raw: Probabilities | None = None
        self.shown: Probabilities | None = None
        self.drawn: Tracks | None = None
        self._others: Tracks | None = None
        self._instead = False
        self._beside: tuple[Tracks, Timing] | None = None
        self.unfamiliar: Floats | None = None
        self.clip_id: str | None = None  # whose numbers these are

    @property
    def look(self) -> CurveLook:
        known = self.settings
        return CurveLook(
            known.curve_shape,
            known.threshold,
            known.smoothing_seconds,
            known.smoothing_centered,
        )

    def set_probabilities(self, raw: Probabilities | None) -> None:
        """Take what the recognizer says of the clip on show, or None."""
        self.raw, self.clip_id = raw, self.document.state.current
        self._show()

    def set_others(self, tracks: Tracks | None, *, instead: bool) -> None:
        """Take what another reader says of the clip on show.

        Parameters
        ----------
        tracks : Tracks or None
            None while that is not known.
        instead : bool
            Whether it is drawn instead of the probabilities.
        """
        self._others, self._instead = tracks, instead
        self._draw()

    def set_beside(self, raw: Tracks | None, timing: Timing | None) -> None:
        """Take what a reader says of the clip beside, which plays at a pace of its own."""
        self._beside = (raw, timing) if raw is not None and timing is not None else None
        self.show_beside()

    def set_unfamiliar(self, unfamiliar: Floats | None) -> None:
        """Take how unlike the training data each frame of the clip is, (T,) in 0..1, or None."""
        self.unfamiliar = unfamiliar
        self.unfamiliar_changed.emit(unfamiliar)

    def set_shape(self, shape: Shape) -> None:
        self.settings.curve_shape = shape
        self.look_changed.emit(self.look)

    def set_threshold(self, threshold: float) -> None:
        self.settings.threshold = threshold
        self.look_changed.emit(self.look)

    def set_smoothing(self, seconds: float, *, centered: bool) -> None:
        self.settings.smoothing_seconds = seconds
        self.settings.smoothing_centered = centered
        self.look_changed.emit(self.look)
        self._show()

    def _show(self) -> None:
        self.shown = self._smoothed(self.raw)
        self.shown_changed.emit(self.shown)
        self._draw()

    def _draw(self) -> None:
        self.drawn = self._smoothed(self._others) if self._instead else self.shown
        self.drawn_changed.emit(self.drawn)
        self.show_beside()

    def show_beside(self) -> None:
        """Tell the curves of the clip beside where they are of the same kind as those drawn."""
        clip, beside = self.document.current_clip, self._beside
        if clip is None or beside is None:
            self.beside_changed.emit(None)
            return
        raw, timing = beside
        if self.drawn is not None and self.drawn.names != raw.names:
            self.beside_changed.emit(None)  # another reader's, which reads it just now
            return
        moments = shared_moments(clip.timing, timing)
        self.beside_changed.emit(self._calmed(raw, timing.fps).at(moments))

    def _smoothed(self, tracks: Read | None) -> Read | None:
        clip = self.document.current_clip
        if tracks is None or clip is None:
            return tracks
        return self._calmed(tracks, clip.timing.fps)

    def _calmed(self, tracks: Read, fps: float) -> Read:
        look = self.look
        return smoothed(tracks, fps, look.seconds, centered=look.centered)
