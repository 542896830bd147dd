"""Naming patterns: one name a frame, on every system, in the order of the frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core import InputError
from studio.io import read_sequence, write_sequence
from studio.io.folders.numbering import natural
from studio.io.naming import MOST_BYTES, frame_stems, leftovers, safe_name
from tests.io.io_meshes import tetrahedra

texts = st.text(st.characters(codec="utf-8"), max_size=12)
fields = st.sampled_from(["{frame}", "{frame:04d}", "{frame:02}", "{}", "{name}", "{{", "}}"])
patterns = st.lists(st.one_of(fields, st.text("ab_- .7é{}:!*", max_size=4)), max_size=5).map(
    "".join
)


@given(patterns, texts, st.integers(0, 9999), st.integers(1, 30))
def test_a_pattern_is_refused_in_one_sentence_or_names_every_frame(
    pattern: str, name: str, first: int, count: int
) -> None:
    try:
        stems = frame_stems(pattern, count, name=name, first=first)
    except InputError as error:
        assert str(error).startswith("naming pattern") and "\n" not in str(error)
        return
    assert len(set(stems)) == len(stems) == count
    for stem in stems:
        assert safe_name(stem) == stem and len(stem.encode()) <= MOST_BYTES
    if "{frame" in pattern or "{}" in pattern:
        assert sorted(stems, key=natural) == stems


@given(texts)
def test_any_name_is_made_safe_once_and_for_all(name: str) -> None:
    safe = safe_name(name)
    assert safe and safe_name(safe) == safe
    assert frame_stems("{name}", 1, name=name) == [safe]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("{frame", "brace"),
        ("frame}", "brace"),
        ("{seed}_{frame}", "found {seed}"),
        ("{frame.real}", "found {frame.real}"),
        ("{frame!r}", "found {frame!r}"),
        ("{frame:999999999d}", "found {frame:999999999d}"),
        ("{frame:{name}}", "found {frame:{name}}"),
        ("{name:>9}{frame}", "found {name:>9}"),
        ("{name}", "one name for all 3 frames"),
        ("a/{frame}", "the sign /"),
        ("..{frame} ", "a space or dot"),
        (".{frame}", "a space or dot"),
        ("com{frame}", "Windows keeps"),
        ("x" * 300 + "{frame}", "301 bytes"),
    ],
)
def test_the_sentence_says_what_was_found(pattern: str, found: str) -> None:
    with pytest.raises(InputError) as caught:
        frame_stems(pattern, 3, name="take")
    assert found in str(caught.value)


def test_a_file_has_no_frame_in_its_name() -> None:
    assert frame_stems("{name} final", 1, name="a/b", frames=False) == ["a_b final"]
    with pytest.raises(InputError, match=r"no field but \{name}, found \{frame:04d}"):
        frame_stems("{frame:04d}", 1, frames=False)


def test_frames_are_named_by_clip_and_number_and_read_back(tmp_path: Path) -> None:
    clip = tetrahedra(4).renamed("take: 3")
    files = write_sequence(clip, tmp_path, name="{name}_{frame:03d}", first=98)
    assert [f.name for f in files] == [f"take_ 3_{k:03d}.obj" for k in range(98, 102)]
    assert read_sequence(tmp_path, cache=False).n_frames == 4


@pytest.mark.parametrize("pattern", ["{frame}_{name}", "{name}_{frame:02d}_v2", "{frame:03d}"])
def test_the_number_that_changes_is_the_frame(tmp_path: Path, pattern: str) -> None:
    clip = tetrahedra(12).renamed("fear 7")
    files = write_sequence(clip, tmp_path, name=pattern)
    back = read_sequence(tmp_path, cache=False)
    np.testing.assert_allclose(back.vertices, clip.vertices, atol=2e-5)
    files[4].unlink()
    (said,) = read_sequence(tmp_path, cache=False).remarks
    assert said.startswith(f"A frame is missing, first after {files[3].name}: made from")


def test_only_frames_of_the_same_export_count_as_left(tmp_path: Path) -> None:
    for name in ("take_7.obj", "take_007.obj", "take_7.ply", "fake_7.obj", "take_7.obj.bak"):
        (tmp_path / name).touch()
    left = leftovers(tmp_path, ["take_007.obj"], "{name}_{frame:03d}", ".obj", name="take")
    assert left == ["take_7.obj"]
    assert leftovers(tmp_path / "nowhere", [], "{frame}", ".obj") == []
