"""Dense faces from landmarks: folds that leak nothing, fits that are what they say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError, Progress
from studio.core.sequence import Floats
from studio.face.rig import ARKIT, ARKIT_INDEX, load_rig, proportions
from studio.training.datasets.anatomy import VertexIds
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.dense_faces import (
    FAMILIES,
    DenseFaces,
    Fold,
    corpus_faces,
    folds,
    vertex_weights,
    with_mixtures,
)
from studio.training.datasets.ict import FILE, NAMES, NARROW_FACE, LinearPeople, ict_faces
from studio.training.datasets.ict_head import _by_arkit, read_ict, triangles
from studio.training.evaluation.dense.baselines import (
    DecoderPredictor,
    MetLandmarks,
    RbfPredictor,
    dictionary_model,
    principal_model,
    sparse_codes,
    spread_rows,
    with_best_ridge,
)
from studio.training.evaluation.dense.evaluate import pooled
from studio.training.evaluation.dense.neutral import resting_landmarks, with_shapes
from studio.training.evaluation.dense.rows import (
    DECODER,
    MET,
    PCA_LARGE,
    Effort,
    FoldTask,
    fold_errors,
)
from studio.training.evaluation.dense.summary import person_errors, ratio, summary
from studio.training.evaluation.motion import motion_folder
from studio.training.trainers.landmark_fit import fit_size
from studio.training.trainers.sparse_to_dense import (
    FaceBatches,
    SparseToDenseTraining,
    fitted_decoder,
)

MODES = SparseToDenseTraining().model.modes
EVERY = 10  # frames of the corpus from one that is looked at to the next


class Proportioned:
    """People who move by the studio's rig alone, as wide, tall and deep as they are."""

    def __init__(self, neutrals: Floats, scale: Floats) -> None:
        self.neutrals, self.scale = neutrals, scale

    @classmethod
    def of(cls, neutrals: Floats) -> Proportioned:
        return cls(neutrals, np.stack([proportions(one, load_rig().rest) for one in neutrals]))

    def moved(self, person: int, weights: Floats, vertices: VertexIds | None = None) -> Floats:
        people = LinearPeople(self.neutrals, load_rig().actions)
        return np.asarray(people.moved(person, weights, vertices) * self.scale[person])


@pytest.fixture(scope="module")
def acted(corpus: Corpus) -> DenseFaces:
    """Frames of the corpus, as its people move."""
    return corpus_faces(corpus, np.arange(6), every=EVERY)


@pytest.fixture(scope="module")
def faces(acted: DenseFaces) -> DenseFaces:
    """The same weights on people who are alike but for their proportions."""
    return replace(acted, people=Proportioned.of(acted.neutrals))


@pytest.fixture(scope="module")
def fold(faces: DenseFaces) -> Fold:
    return folds(faces, "identity")[3]


@pytest.fixture(scope="module")
def decoder(faces: DenseFaces, fold: Fold) -> DecoderPredictor:
    model = fitted_decoder(faces.only(fold.train), SparseToDenseTraining())
    return DecoderPredictor(model.eval(), faces.landmarks)


def held(faces: DenseFaces, fold: Fold, count: int = 40) -> DenseFaces:
    test = faces.only(fold.test)
    return test.only(spread_rows(test, count))


def test_displacements_are_those_of_the_corpus(corpus: Corpus, acted: DenseFaces) -> None:
    takes = [np.arange(len(corpus.seen_weights(k)))[::EVERY] for k in range(len(corpus))]
    first = np.cumsum([0, *(len(rows) for rows in takes)])
    assert len(acted) == first[-1]
    for take in (30, 2):
        person = int(corpus.subject[take])
        posed = corpus.pose(person, corpus.seen_weights(take)[takes[take]])
        expected, here = posed - corpus.neutrals[person], np.arange(first[take], first[take + 1])
        np.testing.assert_allclose(acted.dense(here), expected, atol=1e-4)
        np.testing.assert_allclose(acted.sparse(here), expected[:, acted.landmarks], atol=1e-4)
        assert (acted.person[here] == person).all()
    both = np.array([first[30], first[2], first[30]])
    np.testing.assert_allclose(acted.dense(both)[[2, 0]], acted.dense(both[[0, 2]]), atol=1e-5)


