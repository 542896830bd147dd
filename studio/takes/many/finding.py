"""Which clips paths, patterns and folder trees name, and where what is made of each belongs."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.core import InputError
from studio.core.system.disk import look, oddity
from studio.core.system.paths import SESSION as SUFFIX
from studio.io import FORMATS, sniff
from studio.io.folders.folder import mesh_names, several_runs
from studio.io.folders.runs import folder_of, is_pattern, of_pattern, run_called
from studio.io.formats.video import SUFFIXES as VIDEOS

_UNSURE = (".csv", ".json", ".npy", ".tsv", ".txt")  # suffixes of much that is no clip
_SPECIAL = "*?["


@dataclass(frozen=True)
class Found:
    """One clip.

    Attributes
    ----------
    path
        As commands take it: a file, a folder of frames, or a pattern that names a run of them.
    inside
        The folder tree or the folder of a pattern that it was found in, None where it was named.
    tree
        Whether all of that folder is read.
    """

    path: Path
    inside: Path | None = None
    tree: bool = False

    @property
    def name(self) -> str:
        """What becomes of it is called this."""
        if is_pattern(self.path) or os.path.isdir(self.path):
            return run_called(self.path)
        return self.path.stem

    @property
    def still(self) -> bool:
        """Whether it is a single mesh, which makes a single one."""
        frame = self.path.suffix.lower() in FORMATS.frame_suffixes
        return frame and not (is_pattern(self.path) or os.path.isdir(self.path))


@dataclass(frozen=True)
class Clips:
    """The clips that a command was given.

    Attributes
    ----------
    found
        Each of them, once.
    spread
        Whether they came of something that stands for several: a tree or a pattern.
    left_out
        Files of trees that may be clips by their suffix, and are none.
    movies
        Videos of trees that lie beside meshes or takes, of which they are pictures.
    """

    found: tuple[Found, ...]
    spread: bool
    left_out: int = 0
    movies: int = 0


def clips_in(inputs: Sequence[Path]) -> Clips:
    """Find the clips that paths, patterns and folders name.

    A folder of frames is one clip. One of clips is a tree: files and folders of frames in it are a
    clip each, hidden ones left out. So are videos beside other clips: they are mostly movies of
    these, and a pattern such as ``*.mp4`` reads them.

    Raises
    ------
    InputError
        For a path where nothing is, a pattern that fits nothing, and a folder without clips.
    """
    found: dict[Path, Found] = {}
    spread, left_out, movies = len(inputs) > 1, 0, 0
    for path in map(Path.absolute, inputs):
        if _in_session(path):
            each = [Found(path)]
        elif is_run(path) or not (is_glob(path) or os.path.isdir(path)):
            if not is_pattern(path):
                look(path, "a clip")
            each = [Found(path)]
        else:
            spread = True
            each, odd, beside = _of_glob(path) if is_glob(path) else _of_tree(path)
            if not each:
                raise InputError.of(path, "a folder of frames or of clips", "none in it")
            left_out, movies = left_out + odd, movies + beside
        for one in each:
            found.setdefault(one.path, one)
    return Clips(tuple(found.values()), spread, left_out, movies)


def is_glob(path: Path) -> bool:
    """Whether a path is a pattern of names; one that is there is itself."""
    return any(mark in str(path) for mark in _SPECIAL) and not os.path.lexists(path)


def is_run(path: Path) -> bool:
    """Whether a folder, or a pattern of names in one, holds one run of frames."""
    if is_pattern(path):
        return os.path.isdir(path.parent) and bool(of_pattern(mesh_names(path.parent), path.name))
    return os.path.isdir(path) and _runs(path) == [path]


def _in_session(path: Path) -> bool:
    """Whether a path names a clip of a session, as ``talk.studio#smile`` does."""
    place, mark, _ = str(path).rpartition(f"{SUFFIX}#")
    return bool(mark) and not os.path.lexists(path) and os.path.isfile(place + SUFFIX)


def _runs(folder: Path) -> list[Path]:
    """List the runs of frames directly in a folder: itself, or a pattern for each of several."""
    names = mesh_names(folder)
    stems = {Path(name).stem for name in names}
    with os.scandir(folder) as entries:
        needy = {Path(e.name).stem for e in entries if Path(e.name).suffix.lower() in _needy()}
    if stems <= needy:  # meshes that belong to files of other formats, which lack the faces
        return []
    return [*several_runs(folder)] or [folder]


def _needy() -> set[str]:
    """Give the suffixes of files that a mesh lies beside."""
    return {suffix for kind in FORMATS.values() if kind.companion for suffix in kind.suffixes}


