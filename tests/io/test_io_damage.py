"""A few of the damaged files that `python -m benchmarks.fuzz` tries by the thousand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.fuzz.clips import clip_readers
from benchmarks.fuzz.damage import damaged
from benchmarks.fuzz.reader import Reader
from studio.core import InputError
from studio.io import FORMATS, read_sequence, write_sequence
from tests.io.io_meshes import tetrahedra

READERS = clip_readers()


# Those that read in a process of their own take a second a file.
APART = [name for name in READERS if name in FORMATS and FORMATS[name].extra is not None]


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] * (name in APART)) for name in READERS],
)
def test_a_damaged_file_is_a_clip_or_one_sentence(name: str, tmp_path: Path) -> None:
    reader: Reader = READERS[name]
    for file, write in reader.good.items():
        path = tmp_path / file
        write(path)
        good = path.read_bytes()
        changed = False
        for seed in range(3):
            spoiled = damaged(good, np.random.default_rng(seed))
            changed |= spoiled != good
            path.write_bytes(spoiled)
            try:
                with np.errstate(all="ignore"):
                    reader.read(path)
            except InputError as error:
                assert len(str(error)) <= 300 and str(error).isprintable()
        assert changed


def test_a_seed_is_one_damage() -> None:
    for data in (b"v 1 2 3\n" * 9, b'{"a": [1, "{\\"b\\": 2}"]}', bytes(range(256))):
        both = [damaged(data, np.random.default_rng(seed)) for seed in (3, 3, 4)]
        assert both[0] == both[1]
        assert any(damaged(data, np.random.default_rng(seed)) != data for seed in range(5))


@pytest.mark.parametrize("suffix", ["npz", "npy"])
@pytest.mark.parametrize(
    ("bytes_left", "found"), [(0, "an empty file"), (4, "one that is cut short")]
)
def test_a_download_that_broke_off_is_told_from_another_kind(
    tmp_path: Path, suffix: str, bytes_left: int, found: str
) -> None:
    path = tmp_path / f"take.{suffix}"
    write_sequence(tetrahedra(2), path)
    path.write_bytes(path.read_bytes()[:bytes_left])
    with pytest.raises(InputError, match=f"found {found}"):
        read_sequence(path)
    path.write_text("hello, this is a text")
    with pytest.raises(InputError, match="found another kind of file"):
        read_sequence(path)
