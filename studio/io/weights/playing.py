"""Takes of face tracking played on a head's own ARKit shapes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from studio.core import InputError, MeshSequence, Progress
from studio.core.sequence import Floats
from studio.core.system.disk import refusal, regular
from studio.face.registration.shapes import FaceShapes
from studio.face.rig import ARKIT
from studio.io.memory import check_room
from studio.io.shapes import shapes_of

from .take import clip_of, in_order, read_weights

_FELT = 0.05  # weight of a shape that is missed where a head lacks it


def play_weights(
    path: Path | str,
    head: MeshSequence,
    *,
    fps: float | None = None,
    default_fps: float = 30.0,
    progress: Progress | None = None,
) -> MeshSequence:
    """Move a head by a take of face tracking, in its own shapes by their names.

    Parameters
    ----------
    path
        The take, in any dialect that `read_weights` knows.
    head
        Poses named by ARKit's shapes, and the head at rest, as `read_sequence` reads them.
    fps
        Frames a second; by default those of the take.
    default_fps
        Frames a second where the take says nothing of time.
    progress
        Told how far it is, and what was filled and guessed.

    Returns
    -------
    MeshSequence
        The head's own vertices and triangles, where it lies, over the frames of the take.

    Raises
    ------
    InputError
        Where the one is no take, or the other has no shapes.
    """
    path, progress = Path(path), progress or Progress()
    shapes = shapes_of(head)
    try:
        regular(path, "face tracking weights")
        progress.report(0.0, f"Reading {path.name}")
        take = read_weights(path, fps=fps, default_fps=default_fps)
    except OSError as error:
        raise InputError.of(path, "a file that can be read", refusal(error, "read")) from None
    progress.report(0.3, f"Moving {head.name}")
    weights = in_order(take, ARKIT)
    check_room(path, 36 * len(weights) * len(shapes.neutral))
    clip = clip_of(take, shapes.played(weights, take.head), shapes.faces, path.stem, fps)
    clip = replace(clip, remarks=(*clip.remarks, *_missed(shapes, weights, head.name)))
    for remark in clip.told:
        progress.remarked(f"{path.name}: {remark}")
    progress.report(1.0, f"Moving {head.name}")
    return clip.at(head.origin)


def _missed(shapes: FaceShapes, weights: Floats, name: str) -> tuple[str, ...]:
    """Say which shapes the take moves and the head lacks."""
    felt = np.asarray(np.abs(weights).max(axis=0, initial=0.0) > _FELT)
    moved = (shape for shape, feels in zip(ARKIT, felt, strict=True) if feels)
    missed = [shape for shape in moved if shape not in shapes.names]
    if not missed:
        return ()
    more = f" and {len(missed) - 5} more" if len(missed) > 5 else ""
    return (f"{name} has no shape for {', '.join(missed[:5])}{more}, and does not move there.",)
