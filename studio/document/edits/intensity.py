"""How strong an expression is: the way from the person's neutral face, scaled over time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence, Progress, Timing
from studio.core.alignment import undo_rigid
from studio.core.parameters import Parameter
from studio.core.request import Range
from studio.core.sequence import Floats, read_only

from .curve import BETWEEN_KEYS, Between, CurveEdit, CurveKey
from .edit import Beginning, Below, Frames, Group, head_points, rows_of
from .heads import fitted_heads
from .span import FRAME, check_frames

MOST = 2.0


@dataclass(frozen=True)
class IntensityKey(CurveKey):
    """The scale in a frame.

    Parameters
    ----------
    frame
        Its number.
    value
        0 for the neutral face, 1 for the face as it is below the edit, at most 2.

    Raises
    ------
    InputError
        For a value out of range.
    """

    def __post_init__(self) -> None:
        if not 0.0 <= self.value <= MOST:
            raise InputError.of("intensity", f"a number from 0 to {MOST:g}", f"{self.value:g}")


@dataclass(frozen=True, eq=False)
class IntensityEdit(CurveEdit):
    """Scales how far each vertex is from the person's neutral face, wherever the head is.

    Parameters
    ----------
    keys
        By frame, one a frame at most and one at least; before the first and after the last the
        scale stays as it is there.
    between
        How the scale passes from one key to the next.
    neutral
        The frame below that shows the neutral face, or that face, (V, 3) float32 mm.

    Raises
    ------
    InputError
        Where these do not fit together.
    """

    kind: ClassVar[str] = "intensity"
    title: ClassVar[str] = "Intensity"
    tip: ClassVar[str] = (
        "Makes the expression stronger or weaker, over the whole clip or along a curve"
    )
    group: ClassVar[Group] = "face"
    values: ClassVar[Range] = Range(0.0, MOST)
    key_kind: ClassVar[type[CurveKey]] = IntensityKey
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("keys", "&Keys", f"Frames, and how strong the face is there, 0 to {MOST:g}"),
        BETWEEN_KEYS,
        Parameter(
            "neutral", "&Neutral", "The frame that shows the face at rest", allowed=FRAME, default=0
        ),
    )

    keys: tuple[IntensityKey, ...] = (IntensityKey(0, 1.0),)
    between: Between = "smooth"
    neutral: int | Floats = 0

    def __post_init__(self) -> None:
        self.check_order()
        if isinstance(self.neutral, int):
            return
        neutral = np.array(self.neutral, dtype=np.float32)
        if neutral.ndim != 2 or neutral.shape[1] != 3 or not np.isfinite(neutral).all():
            raise InputError.of("intensity", "a neutral face (V, 3)", str(neutral.shape))
        read_only(neutral)
        object.__setattr__(self, "neutral", neutral)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IntensityEdit) and self._told == other._told

    def __hash__(self) -> int:
        return hash(self._told)

    @cached_property
    def _told(self) -> tuple[object, ...]:
        """What two edits that are equal share; found once, as a face is many numbers."""
        neutral = self.neutral if isinstance(self.neutral, int) else self.neutral.tobytes()
        return self.on, self.called, self.keys, self.between, neutral

    @classmethod
    def begun(cls, at: Beginning) -> IntensityEdit:
        """Measure from the face at rest."""
        return cls(neutral=at.neutral)

    def grown(self, factor: float) -> IntensityEdit:
        """Measure from a neutral face so many times as large, where it is one."""
        if isinstance(self.neutral, int) or factor == 1.0:
            return self
        return replace(self, neutral=self.neutral * np.float32(factor))

    def shares(self, frames: Frames) -> Floats:
        """Tell the scale in frames (N,) as a share of the most there is: (N, 1) in 0..1."""
        return (self.scale(frames) / MOST).astype(np.float32)[:, None]

    # As an edit

    def touches(self, frames: Frames) -> NDArray[np.bool_]:
        """Tell which of the frames (N,) are scaled, as (N,) bool."""
        away = self.scale(frames) != 1.0
        if isinstance(self.neutral, int):
            away &= frames != self.neutral
        return np.asarray(away)

    def check(self, recording: MeshSequence, before: Timing, name: str) -> None:
        """Refuse a clip without the frames of the keys or of the neutral face."""
        frames = self.frames
        if isinstance(self.neutral, int):
            frames = (*frames, self.neutral)
        elif len(self.neutral) != recording.n_vertices:
            wanted = f"a neutral face of its {recording.n_vertices} vertices"
            raise InputError.of(name, wanted, f"one of {len(self.neutral)}")
        check_frames("intensity keys and the neutral", frames, before, name)

    def needs(self, frames: Frames, before: Timing) -> Frames:
        """Ask for the frames themselves and the one of the neutral face."""
        return np.union1d(frames, self.neutral) if isinstance(self.neutral, int) else frames

    def apply(self, below: Below, frames: Frames, progress: Progress) -> Floats:
        """Scale how far the vertices (N, V, 3) of frames (N,) are from the neutral face, in mm."""
        out, touched = below.at(frames), self.touches(frames)
        if touched.any():
            rows = rows_of(touched)
            out[rows] += self.added(below, out[rows], frames[rows], progress)
        return out

    def added(self, below: Below, faces: Floats, frames: Frames, progress: Progress) -> Floats:
        """Tell what the scale adds to the faces (K, V, 3) of frames (K,): (K, V, 3) mm."""
        if isinstance(self.neutral, int):
            (rest,) = below.at(np.array([self.neutral]))
        else:
            rest = self.neutral
        points = head_points(below.recording)
        rotation, shift = fitted_heads(faces.take(points, axis=1), rest[points])
        progress.check()
        posed = undo_rigid(rest[None], rotation, shift)
        way = np.subtract(faces, posed, out=posed)
        way *= (self.scale(frames) - 1.0).astype(np.float32)[:, None, None]
        return way

    def moved(self, to: Callable[[int], int]) -> IntensityEdit:
        """Take the keys, and the frame of the neutral face, to the numbers that they have now."""
        edit = super().moved(to)
        return edit.with_neutral(to(edit.neutral)) if isinstance(edit.neutral, int) else edit

    def with_neutral(self, frame: int) -> IntensityEdit:
        """Measure from the face of a frame."""
        return replace(self, neutral=frame)
