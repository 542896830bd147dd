"""The verbs of the document that move, copy and remove the keys of edits in time."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from studio.core import InputError
from studio.core.sequence import Floats

from .edit_verbs import EditVerbs
from .edits.edit import Edit, head_points
from .edits.keyed import Heads, KeyedEdit
from .edits.landmarks import LandmarkEdit, says_nothing
from .evaluator import Evaluator
from .state import ClipState


class KeySpot(NamedTuple):
    """Where a key is: the place of its edit in the stack, and its frame."""

    place: int
    frame: int


Moves = Mapping[KeySpot, int]  # the frames below their edits that keys go to
Seen = Mapping[KeySpot, int]  # the frames that play them


@dataclass(frozen=True, eq=False)
class Rekeyed:
    """A clip whose keys were changed.

    Parameters
    ----------
    clip
        As it is then.
    spots
        Where the keys are now that were put somewhere.
    replaced
        How many others had to give way to them.
    left_out
        How many found no room before the end of the clip.
    """

    clip: ClipState
    spots: frozenset[KeySpot]
    replaced: int = 0
    left_out: int = 0


class KeyVerbs(EditVerbs):
    """What a document can do with the keys of all edits of its clips; see `Document`.

    A key that is put where another one is takes its place; of two that are moved to one frame the
    later one stays.
    """

    evaluator: Evaluator

    def retime_keys(
        self,
        clip_id: str,
        moves: Moves,
        *,
        copy: bool = False,
        since: ClipState | None = None,
        key: str | None = None,
    ) -> Rekeyed:
        """Move keys to other frames, or copies of them.

        Parameters
        ----------
        clip_id
            Of which clip.
        moves
            The frames below their edits that they go to.
        copy
            Whether they stay where they are as well.
        since
            The clip as it was before the first of some calls in a row, which `moves` is about, so
            that keys that are passed on the way stay.
        key
            Calls in a row that share it undo as one step.

        Raises
        ------
        InputError
            Where there is no such key, or for a frame that the clip does not have.
        """
        found = retimed(self.evaluator, since or self.state.clip(clip_id), moves, copy=copy)
        name = f"{'Copy' if copy else 'Move'} {counted(len(moves))}"
        self._put_edits(self.state.clip(clip_id), found.clip.edits, name, key)
        return found

    def paste_keys(
        self, clip_id: str, source: ClipState, spots: Collection[KeySpot], frame: int
    ) -> Rekeyed:
        """Put copies of keys into a clip, the first of them in a frame that plays.

        They go to the edits they come from, or in another clip to its topmost edits of their kind.

        Parameters
        ----------
        clip_id
            Of the clip they go to.
        source, spots
            The clip they come from, as it was then, and which of its keys.
        frame
            Where the first of them goes; the others follow as they do where they come from. Keys
            that do not play there are left out.

        Raises
        ------
        InputError
            For a clip where no edit can have such keys.
        """
        found = pasted(self.evaluator, self.state.clip(clip_id), source, spots, frame)
        name = f"Paste {counted(len(spots))}"
        self._put_edits(self.state.clip(clip_id), found.clip.edits, name)
        return found

    def set_key(self, clip_id: str, place: int, frame: int) -> None:
        """Set a key of an edit in a frame below it, of what the edit does there already.

        Raises
        ------
        InputError
            Where no edit with keys is at that place, or for a frame that is not there.
        """
        clip = self.state.clip(clip_id)
        edit, at = keyed(clip, place), np.array([frame])
        below = self.evaluator.below(clip, place, edit, at)
        self.replace_edit(clip_id, place, edit.keyed(below, frame), step="Set key")

    def remove_keys(self, clip_id: str, spots: Collection[KeySpot]) -> None:
        """Take keys out; an edit that needs one keeps its first."""
        clip = self.state.clip(clip_id)
        edits: list[Edit | None] = [*clip.edits]
        for place, frames in _by_place(spots):
            edit = keyed(clip, place).without(frames)
            bare = isinstance(edit, LandmarkEdit) and says_nothing(edit, clip.recording)
            edits[place] = None if bare else edit
        kept = tuple(edit for edit in edits if edit is not None)
        self._put_edits(clip, kept, f"Remove {counted(len(spots))}")


def retimed(evaluator: Evaluator, clip: ClipState, moves: Moves, *, copy: bool = False) -> Rekeyed:
    """Work out what `KeyVerbs.retime_keys` makes of a clip."""
    edits, spots, replaced = [*clip.edits], set[KeySpot](), 0
    for place, frames in _by_place(moves):
        edit, heads = keyed(clip, place), _heads(evaluator, clip, place)
        held = {key.frame: key for key in edit.keys}
        absent = [frame for frame in frames if frame not in held]
        if absent:
            raise InputError.of(clip.name, f"a key in frame {absent[0]}", "none")
        ways = {frame: moves[KeySpot(place, frame)] for frame in frames}
        placed = {to: edit.carried(held[at], to, heads, heads) for at, to in ways.items()}
        rest = [key for at, key in held.items() if copy or at not in ways]
        kept = [key for key in rest if key.frame not in placed]
        edits[place] = edit.with_keys([*kept, *placed.values()])
        spots |= {KeySpot(place, to) for to in placed}
        replaced += len(rest) - len(kept) + len(ways) - len(placed)
    return Rekeyed(replace(clip, edits=tuple(edits)), frozenset(spots), replaced)


def pasted(
    evaluator: Evaluator,
    clip: ClipState,
    source: ClipState,
    spots: Collection[KeySpot],
    frame: int,
) -> Rekeyed:
    """Work out what `KeyVerbs.paste_keys` makes of a clip."""
    there = seen(source, spots)
    by, last = frame - min(there.values(), default=0), clip.timing.frames - 1
    fits = {spot: at + by for spot, at in there.items() if 0 <= at + by <= last}
    out, placed, replaced = clip, set[KeySpot](), 0
    for place, frames in _by_place(fits):
        given = keyed(source, place)
        out, target = _with_target(out, source, place, given)
        edit = keyed(out, target)
        if isinstance(given, LandmarkEdit) and isinstance(edit, LandmarkEdit):
            given = _for_landmarks(given, edit, source, out)
        then, now = _heads(evaluator, source, place), _heads(evaluator, out, target)
        to = {at: out.frame_below(target, fits[KeySpot(place, at)]) for at in frames}
        keys = [
            given.carried(key, to[key.frame], then, now)
            for key in given.keys
            if key.frame in frames
        ]
        replaced += sum(key.frame in edit.frames for key in keys)
        edits = (*out.edits[:target], edit.put(keys), *out.edits[target + 1 :])
        out = replace(out, edits=edits)
        placed |= {KeySpot(target, key.frame) for key in keys}
    return Rekeyed(out, frozenset(placed), replaced, len(spots) - len(fits))


def seen(clip: ClipState, spots: Collection[KeySpot]) -> dict[KeySpot, int]:
    """Find the frames that play keys, by frame; those that do not play are left out."""
    maps = {place: clip.frame_map(place) for place in {spot.place for spot in spots}}
    found = {spot: maps[spot.place].above(spot.frame) for spot in spots}
    playing = [(spot, at) for spot, at in found.items() if at is not None]
    return dict(sorted(playing, key=lambda one: (one[1], one[0])))


def landed(clip: ClipState, there: Seen, to: Seen) -> dict[KeySpot, int]:
    """Find the frames below their edits of keys that are to be seen in other frames.

    Parameters
    ----------
    clip
        Whose keys they are.
    there, to
        Where they are seen now, and where they are to be.
    """
    return {
        spot: spot.frame if frame == there[spot] else clip.frame_below(spot.place, frame)
        for spot, frame in to.items()
    }


def shifted(there: Seen, by: int, last: int) -> dict[KeySpot, int]:
    """Move keys by frames, as far as there is room from frame 0 to the last.

    Parameters
    ----------
    there
        Where they are seen.
    by, last
        So many frames, and the last frame there is.

    Returns
    -------
    Where they are to be seen.
    """
    frames = there.values()
    by = min(max(by, -min(frames, default=0)), last - max(frames, default=last))
    return {spot: frame + by for spot, frame in there.items()}


def scaled(there: Seen, about: int, factor: float, last: int) -> dict[KeySpot, int]:
    """Scale how far keys are from a frame, as far as there is room from frame 0 to the last.

    Parameters
    ----------
    there
        Where they are seen.
    about, factor, last
        The frame that stays, how many times as far, and the last frame there is.

    Returns
    -------
    Where they are to be seen.
    """
    factor = max(factor, 0.0)
    for frame in there.values():
        room = last - about if frame > about else about
        if frame != about:
            factor = min(factor, room / abs(frame - about))
    ways = {spot: (frame - about) * factor for spot, frame in there.items()}
    return {spot: about + math.floor(way + 0.5) for spot, way in ways.items()}


def keyed(clip: ClipState, place: int) -> KeyedEdit:
    """Find the edit with keys at a place of a clip's stack.

    Raises
    ------
    InputError
        Where there is none.
    """
    kind: type[Any] = KeyedEdit  # which is none that can be made
    found: KeyedEdit = clip.edit_at(place, kind, "an edit with keys")
    return found


def counted(keys: int) -> str:
    """Write how many keys."""
    return "key" if keys == 1 else f"{keys} keys"


def _by_place(spots: Collection[KeySpot]) -> Iterator[tuple[int, list[int]]]:
    """Go through the edits that have keys among these, with their frames in rising order."""
    for place in sorted({spot.place for spot in spots}):
        yield place, sorted(spot.frame for spot in spots if spot.place == place)


def _with_target(
    clip: ClipState, source: ClipState, place: int, given: KeyedEdit
) -> tuple[ClipState, int]:
    """Find the edit that pasted keys go to, or lay one on top where it needs nothing else."""
    kinds = [type(edit) is type(given) for edit in clip.edits]
    if clip.id == source.id and place < len(kinds) and kinds[place]:
        return clip, place
    if any(kinds):
        return clip, len(kinds) - 1 - kinds[::-1].index(True)
    if isinstance(given, LandmarkEdit) and clip.landmarks:
        return replace(clip, edits=(*clip.edits, LandmarkEdit(clip.landmarks))), len(kinds)
    wanted = f"an edit of {given.title.lower()} to put the keys in"
    raise InputError.of(clip.name, wanted, "none")


def _for_landmarks(
    given: LandmarkEdit, edit: LandmarkEdit, source: ClipState, clip: ClipState
) -> LandmarkEdit:
    """Have keys move the landmarks of another edit, which must have all that they move."""
    if source.recording.topology != clip.recording.topology:
        raise InputError.of(clip.name, f"the triangulation of {source.name}", "another one")
    moved = np.any([key.offsets.any(axis=1) for key in given.keys], axis=0)
    known = {landmark.name for landmark in edit.landmarks}
    for landmark, moves in zip(given.landmarks, np.atleast_1d(moved), strict=False):
        if moves and landmark.name not in known:
            raise InputError.of(clip.name, f"the landmark {landmark.name}", "none of that name")
    return given.with_landmarks(edit.landmarks)


def _heads(evaluator: Evaluator, clip: ClipState, place: int) -> Heads:
    """Give what tells how the head stands below an edit in a frame."""
    under, points = replace(clip, edits=clip.edits[:place]), head_points(clip.recording)

    def head(frame: int) -> Floats:
        if not 0 <= frame < under.timing.frames:
            last = under.timing.frames - 1
            raise InputError.of(clip.name, f"a frame from 0 to {last}", str(frame))
        found = evaluator.frame(under, frame)
        whole = evaluator.sequence(under).vertices[frame] if found is None else found
        return np.asarray(whole[points])

    return head
