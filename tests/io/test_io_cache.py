"""The second opening of a folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.core import Cancelled, MeshSequence, Progress
from studio.io import FORMATS, cache, read_sequence, write_sequence
from studio.io.formats import obj
from tests.io.io_meshes import tetrahedra


@pytest.fixture
def take(tmp_path: Path, sequence: MeshSequence) -> Path:
    write_sequence(sequence, tmp_path / "take")
    return tmp_path / "take"


def forbid_parsing(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_text(text: bytes) -> None:
        raise RuntimeError("parsed again")

    monkeypatch.setattr(obj, "Text", no_text)


def test_the_second_opening_parses_nothing(take: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = read_sequence(take)
    forbid_parsing(monkeypatch)
    again = read_sequence(take, fps=12)
    np.testing.assert_array_equal(again.vertices, first.vertices)
    np.testing.assert_array_equal(again.faces, first.faces)
    assert (again.name, again.fps, again.topology) == ("take", 12.0, first.topology)


def test_remarks_are_kept_and_told_again(take: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, said, heard = FORMATS["obj"], ("One.", "Zwei ü."), list[str]()
    read_plain = plain.read
    assert read_plain is not None
    told = replace(plain, read=lambda source: replace(read_plain(source), remarks=said))
    monkeypatch.setitem(FORMATS, "obj", told)
    for _ in range(2):
        read = read_sequence(take, progress=Progress(remarked=heard.append))
        assert read.remarks == said
        monkeypatch.setitem(FORMATS, "obj", plain)
    assert heard == ["take: One.", "take: Zwei ü."] * 2


def test_without_cache_nothing_is_kept(take: Path, cache_root: Path) -> None:
    read_sequence(take, cache=False)
    assert not list(cache_root.iterdir())


def test_a_changed_frame_is_read_again(take: Path) -> None:
    read_sequence(take)
    other = tetrahedra(1)
    write_sequence(other, take / "frame_0003.obj")
    np.testing.assert_allclose(read_sequence(take).vertices[2], other.vertices[0], atol=2e-5)


def test_a_time_of_change_is_enough(take: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_sequence(take)
    os.utime(take / "frame_0003.obj", ns=(1, 1))
    forbid_parsing(monkeypatch)
    with pytest.raises(RuntimeError, match="parsed again"):
        read_sequence(take)


@pytest.mark.parametrize("name", ["vertices.npy", "faces.npy"])
@pytest.mark.parametrize("left", [0, 20, 200])
def test_a_damaged_entry_costs_time_only(
    take: Path, cache_root: Path, name: str, left: int
) -> None:
    first = read_sequence(take).vertices.copy()
    (entry,) = cache_root.iterdir()
    data = (entry / name).read_bytes()
    (entry / name).write_bytes(data[: min(left, len(data) - 1)])
    np.testing.assert_array_equal(read_sequence(take).vertices, first)
    np.testing.assert_array_equal(read_sequence(take).vertices, first)


def test_a_cache_that_cannot_be_written_is_no_error(
    take: Path, cache_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(cache_root)
    cache_root.write_text("a file where the folder should be")
    assert read_sequence(take).n_frames == 5


def test_the_entries_not_used_for_longest_go_first(
    tmp_path: Path, cache_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = []
    for k in range(4):
        write_sequence(tetrahedra(3), tmp_path / f"take{k}")
        read_sequence(tmp_path / f"take{k}")
        (entry,) = set(cache_root.iterdir()) - set(entries)
        os.utime(entry, ns=(k, k))
        entries.append(entry)
    read_sequence(tmp_path / "take0")  # used just now
    size = sum(f.stat().st_size for f in entries[0].iterdir())
    cache.trim(2 * size)
    assert set(cache_root.iterdir()) == {entries[0], entries[3]}


def test_the_cache_is_bounded(
    tmp_path: Path, cache_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "LIMIT", 2000)
    for k in range(5):
        write_sequence(tetrahedra(3), tmp_path / f"take{k}")
        read_sequence(tmp_path / f"take{k}")
    assert sum(f.stat().st_size for f in cache_root.rglob("*.npy")) <= 2000


def test_the_cache_moves(tmp_path: Path) -> None:
    # In a process of its own, where the tests' own place for the cache does not interfere.
    code = "from studio.io import cache; from pathlib import Path; import sys\n"
    code += "cache.configure(Path(sys.argv[1]), 5); print(cache.folder(), cache.LIMIT)"
    run = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(run, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == [str(tmp_path / "sequences"), "5"]


def test_the_cache_is_measured_and_cleared(tmp_path: Path, cache_root: Path) -> None:
    assert cache.size() == 0
    write_sequence(tetrahedra(3), tmp_path / "take")
    read_sequence(tmp_path / "take")
    assert cache.size() == sum(f.stat().st_size for f in cache_root.rglob("*.*")) > 0
    stopped = Progress()
    stopped.cancel()
    with pytest.raises(Cancelled):
        cache.clear(stopped)
    assert cache.size() > 0
    cache.clear(Progress())
    assert cache.size() == 0
    assert list(cache_root.iterdir()) == []
