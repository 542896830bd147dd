"""How one person's face answers to weights: a mixture of rigs that is not linear.

A linear rig moves every vertex on a straight line, adds actions however many pull at the same skin,
and treats each as if the others were not there. Faces do not: lids slide over the eyeball and the
chin turns about the joint of the jaw, skin gives less the farther it is pulled, the upper lids
follow the gaze, the cheeks lift with the smile, and lips that meet push each other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from studio.core.geometry import sphere
from studio.core.sequence import Floats
from studio.face.rig import ARKIT, ARKIT_INDEX, load_rig, proportions
from studio.face.template import load_template

from .lips import LipPairs, lip_pairs

Rng = np.random.Generator
VertexIds = NDArray[np.integer]

REACH = 1.7  # of the farthest an action pulls a vertex, where the skin gives no more
_ZONES = (27, 24, 45, 35, 33, 54, 51, 57, 8, 12)  # landmarks they lie around
_ZONE_MM, _RELIEF = 22.0, 0.3
_FROWNING = (("browDownRight", "noseSneerRight"), ("browDownLeft", "noseSneerLeft"))
_FROWN_MM = np.array([1.3, -3.2, 1.0])  # medial, up, forward
_FROWN_REACH = 13.0
_SLANTED = 0.55  # of a brow's way down, that raising its inner end takes
_SWEPT = ("eyeBlinkLeft", "eyeBlinkRight", "jawOpen")  # actions along an arc
# Action -> what follows it, and how much of it at full; (power 2: hardly before it is strong).
_FOLLOWERS: tuple[tuple[str, str, float, int], ...] = tuple(
    (lead + side, follower + side, share, power)
    for side in ("Left", "Right")
    for lead, follower, share, power in (
        ("eyeLookDown", "eyeBlink", 0.35, 1),
        ("eyeLookUp", "eyeWide", 0.3, 1),
        ("mouthSmile", "cheekSquint", 0.35, 2),
        ("mouthSmile", "eyeSquint", 0.15, 2),
        ("noseSneer", "mouthUpperUp", 0.15, 1),
        ("noseSneer", "browDown", 0.1, 1),
        ("mouthUpperUp", "noseSneer", 0.1, 2),
    )
)


@dataclass(frozen=True, eq=False)
class Build:
    """What one person's muscles and skin are like, constant over the takes.

    Attributes
    ----------
    share
        (R, 52) how much of each rig there is in each action; columns sum to 1.
    gain
        (52, 3) how far each action goes along each axis.
    crosstalk
        (52, 52) what each action takes with it of the others, small.
    follow
        How much the followers of an action do, 1 for the average person.
    reach
        How far the skin gives, 1 for the average person.
    relief
        (52, Z, 3) logarithms of how much farther each action goes in each zone of the face.
    furrow
        How much brows that come down draw together, 1 for the average person.
    """

    share: Floats
    gain: Floats
    crosstalk: Floats
    follow: float
    reach: float
    relief: Floats
    furrow: float

    def tempered(self) -> Build:
        """Give the build half-way to the average one, whose motion suits any face."""
        return replace(
            self,
            gain=np.sqrt(self.gain),
            crosstalk=0.5 * self.crosstalk,
            relief=0.5 * self.relief,
            reach=float(np.sqrt(self.reach)),
            furrow=float(np.sqrt(self.furrow)),
        )


def draw_build(rng: Rng, rigs: int, only: int | None = None) -> Build:
    """Draw a build between so many rigs, or of one of them alone."""
    stems = [name.removesuffix("Left").removesuffix("Right") for name in ARKIT]
    groups = {stem: place for place, stem in enumerate(dict.fromkeys(stems))}
    row = np.array([groups[stem] for stem in stems])  # both sides are of one make
    mixed = rng.dirichlet(np.full(rigs, 0.6), len(groups)).T[:, row]
    share = mixed if only is None else np.eye(rigs)[only][:, None] * np.ones(len(ARKIT))
    strength = np.exp(rng.normal(0.0, 0.4, len(groups)))[row]
    ways = np.exp(rng.normal(0.0, 0.2, (len(groups), 3)))[row]
    taken = rng.normal(0.0, 0.03, (len(ARKIT), len(ARKIT)))
    taken[rng.random(taken.shape) > 0.08] = 0.0
    np.fill_diagonal(taken, 0.0)
    return Build(
        share.astype(np.float32),
        (strength[:, None] * ways).astype(np.float32),
        taken.astype(np.float32),
        float(np.exp(rng.normal(0.0, 0.3))),
        float(np.exp(rng.normal(0.0, 0.1))),
        rng.normal(0.0, _RELIEF, (len(groups), len(_ZONES), 3))[row].astype(np.float32),
        float(np.exp(rng.normal(0.0, 0.3))),
    )


class Mover:
    """One person's face under weights.

    Parameters
    ----------
    neutral
        (V, 3) mm, the face with all weights at 0.
    rigs
        (R, 52, V, 3) mm, what each rig's actions add on the average face.
    build
        The person's.
    vertices
        (N,) ids of the vertices to move, where some are enough, such as landmarks; None: all.
    """

    def __init__(
        self, neutral: Floats, rigs: Floats, build: Build, vertices: VertexIds | None = None
    ) -> None:
        self.neutral, self.build = neutral, build
        self._lips = _lips() if vertices is None else _lips().among(vertices)
        # Lips are told apart by vertices of both: these move along.
        self._at = slice(None) if vertices is None else np.concatenate([vertices, *_lips().ends])
        self._count = len(neutral) if vertices is None else len(vertices)
        mixed = np.einsum("rk,rkvc->kvc", build.share, rigs[:, :, self._at])
        scale = proportions(neutral, load_rig().rest)
        gain = build.gain[:, None] * np.exp(zones()[self._at] @ build.relief)
        self.actions: Floats = (mixed * gain * scale).astype(np.float32)

    @cached_property
    def _arcs(self) -> Floats:
        """(A, V, 3) what w - w^2 of each swept action adds to the straight way."""
        return np.stack([self._arc(name) for name in _SWEPT])

    @cached_property
    def _reach(self) -> Floats:
        """(V,) mm that a vertex goes at most."""
        farthest = np.linalg.norm(self.actions, axis=2).max(axis=0)
        return np.asarray(REACH * self.build.reach * farthest + 0.05, dtype=np.float32)

    def __call__(self, weights: Floats) -> Floats:
        """Move the face by weights (T, 52): (T, V, 3) mm, or (T, N, 3) of the chosen vertices."""
        felt = self._felt(weights)
        swept = felt[:, [ARKIT_INDEX[name] for name in _SWEPT]]
        moved = felt @ self.actions.reshape(len(ARKIT), -1)
        moved += (swept * (1.0 - np.clip(swept, 0.0, 1.0))) @ self._arcs.reshape(len(_SWEPT), -1)
        moved += self._frowning(felt) @ frown()[:, self._at].reshape(len(_FROWNING), -1)
        moved = moved.reshape(len(weights), -1, 3)
        away = np.einsum("tvc,tvc->tv", moved, moved) / self._reach**2
        moved /= np.sqrt(np.sqrt(1.0 + away**2))[..., None]  # gives way suddenly: a fourth power
        start = self.neutral[self._at]
        return self._lips.apart(start + moved, start)[:, : self._count]

    def _felt(self, weights: Floats) -> Floats:
        """Add what follows other actions, and what these take with them: (T, 52)."""
        out = weights + weights @ self.build.crosstalk
        for lead, follower, share, power in _FOLLOWERS:
            pulled = np.clip(weights[:, ARKIT_INDEX[lead]], 0.0, None) ** power
            room = 1.0 - np.clip(out[:, ARKIT_INDEX[follower]], 0.0, 1.0)
            out[:, ARKIT_INDEX[follower]] += self.build.follow * share * pulled * room
        raised = np.clip(weights[:, ARKIT_INDEX["browInnerUp"]], 0.0, 1.0)
        for side in ("Left", "Right"):  # brows that are raised and drawn together slant
            out[:, ARKIT_INDEX[f"browDown{side}"]] *= 1.0 - _SLANTED * raised
        return out

    def _frowning(self, felt: Floats) -> Floats:
        """Tell how far each brow draws together under weights (T, 52): (T, 2), right and left."""
        pulls = np.stack(
            [felt[:, [ARKIT_INDEX[name] for name in names]] for names in _FROWNING], axis=1
        )
        pulled = np.clip(pulls, 0.0, 1.5) @ np.array([1.0, 0.4], dtype=np.float32)
        raised = np.clip(felt[:, ARKIT_INDEX["browInnerUp"], None], 0.0, 1.0)
        return np.asarray(self.build.furrow * pulled**1.5 * (1.0 - raised), dtype=np.float32)

    def _arc(self, name: str) -> Floats:
        """(V, 3) four times the way from the middle of the straight way to that of the arc."""
        action = self.actions[ARKIT_INDEX[name]].astype(np.float64)
        start = self.neutral[self._at].astype(np.float64)
        about, turning = self._axis(name)
        legs = [_off(start + step * action - about, turning) for step in (0.0, 0.5, 1.0)]
        lengths = [np.linalg.norm(leg, axis=1) for leg in legs]
        wanted = (lengths[0] + lengths[2]) / 2
        out = 4.0 * legs[1] * (wanted / np.maximum(lengths[1], 1.0) - 1.0)[:, None]
        out[~(np.linalg.norm(action, axis=1) > 0.01)] = 0.0
        return np.asarray(out, dtype=np.float32)

    def _axis(self, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Find the point that an action turns about, and the axis (3,) through it."""
        template = load_template()
        if name.startswith("eyeBlink"):
            side = name.removeprefix("eyeBlink").lower()
            return sphere(self.neutral[template.regions[f"eye_{side}"]].astype(np.float64))[
                0
            ], np.array([1.0, 0, 0])
        ends = self.neutral[template.landmarks[[0, 16]]].mean(axis=0)  # where the jaw begins
        return ends.astype(np.float64), np.array([1.0, 0.0, 0.0])


