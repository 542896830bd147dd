"""The corpus: people of two head models and their expressions, stored as coefficients.

`build_corpus` is deterministic from its seed and records a hash; vertices are made on the fly,
so a corpus is some tens of megabytes. The split is by person, and a person moves by the studio's
rig, by ICT's or by a mixture of both.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.core.errors import InputError
from studio.core.progress import Progress
from studio.core.sequence import Floats
from studio.face.facs import LABELS

from .acting.take import Take, draw_take, together
from .anatomy import Build, VertexIds
from .anny_face import action_deltas, load_head, write_rig_file, write_template
from .ict_head import read_ict
from .people import (
    ICT,
    ORIGINS,
    REST,
    SPLITS,
    STUDIO,
    CorpusConfig,
    People,
    draw_faces,
    draw_habits,
    sliders,
)
from .rigs import carried_ict
from .scanning import Scan, draw_scan, scanned
from .subjects import Manner, rig_population

BUILD = tuple(part.name for part in fields(Build))
SCANNED = 0.5  # share of takes that are seen as a registration has them
Index = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Corpus:
    """Coefficients of every take, and what turns them into vertices.

    Attributes
    ----------
    neutrals
        (S, V, 3) float32 mm, the people's faces with all weights at 0.
    shape_only
        (N, V, 3) float32 mm, faces of people without takes, for training only.
    rigs
        (R, 52, V, 3) float32 mm, the studio's and, where it was given, ICT's.
    share, gain, crosstalk, follow, reach, relief, furrow
        (S, ...) of each person's `Build`.
    rest
        (S, 52) weights of each person's resting face, which is seldom quite neutral.
    origin, split
        (S,) the rig a person moves by, and 0 train, 1 val, 2 test.
    weights, gaze, blink, head, activation
        (sum T, 52), (sum T, 2), (sum T,), (sum T, 3) and (sum T,), of every frame.
    starts
        (K + 1,) where each take begins in the rows above.
    subject, label, intensity, speech, blend
        (K,) of each take.
    drift, still, trembling, grain, noise_seed
        (K,) of each take's `Scan`.
    labels
        Names of the labels.
    slider, shape_slider
        (S,) and (N,) the body model's gender slider; NaN for ICT's head, empty where unknown.
    """

    neutrals: Floats
    shape_only: Floats
    rigs: Floats
    share: Floats
    gain: Floats
    crosstalk: Floats
    follow: Floats
    reach: Floats
    relief: Floats
    furrow: Floats
    rest: Floats
    origin: Index
    split: Index
    weights: Floats
    gaze: Floats
    blink: Floats
    head: Floats
    activation: Floats
    starts: Index
    subject: Index
    label: Index
    intensity: Floats
    speech: NDArray[np.bool_]
    blend: NDArray[np.bool_]
    drift: Index
    still: Floats
    trembling: Floats
    grain: Floats
    noise_seed: Index
    labels: tuple[str, ...] = LABELS
    slider: Floats = field(default_factory=lambda: np.empty(0, np.float32))
    shape_slider: Floats = field(default_factory=lambda: np.empty(0, np.float32))

    def __len__(self) -> int:
        return len(self.subject)

    @property
    def neutral(self) -> int:
        """The label of takes that show nothing."""
        return self.labels.index(REST)

    def rows(self, take: int) -> slice:
        """Give the rows of a take's frames."""
        return slice(int(self.starts[take]), int(self.starts[take + 1]))

    def takes(self, split: str, *, plain: bool = False, origin: int | None = None) -> Index:
        """List the ids (N,) of the takes of a split.

        Plain ones have neither speech nor a second emotion; `origin` keeps people of one rig.
        """
        chosen = self.split[self.subject] == SPLITS.index(split)
        if plain:
            chosen &= ~(self.speech | self.blend)
        if origin is not None:
            chosen &= self.origin[self.subject] == origin
        return np.flatnonzero(chosen)

    def by_length(self, takes: Index) -> Index:
        """Order takes (N,) from the shortest to the longest: neighbors waste little on padding."""
        lengths = self.starts[takes + 1] - self.starts[takes]
        return takes[np.argsort(lengths, kind="stable")]

    def scan(self, take: int) -> Scan:
        """Tell how a take was captured."""
        return Scan(
            int(self.drift[take]),
            float(self.still[take]),
            float(self.trembling[take]),
            float(self.grain[take]),
            int(self.noise_seed[take]),
        )

    @cached_property
    def people(self) -> People:
        """Everybody who has takes."""
        builds = [self.build(person) for person in range(len(self.neutrals))]
        return People(self.neutrals, self.rigs, builds)

    @cached_property
    def tempered(self) -> People:
        """The same with `Build.tempered`.

        Peculiar builds teach what reads motion; what makes it is asked for faces of anybody, and
        learns from tempered ones.
        """
        builds = [build.tempered() for build in self.people.builds]
        return People(self.neutrals, self.rigs, builds)

    def build(self, person: int) -> Build:
        """Tell what a person's muscles are like."""
        return Build(
            self.share[person],
            self.gain[person],
            self.crosstalk[person].astype(np.float32),
            float(self.follow[person]),
            float(self.reach[person]),
            self.relief[person].astype(np.float32),
            float(self.furrow[person]),
        )

    def pose(self, person: int, weights: Floats, vertices: VertexIds | None = None) -> Floats:
        """Make the meshes (T, V, 3) mm of a person at weights (T, 52), or some vertices."""
        return self.people.posed(person, weights, vertices)

    def seen_weights(self, take: int) -> Floats:
        """Give the weights (T, 52) of a take, gaze and blinks among them."""
        rows = self.rows(take)
        return together(self.weights[rows], self.gaze[rows], self.blink[rows])

    def vertices(self, take: int) -> Floats:
        """Make the meshes (T, V, 3) mm of a take as they are seen, head held still."""
        return scanned(self.scan(take), self.pose(int(self.subject[take]), self.seen_weights(take)))

    def acted(self, take: int, vertices: VertexIds | None = None) -> Floats:
        """Make what a take's face shows beside gaze and blinks, by the tempered build.

        (T, V, 3) mm, or with `vertices` (N,) these alone: (T, N, 3).
        """
        weights = self.weights[self.rows(take)]
        return self.tempered.posed(int(self.subject[take]), weights, vertices)

    def resting(self) -> Floats:
        """Give everybody at rest: (S, V, 3) mm."""
        faces = [self._at_rest(person) for person in range(len(self.neutrals))]
        return np.stack(faces).astype(np.float32)

    def person_at_rest(self, take: int, vertices: VertexIds | None = None) -> Floats:
        """Make the resting face (V, 3) mm of a take's person, or some vertices of it (N, 3)."""
        return self._at_rest(int(self.subject[take]), vertices)

    def _at_rest(self, person: int, vertices: VertexIds | None = None) -> Floats:
        return np.asarray(self.pose(person, self.rest[person : person + 1], vertices)[0])

    def rest_of(self, take: int) -> Floats:
        """Give the resting face (V, 3) mm as a take's registration has it, without tremor."""
        scan = self.scan(take)
        still = Scan(scan.drift, scan.still, seed=scan.seed)
        return np.asarray(scanned(still, self.person_at_rest(take)[None])[0])

    def without(self, origin: int) -> Corpus:
        """Leave out a rig: nobody whose face or motion has anything of it stays.

        What is learned without a rig is tried on the people of that rig.
        """
        rest = STUDIO if origin == ICT else ICT
        kept = np.flatnonzero(self.origin[self.subject] == rest)
        rows = np.concatenate([np.arange(len(self.weights))[self.rows(k)] for k in kept.tolist()])
        lengths = self.starts[kept + 1] - self.starts[kept]
        takes = {name: getattr(self, name)[kept] for name in _OF_TAKES}
        frames = {name: getattr(self, name)[rows] for name in _OF_FRAMES}
        return replace(
            self,
            rigs=self.rigs[[rest]],
            share=np.ones_like(self.share[:, [rest]]),
            shape_only=self.shape_only[rest::2],
            shape_slider=self.shape_slider[rest::2],
            starts=np.concatenate([[0], np.cumsum(lengths)]),
            **takes,
            **frames,
        )

    def digest(self) -> str:
        """Hash coefficients and faces, rounded to what platforms agree on, to 16 hex digits."""
        sha = hashlib.sha256()
        for numbers in (self.weights, self.activation, self.gaze, self.neutrals, self.gain):
            sha.update(np.round(numbers.astype(np.float64), 2).astype(np.float32).tobytes())
        for ids in (self.starts, self.subject, self.label, self.split, self.origin, self.drift):
            sha.update(ids.astype(np.int64).tobytes())
        return sha.hexdigest()[:16]


