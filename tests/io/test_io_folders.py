"""Folders of meshes as people have them: poses, gaps, times, several runs, what is no frame."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError, MeshSequence
from studio.io import can_read, read_sequence, sniff, write_sequence
from studio.io.folders.gaps import gaps_of, with_gaps
from studio.io.folders.numbering import Order, ordered
from studio.io.folders.runs import SeveralRuns
from tests.io.io_meshes import tetrahedra

FPS = 30.0


def order(stems: Iterable[str], gaps: str | None = None) -> Order:
    return ordered(Path("faces"), [f"{stem}.obj" for stem in stems], gaps, FPS)


def stems(found: Order) -> list[str]:
    return [Path(name).stem for name in found.names]


def folder(place: Path, names: Iterable[str]) -> Path:
    """A mesh a name; the first vertex of each says which one it is, in order."""
    place.mkdir(exist_ok=True)
    for k, name in enumerate(names):
        (place / f"{name}.obj").write_text(f"v 0 0 {k}\nv 0 100 0\nv 100 0 0\nf 1 2 3\n")
    return place


def heights(sequence: MeshSequence) -> list[float]:
    return [float(z) for z in sequence.vertices[:, 0, 2]]


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        ([f"frame_{k:04d}" for k in range(1, 8)], None),
        (["f9", "f10", "f11"], None),
        (["f1", "f02", "f003", "f4"], None),  # leading zeros mixed
        ([f"shot2.{k}" for k in range(1001, 1006)], None),  # no decimals
        ([f"{k:03d}_v2" for k in range(3)], None),
        ([f"2024-01-{k:02d}" for k in range(1, 9)], None),
        ([f"take-{k}" for k in range(1, 6)], None),  # no minus
        ([f"frame_{k}" for k in range(-5, 6)], None),
        ([f"frame_{k}" for k in range(-5, 0)], None),
        ([f"frame{k}" for k in range(-2, 3)], None),
        ([str(k) for k in range(-2, 3)], None),
        (["Frame_1", "frame_2", "FRAME_3"], None),
        ([f"frame_{k}.0" for k in range(1, 4)], None),
        ([f"frame_{k / 30:.3f}" for k in range(60)], 30.0),
        ([f"frame_{k / 25:.2f}" for k in range(9)], 25.0),
        ([f"t{k / 59.94:.6f}" for k in range(99)], 59.94),
        ([f"{k / 10},0".replace(".", ",").removesuffix(",0") for k in range(30)], 10.0),
        ([f"{k / 2}" for k in range(20, 30)], 60.0),  # half frames
        (["frame_1", "frame_1.5", "frame_2", "frame_2.5"], 60.0),
        ([str(round(1000 * k / 60)) for k in range(30)], 60.0),  # ms
        ([str(40 * k) for k in range(20)], 25.0),  # ms
        ([str(1612345678000000 + round(1e6 * k / 30)) for k in range(30)], 30.0),  # us
        ([f"{1612345678 + k / 30:.6f}" for k in range(30)], 30.0),
        ([f"f{5 * k}" for k in range(20)], 6.0),
    ],
)
def test_numbers_of_every_kind(names: list[str], wanted: float | None) -> None:
    """Every file is a frame, in the order of the list; the rate is what the numbers say."""
    found = order(reversed(names))
    assert stems(found) == names
    assert found.missing == 0
    assert found.rate == wanted
    assert len(found.remarks) == (wanted is not None)


@pytest.mark.parametrize(
    ("gaps", "wanted", "said"),
    [
        (None, [0, 1, 2, 2.5, 3, 4], "made from those on both sides"),
        ("fill", [0, 1, 2, 2.5, 3, 4], "made from those on both sides"),
        ("hold", [0, 1, 2, 2, 3, 4], "the one before is held"),
        ("close", [0, 1, 2, 3, 4], "gaps are closed"),
    ],
)
@pytest.mark.parametrize("cached", [False, True])
def test_a_gap_keeps_its_time_or_is_closed(
    tmp_path: Path, gaps: str | None, wanted: list[float], said: str, cached: bool
) -> None:
    place = folder(tmp_path / "take", ["f1", "f2", "f3", "f5", "f6"])
    if cached:
        read_sequence(place)
    found = read_sequence(place, gaps=gaps)
    assert heights(found) == wanted and found.fps == FPS
    (remark,) = found.remarks
    otherwise = "" if gaps else "; --gaps or Unit and rate in the window say otherwise"
    assert remark == f"A frame is missing, first after f3.obj: {said}{otherwise}."
    assert found.frame_names == (("f1", "f2", "f3", "f5", "f6") if gaps == "close" else ())


@pytest.mark.parametrize("asked", [None, "fill", "hold", "close"])
@pytest.mark.parametrize("then", ["fill", "hold", "close"])
@pytest.mark.parametrize("names", [(1, 2, 3, 5, 6), (1, 2, 90), (-3, -2, 0, 1)])
def test_gaps_are_treated_otherwise_later(
    tmp_path: Path, names: tuple[int, ...], asked: str | None, then: str
) -> None:
    """As if the folder had been read so from the start, whatever was asked for then."""
    place = folder(tmp_path / "take", [f"f{k}" for k in names])
    wanted = read_sequence(place, gaps=then)
    found = with_gaps(read_sequence(place, gaps=asked), then)
    np.testing.assert_array_equal(found.vertices, wanted.vertices)
    assert (found.frame_names, gaps_of(found)) == (wanted.frame_names, then)
    if asked or then != gaps_of(read_sequence(place)):
        assert (found.read_as, found.remarks) == (wanted.read_as, wanted.remarks)


def test_what_has_no_gaps_is_not_given_any(tmp_path: Path) -> None:
    whole = read_sequence(folder(tmp_path / "take", ["f1", "f2"]))
    assert gaps_of(whole) is None
    with pytest.raises(InputError, match="frames are missing, found none"):
        with_gaps(whole, "fill")
    part = read_sequence(folder(tmp_path / "gap", ["f1", "f2", "f4"])).sliced(0, 3)
    assert gaps_of(part) is None, "which files its frames are is not known any more"
    huge = read_sequence(folder(tmp_path / "huge", ["f1", "f2", f"f{10**14}"]))
    with pytest.raises(InputError, match="free memory"):
        with_gaps(huge, "fill")


def test_every_fifth_frame_keeps_its_time_at_any_rate(tmp_path: Path) -> None:
    place = folder(tmp_path / "take", [f"f{k}" for k in (0, 5, 10, 20)])
    found = read_sequence(place)
    assert heights(found) == [0, 1, 2, 2.5, 3] and found.fps == 6.0
    assert found.remarks[0] == "The numbers in the names go up by 5: 6 frames a second."
    assert read_sequence(place, default_fps=60).fps == 12.0
    assert read_sequence(place, fps=25).fps == 25.0
    closed = read_sequence(place, gaps="close")
    assert heights(closed) == [0, 1, 2, 3] and closed.fps == FPS


def test_numbers_far_apart_are_closed_up_unless_asked_for(tmp_path: Path) -> None:
    place = folder(tmp_path / "take", ["f3", "f17", "f40", "f85"])
    found = read_sequence(place)
    assert heights(found) == [0, 1, 2, 3] and found.frame_names == ("f3", "f17", "f40", "f85")
    assert found.remarks[0].startswith("79 frames are missing, first after f3.obj: gaps are closed")
    filled = read_sequence(place, gaps="fill")
    np.testing.assert_allclose(heights(filled)[::41], [0, 2 + 4 / 45, 3], atol=1e-6)
    with pytest.raises(InputError, match="fill or hold or close, found skip"):
        read_sequence(place, gaps="skip")  # type: ignore[arg-type]
    huge = folder(tmp_path / "huge", ["f1", "f2", f"f{10**14}"])
    assert read_sequence(huge).n_frames == 3
    with pytest.raises(InputError, match="free memory"):
        read_sequence(huge, gaps="fill")


@pytest.mark.parametrize(
    "names",
    [
        ["anger", "neutral", "smile"],
        ["anger1", "smile1", "smile2"],
        ["anger_25", "anger_50", "smile_25", "smile_50", "smile_100"],
        ["F1_AN01WH", "F1_AN02WH", "F1_DI01WH", "F1_DI02WH"],
        ["cam1_f1", "cam1_f2", "cam2_f1", "cam2_f2"],
        ["Ärger", "mund offen"],
    ],
)
def test_poses_are_frames_with_names(tmp_path: Path, names: list[str]) -> None:
    place = folder(tmp_path / "poses", names)
    found = read_sequence(place)
    assert sorted(found.frame_names) == sorted(names) and found.fps == 1.0
    assert found.frame_names == read_sequence(place).frame_names, "from the cache"
    (said,) = found.remarks
    assert said == f"{len(names)} poses by name, in the order of their names, one a second."
    back = write_sequence(found, tmp_path / "back", format="ply")
    assert [path.stem for path in back] == list(found.frame_names)
    again = read_sequence(tmp_path / "back")
    np.testing.assert_array_equal(again.vertices, found.vertices)
    assert again.frame_names == found.frame_names


def test_names_follow_a_range_and_give_way_to_a_pattern(tmp_path: Path) -> None:
    clip = replace(tetrahedra(3), frame_names=("a/b", "smile", "anger"))
    assert clip.sliced(1, 3).frame_names == ("smile", "anger")
    part = write_sequence(clip, tmp_path / "part", frames=(0, 2))
    assert [path.name for path in part] == ["a_b.obj", "smile.obj"]
    numbered = write_sequence(clip, tmp_path / "numbered", name="f{frame}")
    assert [path.name for path in numbered] == ["f1.obj", "f2.obj", "f3.obj"]
    twins = write_sequence(replace(clip, frame_names=("a", "A", "b")), tmp_path / "twins")
    assert twins[0].name == "frame_0001.obj", "some systems take a for A"
    with pytest.raises(InputError, match=r"beyond the 1 to write, found a_b\.obj"):
        write_sequence(clip.sliced(2, 3), tmp_path / "part")
    with pytest.raises(InputError, match="names of 3 frames, found 1"):
        replace(clip, frame_names=("a",))


@pytest.mark.parametrize(
    ("names", "runs"),
    [
        (
            [f"take{t}_{k:03d}" for t in (1, 2) for k in range(7)],
            "take1_*.obj (7), take2_*.obj (7)",
        ),
        (
            [f"{k:03d}_Take{t}" for t in (1, 2) for k in range(7)],
            "*_take1.obj (7), *_take2.obj (7)",
        ),
        (
            [f"{n}{k}" for n in ("smile", "smile_wide") for k in range(5)],
            "smile*.obj (5), smile_wide*.obj (5)",
        ),
        (
            [f"{n}{k}" for n in "abcde" for k in range(5)],
            "a*.obj (5), b*.obj (5), c*.obj (5) and 2 more",
        ),
        (
            [f"s{s}_c{c}_{k}" for s in (1, 2) for c in (1, 2) for k in range(-3, 3)],
            "s1_c1_*.obj (6), s1_c2_*.obj (6), s2_c1_*.obj (6) and 1 more",
        ),
    ],
)
def test_several_runs_are_told_and_each_opens_by_its_name(
    tmp_path: Path, names: list[str], runs: str
) -> None:
    place = folder(tmp_path / "faces", names)
    with pytest.raises(SeveralRuns) as caught:
        read_sequence(place)
    first = next(iter(caught.value.runs))
    wanted = f'faces: expected one run of frames, which a pattern in quotes names, as "{first}"'
    assert str(caught.value) == str(InputError(f"{wanted}, found {runs}"))
    for path, files in caught.value.runs.items():
        found = read_sequence(path)
        of_names = sorted(float(names.index(Path(file).stem)) for file in files)
        assert (heights(found), sniff(path), found.remarks) == (of_names, "obj", ())
    assert read_sequence(first).name == first.stem.replace("*", "").strip("_")


def test_a_pattern_is_told_from_a_name_with_a_star(tmp_path: Path) -> None:
    place = folder(tmp_path / "faces", ["a*", "a1", "a2", "b1", "c"])
    assert read_sequence(place / "a*.obj").n_frames == 1, "what is there is taken as it is"
    assert heights(read_sequence(place / "A*.OBJ"))[:2] == [1, 2]
    assert read_sequence(place / "*.obj").n_frames == 5
    with pytest.raises(InputError, match=r"d\*\.obj: expected meshes of such names, found none"):
        read_sequence(place / "d*.obj")
    assert sniff(place / "d*.obj") is None and sniff(tmp_path / "no" / "d*.obj") is None


def test_what_is_beside_a_run_is_left_out_and_told() -> None:
    frames = [f"frame_{k:03d}" for k in range(1, 8)]
    found = order([*frames, "neutral"])
    assert stems(found) == frames
    assert found.remarks == ("neutral.obj is left out, not being of the 7 frames frame_#.",)
    found = order([*frames[:3], *frames[4:], "neutral", "frame_003 copy"])
    assert stems(found) == [*frames[:3], *frames[4:]] and found.n_frames == 7
    assert found.remarks[0].startswith("frame_003 copy.obj and 1 more are left out")


def test_a_mesh_in_another_format_is_left_out_and_told(tmp_path: Path) -> None:
    place = folder(tmp_path / "take", [f"f{k}" for k in range(3)])
    for name in ("a_template.ply", "notes.stl"):
        (place / name).write_text("?")
    found = read_sequence(place)
    assert heights(found) == [0, 1, 2]
    assert found.remarks == ("a_template.ply and 1 more are left out, not being .obj.",)
    assert sniff(place) == "obj"
    (place / "f3.ply").write_text("?")
    with pytest.raises(InputError, match=r"frames of one format, found f0\.obj and f3\.ply"):
        read_sequence(place)


def test_a_folder_of_folders_is_told(tmp_path: Path) -> None:
    folder(tmp_path / "one", ["f1"])
    with pytest.raises(InputError, match="found a folder in it, to be opened by itself"):
        read_sequence(tmp_path)


def test_a_folder_with_a_link_to_nothing_is_tried(tmp_path: Path) -> None:
    place = folder(tmp_path / "take", ["f1", "f2"])
    (place / "f3.obj").symlink_to("elsewhere.obj")
    assert can_read(place), "so that whoever drops it on the window is told"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "f3.obj: expected a frame, found a link to a file that is gone"),
        (
            "version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 9\n",
            r"f3.obj: expected a mesh, found a pointer of Git LFS: git lfs pull brings",
        ),
        ("\n<!DOCTYPE html><html>", "f3.obj: expected a mesh, found a web page: download the"),
        ("<?xml version='1.0'?><Error/>", "f3.obj: expected a mesh, found an answer of a server"),
        ("404: Not Found", "f3.obj: expected a mesh, found an answer of a server"),
        ("", "f3.obj: expected a mesh, found an empty file"),
        ("\n", "f3.obj: expected vertex lines"),
        ("v 0 0 0\nv 0 1 0\n", "f3.obj: expected 3 vertices as in the first frame, found 2"),
    ],
)
@pytest.mark.parametrize("first", [1, 3])
def test_a_file_that_is_no_frame_is_named_with_the_cause(
    tmp_path: Path, content: str | None, said: str, first: int
) -> None:
    """Among the frames, and as the first of them."""
    place = folder(tmp_path / "take", [f"f{k}" for k in range(first, 7)])
    file = place / "f3.obj"
    file.unlink()
    if content is None:
        file.symlink_to("elsewhere.obj")
    else:
        file.write_text(content)
    if first == 3 and content and content.startswith("v "):
        said = "f4.obj: expected 2 vertices as in the first frame, found 3"
    with pytest.raises(InputError, match=said):
        read_sequence(place)