def _off(points: NDArray[np.float64], axis: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take what of points (V, 3) lies along an axis off them."""
    return points - (points @ axis)[:, None] * axis


@lru_cache(maxsize=1)
def zones() -> Floats:
    """Give how much of each zone, the same on both sides, a vertex lies in: (V, Z), rows of 1."""
    template = load_template()
    folded = template.vertices.copy()
    folded[:, 0] = np.abs(folded[:, 0])
    away = np.linalg.norm(folded[:, None] - folded[template.landmarks[list(_ZONES)]], axis=2)
    weight = np.exp(-((away / _ZONE_MM) ** 2)) + 1e-6
    return np.asarray(weight / weight.sum(axis=1, keepdims=True), dtype=np.float32)


@lru_cache(maxsize=1)
def frown() -> Floats:
    """Give what brows that draw together add, right and left: (2, V, 3) mm.

    The corrugator pulls their inner ends down and to the middle, where the skin bulges. Shapes of
    rigs lower a brow as a whole, which looks tired rather than angry.
    """
    template = load_template()
    rest = template.vertices.astype(np.float64)
    from_lids = cKDTree(rest[template.landmarks[36:48]]).query(rest)[0]
    bound = template.regions["skin"] * np.clip((np.asarray(from_lids) - 5.0) / 8.0, 0.0, 1.0)
    out = []
    for side, end in ((-1.0, 21), (1.0, 22)):
        away = np.linalg.norm(rest - rest[template.landmarks[end]], axis=1)
        inner = np.exp(-((away / _FROWN_REACH) ** 2)) * bound
        out.append(inner[:, None] * (_FROWN_MM * [-side, 1.0, 1.0]))
    return np.asarray(out, dtype=np.float32)


@lru_cache(maxsize=1)
def _lips() -> LipPairs:
    return lip_pairs()
