"""Errors a user may meet.

StudioError                 one sentence for the user; anything else is a bug with a traceback
├── InputError              a file or an argument is not what was wanted
├── CheckpointError         a model file is missing, truncated, of another kind or topology
└── MissingExtraError       an optional dependency is needed and not installed

Cancelled                   not an error: the user stopped a job
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_LONGEST = 300  # letters of a sentence about a file


def printable(text: str) -> str:
    """Put a question mark for what would break a line or a terminal: control characters."""
    return "".join(c if c.isprintable() else "?" for c in text)


def shortened(text: str, most: int = _LONGEST) -> str:
    """Leave out the middle of a long text: its ends say what it is about, and what is wrong."""
    half = (most - 3) // 2
    return text if len(text) <= most else f"{text[:half]} … {text[-half:]}"


def either(words: Iterable[str], last: str = "or") -> str:
    """Words in a sentence: ``OBJ, PLY or STL``."""
    *most, end = words
    return f"{', '.join(most)} {last} {end}" if most else end


class StudioError(Exception):
    """A sentence for the user. The message is shown as it is, in a dialog or on stderr."""


class InputError(StudioError):
    """A file or an argument is not what was wanted."""

    def __init__(self, sentence: str) -> None:
        super().__init__(shortened(printable(sentence)))

    @classmethod
    def of(cls, path: Path | str, wanted: str, found: str) -> InputError:
        """Put it in the house form: ``take3.obj: expected 4538 vertices, found 5023``."""
        name = shortened(Path(path).name or str(path), 60)
        return cls(f"{name}: expected {shortened(wanted, 160)}, found {shortened(found, 100)}")


class CheckpointError(StudioError):
    """A model file is missing, truncated, of another kind or of another topology."""

    def __init__(self, sentence: str) -> None:
        super().__init__(shortened(printable(sentence)))


class MissingExtraError(StudioError):
    """An optional dependency is needed and not installed."""


class Cancelled(Exception):
    """The user stopped a job. Raised by `Progress`, caught by whoever started the job."""
