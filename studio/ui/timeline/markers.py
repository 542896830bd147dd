"""The markers of the clip on show: where they play, which one is chosen, and what is done to it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QInputDialog, QWidget

from studio.document import Document, DocumentState
from studio.document.beside.markers import Place
from studio.ui.kit.bind import bind
from studio.ui.kit.forms import open_over

from .player import Player


class Markers(QObject):
    """Follows the clip on show; verbs for the row, the menus and the keys.

    Attributes
    ----------
    places
        Where markers play, by frame.
    chosen
        The number of the marker that verbs are about; None where there is none.
    """

    changed = Signal()  # the places, or which one is chosen

    def __init__(self, document: Document, player: Player, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document, self.player = document, player
        self.places: tuple[Place, ...] = ()
        self.chosen: int | None = None
        bind(self, document.changed, self._follow)
        self._show()

    @property
    def frames(self) -> tuple[int, ...]:
        """The frames that are marked."""
        return tuple(dict.fromkeys(place.frame for place in self.places))

    def choose(self, number: int | None) -> None:
        """Have the verbs be about a marker."""
        if number != self.chosen:
            self.chosen = number
            self.changed.emit()

    def add(self) -> None:
        """Mark the frame under the playhead; one that is marked is chosen."""
        clip = self.document.current_clip
        if clip is not None:
            self.choose(self.document.add_marker(clip.id, self.player.playhead.frame))

    def step(self, by: int) -> None:
        """Go to the next marker (1) or the one before (-1), and round at the ends."""
        at, frames = self.player.playhead.frame, self.frames[::by]
        onward = [frame for frame in frames if (frame - at) * by > 0]
        if frames:
            self.go_to((onward or frames)[0])

    def go_to(self, frame: int) -> None:
        """Put the playhead on a marked frame and choose its marker."""
        self.player.seek(frame)
        self.choose(next((one.number for one in self.places if one.frame == frame), None))

    def move(self, frame: int, key: str | None = None) -> None:
        """Take the chosen marker to another frame; calls in a row that share `key` are one step."""
        clip = self.document.current_clip
        if clip is not None and self.chosen is not None:
            self.choose(self.document.move_marker(clip.id, self.chosen, frame, key=key))

    def remove(self) -> None:
        """Take the chosen marker away."""
        clip, number = self.document.current_clip, self.chosen
        if clip is not None and number is not None:
            self.choose(None)
            self.document.remove_marker(clip.id, number)

    def ask_note(self, over: QWidget) -> None:
        """Ask for the note of the chosen marker."""
        clip, number = self.document.current_clip, self.chosen
        if clip is None or number is None:
            return
        clip_id, marker = clip.id, clip.markers[number]
        dialog = QInputDialog(over)
        dialog.setWindowTitle("Note of a marker")
        dialog.setLabelText("What is to be said of this moment:")
        dialog.setTextValue(marker.note)

        def take(note: str) -> None:
            now = self.document.state.find(clip_id)
            # The window can be used meanwhile, and undo may have taken the marker away.
            if now is not None and marker in now.markers:
                number = now.markers.index(marker)
                self.choose(self.document.note_marker(clip_id, number, note))

        dialog.textValueSelected.connect(take)
        open_over(dialog)

    def _follow(self, before: DocumentState, after: DocumentState) -> None:
        if before.current_clip != after.current_clip:
            if before.current != after.current:
                self.chosen = None
            self._show()

    def _show(self) -> None:
        clip = self.document.current_clip
        self.places = clip.marked if clip is not None else ()
        known = len(clip.markers) if clip is not None else 0
        if self.chosen is not None and self.chosen >= known:
            self.chosen = None
        self.changed.emit()