def test_batches_are_frames_with_the_faces_they_belong_to(acted: DenseFaces) -> None:
    batches = FaceBatches(acted, 9, seed=3)
    assert batches.moved.shape == (9, *acted.rest.shape)
    neutral, moved = batches.draw(np.random.default_rng(0), 4)
    assert neutral.shape == moved.shape == (4, *acted.rest.shape)
    seen = acted.dense()
    for face, way in zip(neutral.numpy(), moved.numpy(), strict=True):
        person = int(np.abs(acted.neutrals - face).max(axis=(1, 2)).argmin())
        own = seen[acted.person == person]
        assert np.abs(own - way).max(axis=(1, 2)).min() < 0.04
    assert len(FaceBatches(acted, 10**6, seed=3).moved) == len(acted)


@pytest.mark.parametrize("split", ["expression", "identity"])
def test_folds_part_the_groups_and_share_nothing(faces: DenseFaces, split: str) -> None:
    key = faces.expression if split == "expression" else faces.person
    found = folds(faces, split)
    assert len(found) == 4
    assert sorted(np.concatenate([f.test for f in found]).tolist()) == list(range(len(faces)))
    for one in found:
        assert not set(key[one.train].tolist()) & set(key[one.test].tolist())
        assert len(one.train) + len(one.test) == len(faces)


def test_mixtures_are_never_trained_on_in_a_fold(faces: DenseFaces) -> None:
    mixed = with_mixtures(faces, 50)
    assert len(mixed) == len(faces) + 50
    for one in folds(mixed, "expression"):
        assert max(one.train.max(), one.test.max()) < len(faces)
    with pytest.raises(InputError, match="at least 4 groups"):
        folds(faces.only(np.flatnonzero(faces.person < 3)), "identity")


@pytest.mark.parametrize("family", FAMILIES)
def test_weights_are_largest_at_the_landmarks(faces: DenseFaces, family: str) -> None:
    weights = vertex_weights(faces, family)
    assert weights.shape == (len(faces.rest),)
    assert weights.min() >= 0 and weights.max() == 1
    assert (weights[faces.landmarks] == 1).all()
    with pytest.raises(InputError, match="one of one-minus"):
        vertex_weights(faces, "linear")


@pytest.mark.slow
def test_proportions_are_found_where_they_matter_and_left_alone_elsewhere(
    faces: DenseFaces, fold: Fold
) -> None:
    train = faces.only(fold.train[::3])
    size = fit_size(train, 52)
    assert size.helps
    scale = Proportioned.of(faces.neutrals).scale
    np.testing.assert_allclose(size.each, scale / scale[np.unique(train.person)].mean(0), atol=0.06)
    plain = replace(train, people=LinearPeople(faces.neutrals, load_rig().actions))
    assert not fit_size(plain, 52).helps


@pytest.mark.slow
def test_the_decoder_of_exact_landmarks_is_near_exact_on_unseen_people(
    faces: DenseFaces, fold: Fold, decoder: DecoderPredictor
) -> None:
    test = held(faces, fold)
    errors = summary([person_errors(decoder, test, test.sparse())[0]])
    still = summary([person_errors(None, test, test.sparse())[0]])
    assert errors["mean"] < 0.05 * still["mean"]


@pytest.mark.slow
def test_met_landmarks_are_met(faces: DenseFaces, fold: Fold, decoder: DecoderPredictor) -> None:
    test = held(faces, fold, 6)
    person = int(test.person[0])
    wanted = test.sparse(np.flatnonzero(test.person == person))
    wanted = wanted + np.random.default_rng(0).normal(0, 2, wanted.shape).astype(np.float32)
    met = MetLandmarks(decoder, RbfPredictor(faces.faces, faces.landmarks))
    neutral = faces.neutrals[person]
    missed = np.abs(decoder(wanted, neutral)[:, faces.landmarks] - wanted)
    assert missed.max() > 0.5
    np.testing.assert_allclose(met(wanted, neutral)[:, faces.landmarks], wanted, atol=1e-4)


