"""What options of several commands name: how a file is read, landmarks and faces."""

from __future__ import annotations

import re
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.core import FaceChoice, Given, InputError, Registered
from studio.core.timing import FASTEST, SLOWEST

if TYPE_CHECKING:
    from studio.core import MeshSequence, Progress


class ReadUnit(StrEnum):
    """What coordinates can be read in."""

    um = "um"
    mm = "mm"
    cm = "cm"
    dm = "dm"
    m = "m"
    inch = "in"
    ft = "ft"


_UNIT_HELP = "Unit of the coordinates read{}; what the file says, or a guess, unless given."
_FPS_HELP = f"Frames a second of the clip read{{}}, {SLOWEST} to {FASTEST}."
InputUnitOption = Annotated[
    ReadUnit | None, typer.Option("--input-unit", help=_UNIT_HELP.format(""))
]
InputFpsOption = Annotated[float | None, typer.Option("--fps", help=_FPS_HELP.format(""))]
FaceUnitOption = Annotated[
    ReadUnit | None, typer.Option("--input-unit", help=_UNIT_HELP.format(" in --neutral"))
]
FaceFpsOption = Annotated[
    float | None, typer.Option("--fps", help=_FPS_HELP.format(" in --neutral"))
]


class GapsName(StrEnum):
    """What becomes of frames that are missing in a folder."""

    fill = "fill"
    hold = "hold"
    close = "close"


_GAPS_HELP = (
    "Frames missing in a folder, or without the face in a video: made from those on both sides, "
    "the one before held, or left out; filled where few are missing unless given."
)
GapsOption = Annotated[GapsName | None, typer.Option(help=_GAPS_HELP)]


FaceNumberOption = Annotated[
    int | None,
    typer.Option("--face", min=1, help="Which of several faces in a video, 1 the largest."),
]
SpanOption = Annotated[
    str | None,
    typer.Option(
        "--neutral",
        metavar="FROM-TO",
        help="The frames of a video that show the face at rest, both included, counted from 0; "
        "the calmest unless given.",
    ),
]
_SPAN = re.compile(r"(\d+)-(\d+)")


def given(
    unit: ReadUnit | None,
    fps: float | None,
    gaps: GapsName | None = None,
    face: int | None = None,
    rest: str | None = None,
) -> Given:
    """Say how ``--input-unit``, ``--fps``, ``--gaps``, ``--face`` and a span want a file read.

    Raises
    ------
    InputError
        For a span that is none.
    """
    span = None if rest is None else span_of(rest)
    if rest is not None and span is None:
        raise InputError.of("neutral", "frames of a video as FROM-TO", rest)
    unit_said = None if unit is None else unit.value
    return Given(unit_said, fps, None if gaps is None else gaps.value, face=face, rest=span)


def span_of(text: str) -> tuple[int, int] | None:
    """Read the first and the last frame of a span as ``12-40``; None for what is none.

    Raises
    ------
    InputError
        Where it ends before it begins.
    """
    found = _SPAN.fullmatch(text)
    if found is None:
        return None
    first, last = map(int, found.groups())
    if last < first:
        raise InputError.of("neutral", f"frames from {first} on", f"a last one of {last}")
    return first, last


FittingsOption = Annotated[
    bool,
    typer.Option("--fittings", help="Add teeth, gums and lashes as vertices after the face's own."),
]
ShapesOption = Annotated[
    Path | None,
    typer.Option(
        metavar="HEAD",
        help="A head with its own ARKit shapes, a folder of meshes named by them or what rig "
        "wrote, on which face tracking weights are played, or in which a clip of it becomes "
        "weights; --input-unit is that of its coordinates.",
    ),
]


def played(source: Path, head: Path, read: Given, progress: Progress) -> MeshSequence:
    """Play a take of face tracking on the head that ``--shapes`` names.

    Raises
    ------
    InputError
        Where the one is no take, or the other has no shapes.
    """
    from studio.io.weights.playing import play_weights
    from studio.takes.reading import read_clip

    if read.gaps is not None:
        raise InputError.of("convert", "a folder of frames for --gaps", "--shapes beside it")
    # Poses have no rate, which nobody needs to be told.
    as_poses, reading = Given(read.unit, fps=1.0), progress.part(0.0, 0.5)
    shapes = read_clip(head, reading, as_poses, reorder=False, poses=True).renamed(head.name)
    return play_weights(source, shapes, fps=read.fps, progress=progress.part(0.5, 1.0))


def is_take(source: Path) -> bool:
    """Whether a file holds weights of face tracking."""
    from studio.io import FORMATS

    kind = FORMATS.reader(source) if source.is_file() else None
    return kind is not None and kind.weighs


NO_SHAPES = Path("none")
OwnShapesOption = Annotated[
    Path | None,
    typer.Option(
        "--shapes",
        metavar="HEAD|none",
        help="The head that a clip of another triangulation shows, with its own ARKit shapes: a "
        "folder of meshes named by them or what rig wrote. The clip is read in these, and by its "
        "surface where they do not explain it; none: by its surface in any case.",
    ),
]
LandmarksOption = Annotated[
    Path | None,
    typer.Option(
        help="A text file of landmarks of a mesh of another triangulation: the 68 vertices of "
        "iBUG in their order, counted from 0, or lines such as 'nose tip: 1234' of the points "
        "that its registration begins from; they are found unless given."
    ),
]
RegisterOption = Annotated[
    bool,
    typer.Option(
        " /--no-register",
        help="Refuse faces of another triangulation than the studio's, and do not fit it to them.",
    ),
]


def face_choice(
    neutral: Path | None,
    landmarks: Path | None = None,
    read: Given | None = None,
    *,
    register: bool = True,
    shapes: Path | None = None,
) -> FaceChoice:
    """Say whose face ``--neutral`` and ``--landmarks`` mean.

    Parameters
    ----------
    neutral, landmarks
        What the options name.
    read
        How the face is to be read.
    register
        Whether a face of another triangulation is registered; otherwise it moves by its landmarks.
    shapes
        As in `registered`.

    Raises
    ------
    InputError
        For landmarks that are none, or lie on nothing.
    """
    if neutral is None and landmarks is not None:
        raise InputError.of("landmarks", "a mesh in --neutral that they lie on", "none")
    if neutral is None and shapes is not None:
        raise InputError.of("shapes", "a face in --neutral that they move", "none")
    read = read or Given()
    if neutral is None and read != Given():
        raise InputError.of("generate", "--input-unit and --fps of a face in --neutral", "no face")
    if neutral is None:
        return FaceChoice()
    path = str(neutral.absolute())
    by = registered(landmarks, register=register, shapes=shapes)
    from studio.takes.points import read_landmarks

    marks = () if register or landmarks is None else read_landmarks(landmarks)
    return FaceChoice("file", path=path, landmarks=marks, given=read, registered=by)


def registered(
    landmarks: Path | None, *, register: bool = True, shapes: Path | None = None
) -> Registered | None:
    """Say how ``--landmarks``, ``--no-register`` and ``--shapes`` want a face registered and read.

    Raises
    ------
    InputError
        For landmarks that are none, and for shapes of a face that is not to be registered.
    """
    from studio.takes.points import read_points

    if shapes is not None and not register:
        raise InputError.of("shapes", "a face that is registered", "--no-register too")
    if not register:
        return None
    by = Registered(() if landmarks is None else read_points(landmarks))
    if shapes is None:
        return by
    return replace(by, shapes="" if shapes == NO_SHAPES else str(shapes.absolute()))
