"""What lies at a path that somebody named, asked before anything opens it.

A pipe or a device is never opened: whoever reads it may wait for ever, or never reach its end.
"""

from __future__ import annotations

import errno
import json
import math
import os
import stat
from pathlib import Path
from typing import Any

from studio.core.errors import InputError, StudioError

_REASONS = {
    errno.EACCES: "no permission to {} there",
    errno.EPERM: "no permission to {} there",
    errno.EROFS: "a read-only disk",
    errno.ENOSPC: "no space left on the disk",
    errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC: "no space left on the disk",
    errno.ENOTDIR: "a file where a folder is needed",
    errno.EEXIST: "a file where a folder is needed",
    errno.EISDIR: "a folder where a file is needed",
    errno.ENAMETOOLONG: "a name that is too long",
    errno.ELOOP: "links that go round in a circle",
}
_ODD = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
LARGEST_TEXT = 64 << 20  # bytes of a file that a person could have written
_POINTER = b"version https://git-lfs"
_HEAD = 64
_PAGES = (b"<!doctype html", b"<html", b"<head")
_ANSWERS = (b"404: not found", b"<?xml", b'{"message"')


def refusal(error: OSError, doing: str = "write") -> str:
    """Say why the system refused to read or write, in a few words."""
    known = _REASONS.get(error.errno or 0, "").format(doing)
    return known or (error.strerror or "an error of the system").lower()


def odd_name(error: ValueError) -> str:
    """Say what is wrong with a name that Python does not pass on to the system."""
    unwritten = isinstance(error, UnicodeEncodeError)
    return "letters in the name that no file has" if unwritten else "a NUL in the name"


def oddity(path: Path | str) -> str:
    """Say what lies at a path that is neither a file nor a folder; empty for those and nothing."""
    try:
        return _ODD.get(stat.S_IFMT(Path(path).stat().st_mode), "")
    except OSError:
        return ""


def look(
    path: Path | str,
    wanted: str = "a file or a folder",
    raised: type[StudioError] = InputError,
) -> os.stat_result:
    """Ask the system what lies at a path, links followed.

    Parameters
    ----------
    path
        The path, as it was named.
    wanted
        What should lie there, for the sentence.
    raised
        The error to raise.

    Returns
    -------
    os.stat_result
        Of a file or a folder.

    Raises
    ------
    StudioError
        One of `raised` where nothing is there, the system refuses, or it is neither.
    """
    try:
        found = Path(path).stat()
    except FileNotFoundError:
        gone = os.path.lexists(path)
        what = "a link to a file that is gone" if gone else "nothing there"
    except OSError as error:
        what = refusal(error, "read")
    except ValueError as error:
        what = odd_name(error)
    else:
        what = _ODD.get(stat.S_IFMT(found.st_mode), "")
        if not what:
            return found
    raise raised(str(InputError.of(path, wanted, what))) from None


def regular(
    path: Path | str, wanted: str = "a file", raised: type[StudioError] = InputError
) -> int:
    """Make sure that a path names a file that may be read, and count its bytes.

    Parameters
    ----------
    path, wanted, raised
        As in `look`.

    Returns
    -------
    int
        Bytes of the file.

    Raises
    ------
    StudioError
        One of `raised`, as `look` and `check_head` do, and for a folder.
    """
    found = look(path, wanted, raised)
    if not stat.S_ISREG(found.st_mode):
        raise raised(str(InputError.of(path, wanted, "a folder")))
    try:
        with Path(path).open("rb") as file:
            check_head(path, file.read(_HEAD), wanted, raised)
    except OSError as error:
        raise raised(str(InputError.of(path, wanted, refusal(error, "read")))) from None
    return found.st_size


def check_head(
    path: Path | str, head: bytes, wanted: str = "a file", raised: type[StudioError] = InputError
) -> None:
    """Refuse what downloads leave in the place of a file.

    Parameters
    ----------
    path
        The file.
    head
        Its first bytes, some 30 or more.
    wanted, raised
        As in `look`.

    Raises
    ------
    StudioError
        One of `raised`, for nothing, the pointer of Git LFS, a web page and what a server says
        instead.
    """
    if not head:
        found = "an empty file"
    elif head.startswith(_POINTER):
        found = "a pointer of Git LFS: git lfs pull brings the file itself"
    else:
        text = head[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
        if text.startswith(_PAGES):
            found = "a web page: download the file itself"
        elif text.startswith(_ANSWERS):
            found = "an answer of a server: download the file itself"
        else:
            return
    raise raised(str(InputError.of(path, wanted, found)))


def read_whole(path: Path, wanted: str = "a file", most: int | None = None) -> bytes:
    """Read a regular file.

    Parameters
    ----------
    path
        The file.
    wanted
        What should lie there, for the sentence.
    most
        Bytes that it may have, None for any number.

    Returns
    -------
    bytes
        All of the file.

    Raises
    ------
    InputError
        As `regular` and `check_head` do, where the system refuses, and for a larger file.
    """
    found = look(path, wanted)
    if stat.S_ISDIR(found.st_mode):
        raise InputError.of(path, wanted, "a folder")
    if most is not None and found.st_size > most:
        size = f"{found.st_size >> 20} MiB"
        raise InputError.of(path, f"{wanted} of {most >> 20} MiB or less", size)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError.of(path, wanted, refusal(error, "read")) from None
    check_head(path, data[:_HEAD], wanted)
    return data


def read_json(path: Path, wanted: str) -> Any:
    """Read a regular file of JSON, of no more than `LARGEST_TEXT`, in any encoding that JSON has.

    Parameters
    ----------
    path
        The file.
    wanted
        What should lie there, for the sentence.

    Raises
    ------
    InputError
        As `read_whole` does, for what is no JSON, and for a number that is none or not finite.
    """
    data = read_whole(path, wanted, LARGEST_TEXT)
    try:
        # Bytes, because editors of some systems put a mark in front, or write in UTF-16.
        return parse_json(data)
    except json.JSONDecodeError as error:
        found = f"what is none at line {error.lineno}, column {error.colno}"
        raise InputError.of(path, f"{wanted} in JSON", found) from error
    except _NotFiniteError as error:
        raise InputError.of(path, f"{wanted} in JSON", f"{error}, which is no number") from error
    except (ValueError, RecursionError) as error:
        raise InputError.of(path, f"{wanted} in JSON", "something else") from error


class _NotFiniteError(ValueError):
    """What stands in the place of a number."""


def parse_json(text: str | bytes) -> Any:
    """Read JSON; raise `ValueError` for what is none, and for a number that is not finite."""
    return json.loads(text, parse_float=_finite, parse_constant=_finite)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _NotFiniteError(text)
    return number
