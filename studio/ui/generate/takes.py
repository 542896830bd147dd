"""Many takes: what the clip list, the contact sheet and the batch ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage

from studio.core import GenerationRequest, MeshSequence, Progress, StudioError
from studio.document import ClipState, Played
from studio.takes.batch import Batch, run_batch
from studio.takes.derive import made_now, make_clip
from studio.takes.faces import Face
from studio.takes.generate import Take, generate_takes, looks_the_same, made_again, same_take
from studio.takes.maker import Maker
from studio.takes.recipe import GeneratorRecipe, Recipe, is_derived, recipe_from_dict
from studio.takes.sources import source_of
from studio.takes.text import recipes_from_text, recipes_to_text
from studio.ui.clips.thumbnails import Thumbnails
from studio.ui.desk import Desk
from studio.ui.kit.bind import bind
from studio.ui.models.protocol import Models
from studio.ui.recognize.service import RECOGNIZER
from studio.ui.view3d.upright import held

from .service import GenerateService, already
from .sheet_picture import write_picture

# A recipe, and the face where it is at hand.
Wish: TypeAlias = "tuple[Recipe, Face | None]"
Made = tuple[MeshSequence, Recipe]


@dataclass(frozen=True)
class Verdict:
    """What the take of a seed reads as, and how probable that is, 0 to 1."""

    seed: int
    label: str
    confidence: float


News = Sequence[Take] | Verdict


class TakeService(QObject):
    """Verbs that make or look at several takes.

    Attributes
    ----------
    batch, written
        The last batch that was begun, and how many of its takes are written.
    """

    batch_changed = Signal()

    def __init__(
        self, desk: Desk, generation: GenerateService, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.desk, self.document, self.generation = desk, desk.document, generation
        self.thumbnails = Thumbnails(partial(held, self.document), self)
        bind(self, self.document.registration_changed, self._draw_anew)
        self.batch: Batch | None = None
        self.written = 0

    def _draw_anew(self, clip_id: str) -> None:
        clip = self.document.state.find(clip_id)
        if clip is not None:
            self.thumbnails.draw_anew(self.document.evaluator.ready(clip) or clip.recording)

    def regenerate(self, clips: Sequence[ClipState]) -> None:
        """Make generated clips once more, by their recipes and on their own first frames."""
        made = [(clip, clip.recipe) for clip in clips if clip.recipe is not None]
        try:
            wishes = [(recipe_from_dict(recipe), _first_frame(clip)) for clip, recipe in made]
        except StudioError as error:
            self.desk.report(error)
            return
        if wishes:
            self._make(wishes, clips)

    def copy_recipes(self, clips: Sequence[ClipState]) -> None:
        """Put the recipes of generated clips on the clipboard, as JSON."""
        recipes = [clip.recipe for clip in clips if clip.recipe is not None]
        if recipes:
            QGuiApplication.clipboard().setText(recipes_to_text(recipes))
            self.desk.notice(_copied(len(recipes)))

    def paste_recipes(self) -> None:
        """Make the takes whose recipes are on the clipboard."""
        try:
            recipes = recipes_from_text(QGuiApplication.clipboard().text())
            engine, clips = self.desk.models.required(), self.document.state.clips
            now = [made_now(engine, recipe) for recipe in recipes]
        except StudioError as error:
            self.desk.report(error)
            return
        known = [_known(clips, recipe) for recipe in now]
        wishes = [(recipe, None) for recipe, clip in zip(recipes, known, strict=True) if not clip]
        self._show_known([clip for clip in known if clip is not None])
        if wishes:
            self._make(wishes)

    # The contact sheet

    def sample_sheet(
        self,
        wanted: GenerationRequest,
        seeds: Sequence[int],
        show: Callable[[News], object],
    ) -> bool:
        """Sample takes for a sheet in the background, then read them.

        Parameters
        ----------
        show
            Given each group of takes when it is made, and what a take reads as when that is known.

        Returns
        -------
        Whether it began; why it did not is reported.
        """
        try:
            engine = self.desk.models.required()
            recipe, face = self.generation.recipe(engine, wanted)
        except StudioError as error:
            self.desk.report(error)
            return False
        self.desk.lanes.sheet.submit(
            sample_takes,
            engine,
            recipe,
            seeds,
            face,
            title=f"Sampling {len(seeds)} takes",
            on_partial=show,
            on_error=self.desk.report,
        )
        return True

    def keep(self, takes: Sequence[Take]) -> None:
        """Put takes of a sheet into the document as one step, but for those that are in it."""
        clips, fresh, known = self.document.state.clips, [], list[ClipState]()
        for made, recipe in takes:
            wanted = recipe.to_dict()
            same = made_again(clips, made, wanted)
            if same is None:
                fresh.append((made, wanted))
            else:
                known.append(same)
        self._show_known(known)
        self.document.add_takes(fresh)

    def _show_known(self, clips: Sequence[ClipState]) -> None:
        """Show the first of the takes that are there already, and say so."""
        if clips:
            self.document.set_current(clips[0].id)
            self.desk.notice(already(clips))

    def save_picture(self, picture: QImage, path: Path, saved: Callable[[Path], object]) -> None:
        """Write a sheet as a PNG in the background.

        Parameters
        ----------
        saved
            Given the file when it is written.
        """
        self.desk.lanes.sheet.submit(
            write_picture,
            picture,
            path,
            title=f"Saving {path.name}",
            on_result=saved,
            on_error=self.desk.report,
        )

    # The batch

    def run_batch(self, batch: Batch) -> bool:
        """Write every label with every seed in the background.

        Returns
        -------
        Whether it began; why it did not is reported.
        """
        try:
            engine = self.desk.models.required()
            _, face = self.generation.recipe(engine, batch.request)
        except StudioError as error:
            self.desk.report(error)
            return False
        self.batch, self.written = batch, 0
        self.desk.lanes.batch.submit(
            run_batch,
            engine,
            batch,
            face,
            title=f"Making {len(batch)} takes",
            on_partial=self._count,
            on_result=lambda _paths: self._end_batch(batch),
            on_error=self.desk.report,
        )
        return True

    def _count(self, _path: Path) -> None:
        self.written += 1
        self.batch_changed.emit()

    def _end_batch(self, batch: Batch) -> None:
        self.written = len(batch)
        self.batch_changed.emit()
        self.desk.exported.emit(batch.folder)

    # Making takes

    def _make(self, wishes: Sequence[Wish], before: Sequence[ClipState] = ()) -> None:
        """Make takes in the background; they come into the document together.

        Parameters
        ----------
        before
            Clips that may turn out to have the same frames.
        """
        try:
            engine = self.desk.models.required()
        except StudioError as error:
            self.desk.report(error)
            return
        first = wishes[0][0].label or ""
        title = f"Generating {first}" if len(wishes) == 1 else f"Generating {len(wishes)} takes"
        self.desk.lanes.generate.submit(
            make_takes,
            engine,
            wishes,
            title=title,
            on_result=lambda takes: self._take(takes, before),
            on_error=self.desk.report,
        )

    def _take(self, takes: Sequence[Made], before: Sequence[ClipState]) -> None:
        self.document.add_takes([(made, recipe.to_dict()) for made, recipe in takes])
        untouched = [clip for clip in before if clip.as_recorded]
        same = (c for c in untouched for made, _ in takes if looks_the_same(made, c.recording))
        again = [clip.name for clip in same]
        if again:
            names = ", ".join(again[:3]) + ("…" if len(again) > 3 else "")
            self.desk.notice(f"The same frames as before: {names}.")

    def close(self) -> None:
        """Stop drawing and wait for the thread."""
        self.thumbnails.close()


def _known(clips: Sequence[ClipState], recipe: Recipe) -> ClipState | None:
    return same_take(clips, recipe) if isinstance(recipe, GeneratorRecipe) else None


def _first_frame(clip: ClipState) -> Face | None:
    """Give the face that a generated clip began with, whatever was moved by hand since.

    It is None where the clip does not begin at rest.
    """
    return None if is_derived(clip.recipe) else clip.recording.sliced(0, 1)


def make_takes(engine: Maker, wishes: Sequence[Wish], *, progress: Progress) -> list[Made]:
    """Make a take for each recipe, which from then on names the models that made it."""
    takes: list[Made] = []
    for place, (recipe, face) in enumerate(wishes):
        part = progress.part(place / len(wishes), (place + 1) / len(wishes))
        made = make_clip(engine, recipe, face, progress=part)
        takes.append((made, made_now(engine, recipe)))
    return takes


def sample_takes(
    engine: Models,
    recipe: GeneratorRecipe,
    seeds: Sequence[int],
    face: Face | None,
    *,
    progress: Progress,
    show: Callable[[News], object],
) -> None:
    """Sample takes of a recipe for other seeds, a group at a time, and read each.

    Parameters
    ----------
    show
        Given each group when it is made, then each verdict; none where the models cannot read.
    """
    made: list[Take] = []
    for takes in generate_takes(engine, recipe, seeds, face, progress=progress.part(0.0, 0.8)):
        show(takes)
        made += takes
    found = face.clip.registration if isinstance(face, Played) else None
    known = found is not None or made[0][0].topology == engine.topology
    if RECOGNIZER.name not in engine.kinds or not known:
        return
    left = progress.part(0.8, 1.0)
    for place, (clip, own) in enumerate(made):
        part = left.part(place / len(made), (place + 1) / len(made))
        source = source_of(engine, clip, None, None, found=found, progress=part.part(0.0, 0.5))
        read = engine.recognize(source.sequence, source.rest, part.part(0.5, 1.0))
        show(Verdict(own.request.seed, read.label, read.confidence))


def _copied(count: int) -> str:
    if count == 1:
        return "The recipe is on the clipboard."
    return f"{count} recipes are on the clipboard."
