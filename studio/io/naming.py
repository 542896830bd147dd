"""Names of files to write: patterns such as ``{name}_{frame:04d}``, and what no file is called."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from string import Formatter

from studio.core import InputError

FRAME_PATTERN, FILE_PATTERN = "frame_{frame:04d}", "{name}"
MOST_BYTES = 200  # of a name without its suffix; file systems end at 255 with it

_FORBIDDEN = '<>:"/\\|?*'
_DEVICES = re.compile(r"(con|prn|aux|nul|com[1-9]|lpt[1-9])(\..*)?", re.IGNORECASE)
_SPEC = re.compile(r"(0[1-9])?d?")  # such as 04d; anything wider or odder helps nobody


def safe_name(name: str) -> str:
    """Make a file name for every system of a clip's name."""
    cleaned = "".join("_" if _odd(char) else char for char in name)
    cleaned = cleaned.strip(" .")
    while len(cleaned.encode()) > MOST_BYTES // 2:
        cleaned = cleaned[:-1].rstrip(" .")
    return f"{cleaned}_" if _DEVICES.fullmatch(cleaned) else cleaned or "clip"


def _odd(char: str) -> bool:
    """Whether some system has no file with it in its name; halves of letters are in none."""
    return char in _FORBIDDEN or ord(char) < 32 or "\ud800" <= char <= "\udfff"


def frame_stems(
    pattern: str,
    count: int,
    *,
    name: str = "clip",
    first: int = 1,
    frames: bool = True,
    called: Sequence[str] = (),
) -> list[str]:
    """Name `count` files, suffixes left out, as a pattern says.

    Parameters
    ----------
    pattern : text with the fields ``{name}`` and ``{frame}``, the latter also as ``{frame:04d}``;
        empty braces stand for the frame
    name : of the clip; what no file may be called is replaced in it
    first : number of the first frame
    frames : whether the pattern may speak of a frame
    called : what the frames are called, by which files are named unless a pattern was chosen

    Raises
    ------
    InputError
        For a pattern that cannot be read, that gives two frames one name, or whose names some
        system refuses.
    """
    if has_names(pattern, called):
        return [safe_name(label) for label in called]
    pieces = _pieces(pattern, frames=frames)
    clip = safe_name(name)
    stems = [_fill(pieces, clip, frame) for frame in range(first, first + count)]
    if len(set(stems)) != count:
        raise InputError(
            f"naming pattern {pattern}: expected a frame number, as {FRAME_PATTERN}, "
            f"found one name for all {count} frames"
        )
    for stem in stems[:1] + stems[-1:]:
        _check(pattern, stem)
    return stems


def has_names(pattern: str, called: Sequence[str]) -> bool:
    """Whether files are named by what frames are called, which tells all of them apart."""
    different = {safe_name(label).lower() for label in called}
    return pattern == FRAME_PATTERN and 0 < len(called) == len(different)


def leftovers(
    folder: Path,
    names: Iterable[str],
    pattern: str,
    suffix: str,
    *,
    name: str = "clip",
    called: Sequence[str] = (),
) -> list[str]:
    """Find files in a folder, besides `names`, that look like more frames of the same export.

    Frames of a longer export would follow ours as if they belonged to them; beside frames that have
    names, any mesh would.
    """
    if not os.path.isdir(folder):
        return []
    clip = re.escape(safe_name(name))
    parts = (
        re.escape(text) + ("" if field is None else clip if field == "name" else r"\d+")
        for text, field, _ in _pieces(pattern, frames=True)
    )
    stem = r"[^.].*" if has_names(pattern, called) else "".join(parts)
    numbered = re.compile(stem + re.escape(suffix))
    ours = set(names)
    with os.scandir(folder) as entries:
        there = [entry.name for entry in entries if entry.name not in ours]
    return sorted(filter(numbered.fullmatch, there))


def _pieces(pattern: str, *, frames: bool) -> list[tuple[str, str | None, str]]:
    """(text, the field after it, its format) of each part."""
    wanted = "the fields {name} and {frame:04d}" if frames else "no field but {name}"
    refusal = f"naming pattern {pattern}: expected {wanted}, found"
    try:
        parts = list(Formatter().parse(pattern))
    except ValueError:
        raise InputError(f"{refusal} a brace without its other half") from None
    pieces: list[tuple[str, str | None, str]] = []
    for text, field, spec, conversion in parts:
        known = {"": "frame", "frame": "frame", "name": "name"}.get(field or "")
        asked = "{" + (field or "") + (f"!{conversion}" if conversion else "")
        asked += (f":{spec}" if spec else "") + "}"
        fits = bool(_SPEC.fullmatch(spec or "")) if known == "frame" else not spec
        if field is not None and (
            known is None or conversion or not fits or (known == "frame" and not frames)
        ):
            raise InputError(f"{refusal} {asked}")
        pieces.append((text, None if field is None else known, spec or ""))
    return pieces


def _fill(pieces: list[tuple[str, str | None, str]], name: str, frame: int) -> str:
    filled = []
    for text, field, spec in pieces:
        value = name if field == "name" else format(frame, spec) if field == "frame" else ""
        filled.append(text + value)
    return "".join(filled)


def _check(pattern: str, stem: str) -> None:
    """Refuse what some system cannot have as a name, so that an export can be passed on."""
    bad = sorted(set(filter(_odd, stem)))
    if bad:
        found = f"the sign {bad[0]}" if bad[0].isprintable() else "a control character"
    elif stem.strip(" .") != stem or not stem:
        found = "a space or dot at an end" if stem.strip(" .") else "nothing"
    elif _DEVICES.fullmatch(stem):
        found = f"{stem}, which Windows keeps for a device"
    elif len(stem.encode()) > MOST_BYTES:
        found = f"{len(stem.encode())} bytes"
    else:
        return
    wanted = f"a file name of at most {MOST_BYTES} bytes for each frame number"
    raise InputError(f"naming pattern {pattern}: expected {wanted}, found {found}")
