"""Errors a user may meet.

StudioError                 one sentence for the user; anything else is a bug with a traceback
├── InputError              a file or an argument is not what was wanted
├── CheckpointError         a model file is missing, truncated, of another kind or topology
└── MissingExtraError       an optional dependency is needed and not installed

Cancelled                   not an error: the user stopped a job
"""

from __future__ import annotations

from pathlib import Path


class StudioError(Exception):
    """A sentence for the user. The message is shown as it is, in a dialog or on stderr."""


class InputError(StudioError):
    """A file or an argument is not what was wanted."""

    @classmethod
    def of(cls, path: Path | str, wanted: str, found: str) -> InputError:
        """Put it in the house form: ``take3.obj: expected 4538 vertices, found 5023``."""
        return cls(f"{Path(path).name or path}: expected {wanted}, found {found}")


class CheckpointError(StudioError):
    """A model file is missing, truncated, of another kind or of another topology."""


class MissingExtraError(StudioError):
    """An optional dependency is needed and not installed."""


class Cancelled(Exception):
    """The user stopped a job. Raised by `Progress`, caught by whoever started the job."""
