"""The mode in which landmarks are moved by hand, or placed on a surface that has none."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from studio.core import MeshSequence, Progress, StudioError
from studio.core.sequence import Floats
from studio.document import ClipState, Document, Evaluator, Landmark, LandmarkEdit
from studio.document.edits.landmarks import own_landmarks
from studio.document.landmark_drag import Drag, can_mirror, partners, take_hold
from studio.face.landmarks import IBUG_68
from studio.ui.kit.bind import bind
from studio.ui.kit.lanes import Lane
from studio.ui.timeline.player import Player

# The view imports VTK, which the window does once it has been painted.
if TYPE_CHECKING:
    from studio.ui.view3d.viewport import Viewport

Followed = tuple[MeshSequence, tuple[int, ...]]


class LandmarkEditor(QObject):
    """What is chosen, and the verbs of the bar, the menu and the mouse.

    A drag is shown as it goes and told to the document when it ends, so that it is one step.

    Parameters
    ----------
    lane
        Where the map from landmarks to the surface is found before it is needed.
    shown
        Whether the view is on the current clip and on no preview.
    """

    changed = Signal()  # the mode, what is chosen, or what can be done
    moved = Signal()  # landmarks may be elsewhere in the view
    forgotten = Signal()  # what the mouse holds is no longer what it was
    failed = Signal(object)  # Exception

    def __init__(
        self,
        document: Document,
        player: Player,
        lane: Lane,
        shown: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.document, self.player = document, player
        self._lane, self._shown = lane, shown
        self.on, self.placing = False, False
        self.mirror, self.soft = False, False
        self.chosen: frozenset[int] = frozenset()
        self.drag: Drag | None = None
        self.hand: Floats = np.zeros(3, dtype=np.float32)
        self._prepared: Followed | None = None
        self._view: Viewport | None = None
        bind(self, document.current_changed, lambda _clip: self._follow_clip())
        bind(self, document.edit_changed, lambda _clip: self._follow_edit())
        bind(self, player.playhead.frame_changed, lambda _frame: self._follow_frame())
        bind(self, player.playhead.playing_changed, lambda _playing: self._tell())

    def attach(self, view: Viewport) -> None:
        """Work in the view that has just been made."""
        self._view = view
        self._tell()

    # What there is

    @property
    def clip(self) -> ClipState | None:
        """The clip that is worked on, None while the mode is off or the view on something else."""
        return self.document.current_clip if self.on and self._shown() else None

    @property
    def frame(self) -> int:
        return self.player.playhead.frame

    @property
    def can_place(self) -> bool:
        """Whether the user says where the landmarks are: on any surface but the template's."""
        clip = self.document.current_clip
        return clip is not None and not own_landmarks(clip.recording)

    @property
    def can_mirror(self) -> bool:
        """Whether it is known which landmarks of the current clip lie across from each other."""
        clip = self.document.current_clip
        return clip is not None and can_mirror(clip)

    @property
    def across(self) -> frozenset[int]:
        """The landmarks that mirror those that are chosen."""
        clip = self.clip
        return partners(clip, self.chosen) if clip is not None and self.mirror else frozenset()

    @property
    def keys(self) -> tuple[int, ...]:
        """The frames that the keys of the current clip are in, below their edit."""
        clip = self.document.current_clip
        edit = clip.landmark_edit if clip is not None else None
        return edit.frames if edit is not None else ()

    @property
    def under(self) -> int:
        """The frame below the edit of the landmarks that the frame on show plays."""
        clip = self.document.current_clip
        return clip.frame_below(clip.landmark_place, self.frame) if clip is not None else 0

    def unmoved(self, clip: ClipState) -> Floats:
        """Give the vertices (V, 3) in mm of the frame on show, without what was moved by hand."""
        edits = [edit for edit in clip.edits if not isinstance(edit, LandmarkEdit)]
        frame = min(self.frame, clip.timing.frames - 1)
        found = self.document.evaluator.frame(replace(clip, edits=tuple(edits)), frame)
        return clip.recording.vertices[0] if found is None else found

    # Verbs

    def set_on(self, *, on: bool) -> None:
        """Begin or end the mode."""
        if on == self.on:
            return
        self.let_go()
        self.on, self.chosen = on, frozenset()
        clip = self.document.current_clip
        self.placing = on and self.can_place and clip is not None and not clip.landmarks
        if on:
            self.player.stop()
        self._prepare()
        self._tell()

    def set_placing(self, *, on: bool) -> None:
        """Let a click put a landmark on the surface."""
        self.placing = on and self.can_place
        self._tell()

    def set_mirror(self, *, on: bool) -> None:
        """Let the other side of the face do the same."""
        self.mirror = on
        self._tell()

    def set_soft(self, *, on: bool) -> None:
        """Let the landmarks nearby come along, less the farther they are."""
        self.soft = on
        self._tell()

    def choose(self, landmarks: Collection[int]) -> None:
        """Let these landmarks be the ones that a drag moves."""
        self.chosen = frozenset(landmarks)
        self._tell()

    def set_fade(self, frames: int) -> None:
        """Let what is moved in a frame fade out over so many frames to either side."""
        clip = self.document.current_clip
        if clip is not None:
            self._do(lambda: self.document.set_fade(clip.id, frames))

    def remove_key(self) -> None:
        """Take back what was moved in the frame on show."""
        clip, at = self.document.current_clip, self.under
        if clip is not None:
            self._do(lambda: self.document.remove_landmark_key(clip.id, at))

    def remove_keys(self) -> None:
        """Take back what was moved in any frame."""
        clip = self.document.current_clip
        if clip is not None:
            self._do(lambda: self.document.remove_landmark_keys(clip.id))

    def place(self, vertex: int) -> None:
        """Put another landmark on a vertex and choose it."""
        clip = self.clip
        if clip is None or vertex in [landmark.vertex for landmark in clip.landmarks]:
            return
        place, landmarks = next_place(clip), list(clip.landmarks)
        landmarks.insert(place, Landmark(_numbered(place), vertex))
        if self._do(lambda: self.document.set_landmarks(clip.id, landmarks)):
            self.choose({place})

    def put(self, landmark: int, vertex: int) -> None:
        """Correct where a landmark is."""
        clip = self.clip
        if clip is not None:
            landmarks = list(clip.landmarks)
            landmarks[landmark] = Landmark(landmarks[landmark].name, vertex)
            self._do(lambda: self.document.set_landmarks(clip.id, landmarks))

    def remove_chosen(self) -> None:
        """Take placed landmarks off the surface, and what was moved by them with them."""
        clip, chosen = self.clip, self.chosen
        if clip is None or not chosen or not self.can_place:
            return
        kept = [one for place, one in enumerate(clip.landmarks) if place not in chosen]
        self.chosen = frozenset()
        self._do(lambda: self.document.set_landmarks(clip.id, kept))

    # A drag

    def take(self, held: int) -> bool:
        """Hold the chosen landmarks by one of them; whether that can be done."""
        clip = self.clip
        if clip is None:
            return False
        self.player.stop()
        how = {"mirror": self.mirror, "soft": self.soft}
        try:
            evaluator = self.document.evaluator
            self.drag = take_hold(clip, evaluator, self.frame, held, self.chosen, **how)
        except StudioError as error:
            self.failed.emit(error)
            return False
        self.hand = np.zeros(3, dtype=np.float32)
        return True

    def pull(self, by: Floats) -> None:
        """Move what is held, and the surface with it.

        Parameters
        ----------
        by
            The way (3,) in mm from where it was taken.
        """
        if self.drag is not None and self._view is not None:
            self.hand = by
            self._view.show_points(self.drag.surface(by))

    def drop(self) -> None:
        """End the drag as one step of the document."""
        drag, self.drag = self.drag, None
        if drag is not None and self.hand.any():
            offsets = drag.offsets(self.hand)
            self._do(
                lambda: self.document.move_landmarks(
                    drag.clip_id, drag.under, offsets, key=drag.key
                )
            )

    def let_go(self) -> None:
        """Give the drag up; everything is where it was."""
        drag, self.drag = self.drag, None
        if drag is not None and self._view is not None:
            self._view.show_points(drag.points)

    def go_on(self) -> None:
        """Keep what is held where the hand has it: other frames of the clip are in the view."""
        if self.drag is not None:
            self.pull(self.hand)
        else:
            self.moved.emit()

    # Following

    def _do(self, act: Callable[[], object]) -> bool:
        """Do something to the document, and say so where it refuses."""
        try:
            act()
        except StudioError as error:
            self.failed.emit(error)
            self._tell()
            return False
        return True

    def _follow_clip(self) -> None:
        self._forget_drag()
        self.chosen = frozenset()
        clip = self.document.current_clip
        self.placing = self.on and self.can_place and clip is not None and not clip.landmarks
        self._prepare()
        self._tell()

    def _follow_edit(self) -> None:
        self._forget_drag()
        clip = self.document.current_clip
        known = range(len(clip.landmarks)) if clip is not None else range(0)
        self.chosen = frozenset(self.chosen & set(known))
        self._prepare()
        self._tell()

    def _forget_drag(self) -> None:
        """Forget what was held, which is no longer what it was."""
        self.drag = None
        self.forgotten.emit()

    def _follow_frame(self) -> None:
        if self.on:
            if self.drag is not None and self.drag.frame != self.frame:
                self._forget_drag()
            self.changed.emit()

    def _prepare(self) -> None:
        """Find the map of the clip's landmarks in the background."""
        clip = self.document.current_clip if self.on else None
        if clip is None or not clip.landmarks:
            self._prepared = None
            return
        edit = LandmarkEdit(clip.landmarks)
        if self._prepared != (clip.recording, edit.vertices):
            self._prepared = clip.recording, edit.vertices
            self._lane.submit(
                find_map,
                self.document.evaluator,
                clip.recording,
                edit,
                title="Preparing landmarks",
                on_error=self.failed.emit,
            )

    def _tell(self) -> None:
        self.changed.emit()
        self.moved.emit()


def next_place(clip: ClipState) -> int:
    """Find the first number that is free, where the next landmark goes.

    So a set of the 68 keeps its order when one of them is taken away and placed again.
    """
    taken = {landmark.name for landmark in clip.landmarks}
    return next(place for place in itertools.count() if not taken & _names(place))


def _names(place: int) -> set[str]:
    """Give what the landmark of a place may be called.

    One that was clicked has its number for a name, one of a generated take its curve.
    """
    curve = {IBUG_68.label(place)} if place < len(IBUG_68) else set()
    return curve | {_numbered(place)}


def _numbered(place: int) -> str:
    return f"landmark {place + 1}"


def find_map(
    evaluator: Evaluator, recording: MeshSequence, edit: LandmarkEdit, *, progress: Progress
) -> None:
    """Find what a drag needs of a recording before the first one begins."""
    progress.check()
    evaluator.basis(recording, edit)
