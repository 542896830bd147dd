"""A clip named on the command line: a file or folder, or one clip of a session."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from studio.core import InputError

if TYPE_CHECKING:
    from studio.core import MeshSequence, Progress

_BLANKS = str.maketrans(",;[]", "    ")


def read_clip(path: Path, progress: Progress) -> MeshSequence:
    """Read what `studio.io` reads; ``talk.studio`` means the clip on show in that session, and
    ``talk.studio#smile`` the one of that name.

    Raises `InputError` with one sentence.
    """
    from studio.document.evaluator import Evaluator
    from studio.document.session import SUFFIX, read_session
    from studio.io import read_sequence

    place, mark, name = str(path).rpartition(f"{SUFFIX}#")
    file = Path(place + SUFFIX) if mark else path
    if path.exists():
        file, mark = path, ""
    if file.suffix.lower() != SUFFIX or file.is_dir():
        return read_sequence(path, progress=progress)
    evaluator = Evaluator()
    state = read_session(file, progress=progress, evaluator=evaluator).state
    named = (clip for clip in state.clips if clip.name == name)
    clip = next(named, None) if mark else state.current_clip
    if clip is None:
        known = ", ".join(clip.name for clip in state.clips) or "no clips"
        raise InputError.of(file, f"a clip named {name}" if mark else "a clip", known)
    return evaluator.sequence(clip).renamed(clip.name)


def read_landmarks(path: Path) -> list[int]:
    """Vertex numbers in a text file, apart by blanks, commas or lines; brackets are overlooked.

    Raises `InputError` for anything else.
    """
    try:
        words = path.read_text(encoding="utf-8").translate(_BLANKS).split()
        return [int(word) for word in words]
    except (OSError, ValueError) as error:
        wanted = "the numbers of vertices that are landmarks"
        raise InputError.of(path, wanted, "something else") from error
