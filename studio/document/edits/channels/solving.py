"""The weights of a clip in the shapes of its face, which its channels are counted from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from studio.core import MeshSequence, Progress
from studio.core.sequence import Doubles, Floats
from studio.document.edits.edit import rows_of
from studio.face.known import studio_face
from studio.face.registration.carrying.solving import Solved, solved
from studio.face.registration.carrying.weighing import shapes_at_rest
from studio.face.registration.shapes import FaceShapes
from studio.face.rig import ARKIT


@dataclass(frozen=True, eq=False)
class ChannelBasis:
    """The shapes that move a face.

    Attributes
    ----------
    shapes
        Its face at rest, and what each channel of 1 adds to it.
    """

    shapes: FaceShapes

    @classmethod
    def of(cls, recording: MeshSequence, own: FaceShapes | None) -> ChannelBasis:
        """Take a head's own shapes, or those of the studio's face on the person of a recording.

        The face at rest is estimated where it is no person of the rig. The estimate decides how
        much of a frame counts as channels, and nothing of what plays: the rest stays beside them.
        """
        return cls(shapes_at_rest(recording.vertices)[0] if own is None else own)

    @property
    def nbytes(self) -> int:
        """The bytes of memory it takes."""
        return self.shapes.neutral.nbytes + self.shapes.deltas.nbytes

    @property
    def channels(self) -> tuple[str, ...]:
        """Those that move the face."""
        return self.shapes.names

    def changed(
        self, vertices: Floats, change: Callable[[Doubles], Doubles], progress: Progress
    ) -> Floats:
        """Move frames by other weights than they have; what no channel explains stays.

        Parameters
        ----------
        vertices
            (T, V, 3) mm, which are moved in place.
        change
            Gives the weights (T, 52) that the frames are to have from those that they have.
        progress
            To hear a stop.

        Returns
        -------
        (T, V, 3) mm
        """
        found = self.solved(vertices, progress)
        weights = found.weights.astype(np.float64)
        self._add(vertices, found, change(weights) - weights)
        return vertices

    def weights(self, vertices: Floats, progress: Progress | None = None) -> Doubles:
        """Solve frames (T, V, 3) in mm: (T, 52)."""
        return self.solved(vertices, progress).weights.astype(np.float64)

    def solved(self, vertices: Floats, progress: Progress | None = None) -> Solved:
        """Solve frames (T, V, 3) in mm, the motion of the head apart."""
        return solved(self.shapes, vertices, progress)

    def _add(self, vertices: Floats, solution: Solved, more: Doubles) -> None:
        """Add weights (T, 52) to frames (T, V, 3) in mm in place, as the head is held in each.

        A frame to which nothing is added keeps every bit.
        """
        moved, channels = np.asarray(more.any(axis=1)), np.flatnonzero(more.any(axis=0))
        if not len(channels):
            return
        rows = rows_of(moved)
        deltas = self.shapes.deltas[channels].reshape(len(channels), -1)
        flat = more[rows][:, channels].astype(np.float32) @ deltas
        shift = flat.reshape(-1, *vertices.shape[1:])
        vertices[rows] += shift @ solution.head.rotation[rows].astype(np.float32)


def moves_face(recording: MeshSequence, own: FaceShapes | None) -> bool:
    """Whether channels can move a recording: the studio's face, or a head with its own shapes."""
    return recording.topology == (studio_face() if own is None else own).topology


def reaches(shapes: FaceShapes) -> Doubles:
    """Tell how far each channel of 1 moves the vertex that it moves most: (52,) mm."""
    far = np.linalg.norm(shapes.deltas, axis=2).max(axis=1, initial=0.0)
    return np.asarray(far.reshape(len(ARKIT)), dtype=np.float64)
