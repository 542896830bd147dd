"""What the studio knows of a face: its surface, its landmarks and what moves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from studio.core.errors import InputError
from studio.core.sequence import Ints

from .landmarks import FULL, IBUG_68, LAYOUTS, LandmarkLayout
from .rig import Rig
from .template import Template


@dataclass(frozen=True, eq=False)
class FaceModel:
    """A face that clips are recognized as, by their triangulation.

    Attributes
    ----------
    name
        What the face is called.
    template
        Its surface at rest and the regions of it.
    marked
        Name of a layout -> the vertices that are its landmarks, in its order; a face has at least
        those of iBUG, by which it is painted and edited.
    read_rig
        Reads what moves the face; None: nothing does.

    Raises
    ------
    InputError
        Where landmarks are missing, or are no vertices.
    """

    name: str
    template: Template
    marked: Mapping[str, tuple[int, ...]]
    read_rig: Callable[[], Rig] | None = None

    def __post_init__(self) -> None:
        for layout in LAYOUTS.values():
            ids = self.marked.get(layout.name, ())
            if len(ids) != len(layout) and (ids or layout is IBUG_68):
                found = f"{len(ids)} of {layout.name}"
                raise InputError.of(self.name, f"{len(layout)} landmarks", found)
        count = self.template.n_vertices
        wrong = [one for ids in self.marked.values() for one in ids if not 0 <= one < count]
        if wrong:
            raise InputError.of(self.name, f"landmarks on {count} vertices", f"vertex {wrong[0]}")

    @property
    def topology(self) -> str:
        """Hash of the triangulation."""
        return self.template.topology

    @property
    def topologies(self) -> tuple[str, str]:
        """Hash of the triangulation, and of the list of its triangles."""
        return self.template.topology, self.template.listed_topology

    @cached_property
    def rig(self) -> Rig | None:
        """What moves the face, read when it is first asked for."""
        return self.read_rig() if self.read_rig is not None else None

    @property
    def layouts(self) -> tuple[str, ...]:
        """Names of the landmark layouts that the face has."""
        return (*self.marked, FULL)

    def layout(self, name: str) -> LandmarkLayout:
        """Give the order of the landmarks of a layout. Raises as `landmarks`."""
        count = len(self.landmarks(name))
        if name in LAYOUTS:
            return LAYOUTS[name]
        mirror = tuple(self.template.mirror.tolist())
        return LandmarkLayout(name, mirror, {"vertex": range(count)})

    def landmarks(self, layout: str) -> Ints:
        """Find the vertices that are landmarks.

        Parameters
        ----------
        layout : "ibug-68", "bu3dfe-83", or "full" for every vertex

        Returns
        -------
        (M,) int32 vertex ids in the order of the layout

        Raises
        ------
        InputError
            The face has no landmarks in this layout.
        """
        if layout == FULL:
            return np.arange(self.template.n_vertices, dtype=np.int32)
        if layout not in self.marked:
            raise InputError.of("landmarks", f"one of {', '.join(self.layouts)}", layout)
        return np.array(self.marked[layout], dtype=np.int32)
