"""Clips made of others, in the background: transfer, neutral, blend and mix."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject

from studio.core import FaceChoice, InputError, MeshSequence, Progress, StudioError
from studio.document import ClipState, Played
from studio.takes.derive import (
    blend_recipe,
    make_clip,
    mix_recipe,
    neutralize_recipe,
    transfer_recipe,
)
from studio.takes.faces import Face, settled, still_of
from studio.takes.generate import made_again
from studio.takes.maker import Maker
from studio.takes.recipe import Derived
from studio.ui.desk import Desk
from studio.ui.models.protocol import Models
from studio.ui.models.words import knows, other_surface

from .service import already


class MotionService(QObject):
    """Verbs of the Motion menu; what they make shares its lane with generation."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document, self._models = desk.document, desk.models
        self._lane, self._report, self._notice = desk.lanes.generate, desk.report, desk.notice

    def transfer(self, source: ClipState, target: ClipState | FaceChoice) -> None:
        """Show on another face, a clip's or one that is named, what a clip shows."""
        face = target if isinstance(target, ClipState) else None

        def recipe(engine: Models) -> Derived:
            _check(engine, source)
            if face is not None:
                _check(engine, face)
            return transfer_recipe(engine, source, target)

        title = f"Transferring {source.name}"
        self._make(recipe, face, source, title, "Transfer {name}")

    def neutralize(self, source: ClipState) -> None:
        """Take the expression off a clip."""

        def recipe(engine: Models) -> Derived:
            _check(engine, source)
            return neutralize_recipe(engine, source)

        title = f"Neutralizing {source.name}"
        self._make(recipe, None, source, title, "Neutralize {name}")

    def blend(self, one: ClipState, other: ClipState, share: float) -> None:
        """Make a clip on the way from one generated clip to another.

        Parameters
        ----------
        share
            How far on that way, 0 to 1.
        """
        title = f"Blending {one.name} and {other.name}"
        self._make(
            lambda engine: blend_recipe(engine, one, other, share),
            one,
            None,
            title,
            "Blend {name}",
        )

    def mix(self, labels: Sequence[str]) -> None:
        """Make a clip through the apexes of several expressions; the settings say the rest."""
        wanted, face = self.document.state.generation, self.document.current_clip
        face = face if wanted.face.source == "clip" else None

        def recipe(engine: Models) -> Derived:
            if face is not None:
                _check(engine, face)
            return mix_recipe(engine, wanted, labels, face)

        self._make(recipe, face, None, "Mixing expressions", "Mix {name}")

    def _make(
        self,
        recipe_by: Callable[[Models], Derived],
        face: ClipState | None,
        source: ClipState | None,
        title: str,
        step: str,
    ) -> None:
        """Make the clip of a recipe in the background; it comes in as one step of that name."""
        try:
            engine = self._models.required()
            recipe = recipe_by(engine)
        except StudioError as error:
            self._report(error)
            return
        self._lane.submit(
            make_applied,
            engine,
            recipe,
            self.document.played(face) if face is not None else None,
            self.document.played(source) if source is not None else None,
            title=title,
            on_result=lambda made: self._take(made[0], made[1].to_dict(), step),
            on_error=self._report,
        )

    def _take(self, made: MeshSequence, recipe: Mapping[str, object], step: str) -> None:
        """Put a clip into the document, or show the same one that is there already."""
        known = made_again(self.document.state.clips, made, recipe)
        if known is None:
            self.document.add_takes([(made, recipe)], step=step.format(name=made.name))
        else:
            self.document.set_current(known.id)
            self._notice(already([known]))


def make_applied(
    engine: Maker,
    recipe: Derived,
    face: Played | None,
    source: Played | None,
    *,
    progress: Progress,
) -> tuple[MeshSequence, Derived]:
    """Make the clip of a recipe from the clips it is made of.

    Parameters
    ----------
    face
        The clip whose face it shows, None where the recipe names the face.
    source
        The clip that is transferred or neutralized, None for other recipes.

    Returns
    -------
    The clip, and the recipe, which says of a face in a file whether it was registered.
    """
    moved: Face | None = face
    if face is None and recipe.face.source == "file":
        read = still_of(engine, recipe.face, None, progress.part(0.0, 0.4))
        recipe, moved = replace(recipe, face=settled(recipe.face, read)), read
        progress = progress.part(0.4, 1.0)
    return make_clip(engine, recipe, moved, source, progress=progress), recipe


def _check(engine: Models, clip: ClipState) -> None:
    if not knows(engine, clip):
        raise InputError(other_surface(clip.recording))
