"""One clip set up in a VTK renderer: surface, light, background and camera."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkRenderer

from studio.core import MeshSequence, StudioError
from studio.core.sequence import Floats
from studio.face.template import load_template

from . import materials
from .camera import FIELD_OF_VIEW, Orbit
from .heat import heat_limit
from .normals import NormalCache
from .paint import Paint, template_paint
from .steady import Steady
from .surface import Shading, Surface

Regions = Mapping[str, NDArray[np.bool_]]


class Scene:
    """Shows frames of a clip; draws nothing by itself.

    neutral : (V, 3) the heat map is measured from, the first frame unless set; where the clip
        has a rigid region, the motion of the head is taken out first
    orbit : where the camera stands, passed on by `place_camera`
    """

    def __init__(self, renderer: vtkRenderer, theme: str = "light") -> None:
        self.renderer = renderer
        self.sequence: MeshSequence | None = None
        self.surface: Surface | None = None
        self.neutral: Floats | None = None
        self.orbit = Orbit(np.zeros(3), np.full(3, 200.0))
        self.frame = 0
        self.limit = 1.0
        self._normals: NormalCache | None = None
        self._shading: Shading = "smooth"
        self._heat = False
        self._rigid: NDArray[np.bool_] | None = None
        self._steady: Steady | None = None
        self._theme = theme
        materials.light(renderer)
        self.set_theme(theme)
        renderer.GetActiveCamera().SetViewAngle(FIELD_OF_VIEW)

    @property
    def heat_map(self) -> bool:
        return self._heat

    def show_sequence(self, sequence: MeshSequence | None, regions: Regions | None = None) -> None:
        """Show the first frame of another clip, or nothing; the view stays where it fits."""
        if sequence is self.sequence:
            return
        old = self.sequence
        self.clear()
        if sequence is None:
            return
        self.sequence = sequence
        self._rigid = regions.get("rigid") if regions is not None else None
        self._normals = NormalCache(sequence.vertices, sequence.faces)
        self.surface = Surface(sequence.faces, sequence.n_vertices, paint_for(sequence, regions))
        self.surface.add_to(self.renderer)
        self.surface.set_shading(self._shading, self._theme)
        if old is None or old.topology != sequence.topology or self._far(sequence):
            self.orbit = self.orbit.on(sequence.vertices[0])
        self.show_frame(0)
        self._dress()

    def clear(self) -> None:
        """Take the clip out and let go of its arrays."""
        if self.surface is not None:
            self.surface.remove_from(self.renderer)
        self.sequence, self.surface, self.neutral, self._normals = None, None, None, None
        self._rigid, self._steady = None, None
        self.frame = 0

    def show_frame(self, frame: int) -> None:
        """Write a frame, clamped to the clip, into the arrays VTK reads."""
        if self.sequence is None or self.surface is None or self._normals is None:
            return
        self.frame = min(max(frame, 0), self.sequence.n_frames - 1)
        self.surface.show(self.sequence.vertices[self.frame], self._normals[self.frame])
        self._show_heat()

    def set_neutral(self, vertices: Floats | None) -> None:
        """Measure displacement from vertices (V, 3); None means the first frame."""
        if vertices is self.neutral:
            return
        self.neutral, self._steady = vertices, None
        self._dress()

    def set_heat_map(self, *, on: bool) -> None:
        self._heat = on
        self._dress()

    def set_shading(self, shading: Shading) -> None:
        self._shading = shading
        if self.surface is not None:
            self.surface.set_shading(shading, self._theme)

    def set_theme(self, theme: str) -> None:
        """Background and lines for `light` or `dark`."""
        self._theme = theme
        materials.background(self.renderer, theme)
        self.set_shading(self._shading)

    def place_camera(self, aspect: float) -> None:
        """Put the camera where the orbit says; aspect is width over height of the view."""
        camera = self.renderer.GetActiveCamera()
        camera.SetFocalPoint(*self.orbit.target(aspect))
        camera.SetPosition(*self.orbit.position(aspect))
        camera.SetViewUp(*self.orbit.axes()[1])
        camera.SetClippingRange(*self.orbit.clipping(aspect))

    def _rest(self, sequence: MeshSequence) -> Floats:
        """(V, 3) displacement is measured from; a neutral of another shape does not count."""
        if self.neutral is not None and self.neutral.shape == sequence.vertices.shape[1:]:
            return self.neutral
        first: Floats = sequence.vertices[0]
        return first

    def _far(self, sequence: MeshSequence) -> bool:
        """Whether a clip lies elsewhere, or has another size, than the view was fitted to."""
        fitted = Orbit.around(sequence.vertices[0])
        size = float(np.linalg.norm(self.orbit.size))
        moved = float(np.linalg.norm(fitted.center - self.orbit.center))
        return moved > 0.2 * size or not 0.7 < float(np.linalg.norm(fitted.size)) / size < 1.4

    def _show_heat(self) -> None:
        if self._heat and self._steady is not None and self.surface is not None:
            points = self.surface.points
            self.surface.show_heat(self._steady.displacement(self.frame, points))

    def _dress(self) -> None:
        if self.sequence is None or self.surface is None:
            return
        if self._heat:
            if self._steady is None:
                vertices = self.sequence.vertices
                self._steady = Steady.on(self._rest(self.sequence), vertices, self._rigid)
                self.limit = heat_limit(vertices, self._steady)
            self._show_heat()
        self.surface.set_heat(on=self._heat, limit=self.limit)
        self.surface.set_shading(self._shading, self._theme)


def regions_of(sequence: MeshSequence) -> Regions | None:
    """The template's regions for a clip on the template, None for any other."""
    try:
        template = load_template()
    except (StudioError, OSError):
        return None
    return template.regions if template.topology == sequence.topology else None


def paint_for(sequence: MeshSequence, regions: Regions | None) -> Paint | None:
    """Paint laid out on the template's rest face, so that a glance in the first frame does not
    move the irises; on the first frame where the clip is not on the template."""
    if regions is None:
        return None
    if regions_of(sequence) is not None:
        return template_paint()
    return Paint.of(sequence.vertices[0], sequence.faces, regions)
