"""What a corpus makes, to be looked at: every label at its apex, on people of each rig."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.core.errors import InputError
from studio.core.sequence import Floats

from .corpus import Corpus
from .people import ORIGINS


@dataclass(frozen=True, eq=False)
class Apex:
    """A face of the corpus.

    Attributes
    ----------
    label
        One of the corpus's.
    caption
        Label, rig, person and intensity.
    mesh
        (V, 3) mm, without what a scanner adds.
    """

    label: str
    caption: str
    mesh: Floats


def apexes(corpus: Corpus, each: int) -> list[Apex]:
    """Take so many people of each rig for every label, label by label, all as often.

    Of a person the plain take nearest to a full expression is taken, of people those where it is
    nearest.

    Raises
    ------
    InputError
        Where a rig has fewer people with a plain take of a label.
    """
    return [
        _apex(corpus, take)
        for label in range(len(corpus.labels))
        for origin in np.unique(corpus.origin).tolist()
        for take in _chosen(corpus, label, origin, each)
    ]


def _chosen(corpus: Corpus, label: int, origin: int, each: int) -> list[int]:
    plain = ~(corpus.speech | corpus.blend)
    own = plain & (corpus.label == label) & (corpus.origin[corpus.subject] == origin)
    takes = np.flatnonzero(own)
    takes = takes[np.argsort(np.abs(corpus.intensity[takes] - 1.0), kind="stable")]
    _, first = np.unique(corpus.subject[takes], return_index=True)
    if len(first) < each:
        rig, name = ORIGINS[origin], corpus.labels[label]
        wanted = f"{each} people of the {rig} rig with a plain take of {name}"
        raise InputError.of("corpus", wanted, str(len(first)))
    return [int(take) for take in takes[np.sort(first)[:each]]]


def _apex(corpus: Corpus, take: int) -> Apex:
    """Show the strongest frame of a take, one with open eyes where two are as strong."""
    rows = corpus.rows(take)
    frame = int(np.argmax(corpus.activation[rows] - corpus.blink[rows]))
    weights = corpus.seen_weights(take)[frame : frame + 1]
    person, label = int(corpus.subject[take]), corpus.labels[corpus.label[take]]
    rig = ORIGINS[corpus.origin[person]]
    caption = f"{label} {corpus.intensity[take]:.1f}  {rig} {person}"
    return Apex(label, caption, corpus.pose(person, weights)[0])
