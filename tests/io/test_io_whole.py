"""Output is there whole or not at all; input stops when it is told to."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.core import Cancelled, InputError, MeshSequence, StudioError
from studio.io import read_sequence, write_sequence
from studio.io.files import check_place, whole_file, whole_files
from studio.io.formats import digits
from tests.io.io_meshes import tetrahedra


def everything(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


@pytest.mark.parametrize("format", ["obj", "ply", "stl", "off", "npz", "npy"])
@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("reports", [1, 2])
def test_a_stop_on_the_way_leaves_all_as_it_was(
    tmp_path: Path, stop_after: Any, format: str, there: bool, reports: int
) -> None:
    target = tmp_path / "deep" / "take"
    if there:
        write_sequence(tetrahedra(3), target, format=format)
        (target / "notes.txt").write_text("mine")
    before = everything(tmp_path)
    with pytest.raises(Cancelled):
        write_sequence(
            tetrahedra(3), target, format=format, unit="m", progress=stop_after(reports).progress
        )
    assert everything(tmp_path) == before
    assert there or not list(tmp_path.iterdir())


def test_a_full_disk_is_one_sentence_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sequence: MeshSequence
) -> None:
    count = 0

    def full(self: object, vertices: object) -> bytes:
        nonlocal count
        count += 1
        if count == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return b""

    monkeypatch.setattr(digits.VertexLines, "format", full)
    with pytest.raises(StudioError, match="no space left"):
        write_sequence(sequence, tmp_path / "take")
    assert not list(tmp_path.iterdir())


def test_only_frames_of_the_same_name_are_replaced(tmp_path: Path, sequence: MeshSequence) -> None:
    folder = tmp_path / "take"
    folder.mkdir()
    (folder / "frame_0002.obj").write_text("old")
    (folder / "mine.txt").write_text("mine")
    write_sequence(sequence, folder)
    assert (folder / "mine.txt").read_text() == "mine"
    assert len(list(folder.iterdir())) == 7, "five frames, one file of others, one on the frames"
    np.testing.assert_allclose(read_sequence(folder).vertices, sequence.vertices, atol=2e-5)


def test_frames_of_a_longer_export_are_not_mixed_with_ours(tmp_path: Path) -> None:
    write_sequence(tetrahedra(7), tmp_path)
    before = everything(tmp_path)
    with pytest.raises(InputError, match=r"no frames beyond the 5 to write, found frame_0006.obj"):
        write_sequence(tetrahedra(5), tmp_path)
    assert everything(tmp_path) == before


def test_a_failing_move_puts_back_what_it_replaced(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old a")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "inside").write_text("old c")
    before = everything(tmp_path)
    for more in ("d", "c"):
        with pytest.raises(StudioError), whole_files(tmp_path, ["a", "b", more]) as part:
            for name in ("a", "b", "c"):
                (part / name).write_text("new")
        assert everything(tmp_path) == before


# Dies as if killed before each of the renames in turn, while frames take the place of others.
DYING = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from io_meshes import tetrahedra
from studio.io import read_sequence, write_sequence

place, rename, frames = Path(sys.argv[2]), os.rename, []
for moment in range(13):
    take = place / str(moment)
    write_sequence(tetrahedra(3), take)
    (take / "mine.txt").write_text("mine")
    child = os.fork()
    if child == 0:
        count = iter(range(100))
        os.rename = lambda *paths: os._exit(7) if next(count) == moment else rename(*paths)
        write_sequence(tetrahedra(5), take)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == (7 if moment < 10 else 0)
    if moment % 2:
        write_sequence(tetrahedra(5).renamed("again"), take)
    frames.append(read_sequence(take, cache=False).n_frames)
    assert sorted(p.name for p in take.iterdir() if ".part" in p.name) == [], moment
    assert (take / "mine.txt").read_text() == "mine"
print(frames)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a child process")
def test_killed_between_any_two_moves_the_folder_is_finished_by_the_next(tmp_path: Path) -> None:
    arguments = [str(Path(__file__).parent), str(tmp_path)]
    command = [sys.executable, "-c", DYING, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{[5] * 13}\n"


def half_replaced(folder: Path) -> Path:
    """Leave a folder as a process that died while it replaced frames did; gives the hidden one."""
    write_sequence(tetrahedra(4), folder)
    part = folder / ".take.0123abcd.part"
    (part / "old").mkdir(parents=True)
    for name in ("frame_0001.obj", "frame_0002.obj"):
        (part / name).write_bytes((folder / name).read_bytes())
    (folder / "frame_0001.obj").rename(part / "old" / "frame_0001.obj")
    return part


def test_frames_that_cannot_be_put_in_their_places_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_replaced(tmp_path / "take")

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", refuse)
        with pytest.raises(InputError, match="all of one export, found half of two: no permission"):
            read_sequence(tmp_path / "take")
    assert read_sequence(tmp_path / "take").n_frames == 4


@pytest.mark.skipif(sys.platform == "win32", reason="locks of POSIX")
def test_frames_that_another_process_is_replacing_are_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    monkeypatch.setattr("studio.io.replacing._PATIENCE", 0.01)
    number = os.open(half_replaced(tmp_path / "take"), os.O_RDONLY)
    fcntl.flock(number, fcntl.LOCK_EX)
    with pytest.raises(InputError, match="found another program replacing them"):
        read_sequence(tmp_path / "take")
    os.close(number)
    assert read_sequence(tmp_path / "take").n_frames == 4


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_a_private_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "private.txt"
    for mode in (0o600, 0o640):
        with whole_file(path, private=True) as part:
            part.write_text("mine")
        assert path.stat().st_mode & 0o777 == mode
        path.chmod(0o640)  # shared on purpose


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="signals of POSIX")
@pytest.mark.parametrize("format", ["obj", "npz"])
def test_a_killed_export_leaves_what_was_there(tmp_path: Path, format: str) -> None:
    write_sequence(tetrahedra(3), tmp_path / "take", format=format)
    before = everything(tmp_path / "take")
    code = (
        "import os, signal, sys; sys.path.insert(0, sys.argv[1]); from io_meshes import *;"
        "from studio.core import Progress; from studio.io import write_sequence;"
        "kill = lambda f, m: f > 0.4 and os.kill(os.getpid(), signal.SIGKILL);"
        "write_sequence(tetrahedra(400), sys.argv[2], format=sys.argv[3], progress=Progress(kill))"
    )
    arguments = [str(Path(__file__).parent), str(tmp_path / "take"), format]
    done = subprocess.run([sys.executable, "-c", code, *arguments], check=False)
    assert done.returncode == -signal.SIGKILL
    after = everything(tmp_path / "take")
    assert {name: data for name, data in after.items() if ".part" not in name} == before


def test_what_a_killed_export_left_is_cleared_by_the_next(
    tmp_path: Path, sequence: MeshSequence
) -> None:
    names = [".take.0123abcd.part", ".take.0123abce.part", ".take.0123abcf.part", ".take2.0.part"]
    old, fresh, holding, other = (tmp_path / name for name in names)
    for part in (old, fresh, holding, other):
        part.mkdir()
    (old / "frame_0001.obj").write_text("half")
    (holding / "old").mkdir()
    for part in (old, holding, other):
        os.utime(part, (0, 0))
    write_sequence(sequence, tmp_path / "take")
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == sorted([fresh.name, holding.name, other.name, "take"])


def test_a_file_in_the_way_of_a_folder(tmp_path: Path, sequence: MeshSequence) -> None:
    (tmp_path / "take").write_text("a file")
    for target in (tmp_path / "take", tmp_path / "take" / "deeper"):
        with pytest.raises(StudioError, match="a file where a folder is needed"):
            write_sequence(sequence, target, format="obj")
    assert everything(tmp_path) == {"take": b"a file"}


def test_a_folder_in_the_way_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "take.npz").mkdir()
    with (
        pytest.raises(StudioError, match="a folder where a file"),
        whole_file(tmp_path / "take.npz"),
    ):
        pass


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("a" * 300, "a name that is too long"),
        ("é" * 130 + ".npz", "a name that is too long"),
        ("file/deeper", "a file where a folder is needed"),
        ("a\0b", "expected a name that a file can have, found a NUL in the name"),
        ("a\ud800b", "found letters in the name that no file has"),
    ],
)
def test_a_place_that_cannot_be_is_told_before_the_work(
    tmp_path: Path, name: str, says: str
) -> None:
    (tmp_path / "file").write_text("")
    for ask in (check_place, lambda path: write_sequence(tetrahedra(2), path, format="obj")):
        with pytest.raises(StudioError, match=says) as caught:
            ask(tmp_path / name)
        assert len(str(caught.value)) <= 300
    check_place(tmp_path / "new" / "deep" / "take.npz")


def test_the_longest_names_that_files_have_can_be_written(tmp_path: Path) -> None:
    for name in ("😀" * 62 + ".npz", "é" * 125 + ".npz", "a" * 251 + ".npz"):
        write_sequence(tetrahedra(2), tmp_path / name)
        assert read_sequence(tmp_path / name).n_frames == 2


def test_a_folder_nobody_may_write_to(tmp_path: Path, sequence: MeshSequence) -> None:
    tmp_path.chmod(0o500)
    if os.access(tmp_path, os.W_OK):
        pytest.skip("nothing is forbidden here")
    try:
        for format in ("obj", "npz"):
            with pytest.raises(StudioError, match="no permission"):
                write_sequence(sequence, tmp_path / "take", format=format)
    finally:
        tmp_path.chmod(0o700)


def test_a_refusal_of_the_system_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sequence: MeshSequence
) -> None:
    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StudioError, match=r"take: cannot be written: no permission"):
        write_sequence(sequence, tmp_path / "take")


@pytest.mark.parametrize("format", ["obj", "ply", "stl", "off"])
@pytest.mark.parametrize("reports", [1, 3])
def test_reading_stops_and_keeps_no_half_entry(
    tmp_path: Path, cache_root: Path, stop_after: Any, format: str, reports: int
) -> None:
    write_sequence(tetrahedra(6), tmp_path / "take", format=format)
    with pytest.raises(Cancelled):
        read_sequence(tmp_path / "take", progress=stop_after(reports).progress)
    assert not list(cache_root.iterdir())


def test_progress_goes_up_to_one(tmp_path: Path, sequence: MeshSequence) -> None:
    from studio.core import Progress

    seen: list[float] = []
    progress = Progress(lambda fraction, message: seen.append(fraction))
    for format in ("obj", "stl", "npz"):
        seen.clear()
        (file, *_) = write_sequence(sequence, tmp_path / format, format=format, progress=progress)
        assert seen == sorted(seen)
        assert seen[-1] == 1.0
        seen.clear()
        read_sequence(file if format == "npz" else file.parent, progress=progress)
        assert seen == sorted(seen)
        assert seen[-1] == 1.0


@pytest.mark.skipif(sys.platform == "win32", reason="has no pipes among its files")
@pytest.mark.parametrize("name", ["take.npz", "take", "take.npy"])
def test_no_file_takes_the_place_of_a_pipe(tmp_path: Path, name: str) -> None:
    pipe = tmp_path / name
    os.mkfifo(pipe)
    for wrong in (check_place, lambda path: write_sequence(tetrahedra(2), path)):
        with pytest.raises(InputError, match="a place for a file or a folder, found a pipe"):
            wrong(pipe)
    assert pipe.is_fifo() and list(tmp_path.iterdir()) == [pipe]
