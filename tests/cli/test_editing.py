"""edit: a stack of edits from a file, laid over a clip."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from studio.core import MeshSequence
from studio.document.edits.edit import KINDS
from studio.face.studio_face import LANDMARKS_68
from studio.io import read_sequence

from .conftest import Command

HALF = {"kind": "intensity", "keys": [{"frame": 0, "value": 0.5}]}
FADING = {
    "kind": "intensity",
    "keys": [{"frame": 2, "value": 1}, {"frame": 10, "value": 0}],
    "between": "linear",
}
PULLED = {
    "kind": "landmarks",
    "landmarks": [
        {"name": "left", "vertex": LANDMARKS_68[54]},
        {"name": "right", "vertex": LANDMARKS_68[48]},
    ],
    "keys": [{"frame": 4, "offsets": [[0, 2, 0], [0, 0, 0]]}],
    "fade": 3,
}


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    return tmp_path / "stack.json"


def edited(command: Command, take_file: Path, stack: Path, edits: object) -> MeshSequence:
    stack.write_text(json.dumps(edits))
    out = stack.with_name("edited.npz")
    ended = command("edit", take_file, "--stack", stack, "-o", out)
    assert (ended.status, ended.err) == (0, "")
    assert str(out) in ended.out
    return read_sequence(out)


def test_intensity_scales_the_way_from_the_neutral_face(
    command: Command, take: MeshSequence, take_file: Path, stack: Path
) -> None:
    found = edited(command, take_file, stack, [HALF]).vertices
    way, wanted = found - take.vertices[0], 0.5 * (take.vertices - take.vertices[0])
    np.testing.assert_allclose(way, wanted, atol=0.05)
    assert np.abs(wanted).max() > 1, "else nothing was tried"
    fading = edited(command, take_file, stack, [FADING]).vertices
    np.testing.assert_allclose(fading[:3], take.vertices[:3], atol=1e-5)
    np.testing.assert_allclose(fading[10:], take.vertices[:1].repeat(2, 0), atol=0.05)


def test_edits_are_laid_one_on_the_other_and_may_be_off(
    command: Command, take: MeshSequence, take_file: Path, stack: Path
) -> None:
    corner = LANDMARKS_68[54]

    def rise(edits: object) -> float:
        without = edited(command, take_file, stack, [HALF]).vertices
        return float((edited(command, take_file, stack, edits).vertices - without)[4, corner, 1])

    # Two landmarks alone take some of the forehead along, which counts as motion of the head.
    assert 0.9 < rise([PULLED, HALF]) < 1.4
    assert rise([HALF, PULLED]) == pytest.approx(2.0, abs=0.01)
    assert rise([HALF, {**PULLED, "on": False}]) == 0.0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "stack.json: expected a list of edits, found an empty file"),
        ('[{"kind": }]', "a list of edits in JSON, found what is none at line 1, column 11"),
        ("[" * 100_000, "stack.json: expected a list of edits in JSON, found something else"),
        ('[{"kind": "intensity", "keys": NaN}]', "stack.json: expected a list of edits in JSON"),
        ("{}", "stack.json: expected a list of edits, found a dict"),
        ('[{"kind": "layer", "clip": 5}]', "layer: expected the path of another clip, found 5"),
        ('[{"kind": "intensity", "keys": [{"frame": 1e999}]}]', "list of edits in JSON"),
        (
            '[{"kind": "glow"}]',
            "the kind of edit 1 to be one that edit --list names, found glow",
        ),
        ("[3]", "the kind of edit 1 to be one that edit --list names, found 3"),
        ('[{"kind": "intensity", "strength": 2}]', "found intensity.strength"),
        ('[{"kind": "intensity", "between": "steps"}]', "between to be one of 'smooth', 'linear'"),
        ('[{"kind": "intensity", "keys": []}]', "stack.json: intensity: expected one key or more"),
        (
            '[{"kind": "intensity", "keys": [{"frame": 0, "value": 3}]}]',
            "stack.json: intensity: expected a number from 0 to 2, found 3",
        ),
        ('[{"kind": "intensity", "neutral": [[0, 1], [2]]}]', "lists of as many numbers each"),
        ('[{"kind": "intensity", "neutral": [[0, 1, 2]]}]', "a neutral face of its"),
        ('[{"kind": "intensity", "neutral": 12}]', "within its 12 frames, found frame 12"),
        ('[{"kind": "landmarks"}]', "stack.json: expected edit 1 to have landmarks"),
        (
            '[{"kind": "landmarks", "landmarks": [{"name": "a", "vertex": 99999999}]}]',
            "landmarks on its",
        ),
    ],
)
def test_a_bad_stack_is_one_sentence(
    command: Command, take_file: Path, stack: Path, text: str, sentence: str
) -> None:
    stack.write_text(text)
    out = stack.with_name("edited.npz")
    assert sentence in command("edit", take_file, "--stack", stack, "-o", out).sentence
    assert not out.exists()


def test_a_clip_that_the_stack_names_is_not_written_over(
    command: Command, take_file: Path, stack: Path
) -> None:
    other = shutil.copy(take_file, stack.with_name("other.npz"))
    before = other.read_bytes()
    stack.write_text('[{"kind": "layer", "clip": "other.npz", "keys": [{"frame": 0, "value": 1}]}]')
    sentence = command("edit", take_file, "--stack", stack, "-o", other).sentence
    assert "other.npz: expected another place than what is read" in sentence
    assert other.read_bytes() == before


def test_a_stack_of_other_editors(command: Command, take_file: Path, stack: Path) -> None:
    for data in (b"\xef\xbb\xbf[]", "[]".encode("utf-16")):
        stack.write_bytes(data)
        ended = command("edit", take_file, "--stack", stack, "-o", stack.with_name("edited.npz"))
        assert ended.status == 0, ended.err


def test_a_stack_that_is_not_there_is_one_sentence(
    command: Command, take_file: Path, stack: Path
) -> None:
    ended = command("edit", take_file, "--stack", stack, "-o", stack.with_name("edited.npz"))
    assert "stack.json: expected a list of edits, found nothing there" in ended.sentence


def test_a_clip_of_an_older_session_is_written_as_it_played(
    command: Command, tmp_path: Path
) -> None:
    data, out = Path(__file__).parents[1] / "document" / "data", tmp_path / "edited.npz"
    assert command("convert", f"{data / 'schema-1.studio'}#edited", out).status == 0
    wanted = np.load(data / "schema-1-played.npz")["edited"]
    found = read_sequence(out).vertices[[0, 2, 6, 9, 13, 20, 27, 39]]
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_every_kind_is_listed_with_what_it_can_be_told(command: Command) -> None:
    ended = command("edit", "--list")
    assert (ended.status, ended.err) == (0, "")
    for kind, cls in KINDS.items():
        assert f"{kind}: {cls.title}\n" in ended.out
    assert "  passes: How often it plays from end to end, 2 for there and back" in ended.out
    assert "  head: The head is mirrored too; yes or no; yes unless given" in ended.out


def test_edits_of_time_are_written_as_a_file_says(
    command: Command, take: MeshSequence, take_file: Path, stack: Path
) -> None:
    told = [{"kind": "trim", "start": 2, "stop": 10}, {"kind": "ping-pong"}]
    found = edited(command, take_file, stack, told)
    frames = [*range(2, 10), *range(8, 1, -1)]
    np.testing.assert_array_equal(found.vertices, take.vertices[frames])
