"""3MF: meshes where the build places them, in the unit of the model."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError
from studio.io import read_sequence

POINTS = np.array([[0, 0, 0], [2, 0, 0], [2, 1, 0], [0, 1, 0.125]])
CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
PARTS = "http://schemas.microsoft.com/3dmanufacturing/production/2015/06"
ITEM = '<item objectid="1"/>'
FACES = '<triangle v1="0" v2="1" v3="2"/><triangle v1="0" v2="2" v3="3"/>'


def mesh(number: int = 1, faces: str = FACES, points: np.ndarray = POINTS) -> str:
    corners = "".join(f'<vertex x="{x}" y="{y}" z="{z}"/>' for x, y, z in points)
    inside = f"<vertices>{corners}</vertices><triangles>{faces}</triangles>"
    return f'<object id="{number}" name="part {number}"><mesh>{inside}</mesh></object>'


def model(body: str, items: str = ITEM, unit: str = "", before: str = "") -> str:
    names = f'xmlns="{CORE}" xmlns:p="{PARTS}"'
    build = f"<resources>{body}</resources><build>{items}</build>"
    return f'<?xml version="1.0"?>{before}<model {unit} {names}>{build}</model>'


def packed(path: Path, text: str, **more: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("3D/3dmodel.model", text)
        for name, each in more.items():
            archive.writestr(f"3D/{name}.model", each)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "part.3mf"


@pytest.mark.parametrize(
    ("unit", "scale"), [("", 1.0), ('unit="inch"', 25.4), ('unit="micron"', 1e-3)]
)
def test_the_model_says_its_unit(path: Path, unit: str, scale: float) -> None:
    clip = read_sequence(packed(path, model(mesh(), unit=unit)))
    np.testing.assert_allclose(clip.vertices[0], scale * POINTS, rtol=1e-6)
    np.testing.assert_array_equal(clip.faces, [[0, 1, 2], [0, 2, 3]])
    assert (clip.n_frames, clip.read_as.unit_by, clip.told) == (1, "file", ())


def test_objects_lie_where_the_build_places_them(path: Path) -> None:
    two = (
        '<object id="2"><components><component objectid="1" transform="{}"/></components></object>'
    )
    body = mesh() + two.format("1 0 0 0 1 0 0 0 1 0 0 5")
    items = ITEM + '<item objectid="2" transform="1 0 0 0 1 0 0 0 -1 10 0 0"/>'
    clip = read_sequence(packed(path, model(body, items)))
    np.testing.assert_allclose(clip.vertices[0, :4], POINTS)
    np.testing.assert_allclose(clip.vertices[0, 4:], POINTS * [1, 1, -1] + [10, 0, -5])
    np.testing.assert_array_equal(clip.faces[2:], [[6, 5, 4], [7, 6, 4]])
    assert clip.remarks == ("Its 2 meshes are one: part 1, part 1.",)


def test_objects_may_lie_in_other_files_of_the_archive(path: Path) -> None:
    body = (
        '<object id="9"><components><component objectid="1" p:path="/3D/other.model"/>'
        "</components></object>"
    )
    text = model(body, '<item objectid="9"/>')
    clip = read_sequence(packed(path, text, other=model(mesh(), items="")))
    np.testing.assert_allclose(clip.vertices[0], POINTS)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (model(mesh(), ""), "expected a mesh, found none"),
        (model(mesh())[:-20], "a 3MF file, found a damaged file"),
        (model(mesh(), '<item objectid="7"/>'), "found a damaged file"),
        (model(mesh(faces='<triangle v1="0" v2="1" v3="9"/>')), "indices from 0 to 3, found 9"),
        (model(mesh(points=POINTS * np.nan)), "finite coordinates, found nan"),
        (model(mesh(), '<item objectid="1" transform="1 0"/>'), "found a damaged file"),
        (
            model('<object id="1"><components><component objectid="1"/></components></object>'),
            "found a damaged file",
        ),
        (model(mesh(), before='<!DOCTYPE a [<!ENTITY b "c">]>'), "found a damaged file"),
        (model(mesh(), ITEM * 2000), "at most 1,000 meshes, found 2,000"),
        ("hello", "found a damaged file"),
        ("", "found a damaged file"),
    ],
)
def test_models_that_are_none(path: Path, text: str, wanted: str) -> None:
    with pytest.raises(InputError, match=r"^part.3mf: expected ") as caught:
        read_sequence(packed(path, text))
    assert wanted in str(caught.value)


@pytest.mark.parametrize(
    ("levels", "found"), [(14, "at most 1,000 meshes, found 8,192"), (59, "found a damaged file")]
)
def test_objects_that_double_again_and_again_take_no_memory(
    path: Path, levels: int, found: str
) -> None:
    pair = '<component objectid="{0}"/><component objectid="{0}"/>'
    body = mesh() + "".join(
        f'<object id="{k}"><components>{pair.format(k - 1)}</components></object>'
        for k in range(2, levels + 1)
    )
    with pytest.raises(InputError, match=found):
        read_sequence(packed(path, model(body, f'<item objectid="{levels}"/>')))


def test_files_that_are_none(path: Path) -> None:
    whole = packed(path, model(mesh())).read_bytes()
    for data, found in (
        (b"", "an empty file"), (b"solid a", "another kind of file"),
        (whole[:200], "a damaged file"), (whole[:-10], "a damaged file"),
    ):  # fmt: skip
        path.write_bytes(data)
        with pytest.raises(
            InputError, match=f"^part.3mf: expected a (3MF file|clip), found {found}$"
        ):
            read_sequence(path)
