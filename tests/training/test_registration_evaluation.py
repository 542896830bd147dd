"""What registration is measured on, and its bars on real faces where the data are."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from studio.face.registration.head import load_head
from studio.face.registration.surface import Surface
from studio.face.rig import ARKIT, ARKIT_INDEX, load_rig
from studio.training.evaluation.motion import motion_folder
from studio.training.evaluation.registration.carried import Clip, there_and_back
from studio.training.evaluation.registration.cases import Case, drawn, real_faces
from studio.training.evaluation.registration.dropped import dropped_faces
from studio.training.evaluation.registration.figures import _row
from studio.training.evaluation.registration.tables import registration_aims, registration_tables
from studio.training.evaluation.registration.wrong import wrong_inputs
from tests.face.foreign import foreign_mesh, registered

FACES = motion_folder().parent
TAKE = {
    **{"mean_mm": 0.4, "p99_mm": 2.0, "worst_mm": 3.0},
    **{"torn_edges": 0, "torn_carried": 1, "torn_fitted": 1},
}
ALIKE = {"own_alike": 0.9}
CARRIED = {
    **{"in_seconds": 0.2, "back_seconds": 0.4, "mean_mm": 0.3, "p95_mm": 1.0, "torn_edges": 2},
    **{"own_torn_edges": 1, "lip_vertices": 0, "own_lip_vertices": 0},
}
BARS = {"ICT": (0.2, 0.6), "FLAME": (0.2, 0.6), "facecap": (0.4, 0.9)}


def test_wrong_inputs_are_forty_meshes_or_more_and_dropped_faces_are_meshes() -> None:
    found = list(wrong_inputs())
    assert len({name for name, _, _ in found}) == len(found) >= 40
    for name, vertices, faces in [*found, *islice(dropped_faces(), 2)]:
        assert np.isfinite(vertices).all(), name
        assert 0 <= faces.min() <= faces.max() < len(vertices), name


def test_the_truth_of_a_drawn_face_lies_on_its_surface() -> None:
    case = drawn(3, expressive=True)
    assert case.truth is not None
    surface = Surface(case.vertices, case.faces, np.arange(len(case.faces)))
    away = surface.nearest(case.truth[load_head().front]).distance
    assert away.mean() < 0.3
    assert len(case.vertices) != len(case.truth)


def test_tables_and_aims_say_what_was_taken_and_what_refused() -> None:
    verdict = {"accepted": True, "reason": ""}
    row = {"name": "a", "mean_mm": 0.1, "p95_mm": 0.3, "error_mm": 2.0, "error_p95_mm": 3.0}
    part = {
        "faces": [{**row, "seconds": 3.0}],
        "peers": [{"name": "a", "studio": {**row, "seconds": 1.0}}],
        "clicked": [row],
        "rigs": [{"name": "a", "takes": {"talk": TAKE}, "own_mm": 1, "own_moved_mm": 2, **ALIKE}],
        "carried": [{"name": "a", **CARRIED}],
        "wrong": [{"name": "egg", **verdict}],
        "good": [{"name": "b", "accepted": False, "reason": "It is far."}],
    }
    assert [met for *_, met in registration_aims(part)] == [False, False, False, False, False]
    assert [table.row_count for table in registration_tables(part)] == [1, 1, 1, 2, 1, 2]


def test_motion_there_and_back_is_compared_with_what_was_shown() -> None:
    shown = np.zeros((3, len(ARKIT)), dtype=np.float32)
    shown[1:, ARKIT_INDEX["mouthSmileLeft"]] = 0.5, 1.0
    mesh = foreign_mesh(load_rig().pose(shown))
    head = Case("head", mesh.vertices[0].astype(np.float64), mesh.faces)
    everything = np.ones(mesh.n_vertices, dtype=bool)
    row = there_and_back(registered(mesh), Clip(head, mesh.vertices, everything))
    assert row.keys() == CARRIED.keys()
    assert row["mean_mm"] < 0.05
    assert row["torn_edges"] == row["own_torn_edges"] == 0
    smile = mesh.vertices[0] + 3 * (mesh.vertices - mesh.vertices[0])
    assert there_and_back(registered(mesh), Clip(head, smile, everything))["own_torn_edges"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", BARS)
def test_real_faces_are_fitted_within_the_bars(kind: str) -> None:
    cases = [case for case in real_faces(FACES) if case.name.startswith(kind)]
    if not cases:
        pytest.skip("the faces are not here")
    for case in cases:
        row = _row(case)
        assert row["accepted"], row["reason"]
        assert row["mean_mm"] <= BARS[kind][0], case.name
        assert row["p95_mm"] <= BARS[kind][1], case.name
