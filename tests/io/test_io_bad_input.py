"""One clear sentence for everything that is not a sequence."""

from __future__ import annotations

import os
import pickle
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core import InputError, MeshSequence
from studio.io import memory, read_sequence, write_sequence
from tests.io.io_meshes import BASE, FACES, tetrahedra


class Trap:
    """Unpickling this leaves a trace."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, int]]:
        return os.mkdir, (self.path, 0o700)


def refused(path: Path, wanted: str) -> None:
    with pytest.raises(InputError, match=wanted) as caught:
        read_sequence(path)
    assert "\n" not in str(caught.value)


def test_nothing_there(tmp_path: Path) -> None:
    refused(tmp_path / "nowhere", "nowhere: expected .*no suffix|nowhere: .*nothing there")
    refused(tmp_path / "nowhere.obj", "nowhere.obj: .*nothing there")


def test_an_empty_folder(tmp_path: Path) -> None:
    refused(tmp_path, "OBJ, PLY, STL or OFF frames, found none")
    (tmp_path / "readme.txt").write_text("no mesh")
    refused(tmp_path, "found none")


def test_a_wrong_suffix(tmp_path: Path) -> None:
    (tmp_path / "face.blend").write_text("v 1 2 3")
    refused(tmp_path / "face.blend", r"face.blend: expected a .obj, .*found .blend")


def test_natural_order(tmp_path: Path) -> None:
    for k in range(9, 13):
        (tmp_path / f"take2_{k}.obj").write_text(f"v 0 0 {k}\nv 0 100 0\nv 100 0 0\nf 1 2 3\n")
    np.testing.assert_array_equal(read_sequence(tmp_path).vertices[:, 0, 2], [9, 10, 11, 12])


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["f1.obj", "f2.obj", "f3.ply"], "frames of one format, found f1.obj and f3.ply"),
        (["f1.obj", "f01.obj"], "one file a frame, found f01.obj and f1.obj"),
        (["f1.obj", "f2.obj", "f02.obj"], "one file a frame, found f02.obj and f2.obj"),
    ],
)
def test_a_mixed_folder(tmp_path: Path, names: list[str], wanted: str) -> None:
    for name in names:
        (tmp_path / name).write_text("v 0 0 0\nv 0 100 0\nv 100 0 0\nf 1 2 3\n")
    refused(tmp_path, wanted)


def test_the_same_frames_in_a_second_format_do_no_harm(
    tmp_path: Path, sequence: MeshSequence
) -> None:
    for format in ("obj", "stl"):
        write_sequence(sequence, tmp_path, format=format)
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / ".hidden.obj").write_text("?")
    np.testing.assert_array_equal(read_sequence(tmp_path).faces, sequence.faces)


@pytest.mark.parametrize("suffix", [".obj", ".ply", ".stl", ".off", ".npy", ".npz", ".csv"])
def test_a_large_binary_file_with_a_wrong_suffix(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / ("noise" + suffix)
    path.write_bytes(np.random.default_rng(0).bytes(8 << 20))
    refused(path, "^noise")


def test_a_file_nobody_may_read(tmp_path: Path, sequence: MeshSequence) -> None:
    (file,) = write_sequence(sequence, tmp_path / "take.npz")
    file.chmod(0)
    if os.access(file, os.R_OK):
        pytest.skip("nothing is forbidden here")
    refused(file, "no permission")


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_a_pickle_is_never_opened(tmp_path: Path, suffix: str) -> None:
    trace, path = tmp_path / "trace", tmp_path / ("evil" + suffix)
    path.write_bytes(pickle.dumps(Trap(str(trace))))
    refused(path, "^evil")
    array = np.array([Trap(str(trace))] * 3, dtype=object)
    if suffix == ".npy":
        np.save(path, array, allow_pickle=True)
    else:
        np.savez(path, vertices=array)
    refused(path, "objects")
    assert not trace.exists()


VERTICES = np.tile(BASE, (2, 1, 1))


@pytest.mark.parametrize(
    ("arrays", "wanted"),
    [
        ({"weights": VERTICES}, "an array named vertices, found weights"),
        ({}, "found nothing"),
        ({"a\nb": VERTICES}, r"an array named vertices, found a\?b$"),
        ({"vertices": VERTICES[..., :2]}, r"\(T, V, 3\), found \(2, 5, 2\)"),
        ({"vertices": VERTICES[:0], "faces": FACES}, r"\(T, V, 3\), found \(0, 5, 3\)"),
        ({"vertices": np.zeros((120, 52))}, r"\(T, V, 3\), found \(120, 52\)"),
        ({"vertices": np.zeros((2, 120, 15))}, r"\(T, V, 3\), found \(2, 120, 15\)"),
        ({"vertices": np.zeros((2, 4, 5, 3))}, r"\(T, V, 3\), found \(2, 4, 5, 3\)"),
        ({"vertices": np.zeros((120, 3, 5, 5, 5))}, r"found \(120, 3, 5, 5, 5\)"),
        ({"vertices": np.float32(1)}, r"\(T, V, 3\), found \(\)"),
        ({"vertices": np.zeros(6)}, r"\(T, V, 3\), found \(6,\)"),
        (
            {"vertices": VERTICES, "fps": [24, 25, 30]},
            r"found an array of shape \(3,\)",
        ),
        ({"vertices": VERTICES, "fps": [30, 0]}, "found a division by zero"),
        ({"vertices": VERTICES, "fps": "fast"}, "a fraction of two, found fast"),
        ({"vertices": VERTICES, "fps": [1, 30]}, "a frame rate from 1 to 1000"),
        ({"vertices": VERTICES, "unit": ["mm", "cm"]}, r"unit as one word, found .*\(2,\)"),
        ({"vertices": VERTICES, "faces": FACES[0]}, r"faces of shape \(F, 3\)"),
        ({"vertices": VERTICES, "faces": [[0, 1, 2, 9]]}, "from 0 to 4, found 9"),
        ({"vertices": VERTICES.astype(complex)}, "numbers, found type complex"),
        ({"vertices": VERTICES.astype(str)}, "numbers, found type <U"),
        ({"vertices": VERTICES, "faces": FACES[:, :2]}, r"faces of shape \(F, 3\)"),
        ({"vertices": VERTICES, "faces": FACES + 0.5}, "whole numbers"),
        ({"vertices": VERTICES, "faces": FACES + 1}, "from 0 to 4, found 5"),
        ({"vertices": VERTICES, "faces": FACES - 1}, "found -1"),
        ({"vertices": VERTICES, "faces": FACES, "unit": "cubit"}, "m, in or ft, found cubit"),
        ({"vertices": VERTICES, "faces": FACES, "fps": np.nan}, "a frame rate from 1 to 1000"),
        ({"vertices": VERTICES, "faces": FACES, "fps": -1.0}, "a frame rate from 1 to 1000"),
        ({"vertices": VERTICES * np.nan, "faces": FACES}, "finite coordinates, found nan"),
        ({"vertices": np.full_like(VERTICES, np.inf), "faces": FACES}, "finite coordinates"),
    ],
)
def test_arrays_that_are_no_sequence(
    tmp_path: Path, arrays: dict[str, np.ndarray], wanted: str
) -> None:
    np.savez(tmp_path / "take.npz", **arrays)
    refused(tmp_path / "take.npz", wanted)


@pytest.mark.parametrize("fps", [0.0, -1.0, float("nan"), float("inf")])
def test_a_frame_rate_that_is_none(tmp_path: Path, sequence: MeshSequence, fps: float) -> None:
    (file,) = write_sequence(sequence, tmp_path / "take.npz")
    with pytest.raises(InputError, match="a frame rate from 1 to 1000"):
        read_sequence(file, fps=fps)


def test_more_than_fits_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sequence: MeshSequence
) -> None:
    monkeypatch.setattr(memory, "available", lambda: 1000)
    for format in ("obj", "npz"):
        (file, *_) = write_sequence(sequence, tmp_path / format, format=format)
        refused(file if format == "npz" else file.parent, "free memory, found one of about")


def test_a_packed_archive_counts_by_what_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bomb.npz"
    np.savez_compressed(path, vertices=np.zeros((100, 1000, 3)), faces=FACES)
    assert path.stat().st_size < 50_000
    monkeypatch.setattr(memory, "available", lambda: 1_000_000)
    refused(path, "free memory")


def test_an_archive_that_is_cut_or_garbled(tmp_path: Path, sequence: MeshSequence) -> None:
    (file,) = write_sequence(sequence, tmp_path / "take.npz")
    data = file.read_bytes()
    for cut in (10, len(data) // 2, len(data) - 3):
        file.write_bytes(data[:cut])
        refused(file, "^take.npz")
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("vertices.npy", b"not an array")
    refused(file, "^take.npz")


SAMPLES = ["obj", "ply", "stl", "off", "npz"]


def sample(format: str) -> bytes:
    with tempfile.TemporaryDirectory() as root:
        path = Path(root) / f"one.{format}"
        return write_sequence(tetrahedra(1), path)[0].read_bytes()


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_any_damage_gives_a_sequence_or_one_sentence(format: str, data: st.DataObject) -> None:
    damaged = bytearray(sample(format))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    read_or_refuse(bytes(damaged), format)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([*SAMPLES, "npy", "csv"]), st.binary(max_size=200) | st.text().map(str.encode)
)
def test_any_bytes_give_a_sequence_or_one_sentence(format: str, data: bytes) -> None:
    read_or_refuse(data, format)


def read_or_refuse(data: bytes, format: str) -> None:
    with tempfile.TemporaryDirectory() as root:
        path = Path(root) / f"some.{format}"
        path.write_bytes(data)
        try:
            sequence = read_sequence(path)
        except InputError as error:
            assert "\n" not in str(error)
        else:
            assert np.isfinite(sequence.vertices).all()
