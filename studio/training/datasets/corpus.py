"""The shipped corpus: 240 people, seven expressions, stored as coefficients.

`build_corpus` is deterministic from its seed and records a hash; vertices are made on the fly,
so a corpus is some tens of megabytes. The split is by person.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import InputError
from studio.core.progress import Progress
from studio.core.sequence import Floats
from studio.face.facs import LABELS
from studio.face.known import studio_face
from studio.face.rig import ARKIT, proportions

from .anny_face import action_deltas, load_head, write_rig_file, write_template
from .subjects import draw_manner, draw_neutrals
from .takes import draw_take

SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class CorpusConfig:
    """What a corpus is made from. Shape-only people widen what the autoencoder sees."""

    seed: int = 2026
    subjects: dict[str, int] | None = None
    takes_per_label: int = 3
    shape_only: int = 1600

    @property
    def counts(self) -> dict[str, int]:
        return self.subjects or {"train": 176, "val": 24, "test": 40}


@dataclass(frozen=True, eq=False)
class Corpus:
    """Coefficients of every take, and what turns them into vertices.

    Attributes
    ----------
    neutrals
        (S, V, 3) float32 mm, rest faces of the people.
    shape_only
        (N, V, 3) float32 mm, rest faces of people without takes, for training only.
    actions
        (52, V, 3) float32 mm.
    weights, head, activation
        (sum T, 52), (sum T, 3) and (sum T,), of every frame.
    starts
        (K + 1,) where each take begins in the rows above.
    subject, label, intensity, speech, blend
        (K,) of each take.
    split
        (S,) 0 train, 1 val, 2 test.
    rest
        (S, 52) weights of each person's resting face, which is seldom quite neutral.
    """

    neutrals: Floats
    shape_only: Floats
    actions: Floats
    weights: Floats
    head: Floats
    activation: Floats
    starts: NDArray[np.int64]
    subject: NDArray[np.int64]
    label: NDArray[np.int64]
    intensity: Floats
    speech: NDArray[np.bool_]
    blend: NDArray[np.bool_]
    split: NDArray[np.int64]
    rest: Floats

    @cached_property
    def proportions(self) -> Floats:
        """(S, 3) how the actions are scaled on each person."""
        rest = studio_face().template.vertices
        return np.stack([proportions(neutral, rest) for neutral in self.neutrals])

    def __len__(self) -> int:
        return len(self.subject)

    def rows(self, take: int) -> slice:
        return slice(int(self.starts[take]), int(self.starts[take + 1]))

    def takes(self, split: str, *, plain: bool = False) -> NDArray[np.int64]:
        """List the ids (N,) of the takes of a split.

        Plain ones have neither speech nor a second emotion.
        """
        chosen = self.split[self.subject] == SPLITS.index(split)
        if plain:
            chosen &= ~(self.speech | self.blend)
        return np.flatnonzero(chosen)

    def by_length(self, takes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Order takes (N,) from the shortest to the longest: neighbors waste little on padding."""
        lengths = self.starts[takes + 1] - self.starts[takes]
        return takes[np.argsort(lengths, kind="stable")]

    def vertices(self, take: int) -> Floats:
        """Make the meshes (T, V, 3) mm of a take, head held still."""
        person = int(self.subject[take])
        return self.pose(person, self.weights[self.rows(take)].astype(np.float32))

    def pose(self, person: int, weights: Floats) -> Floats:
        """Make the meshes (T, V, 3) mm of a person at given weights (T, 52)."""
        moved = (weights @ self.actions.reshape(len(ARKIT), -1)).reshape(len(weights), -1, 3)
        placed = moved * self.proportions[person] + self.neutrals[person]
        return np.asarray(placed, dtype=np.float32)

    def resting(self) -> Floats:
        """Give everybody at rest: (S, V, 3) mm."""
        faces = [self.pose(s, self.rest[s : s + 1])[0] for s in range(len(self.neutrals))]
        return np.stack(faces).astype(np.float32)

    def digest(self) -> str:
        """Hash coefficients and faces, rounded to what platforms agree on, to 16 hex digits."""
        sha = hashlib.sha256()
        for numbers in (self.weights, self.activation, self.neutrals):
            sha.update(np.round(numbers.astype(np.float64), 2).astype(np.float32).tobytes())
        for ids in (self.starts, self.subject, self.label, self.split):
            sha.update(ids.astype(np.int64).tobytes())
        return sha.hexdigest()[:16]


