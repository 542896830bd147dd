"""Motion of heads by their own shapes, carried in and back, beside the truth."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Doubles, Floats
from studio.face.registration.carrying import carried_back, carried_in
from studio.face.registration.carrying.laid import laid_on
from studio.face.registration.correspondence import Correspondence
from studio.io import read_weights
from studio.training.datasets.ict_head import read_ict
from studio.training.evaluation.elsewhere import Captured
from studio.training.evaluation.own_faces.flaws import Watched, source_of

from .cases import Case, Scanned

PEOPLE = 21, 22, 23  # of the scanned-head model
FRAMES = 100
_FACE = 9409  # vertices of that model which are its face; the mouth and the neck follow


@dataclass(frozen=True, eq=False)
class Clip:
    """A head that moves by its own shapes.

    Attributes
    ----------
    head : at rest
    frames : (T, N, 3) mm
    face : (N,) which vertices are looked at
    """

    head: Case
    frames: Floats
    face: NDArray[np.bool_]


def carried_clips(folder: Path, *, quick: bool) -> Iterator[Clip]:
    """Play captured takes on the heads in the data folder that bring shapes; quick: on one."""
    path, take = folder / "ict" / "ict.npz", folder / "motion" / "range_of_motion.csv"
    if path.is_file() and take.is_file():
        scanned, weights = Scanned.read(path), _some(read_weights(take).weights)
        actions = read_ict(path).actions
        for seed in PEOPLE[: 1 if quick else None]:
            yield _clip(scanned.person(seed), weights, actions, _FACE)
    path = folder / "geometry" / "facecap.npz"
    if path.is_file() and not quick:
        head = Captured.read(path)
        case = Case("facecap", head.neutral, head.faces)
        yield _clip(case, _some(head.weights), head.shapes, len(head.neutral))


def there_and_back(found: Correspondence, clip: Clip) -> dict[str, Any]:
    """Carry a clip in and back, and compare.

    Returns
    -------
    dict
        "in_seconds" and "back_seconds" for 100 frames; "mean_mm" and "p95_mm" from the truth on the
        skin of the face; "torn_edges" that the truth does not tear, "own_torn_edges" that it does;
        "lip_vertices" that are in the other lip at worst, and "own_lip_vertices" of the truth.
    """
    for _ in range(2):  # the first time finds what is found once
        began = time.monotonic()
        inside = carried_in(found, clip.frames)
        turned = time.monotonic()
        back = carried_back(found, inside)
        ended = time.monotonic()
    laid = laid_on(found)
    face = clip.face & laid.skin[laid.seam]  # teeth go by a guess of where the jaw is
    off = found.scale * np.linalg.norm(back - clip.frames, axis=2)[:, face]
    watched, source, share = Watched.foreign(found), source_of(found), FRAMES / len(clip.frames)
    own, theirs = (found.laid(frames[:, source]) for frames in (clip.frames, back))
    torn = watched.torn(own)
    return {
        "in_seconds": share * (turned - began),
        "back_seconds": share * (ended - turned),
        "mean_mm": float(off.mean()),
        "p95_mm": float(np.percentile(off, 95)),
        "torn_edges": int((watched.torn(theirs) & ~torn).sum()),
        "own_torn_edges": int(torn.sum()),
        "lip_vertices": watched.flaws(theirs)["lip_vertices"],
        "own_lip_vertices": watched.flaws(own)["lip_vertices"],
    }


def _some(weights: Doubles | Floats) -> Doubles | Floats:
    return weights[:: max(len(weights) // FRAMES, 1)]


def _clip(head: Case, weights: Doubles | Floats, shapes: Floats, face: int) -> Clip:
    frames = head.vertices + np.tensordot(weights, shapes, axes=1)
    return Clip(head, frames.astype(np.float32), np.arange(len(head.vertices)) < face)
