"""The dialects in which programs write weights: one entry of a table each, tried in order."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from studio.core import InputError

from .json_takes import is_json, read_json
from .names import NAMES, key, places
from .table import Table, arranged, without_weights

_SEPARATORS = ",;\t|"
_HEADER_WITHIN = 20  # lines
_START = 10_000  # characters that hold the header
_NAME_COLUMNS = frozenset(("categoryname", "category", "blendshape", "blendshapename", "name"))
_SCORE_COLUMNS = frozenset(("score", "value", "weight"))
_HEAD_LEFT_OUT = "The head's turn in it is left out, because its axes are not known."
_PACKET = re.compile(r"([A-Za-z_]+)\s*[-&]\s*(-?[\d.]+)$")


@dataclass(frozen=True)
class Dialect:
    """One way to write weights.

    Attributes
    ----------
    name
        The program that writes so, for people who read the table.
    fits
        Whether a text is of it.
    read
        Makes a table of a text; raises `InputError` where it cannot.
    """

    name: str
    fits: Callable[[str], bool]
    read: Callable[[Path, str], Table]


def _face_cap(path: Path, text: str) -> Table:
    """``bs`` and the names; then ``k``, milliseconds, head, eyes and the weights, a line each."""
    lines = [line.split(",") for line in text.splitlines()]
    names = next(line[1:] for line in lines if line[0].strip() == "bs")
    frames = [line[1:] for line in lines if line[0].strip() == "k"]
    # A line that is cut short keeps its time and is lost.
    rows = [
        [frame[0], *(frame[-len(names) :] if len(frame) > len(names) else ())]
        for frame in frames
        if frame
    ]
    table = arranged(path, ["time ms", *names], rows)
    return replace(table, remarks=(_HEAD_LEFT_OUT,))


def _ifacialmocap(path: Path, text: str) -> Table:
    """``mouthSmile_R-12|...|=head#...`` a line for each frame, without times."""
    packets = [_packet(line) for line in text.splitlines() if "|" in line]
    names = list(dict.fromkeys(name for packet in packets for name in packet))
    table = arranged(path, names, [[packet.get(name, "") for name in names] for packet in packets])
    weights = table.values[:, : len(NAMES)]
    whole = bool((weights[np.isfinite(weights)] % 1 == 0).all())
    said = (_HEAD_LEFT_OUT,) if "head#" in text else ()
    return replace(table, percent=True if whole else None, remarks=said)


def _packet(line: str) -> dict[str, str]:
    found = (_PACKET.match(part.strip()) for part in line.split("|"))
    return {each[1]: each[2] for each in found if each}


def _is_long(text: str) -> bool:
    return _tells(_header(text[:_START])[0])


def _long(path: Path, text: str) -> Table:
    """MediaPipe's categories, a line for each name of each frame."""
    names, rows = _header(text)
    spelled = [key(name) for name in names]
    at = next(k for k, name in enumerate(spelled) if name in _NAME_COLUMNS)
    score = next(k for k, name in enumerate(spelled) if name in _SCORE_COLUMNS)
    others = [k for k in range(len(names)) if k not in (at, score)]
    frames: list[dict[str, str]] = []
    moments: list[list[str]] = []
    for row in rows:
        if len(row) <= max(at, score):
            continue
        moment = [row[k] if k < len(row) else "" for k in others]
        # The same name once more, or another time, is the next frame.
        if not frames or moment != moments[-1] or row[at] in frames[-1]:
            frames.append({})
            moments.append(moment)
        frames[-1][row[at]] = row[score]
    found = list(dict.fromkeys(name for frame in frames for name in frame))
    cells = [
        [*moment, *(frame.get(name, "") for name in found)]
        for moment, frame in zip(moments, frames, strict=True)
    ]
    return arranged(path, [*(names[k] for k in others), *found], cells)


def _wide(path: Path, text: str) -> Table:
    """Live Link Face (raw and ``_cal``), Audio2Face, MediaPipe: a column for each weight."""
    names, rows = _header(text)
    if not names:
        raise without_weights(path, names)
    return arranged(path, names, rows)


DIALECTS = (
    Dialect("ARKit JSON, Audio2Face, MediaPipe", is_json, read_json),
    Dialect("Face Cap", lambda text: bool(re.search(r"^bs,", text, re.MULTILINE)), _face_cap),
    Dialect(
        "iFacialMocap",
        lambda text: bool(re.search(r"[A-Za-z_]{3}[-&]-?[\d.]+\|", text)),
        _ifacialmocap,
    ),
    Dialect("MediaPipe, a line for each category", _is_long, _long),
    Dialect("Live Link Face, Audio2Face, MediaPipe", lambda _text: True, _wide),
)


def read_table(path: Path) -> Table:
    """Read a file in the first dialect that fits.

    Raises
    ------
    InputError
        Where none does.
    """
    data = path.read_bytes()
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise InputError.of(path, "a text of ARKit weights", "binary data") from None
    try:
        return next(each for each in DIALECTS if each.fits(text)).read(path, text)
    except csv.Error:
        raise InputError.of(path, "cells of numbers", "a cell without an end") from None


def _header(text: str) -> tuple[list[str], list[list[str]]]:
    """Read the names of the columns and the rows below them, whatever separates them.

    The names stand in the line, of the first few, in which most are known.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return [], []
    heads = [(_cells(line, _separator(line)), at) for at, line in enumerate(lines[:_HEADER_WITHIN])]
    names, at = max(heads, key=lambda head: (len(places(head[0])) + 2 * _tells(head[0]), -head[1]))
    separator = _separator(lines[at])
    if separator.isspace() and separator != "\t":
        return names, [line.split() for line in lines[at + 1 :]]
    rows = csv.reader(lines[at + 1 :], delimiter=separator, skipinitialspace=True)
    kept = [row for row in rows if row and not row[0].startswith("#")]
    return names, kept


def _tells(names: Sequence[str]) -> bool:
    """Whether columns of these names hold a name and a score."""
    spelled = set(map(key, names))
    return bool(spelled & _NAME_COLUMNS and spelled & _SCORE_COLUMNS)


def _separator(line: str) -> str:
    """Find what parts the cells of a line, outside of quotes; a blank where nothing else does."""
    bare = re.sub(r'"[^"]*"', "", line)
    best = max(_SEPARATORS, key=bare.count)
    return best if best in bare else " "


def _cells(line: str, separator: str) -> list[str]:
    if separator == " ":
        return [cell.strip('"') for cell in line.split()]
    return next(csv.reader([line], delimiter=separator, skipinitialspace=True))
