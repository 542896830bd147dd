"""FBX: shapes and bones baked at the rate of the file, in its unit and axes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("ufbx")

from benchmarks.fuzz.fbx_text import fbx_text, write_fbx
from studio.core import InputError, MeshSequence, Progress
from studio.io import read_sequence
from studio.io.format import Source
from studio.io.formats.interchange.scene import Scene, clip_of

PLATE = np.array([[0, 0, 0], [2, 0, 0], [2, 1, 0], [0, 1, 0]], float)
GOOD: dict[str, dict[str, object]] = {
    "plain": {},
    "rates": {"fps": 60, "frames": 13},
    "meters": {"unit": 100.0},
    "inches": {"unit": 2.54},
    "odd": {"unit": 3.0},
    "z_up": {"up": 2},
    "takes": {"takes": 2},
    "mirror": {"scale": "1,1,-1"},
    "bone": {"bone": True},
    "no_faces": {"corners": "0,-2"},
}
BAD = {
    "empty": "",
    "words": "hello, this is a text",
    "short": fbx_text()[:1500],
    "another": "solid face\nendsolid face\n",
    "no_mesh": fbx_text().replace('"Mesh"', '"Null"'),
    "corners": fbx_text(corners="0,1,2,-40"),
    "not_finite": fbx_text(points="0,0,0,2,0,0,2,1,0,0,1,1e400"),
    "long": fbx_text().replace(
        'LocalStop", "KTime", "Time", "",', 'LocalStop", "KTime", "", "",9999999'
    ),
}
# Of all files in one process, which ufbx does not survive the end of.
SCRIPT = """
import json, os, sys
from pathlib import Path
from studio.io.formats.interchange.apart import _read
from studio.io.formats.interchange.fbx import load
folder = Path(sys.argv[1])
said = {f.stem: _read(load, f, f.with_suffix(".npz")) for f in sorted(folder.glob("*.fbx"))}
(folder / "said.json").write_text(json.dumps(said))
os._exit(0)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files, and what is read of them."""
    root = tmp_path_factory.mktemp("fbx")
    for name, change in GOOD.items():
        write_fbx(root / f"{name}.fbx", **change)
    for name, text in BAD.items():
        (root / f"{name}.fbx").write_text(text)
    subprocess.run([sys.executable, "-c", SCRIPT, str(root)], check=True, timeout=120)
    return root


@pytest.fixture
def read(folder: Path) -> Callable[[str], MeshSequence]:
    said = json.loads((folder / "said.json").read_text())

    def one(name: str) -> MeshSequence:
        path = folder / f"{name}.fbx"
        if "error" in said[name]:
            raise InputError(said[name]["error"])
        if "damage" in said[name]:
            raise InputError.of(path, "an FBX file", "a damaged file")
        assert "bug" not in said[name], said[name]
        source = Source(path, (path,), 0, None, 30.0, Progress(), lambda first, count: None)
        return clip_of(Scene.load(path.with_suffix(".npz")), source)

    return one


def wanted(frames: int = 5) -> np.ndarray:
    out = np.repeat(PLATE[None], frames, axis=0)
    out[:, 2, 2] = np.linspace(0, 1, frames)
    return out


@pytest.mark.parametrize(
    ("name", "millimeters", "unit"),
    [("plain", 10.0, "cm"), ("meters", 1000.0, "m"), ("inches", 25.4, "in"), ("odd", 30.0, "m")],
)
def test_shapes_follow_their_curves_in_the_unit_of_the_file(
    read: Callable[[str], MeshSequence], name: str, millimeters: float, unit: str
) -> None:
    clip = read(name)
    np.testing.assert_allclose(clip.vertices, millimeters * wanted(), rtol=1e-6)
    np.testing.assert_array_equal(clip.faces, [[0, 1, 2], [0, 2, 3]])
    assert (clip.fps, clip.read_as.unit, clip.told) == (25.0, unit, ())


def test_the_rate_is_that_of_the_file(read: Callable[[str], MeshSequence]) -> None:
    clip = read("rates")
    assert (clip.n_frames, clip.fps, clip.read_as.rate_by) == (13, 60.0, "file")
    np.testing.assert_allclose(clip.vertices, 10 * wanted(13), rtol=1e-6, atol=1e-5)


def test_bones_carry_what_the_shapes_make(read: Callable[[str], MeshSequence]) -> None:
    moved = wanted() + 10 * np.arange(5)[:, None, None] * [0, 1, 0]
    np.testing.assert_allclose(read("bone").vertices, 10 * moved, rtol=1e-6, atol=1e-5)


def test_axes_and_mirrors(read: Callable[[str], MeshSequence]) -> None:
    turned = wanted()[..., [0, 2, 1]] * [1, 1, -1]
    np.testing.assert_allclose(read("z_up").vertices, 10 * turned, rtol=1e-6, atol=1e-5)
    mirror = read("mirror")
    np.testing.assert_allclose(mirror.vertices, 10 * wanted() * [1, 1, -1], atol=1e-5)
    np.testing.assert_array_equal(mirror.faces, [[3, 2, 1], [3, 1, 0]])


def test_other_takes_are_told(read: Callable[[str], MeshSequence]) -> None:
    assert read("takes").remarks == ("It has 2 takes; the first, take0, is read.",)


def test_a_mesh_without_faces_is_points(read: Callable[[str], MeshSequence]) -> None:
    clip = read("no_faces")
    assert (clip.n_vertices, len(clip.faces)) == (4, 0)


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_clip_is_one_sentence(read: Callable[[str], MeshSequence], name: str) -> None:
    with pytest.raises(InputError) as caught:
        read(name)
    assert 5 < len(str(caught.value)) < 300 and str(caught.value).isprintable()


def test_long_takes_are_refused_by_their_length(read: Callable[[str], MeshSequence]) -> None:
    with pytest.raises(InputError, match=r"^long.fbx: expected at most 100,000 frames, found more"):
        read("long")


def test_it_is_read_in_a_process_of_its_own(tmp_path: Path) -> None:
    clip = read_sequence(write_fbx(tmp_path / "plate.fbx"))
    np.testing.assert_allclose(clip.vertices, 10 * wanted(), rtol=1e-6)
    assert clip.name == "plate"
