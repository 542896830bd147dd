"""Which clips paths, patterns and trees name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from studio.core import InputError
from studio.io import write_sequence
from studio.takes.many.finding import clips_in, is_run, shared_folder, stamp
from tests.document.clips import square


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Files, folders of frames, two runs in one folder, a cache with its mesh, and what is none."""
    tree = tmp_path / "tree"
    write_sequence(square(), tree / "a.npz")
    write_sequence(square(), tree / "deep" / "er" / "b.npy")
    write_sequence(square(), tree / "frames")
    write_sequence(square(), tree / "frames" / "below" / "c.npz")
    for name in ("smile", "frown"):
        write_sequence(square(6), tree / "runs", name=f"{name}_{{frame:04d}}")
    write_sequence(square(), tree / "cache" / "d.mdd")
    write_sequence(square(), tree / ".hidden" / "e.npz")
    (tree / "notes.txt").write_text("nothing of a face")
    (tree / "picture.jpg").write_bytes(b"")
    (tree / "broken.npz").write_bytes(b"PK")
    return tree


def names(tree: Path, *inputs: Path) -> list[str]:
    return sorted(str(each.path.relative_to(tree)) for each in clips_in(inputs).found)


def test_a_tree_holds_a_clip_for_each_file_and_each_run(tree: Path) -> None:
    found = clips_in([tree])
    assert names(tree, tree) == [
        *("a.npz", "broken.npz", "cache/d.mdd", "deep/er/b.npy", "frames", "frames/below/c.npz"),
        *("runs/frown_*.obj", "runs/smile_*.obj"),
    ]
    assert found.spread and found.left_out == 1  # the notes, which may have been weights
    assert shared_folder(found) == tree


def test_movies_beside_meshes_are_left_out_and_told_and_read_where_they_are_named(
    tree: Path,
) -> None:
    before = names(tree, tree)
    for place in (
        "a.mp4",
        "frames/frames.mov",
        "deep/er/B.GIF",
        "filmed/one.mp4",
        "filmed/two.avi",
    ):
        (tree / place).parent.mkdir(exist_ok=True)
        (tree / place).write_bytes(b"\0\0\0\x18ftypmp42")
    found = clips_in([tree])
    assert names(tree, tree) == sorted([*before, "filmed/one.mp4", "filmed/two.avi"])
    assert (found.movies, found.left_out) == (3, 1)
    assert names(tree, tree / "*.mp4") == ["a.mp4"]
    assert clips_in([tree / "*.mp4"]).movies == 0
    assert clips_in([tree / "*"]).movies == 1  # of a tree below, beside its take


def test_a_folder_of_frames_is_a_clip_and_one_of_clips_is_a_tree(tree: Path) -> None:
    assert is_run(tree / "frames") and is_run(tree / "runs" / "smile_*.obj")
    assert not any(map(is_run, (tree, tree / "runs", tree / "deep", tree / "cache")))
    assert names(tree, tree / "frames") == ["frames"]
    assert names(tree, tree / "runs" / "smile_*.obj") == ["runs/smile_*.obj"]


def test_a_link_in_a_circle_and_one_that_leads_nowhere_do_no_harm(tree: Path) -> None:
    before = names(tree, tree)
    (tree / "deep" / "round").symlink_to(tree)
    assert names(tree, tree) == before
    (tree / "gone.npz").symlink_to(tree / "nowhere")
    assert names(tree, tree) == sorted([*before, "gone.npz"])  # whoever opens it says so


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("*.npz", ["a.npz", "broken.npz"]),
        ("?.npz", ["a.npz"]),
        ("[a-b]*.npz", ["a.npz", "broken.npz"]),
        ("**/*.np?", ["a.npz", "broken.npz", "deep/er/b.npy", "frames/below/c.npz"]),
        ("fr*", ["frames"]),
        ("d*", ["deep/er/b.npy"]),
        ("*/er/*", ["deep/er/b.npy"]),
    ],
)
def test_patterns_name_files_folders_and_trees(tree: Path, pattern: str, wanted: list[str]) -> None:
    assert names(tree, tree / pattern) == wanted


def test_what_has_the_marks_of_a_pattern_in_its_name_is_itself(tmp_path: Path) -> None:
    for name in ("take[1].npz", "old [2]/b.npz"):
        write_sequence(square(), tmp_path / name)
    assert names(tmp_path, tmp_path / "take[1].npz") == ["take[1].npz"]
    assert names(tmp_path, tmp_path / "old [2]" / "*.npz") == ["old [2]/b.npz"]


def test_a_clip_that_is_named_twice_is_one(tree: Path) -> None:
    assert names(tree, tree / "a.npz", tree / "a*.npz", tree / "a.npz") == ["a.npz"]


def test_paths_are_kept_below_what_all_share(tree: Path) -> None:
    one, other = tree / "a.npz", tree / "deep" / "er" / "b.npy"
    assert shared_folder(clips_in([one, other])) == tree
    assert shared_folder(clips_in([tree / "deep", tree / "frames"])) == tree
    assert shared_folder(clips_in([tree / "deep" / "er" / "*.npy"])) == tree / "deep" / "er"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gone.npz", "gone.npz: expected a clip, found nothing there"),
        ("*.glb", r"\*.glb: expected a pattern of clips, found none of that name in .*tree"),
        ("empty", "empty: expected a folder of frames or of clips, found none in it"),
    ],
)
def test_what_names_no_clip_is_refused(tree: Path, name: str, said: str) -> None:
    (tree / "empty").mkdir()
    with pytest.raises(InputError, match=said):
        clips_in([tree / "a.npz", tree / name])


def test_a_stamp_changes_with_a_frame_and_not_with_what_lies_beside(tree: Path) -> None:
    frames, runs = tree / "frames", tree / "runs"
    before = stamp(frames), stamp(runs / "smile_*.obj"), stamp(tree / "a.npz")
    (frames / "readme.md").write_text("of no interest")
    os.utime(runs / "frown_0001.obj", ns=(1, 1))
    assert before == (stamp(frames), stamp(runs / "smile_*.obj"), stamp(tree / "a.npz"))
    for path in (frames / "frame_0002.obj", runs / "smile_0001.obj", tree / "a.npz"):
        os.utime(path, ns=(1, 1))
    after = stamp(frames), stamp(runs / "smile_*.obj"), stamp(tree / "a.npz")
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert stamp(tree / "gone") == "gone"
