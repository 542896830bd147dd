"""What a file format is, and the table of formats that readers, writers and dialogs ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeVar

from studio.core import InputError, MeshSequence, Progress
from studio.core.parameters import Parameter, Value, settled
from studio.core.read_as import MILLIMETERS, Gaps, ReadAs, Teller
from studio.core.sequence import Floats, Ints, keep_finite

from .beside import Beside
from .files import head_of
from .folders.runs import run_called
from .memory import check_room
from .traits import BytesPer, Canvas, Extra, Measure, Moved, Shape, with_article
from .units import DECIMALS, Doubles, Placement

Options = TypeVar("Options")
OnFirst = Callable[[MeshSequence, int], None]
HEAD = 1024  # bytes of a file that `Format.sniff` is given


@dataclass(frozen=True, eq=False)
class Source:
    """What a format reads, and who waits for it.

    Attributes
    ----------
    place
        The file, or the folder of the frames.
    paths
        The frames in order; one path where `place` is a file.
    size
        Bytes of all of them.
    fps, default_fps
        Frames a second that were asked for, None to go by the file; and where nobody says.
    on_first
        Given the first frame, and how many there will be, by `show`.
    unit
        Of the coordinates, where asked for; None to go by the file.
    beside
        What is said beside the file.
    part, poses, gaps
        Which of several clips in the file is wanted, empty for the first; or a head's named poses;
        and what becomes of moments that are missing.
    face, rest
        Of a video, which of several faces is wanted, and the first and the last frame that show it
        at rest.
    """

    place: Path
    paths: tuple[Path, ...]
    size: int
    fps: float | None
    default_fps: float
    progress: Progress
    on_first: OnFirst
    unit: str | None = None
    beside: Beside = field(default_factory=Beside)
    part: str = ""
    poses: bool = False
    gaps: Gaps | None = None
    face: int | None = None
    rest: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        """What the clip is called."""
        return self.place.stem if self.place == self.paths[0] else run_called(self.place)

    def rate(self, said: float | None = None) -> float:
        """Frames a second, where the file says `said`."""
        return self.timed(said)[0]

    def timed(self, said: float | None = None, said_by: Teller = "file") -> tuple[float, Teller]:
        """Frames a second, where the file says `said`, and who says them."""
        if self.fps is not None:
            return self.fps, "given"
        if said is not None:
            return said, said_by
        if self.beside.fps is not None:
            return self.beside.fps, "guess" if self.beside.guessed else "beside"
        return self.default_fps, "guess"

    def placed(self, first: Doubles, said: str | None) -> Placement:
        """Say how the coordinates become millimeters.

        Parameters
        ----------
        first
            (V, 3) of the first frame, in the unit of the file.
        said
            The unit that the file says, None where it says none.
        """
        if self.unit is not None:
            return Placement.of(first, self.unit, "given")
        if said is None and self.beside.unit is not None:
            return Placement.of(first, self.beside.unit, "beside")
        return Placement.of(first, said)

    def clip(
        self,
        vertices: Floats,
        faces: Ints,
        place: Placement,
        fps: float | None = None,
        remarks: tuple[str, ...] = (),
        *,
        fps_by: Teller = "file",
    ) -> MeshSequence:
        """Make the clip of vertices (T, V, 3) that `Placement.apply` gave, and faces (F, 3).

        Parameters
        ----------
        fps
            Frames a second that the file says, None where it says none.
        remarks
            What was filled or repaired.
        fps_by
            Who says `fps`: the file, or a guess that it passes on.
        """
        keep_finite(vertices)
        rate, by = self.timed(fps, fps_by)
        read_as = ReadAs(place.unit, place.unit_by, by)
        told = (*remarks, *place.remarks)
        clip = MeshSequence(vertices, faces, rate, self.name, told, read_as=read_as)
        return clip.at(place.shift)

    def show(self, frame: Floats, faces: Ints, n_frames: int) -> None:
        """Show the first frame (V, 3), in mm, to those who wait for the rest."""
        self.on_first(MeshSequence(frame[None], faces, name=self.name), n_frames)

    def check_room(self, needed: int) -> None:
        """Let pass what fits into memory.

        Parameters
        ----------
        needed
            Bytes.

        Raises
        ------
        InputError
            Where they do not fit.
        """
        check_room(self.place, needed)


@dataclass(frozen=True, eq=False)
class Destination:
    """Where and how a format writes.

    Attributes
    ----------
    part
        The hidden file or folder that becomes `place` when all is written.
    paths
        The files to write: one for each frame, or one for all.
    frames
        Which of the clip's frames to draw; for geometry, the clip is cut to them before.
    unit
        One of mm, cm and m.
    options
        What else was asked for, read by `asked`.
    settings, face
        Values of the format's parameters by name; what moves the clip's face, where that is known.
    """

    format: Format
    place: Path
    part: Path
    paths: tuple[Path, ...]
    frames: range
    unit: str
    options: object
    progress: Progress
    settings: Mapping[str, Value] = field(default_factory=dict)
    face: Moved | None = None

    @property
    def scale(self) -> float:
        """Millimeters in the unit."""
        return MILLIMETERS[self.unit]

    def asked(self, kind: type[Options]) -> Options:
        """Give the options of a class, its defaults where none of it were given."""
        return self.options if isinstance(self.options, kind) else kind()


Reader = Callable[[Source], MeshSequence]
Writer = Callable[[MeshSequence, Destination], None]


@dataclass(frozen=True, kw_only=True)
class Format:
    """One file format. Whoever reads, writes or offers files asks the table of these.

    Attributes
    ----------
    name, label, noun
        For commands and settings, as ``obj``; for a list in a dialog; for a sentence, with article.
    suffixes
        The first is the one that is written.
    layout
        Whether each frame is a file, or one file holds all.
    read
        Makes a clip of a `Source`; None where the format is not read.
    write
        Writes a clip to the paths of a `Destination`; None where it is not written.
    sniff
        Whether a file of these suffixes is of this format, by its first `HEAD` bytes.
    companion
        Name of the format of frames in which a mesh is written beside the file, which lacks the
        faces; the reader gets it by `companion_of`.
    parts
        Whether a file may hold several clips, one of which ``FILE#NAME`` names.
    timeless
        Whether its files say no frame rate, which is then kept beside them.
    units
        Those in which coordinates can be written, where it has any.
    weighs, sounds
        Whether it holds weights of shapes and no vertices; whether the sound beside a clip.
    lossless
        Whether what was written can be read again as the same clip.
    bytes_per, measure
        Estimate the size; the latter, in place of the former, where it depends on the settings.
    parameters
        What a writer can be told; forms and commands offer these.
    carries, loses
        What the files hold of a clip, as a phrase, and what they do not, as a sentence; empty
        where nothing is lost.
    extra
        What has to be installed for it, None where the studio brings it all.
    instead
        Names of formats to write in place of one only read, for a refusal.
    canvas
        Of pictures, None for geometry.
    """

    name: str
    label: str
    noun: str = ""
    suffixes: tuple[str, ...] = ()
    layout: Literal["frames", "file"] = "file"
    read: Reader | None = None
    write: Writer | None = None
    sniff: Callable[[bytes], bool] | None = None
    companion: str = ""
    parts: bool = False
    timeless: bool = False
    units: tuple[str, ...] = tuple(DECIMALS)
    weighs: bool = False
    sounds: bool = False
    lossless: bool = False
    bytes_per: BytesPer = field(default_factory=BytesPer)
    measure: Measure | None = None
    parameters: tuple[Parameter, ...] = ()
    carries: str = ""
    loses: str = ""
    extra: Extra | None = None
    instead: str = ""
    canvas: Canvas | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "noun", self.noun or f"{with_article(self.short)} file")
        object.__setattr__(self, "suffixes", self.suffixes or (f".{self.name}",))

    @property
    def short(self) -> str:
        return self.name.upper()

    @property
    def suffix(self) -> str:
        return self.suffixes[0]

    @property
    def single(self) -> bool:
        """Whether one file holds all frames."""
        return self.layout == "file"

    @property
    def drawn(self) -> bool:
        """Whether it holds pictures."""
        return self.canvas is not None

    @property
    def has_vertices(self) -> bool:
        """Whether it holds neither pictures nor weights."""
        return not self.drawn and not self.weighs

    def check(self, path: Path) -> None:
        """Let pass where all that the format needs is installed; raise `MissingExtraError` else."""
        if self.extra is not None:
            self.extra.check(path.name)

    def files(self, path: Path) -> list[Path]:
        """List the files written for one of all frames: itself, and its companion."""
        beside = FORMATS.get(self.companion)
        return [path] if beside is None else [path, path.with_suffix(beside.suffix)]

    def settled(self, told: Mapping[str, Value] | None = None) -> dict[str, Value]:
        """Give each parameter that has one a value: as told, or the usual one.

        Raises
        ------
        InputError
            For what the format cannot be told.
        """
        return settled(self.parameters, told or {}, self.name)

    def estimate(self, shape: Shape, told: Mapping[str, Value] | None = None) -> int:
        """Estimate the bytes that a clip takes, written as told."""
        beside = FORMATS.get(self.companion)
        own = self.measure(shape, self.settled(told)) if self.measure else self.bytes_per.of(shape)
        return own + (beside.estimate(replace(shape, frames=1)) if beside else 0)


class Formats(dict[str, Format]):
    """The formats by name, in the order in which dialogs list them."""

    def add(self, kind: Format) -> Format:
        self[kind.name] = kind
        return kind

    @property
    def readers(self) -> list[Format]:
        return [kind for kind in self.values() if kind.read]

    @property
    def writers(self) -> list[Format]:
        return [kind for kind in self.values() if kind.write]

    @property
    def geometry(self) -> list[Format]:
        """Those that are written and hold no pictures."""
        return [kind for kind in self.writers if not kind.drawn]

    @property
    def frame_suffixes(self) -> tuple[str, ...]:
        """Suffixes of the files that are one frame each and can be read."""
        return tuple(suffix for kind in self.readers if not kind.single for suffix in kind.suffixes)

    def writer(self, name: str, what: Path | str) -> Format:
        """Find the format of a name or suffix.

        Parameters
        ----------
        what
            What a refusal speaks of: the file, or the option.

        Raises
        ------
        InputError
            Where none of that name is written.
        """
        wanted = name.lower().removeprefix(".")
        for kind in self.writers:
            if wanted == kind.name or f".{wanted}" in kind.suffixes:
                return kind
        for kind in self.values():
            if kind.instead and wanted == kind.name:
                raise InputError.of(what, f"{kind.instead}, for {kind.short} is only read", wanted)
        known = ", ".join(kind.name for kind in self.writers)
        raise InputError.of(what, f"one of the formats {known}", name)

    def reader(self, path: Path, *, sure: bool = False) -> Format | None:
        """Find the format a file is read as, by its suffix and, if that leaves a choice, its head.

        Parameters
        ----------
        sure
            Whether a file whose head says that it is something else has none.
        """
        suffix = path.suffix.lower()
        able = [kind for kind in self.readers if suffix in kind.suffixes]
        if not sure and len(able) < 2:
            return able[0] if able else None
        head = head_of(path, HEAD) if any(kind.sniff for kind in able) else b""
        fitting = (kind for kind in able if kind.sniff is None or kind.sniff(head))
        return next(fitting, None if sure else able[0])


FORMATS = Formats()
