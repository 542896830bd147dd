"""Motion between motions, in the Edit menu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtWidgets import QWidget

from studio.document import ClipState
from studio.document.edits.baked import BakedEdit
from studio.takes.latent.recipe import Way
from studio.ui.between.dialog import BetweenDialog
from studio.ui.between.morph_dialog import MorphDialog
from studio.ui.between.service import BetweenService
from studio.ui.kit.forms import open_over
from studio.ui.models.words import knows

from .actions import Action, Live, Menu, Signal

FEWEST = 3  # frames of a clip in which one lies between two


@dataclass(frozen=True, eq=False)
class BetweenMenu:
    """Ranges anew, loops, joins and morphs of the clip on show.

    Parameters
    ----------
    window
        What dialogs stand over.
    """

    window: QWidget
    service: BetweenService

    def menu(self) -> Menu:
        """List what the menu holds."""
        document, models = self.service.document, self.service.models
        changes: tuple[Signal, ...] = (document.current_changed, document.clips_changed)
        changes = (*changes, models.engine_changed, document.registration_changed)
        known = Live(lambda: self._clip is not None, *changes)
        filled = Live(self._has_inside, *changes, document.timing_changed)
        paired = Live(lambda: bool(self._clip and self._others), *changes)
        baked = Live(lambda: self._place is not None, *changes, document.edit_changed)
        return Menu(
            "In-&between",
            (
                (
                    self._frames("fill", "&Fill the range…", "fill", filled),
                    self._frames("again", "&Regenerate the range…", "fill", filled, again=True),
                    self._frames("loop", "Close the &loop…", "loop", known),
                    self._frames("join", "&Join with another clip…", "join", paired),
                ),
                (
                    Action(
                        "edit.between.morph",
                        "&Morph into another clip…",
                        self._open_morph,
                        tip="A new clip that passes from the one on show into another",
                        usable=paired,
                    ),
                ),
                (
                    Action(
                        "edit.between.bake",
                        "&Bake again",
                        self._bake_again,
                        tip="Makes the topmost frames in between once more, of what lies below now",
                        usable=baked,
                    ),
                ),
            ),
        )

    def _frames(
        self, name: str, text: str, way: Way, usable: Live[bool], *, again: bool = False
    ) -> Action:
        tips = {
            "fill": "Frames of the clip on show are made anew; all others stay",
            "again": "The range with another seed, expression or intensity; both ends stay",
            "loop": "Frames that lead from the end of the clip back to its beginning",
            "join": "Frames that lead to another clip, which follows then",
        }
        verb: Callable[[], object] = partial(self._open, way, again=again)
        return Action(f"edit.between.{name}", text, verb, tip=tips[name], usable=usable)

    @property
    def _clip(self) -> ClipState | None:
        """The clip on show, where the models know its face."""
        clip = self.service.document.current_clip
        return clip if clip is not None and knows(self.service.models.engine, clip) else None

    @property
    def _others(self) -> list[ClipState]:
        """The other clips with the same triangulation."""
        clip = self.service.document.current_clip
        if clip is None:
            return []
        topology, engine = clip.recording.topology, self.service.models.engine
        return [
            other
            for other in self.service.document.state.clips
            if other.id != clip.id and other.recording.topology == topology and knows(engine, other)
        ]

    @property
    def _place(self) -> int | None:
        """The place of the topmost frames in between of the clip on show."""
        clip = self._clip
        places = [
            place
            for place, edit in enumerate(clip.edits if clip is not None else ())
            if isinstance(edit, BakedEdit) and edit.recipe is not None
        ]
        return places[-1] if places else None

    def _has_inside(self) -> bool:
        clip = self._clip
        return clip is not None and clip.timing.frames >= FEWEST

    def _open(self, way: Way, *, again: bool) -> None:
        clip, engine = self._clip, self.service.models.engine
        if clip is None or engine is None:
            return
        others = self._others if way == "join" else ()
        dialog = BetweenDialog(clip, way, engine.labels, others, again=again, parent=self.window)
        dialog.asked.connect(lambda wish, look: self.service.bake(wish, look=look))
        dialog.rejected.connect(self.service.end_look)
        open_over(dialog)

    def _open_morph(self) -> None:
        clip = self._clip
        if clip is None:
            return
        dialog = MorphDialog(clip, self._others, self.window)
        dialog.asked.connect(
            lambda other, request, look: self.service.morph(clip, other, request, look=look)
        )
        dialog.rejected.connect(self.service.end_look)
        open_over(dialog)

    def _bake_again(self) -> None:
        clip, place = self._clip, self._place
        if clip is not None and place is not None:
            self.service.bake_again(clip, place)
