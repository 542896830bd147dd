"""A session comes back as it was, whatever else lies in its place is refused in one sentence."""

from __future__ import annotations

import errno
import io
import json
import os
import pickle
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from studio.core import (
    Cancelled,
    FaceChoice,
    GenerationRequest,
    InputError,
    MeshSequence,
    Progress,
    StudioError,
)
from studio.document import (
    ClipState,
    Document,
    DocumentState,
    Session,
    blobs,
    read_session,
    session,
    write_session,
)

from .clips import square
from .sessions import same, small_document


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "talk.studio"


def manifest_of(path: Path) -> dict[str, object]:
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("document.json"))


def rewrite(path: Path, change: Callable[[dict[str, bytes]], object]) -> None:
    """Change the members of a session file."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def edit(path: Path, *at: str | int, value: object) -> None:
    """Put a value somewhere into the JSON of a session file."""
    manifest = manifest_of(path)
    place: object = manifest
    for key in at[:-1]:
        place = place[key]
    place[at[-1]] = value
    rewrite(path, lambda m: m.update({"document.json": json.dumps(manifest).encode()}))


def test_a_document_comes_back_to_the_last_bit(path: Path) -> None:
    state = small_document().state
    view = {"frame": 3, "camera": [0.1, -2.5], "nested": {"on": True}}
    write_session(Session(state, view), path)
    back = read_session(path)
    assert same(back.state, state)
    assert back.view == view
    assert (back.notes, back.file) == ((), None)
    assert not back.state.clips[0].recording.vertices.flags.writeable


@settings(max_examples=30, deadline=None)
@given(
    vertices=hnp.arrays(
        np.float32,
        st.tuples(st.integers(1, 4), st.integers(1, 6), st.just(3)),
        elements=st.floats(width=32, allow_nan=False, allow_infinity=False),
    ),
    name=st.text(min_size=1),
    fps=st.floats(1, 1000),
)
def test_any_clip_comes_back(
    vertices: np.ndarray, name: str, fps: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("any") / "any.studio"
    clip = ClipState("one", MeshSequence(vertices, np.zeros((0, 3)), fps, name), name=name)
    write_session(Session(DocumentState((clip,), "one")), path)
    assert same(read_session(path).state, DocumentState((clip,), "one"))


def test_arrays_are_stored_once_and_mapped_ones_are_copied(path: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "cache.npy", square(6).vertices)
    mapped = np.asarray(np.load(tmp_path / "cache.npy", mmap_mode="r"))
    document = Document()
    document.duplicate_clip(document.open_clip(replace(square(6), vertices=mapped)))
    document.open_clip(square(9))
    write_session(Session(document.state), path)
    with zipfile.ZipFile(path) as archive:
        # JSON, the vertices of two clips, one face list, one origin
        assert len(archive.namelist()) == 1 + 2 + 1 + 1
    (tmp_path / "cache.npy").unlink()
    assert same(read_session(path).state, document.state)


def test_an_empty_document_is_a_session(path: Path) -> None:
    write_session(Session(DocumentState()), path)
    assert read_session(path).state == DocumentState()


def test_a_field_that_is_missing_takes_its_default_and_one_that_is_unknown_is_named(
    path: Path,
) -> None:
    write_session(Session(small_document().state), path)
    manifest = manifest_of(path)
    clip = manifest["document"]["clips"][0]
    del clip["neutral_frame"], clip["recipe"], manifest["view"], manifest["document"]["generation"]
    clip["mood"] = {"color": [1, 2]}
    rewrite(path, lambda m: m.update({"document.json": json.dumps(manifest).encode()}))
    back = read_session(path)
    assert back.state.clips[0].neutral_frame is None
    assert back.state.generation == DocumentState().generation
    assert back.notes == ("talk.studio comes from a newer version; left out: ClipState.mood.",)


@pytest.mark.parametrize(
    ("fps", "read"), [(0.5, 1.0), (1e-300, 1.0), (2000.0, 1000.0), (10**30, 1000.0), (24, 24.0)]
)
def test_rates_that_older_programs_let_pass_are_brought_to_the_nearest(
    path: Path, fps: float, read: float
) -> None:
    write_session(Session(small_document().state), path)
    edit(path, *CLIP, "sequence", "fps", value=fps)
    back = read_session(path)
    assert back.state.clips[0].recording.fps == read
    said = f"a/b: ü: its {fps:g} frames a second are taken as {read:g}."
    assert back.notes == (() if fps == 24 else (said,))


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    at = data.index(b"\x93NUMPY") + 140
    data[at] ^= 1
    path.write_bytes(data)


def _pickle(path: Path) -> None:
    file = io.BytesIO()
    np.save(file, np.array([print], dtype=object), allow_pickle=True)
    name = next(n for n in _arrays(path))
    rewrite(path, lambda members: members.update({name: file.getvalue()}))


def _huge(path: Path) -> None:
    """A header that claims a terabyte."""
    file = io.BytesIO()
    header = {"descr": "<f4", "fortran_order": False, "shape": (10**6, 10**5, 3)}
    np.lib.format.write_array_header_1_0(file, header)
    for name in _arrays(path):
        rewrite(path, lambda m, name=name: m.update({name: file.getvalue()}))  # type: ignore[misc]


def _huge_claim(path: Path) -> None:
    """A directory that claims four gigabytes for each part, many times."""
    data = path.read_bytes()
    entry = b"PK\x01\x02"
    parts = data.split(entry)
    parts = [parts[0], *(p[:20] + b"\xfe\xff\xff\xff" + p[24:] for p in parts[1:])]
    path.write_bytes(entry.join(parts))


def _nan(path: Path) -> None:
    sequence = square(5)
    vertices = sequence.vertices.copy()
    vertices[2, 1] = np.nan
    file = io.BytesIO()
    np.save(file, vertices)
    manifest = manifest_of(path)
    name = manifest["document"]["clips"][1]["sequence"]["vertices"]["$array"]
    rewrite(path, lambda members: members.update({f"arrays/{name}.npy": file.getvalue()}))


def _faces_beyond(path: Path) -> None:
    """Faces whose low 32 bits alone would be those of vertices."""
    file = io.BytesIO()
    np.save(file, square(5).faces.astype(np.int64) + 2**32)
    manifest = manifest_of(path)
    name = manifest["document"]["clips"][0]["sequence"]["faces"]["$array"]
    rewrite(path, lambda members: members.update({f"arrays/{name}.npy": file.getvalue()}))


def _arrays(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return [name for name in archive.namelist() if name.startswith("arrays/")]


def _add(name: str) -> Callable[[Path], None]:
    return lambda path: rewrite(path, lambda members: members.update({name: b"x"}))


def _put(*at: str | int, value: object) -> Callable[[Path], None]:
    return lambda path: edit(path, *at, value=value)


def _json(text: bytes) -> Callable[[Path], None]:
    return lambda path: rewrite(path, lambda members: members.update({"document.json": text}))


CLIP = ("document", "clips", 0)
BAD: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("hello"),
    "pickle file": lambda path: path.write_bytes(pickle.dumps({"a": 1})),
    "gone": lambda path: path.unlink(),
    "folder": lambda path: (path.unlink(), path.mkdir()),
    "truncated": _truncate,
    "one bit turned": _damage,
    "pickle inside": _pickle,
    "huge header": _huge,
    "huge claim": _huge_claim,
    "NaN": _nan,
    "faces beyond": _faces_beyond,
    "path upwards": _add("../../evil.npy"),
    "absolute path": _add("/etc/passwd"),
    "windows path": _add("C:\\evil.npy"),
    "no arrays": lambda path: rewrite(
        path, lambda m: [m.pop(n) for n in list(m) if n != "document.json"]
    ),
    "other archive": lambda path: rewrite(path, lambda members: members.pop("document.json")),
    "newer version": _put("version", value=session.VERSION + 1),
    "version of text": _put("version", value="one"),
    "other format": _put("format", value="zip"),
    "list": _json(b"[]"),
    "half a JSON": _json(b'{"format": '),
    "deep JSON": _json(b"[" * 200_000),
    "NaN in JSON": _json(b'{"format": NaN}'),
    "array named by a path": _put(*CLIP, "sequence", "faces", value={"$array": "../x"}),
    "document of text": _put("document", value="x"),
    "clips of text": _put("document", "clips", value="x"),
    "current that is gone": _put("document", "current", value="x"),
    "seed of text": _put("document", "generation", "seed", value="x"),
    "seed too large": _put("document", "generation", "seed", value=2**40),
    "seed true": _put("document", "generation", "seed", value=True),
    "no id": lambda path: edit(path, *CLIP, value={"is": "ClipState"}),
    "range beyond the end": _put(*CLIP, "stop", value=1000),
    "range before the start": _put(*CLIP, "start", value=-1),
    "neutral beyond the end": _put(*CLIP, "neutral_frame", value=7),
    "frame rate of nought": _put(*CLIP, "sequence", "fps", value=0),
    "guidance of 401 digits": _put("document", "generation", "guidance", value=10**400),
    "intensity of 401 digits": _put("document", "generation", "intensity", value=10**400),
    "huge number": _put(*CLIP, "sequence", "fps", value=10**400),
    "two clips of one id": lambda path: edit(
        path, "document", "clips", 1, "id", value=manifest_of(path)["document"]["clips"][0]["id"]
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_session_is_refused_in_one_sentence(kind: str, path: Path) -> None:
    write_session(Session(small_document().state), path)
    BAD[kind](path)
    with pytest.raises(InputError) as caught:
        read_session(path)
    sentence = str(caught.value)
    assert sentence.startswith("talk.studio: ")
    assert "\n" not in sentence and len(sentence) < 200, sentence


@lru_cache
def _whole(folder: Path) -> bytes:
    write_session(Session(small_document().state), folder / "talk.studio")
    return (folder / "talk.studio").read_bytes()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_damage_gets_through_as_a_bug(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "talk.studio"
    whole = bytearray(_whole(path.parent))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
    try:
        read_session(path)
    except InputError as error:
        assert str(error).startswith("talk.studio: ")


def test_memory_is_asked_before_it_is_taken(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_session(Session(small_document().state), path)
    monkeypatch.setattr("studio.io.memory.available", lambda: 100)
    with pytest.raises(InputError, match="fits into"):
        read_session(path)


# Writing


def test_a_stop_leaves_the_old_file_and_nothing_else(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = small_document()
    write_session(Session(document.state), path)
    before = path.read_bytes()
    document.set_generation(seed=1)
    monkeypatch.setattr(blobs, "_PIECE", 64)
    reports: list[float] = []
    write_session(Session(document.state), path, progress=Progress(lambda f, _m: reports.append(f)))
    assert reports == sorted(reports) and len(reports) > 20
    path.write_bytes(before)
    for stop_at in range(0, len(reports), 5):
        count = 0

        def listen(_fraction: float, _message: str) -> None:
            nonlocal count
            count += 1
            if count > stop_at:  # noqa: B023
                progress.cancel()  # noqa: B023

        progress = Progress(listen)
        with pytest.raises(Cancelled):
            write_session(Session(document.state), path, progress=progress)
        assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("after", [0, 1, 2, 3, 5])
def test_a_full_disk_leaves_the_old_file(
    after: int, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = small_document()
    write_session(Session(document.state), path)
    before = path.read_bytes()
    count = 0

    def write(file: object, array: object, tick: object) -> None:
        nonlocal count
        count += 1
        if count > after:
            raise OSError(errno.ENOSPC, "No space left on device")
        blobs.write_array(file, array, tick)

    monkeypatch.setattr(session, "write_array", write)
    if after < 3:
        with pytest.raises(StudioError, match="no space left on the disk"):
            write_session(Session(document.state), path)
        assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_file_locked_against_writing_is_left_alone(path: Path) -> None:
    write_session(Session(DocumentState()), path)
    before = path.read_bytes()
    path.chmod(0o444)
    with pytest.raises(StudioError, match="read-only"):
        write_session(Session(small_document().state), path)
    assert path.read_bytes() == before


def test_a_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.studio"
    link.symlink_to(path)
    write_session(Session(DocumentState()), path)
    write_session(Session(small_document().state), link)
    assert link.is_symlink()
    assert len(read_session(path).state.clips) == 3


def test_a_session_cannot_replace_a_folder(path: Path) -> None:
    path.mkdir()
    with pytest.raises(StudioError, match="folder"):
        write_session(Session(DocumentState()), path)


def test_what_a_killed_save_left_behind_goes_with_a_later_one(path: Path) -> None:
    old, fresh = path.with_name(".talk.studio.1.part"), path.with_name(".talk.studio.2.part")
    old.write_bytes(b"half")
    os.utime(old, (0, 0))
    fresh.write_bytes(b"half")
    write_session(Session(DocumentState()), path)
    assert not old.exists()
    assert fresh.exists()


def test_a_session_of_version_1_has_its_settings_where_they_are_now() -> None:
    back = read_session(Path(__file__).parent / "data" / "settings-1.studio")
    assert back.notes == (), "nothing of it is unknown"
    assert back.state.seed_locked is False
    assert back.state.generation == GenerationRequest(
        "fear",
        5,
        frames=40,
        intensity=0.5,
        guidance=3.5,
        steps=7,
        sampler="ddim",
        face=FaceChoice("numbers", (0.5, 0.0, -0.25), path="/faces/ada.obj"),
    )
    (clip,) = back.state.clips
    assert (clip.label, clip.seed, clip.recording.n_frames) == ("fear", 5, 8)
