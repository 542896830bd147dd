"""Clips of registered faces as they were read onto the studio's, remembered while they last."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from weakref import ReferenceType, WeakKeyDictionary, ref

import numpy as np

from studio.core import MeshSequence, Progress
from studio.face.known import studio_face
from studio.face.registration.carrying.solving import Solved, on_rig, solved
from studio.face.registration.correspondence import Correspondence

from .registered import on_template

_WAIT = 0.1  # seconds between two looks at a stop, while another thread carries


@dataclass(frozen=True, eq=False)
class Carried:
    """A clip of a registered face on the studio's triangulation.

    Attributes
    ----------
    sequence : there
    solution : how it was solved in the face's own shapes, whose weights moved the studio's face by
        name; None where the surface was carried
    said : what shapes that it was tried in came to, a few words; empty where there are none
    """

    sequence: MeshSequence
    solution: Solved | None = None
    said: str = ""


def read_onto(found: Correspondence, clip: MeshSequence, progress: Progress) -> Carried:
    """Solve a clip in the shapes that its face brings, or carry its surface.

    The surface is carried where the face has none, and where they do not explain the clip.

    Raises
    ------
    InputError
        For a clip of another triangulation than the face that was registered.
    """
    if found.shapes is None or clip.topology != found.topology:
        return Carried(on_template(found, clip, progress))
    tried = [found.shapes]
    if not np.array_equal(found.shapes.neutral, found.neutral):
        tried.append(found.shapes.at_rest_as(found.neutral))
    solutions = []
    for place, shapes in enumerate(tried):
        part = progress.part(0.5 * place / len(tried), 0.5 * (place + 1) / len(tried))
        solutions.append(solved(shapes, clip.vertices, part))
        if solutions[-1].explains:
            said = f"read in its own shapes, which leave {_left(solutions[-1])}"
            return Carried(_played(found, clip, solutions[-1]), solutions[-1], said)
    nearest = min(solutions, key=lambda each: each.left)
    said = f"read by its surface, because its own shapes leave {_left(nearest)}"
    return Carried(on_template(found, clip, progress.part(0.5, 1.0)), said=said)


def _left(solution: Solved) -> str:
    return f"{solution.left:.2f} of {solution.moved:.2f} mm of its motion"


def _played(found: Correspondence, clip: MeshSequence, solution: Solved) -> MeshSequence:
    faces, origin = studio_face().template.faces, np.zeros(3)
    return replace(clip, vertices=on_rig(found, solution), faces=faces, origin=origin)


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
            MeshSequence, tuple[ReferenceType[Correspondence], Carried]
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

    def read(self, found: Correspondence, clip: MeshSequence, progress: Progress) -> Carried:
        """Read a clip onto the studio's face as `read_onto` does, once.

        May take seconds; two who ask for clips at once wait for each other, and hear a stop.
        """
        while not self._carrying.acquire(timeout=_WAIT):
            progress.check()
        try:
            known = self._recall(found, clip)
            if known is None:
                known = read_onto(found, clip, progress)
                self._remember(found, clip, known)
            return known
        finally:
            self._carrying.release()

    def _recall(self, found: Correspondence, clip: MeshSequence) -> Carried | None:
        with self._lock:
            by, carried = self._known.pop(clip, (None, None))
            if by is None or carried is None or by() is not found:
                return None
            self._known[clip] = by, carried  # the latest are last
            return carried

    def _remember(self, found: Correspondence, clip: MeshSequence, carried: Carried) -> None:
        with self._lock:
            self._known[clip] = ref(found), carried
            self._trim()

    def _held(self) -> int:
        return sum(carried.sequence.vertices.nbytes for _, carried in list(self._known.values()))

    def _trim(self) -> None:
        for clip in list(self._known)[:-1]:
            if self._held() <= self._budget:
                return
            del self._known[clip]


CARRIED = CarriedClips()  # of this program, whoever asks
