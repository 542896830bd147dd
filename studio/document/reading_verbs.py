"""The verb of the document that reads a clip in another unit or at another rate."""

from __future__ import annotations

from dataclasses import replace

from studio.core import InputError, MeshSequence
from studio.core.read_as import MILLIMETERS
from studio.core.timing import checked_rate

from .edit_verbs import EditVerbs


class ReadingVerbs(EditVerbs):
    """What a document can do with how the files of its clips were read; see `Document`."""

    def set_reading(
        self, clip_id: str, *, unit: str | None = None, fps: float | None = None
    ) -> None:
        """Take a clip's coordinates to be in another unit, or its frames at another rate.

        What was moved by hand grows with the clip. All of it is one step.

        Parameters
        ----------
        clip_id
            The clip.
        unit, fps
            Of the file, one of `MILLIMETERS`, and frames a second; None leaves it as it is.

        Raises
        ------
        InputError
            For a unit or a rate that is none, and for a unit where the clip has no coordinates in
            a file.
        """
        clip = self.state.clip(clip_id)
        before = clip.recording
        recording, factor, changed = before, 1.0, list[str]()
        if unit is not None and unit != before.read_as.unit:
            factor = _factor(clip.name, before, unit)
            recording = _grown(recording, factor, unit)
            changed.append("unit")
        if fps is not None and checked_rate(clip.name, fps) != before.fps:
            read_as = replace(recording.read_as, rate_by="given")
            recording = replace(recording, fps=fps, read_as=read_as)
            changed.append("rate")
        if changed:
            edits = tuple(edit.grown(factor) for edit in clip.edits)
            anew = replace(clip, recording=recording, edits=edits)
            self._put(anew, f"Change {' and '.join(changed)} of {clip.name}")


def _factor(name: str, recording: MeshSequence, unit: str) -> float:
    was = recording.read_as.unit
    if not was:
        raise InputError.of(name, "a clip whose file has coordinates", "one without a unit")
    if unit not in MILLIMETERS:
        raise InputError.of("unit", f"one of {', '.join(MILLIMETERS)}", unit)
    return MILLIMETERS[unit] / MILLIMETERS[was]


def _grown(recording: MeshSequence, factor: float, unit: str) -> MeshSequence:
    return replace(
        recording,
        vertices=recording.vertices * factor,
        origin=recording.origin * factor,
        read_as=replace(recording.read_as, unit=unit, unit_by="given"),
    )
