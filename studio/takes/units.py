"""Action units of a clip as a table: what the window shows and what a file holds are one thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from studio.core import (
    Familiarity,
    InputError,
    MeshSequence,
    Probabilities,
    Progress,
    Tracks,
    UnitTracks,
)
from studio.core.alignment import head_alignment
from studio.core.request import FEWEST_FRAMES
from studio.core.sequence import Doubles, Floats
from studio.face.action_units import PRESETS
from studio.face.known import studio_face
from studio.io.tracks.unit_table import UnitTable

# From the studio's axes (y up, z out of the face) to a camera's before it (y down, z away).
_TO_CAMERA = np.diag([1.0, -1.0, -1.0])


class UnitSource(Protocol):
    """What is asked of an engine; `Engine` says more."""

    def read_units(
        self,
        sequence: MeshSequence,
        neutral: Floats | None = ...,
        progress: Progress | None = ...,
        *,
        causal: bool = ...,
    ) -> UnitTracks:
        """Tell which units a clip shows, against a face at rest (V, 3) in mm."""
        ...

    def familiarity(
        self, sequence: MeshSequence, neutral: Floats | None = ..., progress: Progress | None = ...
    ) -> Familiarity | None:
        """Measure how unlike the training data a clip is; `neutral` is (V, 3) in mm."""
        ...

    def recognize(
        self, sequence: MeshSequence, neutral: Floats | None = ..., progress: Progress | None = ...
    ) -> Probabilities:
        """Recognize which expression a clip shows; `neutral` is (V, 3) in mm."""
        ...


@dataclass(frozen=True)
class UnitWish:
    """Which units are wanted, and when they occur.

    Attributes
    ----------
    preset
        One of `PRESETS`.
    thresholds
        Unit -> intensity from which on it occurs; the model's own where none is given.
    live
        Whether no frame may see a later one.
    emotions
        Whether expressions are read as well.
    """

    preset: str = "all"
    thresholds: Mapping[int, float] = field(default_factory=dict)
    live: bool = False
    emotions: bool = False

    def __post_init__(self) -> None:
        if self.preset not in PRESETS:
            raise InputError.of("preset", f"one of {', '.join(PRESETS)}", self.preset)

    def of(self, tracks: Tracks) -> UnitTracks:
        """Keep of tracks what is wanted, with its thresholds."""
        if not isinstance(tracks, UnitTracks):
            raise TypeError("tracks of units are wanted")
        return tracks.over(self.thresholds).only(PRESETS[self.preset])


def unit_table(
    engine: UnitSource,
    clip: MeshSequence,
    neutral: Floats | None,
    wish: UnitWish,
    progress: Progress,
) -> UnitTable:
    """Read a clip of the studio's face.

    Confidence is 1 for motion as the models were trained on, and falls where a frame is less
    familiar than what counts as too far.

    Parameters
    ----------
    neutral : (V, 3) float32 or None
        The face at rest in mm; None: estimated.

    Raises
    ------
    InputError
        For a clip that cannot be read.
    CheckpointError
        Where the set has no model that reads units.
    """
    read = engine.read_units(clip, neutral, progress.part(0.0, 0.5), causal=wish.live)
    known = engine.familiarity(clip, neutral, progress.part(0.5, 0.8)) if _long(clip) else None
    emotions = None
    if wish.emotions and _long(clip):
        emotions = engine.recognize(clip, neutral, progress.part(0.8, 1.0))
    count = clip.n_frames
    sure = np.ones(count) if known is None else 2.0 * (1.0 - known.per_frame)
    return UnitTable(
        wish.of(read),
        np.arange(count) / clip.fps,
        np.arange(1, count + 1),
        np.clip(sure, 0.0, 1.0).astype(np.float64),
        head_pose(clip),
        emotions,
    )


def _long(clip: MeshSequence) -> bool:
    return clip.n_frames >= FEWEST_FRAMES


def head_pose(clip: MeshSequence) -> Doubles:
    """Find how the head stands: (T, 6), x, y, z in mm and turns about these axes in radians.

    Measured from the place of the template, in the axes of a camera before the face; turns are
    those of the matrix Rx Ry Rz, as OpenFace has them.
    """
    from scipy.spatial.transform import Rotation  # when it is needed: it takes long to import

    template = studio_face().template
    rigid = template.regions["rigid"]
    turn, shift = head_alignment(clip.vertices[:, rigid], template.vertices[rigid])
    back = turn.transpose(0, 2, 1)  # from the template to the frame
    moved = -np.einsum("tij,tj->ti", back, shift)
    seen = _TO_CAMERA @ back @ _TO_CAMERA
    angles = Rotation.from_matrix(seen).as_euler("XYZ")
    return np.concatenate([moved @ _TO_CAMERA, angles], axis=1)


def parsed_thresholds(texts: Sequence[str]) -> dict[int, float]:
    """Read thresholds such as AU12=1.5.

    Raises
    ------
    InputError
        For what is none.
    """
    out = {}
    for text in texts:
        name, _, value = text.partition("=")
        number = name.strip().upper().removeprefix("AU").lstrip("0")
        try:
            out[int(number)] = float(value)
        except ValueError:
            raise InputError.of("threshold", "a unit and an intensity, as AU12=1.5", text) from None
    return out
