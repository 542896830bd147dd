"""Formats that need a library which is not installed say so, and how to get it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from studio.core import InputError, MissingExtraError, StudioError
from studio.io import FORMATS, read_sequence, write_sequence
from tests.io.io_meshes import tetrahedra


@pytest.mark.parametrize(
    ("suffix", "extra"),
    [("usdc", "usd"), ("usd", "usd"), ("usda", "usd"), ("abc", "alembic"), ("fbx", "fbx")],
)
def test_reading_and_writing_without_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, extra: str
) -> None:
    monkeypatch.setattr("studio.io.traits.find_spec", lambda module: None)
    path = tmp_path / f"take.{suffix}"
    path.write_bytes(b"something")
    told = f"take.{suffix}: needs a library that is not installed; run pip install"
    kind = FORMATS.reader(path)
    assert kind is not None
    for use in (read_sequence, *([lambda p: write_sequence(tetrahedra(2), p)] * bool(kind.write))):
        with pytest.raises(MissingExtraError) as caught:
            use(path)
        assert str(caught.value) == f"{told} 'expression-studio[{extra}]'"
    assert path.read_bytes() == b"something" and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("suffix", ["usdc", "usd", "usda", "usdz", "abc", "fbx"])
@pytest.mark.parametrize(
    ("data", "found"),
    [(b"", "an empty file"), (b"v 1 2 3\n" * 99, "another kind of file"), (b"P", "another kind")],
)
def test_other_files_of_these_names(tmp_path: Path, suffix: str, data: bytes, found: str) -> None:
    path = tmp_path / f"take.{suffix}"
    path.write_bytes(data)
    kind = FORMATS.reader(path)
    if kind is None or kind.extra is None or not kind.extra.installed:
        pytest.skip("its library is not installed")
    with pytest.raises(InputError, match=f"^take.{suffix}: expected an? .*, found {found}"):
        read_sequence(path)


@pytest.mark.parametrize("suffix", ["usdc", "usda", "usdz", "abc"])
@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="no system that finds room")
def test_a_full_disk_is_found_before_a_library_dies_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    asked: list[int] = []

    def full(number: int, start: int, size: int) -> None:
        asked.append(size)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    kind = FORMATS.reader(tmp_path / f"take.{suffix}")
    if kind is None or kind.extra is None or not kind.extra.installed:
        pytest.skip("its library is not installed")
    clip = tetrahedra(9)
    with pytest.raises(StudioError, match="cannot be written: no space left on the disk"):
        write_sequence(clip, tmp_path / f"take.{suffix}")
    assert not list(tmp_path.iterdir()) and asked[0] > clip.vertices.nbytes
