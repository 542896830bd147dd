"""Frames that no face brings forth: it stands still, repeats itself, or jumps.

Trackers hold the last frame when they lose a face, a rate told too high repeats frames, and a cut
or a lost vertex order jumps. A reading of such frames says nothing of a face.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Floats, MeshSequence

STILL_MM = 1e-4  # root mean square of the vertices, below which two frames are the same
FROZEN_S = 0.3  # seconds that a face in motion is not the same
REPEATED = 0.2  # share of frames that may repeat the one before
JUMP_MM, JUMP = 4.0, 8.0  # the least a jump moves, and how many times the steps beside it
_BESIDE = 3  # steps on either side that a jump is compared with
_LISTED = 3

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Irregularities:
    """What is wrong with the course of a clip.

    Attributes
    ----------
    frozen
        Stretches start..stop-1 of frames that are all the same.
    repeated
        Share of all frames that repeat the one before, alone or in pairs.
    jumps
        Frames that the face jumps to.
    """

    frozen: tuple[tuple[int, int], ...] = ()
    repeated: float = 0.0
    jumps: tuple[int, ...] = ()

    def sentences(self, fps: float) -> tuple[str, ...]:
        """Say each kind in a sentence, in the clip's frames and at its frames a second."""
        out = []
        if self.frozen:
            spans = [
                f"{start} to {stop - 1} ({(stop - start) / fps:.1f} s)"
                for start, stop in self.frozen
            ]
            out.append(f"The face is frozen in frames {_some(spans)}.")
        if self.repeated:
            out.append(
                f"{100 * self.repeated:.0f} % of the frames repeat the one before; the clip may be "
                f"of fewer than {fps:g} frames a second."
            )
        if self.jumps:
            out.append(f"The face jumps at frame {_some([str(frame) for frame in self.jumps])}.")
        return tuple(out)


def course_remarks(sequence: MeshSequence) -> tuple[str, ...]:
    """Say what is wrong with the course of a clip's frames."""
    return irregularities(sequence.vertices, sequence.fps).sentences(sequence.fps)


def irregularities(vertices: Floats, fps: float) -> Irregularities:
    """Look for them in frames (T, V, 3) mm; a clip that never moves has none."""
    if len(vertices) < 4:
        return Irregularities()
    # One after the other: a long clip is in memory once, not three times.
    squares = [np.mean((after - before) ** 2) for before, after in pairwise(vertices)]
    steps = np.sqrt(np.array(squares) * 3.0)
    same = steps < STILL_MM
    if same.all():
        return Irregularities()
    frozen = [
        (start, stop + 1) for start, stop in _runs(same) if stop + 1 - start >= FROZEN_S * fps
    ]
    for start, stop in frozen:
        same[start : stop - 1] = False
    repeated = float(same.mean())
    return Irregularities(tuple(frozen), repeated if repeated > REPEATED else 0.0, _jumps(steps))


def _runs(mask: Mask) -> list[tuple[int, int]]:
    """List the stretches start..stop-1 of a mask (N,) that are true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _jumps(steps: NDArray[np.floating]) -> tuple[int, ...]:
    found = []
    for place in np.flatnonzero(steps > JUMP_MM).tolist():
        beside = np.delete(
            steps[max(place - _BESIDE, 0) : place + _BESIDE + 1], min(place, _BESIDE)
        )
        if steps[place] > JUMP * np.median(beside):
            found.append(place + 1)
    return tuple(found)


def _some(parts: list[str]) -> str:
    more = len(parts) - _LISTED
    return ", ".join(parts[:_LISTED]) + (f" and {more} more" if more > 0 else "")
