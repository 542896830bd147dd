"""Mesh sequences and probabilities are checked at the door and frozen after."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core import InputError, MeshSequence, Probabilities, topology_hash
from studio.core.sequence import in_one_order, listed_hash

FACES = np.array([[0, 1, 2], [0, 2, 3]], dtype=np.int32)


def vertices(frames: int = 5, count: int = 4) -> np.ndarray[Any, Any]:
    return np.random.default_rng(0).normal(size=(frames, count, 3)).astype(np.float32)


def broken(frame: int, value: float) -> np.ndarray[Any, Any]:
    out = vertices()
    out[frame, 1, 2] = value
    return out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((vertices()[0], FACES), "expected vertices of shape (T, V, 3), found (4, 3)"),
        ((vertices(0), FACES), "expected vertices of shape (T, V, 3), found (0, 4, 3)"),
        ((vertices(), FACES[:, :2]), "expected faces of shape (F, 3), found (2, 2)"),
        ((vertices(), FACES + 1), "expected vertex indices below 4, found index 4"),
        ((vertices(), FACES - 1), "expected vertex indices below 4, found index -1"),
        (
            (vertices(), FACES.astype(np.int64) + 2**32),
            "expected vertex indices below 4, found index 4294967299",
        ),
        (
            (vertices(), FACES.astype(np.uint64) + np.uint64(2**63)),
            "below 4, found index 9223372036854775811",
        ),
        ((vertices(), FACES + 0.5), "expected faces as whole numbers, found type float64"),
        ((vertices(), FACES > 1), "expected faces as whole numbers, found type bool"),
        ((vertices().astype(np.float64) * 1e300, FACES), "found NaN or infinity in frame 0"),
        (
            (broken(3, np.nan), FACES),
            "expected finite coordinates, found NaN or infinity in frame 3",
        ),
        ((broken(0, -np.inf), FACES), "found NaN or infinity in frame 0"),
        ((vertices(), FACES, 0.0), "expected a frame rate from 1 to 1000, found 0"),
        ((vertices(), FACES, float("nan")), "expected a frame rate from 1 to 1000, found nan"),
    ],
)
def test_what_cannot_be_a_sequence_is_one_sentence(
    arguments: tuple[Any, ...], sentence: str
) -> None:
    with pytest.raises(InputError) as caught:
        MeshSequence(*arguments)
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("clip: ")
    assert "\n" not in str(caught.value)


def test_data_is_read_only_and_of_the_right_kind() -> None:
    sequence = MeshSequence(vertices().astype(np.float64), FACES.astype(np.int64))
    assert sequence.vertices.dtype == np.float32
    assert sequence.faces.dtype == np.int32
    for array in (sequence.vertices, sequence.faces):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@given(st.integers(0, 5), st.integers(0, 7))
def test_a_slice_is_those_frames(start: int, stop: int) -> None:
    sequence = MeshSequence(vertices(5), FACES, 25.0, "a")
    if start >= min(stop, 5):
        with pytest.raises(InputError):
            sequence.sliced(start, stop)
        return
    part = sequence.sliced(start, stop)
    np.testing.assert_array_equal(part.vertices, sequence.vertices[start:stop])
    assert (part.fps, part.name, part.topology) == (25.0, "a", sequence.topology)
    assert part.duration == pytest.approx(part.n_frames / 25.0)


def test_the_topology_is_the_vertex_count_and_the_faces_however_they_are_listed() -> None:
    one = topology_hash(FACES, 4)
    assert one == MeshSequence(vertices(), FACES).topology
    assert one == topology_hash(FACES.astype(np.int64), 4)
    shifted = np.stack([np.roll(face, k) for k, face in enumerate(FACES[::-1])])
    assert topology_hash(shifted, 4) == one != listed_hash(shifted, 4)
    inside_out, moved = FACES[:, ::-1], (FACES + 1) % 4
    others = {topology_hash(each, 4) for each in (inside_out, moved, FACES[1:], FACES[:0])}
    assert len({one, topology_hash(FACES, 5), *others}) == 6


def test_a_verdict_is_its_likeliest_label() -> None:
    said = Probabilities(("a", "b", "c"), np.eye(3), np.array([0.2, 0.5, 0.3]))
    assert (said.label, said.confidence) == ("b", pytest.approx(0.5))
    with pytest.raises(ValueError, match="read-only"):
        said.clip[0] = 1.0
    with pytest.raises(ValueError, match="2 names"):
        Probabilities(("a", "b"), np.eye(3), np.array([0.2, 0.8]))


@pytest.mark.parametrize("beyond", [0, 1 << 21, 1 << 30])
def test_triangles_come_in_one_order_whatever_their_numbers(beyond: int) -> None:
    faces = np.array([[2, 0, 1], [1, 2, 0], [0, 2, 1], [3, 1, 2]]) + beyond
    wanted = np.array([[0, 1, 2], [0, 1, 2], [0, 2, 1], [1, 2, 3]]) + beyond
    for order in ([0, 1, 2, 3], [3, 1, 0, 2]):
        found = in_one_order(faces[order])
        np.testing.assert_array_equal(found, wanted)
        assert found.dtype == np.int32


def test_frames_that_were_changed_since_are_looked_at_again() -> None:
    clip = MeshSequence(vertices(), FACES)
    assert replace(clip, fps=24.0).vertices is clip.vertices
    clip.vertices.setflags(write=True)
    clip.vertices[1, 0, 0] = np.nan
    with pytest.raises(InputError, match="NaN or infinity in frame 1"):
        replace(clip, fps=24.0)
