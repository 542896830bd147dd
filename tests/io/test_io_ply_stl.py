"""PLY and STL in all their kinds."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError, MeshSequence
from studio.io import read_sequence, write_sequence
from studio.io.formats import stl
from studio.io.formats.ply import PlyFrames, parse_ply
from studio.io.formats.stl import parse_stl
from tests.io.io_meshes import FACES, tetrahedra

HERE = Path("some.ply")
POINTS = np.array([[0, 0, 0], [100, 0, 0.5], [100, 100, 0], [0, 100, 0]])


def ply(kind: str, faces: list[list[int]], *, extra: bool = False) -> bytes:
    """A PLY with colors, and with `extra` another list on each face and another element."""
    head = f"ply\nformat {kind} 1.0\ncomment made by hand\nelement vertex 4\n"
    head += "property double x\nproperty double y\nproperty double z\nproperty uchar red\n"
    head += f"element face {len(faces)}\nproperty list uchar int vertex_indices\n"
    head += "property uchar flag\n" if extra else ""
    head += "property list uchar float uv\nelement edge 1\nproperty int a\n" if extra else ""
    order = ">" if "big" in kind else "<"
    body = b""
    for x, y, z in POINTS:
        row = (x, y, z, 7)
        body += f"{x} {y} {z} 7\n".encode() if kind == "ascii" else struct.pack(order + "3dB", *row)
    for face in faces:
        words = [len(face), *face] + ([1, 2, 0.5, 0.5] if extra else [])
        text = " ".join(map(str, words)).encode() + b"\n"
        packed = struct.pack(f"{order}B{len(face)}i", len(face), *face)
        packed += struct.pack(order + "BB2f", 1, 2, 0.5, 0.5) if extra else b""
        body += text if kind == "ascii" else packed
    if extra:
        body += b"3\n" if kind == "ascii" else struct.pack(order + "i", 3)
    return (head + "end_header\n").encode() + body


KINDS = ["ascii", "binary_little_endian", "binary_big_endian"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("extra", [False, True])
@pytest.mark.parametrize(
    "faces", [[[0, 1, 2], [0, 2, 3]], [[0, 1, 2, 3]], [[0, 1, 2], [3, 2, 1, 0]]]
)
def test_all_kinds_of_ply_say_the_same(kind: str, extra: bool, faces: list[list[int]]) -> None:
    data = ply(kind, faces, extra=extra)
    vertices, triangles, _ = parse_ply(data, HERE)
    np.testing.assert_array_equal(vertices, POINTS)
    fan = [[f[0], f[k], f[k + 1]] for f in faces for k in range(1, len(f) - 1)]
    np.testing.assert_array_equal(triangles, fan)
    np.testing.assert_array_equal(PlyFrames.open(data, HERE).vertices(data, HERE), vertices)


@pytest.mark.parametrize("kind", KINDS)
def test_a_ply_cut_anywhere_is_one_sentence(kind: str) -> None:
    data = ply(kind, [[0, 1, 2], [3, 2, 1, 0]])
    for end in range(len(data) - 2):
        with pytest.raises(InputError, match=r"^some.ply: expected "):
            parse_ply(data[:end], HERE)


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (b"format ascii", b"format morse", "PLY header"),
        (b"property double x", b"property double w", "x, y and z"),
        (b"vertex_indices", b"strips", "vertex_indices"),
        (b"3 0 1 2", b"3 0 1 4", "vertex indices from 0 to 3, found 4"),
        (b"3 0 1 2", b"3 0 1 -1", "found -1"),
        (b"3 0 1 2", b"3 0 1 .5", "whole numbers"),
        (b"3 0 1 2", b"2 0 1", "3 or more corners"),
        (b"100.0 0.0 0.5", b"100.0 zero 0.5", "numbers, found 'zero'"),
        (b"element vertex 4", b"element vertex 400", "more lines"),
        (b"property uchar red", b"property list uchar int red", "plain numbers"),
    ],
)
def test_garbled_ply(old: bytes, new: bytes, wanted: str) -> None:
    data = ply("ascii", [[0, 1, 2], [0, 2, 3]])
    assert old in data
    with pytest.raises(InputError, match=wanted):
        parse_ply(data.replace(old, new, 1), HERE)


def test_later_ply_frames_must_agree(tmp_path: Path) -> None:
    (tmp_path / "f1.ply").write_bytes(ply("ascii", [[0, 1, 2]]))
    (tmp_path / "f2.ply").write_bytes(ply("binary_big_endian", [[0, 1, 2]]))
    assert read_sequence(tmp_path).n_frames == 2
    (tmp_path / "f3.ply").write_bytes(ply("ascii", [[0, 1, 3]]))
    with pytest.raises(InputError, match=r"f3.ply: expected the faces of the first frame"):
        read_sequence(tmp_path)


def ascii_stl(vertices: np.ndarray, faces: np.ndarray) -> str:
    text = "solid head\n"
    for a, b, c in faces:
        text += "facet normal 0 0 1\n outer loop\n"
        text += "".join("  vertex {} {} {}\n".format(*vertices[k].tolist()) for k in (a, b, c))
        text += " endloop\nendfacet\n"
    return text + "endsolid head\n"


def test_ascii_and_binary_stl_say_the_same(tmp_path: Path, sequence: MeshSequence) -> None:
    text, binary = tmp_path / "text", tmp_path / "binary"
    text.mkdir()
    for k, frame in enumerate(sequence.vertices):
        (text / f"f{k}.stl").write_text(ascii_stl(frame, sequence.faces))
    write_sequence(sequence, binary, format="stl")
    one, other = read_sequence(text), read_sequence(binary)
    np.testing.assert_array_equal(one.vertices, other.vertices)
    np.testing.assert_array_equal(one.faces, other.faces)
    assert one.n_vertices == sequence.n_vertices


def test_lips_that_touch_in_one_frame_stay_two(tmp_path: Path) -> None:
    vertices = tetrahedra(6).vertices.copy()
    vertices[0, 4] = vertices[0, 1]
    vertices[3, 4] = vertices[3, 0]
    write_sequence(MeshSequence(vertices, FACES), tmp_path / "lips", format="stl")
    back = read_sequence(tmp_path / "lips")
    assert back.n_vertices == 5
    np.testing.assert_array_equal(back.vertices[:, back.faces], vertices[:, FACES])


@pytest.mark.parametrize("factor", [stl._MIX, 0])
def test_corners_at_one_place_are_one_vertex(monkeypatch: pytest.MonkeyPatch, factor: int) -> None:
    """Also where all rows share the number that they are sorted by, as they do with no factor."""
    monkeypatch.setattr(stl, "_MIX", np.uint64(factor))
    rng = np.random.default_rng(2)
    rows = rng.integers(-3, 4, (500, 3)) * rng.choice([-1.0, 0.5, 2.0**-30], (500, 1))
    label, source = stl._welded(rows)
    assert len(source) == len({tuple(row) for row in rows.tolist()})
    np.testing.assert_array_equal(rows[source[label]], rows)


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (lambda data: data[:-1], r"bytes for 5 triangles"),
        (lambda data: data + b"\0", r"bytes for 5 triangles"),
        (lambda data: b"", "an STL file"),
        (lambda data: b"solid x\nendsolid x\n", "triangles, found none"),
        (lambda data: b"solid x\n vertex 1 2 3\n vertex 1 2 4\n", "three vertices a facet"),
        (lambda data: b"solid x\n vertex 1 2 3\n vertex 1 2 4\n vertex 1 2 z\n", "numbers"),
    ],
)
def test_garbled_stl(tmp_path: Path, change: object, wanted: str) -> None:
    (file,) = write_sequence(tetrahedra(1), tmp_path / "some.stl")
    with pytest.raises(InputError, match=f"^some.stl: expected .*{wanted}"):
        parse_stl(change(file.read_bytes()), file)


def test_an_stl_frame_of_another_mesh_is_named(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    faces = rng.integers(0, 40, (60, 3))
    points = rng.uniform(0, 300, (2, 40, 3)).astype(np.float32)
    write_sequence(MeshSequence(points, faces), tmp_path / "take", format="stl")
    other = MeshSequence(points[:1], faces[::-1])
    write_sequence(other, tmp_path / "take" / "frame_0002.stl", format="stl")
    with pytest.raises(InputError, match=r"frame_0002.stl: expected the triangles of the first"):
        read_sequence(tmp_path / "take")


def with_element(kind: str, head: str, rows: list[list[int]], count: str, index: str) -> bytes:
    """The four points, and an element of lists."""
    order, sized = (">" if "big" in kind else "<"), {"uchar": "B", "int": "i", "uint": "I"}
    data = ply(kind, []).split(b"element face")[0]
    body = ply(kind, []).split(b"end_header\n")[1]
    data += f"{head}\nproperty list {count} {index} ".encode()
    for row in rows:
        words = struct.pack(order + sized[count], len(row))
        words += struct.pack(f"{order}{len(row)}{sized[index]}", *row)
        body += f"{len(row)} {' '.join(map(str, row))}\n".encode() if kind == "ascii" else words
    return data + b"vertex_indices\nend_header\n" + body


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "rows", "triangles"),
    [
        ("tristrips", [[0, 1, 2, 3]], [[0, 1, 2], [2, 1, 3]]),
        ("tristrips", [[0, 1, 2, -1, 1, 2, 3, -1]], [[0, 1, 2], [1, 2, 3]]),
        ("tristrips", [[0, 1, 2], [-1, 3, 2, 1], [0, 1]], [[0, 1, 2], [3, 2, 1]]),
        ("tristrips", [[0, 1, 2, 2, 3, 3, 0, 1]], [[0, 1, 2], [0, 3, 1]]),
        ("trifans", [[0, 1, 2, 3, -1, 3, 2, 1]], [[0, 1, 2], [0, 2, 3], [3, 2, 1]]),
        ("polygon", [[0, 1, 2, 3], [3, 2, 1]], [[0, 1, 2], [0, 2, 3], [3, 2, 1]]),
        ("cell", [[0, 1, 2]], [[0, 1, 2]]),
        ("edge", [[0, 1]], []),
        ("range_grid", [[], [1]], []),
    ],
)
def test_faces_under_any_name_are_read(
    kind: str, name: str, rows: list[list[int]], triangles: list[list[int]]
) -> None:
    data = with_element(kind, f"element {name} {len(rows)}", rows, "int", "int")
    vertices, faces, _ = parse_ply(data, HERE)
    assert faces.tolist() == triangles
    np.testing.assert_array_equal(PlyFrames.open(data, HERE).vertices(data, HERE), vertices)


def test_strips_of_unsigned_numbers_begin_again_too() -> None:
    rows = [[0, 1, 2, 2**32 - 1, 1, 2, 3]]
    data = with_element("binary_little_endian", "element tristrips 1", rows, "uint", "uint")
    assert parse_ply(data, HERE)[1].tolist() == [[0, 1, 2], [1, 2, 3]]


def test_faces_of_several_elements_are_joined_also_before_the_vertices() -> None:
    one = ply("ascii", [[0, 1, 2]])
    both = one.replace(b"end_header", b"element tristrips 1\nproperty list int int v\nend_header")
    with pytest.raises(InputError, match="element tristrips with vertex_indices"):
        parse_ply(both + b"3 1 2 3\n", HERE)
    both = both.replace(b"int v\n", b"int vertex_index\n") + b"3 1 2 3\n"
    assert parse_ply(both, HERE)[1].tolist() == [[0, 1, 2], [1, 2, 3]]
    head, rest = one.split(b"element vertex")
    middle, faces = rest.split(b"element face")
    list_of, body = faces.split(b"end_header\n")
    rows = body.splitlines(keepends=True)
    first = head + b"element face" + list_of + b"element vertex" + middle + b"end_header\n"
    first += rows[-1] + b"".join(rows[:-1])
    assert parse_ply(first, HERE)[1].tolist() == [[0, 1, 2]]
    assert PlyFrames.open(first, HERE).vertices(first, HERE).tolist() == POINTS.tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_a_ply_is_read_whatever_an_editor_left_around_its_lines(kind: str) -> None:
    data = ply(kind, [[0, 1, 2], [3, 2, 1, 0]], extra=True)
    head, body = data.split(b"end_header\n")
    head = head.replace(b"comment", b"obj_info num_cols 4\ncomment") + b"end_header\n"
    text = kind == "ascii"
    for end in (b"\r\n", b"\r"):
        lines = head.replace(b"\n", end) + (body.replace(b"\n", end) if text else body)
        assert parse_ply(lines, HERE)[1].tolist() == parse_ply(data, HERE)[1].tolist()
    marked = b"\xef\xbb\xbf" + head + (body.replace(b"\n", b"\n\n") if text else body)
    for bytes_ in (marked, b"\n \n" + data, data.replace(b"ply", b"PLY", 1)):
        vertices, faces, _ = parse_ply(bytes_, HERE)
        assert (vertices.tolist(), len(faces)) == (POINTS.tolist(), 3)
    if text:
        assert len(parse_ply(data.decode().encode("utf-16"), HERE)[1]) == 3


def test_a_ply_that_says_of_no_faces_not_what_they_are_made_of() -> None:
    data = ply("ascii", []).replace(b"property list uchar int vertex_indices\n", b"")
    assert len(parse_ply(data, HERE)[1]) == 0


NAMES = ["", "vertex 1 2 3", "visage", "facet normal", "solid", "endsolid x", "K\xf6pfe \u9854"]


@pytest.mark.parametrize("name", NAMES)
def test_a_solid_may_have_any_name_in_text_and_in_a_binary_header(name: str) -> None:
    vertices, faces = tetrahedra(1).vertices[0], FACES
    text = ascii_stl(vertices, faces).replace(" head", f" {name}").encode()
    corners = vertices[faces].reshape(-1, 3)
    np.testing.assert_array_equal(parse_stl(text, HERE), corners)
    np.testing.assert_array_equal(parse_stl(text + text, HERE), np.concatenate([corners, corners]))
    packed = b"".join(struct.pack("<3f9fH", 0, 0, 0, *vertices[f].ravel(), 0) for f in faces)
    head = f"solid {name}".encode()[:80].ljust(80) + struct.pack("<I", len(faces))
    np.testing.assert_array_equal(parse_stl(head + packed, HERE), corners)


@pytest.mark.parametrize(
    "change",
    [
        str.upper,
        str.title,
        lambda text: "\ufeff" + text,
        lambda text: "\n \t\n" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.replace("\n", " "),
        lambda text: text.replace("solid head\n", "", 1),
    ],
)
def test_a_text_stl_is_told_by_all_of_it(change: object) -> None:
    vertices = tetrahedra(1).vertices[0]
    text = change(ascii_stl(vertices, FACES))
    corners = vertices[FACES].reshape(-1, 3)
    np.testing.assert_array_equal(parse_stl(text.encode(), HERE), corners)
    np.testing.assert_array_equal(parse_stl(text.encode("utf-16"), HERE), corners)


def test_facets_of_four_corners_are_cut_and_of_two_refused() -> None:
    text = ascii_stl(POINTS, np.array([[0, 1, 2]])).replace("endloop", "vertex 9 9 9\nendloop")
    found = parse_stl(text.encode(), HERE)
    np.testing.assert_array_equal(found[:3], POINTS[:3])
    np.testing.assert_array_equal(found[3:], [POINTS[0], POINTS[2], [9, 9, 9]])
    with pytest.raises(InputError, match="three vertices a facet, found 2"):
        parse_stl(
            text.replace("vertex 9 9 9\n", "").replace("vertex 0.0 0.0 0.0", "").encode(), HERE
        )
