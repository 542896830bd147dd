"""Units as the programs that write files say them: in comments, headers and fields."""

from __future__ import annotations

import re

from studio.core.read_as import MILLIMETERS

_HEAD = 4096  # bytes in which a program says what it has to say
_WORDS = {
    "um": r"[µμ]m|um|microns?|micromet(?:er|re)s?",
    "mm": r"mm|millimet(?:er|re)s?",
    "cm": r"cm|centimet(?:er|re)s?",
    "dm": r"dm|decimet(?:er|re)s?",
    "m": r"m|met(?:er|re)s?",
    # A word that means something else where another one follows.
    "in": r"inch(?:es)?|in(?!\s*\w)",
    "ft": r"feet|foot|ft",
}
_UNIT = rf"(?P<unit>{'|'.join(_WORDS.values())})(?![\w/^*])"
_NUMBER = r"(?P<many>\d+(?:\.\d*)?(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?)"
_GAP = r"(?:[\s:=\"'(\[<]|\bis\b|\bare\b|\bin\b)+"
_WAYS = tuple(
    re.compile(way, re.IGNORECASE)
    for way in (
        # unit: mm; File units = centimeters; UNITS=MM; units of length: m; units are in cm
        rf"units?(?:[ _]of[ _]\w+|[ _](?:system|scale|name|length))?{_GAP}{_UNIT}",
        # 1 unit = 10 mm; units: 0.001 m
        rf"units?\s*(?:=|:|is|equals)\s*{_NUMBER}\s*{_UNIT}",
        # 1 mm = 1 unit
        rf"\b1(?:\.0*)?\s*{_UNIT}\s*(?:=|is|equals)\s*1(?:\.0*)?\s*units?",
        # scale: meters
        rf"\b(?:scale|measurement)\s*[:=]\s*{_UNIT}",
        # vertices are in mm; all coordinates given in meters
        r"\b(?:coordinates?|vertex|vertices|positions?|points?|lengths?|dimensions?|distances?"
        r"|values?|geometry|data|model|mesh|scan|sizes?|everything|all|measured|exported)\b"
        rf"[\w\s,]{{0,40}}?\s(?:in|to)\s+{_UNIT}",
        # millimeter units
        rf"\b{_UNIT}[- ]units?\b",
    )
)
_METERS = re.compile(rf"met(?:er|re)s?[ _]?per[ _]?unit\s*[:=]?\s*{_NUMBER}", re.IGNORECASE)


def unit_named(word: str) -> str | None:
    """Find the unit that a word means, one of `MILLIMETERS`; None for any other word."""
    for unit, words in _WORDS.items():
        if re.fullmatch(words, word.strip(), re.IGNORECASE):
            return unit
    return None


def unit_said(comments: list[bytes]) -> str | None:
    """Find the unit that comments say; None where they say none that is known."""
    for comment in comments:
        try:
            text = comment.decode()
        except UnicodeDecodeError:
            text = comment.decode("latin-1")
        for way in _WAYS:
            found = way.search(text)
            if found is not None:
                many = float(found.groupdict().get("many") or 1)
                return unit_of(many * MILLIMETERS[str(unit_named(found["unit"]))])
        meters = _METERS.search(text)
        if meters is not None:
            return unit_of(1000 * float(meters["many"]))
    return None


def comments(head: bytes, mark: bytes) -> list[bytes]:
    """List what stands behind a mark in the lines at the head of a file.

    Parameters
    ----------
    head
        The file; its first bytes are looked at.
    mark
        A regular expression for what a line of comment begins with.
    """
    return re.findall(rb"^[ \t]*" + mark + rb"([^\r\n]*)", head[:_HEAD], re.MULTILINE)


def unit_of(millimeters: float) -> str | None:
    """Find the unit of so many millimeters; None for one that has no name."""
    near = (name for name, one in MILLIMETERS.items() if abs(millimeters - one) <= 1e-6 * one)
    return next(near, None)
