"""Which frame of a clip shows its face at rest."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.core import MeshSequence, Progress, Registered
from studio.core.sequence import Doubles
from studio.face.registration.correspondence import Correspondence
from studio.face.rig import ARKIT
from studio.io import cache
from studio.takes.calm import calm_frames, frame_of_face
from studio.takes.recipe_faces import registered_from_dict, registered_to_dict
from studio.takes.registered import register
from tests.face.foreign import GOOD, Fitter, foreign_mesh
from tests.face.foreign import registered as lies

QUIET = Progress()
_POINTS = 300


def clip(shown: Doubles | list[float], *, turning: bool = False) -> MeshSequence:
    """Move a tenth of the points of a head by so many mm in each frame (T,)."""
    rng = np.random.default_rng(3)
    rest = rng.normal(size=(_POINTS, 3)) * 60
    away = np.zeros((_POINTS, 3))
    away[::10, 1] = -1.0
    frames = rest + np.asarray(shown)[:, None, None] * away
    if turning:
        angles = np.linspace(0.0, 1.0, len(frames))
        frames = frames @ np.array([_turn(angle) for angle in angles])
    return MeshSequence(frames.astype(np.float32), np.array([[0, 1, 2]], np.int32))


def _turn(angle: float) -> NDArray[np.float64]:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, 0.0, sin], [0.0, 1.0, 0.0], [-sin, 0.0, cos]])


HELD = [0.0] * 20
TALK = (6 * np.abs(np.sin(np.arange(40)))).tolist()


@pytest.mark.parametrize("turning", [False, True])
@pytest.mark.parametrize(
    ("shown", "first", "moves"),
    [
        (HELD, {0}, False),  # nothing moves
        (np.linspace(0, 12, 40), {0}, True),  # an onset alone
        (np.linspace(12, 0, 40), {0}, True),  # its registration has to tell
        (HELD + np.linspace(0, 12, 20).tolist() + [12.0] * 60, {0}, True),  # held to the end
        ([9.0, 5.0, *TALK, *HELD, *HELD, *TALK], set(range(42, 82)), True),  # begins in a word
        ([12.0] * 20 + np.linspace(12, 0, 20).tolist() + HELD, {0}, True),  # begins in a smile
        ([5.0], {0}, False),
        ([5.0, 0.0], {0}, True),
    ],
)
def test_the_first_frame_is_tried_where_it_is_quiet_and_others_after_it(
    shown: list[float], first: set[int], moves: bool, *, turning: bool
) -> None:
    found = calm_frames(clip(shown, turning=turning))
    assert found[0] in first and len(found) <= (3 if moves else 1)
    if moves:
        assert 0.0 in np.asarray(shown)[list(found)], "one of them is at rest"


def test_of_many_frames_few_are_looked_at() -> None:
    long = clip(np.r_[[9.0, 4.0], np.zeros(9000), TALK])
    assert np.r_[[9.0, 4.0], np.zeros(9000), TALK][calm_frames(long)[0]] == 0.0


def test_a_face_with_its_own_shapes_rests_where_that_is_named() -> None:
    names = (*ARKIT[:20], "Neutral", *ARKIT[20:])
    poses = clip(np.linspace(12, 1, len(names)))
    assert calm_frames(replace(poses, frame_names=names)) == (20,)


@dataclass
class Judge(Fitter):
    """Sees an expression in a frame by how far its points are from those at rest."""

    def register(self, mesh: MeshSequence, **asked: object) -> Correspondence:
        self.fitted.append(None)
        shown = float(np.abs(mesh.vertices[0] - clip([0.0]).vertices[0]).max()) / 10
        remark = "It smiles." if shown > 0.6 else ""
        verdict = replace(GOOD, expression=shown, remark=remark)
        whole = replace(lies(foreign_mesh()), verdict=verdict)
        return replace(
            whole,
            neutral=mesh.vertices[0],
            foreign_faces=mesh.faces,
            triangle=np.zeros_like(whole.triangle),
        )


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear(QUIET)


def test_the_frame_with_the_least_expression_is_registered() -> None:
    shown = [12.0] * 20 + np.linspace(12, 0, 20).tolist() + HELD
    engine, moved = Judge(), clip(shown)
    found = register(engine, moved, progress=QUIET)
    at = frame_of_face(moved, found)
    assert at is not None and shown[at] == 0.0 and 1 < len(engine.fitted) <= 3
    again = register(engine, moved, progress=QUIET)
    assert again.neutral is found.neutral or np.array_equal(again.neutral, found.neutral)


@pytest.mark.parametrize(
    ("frame", "by", "wanted"),
    [
        (3, Registered(), 3),  # the one that is named
        (3, Registered(frame=5), 5),  # unless a recipe says by which it was
        (None, Registered((("chin", (0.0, 0.0, 0.0)),)), 0),  # a place is one of the first
        (None, Registered((("chin", 7),)), 45),  # a vertex is one of any
    ],
)
def test_a_frame_that_is_named_goes_before_the_calmest(
    frame: int | None, by: Registered, wanted: int
) -> None:
    moved = clip([9.0, 5.0, *TALK, *HELD, *HELD, *TALK])
    found = register(Judge(), moved, frame, by, progress=QUIET)
    assert np.array_equal(found.neutral, moved.vertices[wanted])


def test_a_recipe_says_which_frame_was_registered() -> None:
    for by in (Registered(frame=4), Registered((("chin", 7),), 4), Registered()):
        assert registered_from_dict(registered_to_dict(by)) == by
