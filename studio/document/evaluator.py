"""What plays of a clip: the frames of its edits, computed when asked for and remembered.

Frames are remembered a chunk at a time for each part of a stack of edits from the bottom up. So a
state that undo brings back finds its chunks again, and an edit on top of others starts from theirs.
What was asked for longest ago is forgotten where all of it takes more memory than it may. Nothing
here keeps a recording alive, and what belongs to one goes with it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from weakref import ReferenceType, WeakKeyDictionary, WeakValueDictionary, finalize, ref

import numpy as np

from studio.core import Cancelled, MeshSequence, Progress, Timing
from studio.core.sequence import Floats

from .edits.edit import Basis, Below, Edit, Frames, in_a_run
from .edits.time.mapped import chained
from .state import ClipState

_QUIET = Progress()
_Key = tuple[int, str, Hashable]  # the number of a recording, and what of it


@dataclass(frozen=True, eq=False)
class _Step:
    """An edit of a stack, with what it needs besides the frames below."""

    edit: Edit
    basis: Basis | None
    before: Timing


_Steps = tuple[_Step, ...]
_Take = Callable[[MeshSequence, _Steps, Frames], Floats]


class _Level:
    """The frames above a step, as far as they are computed.

    Attributes
    ----------
    vertices
        (T, V, 3) mm.
    chunks
        The frames that are computed together.
    whole
        What plays, once all chunks are done.
    lock
        Held while a chunk is computed, so that whoever asks for the same one waits for it.
    """

    def __init__(self, n_vertices: int, step: _Step) -> None:
        self.timing = step.edit.timing(step.before)
        self.vertices: Floats = np.empty((self.timing.frames, n_vertices, 3), dtype=np.float32)
        self.chunks = step.edit.chunks(self.timing)
        self.chunk_of = np.empty(self.timing.frames, dtype=np.intp)
        for number, frames in enumerate(self.chunks):
            self.chunk_of[frames] = number
        self.done = np.zeros(len(self.chunks), dtype=bool)
        self.whole: MeshSequence | None = None
        self.lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        return int(self.vertices.nbytes)


class Evaluator:
    """Computes what plays of clips, for the window and any number of workers at once.

    The window asks `ready` and `frame`, which answer at once; a worker asks `sequence`.

    Parameters
    ----------
    budget
        Bytes that may be remembered; the latest frames and basis stay in any case.
    """

    def __init__(self, budget: int = 2**30) -> None:
        self._budget = budget
        self._lock = threading.Lock()
        self._finding = threading.Lock()
        self._known: OrderedDict[_Key, _Level | Basis] = OrderedDict()
        # Frames that somebody holds are found again, whatever was forgotten here.
        self._whole: WeakValueDictionary[_Key, MeshSequence] = WeakValueDictionary()
        self._numbers: WeakKeyDictionary[MeshSequence, int] = WeakKeyDictionary()
        self._gone: deque[int] = deque()  # numbers of recordings that are no more
        self._given = 0

    @property
    def held_bytes(self) -> int:
        """How many bytes are remembered."""
        with self._locked():
            return sum(known.nbytes for known in self._known.values())

    def set_budget(self, budget: int) -> None:
        """Set how many bytes may be remembered; the oldest go."""
        with self._locked():
            self._budget = budget
            self._trim()

    def fits(self, clips: Sequence[ClipState]) -> list[ClipState]:
        """Tell which of the clips can be remembered together.

        Returns
        -------
        The clips up to where the budget is used up; the first in any case.
        """
        left, found = self._budget, list[ClipState]()
        for clip in clips:
            levels = len(chained(clip.active_edits))
            left -= levels * clip.timing.frames * clip.recording.vertices[0].nbytes
            if left < 0 and found:
                break
            found.append(clip)
        return found

    # What plays

    def ready(self, clip: ClipState) -> MeshSequence | None:
        """Give what plays, at once.

        Returns
        -------
        The same object for as long as anybody holds it; None where it has yet to be computed.
        """
        if clip.as_recorded:
            return clip.recording
        with self._locked():
            key = self._frames_key(clip.recording, chained(clip.active_edits))
            level = self._recall(key)
            whole = level.whole if isinstance(level, _Level) else None
            return whole or self._whole.get(key)

    def frame(self, clip: ClipState, number: int) -> Floats | None:
        """Compute one frame in a moment, whether the others are there or not.

        Returns
        -------
        (V, 3) float32 mm; None where it takes a basis that nobody has found yet
        """
        whole = self.ready(clip)
        if whole is not None:
            return np.asarray(whole.vertices[number])
        steps = self._steps(clip, find=False)
        if steps is None:
            return None
        return np.asarray(self._peek(clip.recording, steps, np.array([number]))[0])

    def sequence(self, clip: ClipState, progress: Progress = _QUIET) -> MeshSequence:
        """Compute all that plays; may take seconds.

        Raises
        ------
        InputError
            Where an edit cannot be made of this recording.
        Cancelled
            Where a stop was asked for; the chunks that are done are found again.
        """
        whole = self.ready(clip)
        if whole is not None:
            return whole
        steps = self._steps(clip, find=True) or ()
        level = self._level(clip.recording, steps)
        try:
            for number in progress.each(range(len(level.chunks))):
                self._fill(clip.recording, steps, level, number, progress)
        except Cancelled:
            self._forget_first(clip)
            raise
        return self._finish(clip, level)

    def basis(self, recording: MeshSequence, edit: Edit, *, find: bool = True) -> Basis | None:
        """Give what an edit finds once for a recording; may take seconds.

        Parameters
        ----------
        recording, edit
            What to find it for.
        find
            Find it now; else None where nobody has yet.

        Raises
        ------
        InputError
            Where there can be none for this recording.
        """
        with self._locked():
            key = self._key(recording, edit.kind, edit.basis_key)
            known = self._recall(key)
        if known is not None or not find:
            return known
        with self._finding:
            known = self.basis(recording, edit, find=False)
            if known is None:
                known = edit.find_basis(recording)
                if known is not None:
                    with self._locked():
                        self._remember(key, known)
            return known

    def below(self, clip: ClipState, place: int, edit: Edit, frames: Frames) -> Below:
        """Give what an edit needs at a place in the stack of a clip.

        May take seconds where that stack has not been shown yet.

        Parameters
        ----------
        clip, place
            Where the edit lies, or would lie.
        edit
            The edit itself.
        frames
            (N,) numbers of frames above it.
        """
        under = replace(clip, edits=clip.edits[:place])
        steps, basis = self._steps(under, find=True) or (), self.basis(clip.recording, edit)
        step = _Step(edit, basis, under.timing)
        return _below(clip.recording, (*steps, step), frames, self._peek)

    # The stack

    def _steps(self, clip: ClipState, *, find: bool) -> _Steps | None:
        """List the active edits with their bases; None where one has yet to be found."""
        timing, steps = clip.recording.timing, list[_Step]()
        for edit in chained(clip.active_edits):
            needed = edit.basis_key is not None
            basis = self.basis(clip.recording, edit, find=find) if needed else None
            if needed and basis is None:
                return None
            steps.append(_Step(edit, basis, timing))
            timing = edit.timing(timing)
        return tuple(steps)

    def _peek(self, recording: MeshSequence, steps: _Steps, frames: Frames) -> Floats:
        """Compute (N, V, 3) of (N,) frames above the steps, of which nothing is remembered."""
        with self._locked():
            level = self._recall(self._frames_key(recording, (step.edit for step in steps)))
        if isinstance(level, _Level) and level.done[level.chunk_of[frames]].all():
            return np.asarray(level.vertices[frames])
        return _above(recording, steps, frames, self._peek, _QUIET)

    def _take(
        self, recording: MeshSequence, steps: _Steps, frames: Frames, progress: Progress
    ) -> Floats:
        """Compute (N, V, 3) of (N,) frames above the steps, with the chunks they are in."""
        level = self._level(recording, steps)
        for number in np.unique(level.chunk_of[frames]).tolist():
            self._fill(recording, steps, level, number, progress)
        return np.asarray(level.vertices[frames])

    def _fill(
        self,
        recording: MeshSequence,
        steps: _Steps,
        level: _Level,
        number: int,
        progress: Progress,
    ) -> None:
        """Compute a chunk of a level unless it is done."""
        with level.lock:
            if not level.done[number]:
                frames = level.chunks[number]
                take = partial(self._take, progress=progress)
                level.vertices[frames] = _above(recording, steps, frames, take, progress)
                level.done[number] = True

    def _level(self, recording: MeshSequence, steps: _Steps) -> _Level:
        with self._locked():
            key = self._frames_key(recording, (step.edit for step in steps))
            level = self._recall(key)
            if not isinstance(level, _Level):
                level = _Level(recording.n_vertices, steps[-1])
                self._remember(key, level)
            return level

    def _finish(self, clip: ClipState, level: _Level) -> MeshSequence:
        """Make a sequence of the chunks, once, when all are done."""
        with level.lock:
            if level.whole is None:
                was, shown, fps = clip.recording, level.vertices, level.timing.fps
                names = was.frame_names if len(shown) == was.n_frames else ()
                level.whole = replace(was, vertices=shown, fps=fps, frame_names=names, footage=None)
            with self._locked():
                key = self._frames_key(clip.recording, chained(clip.active_edits))
                self._whole[key] = level.whole
                self._remember(key, level)
            return level.whole

    # What is remembered; all of it under the lock

    def _key(self, recording: MeshSequence, what: str, of: Hashable) -> _Key:
        number = self._numbers.get(recording)
        if number is None:
            number = self._given = self._given + 1
            self._numbers[recording] = number
            finalize(recording, _let_go, ref(self), number).atexit = False
        return number, what, of

    def _frames_key(self, recording: MeshSequence, edits: Iterable[Edit]) -> _Key:
        return self._key(recording, "frames", tuple(edits))

    def _recall(self, key: _Key) -> _Level | Basis | None:
        if key in self._known:
            self._known.move_to_end(key)
        return self._known.get(key)

    def _remember(self, key: _Key, found: _Level | Basis) -> None:
        self._known[key] = found
        self._known.move_to_end(key)
        self._trim()

    def _trim(self) -> None:
        held = sum(known.nbytes for known in self._known.values())
        levels = [key for key, known in self._known.items() if isinstance(known, _Level)]
        bases = [key for key, known in self._known.items() if not isinstance(known, _Level)]
        # Without its basis, not even one frame can be shown at once; so bases go last.
        for key in (*levels[:-1], *bases[:-1]):
            if held <= self._budget:
                break
            held -= self._known.pop(key).nbytes

    def _forget_first(self, clip: ClipState) -> None:
        """Make what was given up the first to go where memory is short."""
        with self._locked():
            key = self._frames_key(clip.recording, chained(clip.active_edits))
            if key in self._known:
                self._known.move_to_end(key, last=False)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._lock:
            self._drop_gone()
            yield
        self.let_go()

    def let_go(self, *numbers: int) -> None:
        """Forget what belongs to recordings that are no more, given by their numbers.

        Called wherever the last reference to a recording goes, so also while this thread or another
        has the lock; then whoever has it does it.
        """
        self._gone.extend(numbers)
        if self._gone and self._lock.acquire(blocking=False):
            try:
                self._drop_gone()
            finally:
                self._lock.release()

    def _drop_gone(self) -> None:
        while self._gone:
            gone = self._gone.popleft()
            for key in [key for key in self._known if key[0] == gone]:
                del self._known[key]


def _let_go(evaluator: ReferenceType[Evaluator], number: int) -> None:
    if (found := evaluator()) is not None:
        found.let_go(number)


def _above(
    recording: MeshSequence, steps: _Steps, frames: Frames, take: _Take, progress: Progress
) -> Floats:
    """Compute (N, V, 3) of (N,) frames above the steps; `take` gives those below the last."""
    return steps[-1].edit.apply(_below(recording, steps, frames, take), frames, progress)


def _below(recording: MeshSequence, steps: _Steps, frames: Frames, take: _Take) -> Below:
    """Take what the last of the steps needs for (N,) frames above it."""
    step = steps[-1]
    needed = np.unique(step.edit.needs(frames, step.before))
    under, read = steps[:-1], recording.vertices
    vertices = take(recording, under, needed) if under else np.asarray(read[in_a_run(needed)])
    return Below(recording, step.before, needed, vertices, step.basis)


@dataclass(frozen=True, eq=False)
class Played:
    """A clip, and where a job gets its frames from."""

    clip: ClipState
    evaluator: Evaluator

    def sequence(self, progress: Progress = _QUIET) -> MeshSequence:
        """Compute all that plays, as `Evaluator.sequence` does."""
        return self.evaluator.sequence(self.clip, progress)

    def named(self, progress: Progress = _QUIET) -> MeshSequence:
        """Compute all that plays, called what the user calls the clip."""
        return self.sequence(progress).renamed(self.clip.name)
