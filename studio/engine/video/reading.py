"""A video as a clip of the studio's face."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from studio.core import InputError, MeshSequence, Progress
from studio.core.video.footage import Footage
from studio.io.format import Source

from .following import Followed, follow
from .laying import lay, span_of


def read_video(source: Source) -> MeshSequence:
    """Follow the face in a video, and move the studio's face as it moves.

    Frames in which it is lost are made from those on both sides, or as `Source.gaps` says; the
    face at rest is the calmest, or that of the frames that `Source.rest` says.

    Raises
    ------
    InputError
        Where it is no video, shows no face, or not the one that is asked for.
    """
    face = _number(source)
    followed = follow(source.place, face, source.progress.part(0.0, 0.9))
    source.progress.report(0.9, f"Posing {source.place.name}")
    footage = replace(_footage(source.place.absolute(), face, followed), fps=source.fps)
    rest = None if source.rest is None else span_of(footage, *source.rest)
    return lay(footage, source.name, source.gaps or "fill", rest)


def seen_again(footage: Footage, face: int, progress: Progress) -> Footage:
    """Follow another face through the pictures of a clip.

    Raises
    ------
    InputError
        Where there is no such face, or the pictures are not there any more.
    """
    found = _footage(footage.place, face, follow(footage.place, face, progress))
    return replace(found, fps=footage.fps)


def _footage(place: Path, face: int, followed: Followed) -> Footage:
    return Footage(
        place,
        followed.seconds,
        followed.landmarks,
        followed.sizes,
        face,
        followed.faces,
        remarks=followed.remarks,
    )


def _number(source: Source) -> int:
    """Read which face is wanted, by number or behind ``#``.

    Raises
    ------
    InputError
        Where that is none, or two.
    """
    if source.face is not None and source.part:
        raise InputError.of(source.place, "--face or a number behind #", "both")
    part = source.part or str(source.face or 1)
    if not part.isdecimal() or not int(part):
        raise InputError.of(source.place, "the number of a face behind #, 1 the largest", part)
    return int(part)
