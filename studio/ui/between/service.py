"""Frames between motions in the window: made in the background, looked at, and kept as one step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from studio.core import InputError, MeshSequence, Progress, StudioError
from studio.core.request import InbetweenRequest, MorphRequest
from studio.document import ClipState, Played
from studio.document.edits.baked import BakedEdit
from studio.takes.derive import clip_source, make_clip, read_both
from studio.takes.faces import clip_face
from studio.takes.latent.making import bake
from studio.takes.latent.recipe import InbetweenRecipe, MorphRecipe, Way
from studio.takes.maker import Maker
from studio.takes.recipe import recipe_from_dict
from studio.ui.desk import Desk
from studio.ui.models.protocol import Models
from studio.ui.models.words import knows, other_surface

Baked = tuple[BakedEdit, MeshSequence]
Morphed = tuple[MeshSequence, MorphRecipe]
Pair = tuple[ClipState, ClipState, MorphRequest]


@dataclass(frozen=True)
class Wish:
    """Frames that are asked for.

    Parameters
    ----------
    way
        What they are made for.
    clip
        The clip that they come into.
    request
        How they are made.
    start, stop
        The range that is filled.
    frames
        How many there are, of other ways.
    other
        The clip that is joined.
    """

    way: Way
    clip: ClipState
    request: InbetweenRequest
    start: int = 0
    stop: int = 0
    frames: int = 1
    other: ClipState | None = None

    def recipe(self, engine: Models) -> InbetweenRecipe:
        """Write how they are made by these models.

        Raises
        ------
        InputError
            Where the numbers do not go together, and for a face that the models do not know.
        """
        for clip in filter(None, (self.clip, self.other)):
            check(engine, clip)
        return InbetweenRecipe(
            source=clip_source(self.clip),
            way=self.way,
            start=self.start,
            stop=self.stop,
            frames=self.frames,
            request=self.request,
            other=None if self.other is None else clip_source(self.other),
            face=clip_face(self.clip),
            models=engine.name,
        )


class BetweenService(QObject):
    """Verbs of the In-between menu; what they make shares its lane with generation."""

    preview_changed = Signal(object)  # MeshSequence shown for now, or None

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document, self.models = desk.document, desk.models
        self._lane, self.report, self._notice = desk.lanes.generate, desk.report, desk.notice
        # What was looked at last, and what it is.
        self._baked: tuple[Wish | InbetweenRecipe, Baked] | None = None
        self._morphed: tuple[Pair, Morphed] | None = None
        self._looking = ""  # the title of a job of which only a look is wanted

    # Frames in a clip

    def bake(self, wish: Wish, *, look: bool = False) -> None:
        """Make frames and lay them over their clip as one step.

        Parameters
        ----------
        look
            Show the result instead; it is kept for when the same is asked for without.
        """
        clip, place = wish.clip, len(wish.clip.edits)
        self._bake(wish, clip, place, lambda edit: self._add(clip, edit), look=look)

    def bake_again(self, clip: ClipState, place: int) -> None:
        """Make the frames of a baked edit once more, of what lies below it now."""
        edit = clip.edits[place]
        try:
            if not isinstance(edit, BakedEdit) or edit.recipe is None:
                raise InputError.of(clip.name, "frames with a recipe", "none")
            recipe = recipe_from_dict(edit.recipe)
            if not isinstance(recipe, InbetweenRecipe):
                raise InputError.of(clip.name, "a recipe of frames in between", "another")
        except StudioError as error:
            self.report(error)
            return
        self._bake(
            recipe, clip, place, lambda made: self._put(clip, place, replace(made, on=edit.on))
        )

    def _bake(
        self,
        wish: Wish | InbetweenRecipe,
        clip: ClipState,
        place: int,
        take: Callable[[BakedEdit], object],
        *,
        look: bool = False,
    ) -> None:
        if self._baked is not None and self._baked[0] == wish:
            self._came(wish, self._baked[1], take, look=look)
            return
        try:
            engine = self.models.required()
            check(engine, clip)
            recipe = wish.recipe(engine) if isinstance(wish, Wish) else wish
            other = self._other(wish)
        except StudioError as error:
            self.report(error)
            return
        below = self.document.played(replace(clip, edits=clip.edits[:place]))
        title = f"Making {recipe.frames} frames in between"
        self._looking = title if look else ""
        self._lane.submit(
            baked_on,
            engine,
            recipe,
            below,
            None if other is None else self.document.played(other),
            title=title,
            on_result=lambda made: self._came(wish, made, take, look=look),
            on_error=self.report,
        )

    def _other(self, wish: Wish | InbetweenRecipe) -> ClipState | None:
        """Find the open clip that is joined; None where none is, or its recipe says where it is."""
        if isinstance(wish, Wish) or wish.other is None:
            return wish.other if isinstance(wish, Wish) else None
        clips = self.document.state.clips
        return next((clip for clip in clips if clip_source(clip) == wish.other), None)

    def _came(
        self,
        wish: Wish | InbetweenRecipe,
        made: Baked,
        take: Callable[[BakedEdit], object],
        *,
        look: bool,
    ) -> None:
        if look:
            self._baked = wish, made
            self.preview_changed.emit(made[1].renamed("Preview"))
            return
        self.end_look()
        try:
            take(made[0])
        except StudioError as error:
            self.report(error)

    def _add(self, clip: ClipState, edit: BakedEdit) -> None:
        if self._is_there(clip, "make"):
            self.document.add_edit(clip.id, edit)

    def _put(self, clip: ClipState, place: int, edit: BakedEdit) -> None:
        if self._is_there(clip, "bake"):
            self.document.replace_edit(clip.id, place, edit)
            self._notice("The frames in between were made again of what lies below them.")

    def _is_there(self, clip: ClipState, verb: str) -> bool:
        """Whether a clip is still open. Raises `InputError` where it was edited meanwhile."""
        now = self.document.state.find(clip.id)
        if now is not None and now.edits != clip.edits:
            raise InputError(f"{clip.name} was edited meanwhile; {verb} the frames once more.")
        return now is not None

    # Clips of two

    def morph(
        self, one: ClipState, other: ClipState, request: MorphRequest, *, look: bool = False
    ) -> None:
        """Make a clip that passes from one into another, and add it as one step.

        Parameters
        ----------
        look
            As in `bake`.
        """
        wish = one, other, request
        if self._morphed is not None and self._morphed[0] == wish:
            self._passed(wish, self._morphed[1], look=look)
            return
        try:
            engine = self.models.required()
            for clip in (one, other):
                check(engine, clip)
            recipe = MorphRecipe(
                source=clip_source(one),
                other=clip_source(other),
                request=request,
                name=f"{one.name} to {other.name}",
                label=one.label if one.label == other.label else None,
                face=clip_face(one),
                models=engine.name,
            )
        except StudioError as error:
            self.report(error)
            return
        title = f"Morphing {one.name} into {other.name}"
        self._looking = title if look else ""
        self._lane.submit(
            morphed,
            engine,
            recipe,
            self.document.played(one),
            self.document.played(other),
            title=title,
            on_result=lambda made: self._passed(wish, made, look=look),
            on_error=self.report,
        )

    def _passed(self, wish: Pair, made: Morphed, *, look: bool) -> None:
        clip, recipe = made
        if look:
            self._morphed = wish, made
            self.preview_changed.emit(clip.renamed("Preview"))
            return
        self.end_look()
        self.document.add_takes([(clip, recipe.to_dict())], step=f"Morph {clip.name}")

    # Looking

    def end_look(self) -> None:
        """Show the clips again, and forget what was looked at; what is still made for it stops."""
        if self._looking and self._lane.busy and self._lane.title == self._looking:
            self._lane.cancel()
        self._looking = ""
        if self._baked is not None or self._morphed is not None:
            self._baked = self._morphed = None
            self.preview_changed.emit(None)


def check(engine: Models, clip: ClipState) -> None:
    """Refuse a clip whose face the models do not know.

    Raises
    ------
    InputError
        With one sentence.
    """
    if not knows(engine, clip):
        raise InputError(other_surface(clip.recording))


def baked_on(
    engine: Maker,
    recipe: InbetweenRecipe,
    below: Played,
    other: Played | None,
    *,
    progress: Progress,
) -> tuple[BakedEdit, MeshSequence]:
    """Make the frames of a recipe, and the clip with them.

    Parameters
    ----------
    below
        The clip as it plays below them.
    other
        The clip that is joined, where it is open.
    """
    source, second = read_both(engine, recipe, below, other, progress.part(0.0, 0.3))
    edit = bake(engine, recipe, source, second, progress.part(0.3, 0.9))
    above = replace(below.clip, edits=(*below.clip.edits, edit))
    return edit, Played(above, below.evaluator).sequence(progress.part(0.9, 1.0))


def morphed(
    engine: Maker, recipe: MorphRecipe, one: Played, other: Played, *, progress: Progress
) -> tuple[MeshSequence, MorphRecipe]:
    """Make the clip of a recipe, given both clips as they play."""
    return make_clip(engine, recipe, source=one, other=other, progress=progress), recipe
