"""The document: verbs in, signals out, each edit one step of undo."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio.core import FaceChoice, InputError
from studio.document import Document, DocumentState

from .clips import square


def test_each_edit_emits_what_it_changed() -> None:
    document = Document()
    clip = document.open_clip(square())
    told: list[object] = []
    document.range_changed.connect(lambda *what: told.append(("range", *what)))
    document.neutral_changed.connect(lambda *what: told.append(("neutral", *what)))
    document.current_changed.connect(lambda what: told.append(("current", what)))
    document.set_range(clip, 1, 3)
    document.set_neutral_frame(clip, 2)
    document.undo()
    document.remove_clip(clip)
    assert told == [
        ("range", clip, 1, 3),
        ("neutral", clip, 2),
        ("neutral", clip, None),
        ("current", None),
    ]


def test_undo_names_the_step() -> None:
    document = Document()
    clip = document.open_clip(square(name="smile"))
    assert document.undo_name == "Open smile"
    document.rename_clip(clip, "grin")
    assert document.undo_name == "Rename smile"
    document.undo()
    assert (document.undo_name, document.redo_name) == ("Open smile", "Rename smile")


def test_clips_made_twice_have_different_names() -> None:
    document = Document()
    first = document.open_clip(square(name="smile"))
    document.open_clip(square(name="smile"))
    document.duplicate_clip(document.duplicate_clip(first))
    takes = [(square(name="fear 1"), {"label": "fear", "seed": 1})] * 2
    document.add_takes(takes)
    document.add_generated(*takes[0])
    document.open_clip(square(name="fear 1 (2)"))
    assert [clip.name for clip in document.state.clips] == [
        "smile",
        "smile copy",
        "smile copy (2)",
        "smile (2)",
        "fear 1",
        "fear 1 (2)",
        "fear 1 (3)",
        "fear 1 (4)",
    ]
    document.rename_clip(first, "smile (2)")
    assert document.state.clip(first).name == "smile (2)", "what the user says stands"


def test_a_name_that_is_free_again_is_given_again() -> None:
    document = Document()
    document.open_clip(square(name="smile"))
    document.remove_clip(document.open_clip(square(name="smile")))
    again = document.open_clip(square(name="smile"))
    assert document.state.clip(again).name == "smile (2)"


def test_a_slider_drag_undoes_as_one_step() -> None:
    document = Document()
    for step in range(20):
        document.set_generation(intensity=1 + step / 40, key="intensity")
    document.undo()
    assert document.state.generation == DocumentState().generation


def test_removing_the_shown_clip_shows_its_neighbor() -> None:
    document = Document()
    first, second, third = (document.open_clip(square(name=name)) for name in "abc")
    document.set_current(second)
    document.remove_clip(second)
    assert document.state.current == third
    document.remove_clip(third)
    assert document.state.current == first


def names(document: Document) -> str:
    return "".join(clip.name for clip in document.state.clips)


@pytest.mark.parametrize(
    ("moved", "place", "order"),
    [
        ("a", 0, "abcde"),
        ("a", 1, "abcde"),
        ("a", 2, "bacde"),
        ("e", 0, "eabcd"),
        ("a", 99, "bcdea"),
        ("db", 0, "bdace"),
        ("bd", 3, "acbde"),
    ],
)
def test_clips_move_before_the_one_at_the_place(moved: str, place: int, order: str) -> None:
    document = Document()
    ids = {name: document.open_clip(square(name=name)) for name in "abcde"}
    step = document.undo_name
    document.move_clips([ids[name] for name in moved], place)
    assert names(document) == order
    assert (document.undo_name == step) == (order == "abcde"), "no move is no step"
    if order != "abcde":
        document.undo()
    assert names(document) == "abcde"


def test_several_clips_go_and_come_back_as_one_step() -> None:
    document = Document()
    ids = [document.open_clip(square(name=name)) for name in "abcde"]
    document.set_current(ids[1])
    document.remove_clips(ids[1:3])
    assert (names(document), document.state.current) == ("ade", ids[3])
    document.remove_clips([ids[3], ids[4]])
    assert (names(document), document.state.current) == ("a", ids[0])
    document.undo()
    document.undo()
    assert names(document) == "abcde"


def test_takes_come_in_together_with_a_star_and_a_time_of_their_own() -> None:
    now = iter([5.0, 7.0, 9.0])
    document = Document(clock=lambda: next(now))
    takes = [(square(name=f"fear {seed}"), {"label": "fear", "seed": seed}) for seed in (3, 4)]
    ids = document.add_takes(takes)
    assert document.state.current == ids[0]
    assert [clip.created for clip in document.state.clips] == [5.0, 5.0]
    assert [clip.seed for clip in document.state.clips] == [3, 4]
    document.star_clips(ids, starred=True)
    assert document.undo_name == "Star 2 clips"
    twin = document.duplicate_clip(ids[0])
    copy = document.state.clip(twin)
    assert (copy.starred, copy.created) == (True, 7.0)
    for _ in range(3):
        document.undo()
    assert document.state == DocumentState()


def test_ids_are_not_used_again_after_undo() -> None:
    document = Document()
    first = document.open_clip(square(3))
    document.undo()
    assert document.open_clip(square(4)) != first


def test_a_clip_that_is_not_open_is_an_error_and_changes_nothing() -> None:
    document = Document()
    document.open_clip(square())
    before = document.state
    for verb in (document.remove_clip, document.set_current, document.duplicate_clip):
        with pytest.raises(InputError, match="clip-9"):
            verb("clip-9")
    assert document.state is before


@pytest.mark.parametrize(
    "wrong", [{"seed": -1}, {"seed": 2**31}, {"frames": 15}, {"frames": 241}, {"intensity": 1.6}]
)
def test_settings_out_of_range_are_refused(wrong: dict[str, int]) -> None:
    document = Document()
    with pytest.raises(InputError, match=next(iter(wrong))):
        document.set_generation(**wrong)
    assert document.state == DocumentState()


@pytest.mark.parametrize("frame", [-1, 5])
def test_a_neutral_frame_outside_the_clip_is_refused(frame: int) -> None:
    document = Document()
    clip = document.open_clip(square(5))
    with pytest.raises(InputError, match="0 to 4"):
        document.set_neutral_frame(clip, frame)


def test_a_recipe_cannot_be_changed_from_outside() -> None:
    document = Document()
    recipe: dict[str, object] = {"label": "fear", "seed": 1}
    made = document.add_generated(square(), recipe)
    clip = document.state.clip(made)
    recipe["label"] = "anger"
    assert clip.label == "fear"
    with pytest.raises(TypeError):
        clip.recipe["label"] = "anger"


def test_another_document_takes_the_place_of_this_one_at_once() -> None:
    document = Document()
    document.open_clip(square())
    other = Document()
    other.open_clip(square(9))
    heard: list[object] = []
    document.current_changed.connect(heard.append)
    document.clips_changed.connect(heard.append)
    document.replace(other.state)
    assert document.state == other.state
    assert heard == [other.state.clips, other.state.current]
    assert (document.undo_name, document.has_unsaved_work) == (None, False)
    longer = replace(other.state.clips[0], recording=square(3))
    again = DocumentState((longer,), other.state.current)
    heard.clear()
    document.replace(again)
    assert heard == [again.clips, again.current], "views follow other frames under the same id"


@pytest.mark.parametrize("wrong", [{"guidance": -1.0}, {"steps": 0}, {"steps": 1001}])
def test_sampling_out_of_range_is_refused(wrong: dict[str, float]) -> None:
    document = Document()
    with pytest.raises(InputError):
        document.set_generation(**wrong)
    assert document.state.generation == DocumentState().generation


def test_one_drag_of_a_face_is_one_step() -> None:
    document = Document()
    for far in (0.1, 0.2, 0.3):
        document.set_generation(face=FaceChoice("numbers", (far,)), key="face:gender")
    document.seal()
    document.set_generation(face=FaceChoice("numbers", (0.3, 0.1)), key="face:age")
    document.undo()
    assert document.state.generation.face.numbers == (0.3,)
    document.undo()
    assert document.state.generation.face == FaceChoice()
    document.set_generation(guidance=5.0)
    document.set_generation(guidance=None)
    assert document.state.generation.guidance is None


def test_the_lock_of_the_seed_is_a_step_of_its_own() -> None:
    document, told = Document(), []
    document.seed_locked_changed.connect(told.append)
    document.lock_seed(locked=False)
    document.lock_seed(locked=False)
    assert document.undo_name == "Change seed lock"
    document.undo()
    assert document.state == DocumentState() and told == [False, True]