def build_corpus(
    folder: Path,
    config: CorpusConfig,
    resources: Path,
    progress: Progress,
    ict: Path | None = None,
) -> Corpus:
    """Build template, rig and corpus; writes `corpus.npz`, `split.json` and `resources/face/`.

    Parameters
    ----------
    ict
        File of ICT-FaceKit's head; None: everybody moves by the studio's rig.

    Raises
    ------
    InputError
        Where that file is missing or another.
    """
    progress.report(0.0, "building the head model")
    source = read_ict(ict) if ict is not None else None
    template = write_template(resources)
    head = load_head()
    write_rig_file(resources, template, rig_population(head, template))
    carried = carried_ict(source, progress.part(0.1, 0.2)) if source is not None else None
    origin, split = config.origins(ict=carried is not None)
    more = _shape_only(config, ict=carried is not None)
    drawing = progress.part(0.2, 0.6)
    neutrals = draw_faces((config.seed,), origin, head, template, carried, drawing.part(0.0, 0.3))
    extra = draw_faces((config.seed, 9), more, head, template, carried, drawing.part(0.3, 1.0))
    own = action_deltas(head)
    rigs = np.stack([own] if carried is None else [own, carried.actions])
    drawn = draw_takes(config, origin, len(rigs), progress.part(0.6, 0.9))
    drawn |= {"origin": origin, "split": split, "labels": config.labels}
    drawn["slider"] = sliders((config.seed,), origin)
    drawn["shape_slider"] = sliders((config.seed, 9), more)
    corpus = Corpus(neutrals, extra, rigs, **drawn)
    progress.report(0.9, "writing the corpus")
    folder.mkdir(parents=True, exist_ok=True)
    _write(corpus, folder / "corpus.npz")
    stored = load_corpus(folder)  # in half precision: the hash is of what others will read
    _write_split(stored, config, folder / "split.json")
    return stored


