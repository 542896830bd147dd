"""Numbers from text are the nearest doubles, whatever their spelling."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.io.formats.digits import VertexLines
from studio.io.formats.numbers import Text, read_numbers

SPELLINGS = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False, places=5).map(str),
    st.floats(allow_nan=False).map(repr),
    st.floats(-1e4, 1e4).map(lambda x: f"{x:.12f}"),
    st.floats(width=32, allow_nan=False).map(lambda x: f"{x:g}"),
    st.integers(-(10**20), 10**20).map(str),
    st.sampled_from([".5", "-.5", "5.", "+1.5", "1e-5", "-0", "-0.0", "1E+3", "inf", "-Infinity"]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(SPELLINGS, min_size=1), st.sampled_from([" ", "\n", "\r\n", "\t  "]))
def test_every_number_is_the_nearest_double(words: list[str], space: str) -> None:
    read = read_numbers(space.join(words).encode())
    assert [repr(float(x)) for x in read] == [repr(float(word)) for word in words]


@given(st.text(alphabet="0123456789.-+e_xn/", min_size=1, max_size=12))
def test_what_is_no_number_is_refused(word: str) -> None:
    try:
        wanted = float(word) if "_" not in word else None
    except ValueError:
        wanted = None
    if wanted is None:
        with pytest.raises(ValueError, match="'"):
            read_numbers(b"1.5 " + word.encode())
    else:
        found = read_numbers(b"1.5 " + word.encode())[1]
        assert found == wanted or math.isnan(found)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(-99999, 99999, width=32), min_size=3, max_size=30), st.integers(1, 8))
def test_lines_are_what_printf_writes(numbers: list[float], decimals: int) -> None:
    vertices = np.array(numbers[: len(numbers) // 3 * 3]).reshape(-1, 3)
    lines = VertexLines(len(vertices), decimals).format(vertices).decode().splitlines()
    read = np.array([line.split()[1:] for line in lines], dtype=float)
    np.testing.assert_allclose(read, vertices, rtol=1e-15, atol=0.5001 * 10.0**-decimals)
    assert all(len(w.partition(".")[2]) == decimals for line in lines for w in line.split()[1:])
    assert "-0." + "0" * decimals not in " ".join(lines).split()


@given(
    numbers=st.lists(st.floats(min_value=-1e8, max_value=1e8), min_size=1, max_size=9),
    decimals=st.integers(min_value=0, max_value=9),
    odd=st.sampled_from(["", "", "7", "1e5", "5.5.5", ".5", "-", "1-2.50", "+1.25", "x1.5"]),
    space=st.sampled_from([" ", "\n", "  "]),
)
@settings(max_examples=60, deadline=None)
def test_numbers_that_look_alike_are_the_same_read_fast(
    numbers: list[float], decimals: int, odd: str, space: str
) -> None:
    words = [f"{number:.{decimals}f}" for number in numbers] + ([odd] if odd else [])
    text = Text(space.join(words).encode())
    try:
        expected = np.array([float(word) for word in words])
    except ValueError:
        with pytest.raises(ValueError, match="'"):
            text.alike(text.starts, text.ends)
        return
    read = text.alike(text.starts, text.ends)
    assert read.tobytes() == expected.tobytes()
