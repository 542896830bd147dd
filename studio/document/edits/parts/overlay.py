"""What edits have in common that lay the motion of another clip over this one."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence, Progress, Timing
from studio.core.alignment import apply_rigid
from studio.core.parameters import Parameter
from studio.core.request import Range
from studio.core.sequence import Floats
from studio.document.edits.curve import BETWEEN_KEYS, Between, CurveEdit, CurveKey
from studio.document.edits.edit import Beginning, Below, Frames, head_points, rows_of
from studio.document.edits.heads import fitted_heads
from studio.document.edits.joining.other_clip import CLIP, OtherClip, check_other
from studio.document.edits.span import COUNT, MOST_FRAMES, check_frames
from studio.document.edits.time.mapped import Times

from .masked import BORDER_MM, MASK, Mask, MaskedEdit

_OFFSET = Range(-MOST_FRAMES, MOST_FRAMES, whole=True)
_ALMOST = 1e-6  # of a frame, by which a moment misses the end of a clip

REST = Parameter(
    "rest", "&Rest", "The frame of the other clip that shows its face at rest", allowed=COUNT,
    default=0,
)  # fmt: skip


@dataclass(frozen=True)
class OverlayEdit(CurveEdit, MaskedEdit):
    """Lays what another clip does, away from its face at rest, over the frames.

    The motion of the other head as a whole is taken off it. Where the other clip has no frame,
    before its first and behind its last, nothing changes.

    Parameters
    ----------
    clip
        The other one; None where none is chosen yet, and then nothing happens.
    rest
        The frame of it that shows its face at rest.
    offset
        The frame below at which its first frame plays; may lie before the first.
    keys
        How much of it is taken, over time: by frame, one or more.
    between
        How that passes from one key to the next.
    mask, border
        As in `MaskedEdit`.

    Raises
    ------
    InputError
        For values out of range.
    """

    parameters: ClassVar[tuple[Parameter, ...]] = (
        CLIP,
        REST,
        Parameter("offset", "&At", "The frame at which the other clip begins", allowed=_OFFSET,
                  default=0),
        Parameter("keys", "&Keys", "Frames, and how much of the other clip is taken there"),
        BETWEEN_KEYS,
        MASK,
        BORDER_MM,
    )  # fmt: skip
    idle: ClassVar[float] = 0.0

    clip: OtherClip | None = None
    rest: int = 0
    offset: int = 0
    keys: tuple[CurveKey, ...] = (CurveKey(0, 1.0),)
    between: Between = "smooth"
    mask: Mask = "all"
    border: float = 12.0

    def __post_init__(self) -> None:
        self.check_order()
        self.check_words()
        _OFFSET.check("offset", self.offset)
        COUNT.check("rest", self.rest)
        for key in self.keys:
            if key.value not in self.values:
                raise InputError.of(self.kind, f"weights, each {self.values}", f"{key.value:g}")

    @classmethod
    def begun(cls, at: Beginning) -> Self:
        """Begin without another clip."""
        return cls(mask=cls.mask_at(at))

    @property
    def summary(self) -> str:
        """What a list of edits says of it: which clip, how much, and where."""
        if self.clip is None:
            return f"{self.title} · no clip chosen"
        much = f"{len(self.keys)} keys" if len(self.keys) > 1 else f"{self.keys[0].value:.0%}"
        return f"{self.title} · {self.clip.name}, {self.where}, {much}"

    @property
    def changes(self) -> bool:
        """Whether there is another clip of which something is taken."""
        return self.clip is not None and super().changes

    @property
    def arrays(self) -> tuple[Floats, ...]:
        """The frames (T, V, 3) of the other clip."""
        return () if self.clip is None else (self.clip.vertices,)

    def shares(self, frames: Frames) -> Floats:
        """Tell how much is taken in frames (N,) as a share of the most: (N, 1) in 0..1."""
        return (self.scale(frames) / self.values.high).astype(np.float32)[:, None]

    def touches(self, frames: Frames) -> NDArray[np.bool_]:
        """Tell which of the frames (N,) may change, as (N,) bool."""
        return np.asarray(self.scale(frames) != self.idle) & self.changes

    def check(self, recording: MeshSequence, before: Timing, name: str) -> None:
        """Refuse keys that are not there, another triangulation and a region nobody knows."""
        check_frames("keys of a weight", self.frames, before, name)
        self.check_mask(recording, name)
        if self.clip is not None:
            check_other(self.clip, recording, name, self.rest)

    def moved(self, to: Callable[[int], int]) -> Self:
        """Take the keys, and where the other clip begins, to the numbers that these have now."""
        begins = to(self.offset) if self.offset >= 0 else self.offset
        return replace(super().moved(to), offset=begins)

    def apply(self, below: Below, frames: Frames, progress: Progress) -> Floats:
        """Lay the other clip over frames (N,): (N, V, 3) mm."""
        out = below.at(frames)
        if self.clip is None:
            return out
        moments = self.clip.moments(frames - self.offset, below.timing.fps)
        playing = (moments > -_ALMOST) & (moments < len(self.clip.vertices) - 1 + _ALMOST)
        playing &= self.touches(frames)
        if not playing.any():
            return out
        rows, rest = rows_of(playing), self.clip.vertices[self.rest]
        shown = self._shown(self.clip, moments[rows], head_points(below.recording))
        progress.check()
        way = self.added(below, out[rows], shown, rest)
        way *= self.scale(frames[rows]).astype(np.float32)[:, None, None]
        way *= self.axis_weights(below.recording)
        out[rows] += way
        return out

    @abstractmethod
    def added(self, below: Below, faces: Floats, shown: Floats, rest: Floats) -> Floats:
        """Tell what a weight of 1 adds.

        Parameters
        ----------
        below
            The frames below.
        faces
            (K, V, 3) those of them over which the other clip is laid.
        shown
            (K, V, 3) mm, what the other clip does then, away from its face at rest.
        rest
            (V, 3) that face, as it is held.

        Returns
        -------
        (K, V, 3) mm, an array of its own
        """

    def _shown(self, clip: OtherClip, moments: Times, points: NDArray[np.intp]) -> Floats:
        """Tell what the other clip does at moments (K,), seen by points of its head: (K, V, 3)."""
        faces, rest = clip.at(moments), clip.vertices[self.rest]
        turn = fitted_heads(faces.take(points, axis=1), rest[points])
        away = apply_rigid(faces, *turn)
        away -= rest
        return away
