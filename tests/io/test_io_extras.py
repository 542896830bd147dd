"""Formats that need a library which is not installed say so, and how to get it."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.core import InputError, MissingExtraError
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
    with pytest.raises(InputError, match=f"^take.{suffix}: expected an? .* file.*, found {found}"):
        read_sequence(path)
