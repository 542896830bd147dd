"""glTF that is not what it should be: one sentence that says which file and what, at once."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.core import InputError
from studio.io import read_sequence
from tests.io.gltf.gltf_files import CORNERS, Made, deltas, face

Change = Callable[[dict[str, Any]], object]
TIMES = np.array([0, 0.1], np.float32)


def moving() -> Made:
    made = face(deltas("a", "b"))
    made.moved("weights", TIMES, np.zeros((2, 2), np.float32))
    return made


def refused(path: Path, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence) as told:
        read_sequence(path)
    text = str(told.value)
    assert text.startswith(path.name) and len(text) <= 300 and text.isprintable()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda t: t["nodes"].append({"children": [1]}) or scene(t, 1), "a tree, found node 1"),
        (lambda t: scene(t, 0, 0), "nodes that form a tree, found node 0 twice"),
        (lambda t: scene(t, 7), "one of the 1 nodes of the file, found node 7"),
        (lambda t: scene(t, -1), "found node -1"),
        (lambda t: t["nodes"][0].update(mesh=True), "mesh as a whole number"),
        (lambda t: t["nodes"][0].update(matrix=[1] * 15), "matrix as 16 numbers"),
        (lambda t: t["nodes"][0].update(scale=[1e999, 1, 1]), "scale of finite numbers"),
        (lambda t: t["nodes"].clear(), "one of the 0 nodes"),
        (lambda t: t["nodes"][0].pop("mesh"), "a mesh in the scene, found none"),
        (lambda t: t["accessors"][0].update(count=0), "1 entry or more, found 0"),
        (lambda t: t["accessors"][0].update(count=5), "within the 48 bytes of its view, found 60"),
        (lambda t: t["accessors"][0].update(count=2**40), "within the 48 bytes of its view"),
        (lambda t: t["accessors"][2].update(count=3), "4 entries as there are vertices, found 3"),
        (lambda t: t["accessors"][0].update(componentType=5130), "a known type, found 5130 VEC3"),
        (lambda t: t["accessors"][0].update(type="SCALAR"), "3 numbers an entry, found 1"),
        (lambda t: t["accessors"][0].update(bufferView=99), "bufferViews of the file, found"),
        (
            lambda t: empty(t, 2**40),
            "without bytes of 1048576 entries or fewer, found 1099511627776",
        ),
        (lambda t: t["bufferViews"][0].update(byteLength=2**40), "a view within the"),
        (lambda t: t["bufferViews"][0].update(buffer=1), "one of the 1 buffers"),
        (lambda t: t["bufferViews"][0].update(byteOffset=-4), "byteOffset as a whole number"),
        (lambda t: t["bufferViews"][0].update(byteStride=4), "an accessor within"),
        (lambda t: t["accessors"][1].update(count=8), "corners of triangles in threes, found 8"),
        (lambda t: primitive(t).update(mode=9), "points, lines or triangles, found mode 9"),
        (lambda t: primitive(t).pop("attributes"), "vertices with a POSITION, found none"),
        (lambda t: primitive(t).update(indices=0), "1 whole numbers an entry, found 3 of type"),
        (
            lambda t: t["accessors"][1].update(count=2) or primitive(t).update(mode=5),
            "triangles, found",
        ),
        (lambda t: primitive(t).update(mode=1), "a mesh in the scene, found none"),
        (
            lambda t: sampler(t).update(interpolation="EASE"),
            "LINEAR, STEP, CUBICSPLINE, found EASE",
        ),
        (lambda t: sampler(t).update(interpolation="CUBICSPLINE"), "12 numbers for 2 keys of 2"),
        (
            lambda t: t["animations"][0]["channels"][0].update(sampler=3),
            "1 samplers of an animation",
        ),
        (
            lambda t: t["animations"][0].update(extras={"fps": -1}),
            "fps as a number above 0, found -1",
        ),
        (lambda t: motion(t).update(extras={"fps": 1e9}), "a frame rate from 1 to 1000"),
        (lambda t: t["scenes"][0].update(extras={"unit": "parsec"}), "one of the units"),
        (lambda t: t["asset"].update(version="1.0"), "glTF 2, found version 1.0"),
        (lambda t: t.update(meshes={}), "a list of meshes, found dict"),
    ],
)
def test_what_points_nowhere_or_claims_too_much(
    change: Change, sentence: str, tmp_path: Path
) -> None:
    made = moving()
    change(made.tree)
    refused(made.write(tmp_path / "a.glb"), sentence)


def scene(tree: dict[str, Any], *nodes: int) -> None:
    tree["scenes"][0]["nodes"] = list(nodes)


def primitive(tree: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = tree["meshes"][0]["primitives"][0]
    return found


def strip(tree: dict[str, Any]) -> None:
    primitive(tree)["mode"] = 5


def motion(tree: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = tree["animations"][0]
    return found


def sampler(tree: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = motion(tree)["samplers"][0]
    return found


def empty(tree: dict[str, Any], count: int) -> None:
    tree["accessors"][0] = {"componentType": 5126, "type": "VEC3", "count": count}


@pytest.mark.parametrize(
    "extension",
    ["KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_something_new"],
)
def test_an_extension_that_is_needed_and_not_known_is_named(extension: str, tmp_path: Path) -> None:
    made = moving()
    made.tree["extensionsRequired"] = ["KHR_mesh_quantization", extension]
    refused(made.write(tmp_path / "a.glb"), f"export it again without, found {extension}")


def test_what_an_extension_alone_holds_is_not_taken_for_zeros(tmp_path: Path) -> None:
    """Some files use a compression without saying that they need it."""
    made = moving()
    del made.tree["accessors"][0]["bufferView"]
    primitive(made.tree)["extensions"] = {"KHR_draco_mesh_compression": {"bufferView": 0}}
    refused(made.write(tmp_path / "a.glb"), "found KHR_draco_mesh_compression")
    made = moving()
    made.tree["bufferViews"][0]["extensions"] = {"EXT_meshopt_compression": {}}
    refused(made.write(tmp_path / "a.glb"), "found EXT_meshopt_compression")


def test_looks_alone_are_no_reason_to_refuse(tmp_path: Path) -> None:
    made = moving()
    made.tree["extensionsRequired"] = ["KHR_materials_unlit", "KHR_texture_basisu"]
    assert read_sequence(made.write(tmp_path / "a.glb")).n_vertices == 4


@pytest.mark.parametrize(
    ("uri", "sentence"),
    [
        ("gone.bin", "nothing there"),
        ("../secret.bin", "buffers in the folder of the file"),
        ("%2e%2e/secret.bin", "buffers in the folder of the file"),
        ("..\\secret.bin", "buffers in the folder of the file"),
        ("/etc/passwd", "buffers in the folder of the file"),
        ("link.bin", "buffers in the folder of the file"),
        ("file:///etc/passwd", "buffers in the folder of the file"),
        ("https://example.org/a.bin", "buffers in the folder of the file"),
        ("C:\\a.bin", "buffers in the folder of the file"),
        ("a\0b", "buffers in the folder of the file"),
        (".", "a folder"),
        ("short.bin", "it is cut short"),
        ("data:;base64,AA=A", "a buffer in base64"),
        ("data:;base64,AAAA", "it is cut short"),
    ],
)
def test_buffers_elsewhere_or_of_another_size(uri: str, sentence: str, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "secret.bin").write_bytes(bytes(9999))
    (folder / "short.bin").write_bytes(b"1234")
    (folder / "link.bin").symlink_to(tmp_path / "secret.bin")
    with pytest.raises(InputError, match=sentence):
        read_sequence(moving().written_apart(folder / "a.gltf", uri))


def test_a_buffer_that_is_neither_in_the_file_nor_beside_it(tmp_path: Path) -> None:
    made = moving()
    made.tree["buffers"] = [{"byteLength": len(made.blob)}]
    path = tmp_path / "a.gltf"
    made.written_apart(path, "a.bin")
    path.write_text(path.read_text().replace('"uri": "a.bin", ', ""))
    refused(path, "a buffer in the file, or a file beside it, found neither")


def _cut(data: bytes) -> dict[str, tuple[bytes, str]]:
    json_size = struct.unpack_from("<I", data, 12)[0]
    return {
        "empty": (b"", "an empty file"),
        "head": (data[:8], "one that is cut short"),
        "cut": (data[:-9], "it is cut short"),
        "version": (data[:4] + struct.pack("<I", 1) + data[8:], "found version 1"),
        "chunk": (data[:12] + struct.pack("<I", 10**9) + data[16:], "chunks within its"),
        "short chunk": (data[:12] + struct.pack("<I", 8) + data[16:], "chunks within its"),
        "no json": (data[:16] + b"NOSJ" + data[20:], "a chunk of JSON, found none"),
        "buffer": (_without_buffer(data, json_size), "a file beside it, found neither"),
        "deep": (_packed(b'{"nodes":' + b"[" * 100_000), "another kind of file, or a damaged one"),
        "list": (_packed(b"[]"), "JSON of another kind"),
        "text": (b"hello, this is a text", "another kind of file, or a damaged one"),
        "page": (b"<!doctype html><html>", "a web page"),
    }


def _without_buffer(data: bytes, size: int) -> bytes:
    return data[:8] + struct.pack("<I", 20 + size) + data[12 : 20 + size]


def _packed(text: bytes) -> bytes:
    return struct.pack("<4sIII4s", b"glTF", 2, 20 + len(text), len(text), b"JSON") + text


@pytest.mark.parametrize("kind", _cut(moving().glb))
def test_files_that_are_cut_or_another_kind(kind: str, tmp_path: Path) -> None:
    data, sentence = _cut(moving().glb)[kind]
    path = tmp_path / "a.glb"
    path.write_bytes(data)
    refused(path, sentence)


@pytest.mark.parametrize("times", [[0, 0], [1, 0], [0, np.nan], [-np.inf, 0]])
def test_keys_at_times_that_do_not_rise(times: list[float], tmp_path: Path) -> None:
    made = face(deltas("a"))
    made.moved("weights", np.array(times, np.float32), np.zeros(2, np.float32))
    refused(made.write(tmp_path / "a.glb"), "keys of an animation at rising times")


def test_an_animation_of_years_is_refused_before_memory_is_taken(tmp_path: Path) -> None:
    made = face(deltas("a"))
    made.moved("weights", np.array([0, 1e9], np.float32), np.zeros(2, np.float32))
    refused(made.write(tmp_path / "a.glb"), "1000000 frames or fewer, found 30000000001")


@pytest.mark.parametrize("place", ["corners", "target", "weights"])
def test_numbers_that_are_none(place: str, tmp_path: Path) -> None:
    corners, moved = CORNERS.copy(), deltas("a")
    weights = np.array([0, np.nan if place == "weights" else 1], np.float32)
    for array in {"corners": [corners], "target": moved.values()}.get(place, []):
        array[2, 1] = np.nan
    made = Made()
    made.mesh(moved, corners)
    made.add("nodes", {"mesh": 0})
    made.moved("weights", TIMES, weights)
    refused(made.write(tmp_path / "a.glb"), "finite coordinates, found nan")


def test_a_chain_of_very_many_nodes_is_no_trouble(tmp_path: Path) -> None:
    made, count = face(), 1100
    for at in range(count):
        made.add("nodes", {"children": [at]})
    scene(made.tree, count)
    assert read_sequence(made.write(tmp_path / "a.glb")).n_vertices == 4


def test_the_distributed_head_names_what_it_needs(geometry: Path) -> None:
    refused(geometry / "facecap.glb", "without compression.*found EXT_meshopt_compression")
