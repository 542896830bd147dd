"""Clips by the places that recipes and the command line name: files, folders, clips of sessions."""

from __future__ import annotations

import os
from pathlib import Path

from studio.core import InputError, MeshSequence, Progress
from studio.document.evaluator import Evaluator
from studio.document.session import SUFFIX, read_session
from studio.io import read_sequence


def read_clip(path: Path, progress: Progress) -> MeshSequence:
    """Read what `studio.io` reads, or a clip of a session.

    ``talk.studio`` means the clip on show in that session, and ``talk.studio#smile`` the one of
    that name.

    Raises
    ------
    InputError
        With one sentence.
    """
    place, mark, name = str(path).rpartition(f"{SUFFIX}#")
    file = Path(place + SUFFIX) if mark else path
    if os.path.exists(path):
        file, mark = path, ""
    if file.suffix.lower() != SUFFIX or os.path.isdir(file):
        return read_sequence(path, progress=progress)
    evaluator = Evaluator()
    session = read_session(file, progress=progress, evaluator=evaluator)
    for note in session.notes:
        progress.remarked(note)
    state = session.state
    named = (clip for clip in state.clips if clip.name == name)
    clip = next(named, None) if mark else state.current_clip
    if clip is None:
        known = ", ".join(clip.name for clip in state.clips) or "no clips"
        raise InputError.of(file, f"a clip named {name}" if mark else "a clip", known)
    return evaluator.sequence(clip).renamed(clip.name)


def frame_of(sequence: MeshSequence, frame: int) -> MeshSequence:
    """Take a single frame of a clip.

    Raises
    ------
    InputError
        Where there is none of that number.
    """
    if not 0 <= frame < sequence.n_frames:
        raise InputError.of(sequence.name, f"a frame from 0 to {sequence.n_frames - 1}", str(frame))
    return sequence.sliced(frame, frame + 1)
