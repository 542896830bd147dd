"""What a glTF file shows over time: an animation, its targets as poses, or one still surface."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from studio.core.read_as import Teller
from studio.core.sequence import Doubles
from studio.core.timing import FASTEST

from .curves import Animation
from .nodes import Curves
from .surface import Mesh, Skin

REST = "neutral"
# The rates that keys are taken for where they lie that near.
_RATES = (24.0, 25.0, 30.0, 60.0, 48.0, 50.0, 120.0, 24e3 / 1001, 30e3 / 1001, 60e3 / 1001)
_NEAR = 2e-4
_BESIDE = 0.02  # of a frame, that keys may lie beside its moment
_SLOWEST = 10.0  # keys a second that are taken for frames; fewer are set by hand


@dataclass(frozen=True, eq=False)
class Part:
    """A mesh where a node puts it.

    Attributes
    ----------
    node
        The node.
    skin
        What its vertices follow in place of the node, None where they follow that.
    weights
        (K,) of its targets where nothing moves them.
    """

    node: int
    mesh: Mesh
    skin: Skin | None
    weights: Doubles

    @property
    def followed(self) -> set[int]:
        """The nodes that its vertices follow."""
        return {self.node} if self.skin is None else set(self.skin.nodes)


@dataclass(frozen=True, eq=False)
class Motion:
    """What becomes frames.

    Attributes
    ----------
    count
        How many frames there are.
    curves
        What moves in between.
    start
        The moment of the first frame, in seconds.
    fps
        Frames a second.
    poses
        The targets that are shown one after the other, at rest first; () of a motion.
    """

    count: int = 1
    curves: Curves = field(default_factory=dict)
    start: float = 0.0
    fps: float = 1.0
    poses: tuple[str, ...] = ()

    @classmethod
    def posing(cls, parts: Sequence[Part]) -> Motion:
        """Show what is at rest, and then each target in full, by the names of all parts."""
        names = tuple(dict.fromkeys(name for part in parts for name in part.mesh.names))
        rest = REST if REST not in names else f"{REST} (rest)"
        return cls(len(names) + 1, poses=(rest, *names))

    @classmethod
    def playing(cls, animation: Animation, fps: float) -> Motion:
        """Bake an animation to frames a second."""
        start, end = animation.ends
        count = 1 + round(min((end - start) * fps, 1e12))
        return cls(count, animation.curves, start, fps)

    def moments(self, frames: range) -> Doubles:
        """Give the moments (T,) of some of the frames, in seconds; one for all poses."""
        return self.start + np.arange(frames.start, frames.stop) / self.fps

    def weights(self, part: Part, frames: range) -> Doubles:
        """Give the weights (T, K) of a part's targets in some of the frames."""
        names, curve = part.mesh.names, self.curves.get((part.node, "weights"))
        if self.poses:
            told = self.poses[frames.start : frames.stop]
            alike = [[float(name == pose) for name in names] for pose in told]
            return np.array(alike).reshape(len(told), len(names))
        if curve is not None:
            return curve.at(self.moments(frames))
        return np.broadcast_to(part.weights, (len(frames), len(names)))


def rate_of(animation: Animation, usual: float) -> tuple[float, Teller]:
    """Say at how many frames a second an animation is to be baked, and who says so.

    Parameters
    ----------
    usual
        Frames a second where nobody says.
    """
    if animation.fps is not None:
        return animation.fps, "guess" if animation.guessed else "file"
    times = np.unique(np.concatenate([curve.times for curve in animation.curves.values()]))
    if len(times) < 2:
        return usual, "guess"
    fps = _near(times)
    if len(times) > 2 and _SLOWEST <= fps <= FASTEST and _on_frames(times, fps):
        return fps, "file"
    fitting = (rate for rate in (usual, *_RATES) if _on_frames(times, rate))
    return next(fitting, usual), "guess"


def _near(times: Doubles) -> float:
    """Find the rate of keys (K,) of which some may be left out."""
    span, steps = float(times[-1] - times[0]), np.diff(times)
    fps = round(span / float(steps[steps < 1.5 * steps.min()].mean())) / span
    return next((rate for rate in _RATES if abs(fps / rate - 1.0) < _NEAR), fps)


def _on_frames(times: Doubles, fps: float) -> bool:
    places = (times - times[0]) * fps
    return bool((np.abs(places - np.rint(places)) < _BESIDE).all())
