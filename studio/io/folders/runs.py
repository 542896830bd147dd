"""One of several runs of frames in a folder, named by a pattern: ``faces/smile_*.obj``."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from studio.core import InputError

_NUMBER, _ANYTHING = r"-?\d+(?:[.,]\d+)?", r".*"


class SeveralRuns(InputError):
    """A folder holds several runs of frames, of which one is to be chosen.

    Attributes
    ----------
    runs
        The files of each, by the path that names it.
    """

    def __init__(self, folder: Path, runs: Mapping[Path, Sequence[str]]) -> None:
        self.runs = {path: tuple(names) for path, names in runs.items()}
        shown = ", ".join(f"{path.name} ({len(names)})" for path, names in [*runs.items()][:3])
        more = f" and {len(runs) - 3} more" if len(runs) > 3 else ""
        first, here = next(iter(runs)), Path.cwd()
        named = first.relative_to(here) if first.is_relative_to(here) else first
        wanted = f'one run of frames, which a pattern in quotes names, as "{named}"'
        super().__init__(str(InputError.of(folder, wanted, shown + more)))


def is_pattern(path: Path) -> bool:
    """Whether a path names files of a folder by a pattern; a star is part of some real names."""
    return "*" in path.name and not os.path.lexists(path)


def folder_of(path: Path) -> Path:
    """Find the folder of a run: the path itself, or where the files of a pattern are."""
    return path.parent if is_pattern(path) else path


def run_called(path: Path) -> str:
    """Say what the clip of a folder or a pattern is called: ``smile`` of ``faces/smile_*.obj``."""
    if not is_pattern(path):
        return path.name
    return os.path.splitext(path.name)[0].replace("*", "").strip(" _-.") or path.parent.name


def of_pattern(names: Sequence[str], pattern: str) -> list[str]:
    """Choose names by a pattern.

    A star stands for a number and, where no name has one there, for anything.
    """
    for star in (_NUMBER, _ANYTHING):
        rule = re.compile(star.join(map(re.escape, pattern.split("*"))), re.IGNORECASE)
        found = [name for name in names if rule.fullmatch(name)]
        if found:
            return found
    return []
