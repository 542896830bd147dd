"""A person at rest, seen in one expressive face."""

from __future__ import annotations

import numpy as np
import pytest

from studio.face.fit import at_rest
from studio.face.rig import ARKIT_INDEX, load_rig


@pytest.mark.parametrize("action", ["jawOpen", "mouthSmileLeft", "browInnerUp"])
def test_an_expression_is_seen_and_taken_off(action: str) -> None:
    rig, weights = load_rig(), np.zeros((1, 52), dtype=np.float32)
    person = np.float32([0.5, -0.3, 0.4])
    weights[0, ARKIT_INDEX[action]] = 0.8
    face, rest = rig.pose(weights, person)[0], rig.neutral(person)
    shown = np.linalg.norm(face - rest, axis=1).mean()
    left = np.linalg.norm(at_rest(face, rig) - rest, axis=1).mean()
    assert left < 0.4 * shown


def test_a_face_at_rest_stays() -> None:
    rig = load_rig()
    face = rig.neutral(np.float32([0.5, -0.3, 0.4]))
    assert np.linalg.norm(at_rest(face, rig) - face, axis=1).mean() < 0.02
