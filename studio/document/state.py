"""The document as data: frozen, compared by value, sharing every array with older states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from studio.core import GenerationRequest, InputError, MeshSequence, Timing
from studio.face.registration.correspondence import Correspondence

from .beside.markers import Marker, Place, places
from .beside.sound import ClipSound, Heard, heard
from .cut.cut import Cut
from .edits.edit import Edit
from .edits.landmarks import Landmark, LandmarkEdit, own_landmarks
from .edits.parts.layer import heard_layers
from .edits.time.frame_map import FrameMap, frame_map, moves_time
from .encoding import STORED_AS

OfKind = TypeVar("OfKind", bound=Edit)


@dataclass(frozen=True)
class ClipState:
    """One clip of the document.

    Attributes
    ----------
    id
        Never used for another clip, so caches may be keyed by it.
    recording
        The frames as they came; what plays of them the document's evaluator knows.
    source
        The file or folder it came from, None when generated.
    recipe
        How it was generated, enough to make it again; None when opened from a file.
    neutral_frame
        The frame the user calls neutral; None leaves it to the estimate.
    name
        What the user calls it.
    start, stop
        The in/out range, frames start..stop-1; stop None means the clip's end.
    starred
        Marked by the user as one to keep an eye on.
    created
        When it came into the document, seconds since 1970; 0 where that is not known.
    edits
        What is done to the recording, the first at the bottom.
    registration
        How the face lies on the studio's, where it has another triangulation and that is known.
    markers
        Moments with notes, in their order.
    sound
        What was heard then; None for a clip without sound.
    """

    id: str
    # Files call it what it was called before there were edits.
    recording: MeshSequence = field(metadata={STORED_AS: "sequence"})
    source: Path | None = None
    recipe: Mapping[str, object] | None = None
    neutral_frame: int | None = None
    name: str = ""
    start: int = 0
    stop: int | None = None
    starred: bool = False
    created: float = 0.0
    edits: tuple[Edit, ...] = ()
    registration: Correspondence | None = None
    markers: tuple[Marker, ...] = ()
    sound: ClipSound | None = None

    def __post_init__(self) -> None:
        if self.recipe is not None:
            object.__setattr__(self, "recipe", MappingProxyType(dict(self.recipe)))
        object.__setattr__(self, "name", self.name or self.recording.name)

    @property
    def active_edits(self) -> tuple[Edit, ...]:
        """Those that take part and change something: with the recording they say what plays."""
        active = (edit for edit in heard_layers(self.edits) if edit.changes)
        # Their names change nothing that plays.
        return tuple(replace(edit, called="") if edit.called else edit for edit in active)

    def edit_at(self, place: int, kind: type[OfKind], what: str) -> OfKind:
        """Find the edit of a kind at a place of the stack.

        Parameters
        ----------
        place, kind
            Where, and which.
        what
            What the refusal calls it.

        Raises
        ------
        InputError
            Where there is none.
        """
        edit = self.edits[place] if 0 <= place < len(self.edits) else None
        if not isinstance(edit, kind):
            raise InputError.of(self.name, f"{what} at place {place}", "none")
        return edit

    @property
    def as_recorded(self) -> bool:
        """Whether the recording plays as it is."""
        return not self.active_edits

    @property
    def timing(self) -> Timing:
        """How long it plays and how fast; cheap, whatever the edits are."""
        timing = self.recording.timing
        for edit in self.active_edits:
            timing = edit.timing(timing)
        return timing

    @property
    def frame_names(self) -> tuple[str, ...]:
        """What its frames are called; () where they have only numbers, or others play."""
        known = self.recording.frame_names
        return known if len(known) == self.timing.frames else ()

    def source_times(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """Tell the times (N,) in the recording, in frames, of what plays at times (N,)."""
        before, timings = self.recording.timing, list[Timing]()
        for edit in self.active_edits:
            timings.append(before)
            before = edit.timing(before)
        for edit, below in zip(reversed(self.active_edits), reversed(timings), strict=True):
            times = edit.source_times(times, below)
        return times

    def frame_map(self, place: int) -> FrameMap:
        """Give the map between the frames below an edit and those that play.

        Keys of an edit, and other frames that it names, are numbers of frames below it.

        Parameters
        ----------
        place
            Of the edit in the stack; past the top, both are the same.
        """
        above = replace(self, edits=self.edits[place:]).active_edits
        under = replace(self, edits=self.edits[:place]).timing
        return frame_map(tuple(edit for edit in above if moves_time(edit)), under)

    def frame_below(self, place: int, frame: int) -> int:
        """Tell the frame below an edit that is nearest to what a frame plays."""
        return int(self.frame_map(place).below(np.array([frame]))[0])

    def shown_frame(self, place: int, frame: int) -> int | None:
        """Find the first frame that plays a frame below an edit; None where it does not play."""
        return self.frame_map(place).above(frame)

    @property
    def moments(self) -> NDArray[np.float64]:
        """The times (T,) in the recording, in frames, of all that plays."""
        return self.source_times(np.arange(self.timing.frames, dtype=np.float64))

    @property
    def marked(self) -> tuple[Place, ...]:
        """Where its markers play, by frame."""
        return places(self.markers, self.moments) if self.markers else ()

    @property
    def heard(self) -> Heard | None:
        """What is heard while it plays; None for a clip without sound. Copies all samples."""
        if self.sound is None:
            return None
        return heard(self.sound, self.moments, self.recording.fps, self.timing.fps)

    @property
    def landmark_edit(self) -> LandmarkEdit | None:
        """The topmost edit that places or moves landmarks."""
        return next((one for one in reversed(self.edits) if isinstance(one, LandmarkEdit)), None)

    @property
    def landmark_place(self) -> int:
        """The place in the stack where that edit lies, or would be put."""
        edit = self.landmark_edit
        places = (place for place, one in enumerate(self.edits) if one is edit)
        return next(places, len(self.edits))

    @property
    def landmarks(self) -> tuple[Landmark, ...]:
        """Those the user placed, or else those of the template; none for another surface."""
        edit = self.landmark_edit
        return edit.landmarks if edit is not None else own_landmarks(self.recording)

    @property
    def range(self) -> tuple[int, int]:
        """The in/out range as (start, stop) with stop resolved."""
        return self.start, self.timing.frames if self.stop is None else self.stop

    @property
    def label(self) -> str | None:
        """The label it was generated for, None for a clip from a file."""
        label = self.recipe.get("label") if self.recipe is not None else None
        return label if isinstance(label, str) else None

    @property
    def seed(self) -> int | None:
        """The seed it was generated from, None for a clip from a file."""
        seed = self.recipe.get("seed") if self.recipe is not None else None
        return seed if isinstance(seed, int) else None


@dataclass(frozen=True)
class DocumentState:
    """Everything undo walks over.

    Attributes
    ----------
    clips
        In the order of the list.
    current
        The id of the clip on show.
    generation
        What to generate next.
    seed_locked
        Whether Generate keeps the seed; otherwise each takes a new one.
    cut
        Clips one after the other, which are not changed by it.
    """

    clips: tuple[ClipState, ...] = ()
    current: str | None = None
    generation: GenerationRequest = field(default_factory=lambda: GenerationRequest(bearing=1.0))
    seed_locked: bool = True
    cut: Cut = field(default_factory=Cut)

    @property
    def current_clip(self) -> ClipState | None:
        """The clip on show; None where there is none."""
        return self.find(self.current)

    def find(self, clip_id: str | None) -> ClipState | None:
        """Find the clip of this id; None where there is none."""
        return next((clip for clip in self.clips if clip.id == clip_id), None)

    def clip(self, clip_id: str) -> ClipState:
        """Find the clip of this id.

        Raises
        ------
        InputError
            When it is not in the document.
        """
        clip = self.find(clip_id)
        if clip is None:
            raise InputError.of("document", "a clip that is open", clip_id)
        return clip


def held_bytes(states: Iterable[DocumentState]) -> int:
    """Count the bytes the states keep alive of frames, edits and what lies beside, each once."""
    clips = [clip for state in states for clip in state.clips]
    held: dict[int, int] = {id(v): v.nbytes for v in (clip.recording.vertices for clip in clips)}
    held |= {id(v): v.nbytes for clip in clips for edit in clip.edits for v in edit.arrays}
    held |= {id(one): one.nbytes for one in (clip.registration for clip in clips) if one}
    held |= {id(one): one.nbytes for one in (clip.recording.footage for clip in clips) if one}
    held |= {id(one.sound): one.sound.nbytes for one in (clip.sound for clip in clips) if one}
    return sum(held.values())
