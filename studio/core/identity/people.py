"""People that are known by some clips of each, and what a clip comes to beside them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from studio.core.errors import InputError
from studio.core.sequence import Floats, read_only
from studio.core.tracks import Tracks

LIMIT = 0.5  # of the closeness, from which on a clip is said to show a known person


@dataclass(frozen=True, eq=False)
class KnownPeople:
    """Vectors of people.

    Parameters
    ----------
    model : str
        Digest of the models that made the vectors; those of others mean something else.
    names : tuple of str
        Of the people.
    vectors : (N, E) float32
        The mean over the clips of each.
    clips : tuple of int
        How many clips each is known by.
    """

    model: str
    names: tuple[str, ...]
    vectors: Floats
    clips: tuple[int, ...]

    def __post_init__(self) -> None:
        array = np.ascontiguousarray(self.vectors, dtype=np.float32)
        if array.ndim != 2 or not len(array) == len(self.names) == len(self.clips):
            raise ValueError(f"vectors of shape {array.shape} for {len(self.names)} people")
        read_only(array)
        object.__setattr__(self, "vectors", array)

    @classmethod
    def nobody(cls, model: str) -> KnownPeople:
        """Know nobody yet."""
        return cls(model, (), np.zeros((0, 0), np.float32), ())

    def joined(self, name: str, vectors: Floats) -> KnownPeople:
        """Know a person by clips (K, E) as well; one of that name is known by more clips then."""
        added = np.asarray(vectors, dtype=np.float32)
        if name not in self.names:
            others = self.vectors if len(self.names) else np.zeros((0, added.shape[1]), np.float32)
            rows = np.concatenate([others, added.mean(axis=0)[None]])
            clips = (*self.clips, len(added))
            return replace(self, names=(*self.names, name), vectors=rows, clips=clips)
        at, rows = self.names.index(name), self.vectors.copy()
        count = self.clips[at]
        rows[at] = (count * rows[at] + added.sum(axis=0)) / (count + len(added))
        clips = (*self.clips[:at], count + len(added), *self.clips[at + 1 :])
        return replace(self, vectors=rows, clips=clips)

    def without(self, name: str) -> KnownPeople:
        """Know a person no more."""
        kept = [row for row, other in enumerate(self.names) if other != name]
        names, clips = (
            tuple(self.names[k] for k in kept),
            tuple(self.clips[k] for k in kept),
        )
        return replace(self, names=names, vectors=self.vectors[kept], clips=clips)

    def cosines(self, vectors: Floats) -> Floats:
        """Compare vectors (T, E) with everybody: (T, N), 1 where they point the same way.

        Raises
        ------
        InputError
            Where nobody is known.
        """
        if not self.names:
            raise InputError.of("known", "somebody who is known", "nobody")
        own = self.vectors / np.linalg.norm(self.vectors, axis=1, keepdims=True)
        made = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(made @ own.T, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Identified(Tracks):
    """How close a clip is to each of some known people, 0 to 1; from `LIMIT` on it is of one.

    The row of frame t has seen no later frame; the summary is that of the whole clip.
    """

    @property
    def who(self) -> str | None:
        """The known person it shows; None for somebody unknown."""
        best = int(np.argmax(self.summary))
        return self.names[best] if self.summary[best] >= LIMIT else None

    def words(self) -> str:
        """Say whom the clip shows."""
        name, close = self.nearest
        limit = f"known from {LIMIT:.2f} on"
        if self.who is None:
            return f"nobody who is known; the closest is {name}, {close:.2f} ({limit})"
        return f"{name}, {close:.2f} ({limit})"

    @property
    def nearest(self) -> tuple[str, float]:
        """The known person it is closest to, known or not, and how close."""
        best = int(np.argmax(self.summary))
        return self.names[best], float(self.summary[best])
