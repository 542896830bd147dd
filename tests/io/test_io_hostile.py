"""Rates, counts and sizes that cannot be: a sentence, in time and memory of the file's size."""

from __future__ import annotations

import io
import json
import re
import struct
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError
from studio.io import read_sequence, write_sequence
from studio.io.formats import numbers
from studio.io.weights.names import NAMES
from tests.io.io_meshes import tetrahedra


def refused(path: Path, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        read_sequence(path)
    assert str(caught.value).count("\n") == 0
    assert len(str(caught.value)) <= 300


@pytest.mark.parametrize("fps", [1e-308, 0.0, 0.5, 1000.5, 1e308, np.inf, np.nan, -30.0])
def test_a_rate_nobody_records_at(tmp_path: Path, fps: float) -> None:
    clip = tetrahedra(2)
    np.savez(tmp_path / "a.npz", vertices=clip.vertices, faces=clip.faces, fps=fps)
    refused(tmp_path / "a.npz", "a frame rate from 1 to 1000, found")
    write_sequence(clip, tmp_path / "b.npz")
    with pytest.raises(InputError, match="a frame rate from 1 to 1000"):
        read_sequence(tmp_path / "b.npz", fps=fps)


@pytest.mark.parametrize("fps", [1.0, 23.976, 240.0, 1000.0])
def test_rates_of_cameras(tmp_path: Path, fps: float) -> None:
    write_sequence(tetrahedra(2), tmp_path / "a.npz")
    assert read_sequence(tmp_path / "a.npz", fps=fps).fps == fps


def take(path: Path, timecodes: list[str]) -> None:
    rows = [f"{code},52,{','.join(['0'] * 52)}" for code in timecodes]
    path.write_text("\n".join([f"Timecode,BlendShapeCount,{','.join(NAMES)}", *rows]) + "\n")


def test_six_rows_are_not_thousands_of_frames(tmp_path: Path) -> None:
    odd = ["00:00:00:00.000", "00:00:00:00.010", "00:00:00:00.020", "00:00:00:00.030"]
    take(tmp_path / "odd.csv", [*odd, "00:00:00:59.000", "00:00:01:59.000"])
    refused(tmp_path / "odd.csv", "^odd.csv: expected (times that rise in even steps|a frame rate)")


def packed(path: Path, header: dict[str, object], size: int, method: int) -> None:
    raw = io.BytesIO()
    np.lib.format.write_array_header_1_0(raw, header)
    with zipfile.ZipFile(path, "w", method) as archive, archive.open("vertices.npy", "w") as file:
        file.write(raw.getvalue())
        for _ in range(size >> 20):
            file.write(bytes(1 << 20))


def test_an_archive_of_nothing_but_zeros(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.io.formats.npz._LARGE", 1 << 20)
    header = {"descr": "<f4", "fortran_order": False, "shape": (4 << 10, 64, 3)}
    packed(tmp_path / "a.npz", header, 4 << 20, zipfile.ZIP_DEFLATED)
    refused(tmp_path / "a.npz", "^a.npz: expected an archive packed 50 times at most")


@pytest.mark.parametrize("shape", [(2**40, 4538, 3), (1, 2**62, 3), (1, 4, 3), (10**30, 1, 3)])
def test_an_array_of_another_size_than_it_says(tmp_path: Path, shape: tuple[int, ...]) -> None:
    header = {"descr": "<f4", "fortran_order": False, "shape": shape}
    packed(tmp_path / "a.npz", header, 1 << 20, zipfile.ZIP_STORED)
    refused(tmp_path / "a.npz", "^a.npz: expected [0-9]+ bytes in vertices.npy, found 1048[0-9]+")
    data = zipfile.ZipFile(tmp_path / "a.npz").read("vertices.npy")
    (tmp_path / "a.npy").write_bytes(data[:1000])
    refused(tmp_path / "a.npy", "^a.npy: expected")


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0), (9, 9)])
def test_a_header_of_another_version_that_claims_too_much(
    tmp_path: Path, version: tuple[int, int]
) -> None:
    head = repr({"descr": "<f4", "fortran_order": False, "shape": (2**20, 2**20, 3)}).encode()
    data = (
        b"\x93NUMPY"
        + bytes(version)
        + len(head).to_bytes(2 if version == (1, 0) else 4, "little")
        + head
        + bytes(60)
    )
    (tmp_path / "a.npy").write_bytes(data)
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("damaged.npy", b"\x93NUMPY\x01\0\x05\0((((\n")
        archive.writestr("vertices.npy", data)
    for name in ("a.npy", "a.npz"):
        refused(tmp_path / name, f"^{name}: expected [^l]*$")


