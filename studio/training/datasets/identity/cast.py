"""Who is told apart: people of a corpus, with and without takes, none of them in two splits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from studio.core.sequence import Floats
from studio.face.rig import load_rig
from studio.training.datasets.anatomy import Mover, draw_build
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.people import SPLITS

Index = NDArray[np.int64]
LOW, HIGH = 0.35, 0.65  # of the slider: between them people are not asked about
_SEED = 31
# Shares of those without takes that are learned from, watch and test; more would tell no more.
_SHARES = (0.375, 0.0625, 0.125)


@dataclass(frozen=True, eq=False)
class Cast:
    """Everybody of a corpus: first those with takes, then those who are a face alone.

    The latter act the takes of somebody of the same split.
    """

    corpus: Corpus

    @cached_property
    def split(self) -> Index:
        """(P,) 0 train, 1 val, 2 test, -1 none of them."""
        faces = len(self.corpus.shape_only)
        learned, watched, tested = (int(share * faces) for share in _SHARES)
        rest = faces - learned - watched - tested
        extra = np.repeat([0, -1, 1, 2], [learned, rest, watched, tested])
        return np.concatenate([self.corpus.split, extra])

    @cached_property
    def slider(self) -> Floats:
        """(P,) the body model's gender slider, 0 to 1; NaN where its head has none."""
        known = np.concatenate([self.corpus.slider, self.corpus.shape_slider])
        return known if len(known) else np.full(len(self.split), np.nan, dtype=np.float32)

    @cached_property
    def unseen(self) -> NDArray[np.bool_]:
        """(P,) whether no model of the set, the autoencoder included, has learned from a person."""
        return (self.split > 0) & (np.arange(len(self.split)) < len(self.corpus.neutrals))

    def people(self, split: str) -> Index:
        """List the people (N,) of a split."""
        return np.flatnonzero(self.split == SPLITS.index(split))

    def takes(self, person: int) -> Index:
        """List the takes (K,) that a person acts."""
        corpus = self.corpus
        actor = person
        if person >= len(corpus.neutrals):
            actors = np.unique(corpus.subject[corpus.takes(SPLITS[self.split[person]])])
            actor = int(actors[person % len(actors)])
        return np.flatnonzero(corpus.subject == actor)

    def mover(self, person: int, differing: float = 1.0) -> Mover:
        """Make what moves a person's face.

        Parameters
        ----------
        person
            Who.
        differing
            How far the face is from the average, of what it is.
        """
        corpus, number = self.corpus, len(self.corpus.neutrals)
        if person < number:
            face, build = corpus.neutrals[person], corpus.build(person)
        else:
            face = corpus.shape_only[person - number]
            build = draw_build(np.random.default_rng([_SEED, person]), len(corpus.rigs))
        average = load_rig().rest
        alike = (average + differing * (face - average)).astype(np.float32)
        return Mover(alike, corpus.rigs, build)