def _shape_only(config: CorpusConfig, *, ict: bool) -> Index:
    """Give the origins of people without takes: half of them of either head model."""
    out = np.full(config.shape_only, STUDIO)
    if ict:
        out[1::2] = ICT
    return out


def draw_takes(
    config: CorpusConfig, origin: Index, rigs: int, progress: Progress
) -> dict[str, Any]:
    """Draw builds and takes of people of these origins (S,): the fields of a `Corpus`."""
    builds, manners = draw_habits((config.seed,), origin, rigs)
    if config.tempered:
        builds = [build.tempered() for build in builds]
    rows: list[tuple[int, int, Take, Scan]] = []
    for person in progress.each(range(len(origin)), "drawing takes"):
        rng = np.random.default_rng([config.seed, 2, person])
        for label in np.repeat(np.arange(len(config.labels)), config.takes_per_label).tolist():
            rows.append((person, label, *_draw(rng, manners[person], config.labels[label])))
    takes, scans = [row[2] for row in rows], [row[3] for row in rows]
    return {
        "weights": np.concatenate([t.weights for t in takes]),
        "gaze": np.concatenate([t.bearing.gaze for t in takes]),
        "blink": np.concatenate([t.bearing.blink for t in takes]),
        "head": np.concatenate([t.bearing.head for t in takes]),
        "activation": np.concatenate([t.activation for t in takes]),
        "starts": np.cumsum([0] + [len(t.weights) for t in takes]),
        "subject": np.array([row[0] for row in rows]),
        "label": np.array([row[1] for row in rows]),
        "intensity": np.array([t.intensity for t in takes], dtype=np.float32),
        "speech": np.array([t.speech for t in takes]),
        "blend": np.array([t.blend for t in takes]),
        "drift": np.array([s.drift for s in scans]),
        "noise_seed": np.array([s.seed for s in scans]),
        **{
            name: np.array([getattr(s, name) for s in scans], dtype=np.float32)
            for name in ("still", "trembling", "grain")
        },
        "rest": np.stack([manner.rest for manner in manners]),
        **{name: np.array([getattr(b, name) for b in builds], dtype=np.float32) for name in BUILD},
    }


def _draw(rng: np.random.Generator, manner: Manner, label: str) -> tuple[Take, Scan]:
    take = draw_take(rng, manner, label)
    return take, draw_scan(rng) if rng.random() < SCANNED else Scan()


_OF_TAKES = (
    *("subject", "label", "intensity", "speech", "blend"),
    *("drift", "still", "trembling", "grain", "noise_seed"),
)
_OF_FRAMES = ("weights", "gaze", "blink", "head", "activation")
_LATER = {"labels", "slider", "shape_slider"}
_HALF = ("shape_only", "weights", "gaze", "blink", "head", "activation", "crosstalk", "relief")


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
    build = "build it with `python -m studio corpus build`"
    if not path.is_file():
        raise InputError(f"{path}: no corpus there; {build}")
    with np.load(path, allow_pickle=False) as data:
        if not set(Corpus.__dataclass_fields__) - _LATER <= set(data.files):
            raise InputError(f"{path}: a corpus of an older studio; {build}")
        known = Corpus.__dataclass_fields__.keys() & set(data.files)
        arrays: dict[str, Any] = {name: data[name] for name in known}
    arrays |= {name: arrays[name].astype(np.float32) for name in _HALF}
    # A corpus from before there were others is of the seven.
    arrays["labels"] = tuple(arrays.get("labels", np.array(LABELS)).tolist())
    return Corpus(**arrays)


def _write_split(corpus: Corpus, config: CorpusConfig, path: Path) -> None:
    """Who is in which part, by id and rig, with the hash of the corpus."""
    people = {
        name: [f"{ORIGINS[corpus.origin[s]]}-{s:03d}" for s in np.flatnonzero(corpus.split == i)]
        for i, name in enumerate(SPLITS)
    }
    rigs = list(ORIGINS[: len(corpus.rigs)])
    sizes = {"takes": len(corpus), "frames": len(corpus.weights)}
    facts = {"seed": config.seed, "rigs": rigs, **sizes, "labels": list(corpus.labels)}
    path.write_text(
        json.dumps({**facts, "hash": corpus.digest(), "split": people}, indent=1) + "\n"
    )
