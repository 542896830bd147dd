"""People of the corpus: how many, their faces of either head model, and muscles of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from studio.core.progress import Progress
from studio.core.sequence import Floats
from studio.face.facs import LABELS, NEUTRAL
from studio.face.template import Template

from .acting.recipes import RECIPES
from .anatomy import Build, Mover, VertexIds, draw_build
from .anny_face import AnnyHead
from .rigs import CarriedIct
from .subjects import Manner, draw_manner, draw_neutrals, phenotypes

Index = NDArray[np.int64]

STUDIO, ICT, MIXED = range(3)  # the rig a person moves by
ORIGINS = ("studio", "ict", "mixed")
SPLITS = ("train", "val", "test")
REST = LABELS[NEUTRAL]  # what a face shows that shows nothing, among the labels of any corpus
_OF_ICT = 0.5  # share of mixed people whose resting face is of ICT's model
_KEPT = 8  # people whose shapes are kept ready, of some megabytes each


@dataclass(frozen=True)
class CorpusConfig:
    """What a corpus is made from. Shape-only people widen what the autoencoder sees.

    Attributes
    ----------
    people
        Split -> how many of the studio's rig, of ICT's and of both; without ICT's file all are of
        the studio's.
    labels
        What the takes show, with `REST` among them.
    tempered
        Whether builds are half as peculiar, see `Build.tempered`.
    """

    seed: int = 2026
    people: dict[str, tuple[int, int, int]] = field(
        default_factory=lambda: {"train": (64, 64, 64), "val": (10, 10, 4), "test": (20, 20, 8)}
    )
    takes_per_label: int = 3
    shape_only: int = 1600
    labels: tuple[str, ...] = LABELS
    tempered: bool = False

    def origins(self, *, ict: bool) -> tuple[Index, Index]:
        """Give origin and split (S,) of everybody."""
        counts = [self.people[name] for name in SPLITS]
        split = np.repeat(np.arange(3), [sum(three) for three in counts])
        origin = np.concatenate([np.repeat([STUDIO, ICT, MIXED], three) for three in counts])
        return origin if ict else np.full_like(origin, STUDIO), split


def extreme_config(seed: int = 2026) -> CorpusConfig:
    """Set up a smaller corpus of the twelve extreme expressions, and of faces that show none."""
    people = {"train": (24, 24, 16), "val": (5, 5, 2), "test": (10, 10, 4)}
    return CorpusConfig(seed, people, 2, 400, (*RECIPES, REST), tempered=True)


class People:
    """Faces that move, each by muscles of its own.

    Parameters
    ----------
    neutrals
        (S, V, 3) float32 mm, the faces with all weights at 0.
    rigs
        (R, 52, V, 3) float32 mm, what each rig's actions add on the average face.
    builds
        S of them.
    """

    def __init__(self, neutrals: Floats, rigs: Floats, builds: Sequence[Build]) -> None:
        self.neutrals, self.rigs, self.builds = neutrals, rigs, builds
        self._whole = lru_cache(maxsize=_KEPT)(self._mover)

    def posed(self, person: int, weights: Floats, vertices: VertexIds | None = None) -> Floats:
        """Make meshes (T, V, 3) mm of a person at weights (T, 52), or some vertices (T, N, 3)."""
        mover = self._whole(person) if vertices is None else self._mover(person, vertices)
        return mover(np.asarray(weights, dtype=np.float32))

    def moved(self, person: int, weights: Floats, vertices: VertexIds | None = None) -> Floats:
        """Tell how far weights (T, 52) move a person: (T, V, 3) mm, or (T, N, 3)."""
        face = self.neutrals[person]
        start = face if vertices is None else face[vertices]
        return np.asarray(self.posed(person, weights, vertices) - start)

    def joined(self, neutrals: Floats, rng: np.random.Generator) -> People:
        """Add people with these faces (N, V, 3), each with a build drawn between all rigs."""
        builds = [draw_build(rng, len(self.rigs)) for _ in neutrals]
        faces = np.concatenate([self.neutrals, neutrals])
        return People(faces, self.rigs, [*self.builds, *builds])

    def _mover(self, person: int, vertices: VertexIds | None = None) -> Mover:
        return Mover(self.neutrals[person], self.rigs, self.builds[person], vertices)


def draw_faces(
    seed: tuple[int, ...],
    origin: Index,
    head: AnnyHead,
    template: Template,
    ict: CarriedIct | None,
    progress: Progress,
) -> Floats:
    """Draw resting faces (S, V, 3) in mm of people of these origins (S,)."""
    scanned = _of_ict_head(seed, origin)
    out = np.empty((len(origin), *template.vertices.shape), dtype=np.float32)
    drawn = draw_neutrals(np.random.default_rng([*seed, 4]), int((~scanned).sum()), head, template)
    out[~scanned] = drawn
    rows = np.flatnonzero(scanned)
    if len(rows) and ict is not None:
        rng = np.random.default_rng([*seed, 5])
        for row in progress.each(rows.tolist(), "drawing people"):
            out[row] = ict.draw_people(rng, 1)[0]
    return out


def sliders(seed: tuple[int, ...], origin: Index) -> Floats:
    """Tell the body model's gender slider (S,) of the faces that `draw_faces` draws.

    NaN for a face of ICT's head, which has no such slider.
    """
    scanned = _of_ict_head(seed, origin)
    drawn = phenotypes(np.random.default_rng([*seed, 4]), int((~scanned).sum()))
    out = np.full(len(origin), np.nan, dtype=np.float32)
    out[~scanned] = drawn["gender"]
    return out


def _of_ict_head(seed: tuple[int, ...], origin: Index) -> NDArray[np.bool_]:
    """Tell whose resting faces are of ICT's model: (S,)."""
    mixed = np.random.default_rng([*seed, 3]).random(len(origin)) < _OF_ICT
    return np.asarray((origin == ICT) | ((origin == MIXED) & mixed))


def draw_habits(
    seed: tuple[int, ...], origin: Index, rigs: int
) -> tuple[list[Build], list[Manner]]:
    """Draw what each person of these origins (S,) is like, one after the other."""
    builds, manners = [], []
    for person, kind in enumerate(origin.tolist()):
        rng = np.random.default_rng([*seed, 6, person])
        only = None if kind == MIXED else kind
        builds.append(draw_build(rng, rigs, only))
        manners.append(draw_manner(rng))
    return builds, manners
