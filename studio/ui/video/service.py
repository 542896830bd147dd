"""Follows the playhead through the video of the clip on show, and has that read otherwise."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from studio.core import MeshSequence
from studio.core.read_as import Gaps
from studio.core.sequence import Floats
from studio.core.video.footage import Footage
from studio.document import Document, DocumentState
from studio.ui.kit.bind import bind
from studio.ui.kit.lanes import Lane
from studio.ui.timeline.player import Player

from .work import Reel, Span, read_other

# It loads FFmpeg, which the window does once there is a video.
if TYPE_CHECKING:
    from studio.io.video.film import Pixels

_BEHIND, _AHEAD = 8, 24  # pictures that are decoded around the one on show
_KEPT = 160  # pictures that are remembered, of less than a megabyte each


class VideoService(QObject):
    """Has pictures decoded while somebody looks; the nearest known one is on show at once.

    Parameters
    ----------
    document, player
        What is open, and where the playhead is.
    pictures, reading
        Lanes that decode, and that read a video again.

    Attributes
    ----------
    footage
        Of the clip on show; None for a clip of no video.
    number
        Of the picture under the playhead.
    picture
        Number and pixels of the picture on show; None before there is any.
    problem
        Why there are no pictures; empty where there are.
    """

    changed = Signal()  # the video, or how it was read
    pictured = Signal()  # the picture on show, or the landmarks on it
    failed = Signal(object)  # Exception
    remarked = Signal(str)  # how it was read again

    def __init__(
        self,
        document: Document,
        player: Player,
        pictures: Lane,
        reading: Lane,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.document, self.player, self.settings = document, player, player.settings
        self._pictures, self._reading = pictures, reading
        self.footage: Footage | None = None
        self.number, self.problem = 0, ""
        self.picture: tuple[int, QImage] | None = None
        self._wanted = False
        self._reel: Reel | None = None
        self._numbers: NDArray[np.int32] = np.zeros(0, dtype=np.int32)
        self._known = OrderedDict[int, QImage | None]()  # None: cannot be decoded
        self._coming = range(0)  # what is being decoded and has not come
        self._begun = False  # whether nothing of it has
        pictures.stopped.connect(self._expect_nothing)
        bind(self, document.changed, self._follow)
        bind(self, player.playhead.frame_changed, lambda _frame: self._move())
        self._show()

    # What is known

    @property
    def landmarks(self) -> Floats | None:
        """(478, 2) of the picture on show, as shares of its width and height; None without."""
        if self.footage is None or not self.drawn:
            return None
        number = self.number if self.picture is None else self.picture[0]
        points = self.footage.landmarks[number, :, :2] / self.footage.sizes[number]
        return points if np.isfinite(points).all() else None

    @property
    def lost(self) -> bool:
        """Whether the face is lost under the playhead."""
        return self.footage is not None and not self.footage.seen[self.number]

    @property
    def frames_lost(self) -> NDArray[np.bool_]:
        """(T,) whether the face is lost in each frame that plays."""
        return ~self.footage.seen[self._numbers] if self.footage else np.zeros(0, dtype=bool)

    @property
    def frames_at_rest(self) -> NDArray[np.bool_]:
        """(T,) whether each frame that plays is taken for the face at rest."""
        if self.footage is None:
            return np.zeros(0, dtype=bool)
        return np.isin(self._numbers, self.footage.resting)

    @property
    def drawn(self) -> bool:
        """Whether landmarks are drawn."""
        return self.settings.video_landmarks

    # Verbs

    def want(self, *, on: bool) -> None:
        """Have pictures decoded, or no more, because nobody looks."""
        self._wanted = on
        if on:
            self._move()
        else:
            self._pictures.cancel()
            self._expect_nothing()

    def set_drawn(self, *, on: bool) -> None:
        """Draw the landmarks, or not."""
        self.settings.video_landmarks = on
        self.changed.emit()
        self.pictured.emit()

    def set_face(self, face: int) -> None:
        """Read another of several faces, 1 the largest."""
        if self.footage is not None and face != self.footage.face:
            self._read("Read another face", self.footage.gaps, self.footage.rest, face)

    def set_gaps(self, gaps: Gaps) -> None:
        """Fill, hold or leave out the frames without the face."""
        if self.footage is not None and gaps != self.footage.gaps:
            self._read("Change lost frames", gaps, self.footage.rest, self.footage.face)

    def rest_in_range(self) -> None:
        """Take the in/out range for the face at rest."""
        clip, film = self.document.current_clip, self.footage
        if clip is not None and film is not None:
            numbers = self._numbers[slice(*clip.range)]
            moments = film.seconds[numbers] - film.seconds[0]
            span = float(moments.min()), float(moments.max())
            self._read("Set the face at rest", film.gaps, span, film.face)

    def estimate_rest(self) -> None:
        """Leave the face at rest to the estimate."""
        film = self.footage
        if film is not None and film.rest is not None:
            self._read("Estimate the face at rest", film.gaps, None, film.face)

    def _read(self, step: str, gaps: Gaps, rest: Span | None, face: int) -> None:
        clip, film = self.document.current_clip, self.footage
        if clip is None or film is None:
            return
        clip_id, name = clip.id, clip.recording.name

        def take(read: MeshSequence) -> None:
            now = self.document.state.find(clip_id)
            if now is not None and now.recording.footage is film:
                self.document.read_again(clip_id, read, step)
                self.remarked.emit(f"{name}: {' '.join(read.told)}")

        def miss(error: Exception) -> None:
            self.changed.emit()  # the panel shows what it was again
            self.failed.emit(error)

        self._reading.submit(
            read_other,
            *(film, name, gaps, rest, face),
            title=f"Reading {name} again",
            on_result=take,
            on_error=miss,
        )

    # Following

    def _follow(self, before: DocumentState, after: DocumentState) -> None:
        if before.current_clip != after.current_clip:
            self._show()

    def _show(self) -> None:
        clip, was = self.document.current_clip, self.footage
        film = None if clip is None else clip.recording.footage
        if clip is not None and film is not None:
            last = clip.recording.n_frames - 1
            frames = np.clip(np.rint(clip.moments), 0, last).astype(int)
            self._numbers = film.shown[frames]
        self.footage = film
        if film is None or was is None or not _same_pictures(film, was):
            self._pictures.cancel()
            self._reel = None if film is None else Reel(film)
            self._known.clear()
            self._expect_nothing()
            self.picture, self.problem = None, ""
        self.changed.emit()
        self._move()

    def _move(self) -> None:
        """Show the picture under the playhead, the nearest one until it is there."""
        if self.footage is None:
            self.pictured.emit()
            return
        frame = min(self.player.playhead.frame, len(self._numbers) - 1)
        self.number = int(self._numbers[frame])
        self._choose()
        self.pictured.emit()
        # What began to decode may show a picture first: else nothing would ever come on a slow
        # machine, on which the playhead is further than that by then.
        if self._wanted and not self._begun:
            self._look_ahead()

    def _look_ahead(self) -> None:
        """Have what comes next decoded, unless that is on its way."""
        there = self.number in self._known
        if not there and self.number not in self._coming:
            self._fetch(max(self.number - _BEHIND, 0), self.number)
        elif there and not self._coming:
            self._fetch(self.number, self.number + _AHEAD // 2)

    def _fetch(self, first: int, least: int) -> None:
        """Have pictures decoded from one on, where one up to another is not there."""
        if self._reel is None or self.footage is None or self.problem:
            return
        end = len(self.footage.seconds)
        missing = (n for n in range(first, min(least + 1, end)) if n not in self._known)
        first = next(missing, end)
        last = min(self.number + _AHEAD, end - 1)
        if first >= end:
            return
        self._coming, self._begun = range(first, last + 1), True
        self._pictures.submit(
            self._reel.fetch,
            *(first, last),
            on_partial=self._take,
            on_result=lambda _none: self._end(first, last),
            on_error=self._miss,
        )

    def _take(self, part: tuple[int, Pixels]) -> None:
        number, pixels = part
        self._keep(number, _image(pixels))
        self._coming = range(number + 1, self._coming.stop)
        if self._begun:
            self._begun = False
            self._move()
        elif self._choose():
            self.pictured.emit()

    def _end(self, first: int, last: int) -> None:
        """Note what could not be decoded."""
        self._expect_nothing()
        for number in range(first, last + 1):
            if number not in self._known:
                self._keep(number, None)
        self._move()

    def _keep(self, number: int, image: QImage | None) -> None:
        self._known[number] = image
        self._known.move_to_end(number)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)

    def _miss(self, error: Exception) -> None:
        self._expect_nothing()
        self.problem = f"Its pictures cannot be shown: {error}"
        self.changed.emit()
        self.pictured.emit()

    def _expect_nothing(self) -> None:
        """Ask anew for what comes no more, once that is wanted."""
        self._coming, self._begun = range(0), False

    def _choose(self) -> bool:
        """Choose the known picture that is nearest to the playhead; whether it is another one."""
        there = [number for number, image in self._known.items() if image is not None]
        near = min(there, key=lambda number: abs(number - self.number), default=None)
        image = None if near is None else self._known[near]
        if near is None or image is None or (self.picture is not None and self.picture[0] == near):
            return False
        self._known.move_to_end(near)
        self.picture = near, image
        return True


def _same_pictures(one: Footage, other: Footage) -> bool:
    """Whether two readings are of the same pictures."""
    return one.place == other.place and np.array_equal(one.seconds, other.seconds)


def _image(pixels: Pixels) -> QImage:
    height, width = pixels.shape[:2]
    made = QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
    return made.convertToFormat(QImage.Format.Format_RGB32)
