"""Frames of people as a tracker sees them, as latents: at the height of a take, and elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from studio.core.progress import Progress
from studio.core.sequence import Floats
from studio.engine.pose import to_template_pose
from studio.face.template import load_template
from studio.nn.autoencoder import Autoencoder
from studio.training.datasets.acting.course import FPS, Rng
from studio.training.datasets.anatomy import Mover
from studio.training.datasets.corpus import SCANNED
from studio.training.datasets.latents import encode_meshes, linear_is_enough
from studio.training.datasets.people import SPLITS
from studio.training.datasets.scanning import DRIFTS, Scan, draw_scan, scanned
from studio.training.datasets.units.coarse import seen_coarsely

from .cast import Cast, Index

FRAMES = 3  # of a view: the apex first, the others from anywhere in the take
EACH = {"train": 6, "val": 8, "test": 8}  # takes of each person
_SEED = 32
# Ways in which a registration slides that are kept for people who are not learned from.
_KEPT_DRIFTS = DRIFTS // 4


@dataclass(frozen=True)
class Hardness:
    """How hard people are to tell apart.

    Attributes
    ----------
    noise
        Of the tracker, 1 as trackers have it.
    differing
        How far faces are from the average, of what they are: below 1 they are alike.
    """

    noise: float = 1.0
    differing: float = 1.0


USUAL = Hardness()


@dataclass(frozen=True, eq=False)
class Views:
    """What is seen of people.

    Attributes
    ----------
    z
        (N, F, D) latents; frame 0 is the apex of its take.
    person, label
        (N,) who acts, and what.
    scanned
        (N,) whether a registration slides on the face beside the tracker's noise.
    points
        (N, F, K, 3) float16 mm, some points of the meshes, for what works without latents.
    """

    z: Tensor
    person: Tensor
    label: Tensor
    scanned: Tensor
    points: Tensor

    def of(self, chosen: Tensor) -> Views:
        """Keep some views, by a mask (N,) or their places."""
        return Views(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


def draw_views(
    cast: Cast,
    split: str,
    model: Autoencoder,
    folder: Path,
    progress: Progress,
    *,
    hard: Hardness = USUAL,
    every: int = 1,
) -> Views:
    """See the people of a split, or read from `folder` what was seen by this model before.

    Parameters
    ----------
    hard
        How hard they are to tell apart.
    every
        See one of so many people.
    """
    each, people = EACH[split], cast.people(split)[::every]
    weights = sum(float(p.detach().double().abs().sum()) for p in model.parameters())
    stamp = f"{cast.corpus.digest()}-{weights:.4f}-{_SEED}-{each}-{len(people)}"
    name = f"identity-{split}" + ("" if hard == USUAL else f"-{hard.noise:g}-{hard.differing:g}")
    path = folder / f"{name}.safetensors"
    if path.is_file():
        with safe_open(path, "pt") as file:
            if (file.metadata() or {}).get("stamp") == stamp:
                return Views(*(file.get_tensor(name) for name in Views.__dataclass_fields__))
    linear = linear_is_enough(model, cast.corpus)
    rows: list[tuple[Tensor, ...]] = []
    for person in progress.each(people.tolist(), f"seeing {split} people"):
        rows.append(_seen(cast, int(person), each, hard, model, linear=linear))
    parts = [torch.cat(part) for part in zip(*rows, strict=True)]
    named = dict(zip(Views.__dataclass_fields__, parts, strict=True))
    folder.mkdir(parents=True, exist_ok=True)
    save_file(named, path, {"stamp": stamp})
    return Views(*parts)


def _seen(
    cast: Cast, person: int, each: int, hard: Hardness, model: Autoencoder, *, linear: bool
) -> tuple[Tensor, ...]:
    split = int(cast.split[person])
    rng = np.random.default_rng([_SEED, split, person])
    mover, own = cast.mover(person, hard.differing), cast.takes(person)
    takes = rng.choice(own, each, replace=each > len(own))
    meshes, slid = [], []
    for take in takes.tolist():
        scan = _scan(rng, learned=SPLITS[split] == "train")
        weights = cast.corpus.seen_weights(take)
        frames = _frames(rng, cast.corpus.activation[cast.corpus.rows(take)])
        meshes.append(tracked(rng, mover, weights[frames], scan, hard.noise))
        slid.append(scan.drift >= 0)
    posed, _ = to_template_pose(np.concatenate(meshes), load_template())
    z = encode_meshes(model, posed, linear=linear).reshape(each, FRAMES, -1)
    points = torch.from_numpy(posed[:, marks()].astype(np.float16))
    return (
        z.half(),
        torch.full((each,), person),
        torch.from_numpy(cast.corpus.label[takes]),
        torch.tensor(slid),
        points.reshape(each, FRAMES, -1, 3),
    )


def _frames(rng: Rng, activation: Floats) -> Index:
    """Choose the frame of most emotion, and some others: (F,)."""
    others = rng.integers(len(activation), size=FRAMES - 1)
    return np.concatenate([[int(np.argmax(activation))], others])


def _scan(rng: Rng, *, learned: bool) -> Scan:
    """Draw how a view is captured; those that are learned from slide in other ways."""
    scan = draw_scan(rng)
    if rng.random() >= SCANNED:
        return Scan()
    last = DRIFTS - _KEPT_DRIFTS
    way = scan.drift % last if learned else last + scan.drift % _KEPT_DRIFTS
    return Scan(way, scan.still, scan.trembling, scan.grain, scan.seed)


def tracked(rng: Rng, mover: Mover, weights: Floats, scan: Scan, amount: float = 1.0) -> Floats:
    """Make the meshes (T, V, 3) mm that a tracker gives of a face under weights (T, 52).

    At least three frames: weights are wrong as those of trackers are, points jitter, and a scan
    slides and trembles where there is one.
    """
    points = np.ascontiguousarray(load_template().vertices)
    seen = seen_coarsely(rng, weights, points, float(FPS), amount)
    meshes = mover(seen.weights) + seen.jitter
    return scanned(scan, meshes) if scan != Scan() else np.asarray(meshes, dtype=np.float32)


@lru_cache(maxsize=1)
def marks() -> NDArray[np.int64]:
    """Choose some hundred vertices of the face (K,), the points of `Views`."""
    skin = np.flatnonzero(load_template().regions["skin"])
    return np.asarray(skin[:: max(len(skin) // 400, 1)], dtype=np.int64)
