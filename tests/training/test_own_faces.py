"""What is counted in clips of other faces: torn edges, crossed lips, lids in eyeballs."""

from __future__ import annotations

import io

import numpy as np
import pytest
from rich.console import Console

from studio.core import MeshSequence, Progress
from studio.core.sequence import Floats
from studio.face.known import studio_face
from studio.face.rig import ARKIT, ARKIT_INDEX, load_rig
from studio.training.evaluation.own_faces.figures import moved
from studio.training.evaluation.own_faces.flaws import Watched
from studio.training.evaluation.own_faces.tables import own_face_aims
from studio.training.evaluation.tables import print_tables
from tests.face.foreign import foreign_mesh, registered


def _posed(**weights: float) -> Floats:
    amounts = np.zeros((1, len(ARKIT)), dtype=np.float32)
    for name, weight in weights.items():
        amounts[0, ARKIT_INDEX[name]] = weight
    return np.asarray(load_rig().pose(amounts)[0])


@pytest.fixture(scope="module")
def watched() -> Watched:
    return Watched.studio(studio_face().template.vertices)


def test_a_face_at_rest_and_one_that_opens_its_mouth_have_no_flaws(watched: Watched) -> None:
    assert len(watched.upper) > 20 and len(watched.lower) > 20
    assert [len(eye.lids) > 20 for eye in watched.eyes] == [True, True]
    at_rest = watched.flaws(watched.rest[None])
    assert not any(at_rest.values())
    opened = watched.flaws(_posed(jawOpen=0.6)[None])
    assert opened["lip_vertices"] == opened["lid_vertices"] == 0
    assert opened["moved_mm"] > 10


def test_each_flaw_is_counted_by_itself(watched: Watched) -> None:
    torn = watched.rest.copy()
    far = int(np.argmax(watched.rest[:, 1]))
    torn[far, 1] += 60.0
    ends = (watched.edges.low == far) | (watched.edges.high == far)
    assert watched.flaws(torn[None])["torn_edges"] == ends.sum()

    crossed = watched.rest.copy()
    crossed[watched.upper, 1] -= 2.0
    found = watched.flaws(crossed[None])
    assert found["lip_vertices"] > 10 and 1.0 < found["lip_mm"] < 3.0

    sunk = watched.rest.copy()
    sunk[watched.eyes[0].lids, 2] -= 4.0
    found = watched.flaws(sunk[None])
    assert found["lid_vertices"] > 10 and found["lip_vertices"] == 0


def test_folds_of_lids_that_unroll_in_a_blink_are_no_tears(watched: Watched) -> None:
    """As the blinks of scanned and of sculpted heads stretch them, too."""
    shut = _posed(eyeBlinkLeft=1.0, eyeBlinkRight=1.0)
    found = watched.flaws(shut[None])
    assert found["torn_edges"] == 0 and found["lid_edges"] > 20
    lid = int(np.flatnonzero(studio_face().template.regions["eyes"])[0])
    shut[lid] += 8.0
    assert watched.flaws(shut[None])["torn_edges"] > 0


def test_a_remeshed_face_is_measured_as_the_studio_s_own() -> None:
    template = studio_face().template
    clip = MeshSequence(
        np.stack([template.vertices] + 3 * [_posed(mouthSmileLeft=0.8, mouthSmileRight=0.8)]),
        template.faces,
    )
    found = registered(foreign_mesh())

    def make(face: Floats) -> list[MeshSequence]:
        frames = face + (clip.vertices - clip.vertices[0])
        return [MeshSequence(frames.astype(np.float32), template.faces)]

    (row,) = moved(found, {"smile": make}, Progress())
    assert row["maker"] == "smile" and row["exact"] and row["theirs"]["torn_edges"] == 0
    assert row["theirs"]["moved_mm"] == pytest.approx(row["fitted"]["moved_mm"], rel=0.05)
    assert row["theirs"]["lid_vertices"] <= row["fitted"]["lid_vertices"]


def test_tables_and_aims_say_what_is_wrong() -> None:
    flaws = {"torn_edges": 2, "lid_edges": 0, "lip_vertices": 0, "lip_mm": 0.0}
    flaws |= {"lid_vertices": 1, "lid_mm": 0.4, "moved_mm": 9.0}
    shown = dict.fromkeys(("theirs", "fitted", "own_head"), flaws)
    part = {"frames": 30, "clips": [{"face": "a", "maker": "mix", "exact": False, **shown}]}
    assert [met for *_, met in own_face_aims(part)] == [False, False]
    text = io.StringIO()
    print_tables({"own-faces": part}, Console(file=text, width=160))
    assert "2 / 2 / 2" in text.getvalue() and "begins as theirs" in text.getvalue()
