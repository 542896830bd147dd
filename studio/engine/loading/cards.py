"""What a set's card says of its models in numbers.

The card may begin with lines such as ``motion-gan.seconds: 0.11`` between two lines of ``---``:

seconds : processor time of a clip of 60 frames on one CPU thread, sampled and made into a surface
accuracy : 0..1, share of generated clips that a separate classifier reads as what was asked for
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from studio.core import InputError
from studio.core.system.disk import regular

CARD = "README.md"
_LONGEST = 100_000  # letters that are read of a card
Figures = Mapping[str, Mapping[str, float]]


def card_figures(folder: Path) -> dict[str, dict[str, float]]:
    """Read the figures of a folder's card.

    Returns
    -------
    dict
        By model and name; empty where there is no card, or none in it.
    """
    text = _read(folder)
    if not text.startswith("---\n"):
        return {}
    found: dict[str, dict[str, float]] = {}
    for line in text[4:].partition("\n---\n")[0].splitlines():
        key, _, value = line.partition(":")
        model, _, name = key.strip().rpartition(".")
        number = _number(value)
        if model and number is not None:
            found.setdefault(model, {})[name] = number
    return found


def card_text(folder: Path) -> str:
    """Read the card of a folder without the lines that it may begin with; empty without a card."""
    text = _read(folder)
    if text.startswith("---\n"):
        text = text.partition("\n---\n")[2]
    return text.strip()


def _read(folder: Path) -> str:
    try:
        regular(folder / CARD)
        with (folder / CARD).open(encoding="utf-8", errors="replace") as file:
            return file.read(_LONGEST)
    except (OSError, InputError):
        return ""


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
