"""What can be opened, as file dialogs and hints say it."""

from __future__ import annotations

import textwrap

from studio.core.errors import either
from studio.document import SUFFIX
from studio.io import FORMATS
from studio.io.formats.weights import TAKES

_NARROW = 66  # characters in a line of the hint


def open_filters() -> str:
    """Write the filters of a dialog that opens clips and sessions."""
    kinds = [
        f"Faces in motion and sessions ({_patterns()} *{SUFFIX})",
        f"Sessions (*{SUFFIX})",
        "All files (*)",
    ]
    return ";;".join(kinds)


def clip_filter() -> str:
    """Write the filter of a dialog that asks for one mesh or clip."""
    return f"Meshes and clips ({_patterns()})"


def take_filter() -> str:
    """Write the filter of a dialog that asks for a take of face tracking."""
    patterns = " ".join(f"*{suffix}" for suffixes in TAKES.values() for suffix in suffixes)
    return f"Face tracking weights ({patterns})"


def openable() -> str:
    """Say all that can be opened in a sentence, in lines that break between its parts."""
    frames = either(kind.short for kind in FORMATS.readers if not kind.single)
    files: dict[str, list[str]] = {}
    for kind in FORMATS.readers:
        if kind.single:
            files.setdefault(kind.noun, []).append(kind.short)
    parts = [f"A folder of {frames} frames"]
    parts += [f"{noun} ({either(names)})" for noun, names in files.items()]
    parts.append(f"or a session ({SUFFIX[1:].upper()}).")
    return textwrap.fill(", ".join(part.replace(" ", "\xa0") for part in parts), _NARROW)


def _patterns() -> str:
    return " ".join(f"*{suffix}" for kind in FORMATS.readers for suffix in kind.suffixes)
