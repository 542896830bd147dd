"""How a face lies on the studio's: said of a clip, shared by those of the same person, and kept."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError, MeshSequence, ReadAs
from studio.document import Document, Session, read_session, write_session
from studio.document.state import held_bytes
from studio.face import ARKIT, load_rig, load_template
from studio.face.registration.correspondence import Correspondence
from tests.document.test_session import edit, manifest_of, rewrite
from tests.face.foreign import foreign_mesh
from tests.face.foreign import registered as on_foreign
from tests.face.registrations import POOR, registered

from .clips import square


def clip_of(document: Document, clip_id: str) -> Correspondence | None:
    return document.state.clip(clip_id).registration


@pytest.fixture
def document() -> Document:
    document = Document()
    document.open_clip(replace(square(), read_as=ReadAs("m", "guess")), Path("/faces/a.obj"))
    return document


@pytest.fixture
def found(document: Document) -> Correspondence:
    return registered(document.current_clip.recording)


def test_it_is_said_taken_off_and_undone(document: Document, found: Correspondence) -> None:
    clip_id, heard = document.state.current, list[str]()
    document.registration_changed.connect(heard.append)
    document.set_registration(clip_id, found)
    assert clip_of(document, clip_id) is found and document.undo_name == "Fit square"
    document.set_registration(clip_id, found)
    assert heard == [clip_id], "the same again is nothing"
    document.set_registration(clip_id, None)
    assert clip_of(document, clip_id) is None
    document.undo()
    assert clip_of(document, clip_id) is found
    document.undo()
    assert clip_of(document, clip_id) is None and len(heard) == 4


def test_another_triangulation_and_a_poor_fit_are_refused(document: Document) -> None:
    clip = document.current_clip
    other = MeshSequence(clip.recording.vertices, clip.recording.faces[:1])
    poor = registered(clip.recording, verdict=POOR)
    for wrong, said in ((registered(other), "its 4 vertices"), (poor, "Click its points")):
        with pytest.raises(InputError, match=said):
            document.set_registration(clip.id, wrong)
    assert document.current_clip is clip


def test_clips_of_the_same_person_share_it(document: Document, found: Correspondence) -> None:
    first = document.state.current
    turned = square(name="turned")
    spin = np.float32([[0, -1, 0], [1, 0, 0], [0, 0, 1]])
    same = document.open_clip(replace(turned, vertices=turned.vertices @ spin.T + 70))
    another = document.open_clip(replace(turned, vertices=turned.vertices * np.float32([1, 2, 1])))
    document.set_registration(first, found)
    assert [clip_of(document, one) for one in (same, another)] == [found, None]
    made = document.add_generated(square(name="fear 1"), {"label": "fear", "seed": 1})
    copy = document.duplicate_clip(first)
    assert clip_of(document, made) is clip_of(document, copy) is found
    document.set_registration(first, None)
    assert not any(clip.registration for clip in document.state.clips)


def test_another_unit_keeps_the_fit(document: Document, found: Correspondence) -> None:
    clip_id = document.state.current
    document.set_registration(clip_id, found)
    before = found.laid(found.neutral)
    document.set_reading(clip_id, unit="cm")
    anew = clip_of(document, clip_id)
    np.testing.assert_allclose(anew.neutral, document.current_clip.recording.vertices[0])
    np.testing.assert_allclose(anew.laid(anew.neutral), before, rtol=1e-5)
    assert (anew.verdict.scale, anew.fitted is found.fitted) == (100.0, True)
    document.set_reading(clip_id, fps=25)
    assert clip_of(document, clip_id) is anew


def test_a_fit_is_no_work_that_would_be_lost(document: Document, found: Correspondence) -> None:
    document.set_registration(document.state.current, found)
    assert not document.has_unsaved_work and document.is_modified
    document.rename_clip(document.state.current, "mine")
    assert document.has_unsaved_work


def test_its_bytes_count_once(document: Document, found: Correspondence) -> None:
    before = held_bytes([document.state])
    document.set_registration(document.state.current, found)
    document.duplicate_clip(document.state.current)
    assert held_bytes([document.state, document.state]) == before + found.nbytes


def test_sessions_keep_it(document: Document, found: Correspondence, tmp_path: Path) -> None:
    path = tmp_path / "talk.studio"
    document.set_registration(document.state.current, found)
    write_session(Session(document.state), path)
    anew = read_session(path).state.clips[0].registration
    assert anew.verdict == found.verdict and anew.scale == found.scale
    for name in ("neutral", "foreign_faces", "rotation", "fitted", "triangle", "confidence"):
        one, other = getattr(anew, name), getattr(found, name)
        assert (one.dtype, one.tobytes()) == (other.dtype, other.tobytes()), name
    manifest = manifest_of(path)
    del manifest["document"]["clips"][0]["registration"]
    rewrite(path, lambda m: m.update({"document.json": json.dumps(manifest).encode()}))
    assert read_session(path).state.clips[0].registration is None, "as older programs wrote it"


AT = ("document", "clips", 0, "registration")


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (("triangle",), [5, 0, 0, 0]),
        (("triangle",), [0.5, 0, 0, 0]),
        (("neutral",), [[0.0, 1.0, 2.0]]),
        (("neutral",), 4),
        (("foreign_faces",), [[0, 1, 2], [1, 2, 3]]),
        (("scale",), -1.0),
        (("scale",), None),
        (("rotation",), [1.0, 0.0, 0.0]),
        (("verdict",), None),
        (("verdict", "accepted"), 1),
        (("verdict", "scale"), "x"),
        ((), {"is": "Correspondence"}),
        ((), 7),
    ],
)
def test_a_damaged_one_is_one_sentence(
    document: Document, found: Correspondence, tmp_path: Path, at: tuple[str, ...], value: object
) -> None:
    path = tmp_path / "talk.studio"
    document.set_registration(document.state.current, found)
    write_session(Session(document.state), path)
    edit(path, *AT, *at, value=value)
    with pytest.raises(InputError) as caught:
        read_session(path)
    said = str(caught.value)
    assert said.startswith("talk.studio: ") and "\n" not in said and len(said) < 200, said


def test_arrays_that_are_gone_are_one_sentence(
    document: Document, found: Correspondence, tmp_path: Path
) -> None:
    path = tmp_path / "talk.studio"
    document.set_registration(document.state.current, found)
    write_session(Session(document.state), path)
    name = manifest_of(path)["document"]["clips"][0]["registration"]["fitted"]["$array"]
    with zipfile.ZipFile(path) as archive:
        assert f"arrays/{name}.npy" in archive.namelist()
    rewrite(path, lambda members: members.pop(f"arrays/{name}.npy"))
    with pytest.raises(InputError, match=r"talk\.studio: "):
        read_session(path)


def test_another_nose_on_the_same_skull_is_another_person() -> None:
    document, mesh = Document(), foreign_mesh()
    first = document.open_clip(mesh)
    document.set_registration(first, on_foreign(mesh))
    smiling = opened_jaw()
    assert clip_of(document, document.open_clip(foreign_mesh(smiling))) is not None
    tip = load_template().landmarks[30]
    away = np.linalg.norm(smiling[0] - smiling[0, tip], axis=1)
    smiling[..., 2] += 6 * np.exp(-((away / 12) ** 2))
    assert clip_of(document, document.open_clip(foreign_mesh(smiling))) is None


def opened_jaw() -> np.ndarray:
    weights = np.zeros((1, len(ARKIT)), dtype=np.float32)
    weights[0, ARKIT.index("jawOpen")] = 0.8
    return load_rig().pose(weights)
