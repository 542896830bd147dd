"""What edits have in common that let another clip play in place of, or between, the frames."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple, Self

import numpy as np

from studio.core import InputError, MeshSequence, Progress, Timing
from studio.core.alignment import apply_rigid
from studio.core.geometry import smoothstep
from studio.core.parameters import Parameter
from studio.core.sequence import Floats
from studio.document.edits.edit import Beginning, Below, Edit, Frames, head_points
from studio.document.edits.heads import fitted_heads
from studio.document.edits.span import COUNT, MOST_FRAMES
from studio.document.edits.time.mapped import Times

from .other_clip import CLIP, OtherClip, check_other

_CUT = 0.5  # of a frame: where between two of its own frames a clip is cut


class Splice(NamedTuple):
    """Where the other clip plays, in frames above.

    Attributes
    ----------
    start, stop
        It plays in frames start..stop-1.
    own_until
        Before this frame the clip itself plays as it is below.
    own_from
        From this frame on it plays again.
    later
        By how many frames it then plays later.
    """

    start: int
    stop: int
    own_until: int
    own_from: int
    later: int


@dataclass(frozen=True)
class SplicedEdit(Edit):
    """Lets another clip play for a while; where both play, one passes into the other.

    Parameters
    ----------
    clip
        The other one; None where none is chosen yet, and then nothing happens.
    overlap
        Frames over which one passes into the other.
    align
        Whether the other head is laid where this one is when the other clip begins.
    """

    parameters: ClassVar[tuple[Parameter, ...]] = (
        CLIP,
        Parameter(
            "overlap", "Cross&fade", "Frames over which one passes into the other",
            allowed=COUNT, default=0,
        ),
        Parameter("align", "Lay &heads", "The other head is laid where this one is", default=False),
    )  # fmt: skip

    clip: OtherClip | None = None
    overlap: int = 0
    align: bool = False

    def __post_init__(self) -> None:
        COUNT.check("overlap", self.overlap)

    @classmethod
    def begun(cls, at: Beginning) -> Self:  # noqa: ARG003  which clip it is, is chosen later
        """Begin without another clip."""
        return cls()

    @property
    def summary(self) -> str:
        """What a list of edits says of it: which clip."""
        return f"{self.title} · {self.clip.name if self.clip else 'no clip chosen'}"

    @property
    def changes(self) -> bool:
        """Whether there is another clip."""
        return self.clip is not None

    @property
    def arrays(self) -> tuple[Floats, ...]:
        """The frames (T, V, 3) of the other clip."""
        return () if self.clip is None else (self.clip.vertices,)

    @abstractmethod
    def splice(self, before: Timing, length: int) -> Splice:
        """Tell where the other clip plays that is so many frames long at this rate."""

    def check(self, recording: MeshSequence, before: Timing, name: str) -> None:
        """Refuse another triangulation, and a crossfade longer than what there is."""
        if self.clip is None:
            return
        check_other(self.clip, recording, name)
        length = self.clip.frames_at(before.fps)
        found = self.splice(before, length)
        fades = (found.own_until - found.start, found.stop - found.own_from)
        ends = sum(fade > 0 for fade in fades)
        room = min(length // max(ends, 1), before.frames)
        if max(*fades, 0) > room or min(found.start, found.own_from - found.later) < 0:
            wanted = f"a crossfade of at most {room} frames with {self.clip.name}"
            raise InputError.of(name, wanted, str(self.overlap))
        if self.timing(before).frames > MOST_FRAMES:
            wanted = f"at most {MOST_FRAMES:,} frames after {self.title.lower()}"
            raise InputError.of(name, wanted, f"{self.timing(before).frames:,}")

    def timing(self, before: Timing) -> Timing:
        """Tell the timing above: as long as whichever ends last."""
        if self.clip is None:
            return before
        found = self._splice(before)
        return replace(before, frames=max(before.frames + found.later, found.stop))

    def _splice(self, before: Timing) -> Splice:
        return self.splice(before, self.clip.frames_at(before.fps) if self.clip else 0)

    def source_times(self, times: Times, before: Timing) -> Times:
        """Tell which moments (N,) below play at moments (N,) above; the cut, where none does."""
        found = self._splice(before)
        behind = np.where(times >= found.own_from, times - found.later, found.own_until - _CUT)
        return np.where(times > found.own_until - 1, behind, times)

    def _own(self, frames: Frames, before: Timing) -> Frames:
        """Tell the frames (N,) below that play at frames (N,) above, or would."""
        found = self._splice(before)
        own = np.where(frames < found.own_until, frames, frames - found.later)
        return np.clip(own, 0, before.frames - 1)

    def _anchor(self, before: Timing) -> int:
        """Tell the frame below by which the other head is laid: the one before it begins."""
        return min(max(self._splice(before).start - 1, 0), before.frames - 1)

    def needs(self, frames: Frames, before: Timing) -> Frames:
        """Ask for the frames that play, and the one by which the other head is laid."""
        own = np.unique(self._own(frames, before))
        return np.union1d(own, self._anchor(before)) if self.align else own

    def _shares(self, frames: Frames, before: Timing) -> Floats:
        """Tell how much of the other clip plays at frames (N,): (N,) in 0..1."""
        found = self._splice(before)
        into = smoothstep((frames - found.start + 1.0) / (found.own_until - found.start + 1.0))
        out = smoothstep((found.stop - frames) / (found.stop - found.own_from + 1.0))
        share = np.where(frames < found.own_until, into, 1.0)
        share = np.where(frames >= found.own_from, np.minimum(share, out), share)
        playing = (frames >= found.start) & (frames < found.stop)
        return np.where(playing, share, 0.0).astype(np.float32)

    def apply(self, below: Below, frames: Frames, progress: Progress) -> Floats:
        """Let the other clip play: (N, V, 3) mm of frames (N,)."""
        out = below.at(self._own(frames, below.timing))
        share = self._shares(frames, below.timing)
        rows = np.flatnonzero(share)
        if self.clip is None or not len(rows):
            return out
        progress.check()
        since = frames[rows] - self._splice(below.timing).start
        other = self.clip.at(self.clip.moments(since, below.timing.fps))
        if self.align:
            other = self._laid(self.clip, other, below)
        fading = share[rows] < 1.0
        some = rows[fading]
        other[fading] = out[some] + share[some, None, None] * (other[fading] - out[some])
        out[rows] = other
        return out

    def _laid(self, clip: OtherClip, frames: Floats, below: Below) -> Floats:
        """Lay frames (N, V, 3) of the other clip so that its first head lies on this one."""
        points = head_points(below.recording)
        (goal,) = below.at(np.array([self._anchor(below.timing)]), points)
        rotation, shift = fitted_heads(clip.vertices[:1, points], goal)
        return apply_rigid(frames, rotation, shift)
