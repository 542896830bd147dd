"""Frames between two motions, and one clip that passes into another, by tiny models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from studio.core import Cancelled, InputError, MeshSequence, Progress
from studio.core.alignment import head_alignment
from studio.core.request import InbetweenRequest, MorphRequest
from studio.core.sequence import Floats
from studio.engine import Engine
from studio.engine.motion.morphing import aligned, eased

from .tiny import DIFFUSION, FACE, LABELS, moving_face

RIGID = FACE.regions["rigid"]
ASKED = InbetweenRequest("happiness", 7, intensity=0.8)


def bend(vertices: Floats) -> Floats:
    """How far each frame but the outer two is from the middle of its neighbors, in mm: (T - 2,)."""
    second = vertices[2:] - 2 * vertices[1:-1] + vertices[:-2]
    return np.asarray(np.linalg.norm(second, axis=2).mean(axis=1))


def gap(
    engine: Engine, clip: MeshSequence, start: int, stop: int, asked: InbetweenRequest = ASKED
) -> Floats:
    rest = FACE.vertices
    before, after = clip.sliced(0, start), clip.sliced(stop, clip.n_frames)
    return engine.inbetween(before, after, stop - start, asked, rests=(rest, rest))


def test_a_seed_names_the_frames(shared: Engine) -> None:
    clip = moving_face(40)
    one, again = gap(shared, clip, 12, 28), gap(shared, clip, 12, 28)
    other = gap(shared, clip, 12, 28, replace(ASKED, seed=8))
    named = gap(shared, clip, 12, 28, replace(ASKED, label="anger"))
    assert np.array_equal(one, again)
    assert one.shape == (16, *FACE.vertices.shape)
    assert one.dtype == np.float32
    assert min(np.abs(one - each).max() for each in (other, named)) > 0.01


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("frames", [1, 2, 9, 30])
def test_the_joints_bend_no_more_than_what_lies_beside_them(
    shared: Engine, frames: int, strength: float
) -> None:
    clip = moving_face(60)
    start, stop = 20, 20 + frames
    filled = clip.vertices.copy()
    filled[start:stop] = gap(shared, clip, start, stop, replace(ASKED, strength=strength))
    bends, own = bend(filled), bend(clip.vertices).max()
    joints = [start - 2, start - 1, stop - 2, stop - 1]  # of frames start - 1, start, ...
    # An untrained model trembles; the joints do so no more than what it makes.
    inside = bends[start : stop - 2].max(initial=0.0)
    assert bends[joints].max() < max(1.5 * own, inside)
    assert np.isfinite(filled).all()


def test_strength_goes_from_a_curve_to_the_model(shared: Engine) -> None:
    clip = moving_face(40)
    none, half, whole = (
        gap(shared, clip, 12, 28, replace(ASKED, strength=share)) for share in (0.0, 0.5, 1.0)
    )
    assert np.abs(half - (none + whole) / 2).max() < 1e-2
    assert np.abs(whole - none).max() > 0.1
    # Without the model's part nobody asks it, so whatever it does not know does not count.
    assert np.array_equal(none, gap(shared, clip, 12, 28, InbetweenRequest("none", 3, 0.0, 0.0)))


def test_the_head_turns_on_between_the_clips(shared: Engine) -> None:
    clip = moving_face(40)
    # Untrained models move also what no expression does.
    found = gap(shared, clip, 12, 28, replace(ASKED, strength=0.0))
    turn, shift = head_alignment(found[:, RIGID], FACE.vertices[RIGID])
    true, _ = head_alignment(clip.vertices[12:28][:, RIGID], FACE.vertices[RIGID])
    assert np.abs(turn - true).max() < 0.1
    laid = found[:, RIGID] @ turn.transpose(0, 2, 1) + shift[:, None]
    assert np.abs(laid - FACE.vertices[RIGID]).max() < 0.1  # mm, of a face of 160


def test_another_rate_and_short_or_long_sides_do(shared: Engine) -> None:
    fast = replace(moving_face(90), fps=75.0)
    assert len(gap(shared, fast, 30, 60)) == 30
    assert len(gap(shared, moving_face(10), 1, 9)) == 8
    assert len(gap(shared, moving_face(300), 140, 170)) == 30


def test_a_loop_goes_from_the_end_to_the_beginning(shared: Engine) -> None:
    clip = moving_face(30)
    found = shared.inbetween(clip, clip, 12, ASKED, rests=(FACE.vertices, FACE.vertices))
    bends = bend(np.concatenate([clip.vertices, found, clip.vertices]))
    assert bends[[28, 29, 40, 41]].max() < bends[30:40].max()


@pytest.mark.parametrize(
    ("change", "frames", "sentence"),
    [
        ({"label": "joy"}, 8, f"label: expected one of {', '.join(LABELS)}, found joy"),
        ({"intensity": 1.4}, 8, "intensity: expected 0.3 to 1, what this model was trained on"),
        ({}, DIFFUSION.max_frames, f"frames: expected at most {DIFFUSION.max_frames - 8} in bet"),
        ({}, 0, "frames: expected at least 1 in between, found 0"),
    ],
)
def test_what_the_model_does_not_know_is_refused(
    shared: Engine, change: dict[str, str | float], frames: int, sentence: str
) -> None:
    clip = moving_face(20)
    asked = replace(ASKED, **change)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=sentence):
        shared.inbetween(clip, clip, frames, asked, rests=(FACE.vertices, FACE.vertices))


def test_clips_of_two_rates_are_refused(shared: Engine) -> None:
    clip, fast = moving_face(20), replace(moving_face(20), fps=60.0)
    calls: list[Callable[[], object]] = [
        lambda: shared.inbetween(clip, fast, 8, ASKED),
        lambda: shared.morph(clip, fast, MorphRequest()),
    ]
    for call in calls:
        with pytest.raises(InputError, match="expected 30 frames a second, found 60"):
            call()


def test_a_stop_is_heard(shared: Engine) -> None:
    clip, seen = moving_face(20), list[float]()

    def hear(share: float, _message: str) -> None:
        seen.append(share)
        if share > 0.4:
            progress.cancel()

    progress = Progress(hear)
    with pytest.raises(Cancelled):
        shared.inbetween(clip, clip, 8, ASKED, progress=progress)
    assert 0.4 < seen[-1] < 0.6


# One clip that passes into another


@pytest.mark.parametrize("align", [False, True])
def test_without_a_share_it_is_the_first_and_with_all_the_second(
    shared: Engine, align: bool
) -> None:
    one, other = moving_face(30), moving_face(24, seed=3)
    rests = FACE.vertices, FACE.vertices
    for share, clip in ((0.0, one), (1.0, other)):
        made = shared.morph(one, other, MorphRequest(((0.0, share),), align), rests=rests)
        assert made.n_frames == clip.n_frames
        assert np.abs(made.vertices - clip.vertices).max() < 1e-3
    passing = shared.morph(one, other, MorphRequest(align=align), rests=rests)
    assert np.abs(passing.vertices[0] - one.vertices[0]).max() < 1e-3
    assert np.abs(passing.vertices[-1] - other.vertices[-1]).max() < 1e-3
    assert 24 <= passing.n_frames <= 30


def test_what_happens_later_is_brought_to_the_same_moment() -> None:
    time = np.linspace(0, 1, 50)
    one = np.exp(-(((time - 0.3) / 0.1) ** 2))[:, None]
    other = np.exp(-(((np.linspace(0, 1, 70) - 0.6) / 0.1) ** 2))[:, None]
    path = aligned(one.astype(np.float32), other.astype(np.float32))
    assert path[:, 0].tolist() == [0, 0]
    assert path[:, -1].tolist() == [49, 69]
    assert (np.diff(path, axis=1) >= 0).all()
    peak = np.argmin(np.abs(path[0] - 0.3 * 49))
    assert path[1, peak] == pytest.approx(0.6 * 69, abs=3)


def test_stillness_is_aligned_straight() -> None:
    still = np.zeros((20, 2), np.float32)
    path = aligned(still, np.zeros((40, 2), np.float32))
    assert np.abs(path[1] - path[0] * 39 / 19).max() < 2.0


def test_the_share_eases_from_key_to_key() -> None:
    along = np.linspace(0, 1, 11)
    found = eased(along, ((0.2, 0.0), (0.6, 1.0), (1.0, 0.5)))
    assert found[[0, 2, 4, 6, 10]].tolist() == pytest.approx([0, 0, 0.5, 1, 0.5])


@pytest.mark.parametrize("keys", [(), ((0.5, 0.2), (0.5, 0.3)), ((0.0, 2.0),), ((-1.0, 0.0),)])
def test_a_share_that_cannot_be_is_refused(keys: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(InputError):
        MorphRequest(keys)
