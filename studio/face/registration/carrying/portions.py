"""Clips that are worked on some frames at a time."""

from __future__ import annotations

from collections.abc import Iterator

from studio.core.errors import InputError
from studio.core.progress import Progress
from studio.core.sequence import Floats

FRAMES = 64  # at once


def portions(
    vertices: Floats,
    count: int,
    what: str,
    message: str,
    progress: Progress | None,
    frames: int = FRAMES,
) -> Iterator[slice]:
    """Check that a clip is of a face, and go through it some frames at a time.

    Parameters
    ----------
    vertices : (T, N, 3) mm
    count : N, of the face
    what : a name for the clip, in the error
    message : what is done, for the progress
    progress : hears how far it is, and stops it
    frames : how many at a time

    Raises
    ------
    InputError
        For frames of another number of vertices.
    """
    if vertices.ndim != 3 or vertices.shape[1:] != (count, 3):
        raise InputError.of(what, f"frames of {count} vertices", f"shape {vertices.shape}")
    starts = (progress or Progress()).each(range(0, len(vertices), frames), message)
    return (slice(start, start + frames) for start in starts)
