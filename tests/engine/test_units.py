"""The shipped reader of action units: what moves is read, how the head stands is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.core import CheckpointError, InputError, MeshSequence
from studio.core.system.paths import shipped
from studio.engine import Engine
from studio.face.action_units import UNITS
from studio.face.facs import weights_of
from studio.face.rig import head_rotation, load_rig
from studio.face.template import load_template

from .tiny import moving_face


@pytest.fixture(scope="module")
def whole() -> Engine:
    return Engine.open(shipped("checkpoints") / "anny-basic", device="cpu")


def shown(unit: int, intensity: float = 4.0, frames: int = 24) -> MeshSequence:
    """The average face that shows a unit and rests again."""
    full = weights_of({unit: intensity / 5.0})
    course = np.sin(np.linspace(0.0, np.pi, frames)) ** 2
    vertices = load_rig().pose((course[:, None] * full).astype(np.float32))
    return MeshSequence(vertices, load_template().faces, 30.0, f"AU {unit}")


@pytest.mark.parametrize("unit", [1, 4, 12, 26, 43])
def test_a_unit_alone_is_read_where_and_as_strongly_as_it_shows(whole: Engine, unit: int) -> None:
    tracks = whole.read_units(shown(unit), load_rig().rest)
    at = UNITS.index(unit)
    assert tracks.units == UNITS
    assert 2.5 < tracks.summary[at] <= 5.0
    assert abs(int(tracks.values[:, at].argmax()) - 12) <= 3
    # 26 parts the lips as well, and that is a unit of its own.
    others = np.delete(tracks.summary, [at, UNITS.index(25), UNITS.index(16)])
    assert others.max() < tracks.summary[at]
    assert not tracks.occurs[0, at]
    assert tracks.occurs[12, at]


def test_a_face_at_rest_shows_nothing_and_one_frame_can_be_read(whole: Engine) -> None:
    rest = load_rig().rest
    still = MeshSequence(np.repeat(rest[None], 5, axis=0), load_template().faces, 30.0, "rest")
    assert not whole.read_units(still, rest).occurs.any()
    one = replace(still, vertices=still.vertices[:1])
    assert whole.read_units(one, rest).values.shape == (1, len(UNITS))
    with pytest.raises(InputError, match="at least 4 frames"):
        whole.read_units(one)


def test_how_the_head_stands_and_where_changes_nothing(whole: Engine) -> None:
    clip = shown(12)
    turns = head_rotation(np.array([[20.0, -10.0, 5.0]]))[0].astype(np.float32)
    turned = replace(clip, vertices=clip.vertices @ turns.T + np.float32([30.0, -5.0, 200.0]))
    rest = load_rig().rest
    one, other = (whole.read_units(each, rest).values for each in (clip, turned))
    np.testing.assert_allclose(one, other, atol=0.02)


def test_live_no_frame_sees_a_later_one(whole: Engine) -> None:
    clip, rest = shown(12), load_rig().rest
    part = clip.sliced(0, 10)
    one, other = (whole.read_units(each, rest, causal=True).values for each in (clip, part))
    np.testing.assert_allclose(one[:10], other, atol=1e-4)


def test_another_face_and_a_set_without_it_are_refused(whole: Engine, shared: Engine) -> None:
    with pytest.raises(InputError, match="read for action units"):
        whole.read_units(moving_face(8))
    with pytest.raises(CheckpointError, match="no units model"):
        shared.read_units(moving_face(8))
