"""The corpus: coefficients, split by person, and their hash."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.core import InputError, Progress
from studio.core.sequence import Ints
from studio.face.facs import LABELS
from studio.face.known import forget
from studio.face.template import Template, load_template
from studio.training.datasets import corpus as module
from studio.training.datasets.anatomy import Mover
from studio.training.datasets.anny_face import _alike, _take_over
from studio.training.datasets.corpus import Corpus, build_corpus, load_corpus
from studio.training.datasets.people import ICT, MIXED, SPLITS, STUDIO, CorpusConfig
from studio.training.datasets.scanning import Scan
from studio.training.datasets.sheet import apexes

from .conftest import tiny_corpus


@pytest.fixture
def landmarks() -> Ints:
    return load_template().landmarks


def test_no_person_is_in_two_splits_and_every_take_is_in_one(corpus: Corpus) -> None:
    takes = {name: corpus.takes(name) for name in SPLITS}
    people = [set(corpus.subject[found].tolist()) for found in takes.values()]
    assert not people[0] & people[1] and not people[0] & people[2] and not people[1] & people[2]
    together = np.sort(np.concatenate(list(takes.values())))
    np.testing.assert_array_equal(together, np.arange(len(corpus)))
    counts = np.bincount(corpus.label[takes["test"]])
    assert counts.tolist() == [4] * len(LABELS)


def test_people_of_each_rig_are_in_every_split_and_without_ict_all_are_the_studio_s() -> None:
    config = CorpusConfig(people={"train": (2, 3, 1), "val": (1, 1, 0), "test": (0, 2, 1)})
    origin, split = config.origins(ict=True)
    assert [(split == 0).sum(), (split == 1).sum(), (split == 2).sum()] == [6, 2, 3]
    assert origin[split == 0].tolist() == [STUDIO] * 2 + [ICT] * 3 + [MIXED]
    assert origin[split == 2].tolist() == [ICT] * 2 + [MIXED]
    alone, same = config.origins(ict=False)
    assert not alone.any() and (same == split).all()
    few = replace(config, shape_only=5)
    assert module._shape_only(few, ict=True).tolist() == [STUDIO, ICT, STUDIO, ICT, STUDIO]
    assert module._shape_only(few, ict=False).tolist() == [STUDIO] * 5


def test_plain_takes_neither_speak_nor_blend(corpus: Corpus) -> None:
    plain = corpus.takes("train", plain=True)
    assert 0 < len(plain) < len(corpus.takes("train"))
    assert not corpus.speech[plain].any() and not corpus.blend[plain].any()
    assert len(corpus.takes("train", origin=STUDIO)) == len(corpus.takes("train"))
    assert not len(corpus.takes("train", origin=ICT))


def test_rows_of_takes_follow_each_other(corpus: Corpus) -> None:
    assert corpus.rows(0).start == 0
    assert corpus.rows(len(corpus) - 1).stop == len(corpus.weights)
    assert all(corpus.rows(k).stop == corpus.rows(k + 1).start for k in range(len(corpus) - 1))


def test_vertices_are_the_persons_face_moved_by_weights_gaze_and_blinks(corpus: Corpus) -> None:
    take = int(np.flatnonzero(corpus.drift < 0)[3])
    person = int(corpus.subject[take])
    assert corpus.scan(take) == Scan()
    mover = Mover(corpus.neutrals[person], corpus.rigs, corpus.build(person))
    vertices = corpus.vertices(take)
    assert vertices.shape == (len(corpus.seen_weights(take)), 4538, 3)
    np.testing.assert_allclose(vertices[5:7], mover(corpus.seen_weights(take)[5:7]), atol=1e-4)
    calm = Mover(corpus.neutrals[person], corpus.rigs, corpus.build(person).tempered())
    shown = calm(corpus.weights[corpus.rows(take)][5:7])
    np.testing.assert_allclose(corpus.acted(take)[5:7], shown, atol=1e-4)


def test_a_scanned_take_is_seen_off_by_what_its_scan_adds(corpus: Corpus) -> None:
    take = int(np.flatnonzero(corpus.drift >= 0)[0])
    clean = corpus.pose(int(corpus.subject[take]), corpus.seen_weights(take))
    off = np.linalg.norm(corpus.vertices(take) - clean, axis=2)
    assert 0.1 < off.mean() < 3.0
    at_rest = np.linalg.norm(corpus.rest_of(take) - corpus.person_at_rest(take), axis=1)
    assert 0.05 < at_rest.mean() < 3.0


def test_some_vertices_alone_go_where_they_go_with_all(corpus: Corpus, landmarks: Ints) -> None:
    take = int(corpus.takes("train")[4])
    alone = corpus.acted(take, landmarks)
    np.testing.assert_allclose(alone, corpus.acted(take)[:, landmarks], atol=1e-4)
    rest = corpus.person_at_rest(take, landmarks)
    np.testing.assert_allclose(rest, corpus.person_at_rest(take)[landmarks], atol=1e-4)


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


def test_the_split_names_people_by_their_rig_and_has_the_hash(
    corpus: Corpus, tmp_path: Path
) -> None:
    both = replace(corpus, rigs=np.repeat(corpus.rigs, 2, axis=0), origin=np.arange(6) % 3)
    module._write_split(both, CorpusConfig(5), tmp_path / "split.json")
    facts = json.loads((tmp_path / "split.json").read_text())
    assert facts["hash"] == both.digest() and facts["rigs"] == ["studio", "ict"]
    assert facts["split"]["train"] == ["studio-000", "ict-001", "mixed-002"]
    assert facts["split"]["test"] == ["ict-004", "mixed-005"]


def test_no_corpus_and_an_old_one_are_a_sentence_with_the_command(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="build it with `python -m studio corpus build`"):
        load_corpus(tmp_path)
    np.savez(tmp_path / "corpus.npz", neutrals=np.zeros(3))
    with pytest.raises(InputError, match="older studio; build it with"):
        load_corpus(tmp_path)


def test_a_sheet_has_every_label_on_as_many_people(corpus: Corpus) -> None:
    found = apexes(corpus, 1)
    assert [one.label for one in found] == list(LABELS)
    for one in found:
        assert one.caption.startswith(f"{one.label} ") and " studio " in one.caption
        assert one.mesh.shape == (4538, 3)
    with pytest.raises(InputError, match="expected 9 people of the studio rig with a plain take"):
        apexes(corpus, 9)


def test_a_file_that_ships_stays_unless_more_than_rounding_changed(tmp_path: Path) -> None:
    old, new = tmp_path / "rig.npz", tmp_path / "rig.partial.npz"
    numbers = np.linspace(-40, 40, 200, dtype=np.float16)
    names = np.array(["a", "b"])

    def write(path: Path, values: np.ndarray, called: np.ndarray = names) -> None:
        np.savez_compressed(path, values=values, names=called)

    write(old, numbers)
    before = old.read_bytes()
    write(new, np.nextafter(numbers, np.float16(99)))
    assert new.read_bytes() != before
    _take_over(new, old)
    assert old.read_bytes() == before and not new.exists()
    for values, called in ((numbers + np.float16(0.5), names), (numbers, names[::-1])):
        write(new, values, called)
        assert not _alike(new, old)
    write(new, numbers[:9])
    _take_over(new, old)
    assert np.load(old)["values"].shape == (9,) and not new.exists()


@pytest.mark.slow
def test_the_build_keeps_the_shipped_face_and_records_the_hash(tmp_path: Path) -> None:
    pytest.importorskip("anny")
    people = {"train": (2, 0, 0), "val": (1, 0, 0), "test": (1, 0, 0)}
    config = CorpusConfig(3, people, takes_per_label=1, shape_only=60)
    face = tmp_path / "face"
    try:
        built = build_corpus(tmp_path, config, face, Progress())
        made = {path.name: path.stat().st_mtime_ns for path in face.iterdir()}
        again = build_corpus(tmp_path / "again", config, face, Progress())
    finally:
        forget()
    assert {path.name: path.stat().st_mtime_ns for path in face.iterdir()} == made
    fresh, shipped = Template.read(face / "template.npz"), load_template()
    assert fresh.topology == shipped.topology
    np.testing.assert_allclose(fresh.vertices, shipped.vertices, atol=1e-2)
    np.testing.assert_array_equal(fresh.landmarks, shipped.landmarks)
    assert _alike(face / "rig.npz", Path(module.__file__).parents[3] / "resources/face/rig.npz")
    facts = json.loads((tmp_path / "split.json").read_text())
    assert facts["hash"] == built.digest() == load_corpus(tmp_path).digest() == again.digest()
    assert [len(people) for people in facts["split"].values()] == [2, 1, 1]
