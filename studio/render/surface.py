"""A face as VTK draws it: one actor a part, and arrays that are written in place."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonCore import vtkDataArray
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer

from studio.core.sequence import Floats, Ints
from studio.document.view import Shading
from studio.face.refinement import Refinement
from studio.render.coloring.heat import lookup_table
from studio.render.coloring.materials import BODIES, HEAT, LINES, MATERIALS, PLAIN, Material
from studio.render.coloring.paint import Paint, Textures

from .vtk_bridge import cells, points_on, to_vtk

Mask = NDArray[np.bool_]
PARTS = tuple(MATERIALS)
REST = "plain"
# What covers the others is drawn before them, which are then not painted where nobody sees them.
FRONT_FIRST = ("skin", REST, "eye_left", "eye_right", "mouth_inside", "tongue")
VTK_FLAT, VTK_PHONG = 0, 2
DOT = 2.5  # pixels across of a vertex that is drawn as a point
LONE_DOT = 5.0  # and of one of a mesh without faces, where nothing else is to be seen


def split(faces: Ints, regions: Mapping[str, Mask] | None) -> dict[str, Ints]:
    """Part faces (F, 3); a face belongs to a part when all its corners do, else to `plain`."""
    left, parts = np.ones(len(faces), dtype=bool), {}
    for name in PARTS if regions is not None else ():
        if regions is None or name not in regions:
            continue
        mine = left & regions[name][faces].all(axis=1)
        left &= ~mine
        if mine.any():
            parts[name] = faces[mine]
    if left.any() or not parts:
        parts[REST] = faces[left]
    return parts


class Surface:
    """All parts share one array of points, one of normals and one of heat.

    A mesh without faces is drawn as points.

    Attributes
    ----------
    points, normals
        (V, 3) float32 that VTK reads; write through `show`.
    heat
        (V,) float32, mm.
    """

    def __init__(
        self,
        faces: Ints,
        n_vertices: int,
        paint: Paint | None = None,
        textures: Textures | None = None,
    ) -> None:
        regions = paint.regions if paint is not None else None
        self.points: Floats = np.zeros((n_vertices, 3), dtype=np.float32)
        self.normals: Floats = np.zeros((n_vertices, 3), dtype=np.float32)
        self.heat: Floats = np.zeros(n_vertices, dtype=np.float32)
        self._vtk_heat = to_vtk(self.heat, "Displacement")
        self._paint, self._textures = paint, textures or Textures()
        self._colors = lookup_table()
        self._heat_on = False
        self._bare = not len(faces)
        self._whole, self._faces = faces, split(faces, regions)
        self._plain = _Layer(self.points, self.normals, self._faces, paint, self._vtk_heat)
        self._round: _Round | None = None
        self.is_round = False
        self.actors = {name: self._actor(mesh) for name, mesh in self._plain.meshes.items()}
        self.set_heat(on=False)

    def show(self, points: Floats, normals: Floats, closed: Floats | None = None) -> None:
        """Write a frame (V, 3) and its normals into the arrays VTK reads.

        Parameters
        ----------
        points, normals
            (V, 3).
        closed
            (V, 3) what is drawn in the place of the points while the surface is round.
        """
        self.points[...] = points
        self.normals[...] = normals
        if self.is_round and self._round is not None:
            self._round.show(self.points if closed is None else closed, self.normals)
        else:
            self._plain.modified()

    def set_round(self, edges: Ints | None) -> None:
        """Draw a round surface through the vertices, or the triangles as they are.

        To be followed by `show`.

        Parameters
        ----------
        edges
            (E, 2) those that are drawn round; the same as before, or None for none.
        """
        self.is_round = edges is not None
        if edges is not None and self._round is None:
            self._round = _Round(Refinement(self._whole, len(self.points), edges), self._paint)
        shown = self._round.layer if self.is_round and self._round is not None else self._plain
        for name, actor in self.actors.items():
            actor.GetMapper().SetInputDataObject(shown.meshes[name])

    def show_heat(self, away: Floats) -> None:
        """Write the length of the displacement (V, 3) of the points on show."""
        np.sqrt(np.einsum("vc,vc->v", away, away), out=self.heat)
        self._vtk_heat.Modified()

    def set_heat(self, *, on: bool, limit: float = 1.0) -> None:
        """Color by displacement, from 0 to limit millimeters, or by material.

        To be followed by `set_shading`.
        """
        self._heat_on = on
        self.set_limit(limit)
        for actor in self.actors.values():
            actor.GetMapper().SetScalarVisibility(on)

    def set_limit(self, limit: float) -> None:
        """Set the top of the range of colors, in millimeters."""
        self._colors.SetTableRange(0.0, max(limit, 1e-6))

    def set_shading(self, shading: Shading, theme: str, pixel: float = 1.0) -> None:
        """Draw smooth, flat, or edges or points on a quiet body that hides those behind it.

        Parameters
        ----------
        pixel
            Dots of the picture a pixel of the layout has, by which lines and points grow.
        """
        marked = shading in ("wireframe", "points") or self._bare
        for name, actor in self.actors.items():
            look = actor.GetProperty()
            look.SetInterpolation(VTK_FLAT if shading == "flat" else VTK_PHONG)
            material = HEAT if self._heat_on else BODIES[theme] if marked else self._material(name)
            material.dress(look)
            look.SetEdgeVisibility(shading == "wireframe")
            look.SetEdgeColor(*LINES[theme])
            look.SetLineWidth(pixel)
            look.SetVertexVisibility(shading == "points")
            look.SetVertexColor(*LINES[theme])
            look.SetPointSize((LONE_DOT if self._bare else DOT) * pixel)
            look.SetRenderPointsAsSpheres(self._bare or shading == "points")  # round ones
            if self._bare:
                look.SetColor(*LINES[theme])
            bare = self._paint is None or marked or self._heat_on
            image = None if bare or self._paint is None else self._paint.images.get(name)
            actor.SetTexture(self._textures.of(image))  # type: ignore[arg-type]  # None: take it off

    def set_hidden(self, names: Collection[str]) -> None:
        """Draw all parts but these; names the surface does not have are passed over."""
        for name, actor in self.actors.items():
            actor.SetVisibility(name not in names)

    def visible(self) -> Floats:
        """Give the points (N, 3) of the parts that are drawn, all points where none is."""
        corners = np.unique(self.drawn_faces())
        return self.points[corners] if len(corners) else self.points

    def drawn_faces(self) -> Ints:
        """Give the faces (F, 3) of the parts that are drawn."""
        drawn = [self._faces[name] for name, actor in self.actors.items() if actor.GetVisibility()]
        return np.concatenate(drawn) if drawn else np.zeros((0, 3), dtype=np.int32)

    def add_to(self, renderer: vtkRenderer) -> None:
        """Let a renderer draw the surface."""
        for name in sorted(self.actors, key=FRONT_FIRST.index):
            renderer.AddActor(self.actors[name])

    def remove_from(self, renderer: vtkRenderer) -> None:
        """Let a renderer draw it no more."""
        for actor in self.actors.values():
            renderer.RemoveActor(actor)

    def _material(self, name: str) -> Material:
        return MATERIALS.get(name, PLAIN)

    def _actor(self, mesh: vtkPolyData) -> vtkActor:
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(mesh)
        mapper.SetLookupTable(self._colors)
        mapper.UseLookupTableScalarRangeOn()
        mapper.InterpolateScalarsBeforeMappingOn()
        actor = vtkActor()
        actor.SetMapper(mapper)
        return actor


class _Layer:
    """Arrays that VTK reads, and a mesh for each part on them."""

    def __init__(
        self,
        points: Floats,
        normals: Floats,
        parts: Mapping[str, Ints],
        paint: Paint | None,
        heat: vtkDataArray | None = None,
    ) -> None:
        self.points, self.normals = points, normals
        self._heat = heat
        self._vtk_points, self._vtk_normals = points_on(points), to_vtk(normals, "Normals")
        self._uv = to_vtk(paint.coordinates, "UV") if paint is not None else None
        self._own = {name: to_vtk(at, "UV") for name, at in paint.own.items()} if paint else {}
        self.meshes = {name: self._mesh(name, faces) for name, faces in parts.items()}

    def modified(self) -> None:
        """Say that points and normals have been written."""
        self._vtk_points.Modified()
        self._vtk_normals.Modified()

    def _mesh(self, name: str, faces: Ints) -> vtkPolyData:
        mesh = vtkPolyData()
        mesh.SetPoints(self._vtk_points)
        data = mesh.GetPointData()
        if len(faces):
            mesh.SetPolys(cells(faces))
            data.SetNormals(self._vtk_normals)
        else:
            mesh.SetVerts(cells(np.arange(len(self.points), dtype=np.int32)[:, None]))
        if self._heat is not None:
            data.SetScalars(self._heat)
        if self._uv is not None:
            data.SetTCoords(self._own.get(name, self._uv))
        return mesh


class _Round:
    """The layer of a surface whose long edges are drawn round."""

    def __init__(self, finer: Refinement, paint: Paint | None) -> None:
        self._finer = finer
        points, normals = (np.zeros((finer.n_vertices, 3), dtype=np.float32) for _ in range(2))
        if paint is not None:
            regions = {name: self._on_all(mask) for name, mask in paint.regions.items()}
            own = {name: self._spread(at) for name, at in paint.own.items()}
            paint = Paint(self._spread(paint.coordinates), paint.images, regions, own)
        parts = split(finer.faces, paint.regions if paint is not None else None)
        self.layer = _Layer(points, normals, parts, paint)

    def show(self, points: Floats, normals: Floats) -> None:
        """Follow points and normals (V, 3)."""
        self._finer.points(points, normals, self.layer.points)
        self._finer.middles(normals, self.layer.normals)
        self.layer.modified()

    def _spread(self, values: Floats) -> Floats:
        out = np.empty((self._finer.n_vertices, values.shape[1]), dtype=np.float32)
        self._finer.middles(values, out)
        return out

    def _on_all(self, mask: Mask) -> Mask:
        return np.concatenate([mask, mask[self._finer.ends].all(axis=0)])
