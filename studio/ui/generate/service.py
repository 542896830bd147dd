"""Generation in the window: from the settings to a clip, and what is shown meanwhile."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, Literal

from PySide6.QtCore import QObject, Signal

from studio.core import (
    GenerationRequest,
    Given,
    InputError,
    MeshSequence,
    Progress,
    Registered,
    StudioError,
)
from studio.document import ClipState, Played
from studio.face.known import studio_face
from studio.takes.faces import face_in_file, made_face
from studio.takes.generate import changed_fields, make_recipe, request_of, same_take
from studio.takes.recipe import GeneratorRecipe, is_derived, recipe_from_dict
from studio.takes.registered import Subject, said
from studio.ui.desk import Desk
from studio.ui.kit.bind import bind
from studio.ui.models.protocol import Models
from studio.ui.models.words import knows, missing_model, other_surface

from .work import sample_clip

SEEDS = 10_000  # the dice stay with numbers that can be remembered
MATCH: Final = "match"
EDITED: Final = "edited"
CHANGED: Final = "changed"
NONE: Final = "none"


@dataclass(frozen=True)
class Light:
    """Whether the clip on show is what the settings say, in a few words and in a sentence."""

    state: Literal["match", "edited", "changed", "none"]
    words: str
    sentence: str


class GenerateService(QObject):
    """Verbs of the generation panel."""

    light_changed = Signal()
    made = Signal()  # a clip came, and it was waited for: nobody has turned to another meanwhile
    preview_changed = Signal(object)  # MeshSequence shown for now under its name, or None
    face_shown_changed = Signal(bool)  # whether the face being made is in the view

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        document = desk.document
        self.document, self.models, self._report = document, desk.models, desk.report
        self._notice = desk.notice
        self.face_shown = False
        self._rig_ready = self._watched = False
        self._asked = itertools.count()  # tells one Generate from the next in the history
        self._lane, self._face_lane = desk.lanes.generate, desk.lanes.face
        self._lane.finished.connect(self._end_sampling)
        desk.models.engine_changed.connect(lambda _engine: self.light_changed.emit())
        bind(self, document.generation_changed, self._settings_changed)
        bind(self, document.current_changed, lambda _clip: self._clip_changed())
        bind(self, document.clips_changed, lambda _clips: self.light_changed.emit())

    # Making a clip

    def generate(self, *, another: bool = False) -> None:
        """Generate a clip from the document's settings; a second call replaces the first.

        Parameters
        ----------
        another
            Whether to take a new seed, also where the seed is locked.
        """
        key = f"generate {next(self._asked)}"
        try:
            engine = self.models.required()
            if another or not self.document.state.seed_locked:
                self.roll(key)
            recipe, face_of = self.recipe(engine, self.document.state.generation)
        except StudioError as error:
            self._report(error)
            return
        known = self._made_already()
        if known is not None:
            self._show_known(known)
            return
        self._start(engine, recipe, face_of, key)

    def roll(self, key: str | None = None) -> None:
        """Choose another seed.

        Parameters
        ----------
        key
            Steps of the history that share it are one: the seed and the clip it is for.
        """
        used = {clip.seed for clip in self.document.state.clips}
        free = [seed for seed in range(SEEDS) if seed not in used]
        self.document.set_generation(seed=random.choice(free or range(SEEDS)), key=key)

    def _show_known(self, clip: ClipState) -> None:
        """Show a take that is there already, as if it had just been made."""
        self._lane.cancel()
        self.show_face(on=False)
        self.document.set_current(clip.id)
        self._notice(already([clip]))
        self.made.emit()

    def _start(
        self, engine: Models, recipe: GeneratorRecipe, face_of: Played | None, key: str
    ) -> None:
        self.show_face(on=False)
        self._watched = True
        shown = self.document.state.current

        def take(made: MeshSequence) -> None:
            waited = self.document.state.current == shown
            self.document.add_generated(made, recipe.to_dict(), key=key)
            if waited:
                self.made.emit()

        self._lane.submit(
            sample_clip,
            engine,
            recipe,
            face_of,
            title=f"Generating {recipe.label}, seed {recipe.request.seed}",
            on_result=take,
            on_error=self._report,
            on_partial=self._show_estimate,
        )

    def recipe(
        self, engine: Models, wanted: GenerationRequest
    ) -> tuple[GeneratorRecipe, Played | None]:
        """Make the recipe of what settings say now.

        Returns
        -------
        The recipe, and the clip whose face is meant, None where the settings name the face.

        Raises
        ------
        StudioError
            Where that face or that generator cannot be had.
        """
        face_of = self._face_of(engine, wanted)
        recipe = make_recipe(wanted, engine, face_of)
        return recipe, self.document.played(face_of) if face_of is not None else None

    def why_not(self, wanted: GenerationRequest) -> str:
        """Say in a sentence why these settings make nothing now; empty where they do."""
        engine = self.models.engine
        if engine is None:
            return self.models.note
        missing = missing_model(engine, wanted.model)
        if missing:
            return missing
        try:
            self.recipe(engine, wanted)
        except StudioError as error:
            return str(error)
        return ""

    def moved(self, wanted: GenerationRequest) -> MeshSequence | None:
        """Give the recording whose surface the settings would move, None for the studio's own."""
        clip = self.document.current_clip
        return clip.recording if wanted.face.source == "clip" and clip is not None else None

    def _face_of(self, engine: Models, wanted: GenerationRequest) -> ClipState | None:
        """Give the clip whose face to move, None where the settings name the face."""
        clip = self.document.current_clip
        if wanted.face.source != "clip" or clip is None:
            return None
        # Another surface is moved by landmark models, once its landmarks are placed.
        if not knows(engine, clip) and not clip.landmarks:
            raise InputError(other_surface(clip.recording))
        return clip

    def _show_estimate(self, sequence: MeshSequence) -> None:
        if self._watched:
            self.preview_changed.emit(sequence.renamed("Sampling…"))

    def _end_sampling(self) -> None:
        if self._watched:
            self.preview_changed.emit(None)
        self._watched = False

    # Recipes

    def use_recipe(self, clip_id: str) -> None:
        """Put a generated clip's recipe back into the settings, as one step."""
        clip = self.document.state.clip(clip_id)
        try:
            recipe = None if clip.recipe is None else recipe_from_dict(clip.recipe)
            if not isinstance(recipe, GeneratorRecipe):
                found = "a recording" if recipe is None else "one made of others"
                raise InputError.of(clip.name, "a generated clip", found)
            wanted = request_of(recipe, self.document.state.generation)
        except StudioError as error:
            self._report(error)
            return
        self.document.put_generation(wanted, f"Use settings of {clip.name}")

    @property
    def light(self) -> Light:
        """Whether the clip on show still is what Generate would make."""
        clip = self.document.current_clip
        if clip is None:
            none = "Nothing was generated yet; Generate makes a new clip."
            return Light(NONE, "Nothing generated yet", none)
        if clip.recipe is None:
            none = "The clip shown was not generated here; Generate makes a new one."
            return Light(NONE, "Not a generated clip", none)
        if is_derived(clip.recipe):
            none = "The clip shown was made of others; Generate makes a new one."
            return Light(NONE, "Made of other clips", none)
        changed = changed_fields(self.document.state.generation, self.models.engine, clip)
        if not changed and clip.as_recorded:
            match = "The clip shown is what these settings make."
            return Light(MATCH, "Matches the clip shown", match)
        if not changed:
            edited = "These settings made the clip shown, which was edited since."
            return Light(EDITED, "Edited since it was made", edited)
        what = ", ".join(dict.fromkeys(_spoken(name) for name in changed))
        made = self._made_already()
        if made is not None:
            other = f"These settings made {made.name}; of the clip shown other is: {what}."
            return Light(CHANGED, "Another clip is shown", other)
        changes = f"Changed since the clip shown was made: {what}."
        return Light(CHANGED, "Changed since this clip", changes)

    def _made_already(self) -> ClipState | None:
        """Find the take that the settings have made already."""
        engine = self.models.engine
        if engine is None:
            return None
        with suppress(StudioError):
            recipe, face = self.recipe(engine, self.document.state.generation)
            clips = self.document.state.clips
            return same_take(clips, recipe, None if face is None else face.clip)
        return None

    # Faces

    def choose_face_file(self, path: Path) -> None:
        """Generate on the face in a file; nothing changes where it cannot be."""
        try:
            engine = self.models.required()
        except StudioError as error:
            self._report(error)
            return

        def take(read: Subject) -> None:
            face = self.document.state.generation.face
            by = None if read.found is None else said(read.found, read.frame)
            self.document.set_generation(
                face=replace(face, source="file", path=str(path), given=Given(), registered=by)
            )

        self._face_lane.submit(
            partial(face_in_file, registered=Registered()),
            engine,
            path,
            title=f"Reading {path.name}",
            on_result=take,
            on_error=self._report,
        )

    def edit_face(self, numbers: tuple[float, ...], key: str | None = None) -> None:
        """Change the face being made and show it; calls in a row that share `key` undo as one."""
        shown, self.face_shown, self._watched = self.face_shown, True, False
        before = self.document.state.generation
        face = replace(before.face, source="numbers", numbers=numbers)
        self.document.set_generation(face=face, key=key)
        if self.document.state.generation is before:
            self._show_made_face()
        if not shown:
            self.face_shown_changed.emit(True)

    def show_face(self, *, on: bool) -> None:
        """Show the face being made in the view, or the clip again."""
        was, self.face_shown = self.face_shown, on
        if on:
            self._watched = False
            self._show_made_face()
        elif was:
            self.preview_changed.emit(None)
        if was != on:
            self.face_shown_changed.emit(on)

    def _show_made_face(self) -> None:
        if not self._rig_ready:
            self._face_lane.submit(
                _load_rig,
                title="Preparing faces",
                on_result=self._take_rig,
                on_error=self._report,
            )
            return
        face = made_face(self.document.state.generation.face.numbers)
        shown = MeshSequence(face[None], studio_face().template.faces, name="The face being made")
        self.preview_changed.emit(shown)

    def _take_rig(self, _rig: object) -> None:
        self._rig_ready = True
        if self.face_shown:
            self._show_made_face()

    def _settings_changed(self, wanted: GenerationRequest) -> None:
        if self.face_shown and wanted.face.source != "numbers":
            self.show_face(on=False)
        elif self.face_shown:
            self._show_made_face()
        self.light_changed.emit()

    def _clip_changed(self) -> None:
        self._watched = False  # who looks at another clip by now is not to be disturbed
        self.show_face(on=False)
        self.light_changed.emit()


def _load_rig(*, progress: Progress) -> object:
    """Read the rig off the window's thread."""
    from studio.face.rig import load_rig

    progress.report(0.0)
    return load_rig()


def already(clips: Sequence[ClipState]) -> str:
    """Say why takes were not made again."""
    if len(clips) == 1:
        return f"{clips[0].name} is there already, made the same way; it is not made again."
    return f"{len(clips)} takes are there already, made the same way; they are not made again."


_SPOKEN = {"label": "expression", "frames": "length", "bearing": "head"}


def _spoken(name: str) -> str:
    """Name a part of a recipe in the words of the panel."""
    if name in ("set", "checkpoint"):
        return "models"
    return _SPOKEN.get(name, name)
