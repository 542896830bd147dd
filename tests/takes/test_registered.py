"""Faces of other triangulations are registered once, and what is found is kept."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.core import InputError, Progress, Registered
from studio.face.registration.correspondence import (
    Correspondence,
    is_correspondence,
    read_correspondence,
    write_correspondence,
)
from studio.io import cache
from studio.takes.registered import accepted, face_of, own_face, register, said
from tests.face.foreign import POOR, Fitter, foreign_mesh, registered

QUIET = Progress()
MESH = foreign_mesh()
POINTS = Registered((("nose tip", 7), ("chin", (1.0, 2.0, 3.0))))


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear(QUIET)


def same(one: Correspondence, other: Correspondence) -> bool:
    names = ("neutral", "foreign_faces", "fitted", "triangle", "barycentric", "origin", "rotation")
    return one.verdict == other.verdict and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in names
    )


def test_the_same_face_is_fitted_once_and_others_anew() -> None:
    engine = Fitter()
    first = register(engine, MESH, progress=QUIET)
    again = register(engine, replace(MESH, name="another name"), progress=QUIET)
    assert len(engine.fitted) == 1 and same(first, again)
    np.testing.assert_array_equal(own_face(first).vertices[0], MESH.vertices[0])
    assert face_of(first).topology == engine.topology
    moved = MESH.vertices + np.float32([0, 0, 1e-3])
    register(engine, replace(MESH, vertices=moved), progress=QUIET)
    register(engine, replace(MESH, faces=MESH.faces[1:]), progress=QUIET)
    register(engine, MESH, by=POINTS, progress=QUIET)
    assert len(engine.fitted) == 4


def test_a_face_keeps_where_it_lies_and_by_which_points_it_was_fitted() -> None:
    engine, far = Fitter(), MESH.at(np.array([3000.0, 0.0, 1.0]))
    found = register(engine, far, progress=QUIET)
    assert register(engine, MESH, progress=QUIET) is not found
    assert register(engine, far, progress=QUIET) is found, "as long as it is in use"
    assert own_face(found).origin.tolist() == [3000.0, 0.0, 1.0]
    assert said(found) == Registered()
    found = register(engine, far, by=POINTS, progress=QUIET)
    (nose, chin), asked = said(found).points, engine.fitted[-1]
    assert chin == ("chin", (1.0, 2.0, 3.0)) and asked is not None
    np.testing.assert_allclose(nose[1], MESH.vertices[0, 7] + far.origin)
    np.testing.assert_array_equal(asked["chin"], [-2999.0, 2.0, 2.0])
    assert register(engine, far, by=said(found), progress=QUIET).points.keys() == {
        "nose tip", "chin",
    }  # fmt: skip
    with pytest.raises(InputError, match="nose tip: expected a vertex below"):
        register(engine, far, by=Registered((("nose tip", 10**6),)), progress=QUIET)


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-500])


def changed(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0xFF
    file.write_bytes(data)


def emptied(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize("damage", [cut_short, changed, emptied, os.remove])
def test_a_damaged_entry_is_found_anew(damage: Callable[[Path], object]) -> None:
    engine, wanted = Fitter(), registered(MESH)
    register(engine, MESH, progress=QUIET)
    (entry,) = cache.folder().iterdir()
    damage(entry / "face.npz")
    assert same(register(engine, MESH, progress=QUIET), wanted)
    assert same(register(engine, MESH, progress=QUIET), wanted)
    assert len(engine.fitted) == 2


def test_what_is_kept_goes_with_the_cache() -> None:
    register(Fitter(), MESH, progress=QUIET)
    assert cache.size() > 0
    cache.clear(QUIET)
    assert cache.size() == 0 and not list(cache.folder().iterdir())


def test_a_disk_that_refuses_costs_time_alone(tmp_path: Path) -> None:
    cache.configure(tmp_path / "no folder", 4 << 30)
    (tmp_path / "no folder").write_text("a file")
    try:
        engine = Fitter()
        register(engine, MESH, progress=QUIET)
        assert same(register(engine, MESH, progress=QUIET), registered(MESH))
        assert len(engine.fitted) == 2
    finally:
        cache.configure(None, 4 << 30)


def test_a_poor_fit_is_refused_in_a_sentence_and_kept_too() -> None:
    engine = Fitter(POOR)
    for _ in range(2):
        found = register(engine, MESH, progress=QUIET)
        with pytest.raises(InputError, match=r"^a\.obj: not registered .*: it is none$"):
            accepted(found, "a.obj")
    assert len(engine.fitted) == 1


def test_a_file_holds_all_of_it_under_any_name(tmp_path: Path) -> None:
    found = register(Fitter(), MESH.at(np.array([1.0, 2.0, 3.0])), by=POINTS, progress=QUIET)
    place = tmp_path / "face.studio-face"
    write_correspondence(found, place)
    assert is_correspondence(place) and not is_correspondence(Path(__file__))
    read = read_correspondence(place)
    assert same(read, found) and said(read) == said(found)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 rubbish", b"\x93NUMPY rubbish"])
def test_a_file_that_is_none_is_named(tmp_path: Path, data: bytes) -> None:
    place = tmp_path / "face.npz"
    place.write_bytes(data)
    with pytest.raises(InputError, match=r"face\.npz: expected a registration of a face, found a"):
        read_correspondence(place)
    np.save(tmp_path / "a.npy", np.zeros(3))
    with pytest.raises(InputError, match=r"a\.npy: expected a registration of a face"):
        read_correspondence(tmp_path / "a.npy")
    with pytest.raises(InputError, match="found no such file or directory"):
        read_correspondence(tmp_path / "none.npz")


def test_the_stand_in_lies_on_its_mesh() -> None:
    found = registered(MESH)
    corners = found.neutral[found.foreign_faces[found.triangle]]  # (V, 3, 3)
    places = (found.barycentric[..., None] * corners).sum(axis=1)
    np.testing.assert_allclose(found.laid(places), found.fitted, atol=1e-3)


def without(data: dict[str, Any]) -> None:
    del data["scale"]


def not_finite(data: dict[str, Any]) -> None:
    data["fitted"] = np.full_like(data["fitted"], np.nan)


def of_texts(data: dict[str, Any]) -> None:
    data["neutral"] = data["neutral"].astype(str)


def of_later(data: dict[str, Any]) -> None:
    data["version"] = np.int32(99)


def misjudged(data: dict[str, Any]) -> None:
    data["verdict"] = np.array(json.dumps(json.loads(str(data["verdict"])) | {"scale": "large"}))


def judged_by_others(data: dict[str, Any]) -> None:
    data["verdict"] = np.array('{"good": true}')


@pytest.mark.parametrize(
    "damage", [without, not_finite, of_texts, of_later, misjudged, judged_by_others]
)
def test_a_file_that_was_changed_is_named(
    tmp_path: Path, damage: Callable[[dict[str, Any]], None]
) -> None:
    place = tmp_path / "face.npz"
    write_correspondence(registered(MESH), place)
    with np.load(place) as file:
        data = dict(file)
    damage(data)
    np.savez(place, **data)
    with pytest.raises(InputError, match=r"^face\.npz: expected a registration of a face, found "):
        read_correspondence(place)


def test_a_file_that_would_fill_the_memory_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "face.npz"
    write_correspondence(registered(MESH), place)
    monkeypatch.setattr("studio.face.registration.correspondence._LARGEST", 1000)
    with pytest.raises(InputError, match="MiB of arrays, more than"):
        read_correspondence(place)


@pytest.mark.skipif(sys.platform == "win32", reason="has no pipes among its files")
def test_a_pipe_is_no_fit_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fit.npz")
    assert not is_correspondence(tmp_path / "fit.npz")
