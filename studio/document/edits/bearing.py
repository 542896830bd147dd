"""What goes with an expression: how the head is held, where the face looks, and its blinks."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.core import InputError, MeshSequence, Progress, Timing
from studio.core.parameters import Choice, Parameter
from studio.core.request import BEARING, SEED
from studio.core.sequence import Floats
from studio.face.bearing_channels import Channels
from studio.face.facs import LABELS
from studio.face.known import known

from .edit import Beginning, Below, Edit, Frames, Group


@dataclass(frozen=True)
class BearingEdit(Edit):
    """Adds head, gaze and blinks as they go with an expression; the first frame stays as it is.

    Parameters
    ----------
    label
        The expression.
    seed
        The chance that is drawn.
    head, gaze, blinks
        How much of each, 0 for none, at most 2.

    Raises
    ------
    InputError
        For a value out of range or an expression that nobody knows.
    """

    kind: ClassVar[str] = "bearing"
    title: ClassVar[str] = "Head, gaze and blinks"
    tip: ClassVar[str] = (
        "Lets the head move, the eyes wander and blink, as they go with an expression"
    )
    group: ClassVar[Group] = "face"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "label",
            "&Expression",
            "What they go with",
            choices=tuple(Choice(label, label.capitalize()) for label in LABELS),
            default="neutral",
        ),
        Parameter("seed", "&Seed", "The chance that is drawn", allowed=SEED, default=0),
        *(
            Parameter(name, f"&{name.capitalize()}", "How much", BEARING, step=0.1, default=1.0)
            for name in ("head", "gaze", "blinks")
        ),
    )

    label: str = "neutral"
    seed: int = 0
    head: float = 1.0
    gaze: float = 1.0
    blinks: float = 1.0

    def __post_init__(self) -> None:
        if self.label not in LABELS:
            raise InputError.of(self.title, f"one of {', '.join(LABELS)}", self.label)
        for name in ("head", "gaze", "blinks"):
            BEARING.check(name, getattr(self, name))

    @classmethod
    def begun(cls, at: Beginning) -> BearingEdit:
        """Go with what the clip was made to show."""
        return cls(at.label) if at.label in LABELS else cls()

    @property
    def summary(self) -> str:
        """What a list of edits says of it: how much there is of each channel."""
        amounts = {"Head": self.head, "gaze": self.gaze, "blinks": self.blinks}
        if len(set(amounts.values())) == 1:
            return f"{', '.join(amounts)} · {self.head:.0%}"
        return ", ".join(f"{name} {amount:.0%}" for name, amount in amounts.items())

    @property
    def changes(self) -> bool:
        """Whether any channel takes part."""
        return bool(self.head or self.gaze or self.blinks)

    def touches(self, frames: Frames) -> NDArray[np.bool_]:
        """Tell which of the frames (N,) it moves, as (N,) bool: all but the first."""
        return np.asarray(frames > 0) & self.changes

    def check(self, recording: MeshSequence, before: Timing, name: str) -> None:
        """Refuse a clip of another triangulation."""
        if known(recording.topology) is None:
            wanted = "a clip of the studio's face for head, gaze and blinks"
            raise InputError.of(name, wanted, f"one of {recording.n_vertices} vertices")

    @property
    def basis_key(self) -> Hashable:
        """What the channels are drawn from."""
        return self.label, self.seed

    def find_basis(self, recording: MeshSequence) -> Channels:
        """Draw the channels of a recording."""
        self.check(recording, recording.timing, recording.name)
        return Channels.drawn(recording.vertices, recording.fps, self.label, self.seed)

    def apply(self, below: Below, frames: Frames, progress: Progress) -> Floats:
        """Move eyes, lids and head of frames (N,): (N, V, 3) mm."""
        out = below.at(frames)
        if not isinstance(below.basis, Channels):
            return out
        progress.check()
        return below.basis.on(out, frames, self.head, self.gaze, self.blinks)
