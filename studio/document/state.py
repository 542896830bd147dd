"""The document as data: frozen, compared by value, sharing every array with older states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from studio.core import InputError, MeshSequence, Progress
from studio.core.sequence import Floats
from studio.document.edits.frames import edited, edited_frame, if_known, moves
from studio.document.edits.landmarks import Landmark, LandmarkEdit, own_landmarks

from .encoding import STORED_AS

NeutralChoice = Literal["template", "clip", "file", "made"]
MAX_SEED = 2**31 - 1
MIN_LENGTH, MAX_LENGTH = 16, 240
MAX_INTENSITY = 1.5
MAX_GUIDANCE = 20.0
MAX_STEPS = 1000
MAX_FACE = 4.0
_QUIET = Progress()


@dataclass(frozen=True)
class GenerationSettings:
    """What to generate next.

    seed : 0..2^31-1, length : frames, 16..240, intensity : 0..1.5, where 1 is as recorded
    neutral : whose face: the template's, that of the current clip, a mesh file's, or one made
        with sliders
    locked : whether Generate keeps the seed; otherwise each takes a new one
    model : which generator of the set
    guidance : 0..20, steps : 1..1000, sampler; None takes the model's own
    surface : how landmark motion becomes a surface; None takes the model's own way
    face : the made face, up to one number a direction of `face.identity.NAMES`
    face_file : the mesh file

    Raises `InputError` when a number is out of range.
    """

    label: str = "happiness"
    seed: int = 1
    intensity: float = 1.0
    length: int = 60
    neutral: NeutralChoice = "template"
    locked: bool = True
    model: str = "diffusion"
    guidance: float | None = None
    steps: int | None = None
    sampler: str | None = None
    surface: str | None = None
    face: tuple[float, ...] = ()
    face_file: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "face", tuple(float(number) for number in self.face))
        if not 0 <= self.seed <= MAX_SEED:
            raise InputError.of("seed", f"a whole number from 0 to {MAX_SEED}", str(self.seed))
        if not MIN_LENGTH <= self.length <= MAX_LENGTH:
            wanted = f"{MIN_LENGTH} to {MAX_LENGTH} frames"
            raise InputError.of("length", wanted, str(self.length))
        _within("intensity", self.intensity, MAX_INTENSITY)
        if self.guidance is not None:
            _within("guidance", self.guidance, MAX_GUIDANCE)
        if self.steps is not None and not 1 <= self.steps <= MAX_STEPS:
            raise InputError.of("steps", f"1 to {MAX_STEPS}", str(self.steps))
        if not all(abs(number) <= MAX_FACE for number in self.face):
            wanted = f"numbers from -{MAX_FACE:g} to {MAX_FACE:g}"
            raise InputError.of("face", wanted, str(max(self.face, key=abs)))


def _within(name: str, number: float, most: float) -> None:
    if not 0.0 <= number <= most:
        raise InputError.of(name, f"a number from 0 to {most:g}", str(number))


@dataclass(frozen=True)
class ClipState:
    """One clip of the document.

    id : never used for another clip, so caches may be keyed by it
    recording : the frames as they came; `sequence` is what plays of them, of the same length,
        rate and triangulation
    source : the file or folder it came from, None when generated
    recipe : how it was generated, enough to make it again; None when opened from a file
    neutral_frame : the frame the user calls neutral; None leaves it to the estimate
    start, stop : the in/out range, frames start..stop-1; stop None means the clip's end
    starred : marked by the user as one to keep an eye on
    created : when it came into the document, seconds since 1970; 0 where that is not known
    edit : landmarks moved by hand; None where the recording plays as it is
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
    edit: LandmarkEdit | None = None

    def __post_init__(self) -> None:
        if self.recipe is not None:
            object.__setattr__(self, "recipe", MappingProxyType(dict(self.recipe)))
        object.__setattr__(self, "name", self.name or self.recording.name)

    @property
    def sequence(self) -> MeshSequence:
        """What plays: the recording with its landmarks where the edit has them.

        Worked out here and now where nobody has yet, which no window has the time for.
        """
        return self.worked_out()

    def worked_out(self, progress: Progress = _QUIET) -> MeshSequence:
        """As `sequence`, for those who wait. Raises `Cancelled`."""
        return edited(self.recording, self.edit, progress=progress)

    @property
    def ready(self) -> MeshSequence | None:
        """As `sequence`, but None where that has yet to be worked out."""
        return if_known(self.recording, self.edit)

    def frame(self, number: int) -> Floats | None:
        """(V, 3) of a frame as it plays, in a moment whether the others are worked out or not;
        None where even that takes longer, because nothing has moved these landmarks before."""
        return edited_frame(self.recording, self.edit, number)

    @property
    def as_recorded(self) -> bool:
        """Whether the recording plays as it is."""
        return not moves(self.edit)

    @property
    def landmarks(self) -> tuple[Landmark, ...]:
        """Those the user placed, or else those of the template; none for another surface."""
        return self.edit.landmarks if self.edit is not None else own_landmarks(self.recording)

    @property
    def range(self) -> tuple[int, int]:
        """The in/out range as (start, stop) with stop resolved."""
        return self.start, self.recording.n_frames if self.stop is None else self.stop

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
    """Everything undo walks over."""

    clips: tuple[ClipState, ...] = ()
    current: str | None = None
    generation: GenerationSettings = field(default_factory=GenerationSettings)

    @property
    def current_clip(self) -> ClipState | None:
        return self.find(self.current)

    def find(self, clip_id: str | None) -> ClipState | None:
        return next((clip for clip in self.clips if clip.id == clip_id), None)

    def clip(self, clip_id: str) -> ClipState:
        """The clip of this id. Raises `InputError` when it is not in the document."""
        clip = self.find(clip_id)
        if clip is None:
            raise InputError.of("document", "a clip that is open", clip_id)
        return clip


def held_bytes(states: Iterable[DocumentState]) -> int:
    """Bytes of vertices the states keep alive, each recording counted once."""
    sequences = {id(clip.recording): clip.recording for state in states for clip in state.clips}
    return sum(int(sequence.vertices.nbytes) for sequence in sequences.values())
