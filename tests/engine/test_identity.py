"""The shipped head tells people of the rig apart, whatever they express."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from studio.core import CheckpointError, InputError, MeshSequence
from studio.core.identity.people import KnownPeople
from studio.core.system.paths import shipped
from studio.engine import Engine
from studio.face.facs import weights_of
from studio.face.rig import head_rotation, load_rig
from studio.face.template import load_template

from .tiny import moving_face

SMILE, FROWN, AWE = (6, 12), (4, 15), (1, 2, 26)


@pytest.fixture(scope="module")
def whole() -> Engine:
    return Engine.open(shipped("checkpoints") / "anny-basic", device="cpu")


def acting(person: int, units: Sequence[int], frames: int = 8) -> MeshSequence:
    """A person of the rig who shows some units and rests again."""
    rig = load_rig()
    full = np.sum([weights_of({unit: 0.8}) for unit in units], axis=0)
    course = np.sin(np.linspace(0.0, np.pi, frames)) ** 2
    face = rig.neutral(0.7 * np.random.default_rng(person).normal(size=12))
    moved = rig.pose((course[:, None] * full).astype(np.float32)) - rig.rest
    return MeshSequence(
        (face + moved).astype(np.float32), load_template().faces, 30.0, f"person {person}"
    )


def knowing(engine: Engine, *people: int) -> KnownPeople:
    known = KnownPeople.nobody(engine.person_model)
    for person in people:
        vector = engine.person_vector(acting(person, SMILE))
        known = known.joined(str(person), vector[None])
    return known


def test_a_person_is_known_again_in_another_expression_and_a_stranger_is_nobody(
    whole: Engine,
) -> None:
    known = knowing(whole, 1, 2)
    for person in (1, 2):
        for units in (FROWN, AWE):
            assert whole.identify(acting(person, units), known).who == str(person)
    assert whole.identify(acting(3, SMILE), known).who is None


def test_one_frame_is_enough_and_how_the_head_stands_changes_nothing(whole: Engine) -> None:
    clip, known = acting(1, AWE), knowing(whole, 1, 2)
    apex = whole.identify(clip.sliced(4, 5), known)
    assert apex.values.shape == (1, 2) and apex.who == "1"
    turns = head_rotation(np.array([[15.0, -20.0, 5.0]]))[0].astype(np.float32)
    turned = replace(clip, vertices=clip.vertices @ turns.T + np.float32([10.0, 40.0, -200.0]))
    one, other = (whole.identify(each, known).summary for each in (clip, turned))
    np.testing.assert_allclose(one, other, atol=0.01)


def test_the_slider_is_read_off_each_frame_and_the_clip(whole: Engine) -> None:
    rig = load_rig()
    step = np.zeros(len(rig.identity_names))
    step[rig.identity_names.index("gender")] = 1.0
    for way, above in ((1.0, True), (-1.0, False)):
        face = rig.neutral(way * step)
        clip = MeshSequence(np.repeat(face[None], 2, axis=0), load_template().faces, 30.0, "rest")
        frames, said = whole.gender_slider(clip)
        assert frames.shape == (2,)
        assert (said > 0.5) == above


def test_what_cannot_be_is_one_sentence(whole: Engine, shared: Engine) -> None:
    known = knowing(whole, 1)
    with pytest.raises(InputError, match="described by these models"):
        whole.identify(acting(1, AWE), replace(known, model="of others"))
    with pytest.raises(InputError, match="somebody who is known"):
        whole.identify(acting(1, AWE), KnownPeople.nobody(whole.person_model))
    with pytest.raises(InputError, match="told from others"):
        whole.person_vector(moving_face(8))
    with pytest.raises(CheckpointError, match="no identity model"):
        shared.person_vector(moving_face(8))
