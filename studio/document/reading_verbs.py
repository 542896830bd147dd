"""The verb of the document that reads a clip in another unit, at another rate, or over its gaps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from studio.core import InputError, MeshSequence
from studio.core.read_as import MILLIMETERS, Gaps
from studio.core.timing import checked_rate
from studio.io.folders.gaps import gaps_of, moved_by, with_gaps
from studio.io.units import checked_unit

from .edit_verbs import EditVerbs, within
from .state import ClipState


class ReadingVerbs(EditVerbs):
    """What a document can do with how the files of its clips were read; see `Document`."""

    def set_reading(
        self,
        clip_id: str,
        *,
        unit: str | None = None,
        fps: float | None = None,
        gaps: Gaps | None = None,
    ) -> None:
        """Take a clip's coordinates, its frame rate or the gaps among its frames for others.

        What was moved by hand grows with the clip and stays with its frames. All of it is one step.

        Parameters
        ----------
        clip_id
            The clip.
        unit, fps
            Of the file, one of `MILLIMETERS`, and frames a second; None leaves it as it is.
        gaps
            What becomes of frames that are missing; None leaves them as they are.

        Raises
        ------
        InputError
            For a unit or a rate that is none, for a unit where the clip has no coordinates in a
            file, and for gaps where there are none or their frames do not fit into memory.
        """
        clip = self.state.clip(clip_id)
        changed = list[str]()
        if unit is not None and unit != clip.recording.read_as.unit:
            clip = _grown(clip, unit)
            changed.append("unit")
        if fps is not None and checked_rate(clip.name, fps) != clip.recording.fps:
            clip = _at_rate(clip, fps)
            changed.append("rate")
        if gaps is not None and gaps != gaps_of(clip.recording):
            clip = _with_gaps(clip, gaps)
            changed.append("gaps")
        if changed:
            self._put(clip, f"Change {' and '.join(changed)} of {clip.name}")

    def read_again(self, clip_id: str, recording: MeshSequence, step: str) -> None:
        """Put in place of a video's frames what was read of it otherwise.

        What is said of frames goes with their moments in the video.

        Parameters
        ----------
        recording
            What was read.
        step
            The name of the step.

        Raises
        ------
        InputError
            For a clip, or frames, of no video.
        """
        clip = self.state.clip(clip_id)
        before, after = clip.recording.footage, recording.footage
        if before is None or after is None:
            raise InputError.of(clip.name, "a clip that was read from a video", "another")
        frames = np.arange(recording.n_frames)

        def to(frame: int) -> int:
            moment = np.interp(frame, np.arange(clip.recording.n_frames), before.moments)
            return int(np.rint(np.interp(moment, after.moments, frames)))

        same = len(before.shown) == len(after.shown)
        recording = recording.renamed(clip.recording.name)
        self._put(_moved(clip, recording, (lambda frame: frame) if same else to), step)


def _grown(clip: ClipState, unit: str) -> ClipState:
    """Take the coordinates in the file for another unit."""
    recording, wanted = clip.recording, checked_unit(unit)
    if not recording.read_as.unit:
        raise InputError.of(clip.name, "a clip whose file has coordinates", "one without a unit")
    factor = wanted / MILLIMETERS[recording.read_as.unit]
    recording = replace(
        recording,
        vertices=recording.vertices * factor,
        origin=recording.origin * factor,
        read_as=replace(recording.read_as, unit=unit, unit_by="given"),
    )
    found = None if clip.registration is None else clip.registration.grown(factor)
    edits = tuple(edit.grown(factor) for edit in clip.edits)
    return replace(clip, recording=recording, edits=edits, registration=found)


def _at_rate(clip: ClipState, fps: float) -> ClipState:
    """Play the same frames at another rate."""
    recording, read = clip.recording, clip.recording.read_as
    before = None if read.unit else read.before or read.given(recording.fps)
    read = replace(read, rate_by="given", before=before)
    return replace(clip, recording=replace(recording, fps=fps, read_as=read))


def _with_gaps(clip: ClipState, gaps: Gaps) -> ClipState:
    """Treat the gaps otherwise; what is said of frames stays with them."""
    return _moved(clip, with_gaps(clip.recording, gaps), moved_by(clip.recording, gaps))


def _moved(clip: ClipState, recording: MeshSequence, to: Callable[[int], int]) -> ClipState:
    """Put other frames in place of a clip's; `to` tells where a frame went."""
    start, stop = clip.range
    return within(
        replace(
            clip,
            recording=recording,
            edits=tuple(edit.moved(to) for edit in clip.edits),
            start=to(start),
            stop=None if clip.stop is None else to(stop - 1) + 1,
            neutral_frame=None if clip.neutral_frame is None else to(clip.neutral_frame),
            markers=tuple(replace(one, moment=to(round(one.moment))) for one in clip.markers),
        )
    )
