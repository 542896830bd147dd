"""How the head of a recording turns, so that what is moved by hand in a frame turns with it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from studio.core import MeshSequence, alignment
from studio.core.sequence import Floats
from studio.face.template import template_of


def head_turns(recording: MeshSequence, start: int, frames: NDArray[np.integer]) -> Floats:
    """Find how the head is turned since a frame.

    Of the template's triangulation the region that no expression moves is looked at, of any other
    the whole surface.

    Parameters
    ----------
    recording : T frames
    start : the frame that is compared with
    frames : (N,) frames

    Returns
    -------
    (N, 3, 3) rotations that take a direction in frame `start` to the same direction of the head in
    each of N frames; where the head does not turn, the identity bit for bit.
    """
    template = template_of(recording.topology)
    everything = np.ones(recording.n_vertices, dtype=bool)
    chosen = alignment.head_points(everything if template is None else template.regions["rigid"])
    now = recording.vertices[np.asarray(frames)[:, None], chosen]
    return alignment.head_turns(now, recording.vertices[start, chosen])
