"""Which clip the current one is compared with, and how."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from studio.document import ClipState, Comparing, Document
from studio.render.comparing.apart import can_measure
from studio.render.comparing.heads import Head, head_of, heads_alike
from studio.ui.kit.bind import bind


class Comparison(QObject):
    """Holds the clip that the current one is compared with, and follows the document.

    A clip that is closed ends the comparison, and going to the other clip makes the two change
    places, so that both stay on the screen.

    Attributes
    ----------
    other : ClipState or None
        The clip beside the current one, None while nothing is compared.
    mode : Comparing
        How the two are looked at.
    flipped : bool
        Whether, of clips shown in turn, the other is to be seen now.
    """

    changed = Signal()  # another clip beside, another name, or none
    mode_changed = Signal()  # or flipped

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.other: ClipState | None = None
        self.mode: Comparing = "side by side"
        self.flipped = False
        self._current = document.state.current
        bind(self, document.clips_changed, lambda _clips: self._follow())
        bind(self, document.current_changed, self._go_on)

    @property
    def can_measure(self) -> bool:
        """Whether the distance of the two clips can be told."""
        one, other = self.document.current_clip, self.other
        if one is None or other is None:
            return False
        return can_measure(one.recording, other.recording)

    @property
    def heads(self) -> tuple[Head, Head] | None:
        """The same points of both heads, by which one is laid on the other."""
        one, other = self.document.current_clip, self.other
        if one is None or other is None:
            return None
        found = (head_of(clip.recording.topology, clip.registration) for clip in (one, other))
        return heads_alike(*found)

    def show(self, clip: ClipState | None) -> None:
        """Compare the current clip with this one; None, or the current clip itself, ends it."""
        current = self.document.current_clip
        itself = clip is not None and current is not None and clip.id == current.id
        self._take(None if itself or current is None else clip)

    def set_mode(self, mode: Comparing) -> None:
        """Look at the two clips in a mode, the current one first."""
        self.mode, self.flipped = mode, False
        self.mode_changed.emit()

    def flip(self) -> None:
        """Show the other of the two clips, in turn at one place."""
        if self.mode != "flip":
            self.set_mode("flip")
        self.flipped = not self.flipped
        self.mode_changed.emit()

    def _follow(self) -> None:
        if self.other is not None:
            self._take(self.document.state.find(self.other.id))

    def _go_on(self, current: str | None) -> None:
        before, self._current = self._current, current
        if self.other is None:
            return
        swapped = current == self.other.id
        other = self.document.state.find(before) if swapped else self.other
        self._take(other if current is not None else None)

    def _take(self, clip: ClipState | None) -> None:
        if clip is None and self.other is None:
            return
        self.other = clip
        if clip is None or (self.mode == "error map" and not self.can_measure):
            self.mode, self.flipped = "side by side", False
        self.changed.emit()
