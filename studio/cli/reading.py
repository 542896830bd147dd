"""What options of several commands name: landmarks and faces."""

from __future__ import annotations

from pathlib import Path

from studio.core import FaceChoice, InputError
from studio.core.disk import LARGEST_TEXT, read_whole

_BLANKS = str.maketrans(",;[]", "    ")


def face_choice(neutral: Path | None, landmarks: Path | None = None) -> FaceChoice:
    """Say whose face ``--neutral`` and ``--landmarks`` mean.

    Raises
    ------
    InputError
        For landmarks that are none, or lie on nothing.
    """
    if neutral is None and landmarks is not None:
        raise InputError.of("landmarks", "a mesh in --neutral that they lie on", "none")
    if neutral is None:
        return FaceChoice()
    marks = () if landmarks is None else read_landmarks(landmarks)
    return FaceChoice("file", path=str(neutral.absolute()), landmarks=marks)


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
