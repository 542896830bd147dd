"""How well a rigged head plays takes: beside the same motion carried, and its own shapes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from studio.core import MeshSequence
from studio.core.sequence import Floats
from studio.core.system.paths import shipped
from studio.face.registration.carrying import carried_back, rigged
from studio.face.registration.carrying.rigging import actions_on
from studio.face.registration.correspondence import Correspondence
from studio.face.registration.shapes import FaceShapes
from studio.face.rig import ARKIT
from studio.io.shapes import read_shapes, shapes_of
from studio.io.weights.take import in_order, read_weights
from studio.training.evaluation.motion import motion_folder
from studio.training.evaluation.own_faces.flaws import Watched, source_of

from .cases import Case, Scanned

_SAMPLES = shipped("resources") / "samples"
_FRAMES = 60  # of each take, spread over it
_MOVES = 0.5  # mm that a shape moves the vertices at which it is compared


def own_shapes_of(case: Case, folder: Path) -> FaceShapes | None:
    """Read the shapes that a face of the data folder brings, None of one that brings none."""
    if case.name == "facecap":
        return read_shapes(folder / "geometry" / "facecap.npz", unit="cm")
    if case.name != "ICT mean":
        return None
    head = Scanned.read(folder / "ict" / "ict.npz", every=True)
    poses = np.stack([head.mean, *(head.mean + shape for shape in head.expression.values())])
    names = ("neutral", *head.expression)
    return shapes_of(MeshSequence(poses.astype(np.float32), head.faces, frame_names=names))


def rig_row(found: Correspondence, own: FaceShapes | None) -> dict[str, Any]:
    """Rig a registered head, and play the takes by its shapes and as they are carried.

    Parameters
    ----------
    found : how the head lies on the studio's
    own : the shapes that it brings

    Returns
    -------
    dict
        `rig_seconds`; `takes`, by name, the distance of the two in mm on all vertices of the head,
        `mean_mm`, `p99_mm` and `worst_mm`, and `torn_edges` of the play, `torn_carried` of what is
        carried and `torn_fitted` of the studio's face fitted to the head; `own_mm`, `own_moved_mm`
        and `own_alike`, how far its shapes are from those it brings where these move it, how far
        these go, and the cosine between them, in the middle.
    """
    began = time.monotonic()
    shapes = rigged(found)
    taken = time.monotonic() - began
    watched, source = Watched.foreign(found), source_of(found)
    studio = Watched.studio(found.fitted)
    takes, actions = {}, actions_on(found.fitted)
    for name, weights in sample_takes():
        moved = np.tensordot(weights, actions, 1)
        fitted: Floats = np.asarray(moved + found.fitted, dtype=np.float32)
        played, carried = shapes.played(weights), carried_back(found, fitted)
        away = found.scale * np.linalg.norm(played - carried, axis=2)
        torn = [watched.flaws(found.laid(clip)[:, source]) for clip in (played, carried)]
        takes[name] = {
            "mean_mm": float(away.mean()),
            "p99_mm": float(np.percentile(away, 99)),
            "worst_mm": float(away.max()),
            "torn_edges": torn[0]["torn_edges"],
            "torn_carried": torn[1]["torn_edges"],
            "torn_fitted": studio.flaws(fitted)["torn_edges"],
        }
    row: dict[str, Any] = {"rig_seconds": taken, "shapes": len(shapes.names), "takes": takes}
    return row | ({} if own is None else _beside(shapes, own.laid_on(shapes.neutral), found.scale))


def sample_takes() -> Iterator[tuple[str, Floats]]:
    """Read the takes (T, 52) there are: those that ship, and captured ones of the data folder."""
    for path in [*sorted(_SAMPLES.glob("*.csv")), *sorted(motion_folder().glob("*.csv"))]:
        weights = np.clip(in_order(read_weights(path, default_fps=30.0), ARKIT), 0.0, 1.0)
        count = min(len(weights), _FRAMES)
        spread = np.linspace(0, len(weights) - 1, count).round().astype(np.intp)
        yield path.stem, np.asarray(weights[spread])


def _beside(shapes: FaceShapes, own: FaceShapes, scale: float) -> dict[str, float]:
    rows = []
    for made, theirs in zip(shapes.deltas, own.deltas, strict=True):
        size = scale * np.linalg.norm(theirs, axis=1)
        at = size > _MOVES
        if at.any():
            away = scale * np.linalg.norm(made - theirs, axis=1)[at].mean()
            lengths = np.linalg.norm(made[at]) * np.linalg.norm(theirs[at])
            alike = (made[at] * theirs[at]).sum() / max(float(lengths), 1e-9)
            rows.append((away, size[at].mean(), alike))
    away, moved, alike = np.median(rows, axis=0).tolist()
    return {"own_mm": away, "own_moved_mm": moved, "own_alike": alike}
