"""Teeth, gums and lashes as VTK draws them, beside the surface of a clip."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer

from studio.core.sequence import Doubles, Floats, Ints
from studio.face.fittings import Eye, FittedFace, Teeth, load_fittings, unit
from studio.render.coloring.materials import ENAMEL, GUM, LAMPS, LASH, TEETH

from .vtk_bridge import cells, points_on, to_vtk

_EYES = ("eye_right", "eye_left")
# The mirror image of the key light: corners of its disc, its size as a share of the eyeball, and
# how far towards the light it lies from where the eye looks.
_CORNERS, _IMAGE, _CORNEA = 14, 0.072, 0.27
_OVER = 0.2  # mm that it lies over the eyeball
_TURN = 2 * np.pi * np.arange(_CORNERS) / _CORNERS
_RING = np.stack([np.cos(_TURN), np.sin(_TURN)], axis=1).astype(np.float32)


class FittedActors:
    """What a face is fitted with, written in place frame by frame.

    Attributes
    ----------
    actors
        "teeth" with their gums, and "lashes".
    catch
        Draws the lights that are mirrored in the eyes.
    """

    def __init__(self, renderer: vtkRenderer) -> None:
        fittings = load_fittings()
        self._face: FittedFace | None = None
        self._teeth, self._normals = (np.zeros_like(fittings.teeth.points) for _ in range(2))
        self._lashes = np.zeros((fittings.lashes.local.size // 3, 3), dtype=np.float32)
        self._written = [points_on(self._teeth), points_on(self._lashes)]
        self._vtk_normals = to_vtk(self._normals, "Normals")
        teeth = _mesh(self._written[0], fittings.teeth.faces)
        teeth.GetPointData().SetNormals(self._vtk_normals)
        teeth.GetPointData().SetScalars(to_vtk(tooth_colors(fittings.teeth), "Colors", copy=True))
        lashes = _mesh(self._written[1], fittings.lashes.faces)
        self.actors = {"teeth": _actor(teeth), "lashes": _actor(lashes)}
        TEETH.dress(self.actors["teeth"].GetProperty())
        dark = self.actors["lashes"].GetProperty()
        dark.SetColor(*LASH)
        dark.LightingOff()
        self._lights = np.zeros((2, _CORNERS, 3), dtype=np.float32)
        fan = np.arange(_CORNERS - 2)[:, None] + [0, 1, 2]
        fan[:, 0] = 0
        self._written.append(points_on(self._lights.reshape(-1, 3)))
        self.catch = _actor(_mesh(self._written[2], np.concatenate([fan, fan + _CORNERS])))
        self.catch.GetProperty().LightingOff()
        self._gaze: list[tuple[Floats, Floats, float]] = []
        self._blind: set[str] = set()
        self._shown = True
        self.look(np.eye(3))
        for actor in (*self.actors.values(), self.catch):
            renderer.AddActor(actor)

    def remove_from(self, renderer: vtkRenderer) -> None:
        """Let a renderer draw nothing of it any more."""
        for actor in (*self.actors.values(), self.catch):
            renderer.RemoveActor(actor)

    def fit(self, neutral: Floats) -> None:
        """Place them in the face of a person at rest (V, 3), mm."""
        self._face = FittedFace(neutral)

    def show(self, points: Floats, *, close: bool) -> Floats | None:
        """Follow the vertices (V, 3) of a frame; what is hidden is left as it is.

        Parameters
        ----------
        close
            Whether the vertices with lips that meet are wanted.

        Returns
        -------
        These (V, 3) where they are, and somebody is fitted.
        """
        if self._face is None or not (close or self._shown):
            return None
        held = self._face.held(points)
        if self.actors["teeth"].GetVisibility():
            self._teeth[...], self._normals[...] = self._face.teeth(points, held)
            self._written[0].Modified()
            self._vtk_normals.Modified()
        if self.actors["lashes"].GetVisibility():
            self._lashes[...] = self._face.lashes(points, held)
            self._written[1].Modified()
        self._gaze = [self._gaze_of(eye, points) for eye in self._face.eyes]
        self._mirror()
        return self._face.lips(points, held) if close else None

    def look(self, axes: Floats | Doubles) -> None:
        """Mirror the light for a camera whose right, up and backward axes these rows (3, 3) are."""
        self._axes = axes.astype(np.float32)
        half = unit(np.array(LAMPS[0].place)) + np.array([0.0, 0.0, 1.0])
        self._towards = (_CORNEA * unit(half) @ axes).astype(np.float32)
        self._mirror()

    def set_hidden(self, names: Collection[str] | None) -> None:
        """Draw what belongs to the parts of the face that are not hidden; nothing for None."""
        self._shown = names is not None
        hidden = {*names} if names is not None else {"skin", *_EYES}
        self.actors["teeth"].SetVisibility(names is not None)
        self.actors["lashes"].SetVisibility("skin" not in hidden)
        self._blind = hidden & {*_EYES}
        self.catch.SetVisibility(len(self._blind) < 2)
        self._mirror()

    @staticmethod
    def _gaze_of(eye: Eye, points: Floats) -> tuple[Floats, Floats, float]:
        """Find the middle of an eyeball, the direction it looks in, and its radius."""
        center = eye.center(points)
        way = points[eye.front].mean(axis=0) - center
        return center, way / max(float(np.linalg.norm(way)), 1e-6), eye.radius

    def _mirror(self) -> None:
        """Lay the image of the key light on each eyeball where the cornea would show it."""
        if not self._gaze or not self.catch.GetVisibility():
            return
        for name, disc, (center, gaze, radius) in zip(_EYES, self._lights, self._gaze, strict=True):
            out = unit((1 - _CORNEA) * gaze + self._towards)
            # Up and to the right as the camera has it, which looks at the eye from before.
            plane = self._axes[:2] - np.outer(self._axes[:2] @ out, out)
            size = 0.0 if name in self._blind else _IMAGE * radius
            disc[...] = center + (radius + _OVER) * out + _RING @ (size * plane)
        self._written[2].Modified()


def tooth_colors(teeth: Teeth) -> NDArray[np.uint8]:
    """Color the vertices (M, 3) of teeth and gums, darker where less light comes."""
    base = np.where(teeth.gum[:, None], GUM, ENAMEL)
    return np.asarray(np.round(255 * base * teeth.shade[:, None]), dtype=np.uint8)


def _mesh(points: vtkPoints, faces: Ints) -> vtkPolyData:
    mesh = vtkPolyData()
    mesh.SetPoints(points)
    mesh.SetPolys(cells(faces))
    return mesh


def _actor(mesh: vtkPolyData) -> vtkActor:
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(mesh)
    actor = vtkActor()
    actor.SetMapper(mapper)
    return actor
