"""What every kind of edit answers, and the kinds by name.

An edit is one step of a clip's stack: it turns the frames below it into other frames and changes
nothing itself. A kind is one file: a frozen dataclass under `Edit`, whose fields say how it is
stored, with its name in files and in menus.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from studio.core import MeshSequence, Progress, alignment
from studio.core.parameters import Parameter
from studio.core.sequence import Floats
from studio.core.timing import Timing
from studio.face.known import known

CHUNK = 32  # frames that are computed together unless a kind says otherwise
Frames = NDArray[np.integer]  # numbers of frames
Group = Literal["time", "motion", "face"]


class Basis(Protocol):
    """What an edit finds once for a recording, because it takes longer than a frame may."""

    @property
    def nbytes(self) -> int:
        """The bytes of memory it takes."""


@dataclass(frozen=True, eq=False)
class Below:
    """The frames under an edit that it asked for.

    Parameters
    ----------
    recording
        The clip as it came, at the bottom of the stack.
    timing
        Of all frames right below the edit.
    numbers
        (K,) which of them are here, in rising order.
    vertices
        (K, V, 3) float32, in mm.
    basis
        What the edit found for this recording; None for a kind that needs nothing.
    """

    recording: MeshSequence
    timing: Timing
    numbers: Frames
    vertices: Floats
    basis: Basis | None

    def seen(self, frames: Frames) -> Floats:
        """Give vertices (N, V, 3) mm of frames (N,) in rising order, only to be looked at."""
        return np.asarray(self.vertices[in_a_run(np.searchsorted(self.numbers, frames))])

    def at(self, frames: Frames, points: NDArray[np.intp] | None = None) -> Floats:
        """Copy vertices of some frames.

        Parameters
        ----------
        frames
            (N,) numbers of frames, all of them among `numbers`.
        points
            (P,) numbers of vertices; None takes all V.

        Returns
        -------
        (N, P, 3) float32 mm
        """
        rows = np.searchsorted(self.numbers, frames)
        return np.asarray(
            self.vertices[rows] if points is None else self.vertices[rows[:, None], points]
        )


def rows_of(mask: NDArray[np.bool_]) -> slice | Frames:
    """Choose the rows where a mask (N,) is true, as `in_a_run`."""
    return in_a_run(np.flatnonzero(mask))


def in_a_run(rows: Frames) -> slice | Frames:
    """Give rows (N,), in rising order, as a slice if they are in a row: NumPy then copies none."""
    if not len(rows) or rows[-1] - rows[0] >= len(rows):
        return rows
    return slice(int(rows[0]), int(rows[-1]) + 1)


def head_points(recording: MeshSequence) -> NDArray[np.intp]:
    """Choose the vertices that show how the head of a recording stands.

    Returns
    -------
    (P,) numbers of vertices: on a face that the studio knows of the region that no expression
    moves, on any other of the whole surface
    """
    face = known(recording.topology)
    everything = np.ones(recording.n_vertices, dtype=bool)
    return alignment.head_points(everything if face is None else face.template.regions["rigid"])


@dataclass(frozen=True, eq=False)
class Beginning:
    """What a user has chosen when an edit is laid on top of a clip.

    Parameters
    ----------
    recording
        The clip as it came.
    timing
        Of what plays of it now, which lies below the new edit.
    name
        What the user calls the clip.
    frame
        The one on show.
    span
        Frames start..stop-1 between in and out, where these were set.
    neutral
        The frame that shows the face at rest, or that face (V, 3) mm.
    label
        The expression that the clip was made to show; empty where that is not known.
    """

    recording: MeshSequence
    timing: Timing
    name: str
    frame: int = 0
    span: tuple[int, int] | None = None
    neutral: int | Floats = 0
    label: str = ""

    @property
    def frames(self) -> tuple[int, int]:
        """The range, or the frame on show where none was set."""
        return self.span or (self.frame, self.frame + 1)

    @property
    def neutral_frame(self) -> int:
        """The frame that shows the face at rest; the first where only that face is known."""
        return self.neutral if isinstance(self.neutral, int) else 0


@dataclass(frozen=True)
class Edit(ABC):
    """One step of a clip's stack.

    Parameters
    ----------
    on
        Whether it takes part.
    called
        What the user calls it; empty for what its kind is called.
    """

    kind: ClassVar[str]  # its name in files
    title: ClassVar[str]  # what menus and undo call it
    tip: ClassVar[str] = ""  # what it does, in one sentence
    group: ClassVar[Group] = "motion"  # the part of a menu that it stands in
    parameters: ClassVar[tuple[Parameter, ...]] = ()  # what its fields may be, for lists and forms

    on: bool = field(default=True, kw_only=True)
    called: str = field(default="", kw_only=True)

    def __init_subclass__(cls) -> None:
        if "kind" in vars(cls):  # what several kinds have in common has no name of its own
            KINDS[cls.kind] = cls

    @staticmethod
    def stored_kind(name: object) -> type[Edit] | None:
        """Find the kind that files call by this name."""
        return KINDS.get(str(name))

    @classmethod
    def begins(cls) -> bool:
        """Whether one can be made before anybody says more; else it has tools of its own."""
        needed = (one for one in fields(cls) if one.init and one.default is MISSING)
        fresh = all(one.default_factory is not MISSING for one in needed)
        fresh = fresh and "clip" not in {one.name for one in fields(cls)}  # another one
        return fresh or cls.begun.__func__ is not Edit.begun.__func__  # type: ignore[attr-defined]

    @classmethod
    def begun(cls, at: Beginning) -> Edit:
        """Make the one that a user begins with.

        Parameters
        ----------
        at
            What was chosen then.

        Raises
        ------
        InputError
            Where there can be none.
        """
        span = {} if at.span is None else {"start": at.span[0], "stop": at.span[1]}
        told = {"frame": at.frame, "neutral": at.neutral_frame} | span
        known = {one.name for one in fields(cls)}
        values: dict[str, Any] = {name: told[name] for name in told if name in known}
        return cls(**values)

    @property
    def summary(self) -> str:
        """What a list of edits says of it."""
        return self.title

    @property
    def arrays(self) -> tuple[Floats, ...]:
        """The large arrays (...,) it keeps alive; none unless a kind says otherwise."""
        return ()

    @property
    def name(self) -> str:
        """What the user calls it, or else its kind."""
        return self.called or self.title

    @property
    def changes(self) -> bool:
        """Whether it changes any frame at all, were it on."""
        return True

    def touches(self, frames: Frames) -> NDArray[np.bool_]:
        """Tell which frames it may change; all of them unless a kind says otherwise.

        Parameters
        ----------
        frames
            (N,) numbers of frames above the edit.

        Returns
        -------
        (N,) bool
        """
        return np.full(len(frames), self.changes)

    @abstractmethod
    def apply(self, below: Below, frames: Frames, progress: Progress) -> Floats:
        """Compute frames as they play above this edit.

        Parameters
        ----------
        below
            At least the frames that `needs` names for these.
        frames
            (N,) numbers of frames above, in rising order.
        progress
            To hear a stop.

        Returns
        -------
        (N, V, 3) float32 mm, an array of its own
        """

    def check(  # noqa: B027  most kinds fit any clip
        self, recording: MeshSequence, before: Timing, name: str
    ) -> None:
        """Refuse a clip that it does not fit; none unless a kind says otherwise.

        Parameters
        ----------
        recording
            The clip as it came.
        before
            The timing below the edit.
        name
            What the user calls the clip.

        Raises
        ------
        InputError
            With a sentence that begins with the name.
        """

    def timing(self, before: Timing) -> Timing:
        """Tell the timing above from the one below."""
        return before

    def source_times(self, times: NDArray[np.float64], before: Timing) -> NDArray[np.float64]:
        """Tell which moments below play at some moments above.

        Parameters
        ----------
        times
            (N,) in frames, also between two.
        before
            The timing below.

        Returns
        -------
        (N,) in frames below
        """
        return times

    def needs(self, frames: Frames, before: Timing) -> Frames:
        """Tell from which frames below some frames above are computed.

        Parameters
        ----------
        frames
            (N,) numbers of frames above.
        before
            The timing below.

        Returns
        -------
        (K,) numbers of frames below, in any order
        """
        return frames

    def chunks(self, timing: Timing) -> Sequence[Frames]:
        """Part all frames above into the groups that are computed together.

        Parameters
        ----------
        timing
            The one above.

        Returns
        -------
        Numbers of frames; each frame is in one group.
        """
        return [
            np.arange(start, min(start + CHUNK, timing.frames))
            for start in range(0, timing.frames, CHUNK)
        ]

    @property
    def basis_key(self) -> Hashable:
        """What its basis depends on besides the recording; None where it needs none."""
        return None

    def find_basis(self, recording: MeshSequence) -> Basis | None:
        """Find what `apply` gets as its basis; may take seconds.

        Raises
        ------
        InputError
            Where there can be none for this recording.
        """
        return None

    def grown(self, factor: float) -> Edit:
        """Give the same edit for a clip that is so many times larger."""
        return self

    def moved(self, to: Callable[[int], int]) -> Edit:
        """Give the same edit for a clip whose frames have other numbers now.

        Parameters
        ----------
        to
            The number that a frame below has then, also for one that is gone.
        """
        return self

    def with_neutral(self, frame: int) -> Edit:
        """Measure from the neutral face that the user has found in a frame below."""
        return self


KINDS: dict[str, type[Edit]] = {}
