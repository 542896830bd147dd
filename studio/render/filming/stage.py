"""A place where faces are filmed off-screen, under any light and by any lens."""

from __future__ import annotations

import math
from types import TracebackType

import numpy as np
from vtkmodules.vtkRenderingCore import vtkLight

from studio.core import MeshSequence
from studio.core.sequence import Floats
from studio.face.known import regions_of, studio_face
from studio.render.coloring.eyes import Image
from studio.render.coloring.materials import MATERIALS
from studio.render.offscreen import OffScreen
from studio.render.scene import Scene

from .shot import Shot

_DYED = ("skin", "mouth_inside")


class Stage:
    """Draws faces of the studio's triangulation; a context manager.

    Parameters
    ----------
    width, height
        Of the pictures, in pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        self.screen = OffScreen(width, height)
        self.scene = Scene(self.screen.renderer)
        self._faces = studio_face().template.faces

    def film(self, rest: Floats, shot: Shot) -> None:
        """Put a person (V, 3) mm at rest before the camera, and set light and lens for a shot."""
        clip = MeshSequence(rest[None], self._faces)
        self.scene.show_sequence(clip, regions_of(clip.topology), rest)
        self._light(shot)
        self._aim(rest, shot)

    def picture(self, frame: Floats) -> Image:
        """Draw the person's vertices (V, 3) mm: (height, width, 3)."""
        self.scene.show_points(frame)
        return self.screen.draw()

    def _light(self, shot: Shot) -> None:
        renderer, lighting = self.screen.renderer, shot.lighting
        renderer.RemoveAllLights()
        x, y, z = lighting.place
        for place, color, strength in (
            ((x, y, z), lighting.color, lighting.strength),
            ((-x, 0.1, z), (0.95, 0.97, 1.0), lighting.fill),
        ):
            lamp = vtkLight()
            lamp.SetLightTypeToCameraLight()
            lamp.SetPosition(*place)
            lamp.SetFocalPoint(0, 0, 0)
            lamp.SetColor(*color)
            lamp.SetIntensity(strength)
            renderer.AddLight(lamp)
        self.screen.clear_background(shot.back)
        if self.scene.surface is not None:
            for name in _DYED:
                surface = self.scene.surface.actors[name].GetProperty()
                material = MATERIALS[name]
                surface.SetDiffuseColor(*np.multiply(material.color, shot.skin))
                surface.SetAmbientColor(*np.multiply(material.shadow, shot.skin))

    def _aim(self, rest: Floats, shot: Shot) -> None:
        low, high = rest.min(axis=0).astype(float), rest.max(axis=0).astype(float)
        tall = (high[1] - low[1]) / shot.height
        away = tall / 2 / math.tan(math.radians(shot.lens / 2)) + (high[2] - low[2]) / 4
        middle = (low + high) / 2
        target = middle - np.array([*shot.shift, 0.0]) * tall
        camera = self.screen.renderer.GetActiveCamera()
        camera.SetViewAngle(shot.lens)
        camera.SetFocalPoint(*target)
        camera.SetPosition(*(target + np.array([0.0, 0.0, away])))
        camera.SetViewUp(0, 1, 0)
        camera.SetClippingRange(away / 10, away + 1000)

    def __enter__(self) -> Stage:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.scene.clear()
        self.screen.close()
