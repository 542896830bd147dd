"""What the commands print: facts on stdout, progress on a terminal's stderr."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from studio.core import MeshSequence, Progress
from studio.core.system.streams import say
from studio.io.files import whole_file

_PERIOD = 0.05


class ProgressLine:
    """One line on stderr that is written over and wiped at the end; nothing where no one looks."""

    def __init__(self) -> None:
        self._last = 0.0
        self._length = 0
        self._remarks: dict[str, None] = {}

    def show(self, fraction: float, message: str) -> None:
        """Write the line over, at most twenty times a second."""
        now = time.monotonic()
        if now - self._last < _PERIOD and fraction < 1.0:
            return
        self._last = now
        width = max(shutil.get_terminal_size().columns - 1, 10)
        text = f"{100 * fraction:3.0f} %  {message}"[:width]
        self._write("\r" + text.ljust(self._length))
        self._length = len(text)

    def remark(self, sentence: str) -> None:
        """Note what is to be told, once, however often the same file is read."""
        self._remarks[sentence] = None

    def tell(self) -> None:
        """Leave a line for each remark; where the work is refused that is said alone."""
        for sentence in self._remarks:
            say(sentence)

    def wipe(self) -> None:
        """Take the line away."""
        if self._length:
            self._write("\r" + " " * self._length + "\r")
            self._length = 0

    @staticmethod
    def _write(text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()


@contextmanager
def progress_line() -> Iterator[Progress]:
    """Give a command its `Progress`."""
    line = ProgressLine()
    try:
        if sys.stderr.isatty():
            yield Progress(line.show, remarked=line.remark)
        else:
            yield Progress(remarked=line.remark)
    finally:
        line.wipe()
    line.tell()


def print_json(value: object) -> None:
    """Print one object, no NaN: other programs read this."""
    print(json.dumps(value, allow_nan=False))


def reading_facts(clip: MeshSequence) -> dict[str, object]:
    """Say the rate and the unit of a clip that was read, and who said them, as JSON."""
    read = clip.read_as
    return {
        "fps": clip.fps,
        "fps_from": read.rate_by or None,
        "unit": read.unit or None,
        "unit_from": read.unit_by or None,
    }


def tell_clip(
    clip: MeshSequence,
    what: str,
    seconds: float,
    place: Path,
    facts: dict[str, object],
    recipe: Path,
    more: dict[str, object],
    *,
    json: bool,
) -> None:
    """Say that a clip has been made: in one line, or as one object from the facts to the rest."""
    if json:
        shape = {"frames": clip.n_frames, "vertices": clip.n_vertices}
        ends = {"seconds": seconds, "out": str(place), "recipe": str(recipe)}
        print_json({**facts, **shape, **ends, **more})
    else:
        print(f"{what}: {clip.n_frames} frames in {seconds:.2f} s, in {place}")


def write_json(value: object, path: Path) -> None:
    """Write a readable file, whole or not at all.

    Raises
    ------
    StudioError
        Where the system refuses.
    """
    with whole_file(path) as part:
        part.write_text(json.dumps(value, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def print_table(rows: Sequence[Sequence[str]], heads: Sequence[str]) -> None:
    """Print columns as wide as their widest cell; the first to the left, others to the right."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        cells = [
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
