"""The corpus: coefficients, split by person, and their hash."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError, Progress
from studio.face.facs import LABELS
from studio.face.known import forget
from studio.face.rig import load_rig
from studio.face.template import Template, load_template
from studio.training.datasets import corpus as module
from studio.training.datasets.corpus import SPLITS, Corpus, CorpusConfig, build_corpus, load_corpus

from .conftest import tiny_corpus


def test_no_person_is_in_two_splits_and_every_take_is_in_one(corpus: Corpus) -> None:
    takes = {name: corpus.takes(name) for name in SPLITS}
    people = [set(corpus.subject[found].tolist()) for found in takes.values()]
    assert not people[0] & people[1] and not people[0] & people[2] and not people[1] & people[2]
    together = np.sort(np.concatenate(list(takes.values())))
    np.testing.assert_array_equal(together, np.arange(len(corpus)))
    counts = np.bincount(corpus.label[takes["test"]])
    assert counts.tolist() == [4] * len(LABELS)


def test_plain_takes_neither_speak_nor_blend(corpus: Corpus) -> None:
    plain = corpus.takes("train", plain=True)
    assert 0 < len(plain) < len(corpus.takes("train"))
    assert not corpus.speech[plain].any() and not corpus.blend[plain].any()


def test_rows_of_takes_follow_each_other(corpus: Corpus) -> None:
    assert corpus.rows(0).start == 0
    assert corpus.rows(len(corpus) - 1).stop == len(corpus.weights)
    assert all(corpus.rows(k).stop == corpus.rows(k + 1).start for k in range(len(corpus) - 1))


def test_vertices_are_the_persons_face_moved_by_the_weights(corpus: Corpus) -> None:
    take = 7
    person, rows = int(corpus.subject[take]), corpus.rows(take)
    vertices = corpus.vertices(take)
    assert vertices.shape == (rows.stop - rows.start, 4538, 3)
    frame = 5
    actions = corpus.actions * corpus.proportions[person]
    by_hand = corpus.neutrals[person].astype(np.float64)
    for weight, action in zip(corpus.weights[rows][frame], actions, strict=True):
        by_hand = by_hand + weight * action
    np.testing.assert_allclose(vertices[frame], by_hand, atol=1e-3)


def test_a_corpus_of_the_rig_poses_as_the_rig_does(corpus: Corpus) -> None:
    rig = load_rig()
    rng = np.random.default_rng(5)
    identity = 0.7 * rng.normal(size=12)  # the first person that `tiny_corpus` draws
    weights = corpus.weights[:3].astype(np.float32)
    np.testing.assert_allclose(corpus.pose(0, weights), rig.pose(weights, identity), atol=1e-3)


def test_resting_faces_show_the_resting_weights(corpus: Corpus) -> None:
    resting = corpus.resting()
    np.testing.assert_array_equal(resting[2], corpus.pose(2, corpus.rest[2:3])[0])
    assert resting.shape == corpus.neutrals.shape


def test_the_same_seed_gives_the_same_hash_and_any_change_another(corpus: Corpus) -> None:
    assert tiny_corpus().digest() == corpus.digest()
    label = corpus.label.copy()
    label[0] += 1
    weights = corpus.weights.copy()
    weights[10, 3] += 0.1
    changed = (replace(corpus, label=label), replace(corpus, weights=weights), tiny_corpus(6))
    assert len({corpus.digest(), *(other.digest() for other in changed)}) == 4


def test_what_is_written_is_read(corpus: Corpus, tmp_path: Path) -> None:
    module._write(corpus, tmp_path / "corpus.npz")
    stored = load_corpus(tmp_path)
    assert not list(tmp_path.glob("*partial*"))
    np.testing.assert_array_equal(stored.starts, corpus.starts)
    np.testing.assert_allclose(stored.weights, corpus.weights, atol=1e-3)
    module._write(stored, tmp_path / "again.npz")
    (tmp_path / "again.npz").replace(tmp_path / "corpus.npz")
    assert load_corpus(tmp_path).digest() == stored.digest()


def test_no_corpus_is_a_sentence_with_the_command(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="build it with `python -m studio corpus build`"):
        load_corpus(tmp_path)


@pytest.mark.slow
def test_the_build_gives_the_shipped_template_and_records_the_hash(tmp_path: Path) -> None:
    pytest.importorskip("anny")
    config = CorpusConfig(3, {"train": 2, "val": 1, "test": 1}, takes_per_label=1, shape_only=60)
    try:
        built = build_corpus(tmp_path, config, tmp_path / "face", Progress())
    finally:
        forget()
    fresh, shipped = Template.read(tmp_path / "face" / "template.npz"), load_template()
    assert fresh.topology == shipped.topology
    np.testing.assert_allclose(fresh.vertices, shipped.vertices, atol=1e-2)
    np.testing.assert_array_equal(fresh.landmarks, shipped.landmarks)
    facts = json.loads((tmp_path / "split.json").read_text())
    assert facts["hash"] == built.digest() == load_corpus(tmp_path).digest()
    assert [len(people) for people in facts["split"].values()] == [2, 1, 1]
