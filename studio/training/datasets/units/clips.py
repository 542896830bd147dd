"""Clips of action units on the people of a corpus, as displacements of some points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.core.progress import Progress
from studio.core.sequence import Floats
from studio.core.unit_tracks import MOST
from studio.face.action_units import shape_matrix
from studio.face.bearing import eye_weights, saccades
from studio.face.rig import ARKIT, ARKIT_INDEX, load_rig, proportions
from studio.face.template import load_template
from studio.face.wandering import wandering
from studio.training.datasets.acting.course import Array, Rng
from studio.training.datasets.acting.units import SIDE
from studio.training.datasets.anatomy import Mover
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.people import SPLITS

from .coarse import seen_coarsely
from .intensities import UnitCourse, draw_intensities

Index = NDArray[np.int64]
_LOPSIDED = 0.08
_SIDEWAYS = (("mouthLeft", "mouthRight"), ("jawLeft", "jawRight"))  # no unit that is read
_SIDEWAYS_SHARE = 0.12


@dataclass(frozen=True, eq=False)
class UnitClip:
    """A clip whose units are known.

    Attributes
    ----------
    person
        Of the corpus.
    course
        Intensities (T, N) and the frame rate.
    weights
        (T, 52) what the face does, from rest on.
    clean
        (T, K, 3) float16 mm, displacements of the points from the face at rest, as the face has
        them, in the measure of the average face.
    actions
        (52, K, 3) mm, what a tracker that knows the person takes each action to move.
    """

    person: int
    course: UnitCourse
    weights: Floats
    clean: NDArray[np.float16]
    actions: Floats

    def cut(self, start: int, stop: int) -> UnitClip:
        """Take the frames start..stop-1, as far as there are such."""
        part = slice(start, stop)
        course = UnitCourse(self.course.intensity[part], self.course.fps)
        return UnitClip(self.person, course, self.weights[part], self.clean[part], self.actions)

    def coarse(self, rng: Rng, points: Floats, amount: float = 1.0) -> Floats:
        """See the clip as a tracker does: displacements (T, K, 3) in mm."""
        seen = seen_coarsely(rng, self.weights, points, self.course.fps, amount)
        moved = seen.weights @ self.actions.reshape(len(ARKIT), -1)
        return np.asarray(moved.reshape(self.clean.shape) + seen.jitter, dtype=np.float32)


def draw_clips(
    corpus: Corpus,
    split: str,
    each: int,
    vertices: Index,
    progress: Progress,
    seed: int = 16,
) -> list[UnitClip]:
    """Draw clips of all people of a split.

    Parameters
    ----------
    corpus
        Whose people.
    split
        train, val or test.
    each
        Clips of each person.
    vertices
        (K,) the points.
    progress
        Told how far the work is.
    seed
        Another one gives other clips of the same people.
    """
    people = np.flatnonzero(corpus.split == SPLITS.index(split))
    people = people[np.isin(people, corpus.subject)]
    out: list[UnitClip] = []
    for person in progress.each(people.tolist(), f"drawing units of {split} people"):
        rng = np.random.default_rng([seed, SPLITS.index(split), person])
        out += _clips_of(corpus, person, each, vertices, rng)
    return out


def _clips_of(corpus: Corpus, person: int, each: int, vertices: Index, rng: Rng) -> list[UnitClip]:
    # Intensity is told beside what a person's face can do, so builds are tempered.
    face, build = corpus.neutrals[person], corpus.build(person).tempered()
    mover = Mover(face, corpus.rigs, build, vertices)
    measure = proportions(face, load_rig().rest)
    rest = corpus.rest[person : person + 1]
    at_rest = mover(rest)
    actions = (mover.actions[:, : len(vertices)] / measure).astype(np.float32)
    out = []
    for _ in range(each):
        course = draw_intensities(rng, float(np.exp(rng.normal(0.0, 0.2))))
        weights = acted(rng, course)
        clean = (mover(weights + rest) - at_rest) / measure
        out.append(UnitClip(person, course, weights, clean.astype(np.float16), actions))
    return out


def acted(rng: Rng, course: UnitCourse) -> Floats:
    """Set the actions (T, 52) of a course, with what no unit is told of: gaze and a mouth aside."""
    shapes = shape_matrix() * (1.0 + rng.normal(0.0, _LOPSIDED) * SIDE)
    weights = np.clip(course.intensity / MOST @ shapes, 0.0, 1.0)
    frames = len(weights)
    gaze = saccades(rng, frames, 0.8 / course.fps) * float(rng.random() < 0.7)
    weights += eye_weights(gaze.astype(np.float32), np.zeros(frames, dtype=np.float32))
    for left, right in _SIDEWAYS:
        if rng.random() < _SIDEWAYS_SHARE:
            _aside(weights, rng, course.fps, left, right)
    return np.asarray(weights, dtype=np.float32)


def _aside(weights: Array, rng: Rng, fps: float, left: str, right: str) -> None:
    way = 0.3 * wandering(rng, len(weights), 0.5 * fps, 1)[:, 0]
    weights[:, ARKIT_INDEX[left]] += np.clip(way, 0.0, 1.0)
    weights[:, ARKIT_INDEX[right]] += np.clip(-way, 0.0, 1.0)


def places(vertices: Index) -> Floats:
    """Give the points (K, 3) on the average face, in mm."""
    return np.ascontiguousarray(load_template().vertices[vertices])
