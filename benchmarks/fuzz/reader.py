"""What the command tries: something that reads a kind of file, and valid files of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Write = Callable[[Path], object]
Read = Callable[[Path], object]


@dataclass(frozen=True)
class Reader:
    """What reads a kind of file.

    Attributes
    ----------
    good
        Writes a valid file, by the name of the file.
    read
        Reads the damaged file; where several lie together, the damaged one of them.
    runs
        Whether it is read as the second frame of a folder, too.
    beside
        Writes what lies in the folder before.
    """

    good: dict[str, Write]
    read: Read
    runs: bool = False
    beside: Write | None = None


def spelled(text: str) -> Write:
    """Make what writes a text."""
    return lambda path: path.write_text(text, encoding="utf-8")


def holding(data: bytes) -> Write:
    """Make what writes bytes."""
    return lambda path: path.write_bytes(data)
