"""Dense faces from landmarks: folds that leak nothing, fits that are what they say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError, Progress
from studio.face.rig import ARKIT_INDEX
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
from studio.training.datasets.ict import FILE, NAMES, from_arkit, ict_faces, triangles
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
from studio.training.trainers.sparse_to_dense import SparseToDenseTraining, fitted_decoder

MODES = SparseToDenseTraining().model.modes
EVERY = 18  # frames of the corpus from one that is looked at to the next


@pytest.fixture(scope="module")
def faces(corpus: Corpus) -> DenseFaces:
    return corpus_faces(corpus, np.arange(6), every=EVERY)


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


def test_displacements_are_those_of_the_corpus(corpus: Corpus, faces: DenseFaces) -> None:
    expected = (corpus.vertices(0) - corpus.neutrals[corpus.subject[0]])[::EVERY]
    here = np.arange(len(expected))
    np.testing.assert_allclose(faces.dense(here), expected, atol=1e-4)
    np.testing.assert_allclose(faces.sparse(here), expected[:, faces.landmarks], atol=1e-4)


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


def test_proportions_are_found_where_they_matter_and_left_alone_elsewhere(
    faces: DenseFaces, fold: Fold
) -> None:
    train = faces.only(fold.train[::3])
    size = fit_size(train, 52)
    assert size.helps
    shape = faces.scale / faces.scale[np.unique(train.person)].mean(0)
    np.testing.assert_allclose(size.each, shape, atol=0.06)
    plain = replace(train, scale=np.ones_like(train.scale))
    assert not fit_size(plain, 52).helps


def test_the_decoder_of_exact_landmarks_is_near_exact_on_unseen_people(
    faces: DenseFaces, fold: Fold, decoder: DecoderPredictor
) -> None:
    test = held(faces, fold)
    errors = summary([person_errors(decoder, test, test.sparse())[0]])
    still = summary([person_errors(None, test, test.sparse())[0]])
    assert errors["mean"] < 0.05 * still["mean"]


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
    faces: DenseFaces, corpus: Corpus
) -> None:
    train = faces.only(np.flatnonzero(faces.person < 3))
    held, test = (faces.only(np.flatnonzero(faces.person == person)) for person in (3, 4))
    guess = resting_landmarks(with_shapes(train, corpus, each=40), held)
    true = test.neutral_landmarks()
    found = np.linalg.norm(guess(true + test.sparse()) - true, axis=-1).mean()
    average = np.linalg.norm(test.rest[test.landmarks] - true, axis=-1).mean()
    assert found < average


def test_squares_become_two_triangles_and_triangles_stay() -> None:
    faces = np.array([[0, 1, 2, 3], [4, 5, 6, -1]], dtype=np.int32)
    assert triangles(faces).tolist() == [[0, 1, 2], [4, 5, 6], [0, 2, 3]]


def test_sides_and_wholes_take_their_arkit_weights() -> None:
    weights = np.zeros(52, dtype=np.float32)
    weights[ARKIT_INDEX["browDownLeft"]] = 0.5
    weights[ARKIT_INDEX["cheekPuff"]] = 0.25
    weights[ARKIT_INDEX["jawOpen"]] = 0.75
    names = ("browDown_L", "browDown_R", "cheekPuff_L", "cheekPuff_R", "jawOpen", "other_L")
    assert from_arkit(weights, names).tolist() == [0.5, 0.0, 0.25, 0.25, 0.75, 0.0]


def test_the_scanned_head_is_in_millimeters_and_its_folds_hide_actions() -> None:
    path = motion_folder().parent / FILE
    if not path.is_file():
        pytest.skip("no scanned-head model")
    head = ict_faces(path, people=4)
    assert head.faces.max() == len(head.rest) - 1
    assert 120 < np.ptp(head.rest[:, 0]) < 260
    assert len(np.unique(head.landmarks)) == 68
    assert set(head.expression.tolist()) == set(range(len(NAMES)))
    last = folds(head, "expression")[3]
    used = (head.weights[last.train] > 0).any(axis=0)
    assert (head.weights[last.test] > 0).any(axis=0)[~used].any()


def test_a_missing_scanned_head_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected the scanned-head model"):
        ict_faces(tmp_path / "none.npz")
