"""Documents to store, and whether one that came back is the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from studio.document import Document, DocumentState

from .clips import square


def small_document() -> Document:
    """Three clips: opened and edited, generated, and a copy on the same frames."""
    document = Document()
    recording = square(7, name="a/b: ü", fps=23.976).at(np.array([0.1, -2e6, 3]))
    recording = replace(recording, remarks=("Row 3 was lost.",), frame_names=tuple("äbcdefg"))
    opened = document.open_clip(recording, Path("/takes/ü.csv"))
    document.set_range(opened, 2, 6)
    document.set_neutral_frame(opened, 3)
    recipe = {"label": "fear", "seed": 4, "face": [0.1, 0.25], "more": {"a": None, "b": True}}
    made = document.add_generated(square(5, name="fear 4"), recipe)
    document.duplicate_clip(made)
    document.star_clips([made], starred=True)
    document.set_current(opened)
    document.set_generation(label="anger", seed=2**31 - 1, intensity=0.1)
    return document


def same(one: DocumentState, other: DocumentState) -> bool:
    """Whether two documents are equal to the last bit."""
    if (one.current, one.generation) != (other.current, other.generation):
        return False
    return len(one.clips) == len(other.clips) and all(
        a == replace(b, recording=a.recording)
        and (a.recording.fps, a.recording.name) == (b.recording.fps, b.recording.name)
        and a.recording.remarks == b.recording.remarks
        and a.recording.frame_names == b.recording.frame_names
        and np.array_equal(a.recording.origin, b.recording.origin)
        and np.array_equal(a.recording.faces, b.recording.faces)
        and a.recording.vertices.tobytes() == b.recording.vertices.tobytes()
        for a, b in zip(one.clips, other.clips, strict=True)
    )
