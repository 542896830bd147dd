"""The edit that the controls change, and how a change is shown, told and refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from studio.core import StudioError
from studio.document import ClipState, Document, Edit
from studio.document.edit_verbs import check_edits
from studio.ui.kit.bind import bind
from studio.ui.timeline.player import Player


class ChosenEdit(QObject):
    """One edit of the current clip, as the hand has it while a control is held.

    What is held is shown in the view and told to the document when it is let go, so that a drag is
    one step and no frames are computed for nothing.

    Parameters
    ----------
    preview
        Shows the frame under the playhead as this clip would play it.
    """

    changed = Signal()  # another edit, or another state of it
    refused = Signal(str)  # why a change cannot be; empty once one could

    def __init__(
        self,
        document: Document,
        player: Player,
        preview: Callable[[ClipState], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.document, self.player, self._preview = document, player, preview
        self.place: int | None = None
        self._held: Edit | None = None
        bind(self, player.playhead.frame_changed, lambda _frame: self._show_held())

    @property
    def clip(self) -> ClipState | None:
        """The current clip, as the document has it."""
        return self.document.current_clip

    @property
    def edit(self) -> Edit | None:
        """The edit, as it is held while it is; None while none is chosen."""
        clip, place = self.clip, self.place
        if clip is None or place is None or not 0 <= place < len(clip.edits):
            return None
        return self._held or clip.edits[place]

    @property
    def frame(self) -> int:
        """The frame below the edit that the frame on show plays."""
        clip, here = self.clip, self.player.playhead.frame
        return clip.frame_below(self.place, here) if clip and self.place is not None else here

    @property
    def frames_below(self) -> int:
        """How many frames there are below the edit."""
        clip, place = self.clip, self.place
        return clip.frame_map(place).before.frames if clip and place is not None else 1

    def shown(self, frame: int) -> int | None:
        """Find the first frame that plays a frame below the edit; None where none does."""
        clip = self.clip
        return clip.shown_frame(self.place, frame) if clip and self.place is not None else None

    def choose(self, place: int | None) -> None:
        """Be about the edit at this place of the stack; what is held is given up."""
        self.place, self._held = place, None
        self.refused.emit("")
        self.changed.emit()

    def put(
        self, edit: Edit, *, key: str | None = None, held: bool = False, step: str = ""
    ) -> None:
        """Make it another edit.

        Parameters
        ----------
        edit
            What it becomes.
        key
            Calls in a row that share it undo as one step.
        held
            Whether a control is held down, so that it is only shown until `drop`.
        step
            What undo calls it, by default after the edit.
        """
        self._try(lambda: self._take(edit, key, held=held, step=step))

    def change(
        self, values: Mapping[str, Any], *, key: str | None = None, held: bool = False
    ) -> None:
        """Give fields of it other values, by their names, as `put` does."""
        edit = self.edit
        if edit is not None:
            self._try(lambda: self._take(replace(edit, **values), key, held=held))

    def set_key(self) -> None:
        """Set a key at the frame on show, of what the edit does there already."""
        clip, place = self.clip, self.place
        if clip is not None and place is not None:
            self._try(lambda: self.document.set_key(clip.id, place, self.frame))

    def drop(self, step: str = "") -> None:
        """Let go of what is held, as one step of the document, which undo calls so."""
        held, self._held = self._held, None
        if held is not None:
            self.put(held, step=step)
        self.changed.emit()

    def give_up(self) -> None:
        """Forget what is held, and show the frame as the document has it."""
        self._held = None
        if self.clip is not None:
            self._preview(self.clip)
        self.changed.emit()

    def _take(self, edit: Edit, key: str | None, *, held: bool, step: str = "") -> None:
        clip, place, changed = self.clip, self.place, self._with(edit)
        if clip is None or place is None or changed is None:
            return
        if held:
            check_edits(changed)
            self._held = edit
            self._preview(changed)
        else:
            self.document.replace_edit(clip.id, place, edit, step=step, key=key)

    def _try(self, act: Callable[[], object]) -> None:
        """Do something, and say in words where it cannot be done."""
        try:
            act()
        except StudioError as error:
            self.refused.emit(str(error))
        else:
            self.refused.emit("")
        self.changed.emit()

    def _with(self, edit: Edit) -> ClipState | None:
        """Give the current clip with another edit in the place of this one."""
        clip, place = self.clip, self.place
        if clip is None or place is None:
            return None
        return replace(clip, edits=(*clip.edits[:place], edit, *clip.edits[place + 1 :]))

    def _show_held(self) -> None:
        """Show the frame under the playhead as what is held has it."""
        clip = self._with(self._held) if self._held is not None else None
        if clip is not None:
            self._preview(clip)
