"""Identity: another person does what this one does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from studio.core import MeshSequence, Progress, Timing
from studio.core.alignment import apply_rigid, displaced
from studio.core.parameters import Parameter
from studio.core.request import SHARE
from studio.core.sequence import Floats
from studio.document.edits.edit import Beginning, Below, Edit, Frames, Group, head_points
from studio.document.edits.heads import fitted_heads
from studio.document.edits.joining.other_clip import CLIP, OtherClip, check_other
from studio.document.edits.span import COUNT, FRAME, check_frames
from studio.face.known import known
from studio.face.rig import proportions

from .overlay import REST


@dataclass(frozen=True)
class IdentityEdit(Edit):
    """Puts another person's face at rest in place of this one's; the motion stays.

    On the studio's face the motion is scaled by how much wider, taller and deeper the other person
    is, on any other it stays as it is. The head moves as before.

    Parameters
    ----------
    clip
        A clip of the other person, or a single face; None where none is chosen yet.
    rest
        The frame of it that shows the face at rest.
    neutral
        The frame below that shows this person's face at rest.
    amount
        0 leaves this person, 1 makes it the other one.
    """

    kind: ClassVar[str] = "identity"
    title: ClassVar[str] = "Identity"
    tip: ClassVar[str] = "Lets another person do what this one does"
    group: ClassVar[Group] = "face"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        CLIP,
        REST,
        Parameter(
            "neutral", "&Neutral", "The frame that shows the face at rest", allowed=FRAME, default=0
        ),
        Parameter("amount", "&Amount", "0 for this person, 1 for the other one", allowed=SHARE,
                  step=0.1, default=1.0),
    )  # fmt: skip

    clip: OtherClip | None = None
    rest: int = 0
    neutral: int = 0
    amount: float = 1.0

    def __post_init__(self) -> None:
        SHARE.check("amount", self.amount)
        COUNT.check("rest", self.rest)

    @classmethod
    def begun(cls, at: Beginning) -> IdentityEdit:
        """Measure from the frame of the face at rest."""
        return cls(neutral=at.neutral_frame)

    @property
    def summary(self) -> str:
        """What a list of edits says of it: who, and how much."""
        name = f"{self.clip.name}, {self.amount:.0%}" if self.clip else "no clip chosen"
        return f"{self.title} · {name}"

    @property
    def changes(self) -> bool:
        """Whether there is another person of whom something is taken."""
        return self.clip is not None and self.amount > 0.0

    @property
    def arrays(self) -> tuple[Floats, ...]:
        """The frames (T, V, 3) of the other clip."""
        return () if self.clip is None else (self.clip.vertices,)

    def check(self, recording: MeshSequence, before: Timing, name: str) -> None:
        """Refuse another triangulation, and frames that are not there."""
        check_frames("a neutral", [self.neutral], before, name)
        if self.clip is not None:
            check_other(self.clip, recording, name, self.rest)

    def needs(self, frames: Frames, before: Timing) -> Frames:
        """Ask for the frames themselves and the one of the neutral face."""
        return np.union1d(frames, self.neutral)

    def apply(self, below: Below, frames: Frames, progress: Progress) -> Floats:
        """Give frames (N,) the other person: (N, V, 3) mm."""
        out = below.at(frames)
        if self.clip is None:
            return out
        face, points = known(below.recording.topology), head_points(below.recording)
        (rest,), other = below.at(np.array([self.neutral])), self.clip.vertices[self.rest]
        # Wide, tall and deep are x, y and z of the template.
        goal = rest[points] if face is None else face.template.vertices[points]
        rest, other = (_laid(one, one[points], goal) for one in (rest, other))
        rotation, shift = fitted_heads(out.take(points, axis=1), rest[points])
        progress.check()
        amount = np.float32(self.amount)
        moved = amount * (other - rest)[None]
        if face is not None:
            scale = amount * (proportions(other, rest) - np.float32(1))
            motion = apply_rigid(out, rotation, shift)
            motion -= rest
            motion *= np.tile(scale, (len(rest), 1))  # NumPy is slow along axes of three
            moved = np.add(motion, moved, out=motion)
        return displaced(out, moved, rotation)

    def moved(self, to: Callable[[int], int]) -> IdentityEdit:
        """Take the neutral frame to the number that it has now."""
        return replace(self, neutral=to(self.neutral))

    def with_neutral(self, frame: int) -> IdentityEdit:
        """Measure from the face of a frame."""
        return replace(self, neutral=frame)


def _laid(face: Floats, points: Floats, goal: Floats) -> Floats:
    """Lay a face (V, 3) by points of it (P, 3) where these should be."""
    (laid,) = apply_rigid(face[None], *fitted_heads(points[None], goal))
    return np.asarray(laid)
