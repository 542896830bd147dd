"""Channels: the ARKit weights of a clip, edited by keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np

from studio.core import InputError, MeshSequence, Progress, Timing
from studio.core.parameters import Parameter
from studio.core.sequence import Doubles, Floats
from studio.document.edits.edit import Below, Frames, Group
from studio.document.edits.keyed import KeyedEdit
from studio.document.edits.span import check_frames
from studio.face.registration.shapes import FaceShapes
from studio.face.rig import ARKIT, ARKIT_INDEX

from .curves import BELOW, MOST, TANGENTS, ChannelCurve, ChannelKey, within
from .solving import ChannelBasis, moves_face

_LOW = ", ".join(f"{name} from {low:g}" for name, low in BELOW.items())


@dataclass(frozen=True)
class PoseKey:
    """The keys of all channels in a frame.

    Parameters
    ----------
    frame
        Its number.
    keys
        By channel; their own frames do not count.
    """

    frame: int
    keys: tuple[tuple[str, ChannelKey], ...]


@dataclass(frozen=True, eq=False)
class ChannelsEdit(KeyedEdit):
    """Moves a face by the difference of its channels' curves from the weights that it has below.

    What the channels do not explain stays, and a channel without a curve changes nothing.

    Parameters
    ----------
    curves
        Of the channels that are edited, each at most once.
    shapes
        Those that the head brings; None for the studio's face.

    Raises
    ------
    InputError
        For a channel that has two curves.
    """

    kind: ClassVar[str] = "channels"
    title: ClassVar[str] = "Channels"
    tip: ClassVar[str] = "Moves the face by curves of ARKit's channels"
    group: ClassVar[Group] = "face"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "curves",
            "&Curves",
            'A channel by ARKit\'s name and its keys each, as {"channel": "jawOpen", "keys": '
            f'[{{"frame": 0, "value": 0.3, "tangent": "smooth"}}]}}; values 0 to {MOST:g}, {_LOW}; '
            f"tangents {', '.join(TANGENTS)}",
        ),
        Parameter("shapes", "&Shapes", "Those that the head brings; the studio's unless given"),
    )

    curves: tuple[ChannelCurve, ...] = ()
    shapes: FaceShapes | None = None

    def __post_init__(self) -> None:
        names = [curve.channel for curve in self.curves]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise InputError.of("channels", f"one curve of {twice}", str(names.count(twice)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ChannelsEdit) and self._told == other._told

    def __hash__(self) -> int:
        return hash(self._told)

    @property
    def _told(self) -> tuple[object, ...]:
        return self.on, self.called, self.curves, self.basis_key

    @cached_property
    def by_channel(self) -> Mapping[str, ChannelCurve]:
        """The curves, by the names of their channels."""
        return {curve.channel: curve for curve in self.curves}

    @property
    def summary(self) -> str:
        """What a list of edits says of it: its channel, or how many and their keys."""
        if not self.curves:
            return f"{self.title} · as captured"
        count = sum(len(curve.keys) for curve in self.curves)
        many = f"{len(self.curves)} channels"
        named = self.curves[0].channel if len(self.curves) == 1 else many
        return f"{self.title} · {named}, {count} {'key' if count == 1 else 'keys'}"

    @property
    def changes(self) -> bool:
        """Whether any channel has a curve."""
        return bool(self.curves)

    def with_curves(self, curves: Iterable[ChannelCurve | None], *gone: str) -> Self:
        """Take curves instead of those of the same channels.

        Parameters
        ----------
        curves
            These; none for None.
        gone
            Channels that go back to what they are below.
        """
        placed = dict(self.by_channel) | {one.channel: one for one in curves if one is not None}
        kept = [placed[name] for name in ARKIT if name in placed and name not in gone]
        return replace(self, curves=tuple(kept))

    def edited(self, solved: Doubles, frames: Frames) -> Doubles:
        """Put the curves in place of the weights (N, 52) that frames (N,) have below: (N, 52)."""
        out = solved.copy()
        for curve in self.curves:
            out[:, ARKIT_INDEX[curve.channel]] = curve.values(frames)
        return out

    # As an edit

    def check(self, recording: MeshSequence, before: Timing, name: str) -> None:
        """Refuse a face that no channels move, and frames that are not there."""
        if not moves_face(recording, self.shapes):
            wanted = "a clip of the studio's face, or of a head with its own shapes, for channels"
            raise InputError.of(name, wanted, f"one of {recording.n_vertices} vertices")
        check_frames("keys of channels", self.frames, before, name)

    @cached_property
    def basis_key(self) -> tuple[object, ...]:
        """What the basis depends on: the shapes that the head brings."""
        own = self.shapes
        return () if own is None else (own.neutral.tobytes(), own.deltas.tobytes())

    def find_basis(self, recording: MeshSequence) -> ChannelBasis:
        """Find the face at rest of a recording, and what moves it."""
        self.check(recording, recording.timing, recording.name)
        return ChannelBasis.of(recording, self.shapes)

    def apply(self, below: Below, frames: Frames, progress: Progress) -> Floats:
        """Move frames (N,) by their channels: (N, V, 3) mm."""
        out = below.at(frames)
        if not isinstance(below.basis, ChannelBasis):
            return out
        return below.basis.changed(out, lambda weights: self.edited(weights, frames), progress)

    def grown(self, factor: float) -> ChannelsEdit:
        """Take shapes so many times as large, where the head brings its own."""
        if self.shapes is None or factor == 1.0:
            return self
        return replace(self, shapes=self.shapes.grown(factor))

    # As keys over time, those of all channels in a frame together

    @cached_property
    def keys(self) -> tuple[PoseKey, ...]:  # type: ignore[override]  # found, where others store
        """What each frame with a key holds, by frame."""
        found: dict[int, list[tuple[str, ChannelKey]]] = {}
        for curve in self.curves:
            for key in curve.keys:
                found.setdefault(key.frame, []).append((curve.channel, key))
        return tuple(PoseKey(frame, tuple(found[frame])) for frame in sorted(found))

    def with_keys(self, keys: Iterable[Any]) -> Self:
        """Take these keys, in any order; a channel without one is as below."""
        found: dict[str, dict[int, ChannelKey]] = {}
        for pose in keys:
            for channel, key in pose.keys:
                found.setdefault(channel, {})[pose.frame] = replace(key, frame=pose.frame)
        curves = [
            ChannelCurve(name, tuple(found[name][frame] for frame in sorted(found[name])))
            for name in ARKIT
            if name in found
        ]
        return replace(self, curves=tuple(curves))

    def keyed(self, below: Below, frame: int) -> Self:
        """Set a key of each curve in a frame, of the weight that it has there."""
        at = np.array([frame])
        put = [
            curve.put([ChannelKey(frame, within(curve.channel, float(curve.values(at)[0])))])
            for curve in self.curves
        ]
        return self.with_curves(put)

    def shares(self, frames: Frames) -> Floats:
        """Tell the largest weight in frames (N,) as a share of one: (N, 1) in 0..1."""
        every = [curve.values(frames) for curve in self.curves] or [np.zeros(len(frames))]
        return np.asarray(np.clip(np.max(every, axis=0), 0.0, 1.0)[:, None], dtype=np.float32)
