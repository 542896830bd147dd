"""Names and ids of clips, of which no two that the studio gives are the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import uuid4

_NUMBER = re.compile(r" \(\d+\)$")
_COPY = re.compile(r" copy( \(\d+\))?$")


def new_id() -> str:
    """Make an id that no clip of any session has, because answers are remembered by it."""
    return f"clip-{uuid4().hex[:12]}"


def free_name(name: str, taken: Iterable[str]) -> str:
    """Give the name itself, or, where it is taken, with the first free number behind it."""
    used = set(taken)
    if name not in used:
        return name
    stem, number = _NUMBER.sub("", name), 2
    while f"{stem} ({number})" in used:
        number += 1
    return f"{stem} ({number})"


def copy_name(name: str) -> str:
    """Name a copy; one of a copy is one of what that was copied from."""
    return f"{_COPY.sub('', name)} copy"
