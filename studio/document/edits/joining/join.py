"""Join: another clip plays behind this one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from studio.core import Timing
from studio.document.edits.edit import Group

from .spliced import Splice, SplicedEdit


@dataclass(frozen=True)
class JoinEdit(SplicedEdit):
    """Lets another clip follow, at this clip's rate; the end passes into its beginning.

    Parameters
    ----------
    clip, overlap, align
        As in `SplicedEdit`; without an overlap it is a cut.
    """

    kind: ClassVar[str] = "join"
    title: ClassVar[str] = "Join clip"
    tip: ClassVar[str] = "Lets another clip follow this one"
    group: ClassVar[Group] = "time"

    def splice(self, before: Timing, length: int) -> Splice:
        """Tell where the other clip plays: behind, less the crossfade."""
        start = before.frames - self.overlap
        stop = start + length
        return Splice(start, stop, before.frames, max(stop, before.frames), stop - before.frames)
