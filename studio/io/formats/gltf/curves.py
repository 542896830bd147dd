"""Curves of an animation: values at keys in time, and what lies between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from studio.core.sequence import Doubles

from .accessors import Accessors, Index
from .tree import Json, Tree

_WIDTH = {"translation": 3, "rotation": 4, "scale": 3}
_WAYS = ("LINEAR", "STEP", "CUBICSPLINE")


@dataclass(frozen=True, eq=False)
class Curve:
    """What one property of a node does over time.

    Attributes
    ----------
    times
        (K,) seconds, rising.
    values
        (K, N), or (K, 3, N) with the slopes before and after each, of splines.
    way
        How it goes from key to key: LINEAR, STEP or CUBICSPLINE.
    turns
        Whether the values are quaternions.
    """

    times: Doubles
    values: Doubles
    way: str
    turns: bool

    def at(self, moments: Doubles) -> Doubles:
        """Give the values (T, N) at moments (T,) in seconds; those of the ends beyond these."""
        moments = self._on_keys(moments)
        after = np.clip(np.searchsorted(self.times, moments, "right"), 1, len(self.times) - 1)
        if len(self.times) == 1 or self.way == "STEP":
            at = np.clip(np.searchsorted(self.times, moments, "right") - 1, 0, None)
            return self._keys[at]
        before = after - 1
        span = self.times[after] - self.times[before]
        share = np.clip((moments - self.times[before]) / span, 0.0, 1.0)[:, None]
        if self.way == "CUBICSPLINE":
            return self._splined(before, after, share, span[:, None])
        if self.turns:
            return _slerp(self.values[before], self.values[after], share)
        return self.values[before] * (1.0 - share) + self.values[after] * share

    def _on_keys(self, moments: Doubles) -> Doubles:
        """Take moments (T,) that are keys but for rounding to float32 for these."""
        after = np.clip(np.searchsorted(self.times, moments), 0, len(self.times) - 1)
        for at in (after, np.maximum(after - 1, 0)):
            key = self.times[at]
            beside = np.abs(moments - key) > 2.0 * np.spacing(np.abs(key).astype(np.float32))
            moments = np.where(beside, moments, key)
        return moments

    @property
    def _keys(self) -> Doubles:
        return self.values[:, 1] if self.way == "CUBICSPLINE" else self.values

    def _splined(self, before: Index, after: Index, share: Doubles, span: Doubles) -> Doubles:
        t, t2, t3 = share, share**2, share**3
        start, leave = self.values[before, 1], self.values[before, 2] * span
        end, arrive = self.values[after, 1], self.values[after, 0] * span
        return np.asarray(
            (2 * t3 - 3 * t2 + 1) * start
            + (t3 - 2 * t2 + t) * leave
            + (3 * t2 - 2 * t3) * end
            + (t3 - t2) * arrive
        )


def _slerp(start: Doubles, end: Doubles, share: Doubles) -> Doubles:
    """Turn from unit quaternions (T, 4) to others on the shorter way."""
    cosine = (start * end).sum(axis=1, keepdims=True)
    end, angle = np.where(cosine < 0, -end, end), np.arccos(np.clip(np.abs(cosine), 0.0, 1.0))
    sine = np.sin(angle)
    # Turns so near to each other lie on a line.
    near, safe = sine < 1e-6, np.where(sine < 1e-6, 1.0, sine)
    first = np.where(near, 1.0 - share, np.sin((1.0 - share) * angle) / safe)
    second = np.where(near, share, np.sin(share * angle) / safe)
    return np.asarray(first * start + second * end)


@dataclass(frozen=True, eq=False)
class Animation:
    """What moves at the same time.

    Attributes
    ----------
    name
        As the file says, empty for none.
    curves
        By node and property: translation, rotation, scale or weights.
    fps, guessed
        Frames a second that the file says, None where it says none, and whether it only passes a
        guess on.
    """

    name: str
    curves: dict[tuple[int, str], Curve]
    fps: float | None
    guessed: bool

    @classmethod
    def of(cls, arrays: Accessors, said: Json, n_weights: Callable[[int], int]) -> Animation:
        """Read an animation.

        Parameters
        ----------
        n_weights
            How many weights a node has.
        """
        tree, curves = arrays.file.tree, {}
        samplers = tree.listed("samplers", said)
        for channel in tree.listed("channels", said):
            target = tree.inner(channel, "target")
            node, path = target.get("node"), target.get("path")
            if not isinstance(path, str) or path not in (*_WIDTH, "weights") or node is None:
                continue  # what extensions move is no part of the surface
            tree.one("nodes", node)
            width = _WIDTH.get(path) or n_weights(node)
            if width:
                sampler = _sampler(tree, samplers, channel)
                curves[node, path] = _curve(arrays, sampler, path, width)
        guessed = tree.said("fps_guessed", said) is True
        return cls(tree.name(said), curves, tree.rate(said), guessed)

    @property
    def ends(self) -> tuple[float, float]:
        """When it begins and ends, in seconds."""
        times = [curve.times for curve in self.curves.values()]
        return min(each[0] for each in times), max(each[-1] for each in times)


def _sampler(tree: Tree, samplers: list[Json], channel: Json) -> Json:
    at = tree.whole(channel, "sampler")
    if at >= len(samplers):
        raise tree.bad(f"one of the {len(samplers)} samplers of an animation", f"sampler {at}")
    return samplers[at]


def _curve(arrays: Accessors, sampler: Json, path: str, width: int) -> Curve:
    tree, way = arrays.file.tree, sampler.get("interpolation", "LINEAR")
    if way not in _WAYS:
        raise tree.bad(f"one of the interpolations {', '.join(_WAYS)}", str(way))
    times = arrays.floats(tree.whole(sampler, "input"), 1)[:, 0]
    # Not a difference, which may pass what numbers hold.
    if not np.isfinite(times).all() or (times[1:] <= times[:-1]).any():
        raise tree.bad("keys of an animation at rising times", "other ones")
    output = tree.whole(sampler, "output")
    values = arrays.floats(output, 1 if path == "weights" else width)
    each = 3 if way == "CUBICSPLINE" else 1
    if values.size != len(times) * each * width:
        wanted = f"{len(times) * each * width} numbers for {len(times)} keys of {width}"
        raise tree.bad(wanted, str(values.size))
    shape = (len(times), 3, width) if each == 3 else (len(times), width)
    return Curve(times, values.reshape(shape), way, path == "rotation")
