"""The verbs of the document that put markers on clips."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from studio.core import InputError
from studio.document.edit_verbs import EditVerbs
from studio.document.state import ClipState

from .markers import Marker


class MarkerVerbs(EditVerbs):
    """What a document can do with the markers of its clips; see `Document`.

    A marker's number is its place among those of the clip, by their moments, from 0. All verbs
    raise `InputError` for a number or a frame that is not there.
    """

    def add_marker(self, clip_id: str, frame: int, note: str = "") -> int:
        """Mark what plays in a frame, unless that is marked; the number of the marker."""
        clip = self.state.clip(clip_id)
        there = next((place.number for place in clip.marked if place.frame == frame), None)
        if there is not None:
            return there
        marker = Marker(_moment(clip, frame), note)
        return self._put_marker(clip, clip.markers, marker, "Add marker")

    def move_marker(self, clip_id: str, number: int, frame: int, *, key: str | None = None) -> int:
        """Take a marker to what plays in another frame; its number then.

        Calls in a row that share `key` undo as one step.
        """
        clip = self.state.clip(clip_id)
        marker, others = _parted(clip, number)
        moved = replace(marker, moment=_moment(clip, frame))
        return self._put_marker(clip, others, moved, "Move marker", key)

    def note_marker(self, clip_id: str, number: int, note: str) -> int:
        """Give a marker another note; its number then."""
        clip = self.state.clip(clip_id)
        marker, others = _parted(clip, number)
        noted = replace(marker, note=note.strip())
        return self._put_marker(clip, others, noted, "Change note of marker")

    def remove_marker(self, clip_id: str, number: int) -> None:
        """Take a marker away."""
        clip = self.state.clip(clip_id)
        _, others = _parted(clip, number)
        self._put(replace(clip, markers=others), "Remove marker")

    def _put_marker(
        self,
        clip: ClipState,
        others: tuple[Marker, ...],
        marker: Marker,
        name: str,
        key: str | None = None,
    ) -> int:
        markers = tuple(sorted((*others, marker)))
        self._put(replace(clip, markers=markers), name, key)
        return markers.index(marker)


def _parted(clip: ClipState, number: int) -> tuple[Marker, tuple[Marker, ...]]:
    """Part a marker of a clip from its others."""
    if not 0 <= number < len(clip.markers):
        raise InputError.of(clip.name, f"a marker {number}", f"{len(clip.markers)} markers")
    return clip.markers[number], (*clip.markers[:number], *clip.markers[number + 1 :])


def _moment(clip: ClipState, frame: int) -> float:
    """Tell which moment of the recording a frame plays."""
    if not 0 <= frame < clip.timing.frames:
        raise InputError.of(clip.name, f"a frame from 0 to {clip.timing.frames - 1}", str(frame))
    return float(clip.source_times(np.array([frame], dtype=np.float64))[0])
