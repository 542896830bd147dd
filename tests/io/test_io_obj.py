"""OBJ files as they come: every spelling gives the same mesh."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError
from studio.io import read_sequence
from studio.io.formats.obj import ObjFrames, parse_obj

HERE = Path("some.obj")
V = "v 0 0 0\nv 100 0 0\nv 100 100 0\nv 0 100 5.25\n"
TRIANGLES = [[0, 1, 2], [0, 2, 3]]


@pytest.mark.parametrize(
    "text",
    [
        V + "f 1 2 3 4\n",
        V + "f 1 2 3\nf 1 3 4",
        V + "f -4 -3 -2 -1\n",
        V + "vt 0 0\nvn 0 0 1\nf 1/1/1 2/1/1 3/1/1 4/1/1\n",
        V + "vn 0 0 1\nf 1//1 2//1 3//1 4//1\n",
        V + "f 1/1 2/2 3/3 4/4\n",
        V + "g face\nusemtl skin\nf 1 2 3 # half\ns off\no b\nf 1 3 4\n",
        "# head\n\nmtllib a.mtl\no x\n" + V + "f 1 2 3 4\n",
        (V + "f 1 2 3 4\n").replace("\n", "\r\n"),
        (V + "f 1 2 3 4\n").replace("\n", "\r"),
        "\ufeff\n \n" + V + "f 1 2 3 4\n",
        "# made by hand\n" + (V + "f 1 2 3 4\n").replace("\n", "\r"),
        "\ufeff# head\n" + V + "f 1 2 3 4\n",
        V.replace("\n", " 0.5 0.5 0.5\n") + "f 1 2 3 4\n",
        V.replace("\n", " 1.0\n") + "f 1 2 3 4\n",
        V.replace(" ", "  \t") + "f   1 2 3 4  \n",
        V + "f 1 2 \\\n 3 4\n",
        "v 0 0 0\nv 1e2 0 -0\nv +100. 1.0E+02 .0\nf 1 2 3\nv 0 100 525e-2\nf -4 -2 -1\n",
    ],
)
def test_all_spellings_of_one_square(text: str) -> None:
    data = text.encode()
    vertices, faces = parse_obj(data, HERE)
    np.testing.assert_array_equal(faces, TRIANGLES)
    np.testing.assert_array_equal(vertices, [[0, 0, 0], [100, 0, 0], [100, 100, 0], [0, 100, 5.25]])
    np.testing.assert_array_equal(ObjFrames.open(data, HERE).vertices(data, HERE), vertices)


def test_a_polygon_becomes_a_fan() -> None:
    corners = "".join(f"v {np.cos(a)} {np.sin(a)} 0\n" for a in np.arange(7))
    _, faces = parse_obj((corners + "f 1 2 3\nf 7 6 5 4 3 2 1\n").encode(), HERE)
    wanted = [[0, 1, 2], [6, 5, 4], [6, 4, 3], [6, 3, 2], [6, 2, 1], [6, 1, 0]]
    np.testing.assert_array_equal(faces, wanted)


def test_points_without_faces_are_a_mesh_too() -> None:
    vertices, faces = parse_obj(V.encode(), HERE)
    assert len(vertices) == 4
    assert faces.shape == (0, 3)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "vertex lines"),
        ("hello\nworld\n", "vertex lines"),
        ("17 4 what is this\n", "an OBJ keyword in line 1, found '17'"),
        (V + "f 1 2 5\n", "vertex indices from 1 to 4 in line 5, found 5"),
        (V + "f 1 2 -5\n", "found -5"),
        (V + "f 0 1 2\n", "found 0"),
        (V + "f 1 2 2.5\n", "found 2.5"),
        (V + "f 1 2 nan\n", "found nan"),
        (V + "f 1 2 x\n", "whole numbers, found 'x'"),
        (V + "f 1 2\n", "3 corners in line 5, found 2"),
        (V + "f\n", "3 corners in line 5, found 0"),
        (V + "v 1 2", "3 coordinates in line 5, found 2"),
        (V + "v 1 2 3,5\nf 1 2 3\n", "numbers, found '3,5'"),
        (V + "f 1 2 3\n\0\0\0", "binary"),
    ],
)
def test_one_sentence_for_what_cannot_be_read(text: str, wanted: str) -> None:
    with pytest.raises(InputError, match=f"^some.obj: expected .*{wanted}"):
        ObjFrames.open(text.encode(), HERE)


LAYOUTS = {
    "plain": "{v}f 1 2 3 4\n",
    "triangles": "# unit: mm\n{v}f 1 2 3\nf 1 3 4\n",
    "triangles and texture": "{v}f 1/1 2/1 3/1\nf 1/1 3/1 4/1\n",
    "normals": "# frame {k}\n{v}vn 0 0 {k}\nvn 0 1 {k}\nf 1//1 2//1 3//2 4//2\n",
    "groups between": "mtllib f{k}.mtl\n{v}g a\nusemtl b\nf 1 2 3 4\n",
    "mixed": "v 0 0 {k}\n{v}f 1 2 3\nv 7 7 7\nf 1 3 4\n",
    "material changes": "{v}usemtl m{k}\nf 1 2 3\nusemtl n{k}\nf 1 3 4\n",
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_later_frames_are_read_as_alone(tmp_path: Path, layout: str) -> None:
    rng = np.random.default_rng(1)
    for k in range(4):
        lines = "".join(f"v {a:.4f} {b:.4f} {c:.4f}\n" for a, b, c in rng.uniform(0, 300, (4, 3)))
        (tmp_path / f"f{k}.obj").write_text(layout.format(v=lines, k=k))
    sequence = read_sequence(tmp_path, cache=False)
    for k in range(4):
        path = tmp_path / f"f{k}.obj"
        vertices, faces = parse_obj(path.read_bytes(), path)
        np.testing.assert_array_equal(sequence.vertices[k], vertices.astype(np.float32))
        np.testing.assert_array_equal(sequence.faces, faces)


@pytest.mark.parametrize(
    ("second", "wanted"),
    [
        (V + "v 1 2 3\nf 1 2 3 4\n", "4 vertices as in the first frame, found 5"),
        (V + "f 1 2 3\n", "2 triangles as in the first frame, found 1"),
        (V + "f 2 3 4 1\n", "the faces of the first frame"),
        ("f 1 2 3\n" + V + "f 1 2 3 4\n", "2 triangles as in the first frame, found 3"),
        (V + "vn 1 1 1\nv 1 1 1\nf 1 2 3 4\n", "found 5"),
        ((V + "f 1 2 3 4\n")[:27], "3 coordinates"),
        (V.replace("5.25", "nan") + "f 1 2 3 4\n", "finite coordinates, found nan at vertex 3"),
        (V.replace("5.25", "-inf") + "f 1 2 3 4\n", "finite coordinates, found -inf"),
        (V.replace("5.25", "1e300") + "f 1 2 3 4\n", "finite coordinates"),
        (V.replace("5.25", "x") + "f 1 2 3 4\n", "numbers, found 'x'"),
    ],
)
def test_a_later_frame_that_differs_is_named(tmp_path: Path, second: str, wanted: str) -> None:
    (tmp_path / "f1.obj").write_text(V + "f 1 2 3 4\n")
    (tmp_path / "f2.obj").write_text(second)
    with pytest.raises(InputError, match=f"^f2.obj: expected .*{wanted}"):
        read_sequence(tmp_path)
