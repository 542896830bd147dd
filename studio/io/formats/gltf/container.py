"""Files of glTF, in one piece (GLB) or as JSON with buffers beside: their tree and their bytes."""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import struct
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, unquote_to_bytes

from studio.core.system.disk import read_whole, regular
from studio.io.format import Source
from studio.io.memory import check_room
from studio.io.units import shown

from .tree import Json, Tree

MAGIC, JSON_CHUNK, BINARY_CHUNK = b"glTF", b"JSON", b"BIN\0"
HEAD, CHUNK = struct.Struct("<4sII"), struct.Struct("<I4s")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_DATA = re.compile(r"data:[^,]*,", re.IGNORECASE)
_PARSED = 20  # bytes of memory that a byte of JSON may take


@dataclass(frozen=True, eq=False)
class Container:
    """A file and the buffers that belong to it.

    Attributes
    ----------
    tree
        What it says.
    chunk
        The bytes behind it in the same file, None where there are none.
    """

    tree: Tree
    chunk: memoryview | None
    _read: dict[str, memoryview] = field(default_factory=dict)

    @classmethod
    def open(cls, source: Source) -> Container:
        """Open a file, and refuse one that is no glTF, or needs what the studio lacks."""
        path = source.place
        source.check_room(2 * source.size)
        data = memoryview(read_whole(path, "a glTF file"))
        bare = Tree(path, {})
        text, chunk = _chunks(bare, data) if data[:4] == MAGIC else (data, None)
        source.check_room(_PARSED * len(text))
        tree = Tree(path, _parsed(bare, text))
        tree.check()
        return cls(tree, chunk)

    def buffer(self, index: object) -> memoryview:
        """Give the bytes of a buffer, all that it declares."""
        said = self.tree.one("buffers", index)
        size, uri = self.tree.whole(said, "byteLength"), said.get("uri")
        if uri is None and (index != 0 or self.chunk is None):
            raise self.tree.bad("a buffer in the file, or a file beside it", "neither")
        if uri is not None and not isinstance(uri, str):
            raise self.tree.bad("a buffer's uri as a text", shown(str(uri)))
        data = self.chunk if uri is None else self._beside(uri)
        if data is None or len(data) < size:
            found = f"{0 if data is None else len(data)}: it is cut short, or another file"
            raise self.tree.bad(f"a buffer of {size} bytes", found)
        return data[:size]

    def _beside(self, uri: str) -> memoryview:
        """Read a buffer that a URI holds or names, once."""
        if uri not in self._read:
            held = _DATA.match(uri)
            self._read[uri] = self._held(uri, held[0]) if held else self._file(uri)
        return self._read[uri]

    def _held(self, uri: str, head: str) -> memoryview:
        text = uri[len(head) :]
        try:
            if head.lower().endswith(";base64,"):
                return memoryview(base64.b64decode(unquote(text), validate=True))
        except (binascii.Error, ValueError):
            raise self.tree.bad("a buffer in base64", shown(text)) from None
        return memoryview(unquote_to_bytes(text))

    def _file(self, uri: str) -> memoryview:
        """Read a buffer beside the file; nothing outside its folder."""
        name, folder = unquote(uri), os.path.realpath(self.tree.path.parent)
        wanted = "buffers in the folder of the file"
        if _SCHEME.match(name) or "\0" in name or not name:
            raise self.tree.bad(wanted, shown(uri))
        place = os.path.realpath(os.path.join(folder, name.replace("\\", "/")))
        if os.path.commonpath([folder, place]) != folder:
            raise self.tree.bad(wanted, shown(uri))
        check_room(self.tree.path, regular(place, f"a buffer of {shown(self.tree.path.name)}"))
        return memoryview(read_whole(Path(place), "a buffer"))


def _chunks(tree: Tree, data: memoryview) -> tuple[memoryview, memoryview | None]:
    """Take a GLB apart: its JSON, and the bytes behind it."""
    if len(data) < HEAD.size:
        raise tree.bad("a GLB file", "one that is cut short")
    _, version, length = HEAD.unpack_from(data)
    if version != 2:
        raise tree.bad("glTF 2", f"version {version}")
    if length > len(data):
        raise tree.bad(f"{length} bytes, as its head says", f"{len(data)}: it is cut short")
    found: dict[bytes, memoryview] = {}
    place = HEAD.size
    while place + CHUNK.size <= length:
        size, kind = CHUNK.unpack_from(data, place)
        place += CHUNK.size
        if place + size > length:
            wanted = f"chunks within its {length} bytes"
            raise tree.bad(wanted, f"one of {size} bytes at {place}")
        found.setdefault(kind, data[place : place + size])
        place += size
    if JSON_CHUNK not in found:
        raise tree.bad("a chunk of JSON", "none")
    return found[JSON_CHUNK], found.get(BINARY_CHUNK)


def _parsed(tree: Tree, text: memoryview) -> Json:
    try:
        found = json.loads(bytes(text).decode("utf-8-sig").rstrip("\0"))
    except (ValueError, RecursionError):
        raise tree.bad("a glTF file", "another kind of file, or a damaged one") from None
    if not isinstance(found, dict) or not found.keys() & {"asset", "meshes", "nodes"}:
        raise tree.bad("a glTF file", "JSON of another kind")
    return found
