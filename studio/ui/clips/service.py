"""Opening clips one after the other; the first frame is on show while the rest is read."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

import studio.engine.video  # noqa: F401  (from here on videos are clips)
from studio.core import Given, MeshSequence, Progress, StudioError
from studio.document import ClipState, Document
from studio.document.beside.sound import ClipSound
from studio.io.folders.runs import SeveralRuns, is_pattern
from studio.io.sound.wav import beside, read_sound
from studio.ui.kit.lanes import Lane

AS_SAID = Given()


@dataclass(frozen=True)
class Wanted:
    """A file or folder to open.

    Attributes
    ----------
    path
        Where it lies.
    given
        How it is to be read, whatever it says.
    head
        The clip of a head with its own shapes on which a take is played; None opens it as it is.
    """

    path: Path
    given: Given = AS_SAID
    head: ClipState | None = None


class OpenService(QObject):
    """Reads files and folders on a lane and puts them into the document.

    A clip that takes long to read shows its first frame meanwhile, until another clip is chosen; a
    clip enters the document whole or not at all.
    """

    preview_changed = Signal(object)  # MeshSequence of the first frame, or None
    opened = Signal(object)  # Path
    remarked = Signal(str)  # what was guessed, filled or repaired in it
    sounds_found = Signal(object)  # tuple of Path, which go beside the clip on show
    several_found = Signal(object, object)  # SeveralRuns in a folder, and as what to read them
    failed = Signal(object)  # Exception

    def __init__(self, document: Document, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document, self.lane = document, lane
        self.default_fps = 30.0  # of what does not say its frame rate
        self._waiting: deque[Wanted] = deque()
        self._showing = False
        lane.stopped.connect(self._forget)

    def open_paths(self, paths: Sequence[Path], given: Given | None = None) -> None:
        """Open each file or folder as a clip, in their order, after what is being opened.

        Parameters
        ----------
        given
            How they are to be read, whatever they say.
        """
        opened = collapse_frames(paths)
        self._waiting.extend(Wanted(path, given or AS_SAID) for path in opened)
        if len(paths) == 1 and opened != [*paths]:
            told = f"{paths[0].name} is the first of a run of frames, which is opened as a clip."
            self.remarked.emit(told)
        if not self.lane.busy:
            self._open_next()

    def play(self, path: Path, head: ClipState) -> None:
        """Play a take of face tracking on a head with its own shapes, as a clip of its own."""
        self._waiting.append(Wanted(path, head=head))
        if not self.lane.busy:
            self._open_next()

    def _forget(self) -> None:
        """Forget what was being read, now that it is stopped, and what waits behind it."""
        self._waiting.clear()
        self._unshow()

    def _open_next(self) -> None:
        if not self._waiting:
            return
        wanted = self._waiting.popleft()
        path, given = wanted.path, wanted.given
        title = f"Opening {path.name}" if wanted.head is None else f"Playing {path.name}"
        if self._waiting:
            title = f"{title} ({len(self._waiting)} more)"
        self.lane.submit(
            read_wanted,
            wanted,
            self.default_fps,
            title=title,
            on_partial=self._show,
            on_result=lambda read: self._take(wanted, *read),
            on_error=lambda error: self._miss(error, given),
        )

    def _show(self, first: MeshSequence) -> None:
        self._showing = True
        self.preview_changed.emit(first)

    def _unshow(self) -> None:
        if self._showing:
            self._showing = False
            self.preview_changed.emit(None)

    def _take(
        self, wanted: Wanted, sequence: MeshSequence, sound: ClipSound | StudioError | None
    ) -> None:
        # The clip takes the place of its first frame; showing an older one in between would
        # be seen.
        self._showing, path = False, wanted.path
        # Whoever reads the file again would not get what was played on another head.
        heard = sound if isinstance(sound, ClipSound) else None
        self.document.open_clip(sequence, path if wanted.head is None else None, heard)
        self.opened.emit(path)
        if sequence.told:
            self.remarked.emit(f"{path.name}: {' '.join(sequence.told)}")
        if sound is not None:
            said = f"{heard.name} beside it is its sound." if heard else f"Not its sound: {sound}."
            self.remarked.emit(f"{path.name}: {said}")
        self._open_next()

    def _miss(self, error: Exception, given: Given) -> None:
        self._unshow()
        if isinstance(error, SeveralRuns):
            self.several_found.emit(error, given)
        else:
            self.failed.emit(error)
        self._open_next()


def read_clip(
    path: Path,
    default_fps: float = 30.0,
    given: Given = AS_SAID,
    *,
    progress: Progress,
    show: Callable[[MeshSequence], object],
) -> MeshSequence:
    """Read one file or folder as a clip.

    Parameters
    ----------
    default_fps
        Frames per second of what does not say its rate.
    given
        How it is to be read, whatever it says.
    show
        Given the first frame at once where the rest takes long.
    """
    from studio.io import read_sequence

    def show_first(first: MeshSequence, n_frames: int) -> None:
        show(first.renamed(f"Opening {path.name}, first of {n_frames} frames"))

    sequence: MeshSequence = read_sequence(
        path,
        progress=progress,
        unit=given.unit,
        fps=given.fps,
        gaps=given.gaps,
        face=given.face,
        rest=given.rest,
        default_fps=default_fps,
        on_first=show_first,
    )
    return sequence


def read_wanted(
    wanted: Wanted,
    default_fps: float,
    *,
    progress: Progress,
    show: Callable[[MeshSequence], object],
) -> tuple[MeshSequence, ClipSound | StudioError | None]:
    """Read one file or folder as a clip, or play it on a head, with the sound beside it.

    Returns
    -------
    The clip; and the sound, why there is none of the file that is there, or None without one.
    """
    path, sound = wanted.path, beside(wanted.path)
    if wanted.head is None:
        read = read_clip(path, default_fps, wanted.given, progress=progress, show=show)
    else:
        from studio.io.weights.playing import play_weights

        head = wanted.head.recording.renamed(wanted.head.name)
        read = play_weights(path, head, default_fps=default_fps, progress=progress)
    if sound is None:
        return read, None
    try:
        return read, ClipSound(read_sound(sound), 0.0, sound.name)
    except StudioError as error:
        return read, error


def collapse_frames(paths: Sequence[Path]) -> list[Path]:
    """Give the paths to open; several numbered meshes of one folder stand for that folder.

    Someone who selects three hundred frames wants one clip and not three hundred. Where a folder
    holds several runs, they stand for theirs, as the first frame of one does alone.
    """
    from studio.io import FORMATS
    from studio.io.folders.folder import several_runs

    suffixes = FORMATS.frame_suffixes
    # Whoever selects all of a folder selects what is said beside the frames, too.
    kinds = (kind for kind in FORMATS.values() if kind.timeless)
    notes = tuple(f"{suffix}.json" for kind in kinds for suffix in kind.suffixes)
    paths = [path for path in paths if not path.name.lower().endswith(notes)] or paths
    frames = {path for path in paths if path.suffix.lower() in suffixes and not is_pattern(path)}
    many = Counter(map(_run_of, frames))
    found = {folder: several_runs(folder) for folder in {path.parent for path in frames}}

    def opened(path: Path) -> Path:
        runs = found.get(path.parent, {}).items() if path in frames else ()
        among = next(((run, names) for run, names in runs if path.name in names), None)
        if among is not None and (many[_run_of(path)] > 1 or path.name == among[1][0]):
            return among[0]
        return path.parent if path in frames and many[_run_of(path)] > 1 else path

    return list(dict.fromkeys(map(opened, paths)))


def _run_of(path: Path) -> tuple[Path, str, str]:
    """Give what the frames of one numbered run have in common."""
    return path.parent, re.sub(r"\d+", "#", path.stem), path.suffix.lower()
