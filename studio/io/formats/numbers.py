"""Decimal numbers from text and back, a whole frame at a time and exact.

Reading: a token of at most 15 digits is an integer below 2^53 divided by a power of ten below
10^22, both exact in double precision, so one division gives the nearest double (Clinger 1990,
the fast path of every strtod). The digits are gathered eight at a time from one 64-bit word.
Writing: numbers of fixed decimals are looked up in tables of digits.
"""

from __future__ import annotations

import contextlib

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Doubles = NDArray[np.float64]
Index = NDArray[np.int64]
Words = NDArray[np.uint64]

SPACE = 32
_UNDERSCORE = 95
_CHUNK, _LONGEST = 4096, 40  # tokens that are read together, and bytes of each
_PAD = 16
_DOT, _MINUS = 46, 45
_ZERO = np.uint8(48)
_EXACT = 15  # digits of a number below 2^53
_ZEROS = np.uint64(0x3030303030303030)
# What lifts every byte above 9 to its top bit, and those bits.
_TO_TOP, _TOP = np.uint64(0x7676767676767676), np.uint64(0x8080808080808080)
_TENTH = 10.0 ** np.arange(17)
# What to keep of a word that holds n digits in its last bytes.
_KEEP = np.array([((1 << 8 * n) - 1) << (64 - 8 * n) for n in range(9)], dtype=np.uint64)
# Factors that add up neighbors of one, two and four digits, and what to keep before.
_SUMS = tuple(
    (np.uint64(kept), np.uint64(10**n * 256**n + 1), np.uint64(8 * n))
    for n, kept in ((1, 0x0F0F0F0F0F0F0F0F), (2, 0x00FF00FF00FF00FF), (4, 0x0000FFFF0000FFFF))
)


class Text:
    """The bytes of a text, and where its tokens (runs without white space) start and end."""

    def __init__(self, text: bytes | memoryview) -> None:
        raw = np.frombuffer(text, np.uint8)
        self.raw: Bytes = np.zeros(len(raw) + 2 * _PAD, np.uint8)
        self.raw[_PAD : _PAD + len(raw)] = raw
        solid = self.raw > SPACE
        edges = np.flatnonzero(solid[1:] != solid[:-1]) + 1
        self.starts: Index = edges[0::2]
        self.ends: Index = edges[1::2]

    def __len__(self) -> int:
        return len(self.starts)

    def token(self, index: int) -> bytes:
        return self.raw[self.starts[index] : self.ends[index]].tobytes()

    def lines(self) -> Index:
        """Find the places (N,) of the N line ends."""
        return np.flatnonzero(self.raw == 10)

    def numbers(self, starts: Index | None = None, ends: Index | None = None) -> Doubles:
        """Read the numbers (N,) between places, of all tokens where none are given.

        Raises
        ------
        ValueError
            Naming the token, where one is no number.
        """
        if starts is None or ends is None:
            starts, ends = self.starts, self.ends
        return _numbers(self.raw, starts.ravel(), ends.ravel())

    def alike(self, starts: Index, ends: Index) -> Doubles:
        """Read numbers (N,), in any order, as `numbers` does, faster where they look alike.

        They do where all have as many decimals and at most eight digits on either side of the dot,
        as programs write them. All other tokens have to be without digits.
        """
        starts, ends = starts.ravel(), ends.ravel()
        found = _alike(self.raw, starts, ends)
        return _numbers(self.raw, starts, ends) if found is None else found

    def first(self, byte: int, starts: Index, ends: Index) -> Index:
        """Find the first place of a byte in each token (N,); the token's end where it has none."""
        return _first(self.raw, byte, starts, ends)


def read_numbers(text: bytes | memoryview) -> Doubles:
    """Read all N white-space separated numbers of a text, (N,).

    Raises
    ------
    ValueError
        Where one is no number.
    """
    return Text(text).numbers()


def _alike(raw: Bytes, starts: Index, ends: Index) -> Doubles | None:
    """Read numbers (N,) of as many decimals each; None where they are not, or other digits are."""
    if not len(starts):
        return None
    digits = raw ^ _ZERO
    is_digit = digits <= 9
    decimals = max(raw[starts[0] : ends[0]][::-1].tobytes().find(b"."), 0)
    dots = ends - (decimals + 1) if decimals else ends
    negative = raw[starts] == _MINUS
    whole = dots - starts - negative
    longest = int(whole.max())
    # With a dot and a sign where they belong, only digits are left if there are as many.
    if (
        decimals > 8
        or whole.min() < 1
        or longest > min(8, _EXACT - decimals)
        or (decimals > 0 and not (raw[dots] == _DOT).all())
        or np.count_nonzero(is_digit) != whole.sum() + decimals * len(starts)
    ):
        return None
    fours = _fours(digits, is_digit)
    value = fours[dots - 1].astype(np.float64)
    if longest > 4:
        value += np.where(whole > 4, fours[dots - 5] * 1e4, 0)
    if decimals:
        value *= _TENTH[decimals]
        value += fours[ends - 1]
        if decimals > 4:
            value += fours[ends - 5] * 1e4
        value /= _TENTH[decimals]
    value *= 1.0 - 2.0 * negative
    return value


