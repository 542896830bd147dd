"""A surface that is kept for the next clip of its kind."""

from __future__ import annotations

from dataclasses import dataclass

from vtkmodules.vtkRenderingCore import vtkRenderer

from studio.render.coloring.paint import Paint

from .marks import Marks
from .normals import NormalFilter
from .surface import Surface


@dataclass(frozen=True, eq=False)
class Spare:
    """A surface that is not on show, and what it was made for."""

    surface: Surface
    marks: Marks | None
    normals: NormalFilter
    topology: str
    paint: Paint | None

    def serves(self, topology: str, paint: Paint | None) -> bool:
        """Whether it can be shown for a clip of this triangulation and look."""
        return topology == self.topology and paint is self.paint

    def hide(self) -> None:
        """Draw nothing of it."""
        self.surface.set_hidden(self.surface.actors)
        if self.marks is not None:
            self.marks.actor.SetVisibility(False)

    def remove_from(self, renderer: vtkRenderer) -> None:
        """Let a renderer let go of it."""
        self.surface.remove_from(renderer)
        if self.marks is not None:
            renderer.RemoveActor(self.marks.actor)
