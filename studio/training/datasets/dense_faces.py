"""People, expressions and landmarks as coefficients: what the sparse-to-dense models learn from.

A face in motion is a person and weights; the people say what weights make of a face, those of the
corpus by their muscles, those of the scanned-head model by its linear shapes. Vertices are made on
the fly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import InputError
from studio.core.sequence import Floats, Ints
from studio.face.facs import LABELS
from studio.face.known import studio_face
from studio.face.landmarks import IBUG_68

from .acting.take import together
from .anatomy import VertexIds
from .corpus import Corpus

Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]
Split = Literal["expression", "identity"]

FOLDS = 4
NO_EXPRESSION = -1
FAMILIES = ("one-minus", "inverse", "gaussian", "flat")
GAUSSIAN_MM = 15.0
INVERSE_MM = 1.0


class Movable(Protocol):
    """People whose faces answer to weights."""

    @property
    def neutrals(self) -> Floats:
        """(S, V, 3) float32 mm, the faces with all weights at 0."""
        ...

    def moved(self, person: int, weights: Floats, vertices: VertexIds | None = None) -> Floats:
        """Tell how far weights (n, A) move a person: (n, V, 3) mm, or (n, N, 3) of some."""
        ...


@dataclass(frozen=True, eq=False)
class DenseFaces:
    """N frames of S people on one triangulation.

    Attributes
    ----------
    rest
        (V, 3) float32 mm, the average face.
    faces
        (F, 3) int32.
    people
        S of them.
    weights
        (N, A) float32.
    person, expression
        (N,) of each frame; -1 where it belongs to no named expression.
    names
        Of the expressions.
    landmarks
        (68,) vertex ids.
    shown
        (V,) the vertices whose motion a landmark can show; the others (a tongue) are reported
        apart.
    """

    rest: Floats
    faces: Ints
    people: Movable
    weights: Floats
    person: Ids
    expression: Ids
    names: tuple[str, ...]
    landmarks: Ints
    shown: Mask

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def neutrals(self) -> Floats:
        """Give everybody's face (S, V, 3) float32 mm with all weights at 0."""
        return self.people.neutrals

    def only(self, rows: Ids) -> DenseFaces:
        """Keep some of the frames, by place (N,); the people keep their numbers."""
        return replace(
            self,
            weights=self.weights[rows],
            person=self.person[rows],
            expression=self.expression[rows],
        )

    def dense(self, rows: Ids | slice = slice(None)) -> Floats:
        """Compute displacements (n, V, 3) float32 mm from the neutral."""
        return self._moved(rows, None)

    def sparse(self, rows: Ids | slice = slice(None)) -> Floats:
        """Compute displacements (n, 68, 3) float32 mm of the landmarks."""
        return self._moved(rows, self.landmarks)

    def neutral_landmarks(self, rows: Ids | slice = slice(None)) -> Floats:
        """Give where the landmarks of each frame's person rest: (n, 68, 3) float32 mm."""
        return self._neutral_landmarks[self.person[rows]]

    @cached_property
    def _neutral_landmarks(self) -> Floats:
        return self.neutrals[:, self.landmarks]

    def _moved(self, rows: Ids | slice, vertices: Ints | None) -> Floats:
        weights, person = self.weights[rows], self.person[rows]
        count = len(self.rest) if vertices is None else len(vertices)
        out = np.empty((len(weights), count, 3), dtype=np.float32)
        for one in np.unique(person).tolist():
            own = np.flatnonzero(person == one)
            out[own] = self.people.moved(one, weights[own], vertices)
        return out


def corpus_faces(corpus: Corpus, people: Ids, *, every: int = 1) -> DenseFaces:
    """Take frames of all takes of some people of the corpus, or every n-th of them."""
    face = studio_face()
    template = face.template
    takes = np.flatnonzero(np.isin(corpus.subject, people))
    rows = [np.arange(corpus.rows(k).start, corpus.rows(k).stop, every) for k in takes.tolist()]
    lengths, chosen = [len(row) for row in rows], np.concatenate(rows)
    return DenseFaces(
        template.vertices,
        template.faces,
        corpus.people,
        together(*(part[chosen] for part in (corpus.weights, corpus.gaze, corpus.blink))),
        np.repeat(corpus.subject[takes], lengths),
        np.repeat(corpus.label[takes], lengths),
        LABELS,
        face.landmarks(IBUG_68.name),
        ~template.regions["tongue"],
    )


def with_mixtures(faces: DenseFaces, count: int, seed: int = 0) -> DenseFaces:
    """Add `count` random mixtures of a few actions on the same people.

    So what no take shows (a jaw pushed aside, one wink) is learned too.
    """
    rng = np.random.default_rng([seed, 3])
    size = (count, faces.weights.shape[1])
    on = rng.random(size) < rng.uniform(0.02, 0.25, (count, 1))
    mixed = np.where(on, rng.uniform(0.0, 1.0, size), 0.0).astype(np.float32)
    return replace(
        faces,
        weights=np.concatenate([faces.weights, mixed]),
        person=np.concatenate([faces.person, rng.choice(np.unique(faces.person), count)]),
        expression=np.concatenate([faces.expression, np.full(count, NO_EXPRESSION)]),
    )


class Fold(NamedTuple):
    """One part of a cross-validation: names of what is held out, and the frames either side."""

    held_out: tuple[str, ...]
    train: Ids
    test: Ids


def folds(faces: DenseFaces, split: Split) -> list[Fold]:
    """Make four folds by expression or by person.

    The groups are contiguous in the order of their numbers.

    Raises
    ------
    InputError
        If there are fewer than four groups.
    """
    key = faces.expression if split == "expression" else faces.person
    groups = np.unique(key[key != NO_EXPRESSION])
    if len(groups) < FOLDS:
        raise InputError.of(f"{split} folds", f"at least {FOLDS} groups", str(len(groups)))
    out = []
    for held in np.array_split(groups, FOLDS):
        test = np.isin(key, held)
        names = [faces.names[g] if split == "expression" else f"person {g}" for g in held.tolist()]
        train = ~test & (key != NO_EXPRESSION)
        out.append(Fold(tuple(names), np.flatnonzero(train), np.flatnonzero(test)))
    return out


def vertex_weights(faces: DenseFaces, family: str) -> Floats:
    """Weigh each vertex (V,) in 0..1 by its distance d to the nearest landmark.

    one-minus : 1 - d / d_max, as the authors released them
    inverse : 1 / (d + 1 mm), as their paper writes them, scaled to a maximum of one
    gaussian : exp(-d^2 / 2 s^2), s = 15 mm
    flat : one

    Raises
    ------
    InputError
        For another name.
    """
    if family not in FAMILIES:
        raise InputError.of("vertex weights", f"one of {', '.join(FAMILIES)}", family)
    marks = faces.rest[faces.landmarks]
    distance = np.linalg.norm(faces.rest[:, None] - marks, axis=-1).min(axis=1)
    weights = {
        "one-minus": 1.0 - distance / distance.max(),
        "inverse": INVERSE_MM / (distance + INVERSE_MM),
        "gaussian": np.exp(-0.5 * (distance / GAUSSIAN_MM) ** 2),
        "flat": np.ones_like(distance),
    }[family]
    return np.asarray(weights, dtype=np.float32)
