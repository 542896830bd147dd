"""The engine's answer on what is unlike its training data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.core import InputError
from studio.engine import Engine
from studio.engine.familiarity import LOOKED_AT, looked_at, spread
from studio.nn.checkpoint import load_checkpoint, save_checkpoint
from studio.nn.familiarity import MEASURES, FamiliarityConfig, FamiliarityModel, stamp
from studio.nn.recognizer import Recognizer

from .tiny import FACE, LATENT, RECOGNIZER, moving_face, write_set


def fit(folder: Path, *, fitted_on: str = "") -> None:
    """Add distances to a tiny set; all but noise of a tenth of a millimeter is far."""
    model = FamiliarityModel(FamiliarityConfig(LATENT, RECOGNIZER.motion_dim, 2))
    model.limits[:] = 1e6
    model.limits[MEASURES.index("surface")] = 8.0
    recognizer = load_checkpoint(folder / "recognizer.safetensors").fill(Recognizer(RECOGNIZER))
    save_checkpoint(
        folder / "familiarity.safetensors",
        "familiarity",
        model.config,
        model.state_dict(),
        topology=FACE.topology,
        extra={"fitted_on": fitted_on or stamp(recognizer)},
    )


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = write_set(tmp_path_factory.mktemp("known") / "tiny")
    fit(folder)
    return Engine.open(folder, "cpu", template=FACE)


def test_a_set_without_it_does_not_know(shared: Engine) -> None:
    assert shared.familiarity(moving_face(8)) is None


def test_every_frame_has_a_score_at_any_rate(engine: Engine) -> None:
    for fps in (12.0, 30.0, 60.0):
        known = engine.familiarity(moving_face(33, fps=fps))
        assert known is not None
        assert known.names == MEASURES
        assert known.values.shape == (33, len(MEASURES))


def test_the_error_is_that_of_encoding_and_decoding(engine: Engine) -> None:
    clip = replace(moving_face(6), vertices=np.tile(FACE.vertices, (6, 1, 1)))
    error = engine.reconstruction_errors(clip)
    away = engine.decode(engine.encode(clip)) - FACE.vertices
    np.testing.assert_allclose(error, np.linalg.norm(away, axis=-1).mean(-1), atol=1e-3)


def test_noise_is_unfamiliar_where_it_is(engine: Engine) -> None:
    clip = replace(moving_face(20), vertices=np.tile(FACE.vertices, (20, 1, 1)))
    noise = np.random.default_rng(0).normal(0, 20, clip.vertices.shape).astype(np.float32)
    noise[:10] = 0
    known = engine.familiarity(replace(clip, vertices=clip.vertices + noise))
    assert known is not None
    assert (known.per_frame[10:] > 0.5).all() and (known.per_frame[:10] < 0.5).all()
    assert known.cause() == "surface"


def test_what_cannot_be_read_cannot_be_weighed(engine: Engine) -> None:
    with pytest.raises(InputError, match="4 frames"):
        engine.familiarity(moving_face(3))


def test_distances_of_another_recognizer_are_left_out(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "tiny")
    fit(folder, fitted_on="0" * 16)
    engine = Engine.open(folder, "cpu", template=FACE)
    assert "familiarity" not in engine.kinds
    assert "train familiarity" in engine.problems["familiarity"]
    assert engine.familiarity(moving_face(8)) is None


@given(st.integers(1, 3000))
def test_errors_are_spread_to_the_nearest_frame_that_was_looked_at(frames: int) -> None:
    at = looked_at(frames)
    assert len(at) == min(frames, LOOKED_AT)
    got = spread(at.astype(np.float32), frames)
    nearest = np.abs(np.arange(frames)[:, None] - at[None]).min(axis=1)
    np.testing.assert_array_equal(np.abs(got - np.arange(frames)), nearest)
