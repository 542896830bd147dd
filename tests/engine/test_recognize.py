"""Recognition: probabilities, causality in time, the cache, and clips that cannot be read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.core import InputError, MeshSequence, Progress
from studio.core.alignment import rigid_alignment
from studio.engine import Engine
from studio.engine.cache import LatentCache
from studio.engine.coding import Coding
from studio.engine.loading.models import Models
from studio.engine.recognition import on_grid

from .tiny import FACE, LABELS, LATENT, moving_face, still


@pytest.mark.parametrize("frames", [4, 5, 33, 100])
def test_rows_are_probabilities_of_the_labels(shared: Engine, frames: int) -> None:
    got = shared.recognize(moving_face(frames))
    assert got.labels == LABELS
    assert got.per_frame.shape == (frames, 3)
    np.testing.assert_allclose(got.per_frame.sum(1), 1.0, atol=1e-5)
    np.testing.assert_allclose(got.clip.sum(), 1.0, atol=1e-5)
    assert got.per_frame.std(axis=0).max() > 1e-4


@pytest.mark.parametrize("fps", [12.0, 25.0, 30.0, 60.0, 119.88])
def test_a_row_knows_no_later_frame_at_any_rate(shared: Engine, fps: float) -> None:
    whole = moving_face(40, fps=fps)
    rows = shared.recognize(whole).per_frame
    for stop in (4, 17, 31):
        part = shared.recognize(whole.sliced(0, stop)).per_frame
        np.testing.assert_allclose(rows[:stop], part, atol=1e-5)


def test_the_rate_matters_only_through_time(shared: Engine) -> None:
    slow = moving_face(21, fps=15.0)
    vertices = slow.vertices
    between = (vertices[:-1] + vertices[1:]) / 2
    fast = np.empty((41, *vertices.shape[1:]), dtype=np.float32)
    fast[::2], fast[1::2] = vertices, between
    twice = MeshSequence(fast, FACE.faces, 30.0, "take")
    rows = shared.recognize(slow, FACE.vertices).per_frame
    np.testing.assert_allclose(
        rows, shared.recognize(twice, FACE.vertices).per_frame[::2], atol=2e-2
    )


@settings(max_examples=60, deadline=None)
@given(frames=st.integers(1, 90), fps=st.floats(5.0, 240.0), grid=st.sampled_from([24.0, 30.0]))
def test_the_grid_is_causal_and_close(frames: int, fps: float, grid: float) -> None:
    ramp = np.arange(frames, dtype=np.float32)[:, None] / np.float32(fps)
    values, places = on_grid(ramp, fps, grid)
    assert len(places) == frames
    assert places[-1] == len(values) - 1
    times = np.arange(len(values)) / grid
    np.testing.assert_allclose(values[:, 0], np.minimum(times, ramp[-1]), atol=1e-4)
    delay = ramp[:, 0] - values[places, 0]
    assert delay.min() > -1e-4
    assert delay.max() < 1 / grid + 1e-4


def test_the_pose_of_the_head_is_not_read(shared: Engine) -> None:
    clip = moving_face(20)
    shifted = replace(clip, vertices=clip.vertices + np.float32([40, 0, -25]))
    np.testing.assert_allclose(
        shared.recognize(clip).per_frame, shared.recognize(shifted).per_frame, atol=1e-3
    )


def test_the_neutral_frame_changes_the_reading(shared: Engine) -> None:
    clip = moving_face(20)
    guessed = shared.recognize(clip).per_frame
    told = shared.recognize(clip, clip.vertices[7]).per_frame
    loose = shared.recognize(clip, causal=False).per_frame
    assert np.abs(guessed - told).max() > 1e-4
    assert np.abs(guessed - loose).max() > 1e-5


def test_a_clip_is_encoded_once_under_any_name(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = moving_face(10)
    engine.recognize(clip)
    monkeypatch.setattr(Coding, "_encoded", lambda *_: pytest.fail("encoded again"))
    engine.recognize(clip)
    engine.recognize(clip.renamed("another"), clip.vertices[0])
    same = still(clip, 25.0)
    assert engine.encode(same) is engine.encode(clip)
    with pytest.raises(ValueError, match="read-only"):
        engine.encode(clip)[0] = 0


def test_the_cache_keeps_to_its_bytes_and_forgets_the_oldest() -> None:
    cache = LatentCache(limit=3 * 10 * LATENT * 4)
    clips = [moving_face(10, seed) for seed in range(5)]
    latents = np.zeros((10, LATENT), dtype=np.float32)
    for clip in clips[:3]:
        cache.put(clip, latents)
    assert cache.get(clips[0]) is not None
    for clip in clips[3:]:
        cache.put(clip, latents)
        assert cache.bytes <= cache.limit
    assert [cache.get(clip) is not None for clip in clips] == [True, False, False, True, True]
    cache.put(moving_face(50), np.zeros((50, LATENT), dtype=np.float32))
    assert cache.bytes == len(cache) == 0


def test_meshes_go_to_the_device_in_bounded_chunks(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    tensor = Models.tensor
    monkeypatch.setattr(
        Models, "tensor", lambda self, array: (sizes.append(len(array)), tensor(self, array))[1]
    )
    latents = engine.encode(moving_face(150))
    engine.decode(latents)
    assert sizes == [64, 64, 22] * 2


def test_decoding_what_was_encoded_gives_the_posed_face_back(shared: Engine) -> None:
    first = shared.decode(np.random.default_rng(0).normal(size=(5, LATENT)) * 0.1)
    again = shared.encode(MeshSequence(first, FACE.faces))
    np.testing.assert_allclose(shared.decode(again), first, atol=0.5)


def test_progress_runs_to_its_end(engine: Engine) -> None:
    said: list[float] = []
    engine.encode(moving_face(150), Progress(lambda fraction, _: said.append(fraction)))
    assert said == sorted(said)
    assert said[-1] == 1.0


def test_the_resting_face_keeps_the_pose_and_the_person(shared: Engine) -> None:
    clip = moving_face(30)
    face = shared.resting_face(clip)
    rigid = FACE.regions["rigid"]
    rotation, shift = rigid_alignment(face[None, rigid], FACE.vertices[rigid], rounds=3)
    frames, shifts = rigid_alignment(clip.vertices[:, rigid], FACE.vertices[rigid], rounds=3)
    near = np.abs(frames - rotation).max(axis=(1, 2)) + np.abs(shifts - shift).max(axis=1) / 100
    assert near.min() < 0.1


def test_another_face_is_one_sentence(shared: Engine) -> None:
    other = MeshSequence(np.zeros((5, 30, 3), dtype=np.float32), FACE.faces[:3] * 0, name="take")
    with pytest.raises(InputError) as caught:
        shared.recognize(other)
    count = len(FACE.vertices)
    assert str(caught.value) == (
        f"take: expected the studio's {count}-vertex face, found 30 vertices; "
        "it can be viewed, not recognized"
    )
    flipped = MeshSequence(moving_face(5).vertices, FACE.faces[:, ::-1], name="take")
    with pytest.raises(InputError, match="other triangles"):
        shared.recognize(flipped)


def test_too_short_a_clip_and_a_wrong_neutral_are_one_sentence(shared: Engine) -> None:
    with pytest.raises(InputError, match="take: expected at least 4 frames to recognize, found 3"):
        shared.recognize(moving_face(3))
    with pytest.raises(InputError, match="neutral: expected vertices of shape"):
        shared.recognize(moving_face(8), np.zeros((3, 3), dtype=np.float32))
    with pytest.raises(InputError, match="latents: expected an array of shape"):
        shared.decode(np.zeros((4, LATENT + 1), dtype=np.float32))


def test_judging_all_frames_is_the_clips_verdict(shared: Engine) -> None:
    clip = moving_face(30, fps=25.0)
    for neutral in (None, clip.vertices[3]):
        whole = shared.recognize(clip, neutral)
        np.testing.assert_allclose(shared.judge(clip, 0, 30, neutral), whole.clip, atol=1e-6)


def test_judging_some_frames_is_judging_them_alone_on_the_clips_resting_face(
    shared: Engine,
) -> None:
    clip = moving_face(40)
    part = clip.sliced(10, 30)
    known = shared.recognize(part, clip.vertices[0]).clip
    np.testing.assert_allclose(shared.judge(clip, 10, 30, clip.vertices[0]), known, atol=1e-5)
    with pytest.raises(InputError, match="4 frames"):
        shared.judge(clip, 5, 8)
