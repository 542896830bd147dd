"""Tiny sequences for the tests of the document and the window."""

from __future__ import annotations

import numpy as np

from studio.core import MeshSequence
from studio.document import ClipState, Evaluator, Played

FACES = np.array([[0, 1, 2], [0, 2, 3]])


def square(n_frames: int = 5, *, name: str = "square", fps: float = 30.0) -> MeshSequence:
    """A square of two triangles that moves by 1 mm a frame."""
    corners = np.array([[0, 0, 0], [9, 0, 0], [9, 9, 0], [0, 9, 0]], dtype=np.float32)
    shift = np.arange(n_frames, dtype=np.float32)[:, None, None]
    return MeshSequence(corners + shift, FACES, fps=fps, name=name)


def played(clip: ClipState) -> Played:
    """A clip with frames of its own evaluator."""
    return Played(clip, Evaluator())
