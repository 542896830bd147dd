"""A second clip in the window of a first: beside it, in its place, or as the distance to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer, vtkRenderWindow

from studio.core import MeshSequence
from studio.core.sequence import Doubles, Floats
from studio.document.view import Comparing
from studio.render.camera import Orbit
from studio.render.coloring import materials
from studio.render.scene import Regions, Scene

from .apart import apart, can_measure
from .difference import moment_beside
from .heads import Head

# How a face that lies over another is told from it: its opacity, and the color of its light.
_THROUGH, _TINT, _PLAIN = 0.5, (0.15, 0.55, 1.0), (1.0, 1.0, 1.0)
WHOLE, LEFT, RIGHT = (0.0, 0.0, 1.0, 1.0), (0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0)


class Pair:
    """Draws the scene of a window and another with linked cameras and one playhead.

    Attributes
    ----------
    scene
        The clip that is worked on.
    other
        The one it is compared with.
    flipped
        Whether, of two clips that are shown in turn, the other is to be seen now.
    """

    def __init__(self, scene: Scene, window: vtkRenderWindow, theme: str) -> None:
        self.scene = scene
        self.other = Scene(vtkRenderer(), theme)
        self.mode: Comparing = "side by side"
        self.flipped = False
        self._heads: tuple[Head, Head] | None = None
        self._measured: tuple[object, object, object] | None = None
        self._window = window
        window.AddRenderer(self.other.renderer)
        self._lay_out()

    @property
    def can_measure(self) -> bool:
        """Whether the distance of the clips can be told."""
        one, other = self.scene.sequence, self.other.sequence
        return one is not None and other is not None and can_measure(one, other)

    @property
    def shown(self) -> Comparing:
        """The mode, or what takes its place where the clips do not suit it."""
        unfit = self.mode == "error map" and not self.can_measure
        return "side by side" if unfit else self.mode

    def show(
        self,
        sequence: MeshSequence,
        regions: Regions | None,
        neutral: Floats | None = None,
        upright: Doubles | None = None,
        heads: tuple[Head, Head] | None = None,
    ) -> None:
        """Compare with this clip, its displacement measured from its own neutral (V, 3).

        `upright` (3, 3) is as in `Scene.show_sequence`, `heads` as in `apart`.
        """
        self._heads = heads
        self.other.show_sequence(sequence, regions, neutral, upright)
        self.refresh()

    def set_mode(self, mode: Comparing, *, flipped: bool = False) -> None:
        """Choose how clips are compared; those that cannot be measured stand side by side."""
        self.mode, self.flipped = mode, flipped
        self.refresh()

    def refresh(self) -> None:
        """Follow what has changed in either scene: its clip, its heat map."""
        self._measure()
        self._lay_out()
        self.show_frame(self.scene.frame)
        self.share_limit()

    def show_frame(self, frame: int) -> None:
        """Show a frame of the first clip, and the same moment of the other while that lasts."""
        self.scene.show_frame(frame)
        one, other = self.scene.sequence, self.other.sequence
        if one is not None and other is not None and self.other.renderer.GetDraw():
            moment = moment_beside(self.scene.frame, one.timing, other.timing)
            self.other.set_over(on=moment is None)
            if moment is not None:
                self.other.show_moment(moment)

    def place_camera(self, aspect: float) -> None:
        """Both look from the same side; aspect is width over height of the whole window."""
        beside = self.shown == "side by side"
        share = aspect / 2 if beside else aspect
        self.scene.place_camera(share)
        self.other.orbit = self._beside(self.scene.orbit)
        self.other.place_camera(share)

    def set_pixel(self, pixel: float) -> None:
        """Tell both scenes how many dots a pixel of the layout has."""
        self.on_both(lambda scene: scene.set_pixel(pixel))

    def share_limit(self) -> None:
        """One range of colors for both, as they are looked at together."""
        if self.shown != "error map" and self.scene.heat_map:
            top = max(self.scene.own_limit, self.other.own_limit)
            self.scene.set_limit(top)
            self.other.set_limit(top)

    def on_both(self, act: Callable[[Scene], object]) -> None:
        """Do the same to both scenes."""
        for scene in (self.scene, self.other):
            act(scene)

    def close(self) -> None:
        """Leave the window to the first clip."""
        self.scene.set_against(None)
        self.scene.set_limit(self.scene.own_limit)
        self.scene.renderer.SetViewport(*WHOLE)
        self.scene.renderer.SetDraw(True)
        self.other.clear()
        self._window.RemoveRenderer(self.other.renderer)
        self._window.SetNumberOfLayers(1)

    def _measure(self) -> None:
        one, other = self.scene.sequence, self.other.sequence
        if self.shown != "error map" or one is None or other is None:
            self.scene.set_against(None)
            return
        for_what = one, other, self._heads
        if self._measured != for_what or self.scene.against is None:
            self._measured = for_what
            self.scene.set_against(apart(one, other, self._heads))

    def _lay_out(self) -> None:
        shown, flip = self.shown, self.flipped and self.mode == "flip"
        beside, over = shown == "side by side", shown == "overlay"
        for scene, half, draws in (
            (self.scene, LEFT, not flip),
            (self.other, RIGHT, beside or over or flip),
        ):
            scene.renderer.SetViewport(*(half if beside else WHOLE))
            scene.renderer.SetDraw(draws)
        self._window.SetNumberOfLayers(1 + over)
        self.other.renderer.SetLayer(int(over))
        self.other.renderer.SetPreserveDepthBuffer(over)
        materials.light(self.other.renderer, _TINT if over else _PLAIN)
        actors = self.other.renderer.GetActors()
        for place in range(actors.GetNumberOfItems()):
            actor = actors.GetItemAsObject(place)
            if isinstance(actor, vtkActor):
                actor.GetProperty().SetOpacity(_THROUGH if over else 1.0)

    def _beside(self, orbit: Orbit) -> Orbit:
        """Look at the other clip the same way, so that its place can be compared too.

        It has a view of its own where it lies elsewhere or has another size.
        """
        one, other, held = self.scene.sequence, self.other.sequence, self.other.orbit.upright
        if one is None or other is None:
            return orbit
        if not np.array_equal(held, orbit.upright):
            return Orbit.around(other.vertices[0], held).like(orbit)
        # The same place in the world, as the other clip counts it.
        there = replace(orbit, center=orbit.center + (one.origin - other.origin))
        if not there.misses(other.vertices[0]):
            return there
        return Orbit.around(other.vertices[0], held).like(orbit)
