"""Damage of every kind to a file, the same for the same seed.

A container (zip, NumPy array, safetensors, JSON) is as often taken apart and damaged inside, so
that the damage gets past the first look at the file.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import warnings
import zipfile
from typing import Any

import numpy as np

Chance = np.random.Generator
NUMBERS = (
    "0", "-1", "1", "0.5", "-0", "255", "65536", "2147483647", "2147483648", "4294967296",
    "-9223372036854775809", "18446744073709551616", "1e-320", "1e30", "1e308", "-1e308", "1e400",
    "nan", "-nan", "inf", "-Infinity", "1" + "0" * 400, "1" + "0" * 5000, "0x10", "1_000", "1,5",
    "--1", "1e", ".", "\u0663", "\uff11", "", "NaN(ind)", "1#INF", "true", "null", "a" * 5000,
)  # fmt: skip
BYTES = (
    b"\x00", b"\x00" * 16, b"\xff" * 4, b"\xff\xff\xff\x7f", b"\x7f\xff\xff\xff",
    b"\x00\x00\xc0\x7f", b"\x00\x00\x80\x7f", b"\xff" * 64, b"\r", b"\n\n\n", b" " * 300, b"\\\n",
    b"#", b'"', b"'", b"{", b"[" * 3000, b"[" * 200_000, b"a" * 5000, b"\xef\xbb\xbf",
    b"\xff\xfe", b"\xc3\x28", b"\x1b[31m", b"../../x", b"<b>x</b>", b"%s%n", b"1 " * 20_000,
)  # fmt: skip
# Written in place of a text in JSON, where no value of Python says the same.
_RAW = {
    "\u0001deep": "[" * 3000 + "]" * 3000,
    "\u0001deeper": '{"a":' * 100_000,
    "\u0001digits": "1" + "0" * 5000,
    "\u0001large": "1e400",
    "\u0001twice": '{"a": 1, "a": 2}',
}
VALUES: tuple[object, ...] = (
    None, True, False, 0, -1, 1, 2, 0.5, 2**31, 2**32, 2**63, -(2**64), 10**400, 1e308, -1e308,
    1e-320, float("nan"), float("inf"), "", "a", "a" * 5000, "nan", "a\0b", "\ud800", "<b>x</b>",
    "../../x", "/dev/zero", [], [[]], [None], [1] * 1000, {}, {"a": {}}, {"": None}, *_RAW,
)  # fmt: skip
_NUMBER = re.compile(rb"-?\d+\.?\d*(?:[eE][-+]?\d+)?")
_MOST = 4 << 20  # bytes of a damaged file


def damaged(data: bytes, chance: Chance) -> bytes:
    """Damage a file in one place, or up to four."""
    inside = chance.random() < 0.7
    for _ in range(max(int(chance.integers(-3, 5)), 1)):
        data = (_inside(data, chance) if inside else _anywhere(data, chance))[:_MOST]
    return data


def _inside(data: bytes, chance: Chance) -> bytes:
    """Damage what a container holds; any other file as a text or as bytes."""
    if data[:2] == b"PK":
        return _zip(data, chance)
    if data[:6] == b"\x93NUMPY":
        return _array(data, chance)
    if data[:4] == b"glTF" and len(data) > 20:
        return _glb(data, chance)
    if data[8:9] == b"{" and int.from_bytes(data[:8], "little") < len(data):
        return _safetensors(data, chance)
    if data.lstrip()[:1] in (b"{", b"["):
        with contextlib.suppress(ValueError, RecursionError):
            return _json(json.loads(data), chance)
    if b"\0" not in data[:2000]:
        return _text(data, chance)
    return _anywhere(data, chance)


def _anywhere(data: bytes, chance: Chance) -> bytes:
    at, size = int(chance.integers(0, len(data) + 1)), int(chance.integers(1, 65))
    odd = BYTES[int(chance.integers(0, len(BYTES)))]
    match int(chance.integers(0, 8)):
        case 0:  # flipped bits
            flipped = bytearray(data)
            for place in chance.integers(0, max(len(data), 1), 1 + size // 8) if data else ():
                flipped[place] ^= 1 << int(chance.integers(0, 8))
            return bytes(flipped)
        case 1:
            return data[:at] + chance.bytes(size) + data[at + size :]
        case 2:
            return data[:at]
        case 3:
            return data[:at] + data[at + size :]
        case 4:
            return data[:at] + data[max(at - 8 * size, 0) :]
        case 5:
            return data[:at] + odd + data[at:]
        case 6:
            return data[:at] + odd + data[at + len(odd) :]
        case _:
            return _text(data, chance)


def _text(data: bytes, chance: Chance) -> bytes:
    """Put an extreme in place of a number, or move, double, drop and blank lines."""
    lines = data.split(b"\n")
    row, other = (int(chance.integers(0, len(lines))) for _ in range(2))
    match int(chance.integers(0, 8)):
        case 0:
            lines[row], lines[other] = lines[other], lines[row]
        case 1:
            lines[row:row] = [lines[row]] * int(chance.choice([1, 2, 1000]))
        case 2:
            del lines[row]
        case 3:
            words = re.split(rb"([ ,;\t]+)", lines[row])
            chance.shuffle(words)
            lines[row] = b"".join(words)
        case _:
            return _number(data, chance)
    return b"\n".join(lines)


def _number(data: bytes, chance: Chance) -> bytes:
    found = list(_NUMBER.finditer(data))
    if not found:
        return data + _extreme(chance)
    one = found[int(chance.integers(0, len(found)))]
    if chance.random() < 0.1:  # everywhere
        return data.replace(one[0], _extreme(chance))
    return data[: one.start()] + _extreme(chance) + data[one.end() :]


def _extreme(chance: Chance) -> bytes:
    return NUMBERS[int(chance.integers(0, len(NUMBERS)))].encode()


def _json(value: Any, chance: Chance) -> bytes:
    """Put another value in a place of a tree, or drop, double or rename what is there."""
    value = _changed(value, chance)
    with contextlib.suppress(ValueError, RecursionError):
        text = json.dumps(value)
        for mark, raw in _RAW.items():
            text = text.replace(json.dumps(mark), raw)
        return text.encode("utf-8", "surrogatepass")
    return b"["


def _changed(value: Any, chance: Chance) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):  # JSON in JSON
        with contextlib.suppress(ValueError, RecursionError):
            return _json(json.loads(value), chance).decode("utf-8", "surrogatepass")
    if not isinstance(value, dict | list) or not value or chance.random() < 0.1:
        return VALUES[int(chance.integers(0, len(VALUES)))]
    keys: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = keys[int(chance.integers(0, len(keys)))]
    copy: Any = value.copy()
    match int(chance.integers(0, 12)):
        case 0:
            del copy[key]
        case 1 if isinstance(copy, dict):
            copy[str(VALUES[int(chance.integers(0, 20))])[:400]] = copy.pop(key)
        case 1 | 2 if isinstance(copy, list):
            copy.extend([copy[key]] * int(chance.choice([1, 1000])))
        case 2:
            copy[key] = value[keys[int(chance.integers(0, len(keys)))]]
        case _:
            copy[key] = _changed(value[key], chance)
    return copy


def _array(data: bytes, chance: Chance) -> bytes:
    """Damage the words in the head of a NumPy array, whose length is kept or not."""
    size = int.from_bytes(data[8:10], "little")
    head, rest = data[10 : 10 + size], data[10 + size :]
    if chance.random() < 0.3:
        head = _anywhere(head, chance)
    elif chance.random() < 0.5:
        types = (b"<f8", b">f4", b"<i8", b"|O", b"<U9", b"|V0", b"<M8[s]", b"|b1", b"<c16", b"<f2")
        kind = types[int(chance.integers(0, len(types)))]
        head = re.sub(rb"'[<>|]\w+'", b"'" + kind + b"'", head, count=1)
    else:
        head = _number(head, chance)
    head = head[:65535]
    length = len(head) if chance.random() < 0.9 else size
    return data[:8] + length.to_bytes(2, "little") + head + rest


def _safetensors(data: bytes, chance: Chance) -> bytes:
    size = int.from_bytes(data[:8], "little")
    head, rest = data[8 : 8 + size], data[8 + size :]
    if chance.random() < 0.1:
        return data[: 8 + size] + _anywhere(rest, chance)
    with contextlib.suppress(ValueError, RecursionError):
        head = _json(json.loads(head), chance)
    return len(head).to_bytes(8, "little") + head + rest


def _glb(data: bytes, chance: Chance) -> bytes:
    """Damage the JSON of a GLB, or the bytes behind it; the lengths at its head fit or not."""
    size = int.from_bytes(data[12:16], "little")
    text, rest = data[20 : 20 + size], data[20 + size :]
    if chance.random() < 0.1:
        rest = _anywhere(rest, chance)
    else:
        with contextlib.suppress(ValueError, RecursionError):
            text = _json(json.loads(text), chance)
    text += b" " * (-len(text) % 4)
    length = 20 + len(text) + len(rest) if chance.random() < 0.95 else len(data)
    head = data[:8] + length.to_bytes(4, "little") + len(text).to_bytes(4, "little")
    return head + data[16:20] + text + rest


def _zip(data: bytes, chance: Chance) -> bytes:
    """Damage one of the members, and pack them anew, each by any method."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(name, archive.read(name)) for name in archive.namelist()]
    except Exception:  # already damaged
        return _anywhere(data, chance)
    if not members:
        return _anywhere(data, chance)
    texts = [k for k, (name, _) in enumerate(members) if name.endswith(".json")]
    at = int(chance.choice(texts if texts and chance.random() < 0.6 else len(members)))
    name, inner = members[at]
    match int(chance.integers(0, 10)):
        case 0:
            del members[at]
        case 1:
            members.append((name, inner))
        case 2:
            odd = ("../x", "/x", "a\0b", "a" * 5000, "x/", "vertices.npy", "C:\\x", "\ud7ff")
            members[at] = odd[int(chance.integers(0, len(odd)))], inner
        case _:
            members[at] = name, damaged(inner, chance)
    packed = io.BytesIO()
    methods = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w") as archive:
        warnings.simplefilter("ignore")  # names that are there twice
        for name, inner in members:
            archive.writestr(name, inner, methods[int(chance.integers(0, 4))])
    return packed.getvalue()