@pytest.mark.parametrize("name", ["fps", "unit", "faces", "vertices"])
@pytest.mark.parametrize("member", [b"", b"not an array", b"\x93NUMPY"])
def test_a_member_that_is_no_array(tmp_path: Path, name: str, member: bytes) -> None:
    write_sequence(tetrahedra(2), tmp_path / "good.npz")
    with (
        zipfile.ZipFile(tmp_path / "good.npz") as good,
        zipfile.ZipFile(tmp_path / "a.npz", "w") as archive,
    ):
        for each in good.namelist():
            archive.writestr(each, member if each == f"{name}.npy" else good.read(each))
    if (name, member) == ("unit", b""):  # as an empty text, it says nothing
        assert read_sequence(tmp_path / "a.npz").n_frames == 2
    else:
        refused(tmp_path / "a.npz", "^a.npz: expected")


@pytest.mark.parametrize("rate", [1e-320, 0.5, 1001, 10**400])
def test_a_rate_in_json_that_nobody_records_at(tmp_path: Path, rate: float) -> None:
    said = {"exportFps": rate, "facsNames": NAMES, "weightMat": [[0.1] * 52] * 8}
    (tmp_path / "a.json").write_text(json.dumps(said))
    refused(tmp_path / "a.json", "^a.json: expected a frame rate from 1 to 1000, found")


def test_times_without_end(tmp_path: Path) -> None:
    take(tmp_path / "a.csv", [f"{k}e304:00:00" for k in (-4, -1, 1, 2, 4)])
    with np.errstate(all="ignore"):
        refused(tmp_path / "a.csv", "^a.csv: expected times that rise in even steps, found")


@pytest.mark.parametrize("kind", ["uchar", "uint", "int"])
@pytest.mark.parametrize("faces", [1, 3, 10**6, 2**40])
def test_lists_longer_than_the_file(tmp_path: Path, kind: str, faces: int) -> None:
    length = {"uchar": b"\xff", "uint": b"\xff\xff\xff\xff", "int": b"\xff\xff\xff\x7f"}[kind]
    head = (
        "ply\nformat binary_little_endian 1.0\nelement vertex 3\nproperty float x\n"
        f"property float y\nproperty float z\nelement face {faces}\n"
        f"property list {kind} int vertex_indices\nend_header\n"
    )
    body = np.eye(3, dtype="<f4").tobytes() + length + bytes(24)
    (tmp_path / "a.ply").write_bytes(head.encode() + body)
    refused(tmp_path / "a.ply", "a.ply: expected [0-9]+ bytes, found [0-9]+: it is cut short")


@pytest.mark.parametrize("count", [10**6, 2**40, 10**30])
@pytest.mark.parametrize("suffix", ["ply", "off", "stl"])
def test_counts_larger_than_the_file(tmp_path: Path, suffix: str, count: int) -> None:
    text = {
        "ply": f"ply\nformat ascii 1.0\nelement vertex {count}\nproperty float x\n"
        "property float y\nproperty float z\nend_header\n0 0 0\n",
        "off": f"OFF\n{count} {count} 0\n0 0 0\n",
        "stl": "",
    }[suffix]
    binary = bytes(80) + min(count, 2**32 - 1).to_bytes(4, "little") + bytes(50)
    (tmp_path / f"a.{suffix}").write_bytes(text.encode() or binary)
    refused(tmp_path / f"a.{suffix}", f"a.{suffix}: expected")


