"""What must be true of a window at any time, and what only once all jobs have ended."""

from __future__ import annotations

import numpy as np

from studio.takes.recipe import is_derived
from studio.ui.window.main_window import MainWindow


def check(window: MainWindow) -> None:
    """The document is sound, and every view says what the document says."""
    check_document(window)
    check_time(window)
    check_view(window)
    check_list(window)
    check_generation(window)
    check_words(window)


def check_document(window: MainWindow) -> None:
    state = window.document.state
    ids = [clip.id for clip in state.clips]
    assert len(set(ids)) == len(ids), "two clips of one id"
    assert (state.current in ids) if ids else state.current is None
    for clip in state.clips:
        start, stop = clip.range
        assert 0 <= start < stop <= clip.timing.frames
        assert clip.name.strip()
        neutral = clip.neutral_frame
        assert neutral is None or 0 <= neutral < clip.timing.frames


def check_time(window: MainWindow) -> None:
    """Playhead, timeline and view stand in the clip on show."""
    clip, playhead = window.document.current_clip, window.player.playhead
    timeline, bar = window.stage.timeline, window.stage.bar
    n_frames = clip.timing.frames if clip is not None else 1
    assert playhead.n_frames == n_frames
    assert 0 <= playhead.frame < n_frames
    assert timeline.frame == playhead.frame
    whole = (0, 1) if clip is None else clip.range
    assert playhead.range == timeline.range == whole
    assert clip is not None or not playhead.playing
    usable = clip is not None and window.stage.preview.sequence is None
    assert timeline.isEnabled() == bar.isEnabled() == usable


def check_view(window: MainWindow) -> None:
    """The 3D view shows the frame of the playhead, and beside it another clip of the document."""
    clip, other = window.document.current_clip, window.stage.comparison.other
    ids = [one.id for one in window.document.state.clips]
    assert other is None or (clip is not None and other.id in ids and other.id != clip.id)
    assert other is None or window.document.state.find(other.id) is other
    view = window.stage.viewport
    if view is None or clip is None or window.stage.preview.sequence is not None:
        return
    frame = window.document.evaluator.frame(clip, window.player.playhead.frame)
    assert np.allclose(view.scene.surface.points, frame, atol=1e-4)
    known = window.stage.timeline._shown.probabilities
    assert known is None or len(known.per_frame) == clip.timing.frames


def check_list(window: MainWindow) -> None:
    state, rows = window.document.state, window.clips.list
    assert [rows.item(row).text() for row in range(rows.count())] == [c.name for c in state.clips]
    places = [clip.id for clip in state.clips]
    row = places.index(state.current) if state.current is not None else -1
    assert rows.currentRow() == row
    assert row < 0 or not rows.isRowHidden(row)


def check_generation(window: MainWindow) -> None:
    """The fields say what will be made, and the light what was."""
    wanted, panel = window.document.state.generation, window.generation
    form = panel.form
    assert (form.seed.value(), form.length.value()) == (wanted.seed, wanted.frames)
    assert abs(form.intensity.value() - wanted.intensity) < 0.006
    assert form.lock.isChecked() == window.document.state.seed_locked
    light = window.services.generation.light
    assert panel.light.lamp.state == light.state
    assert panel.light.toolTip() == light.sentence
    clip = window.document.current_clip
    own = clip is not None and clip.recipe is not None and not is_derived(clip.recipe)
    assert (light.state == "none") == (not own)


def check_words(window: MainWindow) -> None:
    """Menus, title and status bar."""
    document, registry = window.document, window.registry
    assert registry["edit.undo"].isEnabled() == (document.undo_name is not None)
    assert registry["edit.redo"].isEnabled() == (document.redo_name is not None)
    clip = document.current_clip
    assert registry["file.export"].isEnabled() == (clip is not None)
    assert clip is None or clip.name.replace("[*]", "[*][*]") in window.windowTitle()
    assert window.isWindowModified() == document.has_unsaved_work
    for lane, job in window.status.jobs.items():
        assert lane.busy or not job.isVisibleTo(window.status), f"{lane.name} has ended"


def check_settled(window: MainWindow) -> None:
    """With no job left, the clip on show has been read, or a sentence says why not."""
    check(window)
    recognizing, clip = window.services.recognition, window.document.current_clip
    if clip is not None and recognizing.reading is not None:
        assert window.stage.curves.clip_id == clip.id
        assert len(recognizing.reading.probabilities.per_frame) == clip.timing.frames
    else:
        assert window.recognition.note.text()
    assert window.stage.preview.sequence is None or window.services.generation.face_shown