def test_enough_principal_components_follow_exact_landmarks(faces: DenseFaces, fold: Fold) -> None:
    train, test = faces.only(fold.train), held(faces, fold)
    dense = test.dense()
    few, many = (
        with_best_ridge(principal_model(train, rank), test.sparse(), dense, test.shown)
        for rank in (5, 120)
    )
    np.testing.assert_allclose(many.atoms @ many.atoms.T, np.eye(len(many.atoms)), atol=1e-6)
    errors = [np.abs(model(test.sparse(), test.rest) - dense).mean() for model in (few, many)]
    assert errors[1] < 0.3 * errors[0]


def test_codes_are_sparse_and_near_the_least() -> None:
    rng = np.random.default_rng(0)
    atoms = rng.normal(size=(12, 6))
    true = np.where(rng.random((30, 12)) < 0.2, rng.normal(size=(30, 12)), 0.0)
    codes = np.zeros_like(true)
    for _ in range(60):
        codes = sparse_codes(true @ atoms, atoms, codes, 0.01)
    assert np.abs(codes @ atoms - true @ atoms).max() < 0.1
    assert (codes == 0).mean() > 0.3


def test_a_dictionary_has_atoms_no_longer_than_one(faces: DenseFaces, fold: Fold) -> None:
    train = faces.only(fold.train)
    few = train.only(spread_rows(train, 150))
    model = dictionary_model(few, principal_model(few, 40), 20)
    assert model.atoms.shape == (20, faces.rest.size)
    assert np.linalg.norm(model.atoms, axis=1).max() < 1 + 1e-6


@pytest.mark.slow
def test_a_fold_gives_every_row_and_is_kept(faces: DenseFaces, fold: Fold, tmp_path: Path) -> None:
    few = faces.only(spread_rows(faces, 300))
    task = FoldTask(few, folds(few, "identity")[0], "identity", tmp_path, Effort(0, 1, 1))
    first = fold_errors(task, Progress())
    assert {DECODER, MET, PCA_LARGE, "RBF", "DL-3DMM"} <= set(first["rows"])
    kept = (tmp_path / "errors.json").stat().st_mtime_ns
    again = fold_errors(task, Progress())
    assert (tmp_path / "errors.json").stat().st_mtime_ns == kept
    table = pooled([again])
    row = table["rows"][DECODER]["exact"]
    assert row["interval"][0] <= row["mean"] <= row["interval"][1]
    assert table["ratio"]["exact"][DECODER]["value"] > 0


def test_a_ratio_to_itself_is_one() -> None:
    parts = [[[0.0, 1.0, 1.5, 3.0], [1.0, 2.0, 4.5, 5.0]], [[0.0, 3.0, 9.5, 2.0]]]
    out = ratio(parts, parts)
    assert out["value"] == pytest.approx(1.0)
    assert out["interval"] == pytest.approx([1.0, 1.0])
    assert summary(parts)["mean"] == pytest.approx((3 + 10 + 6) / 10)


def test_where_landmarks_rest_is_guessed_better_than_by_the_average(
    acted: DenseFaces, corpus: Corpus
) -> None:
    train = acted.only(np.flatnonzero(acted.person < 3))
    held, test = (acted.only(np.flatnonzero(acted.person == person)) for person in (3, 4))
    guess = resting_landmarks(with_shapes(train, corpus, each=40), held)
    true = test.neutral_landmarks()
    found = np.linalg.norm(guess(true + test.sparse()) - true, axis=-1).mean()
    average = np.linalg.norm(test.rest[test.landmarks] - true, axis=-1).mean()
    assert found < average


def test_squares_become_two_triangles_and_triangles_stay() -> None:
    faces = np.array([[0, 1, 2, 3], [4, 5, 6, -1]], dtype=np.int32)
    assert triangles(faces).tolist() == [[0, 1, 2], [4, 5, 6], [0, 2, 3]]


