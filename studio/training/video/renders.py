"""Pictures of people whose weights are known, and what the landmark networks see in them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.core.progress import Progress
from studio.core.sequence import Doubles, Floats
from studio.engine.video.watching import Sighting, Watcher
from studio.face.rig import ARKIT, ARKIT_INDEX, head_rotation, load_rig
from studio.training.datasets.corpus import Corpus
from studio.training.datasets.people import SPLITS

from .camera import Camera, open_camera
from .look import Rng, draw_shot, worn

Index = NDArray[np.int64]
_SIDE = 320  # pixels of a side of the pictures
_RESTING, _ACTING = 3, 13  # pictures of a sitting
_ACTED = 0.6  # share of them that show a moment of the person's takes; others any mixture
_TURNS = np.array([13.0, 8.0, 7.0])  # degrees yaw, pitch and roll, deviation
_MOST_TURNED = np.array([35.0, 22.0, 20.0])
_STILL = 0.35  # of that, at rest
_MOST_AT_ONCE = 6  # kinds of actions in a mixture
_PAIRS = tuple(
    dict.fromkeys(
        name.removesuffix("Left").removesuffix("Right") for name in ARKIT if name != "tongueOut"
    )
)


@dataclass(frozen=True, eq=False)
class Renders:
    """What was seen in N pictures of sittings, each of one person under one light.

    Attributes
    ----------
    landmarks, scores
        (N, 478, 3) and (N, 52), as in `Sighting`.
    weights
        (N, 52) that the face was moved by.
    head
        (N, 3) yaw, pitch and roll in degrees.
    sitting
        (N,) rising from 0 on.
    resting
        (N,) whether the face is at rest.
    """

    landmarks: Floats
    scores: Floats
    weights: Floats
    head: Floats
    sitting: Index
    resting: NDArray[np.bool_]

    def save(self, path: Path) -> None:
        """Write them to an .npz file."""
        np.savez(path, **{each.name: getattr(self, each.name) for each in fields(self)})

    @classmethod
    def load(cls, path: Path) -> Renders:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as data:
            return cls(**{each.name: data[each.name] for each in fields(cls)})


def render_sittings(
    corpus: Corpus, split: str, sittings: int, seed: int, progress: Progress
) -> Renders:
    """Draw sittings of people of a split, film them, and let the networks look.

    A picture in which no face is seen is left out; so is a sitting of which none is at rest.
    """
    people = np.flatnonzero(corpus.split == SPLITS.index(split))
    rows: list[tuple[Sighting, Floats, Doubles, int, bool]] = []
    with open_camera(_SIDE, _SIDE) as stage:
        for sitting in progress.each(range(sittings), "Filming faces"):
            rng = np.random.default_rng([seed, sitting])
            person = int(rng.choice(people))
            rows += _sat(stage, corpus, person, sitting, rng)
    seen, weights, head, sitting_of, resting = zip(*rows, strict=True)
    return Renders(
        np.stack([one.landmarks for one in seen]),
        np.stack([one.scores for one in seen]),
        np.stack(weights),
        np.stack(head).astype(np.float32),
        np.array(sitting_of),
        np.array(resting),
    )


def _sat(
    stage: Camera, corpus: Corpus, person: int, sitting: int, rng: Rng
) -> list[tuple[Sighting, Floats, Doubles, int, bool]]:
    shot, pivot = draw_shot(rng), load_rig().pivot
    weights = np.concatenate(
        [np.repeat(corpus.rest[person : person + 1], _RESTING, 0), _acts(corpus, person, rng)]
    )
    meshes = corpus.pose(person, weights)
    stage.film(meshes[0], shot)
    resting = np.arange(len(weights)) < _RESTING
    spread = np.where(resting[:, None], _STILL, 1.0) * _TURNS
    head = np.clip(rng.normal(0.0, 1.0, spread.shape) * spread, -_MOST_TURNED, _MOST_TURNED)
    turned = (meshes - pivot) @ head_rotation(head).transpose(0, 2, 1).astype(np.float32) + pivot
    rows = []
    for frame, moved, turns, rests in zip(turned, weights, head, resting.tolist(), strict=True):
        seen = Watcher()(worn(stage.picture(frame), shot, rng))
        if seen is not None:
            rows.append((seen, moved, turns, sitting, rests))
    return rows if any(row[-1] for row in rows) else []


def _acts(corpus: Corpus, person: int, rng: Rng) -> Floats:
    """Draw weights (N, 52) of what a person shows."""
    takes = np.flatnonzero(corpus.subject == person)
    out = []
    for _ in range(_ACTING):
        if rng.random() < _ACTED:
            take = int(rng.choice(takes))
            seen = corpus.seen_weights(take)
            out.append(seen[rng.integers(len(seen))])
        else:
            out.append(mixture(rng))
    return np.stack(out).astype(np.float32)


def mixture(rng: Rng) -> Floats:
    """Draw weights (52,) of a few actions at once, each as strong as it may be."""
    out = np.zeros(len(ARKIT), dtype=np.float32)
    chosen = rng.choice(len(_PAIRS), int(rng.integers(1, _MOST_AT_ONCE + 1)), replace=False)
    for place in chosen.tolist():
        stem, strength = _PAIRS[place], rng.uniform(0.1, 1.05)
        if stem in ARKIT_INDEX:
            out[ARKIT_INDEX[stem]] = strength
            continue
        one_sided = rng.random() < 0.3
        for side in ("Left", "Right"):
            if one_sided and rng.random() < 0.5:
                continue
            share = 1.0 if not one_sided else rng.uniform(0.2, 1.0)
            out[ARKIT_INDEX[stem + side]] = strength * share
    _agree(out, rng)
    return out


def _agree(weights: Floats, rng: Rng) -> None:
    """Let what cannot be done at once not be: eyes that look both ways, lips closed too far."""
    across, up = rng.normal(0.0, 0.3), rng.normal(0.0, 0.25)
    for side, inward in (("Left", -1.0), ("Right", 1.0)):
        for name, value in (
            ("In", inward * across), ("Out", -inward * across), ("Up", up), ("Down", -up)
        ):  # fmt: skip
            weights[ARKIT_INDEX[f"eyeLook{name}{side}"]] = np.clip(value, 0.0, 1.0)
    for stem in ("jaw", "mouth"):
        both = ARKIT_INDEX[stem + "Left"], ARKIT_INDEX[stem + "Right"]
        weights[both[int(rng.integers(2))]] = 0.0
    closed, opened = ARKIT_INDEX["mouthClose"], ARKIT_INDEX["jawOpen"]
    weights[closed] = min(weights[closed], weights[opened])
