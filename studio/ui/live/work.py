"""What is made of live poses in the background: plain functions of immutable inputs."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from studio.core import InputError, MeshSequence, Probabilities, Progress, UnitTracks
from studio.core.sequence import Floats
from studio.engine.kinds.units import UNITS
from studio.io.live.history import Poses
from studio.io.live.recorded import take_of, write_poses
from studio.io.live.source import Source
from studio.io.memory import check_room
from studio.io.weights.take import WeightTake
from studio.takes.live import LiveHead, studio_head
from studio.ui.models.protocol import Models

_FAST = 45.0  # frames a second from which every second one is read: readers know 30
_UNIT_FRAMES = 16  # that units are read of: more take longer than what they change


@dataclass(frozen=True, eq=False)
class Recorded:
    """What was recorded, and what becomes a clip of it.

    Attributes
    ----------
    name
        What the clip is called.
    poses
        As they arrived.
    rest
        (61,) what is subtracted from each; None takes them as they are.
    head
        What they move.
    """

    name: str
    poses: Poses
    rest: Floats | None
    head: LiveHead


def make_clip(recorded: Recorded, *, progress: Progress) -> MeshSequence:
    """Make the clip of a recording.

    Raises
    ------
    InputError
        When it does not fit into memory: its poses are in a file then, which the sentence names.
    """
    progress.report(0.0, f"Making the clip of {recorded.name}")
    try:
        take = take_of(recorded.poses, recorded.rest)
        size = recorded.head.rest.n_vertices
        check_room(Path(recorded.name), 36 * len(take.weights) * size)
        return recorded.head.played(take, recorded.name)
    except (InputError, MemoryError) as error:
        place = Path(tempfile.gettempdir()) / time.strftime("live-%Y%m%d-%H%M%S.csv")
        write_poses(recorded.poses, place)
        said = str(error) or "there is not enough memory for the clip"
        raise InputError(f"{said}; what was recorded is in {place}") from None


def open_camera(name: str, heard: Callable[[], object], *, progress: Progress) -> Source:
    """Open a camera, and what watches it.

    Raises
    ------
    StudioError
        When there is none of that name, it may not be used, or another program has it.
    """
    progress.report(0.0, f"Opening {name}")
    from studio.engine.video.camera import CameraSource  # loads torch

    return CameraSource(name, heard)


@dataclass(frozen=True, eq=False)
class LiveAnswer:
    """What a live face shows.

    Attributes
    ----------
    expression
        Of the last poses.
    units
        Of the last of these, read without a later one; None where the models read none.
    """

    expression: Probabilities
    units: UnitTracks | None


def read_poses(
    engine: Models, poses: Poses, rest: Floats | None, *, progress: Progress
) -> LiveAnswer:
    """Read what the last of some poses express, on the studio's head, whatever head they move.

    The face at rest is that of the head, from which `rest` (61,) is the way of the phone's.
    """
    take, head = take_of(poses, rest), studio_head()
    if take.fps > _FAST:
        every = slice((len(take.weights) - 1) % 2, None, 2)
        take = replace(take, weights=take.weights[every], fps=take.fps / 2)
    # A reader goes by the face, and a head that turns would only cost time.
    still = WeightTake(take.weights, np.zeros((len(take.weights), 3), np.float32), take.fps)
    clip, neutral = head.played(still, "live"), head.rest.vertices[0]
    expression = engine.recognize(clip, neutral, progress.part(0.0, 0.5))
    units = None
    if UNITS.name in engine.readers:
        last = clip.sliced(max(clip.n_frames - _UNIT_FRAMES, 0), clip.n_frames)
        units = engine.read_units(last, neutral, progress.part(0.5, 1.0), causal=True)
    return LiveAnswer(expression, units)
