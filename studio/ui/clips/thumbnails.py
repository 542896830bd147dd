"""Small pictures of clips, drawn in the background when they are first wanted."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from weakref import WeakKeyDictionary, ref

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage

from studio.core import MeshSequence, Progress
from studio.core.sequence import Doubles
from studio.ui.kit.lanes import BEHIND, Lane
from studio.ui.view3d.upright import Upright

FACE = QSize(64, 72)  # as clip lists show it, logical pixels
TILE = QSize(96, 108)  # as sheets show it
MOVING = 20  # pictures of a clip that plays
KEPT_MOVING = 12  # clips whose moving pictures are remembered
SCALE = 2  # pixels drawn per logical one, so that pictures are sharp on dense screens
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class _Wish:
    """A wish for one picture of a clip at its apex, or for a few that play it.

    It does not hold the clip: frames that an edit has replaced meanwhile need no picture, and
    the row would keep all of them in memory.
    """

    sequence: ref[MeshSequence]
    moving: bool


class Thumbnails(QObject):
    """Pictures by sequence, so that copies of a clip and undo share them.

    What was asked for last is drawn first: that is what can be seen now.

    Parameters
    ----------
    upright
        Says how the face of a clip is held, as `Orbit` has it.
    """

    drawn = Signal(object)  # MeshSequence

    def __init__(
        self, upright: Upright = lambda _sequence: None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._upright = upright
        self.lane = Lane("thumbnails", self, nice=BEHIND)
        self._stills: WeakKeyDictionary[MeshSequence, tuple[QImage, QImage]] = WeakKeyDictionary()
        self._moving: OrderedDict[MeshSequence, list[QImage]] = OrderedDict()
        self._wishes: list[_Wish] = []
        self._keep = KEPT_MOVING
        self._closed = False

    def face(self, sequence: MeshSequence) -> QImage | None:
        """Give the clip at its apex, as large as lists show it.

        Returns
        -------
        None while it is being drawn, and `drawn` tells when it is there; a null image where it
        could not be drawn.
        """
        return self._still(sequence)[0]

    def tile(self, sequence: MeshSequence) -> QImage | None:
        """Give the same picture, as large as sheets show it."""
        return self._still(sequence)[1]

    def _still(self, sequence: MeshSequence) -> tuple[QImage | None, QImage | None]:
        images = self._stills.get(sequence)
        if images is None:
            self._want(_Wish(ref(sequence), moving=False))
            return None, None
        return images

    def moving(self, sequence: MeshSequence) -> list[QImage]:
        """Give pictures from the first frame to the last, none while they are being drawn.

        Only what was asked for last is drawn: the pointer is over one face at a time.
        """
        if sequence in self._moving:
            self._moving.move_to_end(sequence)
            return self._moving[sequence]
        self._wishes = [wish for wish in self._wishes if not wish.moving]
        self._want(_Wish(ref(sequence), moving=True))
        return []

    def prepare_moving(self, sequences: Sequence[MeshSequence]) -> None:
        """Draw the pictures of all these, the first one's first, and keep them all."""
        self._keep = max(KEPT_MOVING, len(sequences))
        for sequence in reversed(sequences):
            if sequence not in self._moving:
                self._want(_Wish(ref(sequence), moving=True))

    def drawn_moving(self, sequence: MeshSequence) -> list[QImage]:
        """Give the same pictures as `moving`, and ask for none where they are not there."""
        return self._moving.get(sequence, [])

    def forget_moving(self) -> None:
        """Let go of the pictures that played, and of the clips they show: nothing plays now."""
        self._keep = KEPT_MOVING
        self._wishes = [wish for wish in self._wishes if not wish.moving]
        self._moving.clear()

    def draw_anew(self, sequence: MeshSequence) -> None:
        """Forget the pictures of a clip whose face is known to be held otherwise now."""
        self._moving.pop(sequence, None)
        if self._stills.pop(sequence, None) is not None:
            self.drawn.emit(sequence)

    def close(self) -> None:
        """Stop drawing and wait for the thread."""
        self._closed = True
        self._wishes.clear()
        self.lane.close()

    def _want(self, wish: _Wish) -> None:
        self._wishes = [other for other in self._wishes if other != wish]
        self._wishes.append(wish)
        self._go_on()

    def _go_on(self) -> None:
        if self._closed or self.lane.busy:
            return
        self._wishes = [wish for wish in self._wishes if wish.sequence() is not None]
        sequence = self._wishes[-1].sequence() if self._wishes else None
        if sequence is None:
            return
        moving = self._wishes[-1].moving
        self.lane.submit(
            partial(draw_faces, moving=moving, upright=self._upright(sequence)),
            sequence,
            on_result=lambda pictures: self._take(sequence, pictures, moving=moving),
            on_error=lambda _error: self._take(sequence, None, moving=moving),
        )

    def _take(self, sequence: MeshSequence, pictures: Pixels | None, *, moving: bool) -> None:
        done = _Wish(ref(sequence), moving)
        self._wishes = [wish for wish in self._wishes if wish != done]
        images = [image_of(picture) for picture in pictures] if pictures is not None else []
        if moving:
            self._moving[sequence] = images
            while len(self._moving) > self._keep:
                self._moving.popitem(last=False)
        else:
            tile = images[0] if images else QImage()
            self._stills[sequence] = scaled(tile, FACE), tile
        self.drawn.emit(sequence)
        self._go_on()


def draw_faces(
    sequence: MeshSequence, *, moving: bool, progress: Progress, upright: Doubles | None = None
) -> Pixels:
    """Draw the clip at its apex, or, moving, frames spread over it.

    A face that is held otherwise than y up is `upright` (3, 3) so.

    Returns
    -------
    (N, H, W, 4) uint8, RGBA
    """
    from studio.render.thumbnails import apex, thumbnails

    frames = _spread(sequence.n_frames) if moving else [apex(sequence)]
    size = (SCALE * TILE.width(), SCALE * TILE.height())
    # What moves is not looked at long enough to see its jagged outline.
    finer = 1 if moving else 2
    drawn = thumbnails(sequence, frames, size, finer=finer, upright=upright, progress=progress)
    return np.asarray(drawn)


def _spread(n_frames: int) -> Sequence[int]:
    count = min(n_frames, MOVING)
    return [round(k * (n_frames - 1) / max(count - 1, 1)) for k in range(count)]


def scaled(image: QImage, size: QSize) -> QImage:
    """Scale a picture to another size in logical pixels, as sharp as before."""
    if image.isNull():
        return image
    smooth = Qt.TransformationMode.SmoothTransformation
    small = image.scaled(size * SCALE, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    small.setDevicePixelRatio(SCALE)
    return small


def image_of(picture: Pixels) -> QImage:
    """Turn a picture (H, W, 4) uint8, RGBA, into one that Qt paints."""
    height, width, _ = picture.shape
    data = np.ascontiguousarray(picture).tobytes()
    image = QImage(data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
    # Premultiplied, because that is what painting and scaling are quick at; and a copy, because
    # the bytes do not outlive this function.
    image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(SCALE)
    return image
