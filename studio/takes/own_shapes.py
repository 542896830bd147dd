"""Clips of faces that bring their own ARKit shapes: read in these, and not by their surface."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from studio.core import Given, InputError, MeshSequence, Progress
from studio.core.errors import shortened
from studio.face.registration.carrying.solving import solved
from studio.face.registration.correspondence import Correspondence
from studio.face.registration.shapes import FaceShapes
from studio.io.shapes import rest_pose, shapes_of

from .calm import calm_frames
from .reading import frame_of, read_clip

_MOST = 96  # frames of a clip that tell whose it is


@dataclass(frozen=True, eq=False)
class OwnHead:
    """A head with its own shapes, as a file has it.

    Attributes
    ----------
    mesh : a single frame, at rest
    shapes : in the pose of the mesh
    """

    mesh: MeshSequence
    shapes: FaceShapes

    @classmethod
    def read(cls, path: str, clip: MeshSequence, progress: Progress) -> OwnHead:
        """Read the head that moves in a clip.

        Raises
        ------
        InputError
            Where it cannot be had, has no shapes, and where it is another triangulation.
        """
        place = Path(path)
        # Poses have no rate, which nobody needs to be told.
        poses = read_clip(place, progress, Given(fps=1.0), reorder=False, poses=True)
        poses = poses.renamed(place.name)
        shapes = replace(shapes_of(poses), path=str(place.absolute()))
        if shapes.topology != clip.topology:
            wanted = f"shapes of the {clip.n_vertices:,} vertices of {shortened(clip.name, 60)}"
            other = f"{len(shapes.neutral):,} vertices"
            if clip.n_vertices == len(shapes.neutral):
                other = "as many joined by other triangles"
            raise InputError.of(place, wanted, other)
        rest = rest_pose(poses.frame_names)
        return cls(replace(frame_of(poses, rest or 0), frame_names=()), shapes)

    def moves(self, clip: MeshSequence) -> bool:
        """Whether a clip shows this very head, moved by its shapes."""
        count = min(clip.n_frames, _MOST)
        some = np.unique(np.linspace(0, clip.n_frames - 1, count).round().astype(np.intp))
        there = self.shapes.laid_on(clip.vertices[calm_frames(clip)[0]])
        return solved(there, clip.vertices[some]).explains

    def beside(self, found: Correspondence, clip: MeshSequence) -> Correspondence:
        """Lay what was found of the head where it is in a clip, which tells how it is held."""
        lay = self.shapes.lay(clip.vertices[calm_frames(clip)[0]])
        return (
            replace(found, shapes=self.shapes)
            .grown(lay.scale)
            .placed(lay.rotation, lay.shift, clip.origin)
        )
