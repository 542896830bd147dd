"""Clips by the places that recipes and the command line name: files, folders, clips of sessions."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core import Given, InputError, MeshSequence, Progress
from studio.core.errors import shortened
from studio.core.system.paths import SESSION as SUFFIX
from studio.face.known import known, studio_face
from studio.face.matching import match
from studio.io import read_sequence
from studio.io.sound.sound import Sound
from studio.io.sound.wav import beside, read_sound

if TYPE_CHECKING:
    from studio.document.evaluator import Played

_FEWEST_TRIANGLES = 100  # of a mesh that could be a face


def read_clip(
    path: Path,
    progress: Progress,
    given: Given | None = None,
    *,
    purpose: str = "",
    topology: str = "",
    foreign: bool = False,
    reorder: bool = True,
    poses: bool = False,
) -> MeshSequence:
    """Read what `studio.io` reads, or a clip of a session.

    ``talk.studio`` means the clip on show in that session, and ``talk.studio#smile`` the one of
    that name.

    Parameters
    ----------
    path
        The clip.
    progress
        Told how far reading is.
    given
        How a file is to be read, whatever it says.
    purpose, topology
        What only a clip of one face serves for, as "to recognize", and the topology of that face,
        by default the studio's: another is refused once its first frame is known.
    foreign
        Whether one of another triangulation that could be a face serves too.
    reorder, poses
        As in `read_sequence`.

    Raises
    ------
    InputError
        With one sentence.
    """
    topology = topology or (studio_face().topology if purpose else "")
    check = partial(_check_face, path=path, purpose=purpose, topology=topology, foreign=foreign)
    played = clip_of_session(path, progress, given)
    if played is None:
        given = given or Given()
        return _in_file(path, progress, given, topology, check, reorder=reorder, poses=poses)
    check(played.clip.recording)
    return played.named()


def read_with_sound(
    path: Path, progress: Progress, given: Given | None = None, *, heard: bool = True
) -> tuple[MeshSequence, Sound | None]:
    """Read a clip, and what is heard with it.

    That is the sound of a clip of a session, or a WAV file of the same name beside a file.

    Parameters
    ----------
    path, progress, given
        As of `read_clip`.
    heard
        Whether the sound is wanted; else it is left alone.

    Raises
    ------
    InputError
        With one sentence.
    """
    if not heard:
        return read_clip(path, progress, given), None
    played = clip_of_session(path, progress, given)
    if played is not None:
        lies = played.clip.heard
        told = played.named()
        return told, None if lies is None else lies.sound
    sequence, found = read_clip(path, progress, given), beside(path)
    if found is None:
        return sequence, None
    sound = read_sound(found)
    progress.remarked(f"{found.name} beside it is its sound.")
    return sequence, sound


def clip_of_session(path: Path, progress: Progress, given: Given | None = None) -> Played | None:
    """Read a clip of a session with all that lies beside it; None for the path of another file.

    Parameters
    ----------
    path, progress, given
        As of `read_clip`.

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
        return None
    if given is not None and given != Given():
        wanted = "another clip beside --input-unit, --fps, --gaps and --face"
        raise InputError.of(path, wanted, "one of a session, which keeps its own")
    # Only a session has edits, and what they stand on takes long to import.
    from studio.document.evaluator import Evaluator, Played
    from studio.document.session import read_session

    evaluator = Evaluator()
    session = read_session(file, progress=progress, evaluator=evaluator)
    for note in session.notes:
        progress.remarked(note)
    state = session.state
    named = (clip for clip in state.clips if clip.name == name)
    clip = next(named, None) if mark else state.current_clip
    if clip is None:
        there = ", ".join(clip.name for clip in state.clips) or "no clips"
        raise InputError.of(file, f"a clip named {name}" if mark else "a clip", there)
    return Played(clip, evaluator)


def _in_file(
    path: Path,
    progress: Progress,
    given: Given,
    topology: str,
    check: Callable[[MeshSequence], object],
    *,
    reorder: bool,
    poses: bool,
) -> MeshSequence:
    """Read what `studio.io` reads."""

    def check_first(first: MeshSequence, _n_frames: int) -> None:
        face = known(topology)
        # Vertices that lie at one place in the first frame may part in a later one.
        if face is not None and len(first.faces) != len(face.template.faces):
            check(first)

    # What is refused is one sentence; what else there is to say of a file comes after that.
    quiet = replace(progress, remarked=lambda _sentence: None)
    read = read_sequence(
        path,
        progress=quiet,
        unit=given.unit,
        fps=given.fps,
        gaps=given.gaps,
        face=given.face,
        rest=given.rest,
        reorder=reorder,
        poses=poses,
        on_first=check_first,
    )
    check(read)
    if given.pace is not None:
        read = replace(read, fps=given.pace)
    for remark in read.told:
        progress.remarked(f"{path.name}: {remark}")
    return read


def _check_face(
    sequence: MeshSequence, path: Path, purpose: str, topology: str, *, foreign: bool
) -> None:
    """Let pass a clip, or its first frame, of a face, and refuse another for the purpose."""
    if not purpose or (foreign and len(sequence.faces) >= _FEWEST_TRIANGLES):
        return
    if sequence.topology == topology:
        return
    found = match(sequence.vertices[:1], sequence.faces)
    if found is not None and found.template.topology == topology:
        return
    count = (known(topology) or studio_face()).template.n_vertices
    other = f"{sequence.n_vertices} vertices"
    if sequence.n_vertices == count:
        other = "as many vertices joined by other triangles"
    raise InputError(
        f"{shortened(path.name, 60)}: expected the studio's {count}-vertex face {purpose}, found "
        f"{other}; any mesh can be viewed, one of a face registered (register MESH), or moved "
        "where its landmarks are (generate --neutral MESH --landmarks FILE)"
    )


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
