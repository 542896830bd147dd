"""Finds actions by what is typed; the palette, the key sheet and the preferences all ask here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtGui import QAction


@dataclass(frozen=True)
class Row:
    """One line of a list of actions.

    Parameters
    ----------
    text
        What it does.
    place
        The menu it stands in, and the menus within that one.
    keys
        As the platform writes them; gestures of the mouse, too.
    action
        What it runs; None for a gesture.
    usable
        Whether it could be done when the list was made.
    id
        Of its record; empty for what can have no key of its own.
    """

    text: str
    place: tuple[str, ...]
    keys: tuple[str, ...] = ()
    action: QAction | None = None
    usable: bool = True
    id: str = ""


def ranked(rows: Iterable[Row], words: str) -> list[Row]:
    """Give the rows in which every word is found, the best ones first.

    Parameters
    ----------
    rows
        Kept in their order where they fit equally well.
    words
        Each is looked for in the text, the keys and the menus. At last its letters may lie
        apart in the text, in their order: "svas" finds "Save session as".
    """
    wanted = words.casefold().split()
    found = []
    for row in rows:
        ranks = [_rank(row, word) for word in wanted]
        known = [rank for rank in ranks if rank is not None]
        if len(known) == len(ranks):
            found.append((sum(known), not row.usable, row))
    return [row for *_, row in sorted(found, key=lambda one: one[:2])] if wanted else list(rows)


def _rank(row: Row, word: str) -> int | None:
    """Tell how well a word fits, 0 for best; None where it is not found."""
    text, keys = row.text.casefold(), [key.casefold() for key in row.keys]
    fits = (
        word in keys or text.startswith(word),
        f" {word}" in text,
        word in text,
        any(word in key for key in keys) or word in " ".join(row.place).casefold(),
        _in_order(word, text),
    )
    return fits.index(True) if True in fits else None


def _in_order(word: str, text: str) -> bool:
    """Whether a text has the letters of a word in this order, from the start of a word on."""
    starts = [place for place in range(len(text)) if place == 0 or text[place - 1] == " "]
    return any(_follow(word, text[place:]) for place in starts if text[place:][:1] == word[:1])


def _follow(word: str, text: str) -> bool:
    letters = iter(text)
    return all(letter in letters for letter in word)
