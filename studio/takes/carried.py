"""Clips of registered faces as they were carried onto the studio's, remembered while they last."""

from __future__ import annotations

import threading
from weakref import ReferenceType, WeakKeyDictionary, ref

from studio.core import MeshSequence, Progress
from studio.face.registration.correspondence import Correspondence

from .registered import on_template

_WAIT = 0.1  # seconds between two looks at a stop, while another thread carries


class CarriedClips:
    """What was carried; a clip that is gone takes its own along, and the oldest go for room.

    Parameters
    ----------
    budget
        Bytes of vertices that may be remembered; the latest clip stays in any case.
    """

    def __init__(self, budget: int = 2**30) -> None:
        self._budget = budget
        self._lock, self._carrying = threading.Lock(), threading.Lock()
        self._known: WeakKeyDictionary[
            MeshSequence, tuple[ReferenceType[Correspondence], MeshSequence]
        ] = WeakKeyDictionary()

    @property
    def held_bytes(self) -> int:
        """How many bytes are remembered."""
        with self._lock:
            return self._held()

    def set_budget(self, budget: int) -> None:
        """Set how many bytes may be remembered; the oldest go."""
        with self._lock:
            self._budget = budget
            self._trim()

    def on_template(
        self, found: Correspondence, clip: MeshSequence, progress: Progress
    ) -> MeshSequence:
        """Carry a clip onto the studio's face as `registered.on_template` does, once.

        May take seconds; two who ask for clips at once wait for each other, and hear a stop.
        """
        while not self._carrying.acquire(timeout=_WAIT):
            progress.check()
        try:
            known = self._recall(found, clip)
            if known is None:
                known = on_template(found, clip, progress)
                self._remember(found, clip, known)
            return known
        finally:
            self._carrying.release()

    def _recall(self, found: Correspondence, clip: MeshSequence) -> MeshSequence | None:
        with self._lock:
            by, carried = self._known.pop(clip, (None, None))
            if by is None or carried is None or by() is not found:
                return None
            self._known[clip] = by, carried  # the latest are last
            return carried

    def _remember(self, found: Correspondence, clip: MeshSequence, carried: MeshSequence) -> None:
        with self._lock:
            self._known[clip] = ref(found), carried
            self._trim()

    def _held(self) -> int:
        return sum(carried.vertices.nbytes for _, carried in list(self._known.values()))

    def _trim(self) -> None:
        for clip in list(self._known)[:-1]:
            if self._held() <= self._budget:
                return
            del self._known[clip]


CARRIED = CarriedClips()  # of this program, whoever asks
