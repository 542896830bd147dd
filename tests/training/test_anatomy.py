"""How faces of the corpus answer to weights: lids, lips, cheeks, brows, and skin that gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio.core.geometry import sphere
from studio.core.sequence import Floats
from studio.face.rig import ARKIT, ARKIT_INDEX, load_rig
from studio.face.template import load_template
from studio.training.datasets.acting.speech import VISEMES, _row
from studio.training.datasets.anatomy import REACH, Build, Mover, draw_build
from studio.training.datasets.lips import lip_pairs, template_lip_sides

# Nothing but the rig: gains of one, and no muscle that takes another along.
PLAIN = Build(
    share=np.ones((1, 52), np.float32),
    gain=np.ones((52, 3), np.float32),
    crosstalk=np.zeros((52, 52), np.float32),
    follow=0.0,
    reach=1e3,
    relief=np.zeros((52, 10, 3), np.float32),
    furrow=0.0,
)
USUAL = replace(PLAIN, follow=1.0, reach=1.0, furrow=1.0)
LIPS = template_lip_sides() != 0
UPPER_INNER, LOWER_INNER = 62, 66  # landmarks where the lips part, in the middle
INNER_BROWS = (21, 22)


def weights(**named: float) -> Floats:
    """One row of weights; a stem stands for both sides."""
    row = np.zeros((1, len(ARKIT)), dtype=np.float32)
    for stem, amount in named.items():
        for name in (stem, f"{stem}Left", f"{stem}Right"):
            if name in ARKIT_INDEX:
                row[0, ARKIT_INDEX[name]] = amount
    return row


def moved(build: Build, row: Floats) -> Floats:
    """(V, 3) how far a row of weights moves the average face."""
    rig = load_rig()
    return np.asarray(Mover(rig.rest, rig.actions[None], build)(row)[0] - rig.rest)


def mark(number: int) -> int:
    return int(load_template().landmarks[number])


def test_a_plain_build_is_its_rig() -> None:
    rig, rng = load_rig(), np.random.default_rng(5)
    identity = 0.7 * rng.normal(size=12)
    row = weights(mouthSmile=0.6, browInnerUp=0.5, cheekPuff=0.3, jawOpen=1.0)
    mover = Mover(rig.neutral(identity), rig.actions[None], PLAIN)
    np.testing.assert_allclose(mover(row), rig.pose(row, identity), atol=2e-3)
    two = np.stack([3.0 * rig.actions, rig.actions])
    second = replace(PLAIN, share=np.repeat([[0.0], [1.0]], 52, axis=1).astype(np.float32))
    other = Mover(rig.neutral(identity), two, second)
    np.testing.assert_allclose(other(row), rig.pose(row, identity), atol=2e-3)


def test_a_person_is_of_one_make_on_both_sides() -> None:
    build = draw_build(np.random.default_rng(1), 2)
    np.testing.assert_allclose(build.share.sum(axis=0), 1.0, rtol=1e-5)
    left, right = ARKIT_INDEX["mouthSmileLeft"], ARKIT_INDEX["mouthSmileRight"]
    for part in (build.share.T, build.gain, build.relief):
        np.testing.assert_array_equal(part[left], part[right])
    assert not np.diag(build.crosstalk).any() and np.abs(build.crosstalk).max() < 0.2
    only = draw_build(np.random.default_rng(1), 2, 1)
    assert (only.share[1] == 1).all() and not only.share[0].any()


@pytest.mark.parametrize("side", ["left", "right"])
def test_lids_stay_on_the_eyeball_while_they_shut(side: str) -> None:
    rig, template = load_rig(), load_template()
    middle, radius = sphere(rig.rest[template.regions[f"eye_{side}"]].astype(np.float64))
    lids = [mark(k) for k in ((43, 44) if side == "left" else (37, 38))]
    posed = [rig.rest + moved(PLAIN, weights(eyeBlink=w)) for w in (0.0, 0.5, 1.0)]
    away = [np.linalg.norm(face[lids, 1:] - middle[1:], axis=1) for face in posed]
    straight = np.linalg.norm(rig.pose(weights(eyeBlink=0.5))[0][lids, 1:] - middle[1:], axis=1)
    np.testing.assert_allclose(away[1], (away[0] + away[2]) / 2, atol=0.05)
    assert (away[1] > straight + 0.3).all() and away[1].min() > 0.9 * radius


def test_an_upper_lid_follows_the_gaze_and_a_cheek_the_smile() -> None:
    led = replace(PLAIN, follow=1.0)
    for lead, followers in {
        "mouthSmile": {"cheekSquint": 0.35, "eyeSquint": 0.15},
        "eyeLookUp": {"eyeWide": 0.3},
    }.items():
        beside = moved(led, weights(**{lead: 1.0})) - moved(PLAIN, weights(**{lead: 1.0}))
        alone = moved(PLAIN, weights(**followers))
        np.testing.assert_allclose(beside[~LIPS], alone[~LIPS], atol=0.05)
        assert np.abs(beside).max() > 0.3
    barely = moved(led, weights(mouthSmile=0.2)) - moved(PLAIN, weights(mouthSmile=0.2))
    assert np.abs(barely).max() < 0.1 * np.abs(moved(led, weights(cheekSquint=0.35))).max()
    lid = mark(44)
    down = [moved(build, weights(eyeLookDown=1.0))[lid, 1] for build in (PLAIN, led)]
    assert down[1] < down[0] - 1.0


def test_brows_that_come_down_draw_together_unless_the_inner_ends_are_raised() -> None:
    rest = load_rig().rest

    def apart(build: Build, row: Floats) -> float:
        face = rest + moved(build, row)
        return float(face[mark(INNER_BROWS[1]), 0] - face[mark(INNER_BROWS[0]), 0])

    frowns = replace(PLAIN, furrow=1.0)
    frown = weights(browDown=1.0)
    assert apart(frowns, frown) < apart(PLAIN, frown) - 1.5
    lower = [moved(build, frown)[mark(INNER_BROWS[0]), 1] for build in (PLAIN, frowns)]
    assert lower[1] < lower[0] - 1.5
    raised = weights(browDown=1.0, browInnerUp=1.0)
    assert apart(frowns, raised) == pytest.approx(apart(PLAIN, raised), abs=0.01)
    up = [moved(PLAIN, row)[mark(21), 1] for row in (raised, weights(browInnerUp=1.0))]
    assert up[0] > 0.4 * up[1] > 1.0


def test_skin_gives_less_the_farther_it_is_pulled_and_never_more_than_its_reach() -> None:
    farthest = np.linalg.norm(load_rig().actions, axis=2).max(axis=0)
    skin = load_template().regions["skin"] & ~LIPS
    seen = [
        np.linalg.norm(moved(replace(PLAIN, reach=1.0), weights(mouthSmile=w)), axis=1)
        for w in (0.5, 1.0, 4.0)
    ]
    pulled = skin & (farthest > 2.0) & (seen[1] > 0.8 * farthest)
    assert pulled.sum() > 30
    np.testing.assert_allclose(seen[0][pulled], seen[1][pulled] / 2, rtol=0.05)
    assert (seen[2][skin] <= REACH * farthest[skin] + 0.06).all()
    assert (seen[2][pulled] < 2.2 * seen[1][pulled]).all()
    assert (seen[2][pulled] > seen[1][pulled]).all()


@pytest.mark.parametrize(
    "row",
    [
        weights(mouthClose=1.0),
        weights(mouthPress=1.0, mouthRollLower=0.6, mouthRollUpper=0.6),
        weights(mouthShrugLower=1.0, mouthFrown=0.8),
        weights(mouthFunnel=0.4, mouthShrugUpper=1.0, mouthClose=0.5, jawOpen=0.2),
    ],
)
def test_lips_push_each_other_where_the_rig_lets_them_cross(row: Floats) -> None:
    rest, pairs = load_rig().rest, lip_pairs()

    def deepest(face: Floats) -> float:
        allowed = np.minimum(rest[pairs.upper, 1] - rest[pairs.lower, 1], 0.0)
        return float((allowed - (face[pairs.upper, 1] - face[pairs.lower, 1])).max())

    assert deepest(load_rig().pose(row)[0]) > 4.0
    assert deepest(rest + moved(USUAL, row)) < 0.9


def test_lips_that_would_cross_meet_in_the_middle() -> None:
    pairs, rest = lip_pairs(), load_rig().rest
    crossed = rest[None].copy()
    crossed[:, pairs.upper, 1] -= 2.0
    crossed[:, pairs.lower, 1] += 1.0
    middle = (crossed[0, pairs.upper, 1] + crossed[0, pairs.lower, 1]) / 2
    out = pairs.apart(crossed.copy(), rest)[0]
    gap = out[pairs.upper, 1] - out[pairs.lower, 1]
    allowed = np.minimum(rest[pairs.upper, 1] - rest[pairs.lower, 1], 0.0)
    assert (gap > allowed - 0.6).all() and np.median(gap - allowed) < 1.0
    np.testing.assert_allclose((out[pairs.upper, 1] + out[pairs.lower, 1]) / 2, middle, atol=0.5)
    far = np.linalg.norm(out - crossed[0], axis=1) > 0.01
    assert not (far & ~LIPS).any()


def test_visemes_close_and_open_the_lips() -> None:
    rest = load_rig().rest
    gap = {}
    names = ("p", "f", "a", "o", "u")
    rows = np.stack([_row(VISEMES[name]) for name in names]).astype(np.float32)
    for name, face in zip(names, Mover(rest, load_rig().actions[None], USUAL)(rows), strict=True):
        gap[name] = float(face[mark(UPPER_INNER), 1] - face[mark(LOWER_INNER), 1])
    closed = float(rest[mark(UPPER_INNER), 1] - rest[mark(LOWER_INNER), 1])
    assert -0.5 < gap["p"] < closed
    assert gap["a"] > 12.0 and gap["o"] > 8.0 and gap["f"] < 7.0
    assert gap["a"] > gap["o"] > gap["u"] and gap["a"] > gap["f"]


def test_some_vertices_go_where_they_go_with_all() -> None:
    rig, rng = load_rig(), np.random.default_rng(4)
    build = draw_build(rng, 1, 0)
    rows = np.where(rng.random((6, 52)) < 0.3, rng.uniform(0, 1.2, (6, 52)), 0.0).astype(np.float32)
    some = np.flatnonzero(rng.random(len(rig.rest)) < 0.1)
    whole = Mover(rig.rest, rig.actions[None], build)(rows)
    alone = Mover(rig.rest, rig.actions[None], build, some)(rows)
    np.testing.assert_allclose(alone, whole[:, some], atol=1e-4)
