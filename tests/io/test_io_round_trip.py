"""What is written is read again, in every format and unit."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core import InputError, MeshSequence
from studio.io import FORMATS, can_read, read_sequence, sniff, write_sequence
from tests.io.io_meshes import sequences, tetrahedra

UNITS = st.sampled_from(["mm", "cm", "m"])


def there_and_back(sequence: MeshSequence, format: str, unit: str) -> MeshSequence:
    with tempfile.TemporaryDirectory() as root:
        path = Path(root) / "take"
        files = write_sequence(sequence, path, format=format, unit=unit)
        return read_sequence(files[0] if FORMATS[format].single else path, cache=False)


def largest_difference(one: MeshSequence, other: MeshSequence) -> float:
    return float(np.abs(one.vertices.astype(np.float64) - other.vertices).max())


@settings(max_examples=60, deadline=None)
@given(sequences(), st.sampled_from(["obj", "ply", "npz"]), UNITS)
def test_round_trip_keeps_places_order_and_faces(
    sequence: MeshSequence, format: str, unit: str
) -> None:
    back = there_and_back(sequence, format, unit)
    assert largest_difference(sequence, back) <= 3e-4  # two roundings in float32 at 2 m
    np.testing.assert_array_equal(back.faces, sequence.faces)


@settings(max_examples=30, deadline=None)
@given(sequences(reach=200.0), UNITS)
def test_obj_is_right_to_a_tenth_of_a_micrometer(sequence: MeshSequence, unit: str) -> None:
    assert largest_difference(sequence, there_and_back(sequence, "obj", unit)) <= 1.5e-5


@settings(max_examples=30, deadline=None)
@given(sequences(), st.sampled_from(["ply", "npz"]))
def test_binary_formats_in_millimeters_are_exact(sequence: MeshSequence, format: str) -> None:
    assert largest_difference(sequence, there_and_back(sequence, format, "mm")) == 0.0


@settings(max_examples=30, deadline=None)
@given(sequences())
def test_stl_keeps_every_corner_of_every_triangle(sequence: MeshSequence) -> None:
    back = there_and_back(sequence, "stl", "mm")
    np.testing.assert_array_equal(
        back.vertices[:, back.faces], sequence.vertices[:, sequence.faces] + 0.0
    )


def test_npz_keeps_the_frame_rate(sequence: MeshSequence) -> None:
    assert there_and_back(sequence, "npz", "m").fps == sequence.fps


def test_a_given_frame_rate_wins(tmp_path: Path, sequence: MeshSequence) -> None:
    (file,) = write_sequence(sequence, tmp_path / "take.npz")
    assert read_sequence(file, fps=50).fps == 50.0


def test_npy_holds_the_plain_array(tmp_path: Path, sequence: MeshSequence) -> None:
    (file,) = write_sequence(sequence, tmp_path / "take.npy")
    np.testing.assert_array_equal(np.load(file), sequence.vertices)


@pytest.mark.parametrize("format", ["obj", "ply", "stl", "off"])
def test_one_frame_in_one_file(tmp_path: Path, format: str) -> None:
    one = tetrahedra(1)
    (file,) = write_sequence(one, tmp_path / f"face.{format}")
    back = read_sequence(file)
    assert (back.n_frames, back.name) == (1, "face")
    assert back.faces.shape == one.faces.shape


def test_names_count_from_one(tmp_path: Path, sequence: MeshSequence) -> None:
    files = write_sequence(sequence, tmp_path / "take")
    assert [f.name for f in files] == [f"frame_{k:04d}.obj" for k in range(1, 6)]
    files = write_sequence(sequence, tmp_path / "other", format="ply", name="f{}_mesh")
    assert files[0] == tmp_path / "other" / "f1_mesh.ply"
    assert read_sequence(tmp_path / "other").n_frames == 5


def test_a_set_of_arrays_in_a_folder_is_named_after_the_sequence(
    tmp_path: Path, sequence: MeshSequence
) -> None:
    (file,) = write_sequence(sequence.renamed("my take/2"), tmp_path, format="npz")
    assert file == tmp_path / "my_take_2.npz"


def test_numbers_of_any_size_are_written_in_full(tmp_path: Path) -> None:
    vertices = np.array([[[0, -0.0, 1e-7], [-1e-7, 99999.5, -123456.75], [1e6, -0.5, 7]]])
    (file,) = write_sequence(
        MeshSequence(vertices.astype(np.float32), [[0, 1, 2]]), tmp_path / "far.obj"
    )
    lines = [line for line in file.read_text().splitlines() if line.startswith("v")]
    assert lines[0].split()[1] == "0.00000"
    words = np.array([line.split()[1:] for line in lines], dtype=float)
    np.testing.assert_allclose(words, vertices[0].astype(np.float32), atol=5.1e-6)


@pytest.mark.parametrize(
    ("path", "arguments", "wanted"),
    [
        ("take.xyz", {}, "formats"),
        ("take.fbx", {}, "GLB or USD, for FBX is only read"),
        ("take", {"format": "fbx"}, "GLB or USD, for FBX is only read"),
        ("take", {"format": "txt"}, "formats"),
        ("take.csv", {}, "a clip of the studio's face"),
        ("take", {"unit": "inch"}, "mm, cm or m"),
        ("take", {"name": "frame"}, "frame number"),
        ("take", {"name": "../{}"}, "frame number"),
        ("take", {"name": "{x}"}, "fields {name} and {frame:04d}, found {x}"),
        ("take.obj", {}, "a folder for 5 frames"),
    ],
)
def test_arguments_that_do_not_fit(
    tmp_path: Path, sequence: MeshSequence, path: str, arguments: dict[str, str], wanted: str
) -> None:
    with pytest.raises(InputError, match=wanted):
        write_sequence(sequence, tmp_path / path, **arguments)
    assert not list(tmp_path.iterdir())


def test_sniffing_tells_what_can_be_opened(tmp_path: Path, sequence: MeshSequence) -> None:
    write_sequence(sequence, tmp_path / "take", format="ply")
    (tmp_path / "notes.txt").write_text("v 1 2 3")
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    (tmp_path / "empty").mkdir()
    assert sniff(tmp_path / "take") == "ply"
    assert sniff(tmp_path / "take" / "frame_0001.ply") == "ply"
    for name in ("notes.txt", "table.csv", "empty", "nowhere", "nowhere.obj"):
        assert not can_read(tmp_path / name)