def _of_glob(pattern: Path) -> tuple[list[Found], int, int]:
    """Find what a pattern of names fits, as `_of_tree` does; ``**`` stands for any folders."""
    base = _fixed(pattern)
    rest = str(pattern.relative_to(base))
    found: list[Found] = []
    odd = movies = 0
    # A Path finds hidden files too, and folders alone behind a last **.
    hits = sorted(glob.glob(rest, root_dir=base, recursive=True))  # noqa: PTH207
    for hit in (base / name for name in hits):
        if not os.path.isdir(hit):
            sure = hit.suffix.lower() in FORMATS.frame_suffixes or _clip_file(hit)
            found.extend([Found(hit, base)] if sure else [])
            odd += not sure
        elif is_run(hit):
            found.append(Found(hit, base))
        elif "**" not in pattern.name:  # which names what is in the folder too
            each, more, beside = _of_tree(hit)
            found.extend(Found(one.path, base) for one in each)
            odd, movies = odd + more, movies + beside
    if not found:
        raise InputError.of(pattern.name, "a pattern of clips", f"none of that name in {base}")
    return found, odd, movies


def _fixed(pattern: Path) -> Path:
    """Give the folder that a pattern begins in."""
    folder = Path(pattern.anchor)
    for part in pattern.parts[1:-1]:
        if not (folder / part).is_dir():
            break
        folder /= part
    return folder


def _of_tree(tree: Path) -> tuple[list[Found], int, int]:
    """Find the clips below a folder; also how many files may be some and are none, and movies."""
    found: list[Found] = []
    odd = movies = 0
    refused: list[OSError] = []
    for folder, names in _folders(tree, refused):
        runs = _runs(folder)
        found.extend(Found(run, tree, tree=True) for run in runs)
        if runs:
            movies += len(_videos(names))
            continue  # what lies beside frames speaks of them
        # A name behind that of a file speaks of it: take.npy.json
        told = {name: _clip_file(folder / name) for name in names if Path(name).stem not in names}
        files = [name for name, sure in told.items() if sure]
        beside = _videos(files) if len(_videos(files)) < len(files) else ()
        clips = (folder / name for name in files if name not in beside)
        found.extend(Found(clip, tree, tree=True) for clip in clips)
        odd += sum(sure is False for sure in told.values())
        movies += len(beside)
    # Whoever opens it says why it cannot be.
    found.extend(Found(Path(str(error.filename)), tree, tree=True) for error in refused)
    return found, odd, movies


def _videos(names: Sequence[str]) -> tuple[str, ...]:
    """Choose those that are videos by their suffix."""
    return tuple(name for name in names if Path(name).suffix.lower() in VIDEOS)


def _folders(tree: Path, refused: list[OSError]) -> Iterator[tuple[Path, list[str]]]:
    """Walk a tree in order, each folder once however links lead; with the names of its files."""
    seen: set[str] = set()
    for place, folders, names in os.walk(tree, onerror=refused.append, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield Path(place), sorted(name for name in names if not name.startswith("."))


def _clip_file(path: Path) -> bool | None:
    """Whether a file is a clip of all frames; None where nobody would take it for one."""
    suffix = path.suffix.lower()
    known = {s for kind in FORMATS.readers if kind.single for s in kind.suffixes}
    if suffix not in known or oddity(path):
        return None
    return suffix not in _UNSURE or sniff(path) is not None


def stamp(path: Path) -> str:
    """Say what lies at a path: size and time of change, of all frames where it is a run."""
    try:
        if is_pattern(path) or os.path.isdir(path):
            return _run_stamp(path)
        place, mark, _ = str(path).rpartition(f"{SUFFIX}#")
        file = path if os.path.lexists(path) or not mark else Path(place + SUFFIX)
        there = file.stat()
    except OSError:
        return "gone"
    return f"{there.st_size}-{there.st_mtime_ns}"


def _run_stamp(place: Path) -> str:
    """Hash names, sizes and times of the frames of a run, and of what is said beside them."""
    folder = folder_of(place)
    names = mesh_names(folder)
    if is_pattern(place):
        names = of_pattern(names, place.name)
    rows = []
    for name in [*names, *sorted(path.name for path in folder.glob("frames.*.json"))]:
        there = (folder / name).stat()
        rows.append((name, there.st_size, there.st_mtime_ns))
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]


def shared_folder(clips: Clips) -> Path:
    """Find the folder from which what is made keeps the paths of what it is made of.

    That is the tree, or the folder of a pattern, where one was given alone; else the nearest that
    holds all clips and trees.

    Raises
    ------
    InputError
        Where there is none.
    """
    trees = {each.inside for each in clips.found}
    if len(trees) == 1 and (tree := trees.pop()) is not None:
        return tree
    above = [each.inside.parent if each.inside else each.path.parent for each in clips.found]
    try:
        return Path(os.path.commonpath(above))
    except ValueError:
        wanted = "clips of one drive"
        raise InputError.of(clips.found[0].path, wanted, "others of another") from None
