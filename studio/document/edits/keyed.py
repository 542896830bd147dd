"""What edits with keys over time have in common, so that all keys are moved in one way."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self

from studio.core import InputError
from studio.core.sequence import Floats

from .edit import Below, Edit, Frames

Heads = Callable[[int], Floats]  # frame -> (P, 3) mm, the points that show how the head stands


class KeyedEdit(Edit):
    """An edit that says something in some frames, its keys, and passes from each to the next.

    Attributes
    ----------
    keys
        Frozen dataclasses with a `frame`, one a frame at most, by frame.
    fewest
        How many keys it cannot be without.
    """

    fewest: ClassVar[int] = 0

    keys: Sequence[Any]

    def check_order(self) -> None:
        """Refuse too few keys, and those that are not by frame; raise `InputError`."""
        frames = list(self.frames)
        if len(frames) < self.fewest or sorted(set(frames)) != frames:
            keys = "one key or more" if self.fewest else "keys"
            raise InputError.of(self.kind, f"{keys} by frame, one a frame", str(frames))

    @property
    def frames(self) -> tuple[int, ...]:
        """The frames that have a key."""
        return tuple(key.frame for key in self.keys)

    def with_keys(self, keys: Iterable[Any]) -> Self:
        """Take these keys, in any order, instead of those there are."""
        edit: Any = self  # which kinds have as a field
        kept: Self = replace(edit, keys=tuple(sorted(keys, key=lambda key: key.frame)))
        return kept

    def moved(self, to: Callable[[int], int]) -> Self:
        """Take the keys to the numbers that their frames have now; the last in a frame stays."""
        keys = {to(key.frame): replace(key, frame=to(key.frame)) for key in self.keys}
        return self.with_keys(keys.values())

    @abstractmethod
    def shares(self, frames: Frames) -> Floats:
        """Tell what a picture of the keys over time shows.

        Parameters
        ----------
        frames
            (N,) numbers of frames.

        Returns
        -------
        (N, C) curves from 0 to 1
        """

    def carried(self, key: Any, frame: int, then: Heads, now: Heads) -> Any:
        """Make of a key the one that says the same in another frame.

        Parameters
        ----------
        key
            Of this kind of edit.
        frame
            The other one.
        then, now
            The head below the edit where the key comes from, and where it goes.
        """
        return replace(key, frame=frame)

    @abstractmethod
    def keyed(self, below: Below, frame: int) -> Self:
        """Set a key in a frame, of what the edit does there already.

        Parameters
        ----------
        below
            With the frames that `needs` names for this one.
        frame
            Its number below the edit.
        """

    def put(self, keys: Iterable[Any]) -> Self:
        """Put keys in their frames, instead of what was there."""
        placed = {key.frame: key for key in (*self.keys, *keys)}
        return self.with_keys(placed.values())

    def without(self, frames: Collection[int]) -> Self:
        """Take the keys out of frames; the first ones stay where there would be too few."""
        kept = [key for key in self.keys if key.frame not in frames]
        return self.with_keys(kept if len(kept) >= self.fewest else self.keys[: self.fewest])