def test_sides_and_wholes_take_their_arkit_names() -> None:
    names = ["browDown_L", "browDown_R", "cheekPuff_L", "cheekPuff_R", "jawOpen", "jawLeft"]
    shapes = np.arange(6, dtype=np.float32)[:, None, None] + np.ones((6, 2, 3), np.float32)
    found = _by_arkit(shapes, names)
    heights = {name: float(found[ARKIT_INDEX[name], 0, 0]) for name in ARKIT}
    assert {name: height for name, height in heights.items() if height} == {
        **{"browDownLeft": 1.0, "browDownRight": 2.0},
        **{"cheekPuff": 3.0 + 4.0, "jawOpen": 5.0, "jawLeft": 6.0},
    }


@pytest.fixture(scope="module")
def ict_path() -> Path:
    path = motion_folder().parent / FILE
    if not path.is_file():
        pytest.skip("no scanned-head model")
    return path


def test_the_scanned_head_is_in_millimeters_and_left_is_left(ict_path: Path) -> None:
    head = read_ict(ict_path)
    assert head.neutral.shape == (26719, 3) and 200 < np.ptp(head.neutral[:, 1]) < 600
    for stem in ("eyeBlink", "mouthSmile", "browDown", "noseSneer"):
        for side, sign in (("Left", 1.0), ("Right", -1.0)):
            moves = np.linalg.norm(head.actions[ARKIT_INDEX[stem + side]], axis=1)
            assert sign * (moves @ head.neutral[:, 0]) > 0
    assert not head.actions[ARKIT_INDEX["tongueOut"]].any()
    part = head.part(NARROW_FACE)
    np.testing.assert_array_equal(part.neutral[part.landmarks], head.neutral[head.landmarks])
    people = LinearPeople(part.neutral[None], part.actions)
    row = np.eye(52, dtype=np.float32)[[ARKIT_INDEX["jawOpen"]]]
    np.testing.assert_allclose(people.moved(0, row)[0], part.actions[17], atol=1e-5)
    assert np.argmax(np.linalg.norm(part.actions[17], axis=1)) in np.flatnonzero(
        part.neutral[:, 1] < part.neutral[part.landmarks[33], 1]
    )


def test_folds_of_the_scanned_head_hide_actions(ict_path: Path) -> None:
    head = ict_faces(ict_path, people=4)
    assert head.faces.max() == len(head.rest) - 1
    assert 120 < np.ptp(head.rest[:, 0]) < 260
    assert len(np.unique(head.landmarks)) == 68
    assert set(head.expression.tolist()) == set(range(len(NAMES)))
    np.testing.assert_allclose(
        head.sparse([3, 99]), head.dense([3, 99])[:, head.landmarks], atol=1e-4
    )
    last = folds(head, "expression")[3]
    used = (head.weights[last.train] > 0).any(axis=0)
    assert (head.weights[last.test] > 0).any(axis=0)[~used].any()


def test_what_is_no_scanned_head_is_one_sentence(tmp_path: Path) -> None:
    wanted = "expected ICT-FaceKit's head as NPZ"
    with pytest.raises(InputError, match=f"{wanted}, found no such file"):
        ict_faces(tmp_path / "none.npz")
    other = tmp_path / "other.npz"
    neutral, shapes = np.zeros((5, 3)), np.zeros((2, 4, 3))
    parts = {"neutral": neutral, "identity": shapes, "expression": shapes}
    parts |= {"expression_names": np.array(["a", "b"]), "landmarks68": np.zeros(68, np.int32)}
    for content in (b"", b"PK\x03\x04 cut", b"vertices"):
        other.write_bytes(content)
        with pytest.raises(InputError, match=f"{wanted}, found another kind of file"):
            read_ict(other)
    for arrays in ({"neutral": neutral}, parts | {"faces": np.array([[0, 1, 2, -1]])}):
        np.savez(other, **arrays)
        with pytest.raises(InputError, match=f"{wanted}, found another kind of file"):
            read_ict(other)
