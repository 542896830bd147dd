"""recognize --what identity and gender: known people, strangers, and the body model's slider."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from studio.core import MeshSequence
from studio.face.facs import weights_of
from studio.face.rig import load_rig
from studio.face.template import load_template
from studio.io import write_sequence

from .conftest import Command

pytestmark = pytest.mark.usefixtures("shipped_models")
WHAT = ("recognize", "--what", "identity")


def acting(place: Path, person: int, units: Sequence[int]) -> Path:
    """Write a clip of a person of the rig who shows some units."""
    rig = load_rig()
    full = np.sum([weights_of({unit: 0.8}) for unit in units], axis=0)
    course = np.linspace(0.0, 1.0, 4)
    face = rig.neutral(0.7 * np.random.default_rng(person).normal(size=12))
    moved = rig.pose((course[:, None] * full).astype(np.float32)) - rig.rest
    clip = MeshSequence((face + moved).astype(np.float32), load_template().faces, 30.0)
    place.parent.mkdir(parents=True, exist_ok=True)
    write_sequence(clip, place)
    return place


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """Ann in a folder of her own, Ben by the first word of a name."""
    folder = tmp_path / "people"
    acting(folder / "Ann" / "smile.npz", 1, (6, 12))
    acting(folder / "Ben_smile.npz", 2, (6, 12))
    return folder


def test_people_of_a_folder_are_known_and_kept_and_a_stranger_is_nobody(
    command: Command, people: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.json"
    ann, carl = (acting(tmp_path / f"{n}.npz", n, (1, 2, 26)) for n in (1, 3))
    said = command(*WHAT, "--known", people, "--known-out", kept, ann)
    assert "Ann, " in said.out and "nobody" not in said.out
    assert "known by one clip alone" in said.err
    facts = json.loads(command(*WHAT, "--known", kept, ann, "--json").out)
    assert facts["who"] == "Ann" and facts["names"] == ["Ann", "Ben"]
    assert len(facts["per_frame"]) == 4
    facts = json.loads(command(*WHAT, "--known", kept, carl, "--json").out)
    assert facts["who"] is None


def test_the_slider_is_said_to_be_one(command: Command, people: Path) -> None:
    clip = people / "Ann" / "smile.npz"
    said = command("recognize", "--what", "gender", clip).out
    assert "gender slider of the body model" in said
    assert "not what a person is" in said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((), "known people in --known"),
        (("--known", "nowhere"), "a folder of clips of known people"),
        (("--known", "empty"), "none in it"),
        (("--known", "frames"), "the frames of one clip"),
        (("--known", "other.json"), "people that --known-out wrote"),
        (("--known", "empty", "--known-out", "people.txt"), "a .json file"),
        (("--known", "empty", "--reader", "units"), "--what expression"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    more: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "other.json").write_text('{"kind": "something else"}')
    (tmp_path / "frames").mkdir()
    for number in range(2):
        (tmp_path / "frames" / f"f_{number}.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    clip = acting(tmp_path / "clip.npz", 1, (12,))
    assert said in command(*WHAT, *more, clip).sentence
