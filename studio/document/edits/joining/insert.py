"""Insert: another clip plays at a frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, get_args

from studio.core import InputError, MeshSequence, Timing
from studio.core.parameters import Choice, Parameter
from studio.document.edits.edit import Beginning, Group
from studio.document.edits.span import FRAME

from .spliced import Splice, SplicedEdit

Way = Literal["ripple", "overwrite"]
WAYS: tuple[Way, ...] = get_args(Way)


@dataclass(frozen=True)
class InsertEdit(SplicedEdit):
    """Lets another clip play from a frame on, at this clip's rate.

    Parameters
    ----------
    clip, overlap, align
        As in `SplicedEdit`; the crossfade is at both ends of the other clip, but not where this
        one begins or ends there.
    frame
        The frame below at which it begins, as many as there are for the end.
    way
        "ripple": what follows plays later; "overwrite": the other clip plays in place of it.
    """

    kind: ClassVar[str] = "insert"
    title: ClassVar[str] = "Insert clip"
    tip: ClassVar[str] = "Lets another clip play from a frame on"
    group: ClassVar[Group] = "time"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        *SplicedEdit.parameters,
        Parameter("frame", "&At", "The frame at which it begins", allowed=FRAME, default=0),
        Parameter(
            "way", "&Way", "What follows plays later, or the clip plays in place of it",
            choices=(Choice("ripple", "Ripple"), Choice("overwrite", "Overwrite")),
            default="ripple",
        ),
    )  # fmt: skip

    frame: int = 0
    way: Way = "ripple"

    def __post_init__(self) -> None:
        super().__post_init__()
        FRAME.check("frame", self.frame)
        if self.way not in WAYS:
            raise InputError.of(self.title, f"one of {', '.join(WAYS)}", self.way)

    @classmethod
    def begun(cls, at: Beginning) -> InsertEdit:
        """Let the other clip begin at the frame on show."""
        return cls(frame=at.frame)

    @property
    def summary(self) -> str:
        """What a list of edits says of it: which clip, and where."""
        return f"{super().summary}{f' at {self.frame}' if self.clip else ''}"

    def splice(self, before: Timing, length: int) -> Splice:
        """Tell where the other clip plays."""
        fade = 0 if self.frame == 0 else self.overlap
        end = 0 if self.frame >= before.frames else self.overlap
        if self.way == "overwrite":
            stop = self.frame + length
            return Splice(self.frame, stop, self.frame + fade, stop - end, 0)
        start = self.frame - fade
        stop = start + length
        return Splice(start, stop, self.frame, stop - end, stop - end - self.frame)

    def check(self, recording: MeshSequence, before: Timing, name: str) -> None:
        """Refuse a frame that is not there, another triangulation and too long a crossfade."""
        if self.frame > before.frames:
            wanted = f"a frame to insert at within its {before.frames} frames, or its end"
            raise InputError.of(name, wanted, f"frame {self.frame}")
        super().check(recording, before, name)

    def moved(self, to: Callable[[int], int]) -> InsertEdit:
        """Take the frame to the number that it has now."""
        return replace(self, frame=to(self.frame - 1) + 1 if self.frame else 0)
