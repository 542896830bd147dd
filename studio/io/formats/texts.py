"""Text files as editors leave them: byte order marks, blanks in front, three kinds of line ends."""

from __future__ import annotations

import codecs


def unmarked(data: bytes) -> bytes:
    """Take the byte order mark and the blanks off the head of a text; UTF-16 becomes UTF-8."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data.decode("utf-16", errors="replace").encode()
    return data.removeprefix(codecs.BOM_UTF8).lstrip()


def end_lines(data: bytes) -> bytes:
    """End lines with line feeds where any end with a carriage return alone."""
    if data.count(b"\r") == data.count(b"\r\n"):
        return data
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
