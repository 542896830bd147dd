"""What would be lost: work that lies in no file, and frames that nothing holds any more."""

from __future__ import annotations

import gc
import weakref

from studio.document import Document, IntensityEdit, IntensityKey, Unsaved

from .clips import square

HALF = IntensityEdit((IntensityKey(0, 0.5),))


def test_generated_clips_are_at_risk_until_they_lie_in_a_file() -> None:
    document = Document()
    document.open_clip(square())
    made = document.add_generated(square(), {"label": "fear", "seed": 1})
    assert [clip.id for clip in document.unsaved.made] == [made]
    document.mark_kept(document.state.clip(made))
    assert document.unsaved.made == ()
    copy = document.duplicate_clip(made)
    assert document.unsaved.made == ()
    assert document.state.clip(copy).label == "fear"


def test_modified_follows_undo_back_to_the_saved_state() -> None:
    document = Document()
    assert not document.is_modified
    document.set_generation(seed=5)
    document.mark_saved()
    document.set_generation(seed=6)
    assert document.is_modified
    document.undo()
    assert not document.is_modified


def test_closed_clips_do_not_stay_in_memory_for_ever() -> None:
    bytes_each = square(10).vertices.nbytes
    document = Document(undo_bytes=3 * bytes_each)
    for _ in range(20):
        document.remove_clip(document.open_clip(square(10)))
    held = 0
    while document.undo_name is not None:
        document.undo()
        held += len(document.state.clips)
    assert 1 <= held <= 3


def test_work_is_what_a_second_look_at_the_files_would_not_give_back() -> None:
    document = Document()
    first = document.open_clip(square())
    second = document.open_clip(square())
    document.set_current(first)
    document.set_generation(seed=9)
    assert not document.has_unsaved_work
    document.set_range(second, 1, 3)
    assert document.has_unsaved_work
    document.undo()
    assert not document.has_unsaved_work
    document.duplicate_clip(first)
    assert document.has_unsaved_work


def test_what_was_saved_does_not_stay_in_memory_for_that() -> None:
    document = Document(undo_bytes=0)
    clip = document.open_clip(square())
    document.mark_saved()
    frames = weakref.ref(document.state.clip(clip).recording)
    document.remove_clip(clip)
    gc.collect()
    assert frames() is None
    assert document.has_unsaved_work


def test_in_a_session_every_edit_is_work_but_looking_around_is_not() -> None:
    document = Document()
    first = document.open_clip(square())
    made = document.add_generated(square(), {"label": "fear"})
    assert document.has_unsaved_work
    saved = document.state
    document.rename_clip(first, "smile")
    document.mark_saved(saved)
    assert document.has_unsaved_work, "an edit while the file was written is not in it"
    assert document.unsaved.made == ()
    document.mark_saved()
    document.set_current(made)
    assert not document.has_unsaved_work
    document.set_generation(seed=9)
    assert document.has_unsaved_work


def test_a_closed_clip_that_undo_let_go_is_in_memory_no_more() -> None:
    document = Document(undo_bytes=0)
    clip = document.open_clip(square())
    frames = weakref.ref(document.state.clip(clip).recording)
    document.rename_clip(clip, "smile")
    assert document.has_unsaved_work
    document.rename_clip(clip, "square")
    assert not document.has_unsaved_work
    document.remove_clip(clip)
    gc.collect()
    assert frames() is None


def test_a_clip_edited_since_it_was_written_is_at_risk_until_that_is_undone() -> None:
    document = Document()
    read, made = document.open_clip(square()), document.add_generated(square(), {"label": "fear"})
    document.mark_kept(document.state.clip(made))
    copy = document.duplicate_clip(made)
    assert document.unsaved == Unsaved()
    for clip in (read, made):
        document.add_edit(clip, HALF)
    assert [clip.id for clip in document.unsaved.edited] == [read, made]
    assert document.unsaved.made == () and document.has_unsaved_work
    document.mark_kept(document.state.clip(read))
    assert [clip.id for clip in document.unsaved.edited] == [made], "it was exported as edited"
    document.mark_saved()
    document.add_edit(copy, HALF)
    assert [clip.id for clip in document.unsaved.edited] == [copy], "edited since the session"


def test_a_clip_that_was_written_as_edited_is_no_work() -> None:
    document = Document()
    clip = document.open_clip(square())
    document.add_edit(clip, HALF)
    assert document.has_unsaved_work
    document.mark_kept(document.state.clip(clip))
    assert not document.has_unsaved_work
    document.replace_edit(clip, 0, IntensityEdit((IntensityKey(0, 0.8),)))
    assert document.unsaved.edited and document.has_unsaved_work
    document.remove_edit(clip, 0)
    assert not document.has_unsaved_work, "it is what its file has"
