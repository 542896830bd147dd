"""The verbs of the document that arrange a cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from studio.core import InputError
from studio.document.edit_verbs import EditVerbs

from .cut import Cut, CutPart
from .laid import check_alike, laid


class CutVerbs(EditVerbs):
    """What a document can do with its cut; see `Document`.

    A place counts the parts from 0. All verbs raise `InputError` for one where there is none.
    """

    def add_to_cut(self, clip_ids: Sequence[str], place: int | None = None) -> None:
        """Put clips, each with its in/out range, into the cut before a place; else at its end.

        Raises
        ------
        InputError
            For clips with another triangulation than the first of the cut.
        """
        parts, clips = [*self.state.cut.parts], [self.state.clip(one) for one in clip_ids]
        first = self.state.clip(parts[0].clip) if parts else clips[0] if clips else None
        for clip in clips:
            if first is not None:
                check_alike(first.recording, clip)
        place = len(parts) if place is None else min(max(place, 0), len(parts))
        parts[place:place] = [CutPart(clip.id, clip.start, clip.stop) for clip in clips]
        names = clips[0].name if len(clips) == 1 else f"{len(clips)} clips"
        self._put_cut(parts, f"Add {names} to the cut")

    def remove_from_cut(self, place: int) -> None:
        """Take a part out."""
        parts = [*self.state.cut.parts]
        del parts[self._checked_part(place)]
        self._put_cut(parts, "Remove from the cut")

    def move_in_cut(self, place: int, to: int) -> int:
        """Move a part to another place among the others; its place then."""
        parts = [*self.state.cut.parts]
        part = parts.pop(self._checked_part(place))
        to = min(max(to, 0), len(parts))
        parts.insert(to, part)
        self._put_cut(parts, "Move in the cut")
        return to

    def trim_in_cut(self, place: int, start: int, stop: int, *, key: str | None = None) -> None:
        """Have a part play frames start..stop-1 of its clip, clamped so that one frame is left.

        Calls in a row that share `key` undo as one step.
        """
        part = self.state.cut.parts[self._checked_part(place)]
        frames = self.state.clip(part.clip).timing.frames
        start = min(max(start, 0), frames - 1)
        stop = min(max(stop, start + 1), frames)
        changed = replace(part, start=start, stop=None if stop == frames else stop)
        self._change_part(place, changed, "Trim in the cut", key)

    def overlap_in_cut(self, place: int, overlap: int, *, key: str | None = None) -> None:
        """Have a part begin so many frames over the end of the one before, as far as both reach.

        Calls in a row that share `key` undo as one step.
        """
        part = self.state.cut.parts[self._checked_part(place)]
        spans = laid(self.state).spans
        room = spans[place - 1].frames - spans[place - 1].overlap if place else 0
        behind = spans[place + 1].overlap if place + 1 < len(spans) else 0
        room = min(room, spans[place].frames - behind)
        changed = replace(part, overlap=min(max(overlap, 0), room))
        self._change_part(place, changed, "Crossfade in the cut", key)

    def clear_cut(self) -> None:
        """Take all parts out."""
        self._put_cut([], "Clear the cut")

    def _change_part(self, place: int, part: CutPart, name: str, key: str | None) -> None:
        parts = [*self.state.cut.parts]
        parts[place] = part
        self._put_cut(parts, name, key)

    def _put_cut(self, parts: Sequence[CutPart], name: str, key: str | None = None) -> None:
        self._write(replace(self.state, cut=Cut(tuple(parts))), name, key)

    def _checked_part(self, place: int) -> int:
        parts = len(self.state.cut.parts)
        if not 0 <= place < parts:
            raise InputError.of("cut", f"a part at place {place}", f"{parts} parts")
        return place