def _fours(digits: Bytes, is_digit: NDArray[np.bool_]) -> NDArray[np.uint16]:
    """Give, at each digit of the bytes (B,), the number in at most four digits of a run up to it.

    All bytes at once are several at a time, and take less than the few that are wanted.
    """
    kept = -is_digit.view(np.uint8)  # all bits, or none
    digits = digits & kept
    twos = digits.copy()
    twos[1:] += digits[:-1] * np.uint8(10)
    twos &= kept
    fours = np.zeros(len(digits), np.uint16)
    fours[2:] = twos[:-2] & kept[1:-1]
    fours *= np.uint16(100)
    fours += twos.astype(np.uint16)
    return fours


def _numbers(raw: Bytes, starts: Index, ends: Index) -> Doubles:
    words = np.ndarray((len(raw) - 7,), "<u8", raw, 0, (1,))
    negative = raw[starts] == _MINUS
    dots = _first(raw, _DOT, starts, ends)
    after = np.minimum(dots + 1, ends)
    left, right = dots - starts - negative, ends - after
    many = left + right
    plain = (left <= 8) & (right <= 16) & (many <= _EXACT) & (many > 0)
    if not plain.all():
        left, right = np.where(plain, left, 0), np.where(plain, right, 0)
    odd = np.zeros(len(starts), np.uint64)
    value = _digits(words, dots, left, odd)
    tail = np.minimum(right, 8)
    value *= _TENTH[tail]
    value += _digits(words, after + tail, tail, odd)
    if len(right) and right.max() > 8:
        rest = right - tail
        value = value * _TENTH[rest] + _digits(words, after + right, rest, odd)
    value /= _TENTH[right]
    value *= 1.0 - 2.0 * negative
    others = np.flatnonzero(~plain | (odd & _TOP != 0))
    for k in range(0, len(others), _CHUNK):
        some = others[k : k + _CHUNK]
        value[some] = _spelled(raw, starts[some], ends[some])
    return value


def _first(raw: Bytes, byte: int, starts: Index, ends: Index) -> Index:
    found: Index = np.flatnonzero(raw == byte)
    if len(found) == len(starts) and bool(((found >= starts) & (found < ends)).all()):
        return found
    if not len(found):
        return ends
    near = found[np.minimum(np.searchsorted(found, starts), len(found) - 1)]
    return np.where((near >= starts) & (near < ends), near, ends)


def _digits(words: Words, end: Index, count: Index, odd: Words) -> Doubles:
    """Read the number in the at most 8 digits before `end`; sets a top bit in `odd` for others."""
    word = words[end - 8]
    word ^= _ZEROS  # digits become 0 to 9
    word &= _KEEP[count]
    odd |= (word + _TO_TOP) | word
    for kept, factor, shift in _SUMS:
        word &= kept
        word *= factor
        word >>= shift
    return word.astype(np.float64)


def _spelled(raw: Bytes, starts: Index, ends: Index) -> Doubles:
    """Read tokens (N,) of any spelling Python knows, which the fast way leaves out."""
    longest = int((ends - starts).max())
    if longest <= _LONGEST:
        place = starts[:, None] + np.arange(longest)
        letters = np.where(place < ends[:, None], raw[np.minimum(place, len(raw) - 1)], 0)
        if not (letters == _UNDERSCORE).any():
            with contextlib.suppress(ValueError):
                words = letters.astype(np.uint8).view(f"S{longest}").ravel()
                return np.asarray(words.astype(np.float64))
    pairs = zip(starts.tolist(), ends.tolist(), strict=True)
    return np.array([_slow(raw[start:end].tobytes()) for start, end in pairs])


def _slow(token: bytes) -> float:
    """Read one token, or name it."""
    if b"_" in token:
        raise ValueError(f"{token[:24].decode('latin-1')!r}")
    try:
        return float(token)
    except ValueError:
        raise ValueError(f"{token[:24].decode('latin-1')!r}") from None
