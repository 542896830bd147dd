"""An autosave costs what is new, is whole at every moment, and comes back after any death."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from studio.core import InputError, StudioError
from studio.document import (
    AutosaveFolder,
    Document,
    DocumentState,
    Session,
    autosave,
    blobs,
    write_session,
)

from .clips import square
from .sessions import same, small_document


@pytest.fixture
def folder(tmp_path: Path) -> AutosaveFolder:
    return AutosaveFolder(tmp_path / "autosave" / "one")


def arrays(folder: AutosaveFolder) -> dict[str, int]:
    """When each array was written, by name."""
    return {e.name: e.stat().st_mtime_ns for e in os.scandir(folder.path / "arrays")}


def test_what_was_saved_comes_back(folder: AutosaveFolder, tmp_path: Path) -> None:
    state = small_document().state
    assert folder.leftover() is None
    folder.write(Session(state, {"frame": 2}, tmp_path / "talk.studio"))
    back = AutosaveFolder(folder.path).read()
    assert same(back.state, state)
    assert (back.view, back.file) == ({"frame": 2}, tmp_path / "talk.studio")
    left = folder.leftover()
    assert left is not None
    assert left.clips == ("a/b: ü", "fear 4", "fear 4 copy")
    assert (left.file, left.saved) == (back.file, back.saved)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_only_the_owner_can_look_into_it(folder: AutosaveFolder, tmp_path: Path) -> None:
    folder.path.mkdir(0o755, parents=True)
    folder.write(Session(small_document().state))
    assert folder.path.stat().st_mode & 0o777 == 0o700
    files = [path for path in folder.path.rglob("*") if path.is_file()]
    session = write_session(Session(small_document().state), tmp_path / "talk.studio")
    assert {path.stat().st_mode & 0o777 for path in [*files, session]} == {0o600}


def test_only_what_is_new_is_written_and_only_what_is_used_stays(folder: AutosaveFolder) -> None:
    document = small_document()
    folder.write(Session(document.state))
    before = arrays(folder)
    document.rename_clip(document.state.clips[0].id, "smile")
    folder.write(Session(document.state))
    assert arrays(folder) == before
    gone = document.state.clips[0]
    document.remove_clip(gone.id)
    document.open_clip(square(11).at(gone.recording.origin))
    folder.write(Session(document.state))
    assert len(arrays(folder)) == len(before)
    assert len(arrays(folder).items() & before.items()) == len(before) - 1
    assert same(folder.read().state, document.state)


def test_each_clip_is_read_once_for_its_name(
    folder: AutosaveFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    named: list[int] = []
    real = blobs.fingerprint
    monkeypatch.setattr(
        blobs, "fingerprint", lambda array, tick: named.append(id(array)) or real(array, tick)
    )
    document = small_document()
    for seed in range(5):
        document.set_generation(seed=seed)
        folder.write(Session(document.state))
    assert len(named) == len(set(named))


def test_forgotten_work_is_not_offered(folder: AutosaveFolder) -> None:
    folder.write(Session(small_document().state))
    folder.forget()
    assert folder.leftover() is None
    assert arrays(folder)
    folder.remove()
    assert not folder.path.exists()
    folder.forget()
    folder.remove()


@pytest.mark.parametrize("what", ["array", "array gone", "JSON"])
def test_damage_is_one_sentence(folder: AutosaveFolder, what: str) -> None:
    folder.write(Session(small_document().state))
    array = next((folder.path / "arrays").iterdir())
    if what == "array":
        data = bytearray(array.read_bytes())
        data[-1] ^= 1
        array.write_bytes(data)
    elif what == "array gone":
        array.unlink()
    else:
        (folder.path / "document.json").write_text("{")
    with pytest.raises(InputError, match=r"expected .*, found"):
        folder.read()
    assert folder.leftover() is not None, "what cannot be read is offered and not dropped"


def test_a_full_disk_leaves_the_earlier_autosave(
    folder: AutosaveFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = small_document()
    folder.write(Session(document.state))
    before = document.state
    document.open_clip(square(20))

    def refuse(*_args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(autosave, "write_array", refuse)
    kept = arrays(folder)
    with pytest.raises(StudioError, match=r"one: cannot be written: no space left"):
        folder.write(Session(document.state))
    assert same(folder.read().state, before)
    assert arrays(folder) == kept


# The server forks children that write without end, kills each at a random moment, and looks.
KILLS = """
import sys
from pathlib import Path
import numpy as np
from studio.core import MeshSequence
from studio.document import (
    AutosaveFolder, ClipState, DocumentState, Session, read_session, write_session)
from tests.document.kills import Killer

kind, place, rounds = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
path, folder = place / "talk.studio", AutosaveFolder(place / "autosave")
faces = np.array([[0, 1, 2]])

def state(number):
    vertices = np.full((40, 500, 3), number, np.float32)
    clip = ClipState("one", MeshSequence(vertices, faces), name=str(number))
    return DocumentState((clip,), "one")

def write(number):
    session = Session(state(number))
    if kind == "save":
        write_session(session, path)
    else:
        folder.write(session)

def number_there():
    session = read_session(path) if kind == "save" else folder.read()
    clip = session.state.clips[0]
    number = int(clip.name)
    assert (clip.recording.vertices == number).all(), "a mixture of two documents"
    return number

Killer(write, number_there, rounds).run()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a child process")
@pytest.mark.parametrize("kind", ["save", "autosave"])
def test_killed_at_any_moment_a_whole_document_is_there(kind: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLS, kind, str(tmp_path), "40"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_an_empty_document_can_be_restored(folder: AutosaveFolder) -> None:
    folder.write(Session(DocumentState()))
    assert folder.read().state == DocumentState()


def test_a_restored_document_is_not_safe_yet(folder: AutosaveFolder) -> None:
    document = Document()
    document.open_clip(square())
    assert not document.has_unsaved_work
    folder.write(Session(document.state))
    document.replace(folder.read().state, saved=False)
    assert document.has_unsaved_work
    assert document.undo_name is None
    document.mark_saved()
    assert not document.has_unsaved_work
    changed = replace(document.state, current=None)
    document.replace(changed)
    assert not document.has_unsaved_work