def build_corpus(folder: Path, config: CorpusConfig, resources: Path, progress: Progress) -> Corpus:
    """Build template, rig and corpus; writes `corpus.npz`, `split.json` and `resources/face/`."""
    progress.report(0.0, "building the head model")
    template = write_template(resources)
    head = load_head()
    rng = np.random.default_rng([config.seed, 0])
    people = sum(config.counts.values())
    progress.report(0.2, "drawing people")
    neutrals = draw_neutrals(rng, people, head, template)
    extra = draw_neutrals(
        np.random.default_rng([config.seed, 1]), config.shape_only, head, template
    )
    write_rig_file(resources, template, extra[:400] if len(extra) >= 60 else neutrals)
    split = np.repeat(np.arange(3), [config.counts[name] for name in SPLITS])
    takes = draw_takes(config, people, progress.part(0.5, 0.9))
    corpus = Corpus(neutrals, extra, action_deltas(head), **takes, split=split)
    progress.report(0.9, "writing the corpus")
    folder.mkdir(parents=True, exist_ok=True)
    _write(corpus, folder / "corpus.npz")
    stored = load_corpus(folder)  # in half precision: the hash is of what others will read
    _write_split(stored, config, folder / "split.json")
    return stored


def draw_takes(config: CorpusConfig, people: int, progress: Progress) -> dict[str, Any]:
    """Draw the takes of so many people."""
    rows, rest = [], []
    for person in progress.each(range(people), "drawing takes"):
        rng = np.random.default_rng([config.seed, 2, person])
        manner = draw_manner(rng)
        rest.append(manner.rest)
        for label in np.repeat(np.arange(len(LABELS)), config.takes_per_label):
            rows.append((person, int(label), draw_take(rng, manner, LABELS[label])))
    takes = [take for _, _, take in rows]
    return {
        "weights": np.concatenate([t.weights for t in takes]),
        "head": np.concatenate([t.head for t in takes]),
        "activation": np.concatenate([t.activation for t in takes]),
        "starts": np.cumsum([0] + [len(t.weights) for t in takes]),
        "subject": np.array([person for person, _, _ in rows]),
        "label": np.array([label for _, label, _ in rows]),
        "intensity": np.array([t.intensity for t in takes], dtype=np.float32),
        "speech": np.array([t.speech for t in takes]),
        "blend": np.array([t.blend for t in takes]),
        "rest": np.stack(rest),
    }


_HALF = ("shape_only", "weights", "head", "activation")


def _write(corpus: Corpus, path: Path) -> None:
    arrays = {name: getattr(corpus, name) for name in Corpus.__dataclass_fields__}
    arrays |= {name: arrays[name].astype(np.float16) for name in _HALF}
    partial = path.with_suffix(".partial.npz")
    np.savez(partial, **arrays)
    partial.replace(path)


def load_corpus(folder: Path) -> Corpus:
    """Read what `build_corpus` wrote.

    Raises
    ------
    InputError
        With the command that builds it.
    """
    path = folder / "corpus.npz"
    if not path.is_file():
        raise InputError(f"{path}: no corpus there; build it with `python -m studio corpus build`")
    with np.load(path, allow_pickle=False) as data:
        arrays = {name: data[name] for name in Corpus.__dataclass_fields__}
    arrays |= {name: arrays[name].astype(np.float32) for name in _HALF}
    return Corpus(**arrays)


def _write_split(corpus: Corpus, config: CorpusConfig, path: Path) -> None:
    """Who is in which part, by id, with the hash of the corpus."""
    people = {
        name: [f"A{person:03d}" for person in np.flatnonzero(corpus.split == i)]
        for i, name in enumerate(SPLITS)
    }
    facts = {"seed": config.seed, "takes": len(corpus), "frames": len(corpus.weights)}
    path.write_text(
        json.dumps({**facts, "hash": corpus.digest(), "split": people}, indent=1) + "\n"
    )


def clips(corpus: Corpus, takes: NDArray[np.int64]) -> Iterator[tuple[int, Floats]]:
    """Give the id and the meshes (T, V, 3) mm of one take after the other."""
    for take in takes:
        yield int(take), corpus.vertices(int(take))
