"""What is no regular file, and what stands in the place of one: one sentence, at once."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.core import CheckpointError, InputError, Progress, StudioError
from studio.document.edits.stack import read_stack
from studio.document.session import read_session
from studio.io import read_sequence, sniff, write_sequence
from studio.nn.checkpoint import load_checkpoint
from studio.takes.points import read_landmarks
from studio.takes.reading import read_clip
from studio.takes.text import read_recipe
from tests.io.io_meshes import tetrahedra

Read = Callable[[Path], object]
READERS: dict[str, Read] = {
    **dict.fromkeys(("obj", "ply", "stl", "off", "npy", "npz", "csv"), read_sequence),
    "studio": read_session,
    "txt": read_landmarks,
    "recipe.json": read_recipe,
    "stack.json": read_stack,
    "safetensors": load_checkpoint,
}
everyone = pytest.mark.parametrize("suffix", READERS)
pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")


def refused(read: Read, path: Path, cause: str) -> None:
    with pytest.raises(StudioError, match=cause) as caught:
        read(path)
    sentence = str(caught.value)
    assert sentence.startswith(path.name[:20])
    assert len(sentence) <= 300
    assert "\n" not in sentence


@pipes
@everyone
@pytest.mark.parametrize("linked", [False, True])
def test_a_pipe_is_never_opened(tmp_path: Path, suffix: str, linked: bool) -> None:
    path = tmp_path / f"odd.{suffix}"
    if linked:
        os.mkfifo(tmp_path / "pipe")
        path.symlink_to(tmp_path / "pipe")
    else:
        os.mkfifo(path)
    refused(READERS[suffix], path, "found a pipe")


@everyone
@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no devices here")
def test_a_device_without_end_is_never_opened(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"odd.{suffix}"
    for device in ("/dev/zero", "/dev/random"):
        path.unlink(missing_ok=True)
        path.symlink_to(device)
        refused(READERS[suffix], path, "found a device")


@pipes
def test_a_socket_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket is short
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("odd.obj")
        refused(read_sequence, tmp_path / "odd.obj", "found a socket")


@everyone
def test_a_folder_a_gone_link_and_a_long_name(tmp_path: Path, suffix: str) -> None:
    read = READERS[suffix]
    link = tmp_path / f"link.{suffix}"
    link.symlink_to(tmp_path / "gone")
    refused(read, link, "found a link to a file that is gone")
    refused(read, tmp_path / f"{'a' * 300}.{suffix}", "too long")
    circle = tmp_path / f"circle.{suffix}"
    circle.symlink_to(circle)
    refused(read, circle, "links that go round in a circle")
    (tmp_path / f"folder.{suffix}").mkdir()
    refused(read, tmp_path / f"folder.{suffix}", "found a folder|found none|edit|folder")


@everyone
def test_a_name_with_a_nul(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(StudioError, match="NUL"):
        READERS[suffix](tmp_path / f"a\0b.{suffix}")


@everyone
def test_a_pointer_of_git_lfs_and_a_web_page(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"odd.{suffix}"
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n")
    refused(READERS[suffix], path, "found a pointer of Git LFS: git lfs pull")
    for page in ("<!DOCTYPE html><title>404</title>", "\ufeff\n<HTML lang='en'>" + " " * 99):
        path.write_text(page, encoding="utf-8")
        refused(READERS[suffix], path, "found a web page")


@pipes
def test_odd_files_among_frames_are_named(tmp_path: Path) -> None:
    body = "v 0 0 0\nv 100 0 0\nv 0 100 0\nf 1 2 3\n"
    for k in (1, 2):
        (tmp_path / f"f{k}.obj").write_text(body)
    odd = tmp_path / "f3.obj"
    odd.symlink_to(tmp_path / "gone.obj")
    with pytest.raises(InputError, match=r"f3.obj: expected a frame, found a link to a file"):
        read_sequence(tmp_path)
    assert sniff(tmp_path) == "obj", "so that it is tried, and the cause told"
    odd.unlink()
    os.mkfifo(odd)
    with pytest.raises(InputError, match=r"f3.obj: expected a frame, found a pipe"):
        read_sequence(tmp_path)
    odd.unlink()
    odd.write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(InputError, match=r"f3.obj: .*Git LFS"):
        read_sequence(tmp_path, cache=False)
    odd.unlink()
    odd.symlink_to(tmp_path / "f1.obj")
    assert read_sequence(tmp_path, cache=False).n_frames == 3


def test_a_clip_may_be_a_link(tmp_path: Path) -> None:
    write_sequence(tetrahedra(2), tmp_path / "clip.npz")
    (tmp_path / "link.npz").symlink_to(tmp_path / "clip.npz")
    assert read_clip(tmp_path / "link.npz", Progress()).n_frames == 2


def test_checkpoints_keep_their_own_error(tmp_path: Path) -> None:
    (tmp_path / "odd.safetensors").symlink_to(tmp_path)
    with pytest.raises(CheckpointError):
        load_checkpoint(tmp_path / "odd.safetensors")
