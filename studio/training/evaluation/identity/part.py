"""People told apart at the height of takes, as a tracker sees them, and the slider read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from studio.core.progress import Progress
from studio.core.sequence import Doubles
from studio.nn.identity.head import IdentityHead
from studio.training.datasets.identity.cast import HIGH, LOW, Cast
from studio.training.datasets.identity.views import FRAMES, Hardness, Views, draw_views, marks
from studio.training.evaluation.study import Study

from .measures import Shown, equal_error, pairs, shown_to, split_takes

# How hard people are to tell apart, and one of how many test people is seen so.
SIGHTS = {
    "tracker": (Hardness(), 1),
    "no noise": (Hardness(noise=0.0), 8),
    "noise x 4, faces a quarter as different": (Hardness(noise=4.0, differing=0.25), 8),
}
MANY = 20  # known people that strangers are held against
DRAWS = 1000
Numbers = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Way:
    """A way to tell people apart: cosines of takes that are asked about with everybody."""

    cosines: Doubles
    shown: Shown

    @property
    def right(self) -> NDArray[np.bool_]:
        """(N,) whether the closest of all is the person."""
        return np.asarray(self.cosines.argmax(axis=1) == self.shown.person)

    @property
    def pairs(self) -> tuple[Doubles, Doubles]:
        """Closeness of pairs of one person (M,), and of two (K,)."""
        own = np.arange(self.cosines.shape[1])[None] == self.shown.person[:, None]
        return self.cosines[own], self.cosines[~own]


@dataclass(frozen=True, eq=False)
class People:
    """Views of test people, and the head that tells them apart."""

    head: IdentityHead
    cast: Cast
    views: dict[str, Views] = field(default_factory=dict)


def identity_figures(study: Study, progress: Progress) -> Numbers:
    """Measure the identity head, see `figures_of`; what is seen of people is kept in the runs.

    Raises
    ------
    CheckpointError
        Where the set has no such model.
    """
    study.need("identity")
    head = study.models.of("identity", IdentityHead).cpu().eval()
    cast, seen = Cast(study.corpus), People(head, Cast(study.corpus))
    names = list(SIGHTS)[: 1 if study.quick else None]
    for at, name in enumerate(names):
        hard, every = SIGHTS[name]
        part = progress.part(at / len(names), (at + 1) / len(names))
        seen.views[name] = draw_views(
            cast, "test", study.autoencoder, study.runs, part, hard=hard, every=every
        )
    return figures_of(seen)


def figures_of(people: People) -> Numbers:
    """Measure who is told from whom, how often strangers are taken for somebody, and the slider."""
    out: Numbers = {"frames": FRAMES}
    for name, views in people.views.items():
        out[name] = {
            "people": len(views.person.unique()),
            "takes": len(views.person),
            "ways": {way: _told(found) for way, found in _ways(people.head, views).items()},
        }
    usual = people.views["tracker"]
    unseen = usual.of(torch.from_numpy(people.cast.unseen)[usual.person])
    out["unseen"] = {
        "people": len(unseen.person.unique()),
        "ways": {way: _told(found) for way, found in _ways(people.head, unseen).items()},
    }
    out["scanned"] = _scanned(people.head, usual)
    out["limit"] = at_limit(people.head, usual)
    out["slider"] = slider_figures(people, usual)
    return out


def _ways(head: IdentityHead, views: Views) -> dict[str, Way]:
    out: dict[str, Way] = {}
    for name, frames in (("head, one frame at the apex", 1), ("head, three frames", FRAMES)):
        shown = shown_to(head, views, frames)
        out[name] = Way(shown.cosines(), shown)
    out["nearest mean shape"] = _nearest_shape(views)
    return out


def _nearest_shape(views: Views) -> Way:
    """Compare the points at the apex with the mean points of the takes people are known by."""
    points = views.points.float().flatten(2)
    raw = split_takes(points.mean(1), points[:, 0], views.person, unit=False)
    away = np.linalg.norm(raw.asked[:, None] - raw.known[None], axis=2)
    return Way(-away, raw)


def _told(way: Way) -> Numbers:
    right = way.right
    error, _ = equal_error(*way.pairs)
    return {
        "right": float(right.mean()),
        "interval": interval(right, way.shown.person),
        "asked": len(right),
        "chance": 1.0 / way.cosines.shape[1],
        "equal_error": error,
    }


def interval(right: NDArray[np.bool_], person: NDArray[np.int64]) -> tuple[float, float]:
    """Give 95 % of the means of answers (N,) over people (N,) who are drawn anew."""
    _, row = np.unique(person, return_inverse=True)
    counts, hits = np.bincount(row), np.bincount(row, weights=right)
    drawn = np.random.default_rng(0).integers(len(counts), size=(DRAWS, len(counts)))
    means = hits[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def _scanned(head: IdentityHead, views: Views) -> Numbers:
    """Tell takes apart by whether a registration slid on them beside the tracker's noise."""
    shown = shown_to(head, views)
    right, people = Way(shown.cosines(), shown).right, len(shown.people)
    half = views.scanned.reshape(people, -1)[:, -(len(right) // people) :].flatten().numpy()
    return {
        "slid": float(right[half].mean()) if half.any() else None,
        "not": float(right[~half].mean()) if not half.all() else None,
    }


def at_limit(head: IdentityHead, views: Views) -> Numbers:
    """Say what the head's own limit comes to: pairs, and strangers before some known people."""
    shown = shown_to(head, views)
    same, other = pairs(shown)
    limit = float(head.limit)
    rng = np.random.default_rng(3)
    cosines, taken, count = shown.cosines(), [], len(shown.people)
    for row, person in enumerate(shown.person.tolist()):
        others = np.delete(np.arange(count), person)
        known = rng.choice(others, min(MANY, len(others)), replace=False)
        taken.append(bool((cosines[row, known] >= limit).any()))
    return {
        "limit": limit,
        "missed": float((same < limit).mean()),
        "taken": float((other >= limit).mean()),
        "known": min(MANY, count - 1),
        "strangers_taken": float(np.mean(taken)),
    }


def slider_figures(people: People, views: Views) -> Numbers:
    """Read on which side of the middle the slider stands, of people who are far from it."""
    slider = torch.from_numpy(people.cast.slider)[views.person]
    chosen = (slider < LOW) | (slider > HIGH)
    some, wanted = views.of(chosen), (slider[chosen] > HIGH).numpy()
    person = some.person.numpy()
    ways: dict[str, Callable[[], NDArray[np.bool_]]] = {
        "head, one frame at the apex": lambda: _slider(people.head, some, 1),
        "head, three frames": lambda: _slider(people.head, some, FRAMES),
        "nearest mean shape": lambda: _nearest_group(people.cast, some),
    }
    unseen = people.cast.unseen[person]
    out: Numbers = {"people": len(np.unique(person)), "unseen": len(np.unique(person[unseen]))}
    out["floor"] = float(max(wanted.mean(), 1.0 - wanted.mean()))
    out["ways"] = {}
    for name, read in ways.items():
        right = read() == wanted
        out["ways"][name] = {
            "right": float(right.mean()),
            "interval": interval(right, person),
            "unseen": float(right[unseen].mean()) if unseen.any() else None,
        }
    return out


@torch.inference_mode()
def _slider(head: IdentityHead, views: Views, frames: int) -> NDArray[np.bool_]:
    _, logits = head(views.z[:, :frames].float())
    return np.asarray(logits.numpy() > 0.0)


def _nearest_group(cast: Cast, views: Views) -> NDArray[np.bool_]:
    """Take the group of training people whose mean resting shape is nearer."""
    corpus = cast.corpus
    faces = np.concatenate([corpus.neutrals[:, marks()], corpus.shape_only[:, marks()]])
    low, high = (
        faces[(cast.split == 0) & group].mean(axis=0)
        for group in (cast.slider < LOW, cast.slider > HIGH)
    )
    points = views.points[:, 0].float().numpy()
    away = [np.linalg.norm(points - mean, axis=2).mean(axis=1) for mean in (low, high)]
    return np.asarray(away[1] < away[0])
