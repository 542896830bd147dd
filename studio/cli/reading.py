"""What options of several commands name: how a file is read, landmarks and faces."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from studio.core import FaceChoice, Given, InputError
from studio.core.disk import LARGEST_TEXT, read_whole
from studio.core.timing import FASTEST, SLOWEST

_BLANKS = str.maketrans(",;[]", "    ")


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
    "Frames missing in a folder: made from those on both sides, the one before held, or left out; "
    "filled where few are missing unless given."
)
GapsOption = Annotated[GapsName | None, typer.Option(help=_GAPS_HELP)]


def given(unit: ReadUnit | None, fps: float | None, gaps: GapsName | None = None) -> Given:
    """Say how ``--input-unit``, ``--fps`` and ``--gaps`` want a file read."""
    return Given(None if unit is None else unit.value, fps, None if gaps is None else gaps.value)


def face_choice(
    neutral: Path | None, landmarks: Path | None = None, read: Given | None = None
) -> FaceChoice:
    """Say whose face ``--neutral`` and ``--landmarks`` mean.

    Parameters
    ----------
    neutral, landmarks
        What the options name.
    read
        How the face is to be read.

    Raises
    ------
    InputError
        For landmarks that are none, or lie on nothing.
    """
    if neutral is None and landmarks is not None:
        raise InputError.of("landmarks", "a mesh in --neutral that they lie on", "none")
    read = read or Given()
    if neutral is None and read != Given():
        raise InputError.of("generate", "--input-unit and --fps of a face in --neutral", "no face")
    if neutral is None:
        return FaceChoice()
    marks = () if landmarks is None else read_landmarks(landmarks)
    return FaceChoice("file", path=str(neutral.absolute()), landmarks=marks, given=read)


def read_landmarks(path: Path) -> tuple[int, ...]:
    """Read vertex numbers from a text file.

    They are apart by blanks, commas or lines; brackets are overlooked.

    Raises
    ------
    InputError
        For anything else.
    """
    wanted = "the numbers of vertices that are landmarks"
    try:
        words = read_whole(path, wanted, LARGEST_TEXT).decode("utf-8").translate(_BLANKS).split()
        return tuple(int(word) for word in words)
    except ValueError as error:
        raise InputError.of(path, wanted, "something else") from error
