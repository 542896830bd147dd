"""The cut of the document: which part is chosen, what is done to it, and rendering it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from PySide6.QtCore import QObject, Signal

from studio.core import MeshSequence, Progress, StudioError
from studio.document import Document, DocumentState, Evaluator
from studio.document.beside.sound import ClipSound
from studio.document.cut.laid import Laid, laid, play
from studio.document.cut.sounding import sounded
from studio.io.sound.sound import Sound
from studio.ui.kit.bind import bind
from studio.ui.kit.lanes import Lane

FADE = 8  # frames that a crossfade has at first


class CutService(QObject):
    """Verbs for the strip, the menus and the keys, about the part that is chosen.

    Attributes
    ----------
    laid
        Where the parts lie.
    chosen
        The place of a part; None where there is none.
    """

    changed = Signal()  # the parts, or which one is chosen
    clip_asked = Signal()  # the clip of a part is to be seen
    failed = Signal(object)  # Exception

    def __init__(self, document: Document, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document, self.lane = document, lane
        self.laid: Laid = laid(document.state)
        self.chosen: int | None = None
        bind(self, document.changed, self._follow)

    def choose(self, place: int | None) -> None:
        """Have the verbs be about a part."""
        if place != self.chosen:
            self.chosen = place
            self.changed.emit()

    def step(self, by: int) -> None:
        """Choose the next part (1) or the one before (-1)."""
        last = len(self.laid.spans) - 1
        if last >= 0:
            at = -1 if self.chosen is None and by > 0 else self.chosen or 0
            self.choose(min(max(at + by, 0), last))

    def add(self, clip_ids: Sequence[str]) -> None:
        """Put clips at the end of the cut, or behind the part that is chosen."""
        place = None if self.chosen is None else self.chosen + 1
        try:
            self.document.add_to_cut(clip_ids, place)
        except StudioError as error:
            self.failed.emit(error)
            return
        if clip_ids:
            count = len(self.laid.spans)
            self.choose(count - 1 if place is None else place + len(clip_ids) - 1)

    def remove(self) -> None:
        """Take the chosen part out, and choose what comes in its place."""
        place = self.chosen
        if place is not None:
            self.document.remove_from_cut(place)
            last = len(self.laid.spans) - 1
            self.choose(min(place, last) if last >= 0 else None)

    def move(self, by: int) -> None:
        """Move the chosen part by places."""
        if self.chosen is not None:
            self.choose(self.document.move_in_cut(self.chosen, self.chosen + by))

    def fade(self, by: int) -> None:
        """Have the chosen part begin so many frames further over the one before."""
        place = self.chosen
        if place is not None and place > 0:
            overlap = self.laid.spans[place].overlap + by
            self.document.overlap_in_cut(place, overlap, key=f"cut fade:{place}")

    def trim(self, by: int) -> None:
        """Let the chosen part end so many frames later."""
        place = self.chosen
        if place is not None:
            span = self.laid.spans[place]
            key = f"cut trim:{place}"
            self.document.trim_in_cut(place, span.start, span.stop + by, key=key)

    def show(self) -> None:
        """Show the clip of the chosen part."""
        if self.chosen is not None:
            self.document.set_current(self.document.state.cut.parts[self.chosen].clip)
            self.clip_asked.emit()

    def render(self) -> None:
        """Make a clip of the cut, in the background."""
        cut = self.laid
        parts = [
            {"clip": one.clip.name, "start": one.start, "stop": one.stop, "overlap": one.overlap}
            for one in cut.spans
        ]
        recipe = {"made": "cut", "parts": parts}

        def take(made: tuple[MeshSequence, Sound | None]) -> None:
            frames, sound = made
            step, key = "Render the cut", f"cut {uuid4()}"
            document, takes = self.document, [(frames.renamed("cut"), recipe)]
            (clip_id,) = document.add_takes(takes, step=step, key=key)
            if sound is not None:
                document.set_sound(clip_id, ClipSound(sound, 0.0, "cut"), step=step, key=key)
            document.seal()

        self.lane.submit(
            rendered,
            cut,
            self.document.evaluator,
            title="Rendering the cut",
            on_result=take,
            on_error=self.failed.emit,
        )

    def _follow(self, before: DocumentState, after: DocumentState) -> None:
        if before.cut == after.cut and before.clips == after.clips:
            return
        self.laid = laid(after)
        if self.chosen is not None and self.chosen >= len(self.laid.spans):
            self.chosen = None
        self.changed.emit()


def rendered(
    cut: Laid, evaluator: Evaluator, *, progress: Progress
) -> tuple[MeshSequence, Sound | None]:
    """Compute the frames of a cut, and what is heard with them."""
    return play(cut, evaluator, progress), sounded(cut)
