"""Where what is made of each of many clips goes, settled before anything is made."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from studio.core import InputError
from studio.io.files import check_place
from studio.takes.many.finding import Clips, Found, shared_folder


def check_folder(out: Path, clips: Clips) -> None:
    """Refuse a folder for what is made of many clips that cannot serve.

    Raises
    ------
    StudioError
        For a file, a place where nothing can be written, a folder in a tree that is read, and one
        that holds what is read.
    """
    count = len(clips.found)
    many = f"{count} clips" if count > 1 else "the one clip found"
    if os.path.isfile(out) or (out.suffix and not os.path.isdir(out)):
        found = "a file" if os.path.isfile(out) else f"a {out.suffix} file name"
        raise InputError.of(out, f"a folder for what is made of {many}", found)
    check_place(out)
    real = Path(os.path.realpath(out))
    for each in clips.found:
        source = Path(os.path.realpath(each.path))
        tree = None if each.inside is None else Path(os.path.realpath(each.inside))
        within = each.tree and tree is not None and real.is_relative_to(tree)
        if within or (each.inside is not None and source.is_relative_to(real) and real != tree):
            raise InputError.of(out, "a folder outside of what is read", f"{each.path.name} there")


def places(clips: Clips, out: Path, suffix: str, *, frames: bool) -> list[Path]:
    """Say where what is made of each clip goes: the path that it has below what all share.

    Parameters
    ----------
    suffix
        Of the files that are written.
    frames
        Whether these are frames, which go into a folder a clip; that of a single mesh does not.

    Raises
    ------
    InputError
        Where two clips would go to one place, or one into the folder of another.
    """
    base = shared_folder(clips)
    made = [_place(each, base, out, suffix, frames=frames) for each in clips.found]
    _check_apart(clips.found, made)
    return made


def _place(each: Found, base: Path, out: Path, suffix: str, *, frames: bool) -> Path:
    folder = Path(os.path.relpath(each.path.parent, base))
    if each.path == base:  # the tree itself is a run of frames
        folder = Path()
    name = each.name if frames and not each.still else f"{each.name}{suffix}"
    return out / folder / name


def _check_apart(found: Sequence[Found], made: Sequence[Path]) -> None:
    there: dict[str, Found] = {}
    for each, place in zip(found, made, strict=True):
        spelled = str(place).casefold()  # as some disks have it
        if spelled in there:
            wanted = "clips that differ in more than case and suffix"
            pair = f"{there[spelled].path} and {each.path}"
            raise InputError.of(place, wanted, pair)
        there[spelled] = each
    for each, place in zip(found, made, strict=True):
        for above in place.parents:
            if other := there.get(str(above).casefold()):
                wanted = "clips of which none goes into the folder of another"
                raise InputError.of(above, wanted, f"{other.path} and {each.path}")
