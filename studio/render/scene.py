"""One clip set up in a VTK renderer: surface, light, background and camera."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkRenderer

from studio.core import MeshSequence
from studio.core.sequence import Doubles, Floats
from studio.document.view import Shading
from studio.face.fittings import has_fittings, load_fittings
from studio.face.known import known
from studio.face.landmarks import IBUG_68
from studio.render.coloring.heat import limit_of, same_face, steady_of
from studio.render.coloring.paint import Paint, Textures, paint_for

from .camera import FIELD_OF_VIEW, Orbit
from .coloring import materials
from .fittings import FittedActors
from .marks import Marks
from .motion_trace import MotionTrace
from .normals import NormalCache, NormalFilter
from .spare import Spare
from .steady import Measure, Steady, between
from .surface import Surface

Regions = Mapping[str, NDArray[np.bool_]]


class Scene:
    """Shows frames of a clip; draws nothing by itself.

    Attributes
    ----------
    neutral
        (V, 3) mm the heat map is measured from, the first frame unless set; where the clip has a
        rigid region, the motion of the head is taken out first.
    orbit
        Where the camera stands, passed on by `place_camera`.
    """

    def __init__(self, renderer: vtkRenderer, theme: str = "light") -> None:
        self.renderer = renderer
        self.sequence: MeshSequence | None = None
        self.surface: Surface | None = None
        self.neutral: Floats | None = None
        self.orbit = Orbit(np.zeros(3), np.full(3, 200.0))
        self.frame = 0
        self.limit, self.own_limit = 1.0, 1.0
        self.marks: Marks | None = None
        self._normals: NormalCache | None = None
        self._shading: Shading = "smooth"
        self._heat = self._landmarks = self._over = self._colored = False
        self._traced: frozenset[str] = frozenset()  # of "ghosts" and "trails"
        self._trace: MotionTrace | None = None
        self._hidden: frozenset[str] = frozenset()
        self._pixel = 1.0
        self.rigid: NDArray[np.bool_] | None = None
        self._steady: Steady | None = None
        self.against: Measure | None = None
        self._ranged: Measure | None = None  # what the range is known for
        self._textures = Textures()
        self._paint: Paint | None = None
        self._spare: Spare | None = None
        self._fitted: FittedActors | None = None
        self._with_fittings, self._rounded = True, True
        self._theme = theme
        materials.light(renderer)
        self.set_theme(theme)
        renderer.GetActiveCamera().SetViewAngle(FIELD_OF_VIEW)

    @property
    def heat_map(self) -> bool:
        """Whether colors tell a distance."""
        return self._heat or self.against is not None

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of what the surface is divided into."""
        return tuple(self.surface.actors) if self.surface is not None else ()

    @property
    def has_fittings(self) -> bool:
        """Whether the clip is of a face that teeth and lashes are known for."""
        if self.sequence is None or self._paint is None:
            return False
        return has_fittings(self.sequence.topology)

    def show_sequence(
        self,
        sequence: MeshSequence | None,
        regions: Regions | None = None,
        neutral: Floats | None = None,
        upright: Doubles | None = None,
    ) -> None:
        """Show the first frame of another clip, or nothing; the view stays where it fits.

        Parameters
        ----------
        sequence : None shows nothing
        regions : masks (V,) by name
        neutral : (V, 3) as for `set_neutral`; given here, the heat map is measured once, not twice
        upright : (3, 3) how the face is held, as `Orbit` has it; None where its y is up
        """
        if sequence is not None:
            held = np.eye(3) if upright is None else upright
            self.orbit = self.orbit.standing(held, sequence.vertices[0])
        if sequence is self.sequence:
            self.set_neutral(neutral)
            return
        old, paint = self.sequence, paint_for(sequence, regions) if sequence is not None else None
        self._put_aside()
        if sequence is None:
            return
        self.sequence, self.neutral, self._paint = sequence, neutral, paint
        self.rigid = regions.get("rigid") if regions is not None else None
        self._take_surface(sequence)
        first = sequence.vertices[0]
        if old is None or old.topology != sequence.topology or self.orbit.misses(first):
            self.orbit = self.orbit.on(first)
        self._fit()
        self.show_frame(0)
        self._dress()
        self._mark()
        self.set_traced(self._traced)

    def clear(self) -> None:
        """Take out all that was ever shown, and let go of its arrays."""
        self._put_aside()
        if self._spare is not None:
            self._spare.remove_from(self.renderer)
            self._spare = None
        self._take_fittings_off()

    def _put_aside(self) -> None:
        """Let go of the clip, and keep its surface where nobody sees it.

        VTK gives up what it has uploaded and compiled for a surface that is taken out, and what
        is shown next, be it after nothing, is most often the same surface in another motion.
        """
        if self.sequence is not None and self.surface is not None and self._normals is not None:
            made_for = self.sequence.topology, self._paint
            self._spare = Spare(self.surface, self.marks, self._normals.filter, *made_for)
            self._spare.hide()
        self.sequence, self.surface, self.neutral, self._normals = None, None, None, None
        self.marks, self.rigid, self._steady, self._paint = None, None, None, None
        self.against, self._ranged = None, None
        self.frame = 0
        self._take_trace_off()
        self._finish()

    def _take_surface(self, sequence: MeshSequence) -> None:
        """Take the surface that was put aside where it is of this kind, or else a new one."""
        spare, self._spare = self._spare, None
        if spare is not None and spare.serves(sequence.topology, self._paint):
            self.surface, self.marks, normals = spare.surface, spare.marks, spare.normals
        else:
            if spare is not None:
                spare.remove_from(self.renderer)
            self._make_surface(sequence)
            normals = NormalFilter(sequence.faces, sequence.n_vertices)
        self._normals = NormalCache(sequence.vertices, normals)
        self.set_hidden(self._hidden)

    def _make_surface(self, sequence: MeshSequence) -> None:
        self.surface = Surface(sequence.faces, sequence.n_vertices, self._paint, self._textures)
        self.surface.add_to(self.renderer)
        face = known(sequence.topology)
        if face is not None:
            self.marks = Marks(face.landmarks(IBUG_68.name))
            self.renderer.AddActor(self.marks.actor)

    def show_frame(self, frame: int) -> None:
        """Write a frame, clamped to the clip, into the arrays VTK reads."""
        if self.sequence is None or self.surface is None or self._normals is None:
            return
        self.frame = min(max(frame, 0), self.sequence.n_frames - 1)
        self._write(self.sequence.vertices[self.frame], self._normals[self.frame])
        self._follow()
        if self._trace is not None:
            self._trace.show(self.frame, self._normals)

    def show_moment(self, moment: float) -> None:
        """Show the clip between two frames, its points on a straight way from one to the other."""
        frame, share = int(moment), np.float32(moment % 1)
        if not share or self.sequence is None or self.surface is None:
            self.show_frame(frame)
            return
        vertices, self.frame = self.sequence.vertices, frame
        self.show_points((1 - share) * vertices[frame] + share * vertices[frame + 1])
        if self._heat and self.against is None and self._steady is not None:
            self.surface.show_heat(between(self._steady, vertices, moment))

    def set_over(self, *, on: bool) -> None:
        """Draw nothing of a clip that is over; the view stays as it is."""
        if on != self._over:
            self._over = on
            self.set_hidden(self._hidden)
            self._mark()

    def show_points(self, points: Floats) -> None:
        """Write vertices (V, 3) in the place of the frame on show, until the next frame."""
        if self.surface is None or self._normals is None:
            return
        self._write(points, self._normals.of(points))
        self._follow()

    def _write(self, points: Floats, normals: Floats) -> None:
        if self.surface is None:
            return
        closed = None
        if self._fitted is not None and self.has_fittings:
            closed = self._fitted.show(points, close=self.surface.is_round)
        self.surface.show(points, normals, closed)

    def _follow(self) -> None:
        """Bring along what goes with the points that have been written."""
        if self.marks is not None and self.surface is not None and self._landmarks:
            self.marks.show(self.surface.points)
        self._show_heat()

    def _fit(self) -> None:
        """Give the person on show teeth, lashes and lips that meet."""
        if self.sequence is None:
            return
        if not self.has_fittings:
            self._take_fittings_off()
        elif self._fitted is None:
            self._fitted = FittedActors(self.renderer)
        if self._fitted is not None:
            self._fitted.fit(self._rest(self.sequence))
        self._finish()

    def _take_fittings_off(self) -> None:
        if self._fitted is not None:
            self._fitted.remove_from(self.renderer)
            self._fitted = None

    def _finish(self) -> None:
        """Dress a face that is shown as a face, not one whose mesh or motion is looked at."""
        if self._fitted is None:
            return
        skin = not (self._colored or self._over) and self._shading in ("smooth", "flat")
        shown = skin and self.has_fittings
        self._fitted.set_hidden(self._hidden if shown and self._with_fittings else None)
        if self.surface is not None:
            rounded = shown and self._rounded and self._shading == "smooth"
            if self.surface.is_round != rounded:
                self.surface.set_round(load_fittings().edges if rounded else None)
            self._write(self.surface.points.copy(), self.surface.normals.copy())

    def set_fittings(self, *, on: bool) -> None:
        """Draw teeth and lashes, where they are known for the face."""
        self._with_fittings = on
        self._finish()

    def set_rounded(self, *, on: bool) -> None:
        """Draw a round outline and lips that meet, where the face is known."""
        self._rounded = on
        self._finish()

    def set_neutral(self, vertices: Floats | None) -> None:
        """Measure displacement from vertices (V, 3); None means the first frame."""
        if same_face(vertices, self.neutral):
            return
        self.neutral, self._steady = vertices, None
        self._fit()
        self._dress()

    def set_heat_map(self, *, on: bool) -> None:
        """Color the face by its displacement, or by its materials."""
        self._heat = on
        self._dress()

    def set_against(self, measure: Measure | None) -> None:
        """Color by this distance instead, whether the heat map is on or not; None ends it."""
        self.against = measure
        self._dress()

    def set_limit(self, limit: float) -> None:
        """Stretch the heat map's colors to the range of another clip beside this one."""
        self.limit = limit
        if self.surface is not None:
            self.surface.set_limit(limit)

    def set_landmarks(self, *, on: bool) -> None:
        """Dots on the 68 landmarks, where the clip is on the template."""
        self._landmarks = on
        self._mark()

    def set_traced(self, names: Collection[str]) -> None:
        """Show motion around the frame: "ghosts" before and after it, "trails" of landmarks."""
        self._traced = frozenset(names)
        self._take_trace_off()
        if self.sequence is None or not names or self._over:
            return
        ids = np.zeros(0, dtype=np.int32) if self.marks is None else self.marks.ids
        self._trace = MotionTrace(self.renderer, self.sequence, ids)
        self._trace.ghosts, self._trace.trails = "ghosts" in names, "trails" in names
        self._trace.set_pixel(self._pixel)
        self.show_frame(self.frame)

    def _take_trace_off(self) -> None:
        if self._trace is not None:
            self._trace.remove()
            self._trace = None

    def set_hidden(self, names: Collection[str]) -> None:
        """Draw all parts but these."""
        self._hidden = frozenset(names)
        if self.surface is not None:
            self.surface.set_hidden(self.surface.actors if self._over else self._hidden)
        self._finish()

    def set_shading(self, shading: Shading) -> None:
        """Choose how the surface is drawn."""
        self._shading = shading
        self._shade()

    def set_pixel(self, pixel: float) -> None:
        """How many dots of the picture make a pixel of the layout; lines and points grow by it."""
        if pixel != self._pixel:
            self._pixel = pixel
            self._shade()
            self._mark()
            if self._trace is not None:
                self._trace.set_pixel(pixel)

    def set_theme(self, theme: str) -> None:
        """Background and lines for `light` or `dark`."""
        self._theme = theme
        materials.background(self.renderer, theme)
        self._shade()

    def place_camera(self, aspect: float) -> None:
        """Put the camera where the orbit says; aspect is width over height of the view."""
        camera = self.renderer.GetActiveCamera()
        camera.SetFocalPoint(*self.orbit.target(aspect))
        camera.SetPosition(*self.orbit.position(aspect))
        camera.SetViewUp(*self.orbit.axes()[1])
        camera.SetParallelProjection(self.orbit.parallel)
        camera.SetParallelScale(self.orbit.scale(aspect))
        camera.SetClippingRange(*self.orbit.clipping(aspect))
        if self._fitted is not None:
            self._fitted.look(np.stack(self.orbit.axes()))

    def _rest(self, sequence: MeshSequence) -> Floats:
        """(V, 3) displacement is measured from; a neutral of another shape does not count."""
        if self.neutral is not None and self.neutral.shape == sequence.vertices.shape[1:]:
            return self.neutral
        first: Floats = sequence.vertices[0]
        return first

    def _measure(self) -> Measure | None:
        return self.against or (self._steady if self._heat else None)

    def _show_heat(self) -> None:
        """Color by what is measured, by the materials where there is nothing to compare with."""
        measure = self._measure()
        if measure is None or self.surface is None:
            return
        away = measure.displacement(self.frame, self.surface.points)
        if away is not None:
            self.surface.show_heat(away)
        if self._colored != (away is not None):
            self._color(on=away is not None)

    def _color(self, *, on: bool) -> None:
        if self.surface is not None:
            self._colored = on
            self.surface.set_heat(on=on, limit=self.limit)
            self._shade()

    def _dress(self) -> None:
        if self.sequence is None or self.surface is None:
            return
        vertices = self.sequence.vertices
        if self._heat and self._steady is None:
            self._steady = steady_of(self.sequence, self._rest(self.sequence), self.rigid)
        measure = self._measure()
        if measure is not None and measure is not self._ranged:
            self._ranged, self.own_limit = measure, limit_of(vertices, measure)
            self.limit = self.own_limit
        self._color(on=measure is not None)
        self._show_heat()

    def _shade(self) -> None:
        if self.surface is not None:
            self.surface.set_shading(self._shading, self._theme, self._pixel)
            self._finish()

    def _mark(self) -> None:
        if self.marks is None or self.surface is None:
            return
        self.marks.actor.SetVisibility(self._landmarks and not self._over)
        self.marks.set_pixel(self._pixel)
        self.marks.show(self.surface.points)
