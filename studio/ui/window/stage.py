"""The middle of the window: the 3D view or an invitation, the timeline and the playback bar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer, Signal
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QApplication, QStackedLayout, QStackedWidget, QVBoxLayout, QWidget

from studio.core import Familiarity, MeshSequence, Probabilities, Timing
from studio.core.sequence import Floats
from studio.document import ClipState, Document, ViewState
from studio.face.known import regions_of
from studio.render.look import Look as PictureLook
from studio.takes.faces import still_frame
from studio.ui.kit.bind import bind
from studio.ui.timeline.curve_controls import ShapeButton
from studio.ui.timeline.curve_display import CurveDisplay
from studio.ui.timeline.key_editor import KeyEditor
from studio.ui.timeline.key_track import KeyTrack
from studio.ui.timeline.marker_row import MarkerRow
from studio.ui.timeline.markers import Markers
from studio.ui.timeline.playback_bar import PlaybackBar
from studio.ui.timeline.player import Player
from studio.ui.timeline.timeline import Timeline
from studio.ui.view3d.compare_bar import CompareBar
from studio.ui.view3d.comparison import Comparison
from studio.ui.view3d.empty_state import EmptyState
from studio.ui.view3d.look import Look
from studio.ui.view3d.preview import Preview
from studio.ui.view3d.upright import held

from .resting import resting

# The view imports VTK, which the window does once it has been painted.
if TYPE_CHECKING:
    from studio.ui.view3d.viewport import Viewport

PAUSE_MS = 800


class Stage(QWidget):
    """Shows the current clip under the playhead.

    The 3D view is made by `build_view`, after the window has been painted once, because
    importing VTK takes a second or two.
    """

    dropped = Signal(list)  # of Path
    alone = Signal()  # a face is shown anew, with nothing beside it

    def __init__(self, document: Document, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document, self.player = document, player
        self.viewport: Viewport | None = None
        self.look = Look(player.settings, self)
        # Made before the stage listens, so that it knows of another clip first.
        self.comparison = Comparison(document, self)
        self._shown: MeshSequence | None = None
        self._on: ClipState | None = None  # the clip that the view is on, None for a preview
        self._rest: Floats | None = None
        self.empty, self.timeline, self.bar = EmptyState(), Timeline(), PlaybackBar()
        self.keys = KeyTrack(KeyEditor(document, player, self), self.timeline)
        self.marks = MarkerRow(Markers(document, player, self), self.timeline)
        self.compare_bar = CompareBar(document, self.comparison)
        self.curves = CurveDisplay(document, player.settings, self)
        ShapeButton(self.curves, self.timeline).move(6, 2)
        # Qt makes the whole window anew, visibly, when the first GL widget joins it; one that
        # is there before the window is shown spares that.
        self._surface = QOpenGLWidget(self)
        self._surface.hide()
        self._stack = QStackedWidget()
        self.empty.setAutoFillBackground(True)  # the view may lie under it
        self._stack.addWidget(self.empty)
        self.preview = Preview(self._stack)
        self.preview.frame_changed.connect(self._show_preview_frame)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.compare_bar)
        layout.addWidget(self._stack, stretch=1)
        layout.addWidget(self.keys)
        layout.addWidget(self.marks)
        layout.addWidget(self.timeline)
        layout.addWidget(self.bar)
        # The timeline does not tell when a handle is let go; a pause ends the undo step.
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(document.seal)
        self._connect_bar()
        self._connect_document()
        self._show_clip()
        self._show_settings()

    def build_view(self) -> None:
        """Make the 3D view; a second call does nothing."""
        if self.viewport is not None:
            return
        from studio.ui.view3d.viewport import Viewport

        self.viewport = Viewport(partial(held, self.document))
        self.viewport.dropped.connect(self.dropped)
        self._stack.addWidget(self.viewport)
        self._show_surface()
        self.look.attach(self.viewport)

    def lay_view_under(self, *, on: bool) -> None:
        """Have the view drawn with the window though what is on show hides it, or no more."""
        layout, view = self._stack.layout(), self.viewport
        if view is not None and isinstance(layout, QStackedLayout):
            modes, hidden = layout.StackingMode, self._stack.currentWidget() is not view
            layout.setStackingMode(modes.StackAll if on else modes.StackOne)
            # Qt forgets to hide the others where the first widget is the current one.
            view.setVisible(on or not hidden)
            self.empty.setVisible(hidden)
            (self.empty if hidden else view).raise_()
        self.preview.caption.raise_()

    def take_focus(self) -> None:
        """Give the keys to what is in the middle: the face, or the invitation."""
        middle = self._stack.currentWidget()
        if middle is not None:
            middle.setFocus()

    def add_bar(self, bar: QWidget, over: QWidget | None = None) -> None:
        """Put a row above a part of the stage, by default the view."""
        layout = self.layout()
        if isinstance(layout, QVBoxLayout):
            layout.insertWidget(layout.indexOf(over or self._stack), bar)

    def on_view(self, act: Callable[[Viewport], object]) -> None:
        """Do something with the 3D view if there is one yet."""
        if self.viewport is not None:
            act(self.viewport)

    def show_preview(
        self, sequence: MeshSequence | None, note: str = "", *, lent: bool = False
    ) -> None:
        """Show for now what is not in the document, its frames in a loop under a caption.

        None brings the current clip back, as does choosing or opening one; the document, its
        history and the playhead hear nothing of it. One that is lent is as `Preview` has it.
        """
        if sequence is None and self.preview.sequence is None:
            return
        self.preview.still = self.viewport is not None and self.viewport.software
        self.preview.show(sequence, note, lent=lent)
        self._show_surface()

    def compare(self, clip: ClipState | None) -> None:
        """Show another clip beside the current one; None ends it.

        Both show the same moment from the same side.
        """
        self.comparison.show(clip)

    def view_state(self) -> ViewState:
        """Tell where the camera stands and what is drawn, for a file to keep."""
        return self.look.state

    def picture_look(self) -> PictureLook:
        """Tell how the current clip looks here, for pictures of it made elsewhere."""
        clip, evaluator = self.document.current_clip, self.document.evaluator
        neutral = resting(evaluator, clip, self._rest) if clip is not None else None
        upright = None if clip is None else held(self.document, clip.recording)
        return PictureLook(view=self.view_state(), neutral=neutral, upright=upright)

    def restore_view(self, state: ViewState | Mapping[str, object]) -> None:
        """Look as `view_state`, or its `as_dict`, said; with no view yet, as soon as there is one.

        What is missing or spoiled takes its default.
        """
        self.look.restore(state if isinstance(state, ViewState) else ViewState.of(state))

    def preview_edits(self, clip: ClipState) -> None:
        """Show the frame under the playhead as the current clip would play it with other edits."""
        if self.shows_current():
            frame = min(self.player.playhead.frame, clip.timing.frames - 1)
            points = self.document.evaluator.frame(clip, frame)
            if points is not None:
                self.on_view(lambda view: view.show_points(points))

    def neutral_for(self, clip: ClipState) -> int | Floats:
        """Find the face at rest of a clip.

        Returns
        -------
        int or floats (V, 3)
            The frame that shows it, or its estimate in mm where no frame is known to.
        """
        frame = still_frame(clip)
        if frame is None and self._rest is not None and self._shows(clip):
            return resting(self.document.evaluator, clip, self._rest)
        return frame or 0

    def show_probabilities(self, probabilities: Probabilities | None) -> None:
        self.curves.set_probabilities(probabilities)

    def show_familiarity(self, known: Familiarity | None) -> None:
        self.curves.set_unfamiliar(known.per_frame if known is not None else None)

    def show_rest(self, rest: Floats | None) -> None:
        """Measure displacement from (V, 3) mm, the estimated face at rest of the clip on show."""
        self._rest = rest
        # Recognition may hear of another clip before the view does.
        if self._shows(self.document.current_clip):
            self._show_neutral()

    def close_view(self) -> None:
        """Let go of the GL context; must come before the window closes."""
        self.on_view(lambda view: view.close_view())

    def _connect_bar(self) -> None:
        player, bar = self.player, self.bar
        bar.play_toggled.connect(player.toggle)
        bar.step.connect(player.step)
        bar.jumped.connect(player.go_to)
        bar.loop_changed.connect(player.set_loop)
        bar.speed_changed.connect(player.set_speed)
        bar.mode_changed.connect(player.set_mode)
        player.effective_fps_changed.connect(bar.set_effective_fps)
        self.timeline.scrubbed.connect(player.seek)
        self.keys.sought.connect(player.seek)
        self.timeline.range_changed.connect(self._set_range)
        self.curves.drawn_changed.connect(self.timeline.set_tracks)
        self.curves.unfamiliar_changed.connect(self.timeline.set_unfamiliar)
        self.curves.look_changed.connect(self.timeline.set_look)
        self.timeline.set_look(self.curves.look)
        for playhead in (player.playhead, player.cut):
            bind(self, playhead.playing_changed, bar.set_playing)
        bind(self, player.playhead.frame_changed, self._show_frame)
        bind(self, player.playhead.settings_changed, self._show_settings)

    def _connect_document(self) -> None:
        document = self.document
        bind(self, document.current_changed, lambda _clip: self._show_clip())
        bind(self, document.timing_changed, self._show_timing)
        bind(self, document.range_changed, self._show_range)
        bind(self, document.edit_changed, self._show_edit)
        bind(self, document.registration_changed, self._show_edit)
        bind(self, document.neutral_changed, lambda _clip, _frame: self._show_neutral())
        self.comparison.changed.connect(self.show_other)
        self.comparison.mode_changed.connect(self._show_comparing)

    def _set_range(self, start: int, stop: int) -> None:
        clip = self.document.current_clip
        if clip is not None:
            self.document.set_range(clip.id, start, stop)
            self._pause.start()

    def _show_clip(self) -> None:
        """Show the clip that has become the current one; a preview gives way to it."""
        self.preview.show(None)
        clip = self.document.current_clip
        timing = clip.timing if clip is not None else Timing(1, 30.0)
        names = clip.frame_names if clip is not None else ()
        self.timeline.set_clip(timing.frames, timing.fps, names)
        # A clip that was read before may have been told of before the stage heard of it.
        if self.curves.clip_id == self.document.state.current:
            self.timeline.set_tracks(self.curves.drawn)
            self.timeline.set_unfamiliar(self.curves.unfamiliar)
        if clip is not None:
            self._show_range(clip.id, *clip.range)
        self._show_surface()

    def _show_timing(self, clip_id: str) -> None:
        """Show the clip anew where it plays another length or pace now."""
        clip = self.document.current_clip
        if clip is not None and clip.id == clip_id:
            self.timeline.set_clip(clip.timing.frames, clip.timing.fps, clip.frame_names)
            self._show_range(clip.id, *clip.range)

    def _show_edit(self, clip_id: str) -> None:
        """Show the clip anew where it plays other frames now, or is seen from elsewhere."""
        if clip_id == self.document.state.current:
            self._show_surface()

    def _show_surface(self) -> None:
        """Fill the view with the preview or, without one, with the current clip."""
        clip, shown = self.document.current_clip, self.preview.sequence
        for part in (self.timeline, self.keys, self.marks, self.bar):
            part.setEnabled(clip is not None and (shown is None or self.preview.lent))
        on = clip if shown is None else None
        if on is not None:
            shown = self.document.evaluator.ready(on) or self._instead(on)
        view = self.viewport if shown is not None else None
        at = QApplication.focusWidget()
        focused = at is not None and self._stack.isAncestorOf(at)
        self._stack.setCurrentWidget(view or self.empty)
        if focused:
            self.take_focus()
        self.lay_view_under(on=False)
        self._shown, self._on = shown, on
        neutral = self._neutral()
        self.on_view(lambda view: view.show_sequence(shown, _regions(shown), neutral))
        self.look.follow()
        self.show_other()
        if self.preview.sequence is not None:
            self._show_preview_frame(self.preview.frame)
        self._show_frame(self.player.playhead.frame)

    def _instead(self, clip: ClipState) -> MeshSequence:
        """Choose what fills the view while the frames of an edit are being worked out.

        The frame on show is put over it as the edit has it.
        """
        on, shown = self._on, self._shown
        same = on is not None and on.recording is clip.recording
        return shown if same and shown is not None else clip.recording

    def show_edited(self, clip_id: str) -> None:
        """Show the frames of an edited clip, which have been worked out."""
        if clip_id == self.document.state.current and self.preview.sequence is None:
            self._show_surface()
        elif self.comparison.other is not None and clip_id == self.comparison.other.id:
            self.show_other()

    def show_other(self) -> None:
        """Put the clip to compare with beside the current one; a preview stands alone."""
        other = self.comparison.other
        if other is None or not self._shows(self.document.current_clip):
            self.on_view(lambda view: view.compare(None, None))
            self.alone.emit()
            return
        evaluator = self.document.evaluator
        sequence = evaluator.ready(other) or other.recording
        neutral = resting(evaluator, other, None)
        heads = self.comparison.heads
        self.on_view(lambda view: view.compare(sequence, _regions(sequence), neutral, heads))
        self._show_comparing()

    def _show_comparing(self) -> None:
        mode, flipped = self.comparison.mode, self.comparison.flipped
        self.on_view(lambda view: view.set_comparing(mode, flipped=flipped))

    def _show_preview_frame(self, frame: int) -> None:
        self.on_view(lambda view: view.show_frame(frame))

    def _shows(self, clip: ClipState | None) -> bool:
        """Whether the view is on this clip, neither behind the document nor on a preview."""
        on = self._on
        if clip is None or on is None:
            return False
        return clip.recording is on.recording and clip.edits == on.edits

    def shows_current(self) -> bool:
        """Whether the view is on the document's current clip."""
        return self._shows(self.document.current_clip)

    def _neutral(self) -> Floats | None:
        """Compute the face at rest (V, 3) of what is shown; None measures from the first frame."""
        clip = self.document.current_clip
        if clip is None or not self._shows(clip):
            return None
        return resting(self.document.evaluator, clip, self._rest)

    def _show_neutral(self) -> None:
        neutral = self._neutral()
        self.on_view(lambda view: view.set_neutral(neutral))

    def _show_range(self, clip_id: str, start: int, stop: int) -> None:
        if clip_id == self.document.state.current:
            self.timeline.set_range(start, stop)
            self.bar.set_range(start, stop)

    def _show_frame(self, frame: int) -> None:
        # The playhead may hear of another clip before the view does.
        if self._shows(self.document.current_clip):
            self.on_view(lambda view: self._draw_frame(view, frame))
        self.timeline.set_frame(frame)
        self.compare_bar.set_frame(frame)
        self.show_place()

    def show_place(self) -> None:
        """Say where what is seen is, the clip or the cut."""
        seen = self.player.moving
        self.bar.set_frame(seen.frame, seen.n_frames, seen.fps)

    def _draw_frame(self, view: Viewport, frame: int) -> None:
        view.show_frame(frame)
        clip, evaluator = self._on, self.document.evaluator
        if clip is not None and self._shown is not evaluator.ready(clip):
            points = evaluator.frame(clip, min(frame, clip.timing.frames - 1))
            if points is not None:
                view.show_points(points)

    def _show_settings(self) -> None:
        playhead = self.player.moving
        self.bar.set_playing(playhead.playing)
        self.bar.set_loop(playhead.loop)
        self.bar.set_mode(playhead.mode)
        self.bar.set_speed(playhead.speed)


def _regions(sequence: MeshSequence | None) -> dict[str, NDArray[np.bool_]] | None:
    return regions_of(sequence.topology) if sequence is not None else None
