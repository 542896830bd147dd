"""OFF as other programs write it: polygons, comments, colors, no unit."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.core import InputError
from studio.io import read_sequence

PYRAMID = """OFF
# a pyramid on a square, in centimeters by its size
5 5 8
-7 0 -7
 7 0 -7
 7 0  7
-7 0  7
 0 20 0
4 3 2 1 0 255 0 0
3 0 1 4
3 1 2 4
3 2 3 4
3 3 0 4
"""


def test_polygons_are_cut_into_triangles_and_colors_left(tmp_path: Path) -> None:
    (tmp_path / "pyramid.off").write_text(PYRAMID)
    clip = read_sequence(tmp_path / "pyramid.off")
    assert clip.vertices.shape == (1, 5, 3)
    assert clip.faces.shape == (6, 3)
    assert clip.vertices[0, 4].tolist() == [0.0, 200.0, 0.0]


@pytest.mark.parametrize(
    "text",
    [
        "\n",
        "OFF",
        "OFF\n5 5 8\n0 0 0\n",
        PYRAMID.replace("3 3 0 4\n", ""),
        PYRAMID.replace("3 3 0 4", "3 3 0 9"),
        "solid face",
        "OFF\n-3 1 0\n",
        "OFF\n0 0 0\n",
    ],
    ids=[
        "empty",
        "no counts",
        "cut short",
        "a face short",
        "a vertex that is not there",
        "another file",
        "less than none",
        "nothing in it",
    ],
)
def test_what_is_no_off_file_is_told_in_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.off").write_text(text)
    with pytest.raises(InputError, match=r"^bad\.off: expected an OFF file, found "):
        read_sequence(tmp_path / "bad.off")


def test_a_frame_with_other_faces_is_refused(tmp_path: Path) -> None:
    (tmp_path / "f1.off").write_text(PYRAMID)
    (tmp_path / "f2.off").write_text(PYRAMID.replace("3 0 1 4", "3 1 0 4"))
    with pytest.raises(InputError, match=r"f2\.off: expected the faces of the first frame"):
        read_sequence(tmp_path)


@pytest.mark.parametrize(
    "data",
    [
        PYRAMID.encode("utf-8-sig"),
        PYRAMID.encode("utf-16"),
        b"\n \n" + PYRAMID.encode(),
        PYRAMID.replace("\n", "\r").encode(),
        PYRAMID.replace("\n", "\n\n").lower().encode(),
        PYRAMID.replace(
            "OFF\n# a pyramid on a square, in centimeters by its size\n", "OFF "
        ).encode(),
    ],
)
def test_an_off_is_read_whatever_an_editor_left_around_its_lines(
    tmp_path: Path, data: bytes
) -> None:
    (tmp_path / "pyramid.off").write_bytes(data)
    assert read_sequence(tmp_path / "pyramid.off").faces.shape == (6, 3)