def mixed(folder: Path, order: str, faces: int) -> tuple[Path, list[list[int]]]:
    """Write a PLY whose faces have 3 to 6 corners, with properties before and after the list."""
    lists = [[(k + j) % 7 for j in range(3 + k % 4)] for k in range(faces)]
    head = (
        f"ply\nformat {order} 1.0\nelement vertex 7\nproperty float x\nproperty float y\n"
        f"property float z\nelement face {faces}\nproperty uchar flags\n"
        "property list uchar short vertex_indices\nproperty float area\n"
        "property list uchar float uv\nend_header\n"
    ).encode()
    points = np.arange(21, dtype=">f4" if "big" in order else "<f4") * 10
    if order == "ascii":
        rows = [f"1 {len(one)} {' '.join(map(str, one))} 2.5 1 0.5" for one in lists]
        places = [" ".join(map(str, row)) for row in points.reshape(7, 3)]
        body = "\n".join([*places, *rows, ""]).encode()
    else:
        mark = ">" if "big" in order else "<"
        body = points.tobytes() + b"".join(
            struct.pack(f"{mark}BB{len(one)}hfBf", 1, len(one), *one, 2.5, 1, 0.5) for one in lists
        )
    (folder / "a.ply").write_bytes(head + body)
    return folder / "a.ply", lists


@pytest.mark.parametrize("order", ["ascii", "binary_little_endian", "binary_big_endian"])
def test_lists_of_any_length_among_other_properties(tmp_path: Path, order: str) -> None:
    path, lists = mixed(tmp_path, order, 11)
    fans = [[one[0], *one[k : k + 2]] for one in lists for k in range(1, len(one) - 1)]
    np.testing.assert_array_equal(read_sequence(path).faces, fans)
    path.write_bytes(path.read_bytes()[:-9])
    refused(path, "^a.ply: expected .* found")


def test_many_short_lists_take_memory_in_proportion(tmp_path: Path) -> None:
    faces = 10_000
    path, _ = mixed(tmp_path, "binary_little_endian", faces)
    tracemalloc.start()
    clip = read_sequence(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(clip.faces) == sum(1 + k % 4 for k in range(faces))
    assert peak < 30 * path.stat().st_size


ODD = ["1e-05", "-2.5E+3", "+7", "1.", "12345678901234567", "0.1234567890123456789", "-.5", "4e0"]


def test_numbers_of_any_spelling_are_read_together(monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ".join(ODD * 3000)
    with monkeypatch.context() as patch:
        patch.setattr(numbers, "_slow", lambda token: pytest.fail(f"{token!r} alone"))
        found = numbers.read_numbers(text.encode())
    np.testing.assert_array_equal(found, [float(word) for word in ODD * 3000])
    for wrong in ("1_0", "1e", "0x1p3", "--1", "1" * 41 + "e", "1,5", "1\x7f"):
        with pytest.raises(ValueError, match=re.escape(repr(wrong[:24]))):
            numbers.read_numbers(f"{text} {wrong} 1e5".encode())
    assert numbers.read_numbers(f"1e5 {'1' * 400}".encode()).tolist() == [1e5, np.inf]


@pytest.mark.parametrize("name", ["min.npy", "damaged_lzma.npz", "min.ply"])
def test_damaged_files_as_they_were_found(cases: Path, name: str) -> None:
    refused(cases / "hostile" / name, f"^{name}: expected")


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_that_are_damaged(tmp_path: Path, method: int) -> None:
    clip, path = tetrahedra(4), tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, array in (("vertices", clip.vertices), ("faces", clip.faces)):
            raw = io.BytesIO()
            np.save(raw, array)
            archive.writestr(f"{name}.npy", raw.getvalue())
    good = path.read_bytes()
    for place in range(40, len(good) - 30, 7):
        path.write_bytes(good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :])
        try:
            read_sequence(path)
        except InputError as error:
            assert str(error).startswith("a.npz: expected")
