"""Units and rates: said by files or beside them, guessed and told, or given."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError, MeshSequence, Progress
from studio.face.known import studio_face
from studio.io import guess_unit, read_sequence, write_sequence
from studio.io.said import unit_named, unit_said
from tests.io.io_meshes import tetrahedra

HEAD = np.array([[0, 0, 0], [160, 0, 0], [0, 240, 0], [0, 0, 190.0]])
FACES = "f 1 2 3\nf 1 3 4\n"
FRAME_FORMATS = ["obj", "ply", "stl", "off"]


def obj(vertices: np.ndarray, *comments: str) -> str:
    lines = "".join("v {:.9g} {:.9g} {:.9g}\n".format(*row) for row in vertices.tolist())
    return "".join(f"{line}\n" for line in comments) + lines + FACES


@pytest.fixture
def head(tmp_path: Path) -> Path:
    """Three frames of a head in meters, by a program that says nothing."""
    folder = tmp_path / "head"
    folder.mkdir()
    for number in range(3):
        (folder / f"f{number}.obj").write_text(obj((HEAD + number) / 1000))
    return folder


@pytest.mark.parametrize(
    ("size", "unit"),
    [
        (0.22, "m"), (1.716, "m"), (2.0, "m"), (15.0, "cm"), (40.0, "cm"), (172.0, "mm"),
        (220.0, "mm"), (1716.0, "mm"), (2000.0, "mm"), (150_000.0, "um"), (220_000.0, "um"),
        (1_716_000.0, "um"),
    ],
)  # fmt: skip
def test_heads_and_bodies_tell_their_unit(size: float, unit: str) -> None:
    assert guess_unit(np.array([[0.0, 0, 0], [0, size, 0]])) == unit


@pytest.mark.parametrize(("name", "size"), [("micrometres", 220.0), ("body_in_metres", 1716.0)])
def test_known_files_have_their_size(cases: Path, name: str, size: float) -> None:
    read = read_sequence(cases / f"{name}.obj")
    assert read.size == pytest.approx(size, abs=0.05)
    (said,) = read.told
    assert f"{size:,.0f} mm large) is guessed; --input-unit or Unit and rate" in said


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("unit: mm", "mm"), ("Units: millimeters", "mm"), ("File units = centimeters", "cm"),
        ("File units = inches", "in"), ("UNITS=MM", "mm"), ("units: in", "in"),
        ("units in mm", "mm"), ("unit m", "m"), ("Scale: meters", "m"), ("1 unit = 1 cm", "cm"),
        ("1 unit = 10 mm", "cm"), ("units: 0.001 m", "mm"), ("1 mm = 1 unit", "mm"),
        ("All coordinates are in millimetres", "mm"), ("vertices in cm", "cm"),
        ("millimeter units", "mm"), ("metersPerUnit: 0.01", "cm"), ("length unit: µm", "um"),
        ("units are microns", "um"), ("Unit (mm)", "mm"), ("unit_of_length mm", "mm"),
        ("measured in feet", "ft"), ("unit: dm", "dm"), ("exported in meters", "m"),
        ("Blender v3.6.0 OBJ File: 'head.blend'", None), ("units unknown", None),
        ("scale in mesh", None), ("units in file: 5", None), ("object mm_head", None),
        ("speed unit: m/s", None), ("points in front", None), ("1 unit = 3 mm", None),
    ],
)  # fmt: skip
def test_units_are_read_as_programs_write_them(text: str, unit: str | None) -> None:
    assert unit_said([text.encode()]) == unit
    assert unit_said([b"Made by hand", text.encode("utf-16-le")[::2]]) == unit


def test_a_unit_has_many_names() -> None:
    assert {unit_named(word) for word in ("MM", "millimetre", " Millimeters ")} == {"mm"}
    assert (unit_named("Inches"), unit_named("cubit"), unit_named("")) == ("in", None, None)


def test_every_format_says_its_unit_in_its_own_way(tmp_path: Path) -> None:
    small = HEAD / 25.4  # by its size it would be centimeters
    (tmp_path / "a.obj").write_text(obj(small, "# SketchUp", "# File units = inches"))
    text = obj(small).splitlines()
    rows = [line[2:] for line in text if line.startswith("v")]
    (tmp_path / "a.off").write_text(
        "OFF\n# units: inches\n4 1 0\n" + "\n".join(rows) + "\n3 0 1 2\n"
    )
    ply = ["ply", "format ascii 1.0", "obj_info scanned", "comment Units Inches"]
    ply += ["element vertex 4", *(f"property float {axis}" for axis in "xyz")]
    ply += ["element face 1", "property list uchar int vertex_indices", "end_header", *rows]
    (tmp_path / "a.ply").write_text("\n".join([*ply, "3 0 1 2", ""]))
    corners = "".join(f"vertex {row}\n" for row in (rows[1], rows[2], rows[0]))
    facet = f"facet normal 0 0 1\nouter loop\n{corners}endloop\nendfacet\n"
    (tmp_path / "a.stl").write_text(f"solid head units=inches\n{facet}endsolid\n")
    np.savez(tmp_path / "a.npz", vertices=small[None], faces=[[0, 1, 2]], unit="inches")
    for kind in (*FRAME_FORMATS, "npz"):
        read = read_sequence(tmp_path / f"a.{kind}")
        assert read.size == pytest.approx(240, abs=1e-3), kind
        assert (read.read_as.unit, read.read_as.unit_by) == ("in", "file")


def test_what_is_guessed_is_told_once_in_one_sentence(head: Path) -> None:
    heard: list[str] = []
    read = read_sequence(head, progress=Progress(remarked=heard.append))
    wanted = (
        "Its unit (m, which makes it 240 mm large) and rate (30 frames a second) are guessed; "
        "--input-unit and --fps or Unit and rate in the window say otherwise."
    )
    assert (read.told, heard) == ((wanted,), [f"head: {wanted}"])


@pytest.mark.parametrize("again", [1, 2])
def test_what_is_given_wins(head: Path, again: int) -> None:
    """Also of a folder that was kept, whatever it was read in before."""
    for _ in range(again):
        read = read_sequence(head, unit="cm", fps=25)
        assert (read.size, read.duration) == (pytest.approx(2.4), 3 / 25)
        assert (read.read_as.unit_by, read.read_as.rate_by, read.told) == ("given", "given", ())
        assert read_sequence(head).size == pytest.approx(240)
    with pytest.raises(InputError, match=r"unit: expected um, mm, .* or ft, found parsec"):
        read_sequence(head, unit="parsec")


def test_what_has_no_coordinates_has_no_unit(tmp_path: Path) -> None:
    path = tmp_path / "take.csv"
    path.write_text("frame,jawOpen\n" + "".join(f"{k},0.5\n" for k in range(9)))
    read = read_sequence(path)
    assert "rate (30 frames a second) is guessed" in read.told[-1]
    assert read_sequence(path, fps=60).read_as.rate_by == "given"
    with pytest.raises(InputError, match=r"take.csv: expected a mesh, to be read in cm"):
        read_sequence(path, unit="cm")


@pytest.mark.parametrize("format", FRAME_FORMATS)
@pytest.mark.parametrize("fps", [59.94, 23.976, 25.0])
def test_the_rate_of_an_export_comes_back(tmp_path: Path, format: str, fps: float) -> None:
    clip = MeshSequence(tetrahedra().vertices, tetrahedra().faces, fps)
    files = write_sequence(clip, tmp_path / "take", format=format, unit="cm")
    assert [file.suffix for file in files] == [f".{format}"] * 5
    for _ in range(2):
        read = read_sequence(tmp_path / "take")
        assert (read.fps, read.told) == (fps, ())
        assert read.read_as.rate_by == "beside"
    assert read_sequence(tmp_path / "take", fps=50).fps == 50.0


def test_a_bare_array_has_its_unit_and_rate_beside_it(tmp_path: Path) -> None:
    template = studio_face().template
    clip = MeshSequence(template.vertices[None].repeat(2, 0) / 100, template.faces, 59.94)
    (file,) = write_sequence(clip, tmp_path / "take.npy", unit="cm")
    read = read_sequence(file)
    np.testing.assert_allclose(read.vertices, clip.vertices, atol=1e-5)
    assert (read.fps, read.read_as.unit, read.read_as.unit_by) == (59.94, "cm", "beside")
    np.save(file, np.load(file) * 2)
    assert "take.npy.json speaks of other files and is left aside." in read_sequence(file).told


def test_what_is_said_of_other_frames_is_left_aside(tmp_path: Path) -> None:
    take, other = tmp_path / "take", tmp_path / "other"
    write_sequence(MeshSequence(tetrahedra().vertices, tetrahedra().faces, 60.0), take)
    shutil.copytree(take, other)
    for file in take.glob("*.obj"):  # another program writes other frames over ours
        file.write_text(obj(HEAD))
    read = read_sequence(take)
    assert read.fps == 30.0
    assert read.told[0] == "frames.obj.json speaks of other files and is left aside."
    # Fewer of ours, or under other names, are still ours.
    (other / "frame_0001.obj").unlink()
    for number in range(2, 6):
        (other / f"frame_000{number}.obj").rename(other / f"f{number}.obj")
    assert read_sequence(other).fps == 60.0
    # Of a copy of the frames alone nothing is known.
    (other / "frames.obj.json").unlink()
    assert read_sequence(other).read_as.rate_by == "guess"


def test_each_format_in_a_folder_has_its_own(tmp_path: Path) -> None:
    clip = tetrahedra()
    write_sequence(clip, tmp_path, format="obj")
    write_sequence(MeshSequence(clip.vertices, clip.faces, 50.0), tmp_path, format="ply")
    assert read_sequence(tmp_path).fps == clip.fps
    assert json.loads((tmp_path / "frames.ply.json").read_text())["fps"] == 50.0


@pytest.mark.parametrize(
    ("text", "fps", "size"),
    [
        ('{"fps": 25, "unit": "centimeters"}', 25.0, 2.4),
        ('{"unit": "cm"}', 30.0, 2.4),
        ('{"fps": 24, "shot": "12b"}', 24.0, 240.0),
        ('{"fps": 0}', 30.0, 240.0),
        ('{"fps": 1e300}', 30.0, 240.0),
        ('{"fps": true}', 30.0, 240.0),
        ('{"fps": "fast"}', 30.0, 240.0),
        ('{"unit": "cubit"}', 30.0, 240.0),
        ('{"files": 3}', 30.0, 240.0),
        ('{"fps": 25, "files": []}', 30.0, 240.0),
        ("[25]", 30.0, 240.0),
        ("{", 30.0, 240.0),
        (8000 * "[", 30.0, 240.0),
        ("\udc80", 30.0, 240.0),
    ],
)
def test_anybody_may_write_what_stands_beside_frames(
    head: Path, text: str, fps: float, size: float
) -> None:
    place = head / "frames.obj.json"
    place.write_text(text, errors="surrogateescape")
    read = read_sequence(head)
    assert (read.fps, read.size) == (fps, pytest.approx(size))
    wrong = (fps, size) == (30.0, 240.0)
    assert any("left aside" in said for said in read.told) == wrong


def test_what_a_file_says_goes_before_what_is_said_beside_it(head: Path) -> None:
    for file in head.iterdir():
        file.write_text("# unit: mm\n" + file.read_text())
    (head / "frames.obj.json").write_text('{"fps": 25, "unit": "m"}')
    read = read_sequence(head)
    assert (read.read_as.unit, read.read_as.unit_by, read.fps) == ("mm", "file", 25.0)


def test_a_guessed_rate_is_a_guess_when_it_is_read_back(head: Path, tmp_path: Path) -> None:
    guessed = read_sequence(head)
    assert guessed.read_as.rate_by == "guess"
    for place in (tmp_path / name for name in ("back", "back.npy", "back.npz")):
        write_sequence(guessed, place)
        back = read_sequence(place, default_fps=60)
        assert (back.fps, back.read_as.rate_by) == (guessed.fps, "guess")
        assert read_sequence(place, fps=24).read_as.rate_by == "given"
    write_sequence(read_sequence(head, fps=50), tmp_path / "said")
    assert read_sequence(tmp_path / "said").read_as.rate_by == "beside"
    write_sequence(read_sequence(head, fps=50), tmp_path / "said.npz")
    assert read_sequence(tmp_path / "said.npz").read_as.rate_by == "file"


def test_a_single_mesh_has_nothing_beside_it(tmp_path: Path) -> None:
    write_sequence(tetrahedra(1), tmp_path / "face.obj")
    assert [file.name for file in tmp_path.iterdir()] == ["face.obj"]
    assert read_sequence(tmp_path / "face.obj").told == ()
