"""Whose columns a table of action units has."""

from __future__ import annotations

from enum import StrEnum


class Columns(StrEnum):
    """Whose columns a table has."""

    openface = "openface"
    feat = "feat"
